//! Widths and alignment in `-F`: `%-10t`, `%010l`, `%.3t`, as printf writes them.

use std::io::{self, Write};

/// Flags, width and precision between a `%` and its letter. Widths count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pad {
    left: bool,
    zeros: bool,
    width: usize,
    precision: Option<usize>,
}

/// Nobody needs a wider field; a larger number would only fill the memory.
const MAX_WIDTH: usize = 65_535;

impl Pad {
    /// Reads what stands before the letter, and returns what follows.
    pub fn parse(text: &str) -> (Self, &str) {
        let (left, rest) = skip(text, '-');
        let (zeros, rest) = skip(rest, '0');
        let (width, rest) = digits(rest);
        let (dot, rest) = skip(rest, '.');
        let (precision, rest) = if dot { digits(rest) } else { (0, rest) };
        let pad = Self {
            left,
            zeros,
            width,
            precision: dot.then_some(precision),
        };
        (pad, rest)
    }

    /// A text: cut to the precision, filled with blanks to the width.
    pub fn text(self, out: &mut impl Write, value: &str) -> io::Result<()> {
        let value = match self.precision.and_then(|max| value.char_indices().nth(max)) {
            Some((end, _)) => value.get(..end).unwrap_or(value),
            None => value,
        };
        let missing = self.width.saturating_sub(value.chars().count());
        self.filled(out, missing, ' ', |out| out.write_all(value.as_bytes()))
    }

    /// A number, or an empty field.
    pub fn number(self, out: &mut impl Write, value: Option<usize>) -> io::Result<()> {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        let missing = self.width.saturating_sub(value.len());
        self.filled(out, missing, self.fill(), |out| {
            out.write_all(value.as_bytes())
        })
    }

    /// Raw bytes, cut to the width.
    pub fn payload(self, out: &mut impl Write, payload: &[u8]) -> io::Result<()> {
        let shown = self.cut(payload, self.width);
        let missing = self.width.saturating_sub(shown.len());
        self.filled(out, missing, self.fill(), |out| out.write_all(shown))
    }

    /// Bytes as two hexadecimal digits each, cut to the width.
    pub fn hex(self, out: &mut impl Write, payload: &[u8], digits: &str) -> io::Result<()> {
        let shown = self.cut(payload, self.width / 2);
        let missing = self.width.saturating_sub(shown.len() * 2);
        let digits = digits.as_bytes();
        let hex: Vec<u8> = shown
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|nibble| digits.get(usize::from(nibble)).copied())
            .collect();
        self.filled(out, missing, self.fill(), |out| out.write_all(&hex))
    }

    fn cut(self, payload: &[u8], length: usize) -> &[u8] {
        match payload.get(..length) {
            Some(cut) if self.width > 0 => cut,
            _ => payload,
        }
    }

    fn fill(self) -> char {
        if self.zeros && !self.left { '0' } else { ' ' }
    }

    fn filled<W: Write>(
        self,
        out: &mut W,
        missing: usize,
        fill: char,
        write: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        let blanks = fill.to_string().repeat(missing);
        if !self.left {
            out.write_all(blanks.as_bytes())?;
        }
        write(out)?;
        if self.left {
            out.write_all(blanks.as_bytes())?;
        }
        Ok(())
    }
}

fn skip(text: &str, flag: char) -> (bool, &str) {
    match text.strip_prefix(flag) {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

fn digits(text: &str) -> (usize, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (
        digits
            .parse()
            .unwrap_or(if end == 0 { 0 } else { MAX_WIDTH })
            .min(MAX_WIDTH),
        rest,
    )
}
