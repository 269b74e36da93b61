//! Finding text in a payload, whatever case its letters have: in the values of a document, in text, in bytes.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::{Document, ValueId};
use crate::payload::hex;

/// Most places that are counted; more are said to be more.
pub const MOST_FOUND: usize = 1_000_000;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Needle {
    text: AhoCorasick,
    /// The bytes that it says as hexadecimal digits.
    bytes: Option<AhoCorasick>,
}

impl Needle {
    /// `None` for no text at all.
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let mut forms = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
        forms.sort();
        forms.dedup();
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true);
        let text_forms = builder.build(&forms).ok()?;
        let digits = hex::parse(text).ok().filter(|bytes| !bytes.is_empty());
        let bytes = digits.and_then(|bytes| AhoCorasick::new([bytes]).ok());
        Some(Self {
            text: text_forms,
            bytes,
        })
    }

    /// Whether `text` contains it.
    pub fn is_in(&self, text: &str) -> bool {
        self.text.is_match(text)
    }

    /// The byte ranges of `text` in which it stands.
    pub fn in_text(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.text.find_iter(text).map(|found| found.range());
        let is_whole = |range: &Range<usize>| {
            text.is_char_boundary(range.start) && text.is_char_boundary(range.end)
        };
        found.filter(is_whole).take(MOST_FOUND).collect()
    }

    /// The ranges of `bytes` in which it stands as text or as hexadecimal digits.
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<_> = self
            .text
            .find_iter(bytes)
            .map(|found| found.range())
            .take(MOST_FOUND)
            .collect();
        if let Some(digits) = &self.bytes {
            found.extend(
                digits
                    .find_iter(bytes)
                    .map(|found| found.range())
                    .take(MOST_FOUND),
            );
            found.sort_by_key(|range| (range.start, range.end));
            found.dedup();
            found.truncate(MOST_FOUND);
        }
        found
    }

    /// The values of `document` with it in their key, text or remark, in order.
    pub fn in_document(&self, document: &Document) -> Vec<ValueId> {
        let is_found = |id: &ValueId| {
            document.key(*id).is_some_and(|key| self.is_in(key))
                || self.is_in(document.text(*id))
                || document.note(*id).is_some_and(|note| self.is_in(note))
        };
        document.ids().filter(is_found).take(MOST_FOUND).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::json;

    #[test]
    fn letters_are_found_in_any_case() {
        let document =
            json::document(r#"{"Größe":[1,"groß"],"x":{"GRÖSSE":2,"y":"größe"}}"#.as_bytes());
        let found = |text: &str| {
            let needle = Needle::new(text).unwrap();
            let ids = needle.in_document(document.as_ref().unwrap());
            ids.iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(found("größe"), [1, 5, 6]);
        assert_eq!(found("GRÖSSE"), [5]);
        assert_eq!(found("Y"), [6]);
        assert!(Needle::new("").is_none());
    }

    #[test]
    fn bytes_are_found_as_text_and_as_digits() {
        let needle = |text: &str| Needle::new(text).unwrap();
        assert_eq!(needle("0a ff").in_bytes(b"\x0a\xffab0A FF"), [0..2, 4..9]);
        assert_eq!(needle("AB").in_bytes(b"\xab-ab"), [0..1, 2..4]);
        assert_eq!(needle("b").in_text("aBb"), [1..2, 2..3]);
    }
}
