//! One value of a JSON text, found without building the document: what charts read out of thousands of messages.

use super::super::document::{Path, Step};
use super::TokenKind;
use super::lexer::{Lexer, Token};

/// Whether there is a value can only be told by decoding the whole text: it is no JSON document, or writes a key with
/// escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided;

/// The scalar at `path`, as it is written, quotes included; `None` when the text has no scalar there.
///
/// # Errors
/// [`Undecided`] where only decoding can tell.
pub fn pick<'a>(text: &'a str, path: &Path) -> Result<Option<&'a str>, Undecided> {
    if !super::is_document(text) {
        return Err(Undecided);
    }
    let mut tokens = Tokens(Lexer::new(text), text);
    let mut value = tokens.next().ok_or(Undecided)?;
    for step in &path.0 {
        let found = match (step, value.1) {
            (Step::Key(key, nth), "{") => tokens.member(key, *nth)?,
            (Step::Index(index), "[") => tokens.element(*index),
            _ => None,
        };
        match found {
            Some(found) => value = found,
            None => return Ok(None),
        }
    }
    let (kind, piece) = value;
    Ok((kind != TokenKind::Punctuation).then_some(piece))
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

    /// The `nth` member with this key of the object that was just entered.
    fn member(&mut self, key: &str, nth: u32) -> Result<Option<Piece<'a>>, Undecided> {
        let mut left = nth;
        loop {
            let (kind, piece) = self.next().ok_or(Undecided)?;
            if kind != TokenKind::Key {
                return Ok(None);
            }
            let inner = piece.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            let found = inner.filter(|it| !it.contains('\\')).ok_or(Undecided)?;
            let value = self.next().ok_or(Undecided)?;
            if found == key {
                if left == 0 {
                    return Ok(Some(value));
                }
                left -= 1;
            }
            self.skip(value).ok_or(Undecided)?;
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
