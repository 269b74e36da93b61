//! Every marker, and what breaks the rules.

use proptest::prelude::*;

use super::*;
use crate::payload::document::ValueId;
use crate::payload::hex;

fn line(digits: &str) -> String {
    let payload = hex::parse(digits).unwrap();
    match document(&payload) {
        Ok(document) => {
            let line = document.one_line(ValueId::ROOT, 1_000);
            match document.note(ValueId::ROOT) {
                Some(note) => format!("{line} ({note})"),
                None => line,
            }
        }
        Err(err) => err.to_string(),
    }
}

#[test]
fn every_marker_is_read() {
    let examples = [
        ("7f", "127"),
        ("e0", "-32"),
        ("c0", "null"),
        ("c2", "false"),
        ("c3", "true"),
        ("ccff", "255"),
        ("cdffff", "65535"),
        ("ceffffffff", "4294967295"),
        ("cfffffffffffffffff", "18446744073709551615"),
        ("d080", "-128"),
        ("d18000", "-32768"),
        ("d280000000", "-2147483648"),
        ("d38000000000000000", "-9223372036854775808"),
        ("ca41ab3333", "21.4"),
        ("cb4035666666666666", "21.4"),
        ("cb7ff8000000000000", "NaN"),
        ("a3666f6f", "\"foo\""),
        ("d903666f6f", "\"foo\""),
        ("da0003666f6f", "\"foo\""),
        ("db00000003666f6f", "\"foo\""),
        ("c403000102", "h'000102'"),
        ("c50001ff", "h'ff'"),
        ("c600000001ff", "h'ff'"),
        ("920102", "[1, 2]"),
        ("dc0001c0", "[null]"),
        ("dd00000001c0", "[null]"),
        ("82a16101a162920203", "{\"a\": 1, \"b\": [2, 3]}"),
        ("de000101c3", "{1: true}"),
        ("df0000000101c3", "{1: true}"),
        ("8192010203", "{[1, 2]: 3}"),
        ("d40510", "h'10' (extension 5)"),
        ("c70305010203", "h'010203' (extension 5)"),
        (
            "d6ff514b67b0",
            "1363896240 (timestamp, 2013-03-21T20:04:00Z)",
        ),
        (
            "d7ff77359400514b67b0",
            "1363896240.5 (timestamp, 2013-03-21T20:04:00.5Z)",
        ),
        (
            "c70cff1dcd6500fffffffffffffffe",
            "-1.5 (timestamp, 1969-12-31T23:59:58.5Z)",
        ),
        ("d4ff00", "h'00' (extension -1)"),
        ("a1ff", "h'ff' (text that is not UTF-8)"),
        ("0102", "[1, 2] (values one behind the other)"),
    ];
    for (digits, expected) in examples {
        assert_eq!(line(digits), expected, "{digits}");
    }
}

#[test]
fn what_is_no_messagepack_says_where() {
    let wrong = [
        ("", "the end comes too early at byte 0"),
        ("c1", "a marker that means nothing at byte 0"),
        ("9201", "the end comes too early at byte 2"),
        ("cd00", "the end comes too early at byte 0"),
        ("ddffffffff01", "the end comes too early at byte 6"),
        ("dbffffffff01", "a length is longer than the rest at byte 5"),
    ];
    for (digits, expected) in wrong {
        let said = line(digits);
        assert!(said.contains(expected), "{digits}: {said}");
    }
    assert!(line(&"91".repeat(10_000)).contains("levels deep"));
    assert!(line(&"81".repeat(10_000)).contains("levels deep"));
}

#[test]
fn only_what_is_surely_messagepack_is_detected() {
    let is_detected = |digits: &str| detect(&hex::parse(digits).unwrap()).is_some();
    assert!(is_detected("81a174cb4035666666666666"), "{{\"t\": 21.4}}");
    assert!(is_detected("81a26f6ec3"), "{{\"on\": true}}");
    for unsure in [
        "81a17415",
        "00",
        "920102",
        "80",
        "81a26f6ec300",
        "ce00bc614e",
        "81a2026ec3",
    ] {
        assert!(!is_detected(unsure), "{unsure}");
    }
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_document_or_a_sentence(payload: Vec<u8>) {
        if let Err(err) = document(&payload) {
            prop_assert!(err.to_string().ends_with('.'));
        }
        let _sure = detect(&payload);
    }
}
