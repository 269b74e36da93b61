//! A few bytes again and again, as they are and as the few bytes that zlib makes of them: what comes of it stays within
//! bounds, whatever the format.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::document::{MAX_DEPTH, ValueId};
use super::{Content, Format, Reading, decode};

/// Bytes of a payload: enough for what grows with the square of it to be noticed.
const LENGTH: usize = 40_000;
/// Values that aliases of YAML are expanded to, whatever the length.
const EXPANDED: usize = 1 << 20;

/// Beginnings behind which repeating gets far, and what is repeated.
const KNOWN: [(Format, &[u8], &[u8]); 16] = [
    (Format::SparkplugB, b"", b"\x12\0"),
    (Format::SparkplugB, b"", b"\x12\x04\x8a\x01\x01\x00"),
    (Format::SparkplugB, b"", b"\x38\0"),
    (Format::ProtobufFields, b"", b"\x0a\0"),
    (Format::ProtobufFields, b"", b"\x0b\x0c"),
    (Format::Json, b"[", b"1,"),
    (Format::Json, b"", b"{}\n"),
    (Format::Yaml, b"---\n[", b"a,"),
    (Format::Yaml, b"- &a [x, y]\n", b"- *a\n"),
    (Format::Yaml, b"", b"--- a\n"),
    (Format::Xml, b"<a>", b"<b c='d'/>"),
    (Format::Xml, b"", b"<a>"),
    (Format::Cbor, b"\x9f", b"\x81\xa1\0\x80"),
    (Format::Cbor, b"", b"\xd8\x20"),
    (
        Format::MessagePack,
        b"\xdd\x00\x00\x10\x00",
        b"\x92\x80\x90",
    ),
    (Format::Avro(String::new()), b"Obj\x01\0", b"\x02\0"),
];

fn zlibbed(bytes: &[u8]) -> Bytes {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().into()
}

/// Reads `head` and then `unit` again and again in a format, and looks at what came.
fn check(format: Option<&Format>, head: &[u8], unit: &[u8]) {
    let mut plain = head.to_vec();
    plain.extend(unit.iter().cycle().take(LENGTH));
    let length = plain.len();
    for payload in [zlibbed(&plain), plain.into()] {
        let reading = Reading {
            chosen: format.cloned(),
            ..Reading::default()
        };
        let decoded = decode(&payload, &reading);
        assert!(decoded.bytes.len() <= length, "{format:?} {unit:?}");
        assert!(decoded.notices.len() <= 4, "{:?}", decoded.notices);
        assert!(
            decoded
                .notices
                .iter()
                .all(|it| it.ends_with('.') && it.len() < 2_000)
        );
        let Content::Document(document) = &decoded.content else {
            continue;
        };
        // a byte can be eight values: bits
        assert!(
            document.len() <= 8 * length + EXPANDED,
            "{format:?} {unit:?}"
        );
        let last = document.ids().next_back().unwrap_or(ValueId::ROOT);
        assert!(document.depth(last) <= MAX_DEPTH);
    }
}

#[test]
fn what_is_known_to_grow_stays_within_bounds() {
    for (format, head, unit) in KNOWN {
        check(Some(&format), head, unit);
        check(None, head, unit);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_repeated_stays_within_bounds(
        which in 0..=KNOWN.len(),
        unit in prop_oneof![
            proptest::collection::vec(any::<u8>(), 2..20),
            proptest::collection::vec(0..0x30_u8, 2..20),
            "[-\\[\\]{}:,\"a1<>/&*\n ]{2,20}".prop_map(String::into_bytes),
        ],
    ) {
        let (format, head) = match KNOWN.get(which) {
            Some((format, head, _)) => (Some(format.clone()), *head),
            None => (None, &b""[..]),
        };
        check(format.as_ref(), head, &unit);
    }
}
