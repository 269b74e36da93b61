//! What can be done with a value of a document: what a click means, and what is copied.

use crate::payload::document::{Document, Kind, ValueId};
use crate::payload::{Format, json};

/// Longest text that is looked at in a frame to find out what is in it.
const LOOKED_AT: usize = 64 * 1024;
/// Shortest text that is taken for base64 without being told so.
const SHORTEST_BASE64: usize = 24;

/// What a value is good for, beyond being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// It can be drawn in a chart.
    Chart,
    /// It is a link to a page.
    Link(String),
    /// There is something inside, to be read so (`None` for what fits best).
    Inside(Option<Format>),
    /// Nothing.
    Nothing,
}

/// What a value is good for.
pub fn use_of(document: &Document, id: ValueId) -> Use {
    match document.kind(id) {
        Kind::Number | Kind::Literal if document.number(id).is_some() => Use::Chart,
        Kind::Bytes if document.text(id).len() > 3 => Use::Inside(None),
        Kind::String => use_of_text(document, id),
        _ => Use::Nothing,
    }
}

fn use_of_text(document: &Document, id: ValueId) -> Use {
    if document.text(id).len() > LOOKED_AT {
        return Use::Nothing;
    }
    let Some(text) = document.string(id) else {
        return Use::Nothing;
    };
    let trimmed = text.trim();
    if is_link(trimmed) {
        Use::Link(trimmed.to_owned())
    } else if trimmed.starts_with(['{', '[']) && json::validate(trimmed).is_ok() {
        Use::Inside(Some(Format::Json))
    } else if is_base64(trimmed) {
        Use::Inside(Some(Format::Base64))
    } else {
        Use::Nothing
    }
}

/// Whether text is a link to a page, and nothing else.
fn is_link(text: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme)
            .then(|| &text[scheme.len()..])
    });
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\');
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(is_odd))
}

/// Whether text can hardly be anything but base64: words and hexadecimal digits are not taken for it.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_of = |allowed: fn(&u8) -> bool| body.bytes().any(|byte| allowed(&byte));
    text.len() >= SHORTEST_BASE64
        && text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && is_of(u8::is_ascii_uppercase)
        && is_of(u8::is_ascii_lowercase)
        && (is_of(u8::is_ascii_digit) || body.len() < text.len())
}

/// A value for the clipboard: text without quotes, numbers and words as they are, what holds others as JSON. Also what is to
/// be said about what JSON has no word for.
pub fn copied(document: &Document, id: ValueId) -> (String, &'static str) {
    match document.kind(id) {
        Kind::Object | Kind::Array => {
            let (text, losses) = document.json(id, true);
            (text, losses.sentence())
        }
        Kind::String => (document.string(id).unwrap_or_default().into_owned(), ""),
        Kind::Bytes => {
            let shown = document.text(id);
            let digits = shown
                .strip_prefix("h'")
                .and_then(|rest| rest.strip_suffix('\''));
            (
                digits.unwrap_or(shown).to_owned(),
                "bytes as hexadecimal digits",
            )
        }
        _ => (document.text(id).to_owned(), ""),
    }
}

/// The name of a kind, for people.
pub fn kind_name(document: &Document, id: ValueId) -> &'static str {
    match document.kind(id) {
        Kind::Object => "object",
        Kind::Array => "array",
        Kind::String => "text",
        Kind::Number => "number",
        Kind::Literal if matches!(document.text(id), "true" | "false") => "boolean",
        Kind::Literal => "word",
        Kind::Bytes => "bytes",
    }
}

/// What a screen reader says of a value: `score: 14.2, number`.
pub fn spoken(document: &Document, id: ValueId) -> String {
    const LONGEST: usize = 200;
    let shown: String = match document.string(id) {
        Some(text) => text.chars().take(LONGEST).collect(),
        None => document.text(id).chars().take(LONGEST).collect(),
    };
    let kind = kind_name(document, id);
    match document.key_text(id) {
        Some(key) if shown.is_empty() => format!("{key}, {kind}"),
        Some(key) => format!("{key}: {shown}, {kind}"),
        None if shown.is_empty() => kind.to_owned(),
        None => format!("{shown}, {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(text: &str) -> Vec<Use> {
        let document = json::document(text.as_bytes()).unwrap();
        document.ids().map(|id| use_of(&document, id)).collect()
    }

    #[test]
    fn clicks_mean_what_the_value_is() {
        let image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
        let text = format!(
            r#"[1.5, true, null, "HTTPS://a.b/c?d", "https://", "file:///etc/passwd", "http://a b", "{{\"a\":1}}",
            "{image}", "deadbeefdeadbeefdeadbeef", "ABCDEFGHIJKLMNOPQRSTUVWX", "{{not json"]"#
        );
        let expected = [
            Use::Nothing,
            Use::Chart,
            Use::Chart,
            Use::Nothing,
            Use::Link("HTTPS://a.b/c?d".to_owned()),
            Use::Nothing,
            Use::Nothing,
            Use::Nothing,
            Use::Inside(Some(Format::Json)),
            Use::Inside(Some(Format::Base64)),
            Use::Nothing,
            Use::Nothing,
            Use::Nothing,
        ];
        assert_eq!(uses(&text), expected);
    }

    #[test]
    fn values_are_said_and_copied_without_quotes() {
        let document = json::document(br#"{"score":14.20,"t":"a\"b","l":[]}"#).unwrap();
        let spoken: Vec<_> = document.ids().map(|id| spoken(&document, id)).collect();
        assert_eq!(
            spoken,
            [
                "object",
                "score: 14.20, number",
                "t: a\"b, text",
                "l, array"
            ]
        );
        assert_eq!(copied(&document, ValueId(2)), ("a\"b".to_owned(), ""));
        assert_eq!(copied(&document, ValueId(1)).0, "14.20");
    }
}
