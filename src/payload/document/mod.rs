//! A payload that decodes to values inside values, whatever its format: JSON, CBOR, XML, Protobuf, … The inspector, the
//! comparison of messages and the charts all work on this one shape.
//!
//! Values stand in one row in the order in which they are read, each with the number of the value behind its last
//! descendant: skipping or folding a subtree is one step. What is shown is text that stands as it was sent, so that no
//! digit of a number passes through a float.

mod builder;
mod inline;
mod json;
mod path;
pub mod rows;
pub mod search;

use std::borrow::Cow;
use std::ops::Range;

pub use builder::{Builder, Limit};
pub use json::Losses;
pub use path::{Path, Paths, Step};

/// Deepest nesting of a document; what is nested deeper is shown as text or bytes.
pub const MAX_DEPTH: usize = 128;

/// Most values in a document.
pub const MAX_VALUES: usize = 8_000_000;

/// Bytes behind which a key that is no text is cut: it is written on one line, and may be as large as a document.
pub const MAX_KEY: usize = 4_096;

/// Number of a value in its document, in the order in which they are read; the outermost is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub u32);

impl ValueId {
    /// The outermost value.
    pub const ROOT: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Members with keys, in the sender's order; a key may stand twice.
    Object,
    /// Members without keys.
    Array,
    /// Text.
    String,
    /// An integer or a fraction, every digit as it was sent.
    Number,
    /// `true`, `false`, `null` or another word of the format.
    Literal,
    /// Bytes that stand as such in the document, shown as `h'00ff'` (RFC 8949, 8).
    Bytes,
}

impl Kind {
    /// Whether values stand inside it.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Object | Self::Array)
    }
}

/// One value. Texts are ranges of [`Document::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Value {
    kind: Kind,
    parent: u32,
    /// Number of the value behind the last one inside it.
    end: u32,
    /// The key in its object, as shown; empty for none.
    key: (u32, u32),
    /// A scalar, as shown; empty for containers.
    text: (u32, u32),
}

/// A decoded payload. Has at least one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    texts: String,
    values: Vec<Value>,
    /// Remarks beside values ("field 3, varint"), in order of value.
    notes: Vec<(u32, (u32, u32))>,
}

impl Document {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Never true: a document has at least its outermost value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All values in the order in which they are read.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ValueId> + use<> {
        (0..number(self.values.len())).map(ValueId)
    }

    /// What a value is.
    pub fn kind(&self, id: ValueId) -> Kind {
        self.values[id.index()].kind
    }

    /// Its key in its object as shown, quotes included; `None` in arrays and for the outermost value.
    pub fn key(&self, id: ValueId) -> Option<&str> {
        let (start, end) = self.values[id.index()].key;
        (start < end).then(|| self.slice((start, end)))
    }

    /// Its key as text, without quotes and escapes.
    pub fn key_text(&self, id: ValueId) -> Option<Cow<'_, str>> {
        self.key(id).map(unquoted)
    }

    /// A scalar as shown: strings with quotes and escapes, numbers digit by digit; empty for containers.
    pub fn text(&self, id: ValueId) -> &str {
        self.slice(self.values[id.index()].text)
    }

    /// The text of a string, without quotes and escapes; `None` for anything else.
    pub fn string(&self, id: ValueId) -> Option<Cow<'_, str>> {
        (self.kind(id) == Kind::String).then(|| unquoted(self.text(id)))
    }

    /// The nearest 64-bit float of a number, and 1 or 0 for `true` and `false`, to be drawn in a chart; never to be shown
    /// as text.
    pub fn number(&self, id: ValueId) -> Option<f64> {
        match (self.kind(id), self.text(id)) {
            (Kind::Literal, "true") => Some(1.0),
            (Kind::Literal, "false") => Some(0.0),
            (Kind::Number, text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// A remark beside it.
    pub fn note(&self, id: ValueId) -> Option<&str> {
        let at = self.notes.binary_search_by_key(&id.0, |(of, _)| *of).ok()?;
        Some(self.slice(self.notes[at].1))
    }

    /// The value it stands in; `None` for the outermost.
    pub fn parent(&self, id: ValueId) -> Option<ValueId> {
        (id != ValueId::ROOT).then(|| ValueId(self.values[id.index()].parent))
    }

    /// It and everything inside it, as numbers.
    pub fn subtree(&self, id: ValueId) -> Range<u32> {
        id.0..self.values[id.index()].end
    }

    /// The values directly inside it, in order.
    pub fn children(&self, id: ValueId) -> impl Iterator<Item = ValueId> + '_ {
        let end = self.values[id.index()].end;
        let mut next = id.0 + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(ValueId(next))?;
            next = self.values[child.index()].end;
            Some(child)
        })
    }

    /// How deep it stands; the outermost value is at 0.
    pub fn depth(&self, id: ValueId) -> usize {
        std::iter::successors(self.parent(id), |&above| self.parent(above)).count()
    }

    fn slice(&self, (start, end): (u32, u32)) -> &str {
        self.texts
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// What stands between quotes, with its escapes undone; other text as it is.
fn unquoted(shown: &str) -> Cow<'_, str> {
    let Some(inner) = shown.strip_prefix('"').and_then(|s| s.strip_suffix('"')) else {
        return Cow::Borrowed(shown);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    // half of a surrogate pair is no character: then it stays as it was written
    serde_json::from_str(shown).map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// Documents are cut off long before this could be wrong.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"id":77,"tags":["a\n","b"],"id":true}`
    fn example() -> Document {
        let mut builder = Builder::new();
        builder.open(Kind::Object);
        builder.key("id");
        builder.number("77");
        builder.note("twice");
        builder.key("tags");
        builder.open(Kind::Array);
        builder.string("a\n");
        builder.string("b");
        builder.close();
        builder.key("id");
        builder.literal("true");
        builder.close();
        builder.finish().unwrap()
    }

    #[test]
    fn values_know_where_they_stand() {
        let document = example();
        assert_eq!(document.len(), 6);
        let children: Vec<_> = document.children(ValueId::ROOT).map(|id| id.0).collect();
        assert_eq!(children, [1, 2, 5]);
        assert_eq!(document.subtree(ValueId(2)), 2..5);
        assert_eq!(document.parent(ValueId(4)), Some(ValueId(2)));
        assert_eq!(document.depth(ValueId(4)), 2);
        assert_eq!(document.key(ValueId(2)), Some("\"tags\""));
        assert_eq!(document.key_text(ValueId(2)).unwrap(), "tags");
        assert_eq!(document.text(ValueId(3)), r#""a\n""#);
        assert_eq!(document.string(ValueId(3)).unwrap(), "a\n");
        assert_eq!(document.note(ValueId(1)), Some("twice"));
        assert_eq!(document.note(ValueId(2)), None);
        assert_eq!(document.number(ValueId(1)), Some(77.0));
        assert_eq!(document.number(ValueId(5)), Some(1.0));
        assert_eq!(document.number(ValueId(4)), None);
    }

    #[test]
    fn every_value_is_found_by_its_path() {
        let document = example();
        for id in document.ids() {
            assert_eq!(document.find(&document.path(id)), Some(id));
        }
        let mut paths = Paths::new(&document);
        for id in document.ids() {
            assert_eq!(paths.path(id), document.path(id));
        }
    }
}
