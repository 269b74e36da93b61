//! Hexadecimal both ways: a dump with offsets and ASCII for the inspector, typed pairs of digits for publishing.

use thiserror::Error;

/// Bytes on one line of a dump where there is room, as other tools have it.
pub const WIDE: usize = 16;
/// Bytes on one line of a dump in a narrow place.
pub const NARROW: usize = 8;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Why typed text is not hexadecimal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HexError {
    /// Something other than 0–9, a–f, A–F and separators.
    #[error("“{character}” at position {position} is not a hexadecimal digit. Use 0–9 and a–f.")]
    Digit {
        /// The character found.
        character: char,
        /// Its position, counted from 1.
        position: usize,
    },
    /// Half a byte is left over.
    #[error("The last byte has only one digit. Write two for each byte.")]
    Odd,
}

/// Bytes of typed text; blanks, line ends, `:`, `-`, `,` and a `0x` before a byte are skipped.
///
/// # Errors
/// [`HexError`] with the position of the first character that does not fit.
pub fn parse(text: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high: Option<u8> = None;
    let mut characters = text.chars().zip(1..).peekable();
    while let Some((character, position)) = characters.next() {
        let is_separator = character.is_whitespace() || matches!(character, ':' | '-' | ',');
        if is_separator && high.is_none() {
            continue;
        }
        if character == '0'
            && high.is_none()
            && characters
                .next_if(|(next, _)| matches!(next, 'x' | 'X'))
                .is_some()
        {
            continue;
        }
        let digit = character
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok());
        let Some(digit) = digit else {
            return Err(HexError::Digit {
                character,
                position,
            });
        };
        match high.take() {
            Some(high) => bytes.push(high << 4 | digit),
            None => high = Some(digit),
        }
    }
    match high {
        Some(_) => Err(HexError::Odd),
        None => Ok(bytes),
    }
}

/// Lines of a dump with `per_line` bytes each.
pub fn line_count(length: usize, per_line: usize) -> usize {
    length.div_ceil(per_line.max(1))
}

/// Characters of a line of `per_line` bytes: eight digits of offset, pairs in groups of eight, ASCII between bars.
pub fn line_width(per_line: usize) -> usize {
    9 + per_line.div_ceil(8) + 3 * per_line + 2 + per_line + 1
}

/// Line `line` (from 0) of the dump of `payload`: offset, hex pairs in groups of eight, ASCII; empty behind the end.
/// `00000010  48 65 6c …  |Hel…|`
pub fn line(payload: &[u8], line: usize, per_line: usize) -> String {
    let start = line.saturating_mul(per_line);
    let rest = payload.get(start..).unwrap_or_default();
    let bytes = &rest[..rest.len().min(per_line)];
    if bytes.is_empty() {
        return String::new();
    }
    let mut text = format!("{start:08x} ");
    for column in 0..per_line {
        if column % 8 == 0 {
            text.push(' ');
        }
        match bytes.get(column) {
            Some(byte) => push_pair(&mut text, *byte),
            None => text.push_str("  "),
        }
        text.push(' ');
    }
    text.push_str(" |");
    text.extend(bytes.iter().map(|byte| ascii(*byte)));
    text.push('|');
    text
}

/// The bytes as pairs with blanks between them: `0a ff 10`.
pub fn pairs(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        push_pair(&mut text, *byte);
    }
    text
}

/// Appends the two digits of `byte`.
pub fn push_pair(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 0x0f] {
        text.push(char::from(DIGITS[usize::from(digit)]));
    }
}

fn ascii(byte: u8) -> char {
    if byte == b' ' || byte.is_ascii_graphic() {
        char::from(byte)
    } else {
        '.'
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn separators_and_prefixes_are_skipped() {
        let hello = b"Hel\x0a".to_vec();
        for text in [
            "48656c0a",
            "48 65 6C 0A",
            "48:65:6c:0a",
            "0x48, 0X65,\n0x6c,0x0a",
            " 48-65\t6c 0a\n",
        ] {
            assert_eq!(parse(text), Ok(hello.clone()), "{text:?}");
        }
        assert_eq!(parse(""), Ok(Vec::new()));
        assert_eq!(parse("00"), Ok(vec![0]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let digit = |character, position| {
            Err(HexError::Digit {
                character,
                position,
            })
        };
        assert_eq!(parse("4g"), digit('g', 2));
        assert_eq!(parse("48 6 5"), digit(' ', 5));
        assert_eq!(parse("€"), digit('€', 1));
        assert_eq!(parse("48 6"), Err(HexError::Odd));
        let text = parse("zz").unwrap_err().to_string();
        assert_eq!(
            text,
            "“z” at position 1 is not a hexadecimal digit. Use 0–9 and a–f."
        );
    }

    #[test]
    fn a_dump_has_offsets_groups_and_ascii() {
        let letters: Vec<u8> = (0x41..0x41 + 19).collect();
        let digits = b"0123456789".to_vec();
        for (payload, per_line, lines) in [
            (
                letters,
                WIDE,
                [
                    "00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|",
                    "00000010  51 52 53                                          |QRS|",
                ],
            ),
            (
                digits,
                NARROW,
                [
                    "00000000  30 31 32 33 34 35 36 37  |01234567|",
                    "00000008  38 39                    |89|",
                ],
            ),
        ] {
            assert_eq!(line_count(payload.len(), per_line), lines.len());
            for (index, expected) in lines.into_iter().enumerate() {
                assert_eq!(line(&payload, index, per_line), expected);
            }
            assert_eq!(lines[0].chars().count(), line_width(per_line));
            assert_eq!(line(&payload, lines.len(), per_line), "");
            assert_eq!(line(&payload, usize::MAX, per_line), "");
        }
        assert!(line(b"\0\x7f\xff ~", 0, WIDE).ends_with("|... ~|"));
    }

    proptest! {
        #[test]
        fn pairs_are_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(parse(&pairs(&bytes)), Ok(bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _read_or_refused = parse(&text).is_ok();
        }
    }
}
