//! Any bytes as text that hides nothing: what has no shape of its own is written out.

use std::borrow::Cow;

use super::hex;

/// `payload` as text. Tabs and line ends stay; bytes that are not UTF-8 and control characters are shown as `\x00`,
/// characters that change the direction of text, and other invisible ones, as `\u{202e}`. Borrowed when nothing
/// has to be shown so.
pub fn visible(payload: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(payload)
        && !text.chars().any(is_hidden)
    {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(payload.len() + 16);
    for chunk in payload.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push(&mut shown, c));
        chunk
            .invalid()
            .iter()
            .for_each(|byte| push_byte(&mut shown, *byte));
    }
    Cow::Owned(shown)
}

/// Whether `text` has no control characters but tab and line ends.
pub(super) fn is_readable(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// `text` with what hides written out, as [`visible`] does.
pub(super) fn shown(text: &str) -> String {
    visible(text.as_bytes()).into_owned()
}

/// `“text”`, at most 60 characters of it, with what hides written out.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = "“".to_owned();
    text.chars().take(60).for_each(|c| push(&mut shown, c));
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown.push('”');
    shown
}

/// ISO 8859-1: each byte is the character of this number.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// UTF-16, and whether all of it is such text. A byte order mark is left out, and counts more than `is_big_endian`. What is no
/// character becomes U+FFFD.
pub(super) fn utf16(bytes: &[u8], is_big_endian: bool) -> (String, bool) {
    let (bytes, is_big_endian) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => (bytes, is_big_endian),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let unit = if is_big_endian {
        u16::from_be_bytes
    } else {
        u16::from_le_bytes
    };
    let units = pairs.iter().map(|&pair| unit(pair));
    let mut is_whole = rest.is_empty();
    let mut text = String::with_capacity(bytes.len() / 2);
    for unit in char::decode_utf16(units) {
        is_whole &= unit.is_ok();
        text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    (text, is_whole)
}

/// Whether `c` is shown as an escape.
fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        // Marks, embeddings and isolates of direction; zero width space and joiner of words; line separators; byte order mark.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => true,
        _ => c.is_control(),
    }
}

/// Appends `c`, escaped where it is hidden.
pub(super) fn push(shown: &mut String, c: char) {
    match u8::try_from(c) {
        _ if !is_hidden(c) => shown.push(c),
        Ok(byte) if byte.is_ascii() => push_byte(shown, byte),
        _ => shown.extend(c.escape_unicode()),
    }
}

/// Appends `\x` and two digits.
fn push_byte(shown: &mut String, byte: u8) {
    shown.push_str("\\x");
    hex::push_pair(shown, byte);
}

/// A payload for the clipboard: text as it is, bytes that are no text as hexadecimal digits, so that none is lost.
pub fn copyable(payload: &[u8]) -> String {
    match std::str::from_utf8(payload) {
        Ok(text) => text.to_owned(),
        Err(_not_text) => super::hex::pairs(payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_text_is_borrowed() {
        let text = "21.4 °C\n\tüñ 漢字 😀\r\n";
        assert!(matches!(visible(text.as_bytes()), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible(b"a\0b\x1b[2J\x7f"), "a\\x00b\\x1b[2J\\x7f");
        assert_eq!(visible(b"caf\xe9 \xff\xfe"), "caf\\xe9 \\xff\\xfe");
        assert_eq!(
            visible("a\u{202e}b\u{85}\u{feff}".as_bytes()),
            "a\\u{202e}b\\u{85}\\u{feff}"
        );
    }

    #[test]
    fn a_character_cut_in_half_is_written_out() {
        assert_eq!(visible(&"é"[..].as_bytes()[..1]), "\\xc3");
    }

    #[test]
    fn other_charsets_are_read() {
        assert_eq!(latin1(b"caf\xe9"), "café");
        let text = "Zustand 😀";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16(&little, false), (text.to_owned(), true));
        assert_eq!(utf16(&big, true), (text.to_owned(), true));
        assert_eq!(utf16(b"\xff\xfea\0", true), ("a".to_owned(), true));
        assert_eq!(
            utf16(b"\x3d\xd8a\0b", false),
            ("\u{fffd}a\u{fffd}".to_owned(), false)
        );
        assert_eq!(quoted("a\u{202e}"), "“a\\u{202e}”");
    }

    #[test]
    fn bytes_are_copied_as_digits() {
        assert_eq!(copyable("häuser".as_bytes()), "häuser");
        assert_eq!(copyable(b"\x00\xff"), "00 ff");
    }
}
