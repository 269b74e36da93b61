//! What differs between two payloads: values of documents, lines of text, bytes of anything else.
//!
//! Time and memory grow with the payloads, not with their product: where two parts have too little in common to be
//! put side by side cheaply, they are one changed block.

mod align;
mod blocks;
mod document;
mod line;
mod number;
mod subtrees;
mod summary;

#[cfg(test)]
mod tests;

use super::reading::{Content, Decoded};

pub use blocks::{Block, Blocks};
pub use document::{Change, DocumentDiff, How, Removed};
pub use line::{Line, line};
pub use summary::summary;

/// What differs between an older and a newer payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The same bytes.
    Same,
    /// Values inside values, whatever the formats were.
    Document(DocumentDiff),
    /// Lines of text, counted from 0, as `split('\n')` has them.
    Lines(Blocks),
    /// Bytes of [`Decoded::bytes`].
    Bytes(Blocks),
    /// Of another kind: nothing stands beside anything.
    Unlike,
}

/// Compares two payloads as they were read. Meant for a worker: two documents of ten megabytes take a while.
pub fn compare(old: &Decoded, new: &Decoded) -> Comparison {
    let is_same = old.bytes == new.bytes && old.format == new.format;
    match (&old.content, &new.content) {
        (Content::Empty, Content::Empty) => Comparison::Same,
        (Content::Document(old), Content::Document(new)) if is_same && old == new => {
            Comparison::Same
        }
        (Content::Document(old), Content::Document(new)) => {
            Comparison::Document(document::compare(old, new))
        }
        (Content::Text(_), Content::Text(_))
        | (Content::Bytes, Content::Bytes)
        | (Content::Picture(_), Content::Picture(_))
            if is_same =>
        {
            Comparison::Same
        }
        (Content::Text(old), Content::Text(new)) => Comparison::Lines(blocks::lines(old, new)),
        (Content::Bytes, Content::Bytes) | (Content::Picture(_), Content::Picture(_)) => {
            Comparison::Bytes(blocks::bytes(&old.bytes, &new.bytes))
        }
        _ => Comparison::Unlike,
    }
}

/// Documents are cut off long before this could be wrong.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
