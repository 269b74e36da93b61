//! How a decoder writes down what it reads. Bounded: what grows too big or too deep ends in an error, not in a full memory.

use thiserror::Error;

use super::{Document, Kind, MAX_DEPTH, MAX_VALUES, Value, number};
use crate::payload::hex;

/// Most bytes of text in a document.
const MAX_TEXT: usize = 1 << 30;
/// Most bytes of quoted keys, each counted as often as it is given: a schema's long key comes again with every record, and a
/// record may take a byte.
const MAX_KEYS: usize = 256 << 20;
/// How many keys that were given lately are written once: as many as most records have.
const RECENT_KEYS: usize = 64;

/// Why a payload cannot be shown as values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Limit {
    /// Nested too deeply.
    #[error("Nested more than {MAX_DEPTH} levels deep. Look at it as text or hex.")]
    Depth,
    /// Too many values, or too much text.
    #[error("More values or text in it than can be shown. Look at it as text or hex.")]
    Size,
    /// Nothing was read, or brackets do not match.
    #[error("It ends before its outermost value does. Look at it as text or hex.")]
    Unfinished,
}

/// A document being written, value by value, in the order in which they are read.
#[derive(Debug, Default)]
pub struct Builder {
    texts: String,
    values: Vec<Value>,
    notes: Vec<(u32, (u32, u32))>,
    /// Containers that are not closed yet.
    open: Vec<u32>,
    /// The key of the next value.
    key: (u32, u32),
    /// Bytes of all keys that were given as text.
    key_bytes: usize,
    /// Where keys that were given lately stand, by a number made of them.
    recent_keys: Vec<(u32, u32)>,
    limit: Option<Limit>,
}

impl Builder {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Why nothing more is taken; asked by decoders in their loops.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Levels that are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The key of the next value: text, shown with quotes and escapes.
    pub fn key(&mut self, text: &str) {
        self.key_bytes += text.len();
        if self.key_bytes > MAX_KEYS {
            self.limit.get_or_insert(Limit::Size);
        }
        if self.is_full(text.len()) {
            return;
        }
        let slot = slot_of(text);
        let known = self.recent_keys.get(slot).copied().unwrap_or_default();
        if self.is_written_at(known, text) {
            self.key = known;
            return;
        }
        let start = self.texts.len();
        push_quoted(&mut self.texts, text);
        self.key = self.range_from(start);
        self.recent_keys.resize(RECENT_KEYS, (0, 0));
        self.recent_keys[slot] = self.key;
    }

    /// Whether `text` stands there between quotes; escapes are never compared.
    fn is_written_at(&self, (start, end): (u32, u32), text: &str) -> bool {
        let shown = self.texts.get(start as usize..end as usize);
        let inner = shown.and_then(|it| it.strip_prefix('"')?.strip_suffix('"'));
        inner.is_some_and(|inner| inner == text && !inner.contains('\\'))
    }

    /// Whether nothing more is taken, or not so many bytes more.
    fn is_full(&mut self, more: usize) -> bool {
        if self.texts.len().saturating_add(more) > MAX_TEXT {
            self.limit.get_or_insert(Limit::Size);
        }
        self.limit.is_some()
    }

    /// The key of the next value, as it is to be shown: `"as\nsent"`, or `17` in CBOR.
    pub fn key_as_shown(&mut self, shown: &str) {
        self.key = self.push_text(shown);
    }

    /// Begins an object or array.
    pub fn open(&mut self, kind: Kind) {
        if self.open.len() >= MAX_DEPTH {
            self.limit.get_or_insert(Limit::Depth);
        }
        if let Some(id) = self.add(kind, (0, 0)) {
            self.open.push(id);
        }
    }

    /// Ends the object or array that was begun last.
    pub fn close(&mut self) {
        if self.limit.is_some() {
            return;
        }
        match self.open.pop() {
            Some(id) => self.values[id as usize].end = number(self.values.len()),
            None => self.limit = Some(Limit::Unfinished),
        }
    }

    /// Text, shown with quotes and escapes.
    pub fn string(&mut self, text: &str) {
        if self.is_full(text.len()) {
            return;
        }
        let start = self.texts.len();
        push_quoted(&mut self.texts, text);
        let range = self.range_from(start);
        self.add(Kind::String, range);
    }

    /// A number in all its digits.
    pub fn number(&mut self, digits: &str) {
        self.scalar(Kind::Number, digits);
    }

    /// `true`, `null` or another word.
    pub fn literal(&mut self, word: &str) {
        self.scalar(Kind::Literal, word);
    }

    /// Bytes, shown as `h'00ff'`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.is_full(bytes.len().saturating_mul(2)) {
            return;
        }
        let start = self.texts.len();
        self.texts.push_str("h'");
        for byte in bytes {
            hex::push_pair(&mut self.texts, *byte);
        }
        self.texts.push('\'');
        let range = self.range_from(start);
        self.add(Kind::Bytes, range);
    }

    /// A scalar as it is to be shown.
    pub fn scalar(&mut self, kind: Kind, shown: &str) {
        let text = self.push_text(shown);
        self.add(kind, text);
    }

    /// A remark beside the value that was added or begun last. A second one stands behind the first.
    pub fn note(&mut self, text: &str) {
        if self.is_full(text.len()) {
            return;
        }
        let Some(last) = self.values.len().checked_sub(1) else {
            return;
        };
        let last = number(last);
        let before = self.notes.pop_if(|(of, _)| *of == last);
        let start = self.texts.len();
        if let Some((_, (from, to))) = before {
            self.texts.extend_from_within(from as usize..to as usize);
            self.texts.push_str(", ");
        }
        self.texts.push_str(text);
        let range = self.range_from(start);
        self.notes.push((last, range));
    }

    /// The document.
    ///
    /// # Errors
    /// [`Limit`] when it is too big, nested too deeply, or not finished.
    pub fn finish(mut self) -> Result<Document, Limit> {
        let roots = self.values.first().map(|value| value.end as usize);
        if !self.open.is_empty() || roots != Some(self.values.len()) {
            self.limit.get_or_insert(Limit::Unfinished);
        }
        match self.limit {
            Some(limit) => Err(limit),
            None => Ok(Document {
                texts: self.texts,
                values: self.values,
                notes: self.notes,
            }),
        }
    }

    fn add(&mut self, kind: Kind, text: (u32, u32)) -> Option<u32> {
        if self.values.len() >= MAX_VALUES || self.texts.len() > MAX_TEXT {
            self.limit.get_or_insert(Limit::Size);
        }
        if self.limit.is_some() {
            return None;
        }
        let id = number(self.values.len());
        self.values.push(Value {
            kind,
            parent: self.open.last().copied().unwrap_or(0),
            end: id + 1,
            key: std::mem::take(&mut self.key),
            text,
        });
        Some(id)
    }

    fn push_text(&mut self, text: &str) -> (u32, u32) {
        let start = self.texts.len();
        if !self.is_full(text.len()) {
            self.texts.push_str(text);
        }
        self.range_from(start)
    }

    fn range_from(&self, start: usize) -> (u32, u32) {
        (number(start), number(self.texts.len()))
    }
}

/// Where among the recent keys one has its place.
fn slot_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = bytes.iter().take(16).chain(bytes.iter().rev().take(16));
    let mixed = ends.fold(bytes.len(), |sum, byte| {
        (sum ^ usize::from(*byte)).wrapping_mul(0x0100_0193)
    });
    (mixed ^ (mixed >> 15)) % RECENT_KEYS
}

/// Appends `text` as a JSON string.
fn push_quoted(texts: &mut String, text: &str) {
    texts.push('"');
    for c in text.chars() {
        match c {
            '"' => texts.push_str("\\\""),
            '\\' => texts.push_str("\\\\"),
            '\n' => texts.push_str("\\n"),
            '\r' => texts.push_str("\\r"),
            '\t' => texts.push_str("\\t"),
            c if c.is_ascii_control() => {
                texts.push_str("\\u00");
                hex::push_pair(texts, u8::try_from(c).unwrap_or_default());
            }
            c => texts.push(c),
        }
    }
    texts.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_deep_or_not_finished_is_refused() {
        let mut deep = Builder::new();
        for _ in 0..=MAX_DEPTH {
            deep.open(Kind::Array);
        }
        assert_eq!(deep.finish().unwrap_err(), Limit::Depth);
        let mut open = Builder::new();
        open.open(Kind::Array);
        assert_eq!(open.finish().unwrap_err(), Limit::Unfinished);
        let mut two = Builder::new();
        two.number("1");
        two.number("2");
        assert_eq!(two.finish().unwrap_err(), Limit::Unfinished);
        assert_eq!(Builder::new().finish().unwrap_err(), Limit::Unfinished);
    }

    #[test]
    fn a_key_that_comes_again_is_written_once() {
        let mut builder = Builder::new();
        builder.open(Kind::Array);
        let keys = ["a", "a\\\\b", "a\\b", "long ".repeat(9).leak(), "\n", "\\n"];
        for _ in 0..100 {
            builder.open(Kind::Object);
            for key in keys {
                builder.key(key);
                builder.literal("null");
            }
            builder.close();
        }
        builder.close();
        let document = builder.finish().unwrap();
        for record in document.children(super::super::ValueId::ROOT) {
            let members = document.children(record);
            let shown: Vec<_> = members.map(|id| document.key_text(id).unwrap()).collect();
            assert_eq!(shown, keys);
        }
        assert!(document.texts.len() < 100 * 50, "{}", document.texts.len());
    }

    #[test]
    fn more_keys_than_fit_are_refused() {
        let mut builder = Builder::new();
        builder.open(Kind::Object);
        builder.key_bytes = MAX_KEYS - 5;
        for limit in [None, Some(Limit::Size)] {
            builder.key("keys");
            builder.literal("null");
            assert_eq!(builder.limit(), limit);
        }
    }

    #[test]
    fn text_is_escaped_and_bytes_are_digits() {
        let mut builder = Builder::new();
        builder.open(Kind::Array);
        builder.string("a\"\\\u{1}é");
        builder.bytes(&[0, 255]);
        builder.note("first");
        builder.note("second");
        builder.close();
        let document = builder.finish().unwrap();
        let shown: Vec<_> = document.ids().map(|id| document.text(id)).collect();
        assert_eq!(shown, ["", "\"a\\\"\\\\\\u0001é\"", "h'00ff'"]);
        assert_eq!(
            document.note(super::super::ValueId(2)),
            Some("first, second")
        );
    }
}
