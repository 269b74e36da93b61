//! `{{now}} {{seq}} {{random}} {{uuid}}` in a payload that is published by hand. The values come in from outside.

/// What placeholders are replaced with, for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// `{{now}}`: RFC 3339 with milliseconds.
    pub now: String,
    /// `{{seq}}`: counts up from 1 for each message of a repetition.
    pub seq: u64,
    /// `{{random}}`: 0 to 2³² − 1.
    pub random: u32,
    /// `{{uuid}}`: a random UUID (version 4).
    pub uuid: String,
}

/// The placeholders' names, for help and completion.
pub const NAMES: [&str; 4] = ["now", "seq", "random", "uuid"];

/// `text` with every known placeholder replaced; blanks inside the braces are allowed, unknown ones stay as they are.
pub fn fill(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let known =
            placeholder(rest).and_then(|(name, length)| Some((value(name, values)?, length)));
        let (shown, length) = known.unwrap_or_else(|| ("{".to_owned(), 1));
        filled.push_str(&shown);
        rest = &rest[length..];
    }
    filled.push_str(rest);
    filled
}

/// Whether [`fill`] would change `text`.
pub fn has_placeholder(text: &str) -> bool {
    let places = text.match_indices("{{").map(|(start, _)| &text[start..]);
    let names = places.filter_map(|rest| placeholder(rest).map(|(name, _)| name));
    names.into_iter().any(|name| NAMES.contains(&name))
}

/// How far the closing braces are looked for, in bytes behind the opening ones.
const MAX_NAME: usize = 32;

/// The name and the length in bytes of the placeholder that `text` begins with, known or not.
pub(super) fn placeholder(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("{{")?;
    let inside = &inside[..inside.floor_char_boundary(MAX_NAME)];
    let end = inside.find("}}")?;
    let name = inside[..end].trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some((name, end + 4))
}

fn value(name: &str, values: &Values) -> Option<String> {
    match name {
        "now" => Some(values.now.clone()),
        "seq" => Some(values.seq.to_string()),
        "random" => Some(values.random.to_string()),
        "uuid" => Some(values.uuid.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let values = Values {
            now: "2026-03-14T15:32:05.381+01:00".to_owned(),
            seq: 7,
            random: 42,
            uuid: "{{seq}}".to_owned(),
        };
        fill(text, &values)
    }

    #[test]
    fn known_placeholders_are_replaced() {
        assert_eq!(
            filled(r#"{"at":"{{now}}","n":{{seq}},"r":{{ random }}}"#),
            r#"{"at":"2026-03-14T15:32:05.381+01:00","n":7,"r":42}"#
        );
    }

    #[test]
    fn values_are_not_searched_again() {
        assert_eq!(filled("{{uuid}}"), "{{seq}}");
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "{{",
            "{{}}",
            "{{nope}}",
            "{{Seq}}",
            "{{a b}}",
            "{{seq}",
            "{ {seq}}",
            r#"{"a":{"b":{}}}"#,
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(filled("{{{seq}}}"), "{7}");
        assert_eq!(filled("{{é{{seq}}ü"), "{{é7ü");
    }

    #[test]
    fn every_name_has_a_value() {
        for name in NAMES {
            let placeholder = format!("{{{{{name}}}}}");
            assert_ne!(filled(&placeholder), placeholder);
        }
    }
}
