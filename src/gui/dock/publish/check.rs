//! Says what a payload is before it is sent: valid or where not, and how many bytes.

use super::compose::{payload, sample_values};
use crate::mqtt::Timestamp;
use crate::payload::format;
use crate::payload::{json, template};
use crate::profile::PayloadKind;

/// How good a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Can be sent, but look at it.
    Doubtful,
    /// Cannot be sent.
    Bad,
}

/// The verdict in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How good it is.
    pub verdict: Verdict,
    /// What to say about it.
    pub text: String,
}

/// The check of the text that was looked at last.
#[derive(Debug, Default)]
pub struct Checker {
    last: Option<(PayloadKind, String, Check)>,
}

impl Checker {
    /// Judges `text`, unless it is the same as before.
    pub fn check(&mut self, kind: PayloadKind, text: &str, now: Timestamp) -> &Check {
        let is_same = |(last_kind, last_text, _): &(PayloadKind, String, Check)| {
            *last_kind == kind && last_text == text
        };
        let last = self.last.take().filter(is_same);
        let (_, _, check) = self
            .last
            .insert(last.unwrap_or_else(|| (kind, text.to_owned(), judge(kind, text, now))));
        check
    }
}

fn judge(kind: PayloadKind, text: &str, now: Timestamp) -> Check {
    let (verdict, text) = match payload(kind, text, &sample_values(now)) {
        Err(error) => (Verdict::Bad, error.to_string()),
        Ok(bytes) if bytes.is_empty() => (Verdict::Good, "empty · 0 B".to_owned()),
        Ok(bytes) => {
            let size = format::format_bytes(bytes.len() as u64);
            match kind {
                PayloadKind::Json => judge_json(text, &bytes, &size),
                PayloadKind::Text => (Verdict::Good, format!("text · {size}")),
                PayloadKind::Hex | PayloadKind::File => (Verdict::Good, size),
            }
        }
    };
    Check { verdict, text }
}

fn judge_json(typed: &str, filled: &[u8], size: &str) -> (Verdict, String) {
    let filled = String::from_utf8_lossy(filled);
    let Err(error) = json::validate(&filled) else {
        return (Verdict::Good, format!("valid JSON · {size}"));
    };
    // numbers as long as the placeholders keep every other character where it was typed
    let numbers = with_numbers(typed);
    let problem = match json::validate(&numbers) {
        Ok(()) => "Not JSON once filled in: put quotes around {{now}} and {{uuid}}".to_owned(),
        Err(in_numbers) if numbers != typed => place_first(&in_numbers),
        Err(_) => place_first(&error),
    };
    (Verdict::Doubtful, format!("{problem} · {size}"))
}

/// `expected value at line 1 column 9` → `Not JSON at 1:9, expected value`: what matters is seen where room is short.
fn place_first(error: &str) -> String {
    let parts = error
        .rsplit_once(" at line ")
        .and_then(|(what, place)| Some((what, place.split_once(" column ")?)));
    match parts {
        Some((what, (line, column))) => format!("Not JSON at {line}:{column}, {what}"),
        None => format!("Not JSON, {error}"),
    }
}

/// `text` with each placeholder replaced by digits of the same length.
fn with_numbers(text: &str) -> String {
    let mut out = text.to_owned();
    for range in placeholders(text) {
        let digits = "1".repeat(range.len());
        out.replace_range(range, &digits);
    }
    out
}

/// Byte ranges of the placeholders in `text`, braces included, in order.
pub fn placeholders(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find("{{")) {
        let begin = from + open;
        from = begin + 2;
        let Some(length) = text.get(from..).and_then(|rest| rest.find("}}")) else {
            break;
        };
        let name = text.get(from..from + length).unwrap_or_default().trim();
        if template::NAMES.contains(&name) {
            from += length + 2;
            found.push(begin..from);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Checker, Verdict, place_first, placeholders, with_numbers};
    use crate::mqtt::Timestamp;
    use crate::profile::PayloadKind;

    #[test]
    fn placeholders_are_found_with_their_braces() {
        let text = "{ \"at\": {{ now }}, \"x\": {{other}}, \"n\": {{seq}} }";
        let found: Vec<_> = placeholders(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["{{ now }}", "{{seq}}"]);
        assert!(placeholders("{{").is_empty());
        assert_eq!(placeholders("{{{{now}}"), vec![2..9]);
    }

    #[test]
    fn numbers_are_as_long_as_what_they_replace() {
        assert_eq!(with_numbers("[{{seq}}]"), "[1111111]");
    }

    #[test]
    fn the_place_comes_first() {
        assert_eq!(
            place_first("expected value at line 1 column 9"),
            "Not JSON at 1:9, expected value"
        );
    }

    #[test]
    fn payloads_are_judged_as_they_will_be_sent() {
        let mut checker = Checker::default();
        let mut verdict = |kind, text: &str| {
            let check = checker.check(kind, text, Timestamp::from_micros(0));
            (check.verdict, check.text.clone())
        };
        let json = PayloadKind::Json;
        assert_eq!(
            verdict(json, "{\"n\": {{seq}}}"),
            (Verdict::Good, "valid JSON · 8 B".to_owned())
        );
        let (quotes, text) = verdict(json, "{\"at\": {{now}}}");
        assert_eq!(quotes, Verdict::Doubtful);
        assert!(text.contains("quotes"), "{text}");
        let (wrong, text) = verdict(json, "{\"n\": }");
        assert_eq!(wrong, Verdict::Doubtful);
        assert!(text.starts_with("Not JSON at 1:7"), "{text}");
        assert_eq!(verdict(PayloadKind::Hex, "4").0, Verdict::Bad);
        assert_eq!(
            verdict(PayloadKind::Hex, "48 65"),
            (Verdict::Good, "2 B".to_owned())
        );
    }
}
