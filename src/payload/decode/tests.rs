//! The whole way from bytes to content.

use proptest::prelude::*;

use super::*;
use crate::payload::document::ValueId;
use crate::payload::reading::{ByteOrder, NumberKind, NumberShape};

fn reading(chosen: Option<Format>, content_type: Option<&str>) -> Reading {
    Reading {
        chosen,
        content_type: content_type.map(str::to_owned),
        ..Reading::default()
    }
}

/// The format and the content on one line, and the notices.
fn line(payload: &[u8], reading: &Reading) -> (Format, String, Vec<String>) {
    let decoded = decode(&Bytes::copy_from_slice(payload), reading);
    let line = match decoded.content {
        Content::Empty => "empty".to_owned(),
        Content::Document(document) => document.one_line(ValueId::ROOT, 1_000),
        Content::Text(text) => text,
        Content::Bytes => "bytes".to_owned(),
        Content::Picture(picture) => {
            format!("{} {}×{}", picture.kind, picture.width, picture.height)
        }
    };
    (decoded.format, line, decoded.notices)
}

#[test]
fn what_fits_best_is_read() {
    let best = |payload: &[u8]| {
        let (format, line, notices) = line(payload, &Reading::default());
        assert_eq!(notices, Vec::<String>::new());
        (format, line)
    };
    assert_eq!(
        best(b"{\"t\":127.0}"),
        (Format::Json, "{\"t\": 127.0}".to_owned())
    );
    assert_eq!(best(b"on"), (Format::Text, "on".to_owned()));
    assert_eq!(
        best(b"\xa1\x62on\xf5"),
        (Format::Cbor, "{\"on\": true}".to_owned())
    );
    assert_eq!(best(b"\xff\xfeo\0n\0"), (Format::Utf16Le, "on".to_owned()));
    assert_eq!(best(b"\0\x01"), (Format::Hex, "bytes".to_owned()));
    assert_eq!(best(b""), (Format::Text, "empty".to_owned()));
}

#[test]
fn a_choice_counts_for_the_innermost_bytes() {
    let zstd = ruzstd::encoding::compress_to_vec(
        &b"\x00\x15"[..],
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    let kind = NumberKind {
        shape: NumberShape::Unsigned,
        order: ByteOrder::BigEndian,
    };
    let decoded = decode(&zstd.into(), &reading(Some(Format::Number(kind)), None));
    assert_eq!(decoded.layers[0].name, "zstd");
    assert_eq!(decoded.bytes, &b"\x00\x15"[..]);
    let Content::Document(document) = decoded.content else {
        panic!("{:?}", decoded.content);
    };
    assert_eq!(document.text(ValueId::ROOT), "21");
    let (format, shown, _) = line(b"eyJhIjoxfQ==", &reading(Some(Format::Base64), None));
    assert_eq!((format, shown.as_str()), (Format::Json, "{\"a\": 1}"));
}

#[test]
fn base64_that_is_recognised_is_opened_once() {
    use std::io::Write;

    use base64::Engine;

    let best = flate2::Compression::best();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), best);
    encoder.write_all(b"just some text").unwrap();
    let gzipped = encoder.finish().unwrap();
    let written = base64::engine::general_purpose::STANDARD.encode(gzipped);
    let found = line(written.as_bytes(), &reading(Some(Format::Base64), None));
    assert_eq!(
        found,
        (Format::Text, "just some text".to_owned(), Vec::new())
    );
}

#[test]
fn what_does_not_fit_is_shown_plainly_and_said() {
    let (format, shown, notices) = line(b"on", &reading(Some(Format::Json), None));
    assert_eq!((format, shown.as_str()), (Format::Text, "on"));
    assert!(notices[0].starts_with("Not valid JSON: "), "{notices:?}");
    let (format, _, notices) = line(b"\xff\xff", &reading(Some(Format::Cbor), None));
    assert_eq!(format, Format::Hex);
    assert!(notices[0].starts_with("Not valid CBOR: "), "{notices:?}");
}

#[test]
fn the_content_type_counts_when_nothing_is_chosen() {
    let cbor = reading(None, Some("application/cbor"));
    assert_eq!(line(b"\x15", &cbor).1, "21");
    assert_eq!(line(b"\x15", &cbor).0, Format::Cbor);
    let (format, shown, notices) = line(b"{\"a\":1}", &cbor);
    assert_eq!((format, shown.as_str()), (Format::Json, "{\"a\": 1}"));
    assert!(
        notices[0].starts_with("Its content type is “application/cbor”. Not valid CBOR"),
        "{notices:?}"
    );
    let latin1 = reading(None, Some("text/plain; charset=iso-8859-1"));
    assert_eq!(
        line(b"caf\xe9", &latin1),
        (Format::Latin1, "café".to_owned(), vec![])
    );
    let wide = reading(None, Some("application/json; charset=utf-16le"));
    assert_eq!(line(b"[\x001\0]\0", &wide).1, "[1]");
    let marked = b"\xff\xfe[\x001\0]\0";
    for chosen in [None, Some(Format::Json)] {
        let expected = (Format::Json, "[1]".to_owned(), vec![]);
        assert_eq!(line(marked, &reading(chosen, None)), expected);
    }
}

/// Any bytes, and bytes that begin like each of the formats.
fn payloads() -> impl Strategy<Value = Vec<u8>> {
    let heads = vec![
        &b""[..],
        b"{\"a\":",
        b"<a b='",
        b"---\n",
        b"\xa1\x61",
        b"\x81\xa1",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\x78\x9c",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"\xff\xfe",
        b"data:;base64,",
    ];
    let head = proptest::sample::select(heads);
    let rest = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..100),
        "[-\\[\\]{}<>&;:,*!|\"'a-c0-9 \n]{0,100}".prop_map(String::into_bytes),
    ];
    (head, rest).prop_map(|(head, rest)| [head, &rest].concat())
}

proptest! {
    #[test]
    fn any_payload_is_read_in_any_format(payload in payloads(), content_type in "\\PC{0,20}") {
        let payload = Bytes::from(payload);
        let formats = Format::ALL_SIMPLE.into_iter().chain(Format::NUMBERS).map(Some);
        for chosen in formats.chain([None]) {
            let decoded = decode(&payload, &reading(chosen, Some(&content_type)));
            for notice in &decoded.notices {
                prop_assert!(notice.ends_with('.'), "{}", notice);
            }
        }
    }
}
