//! Cuts text that may be JSON into tokens that cover all of it. Never fails: what is no JSON is punctuation.

use std::ops::Range;

use super::super::template;
use super::TokenKind;

/// A piece of text and what it seems to be.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    pub(super) kind: TokenKind,
}

/// The tokens of a text, in order.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    /// Begins at the first byte of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.rest();
        let (length, kind) = match rest.bytes().next()? {
            b' ' | b'\t' | b'\n' | b'\r' => (blanks(rest), TokenKind::Punctuation),
            b'"' => string(rest),
            b'{' => match template::placeholder(rest) {
                Some((_, length)) => (length, TokenKind::Literal),
                None => (1, TokenKind::Punctuation),
            },
            b'}' | b'[' | b']' | b',' | b':' => (1, TokenKind::Punctuation),
            _ => word(rest),
        };
        let start = self.position;
        self.position += length;
        Some(Token {
            range: start..self.position,
            kind,
        })
    }
}

/// Bytes of blanks that `text` begins with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// A string up to its closing quote, or to the end of the line when it has none.
fn string(text: &str) -> (usize, TokenKind) {
    let bytes = text.as_bytes();
    let mut end = 1;
    loop {
        match bytes.get(end) {
            None | Some(b'\n') => return (end, TokenKind::String),
            Some(b'"') => break,
            Some(b'\\') if !matches!(bytes.get(end + 1), None | Some(b'\n')) => {
                end += 1 + char_length(text, end + 1);
            }
            Some(_) => end += 1,
        }
    }
    end += 1;
    let rest = &text[end..];
    let is_key = rest[blanks(rest)..].starts_with(':');
    let kind = if is_key {
        TokenKind::Key
    } else {
        TokenKind::String
    };
    (end, kind)
}

/// Bytes of the character at `at`.
fn char_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// A number, a literal, or something that does not belong here.
fn word(text: &str) -> (usize, TokenKind) {
    let is_end = |c: char| {
        matches!(
            c,
            ' ' | '\t' | '\n' | '\r' | '"' | '{' | '}' | '[' | ']' | ',' | ':'
        )
    };
    let length = text.find(is_end).unwrap_or(text.len());
    let word = &text[..length];
    let kind = if matches!(word, "true" | "false" | "null") {
        TokenKind::Literal
    } else if is_number(word) {
        TokenKind::Number
    } else {
        TokenKind::Punctuation
    };
    (length, kind)
}

/// Whether `word` looks like a number; a valid document has no others.
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && word
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
}
