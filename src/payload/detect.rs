//! Which format fits a payload best when nothing is said about it. Whatever can be text is text: binary formats are
//! taken only when they are surely meant.

use super::cbor;
use super::content_type::Charset;
use super::document::{Document, Limit, ValueId};
use super::json;
use super::misfit::Misfit;
use super::msgpack;
use super::picture;
use super::reading::Format;
use super::text;
use super::xml;
use super::yaml;

/// What fits best, with its values where they were read on the way.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) format: Format,
    pub(super) document: Option<Document>,
}

impl From<Format> for Detected {
    fn from(format: Format) -> Self {
        Self {
            format,
            document: None,
        }
    }
}

/// The format that shows `payload` best. Reads all of it.
pub(super) fn detect(payload: &[u8]) -> Detected {
    if let Ok(text) = str::from_utf8(payload) {
        if let Some(found) = structured_text(text) {
            return found;
        }
        if text::is_readable(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            return Format::Text.into();
        }
    }
    if picture::describe(payload).is_ok() {
        return Format::Image.into();
    }
    if let Some(charset) = utf16(payload) {
        let (text, _) = text::utf16(payload, charset == Charset::Utf16Be);
        let found = structured_text(&text).filter(|found| found.document.is_some());
        return found.unwrap_or_else(|| charset.format().into());
    }
    let found = [
        (Format::Cbor, cbor::detect(payload)),
        (Format::MessagePack, msgpack::detect(payload)),
    ];
    let best = found
        .into_iter()
        .filter_map(|(format, found)| found.map(|(document, bits)| (format, document, bits)))
        .max_by_key(|(.., bits)| *bits);
    match best {
        Some((format, document, _)) => Detected {
            format,
            document: Some(document),
        },
        None => Format::Hex.into(),
    }
}

/// Text that surely is more than text.
fn structured_text(text: &str) -> Option<Detected> {
    if let Some(text) = text.strip_prefix('\u{feff}') {
        // whoever shows it says that the mark is there
        return structured_text(text).map(|found| found.format.into());
    }
    let begin = text.trim_start();
    let found = |format, document| Detected {
        format,
        document: Some(document),
    };
    if let Some(document) = json::document(text.as_bytes()) {
        return Some(found(Format::Json, document));
    }
    if begin.starts_with(['{', '[']) {
        return Some(found(Format::Json, json::lines(text)?));
    }
    if xml::may_begin(begin) {
        return Some(found(Format::Xml, xml::document(text.as_bytes()).ok()?));
    }
    if yaml::may_begin(begin) {
        // with notices, which the caller would have to pass on: read again by whoever shows it
        let is_yaml = match yaml::document(text.as_bytes(), &mut Vec::new()) {
            Ok(document) => document.kind(ValueId::ROOT).is_container(),
            // it is, as far as it was read, and why it is not shown has to be said
            Err(misfit) => matches!(misfit, Misfit::Limit(Limit::Size)),
        };
        return is_yaml.then(|| Format::Yaml.into());
    }
    None
}

/// UTF-16 with a byte order mark, or so plain that it can be nothing else.
fn utf16(payload: &[u8]) -> Option<Charset> {
    if !payload.len().is_multiple_of(2) {
        return None;
    }
    let is_text = |charset| {
        let (text, is_whole) = text::utf16(payload, charset == Charset::Utf16Be);
        is_whole && text::is_readable(&text)
    };
    let charset = match payload {
        [0xff, 0xfe, _, _, ..] => Charset::Utf16Le,
        [0xfe, 0xff, _, _, ..] => Charset::Utf16Be,
        _ => return plain_utf16(payload),
    };
    is_text(charset).then_some(charset)
}

/// Without a mark: at least four characters, all of them of ASCII.
fn plain_utf16(payload: &[u8]) -> Option<Charset> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    if payload.len() < 8 {
        return None;
    }
    let mut pairs = payload.chunks_exact(2);
    if pairs.clone().all(|pair| pair[1] == 0 && is_plain(pair[0])) {
        Some(Charset::Utf16Le)
    } else if pairs.all(|pair| pair[0] == 0 && is_plain(pair[1])) {
        Some(Charset::Utf16Be)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn formats_are_told_apart() {
        let cases: [(&[u8], Format); 22] = [
            (b"<?xml version='1.0'?><a/>", Format::Xml),
            (b" <a><b/></a>\n", Format::Xml),
            (b"<b>bold", Format::Text),
            (b"---\na: 1\n", Format::Yaml),
            (b"--- off", Format::Text),
            (b"a: 1", Format::Text),
            (b"{}", Format::Json),
            (b"21.4", Format::Json),
            (b"\xef\xbb\xbf{\"a\": 1}", Format::Json),
            (b"{\"a\":1}\n{\"a\":2}\n", Format::Json),
            (b"on", Format::Text),
            (b"{\"a\":", Format::Text),
            ("21.4 °C".as_bytes(), Format::Text),
            (b"BMW 320", Format::Text),
            (b"GIF89a", Format::Text),
            (b"\xff\xfeo\0n\0", Format::Utf16Le),
            (b"\xfe\xff\0o\0n", Format::Utf16Be),
            (b"\0s\0t\0a\0t\0e", Format::Utf16Be),
            (b"\xa1\x62on\xf5", Format::Cbor),
            (b"\x81\xa2on\xc3", Format::MessagePack),
            (b"\x00\x00\x00\x15", Format::Hex),
            (b"caf\xe9", Format::Hex),
        ];
        for (payload, format) in cases {
            assert_eq!(detect(payload).format, format, "{payload:?}");
        }
        assert_eq!(detect(&utf16le("Zustand: an")).format, Format::Utf16Le);
    }

    proptest! {
        #[test]
        fn text_is_never_taken_for_something_binary(text in "\\PC{0,60}") {
            let format = detect(text.as_bytes()).format;
            prop_assert!(matches!(format, Format::Text | Format::Json | Format::Xml | Format::Yaml), "{format:?}");
        }

        #[test]
        fn binary_numbers_stay_bytes(number: u64, length in 1..=8_usize) {
            for bytes in [number.to_be_bytes(), number.to_le_bytes()] {
                let format = detect(&bytes[..length]).format;
                let is_text = str::from_utf8(&bytes[..length]).is_ok();
                let fits = matches!(format, Format::Hex | Format::Utf16Le | Format::Utf16Be);
                prop_assert!(is_text || fits, "{format:?}");
            }
        }
    }
}
