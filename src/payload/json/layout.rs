//! Puts line ends and indentation between the tokens of a valid document; the tokens themselves stay as they are.

use super::lexer::{Lexer, Token};
use super::{Pretty, TokenKind, push_piece};

/// An array or object of scalars stays on one line up to this many characters.
const ONE_LINE: usize = 60;

/// Lays out `text`, which is valid JSON.
pub(super) fn lay_out(text: &str) -> Pretty {
    let mut printer = Printer {
        text,
        pretty: Pretty {
            lines: vec![0],
            ..Pretty::default()
        },
        depth: 0,
        on_one_line: false,
    };
    let mut tokens = Tokens(Lexer::new(text));
    while let Some(token) = tokens.next(text) {
        printer.print(&token, &tokens);
    }
    printer.pretty
}

/// The tokens without the blanks between them.
#[derive(Clone)]
struct Tokens<'a>(Lexer<'a>);

impl Tokens<'_> {
    fn next(&mut self, text: &str) -> Option<Token> {
        self.0
            .find(|token| !text[token.range.clone()].starts_with([' ', '\t', '\n', '\r']))
    }
}

struct Printer<'a> {
    text: &'a str,
    pretty: Pretty,
    depth: usize,
    /// Inside an array or object that stays on one line; those hold no other.
    on_one_line: bool,
}

impl Printer<'_> {
    /// Prints `token`, which `following` come after.
    fn print(&mut self, token: &Token, following: &Tokens<'_>) {
        let piece = &self.text[token.range.clone()];
        match piece {
            "{" | "[" if token.kind == TokenKind::Punctuation => {
                self.open(piece, following.clone());
            }
            "}" | "]" => self.close(piece),
            "," if self.on_one_line => self.push(", ", TokenKind::Punctuation),
            "," => {
                self.push(",", TokenKind::Punctuation);
                self.new_line();
            }
            ":" => self.push(": ", TokenKind::Punctuation),
            _ => self.push(piece, token.kind),
        }
    }

    fn open(&mut self, bracket: &str, following: Tokens<'_>) {
        self.push(bracket, TokenKind::Punctuation);
        self.depth += 1;
        self.on_one_line = fits_one_line(self.text, following);
        if !self.on_one_line {
            self.new_line();
        } else if bracket == "{" {
            self.push(" ", TokenKind::Punctuation);
        }
    }

    fn close(&mut self, bracket: &str) {
        self.depth = self.depth.saturating_sub(1);
        if !self.on_one_line {
            self.new_line();
        } else if bracket == "}" && self.pretty.text.ends_with("{ ") {
            // An empty object: the blank behind its bracket is not needed.
            self.shorten();
        } else if bracket == "}" {
            self.push(" ", TokenKind::Punctuation);
        }
        self.on_one_line = false;
        self.push(bracket, TokenKind::Punctuation);
    }

    fn new_line(&mut self) {
        let start = self.pretty.text.len();
        self.pretty.text.push('\n');
        self.pretty.lines.push(start + 1);
        self.pretty
            .text
            .extend(std::iter::repeat_n("  ", self.depth));
        self.piece(start, TokenKind::Punctuation);
    }

    fn push(&mut self, piece: &str, kind: TokenKind) {
        let start = self.pretty.text.len();
        self.pretty.text.push_str(piece);
        self.piece(start, kind);
    }

    fn piece(&mut self, start: usize, kind: TokenKind) {
        push_piece(&mut self.pretty.tokens, start..self.pretty.text.len(), kind);
    }

    /// Takes the last byte back, which is punctuation.
    fn shorten(&mut self) {
        self.pretty.text.pop();
        if let Some((last, _)) = self.pretty.tokens.last_mut() {
            last.end = self.pretty.text.len();
        }
    }
}

/// Whether what `following` says up to its closing bracket is scalars only and short. Looks at no more than fits.
fn fits_one_line(text: &str, mut following: Tokens<'_>) -> bool {
    let mut length = 2;
    while let Some(token) = following.next(text) {
        let piece = &text[token.range];
        length += match piece {
            "{" | "[" => return false,
            "]" => return length <= ONE_LINE,
            "}" if length == 2 => return true,
            "}" => return length + 2 <= ONE_LINE,
            "," | ":" => 2,
            _ => piece.chars().take(ONE_LINE + 1).count(),
        };
        if length > ONE_LINE {
            return false;
        }
    }
    false
}
