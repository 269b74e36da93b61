//! One value of a JSON text, found without building the document: what charts read out of thousands of messages.

use super::super::document::{Path, Step};
use super::TokenKind;
use super::lexer::{Lexer, Token};

/// The scalar at `path`, as it is written, quotes included; `Some(None)` when the text has no scalar there, `None` when
/// it is no JSON document or has to be decoded to tell.
pub fn pick<'a>(text: &'a str, path: &Path) -> Option<Option<&'a str>> {
    if !super::is_document(text) {
        return None;
    }
    let mut tokens = Tokens(Lexer::new(text), text);
    let mut value = tokens.next()?;
    for step in &path.0 {
        let found = match (step, value.1) {
            (Step::Key(key, nth), "{") => tokens.member(key, *nth)?,
            (Step::Index(index), "[") => tokens.element(*index),
            _ => None,
        };
        match found {
            Some(found) => value = found,
            None => return Some(None),
        }
    }
    let (kind, piece) = value;
    Some((kind != TokenKind::Punctuation).then_some(piece))
}

/// The tokens of a valid document, without blanks, commas and colons.
struct Tokens<'a>(Lexer<'a>, &'a str);

type Piece<'a> = (TokenKind, &'a str);

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let Token { range, kind } = self.0.next()?;
            let piece = self.1.get(range)?;
            let is_between = kind == TokenKind::Punctuation
                && piece.starts_with([' ', '\t', '\n', '\r', ',', ':']);
            if !is_between {
                return Some((kind, piece));
            }
        }
    }

    /// Moves behind the value that begins with `first`.
    fn skip(&mut self, first: Piece<'a>) -> Option<()> {
        let mut depth = usize::from(matches!(first.1, "{" | "["));
        while depth > 0 {
            match self.next()? {
                (TokenKind::Punctuation, "{" | "[") => depth += 1,
                (TokenKind::Punctuation, "}" | "]") => depth -= 1,
                _ => {}
            }
        }
        Some(())
    }

    /// The `nth` member with this key of the object that was just entered; `None` when a key has escapes.
    fn member(&mut self, key: &str, nth: u32) -> Option<Option<Piece<'a>>> {
        let mut left = nth;
        loop {
            let (kind, piece) = self.next()?;
            if kind != TokenKind::Key {
                return Some(None);
            }
            let found = piece.get(1..piece.len().checked_sub(1)?)?;
            if found.contains('\\') {
                return None;
            }
            let value = self.next()?;
            if found == key {
                if left == 0 {
                    return Some(Some(value));
                }
                left -= 1;
            }
            self.skip(value)?;
        }
    }

    /// The element at this place of the array that was just entered.
    fn element(&mut self, index: u32) -> Option<Piece<'a>> {
        for _ in 0..index {
            let value = self.next()?;
            if value == (TokenKind::Punctuation, "]") {
                return None;
            }
            self.skip(value)?;
        }
        let value = self.next()?;
        (value != (TokenKind::Punctuation, "]")).then_some(value)
    }
}
