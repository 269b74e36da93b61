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
    fn bytes_are_copied_as_digits() {
        assert_eq!(copyable("häuser".as_bytes()), "häuser");
        assert_eq!(copyable(b"\x00\xff"), "00 ff");
    }
}
