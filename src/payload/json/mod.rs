//! JSON as the sender wrote it: key order, duplicate keys and every digit of a number are kept. `serde_json` judges
//! validity; the layout works on the text itself, so nothing passes through a float.

mod document;
mod layout;
mod lexer;
mod pick;

use std::ops::Range;

pub use document::{document, lines};
use lexer::Lexer;
pub use pick::{Undecided, pick};

/// Documents that are nested deeper are shown as text: their layout would be mostly indentation.
const MAX_DEPTH: usize = 128;

/// What a piece of JSON text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An object key, quotes included.
    Key,
    /// A string value, quotes included.
    String,
    /// A number, exactly as written.
    Number,
    /// `true`, `false` or `null`.
    Literal,
    /// Brackets, commas, colons and white space.
    Punctuation,
}

/// A laid-out document: the text, the kind of each piece of it, and where its lines begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pretty {
    /// The whole text, two spaces per level.
    pub text: String,
    /// Consecutive byte ranges of `text` that cover all of it.
    pub tokens: Vec<(Range<usize>, TokenKind)>,
    /// Byte offset in `text` at which each line begins; the first is 0.
    pub lines: Vec<usize>,
}

/// Lays out `payload` with one member per line; short arrays and objects of scalars (up to 60 characters) stay on one line.
/// `None` when it is not valid UTF-8 JSON, or is nested more than 128 levels deep.
pub fn pretty(payload: &[u8]) -> Option<Pretty> {
    let text = str::from_utf8(payload).ok()?;
    is_document(text).then(|| layout::lay_out(text))
}

/// Cuts JSON-like text into coloured pieces without judging it, for the editor: invalid text and `{{placeholders}}`
/// come out as punctuation and literal.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let mut pieces = Vec::new();
    for token in Lexer::new(text) {
        push_piece(&mut pieces, token.range, token.kind);
    }
    pieces
}

/// Whether `text` is one JSON document.
///
/// # Errors
/// The parser's sentence with line and column.
pub fn validate(text: &str) -> Result<(), String> {
    // Skipping values takes no recursion and looks at no number's size.
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map(drop)
        .map_err(|err| err.to_string())
}

/// Whether [`pretty`] can show `text`.
pub(super) fn is_document(text: &str) -> bool {
    validate(text).is_ok() && depth(text) <= MAX_DEPTH
}

/// How deep a valid document is nested.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

/// Moves behind the closing quote.
fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

/// Adds a piece, or lengthens the last one when both are punctuation.
fn push_piece(pieces: &mut Vec<(Range<usize>, TokenKind)>, range: Range<usize>, kind: TokenKind) {
    match pieces.last_mut() {
        Some((last, TokenKind::Punctuation))
            if kind == TokenKind::Punctuation && last.end == range.start =>
        {
            last.end = range.end;
        }
        _ => pieces.push((range, kind)),
    }
}

#[cfg(test)]
mod tests;
