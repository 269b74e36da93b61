//! Formats told apart, and previews that keep to one short line whatever comes.

use proptest::prelude::*;

use super::*;

/// The smallest JPEG header that has a size: 640×480.
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\
    \xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9";

#[test]
fn formats_are_told_apart() {
    assert_eq!(detect(b""), Kind::Empty);
    for json in [
        "{}",
        " [1]\n",
        "\"a\"",
        "21.4",
        "true",
        "null",
        "{\"a\":{\"a\":1}}",
    ] {
        assert_eq!(detect(json.as_bytes()), Kind::Json, "{json}");
    }
    for text in ["on", "{", "21.4 °C", "a\tb\r\n", "NaN", "01", "{\"a\":}"] {
        assert_eq!(detect(text.as_bytes()), Kind::Text, "{text}");
    }
    for binary in [&b"\0"[..], b"a\x1b[2J", b"\xff\xfe", b"caf\xe9", JPEG] {
        assert_eq!(detect(binary), Kind::Binary, "{binary:?}");
    }
}

#[test]
fn text_is_folded_into_one_line() {
    assert_eq!(preview(b"21.4", 40), "21.4");
    assert_eq!(preview(b"", 40), "");
    assert_eq!(preview(b"  a\r\n\tb  c \n", 40), "a b c");
    assert_eq!(
        preview(b"{\n  \"led\": \"on\"\n}", 40),
        "{ \"led\": \"on\" }"
    );
    assert_eq!(preview("a\u{202e}b".as_bytes(), 40), "a\\u{202e}b");
}

#[test]
fn what_is_left_out_is_marked() {
    assert_eq!(preview(b"0123456789", 10), "0123456789");
    assert_eq!(preview(b"0123456789a", 10), "012345678…");
    assert_eq!(preview("°°°°".as_bytes(), 3), "°°…");
    assert_eq!(preview(b"ab", 0), "");
    let long = "é".repeat(5_000_000);
    assert_eq!(preview(long.as_bytes(), 4), "ééé…");
    let blanks = format!("a{}b", " ".repeat(5_000_000));
    assert_eq!(preview(blanks.as_bytes(), 4), "a…");
}

#[test]
fn images_say_their_size() {
    assert_eq!(preview(JPEG, 40), "JPEG 640×480 · 41 B");
    let mut large = JPEG.to_vec();
    large.resize(49_254, 0);
    assert_eq!(preview(&large, 40), "JPEG 640×480 · 48.1 KiB");
}

#[test]
fn small_documents_show_their_values() {
    let cbor = b"\xa1\x61t\xfb\x40\x35\x66\x66\x66\x66\x66\x66";
    assert_eq!(preview(cbor, 40), "CBOR · 12 B · {\"t\": 21.4}");
    let msgpack = b"\x81\xa2on\xc3";
    assert_eq!(preview(msgpack, 40), "MessagePack · 5 B · {\"on\": true}");
    assert_eq!(preview(b"\x1f\x8b\x08\0\0", 40), "gzip · 5 B");
}

#[test]
fn other_bytes_are_shown_in_hex() {
    assert_eq!(preview(b"\x0a\xff\0", 40), "binary · 3 B · 0a ff 00");
    assert_eq!(
        preview(&vec![0; 49_254], 30),
        "binary · 48.1 KiB · 00 00 00 …"
    );
    assert_eq!(preview(b"\xff\xd8\xff", 40), "binary · 3 B · ff d8 ff");
}

proptest! {
    #[test]
    fn previews_keep_to_one_short_line(
        payload in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "\\PC{0,80}".prop_map(String::into_bytes),
        ],
        max_chars in 0_usize..60,
    ) {
        let line = preview(&payload, max_chars);
        prop_assert!(line.chars().count() <= max_chars, "{}", line);
        prop_assert!(!line.chars().any(char::is_control));
    }

    #[test]
    fn broken_images_are_only_binary(
        start in proptest::sample::select(vec![
            &JPEG[..20], b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM", b"II*\0\x08\0\0\0",
            b"MM\0*", b"\0\0\0\x18ftypheic", b"\0\0\0\x0cJXL ", b"\xff\x0a", b"\0\0\x01\0", b"8BPS", b"DDS ",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        let payload = [start, &rest].concat();
        prop_assert!(preview(&payload, 60).chars().count() <= 60);
    }
}
