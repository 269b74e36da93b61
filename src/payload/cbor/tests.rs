//! The examples of RFC 8949, appendix A, and what breaks its rules.

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
fn the_examples_of_the_standard_are_read() {
    let examples = [
        ("00", "0"),
        ("1bffffffffffffffff", "18446744073709551615"),
        (
            "c249010000000000000000",
            "18446744073709551616 (tag 2, big number)",
        ),
        ("3bffffffffffffffff", "-18446744073709551616"),
        (
            "c349010000000000000000",
            "-18446744073709551617 (tag 3, big number)",
        ),
        ("29", "-10"),
        ("f90000", "0.0"),
        ("f98000", "-0.0"),
        ("fb3ff199999999999a", "1.1"),
        ("f97bff", "65500.0"),
        ("fa47c35000", "100000.0"),
        ("fa7f7fffff", "3.4028235e38"),
        ("fb7e37e43c8800759c", "1e300"),
        ("f90001", "6e-8"),
        ("f97c00", "Infinity"),
        ("f97e00", "NaN"),
        ("fbfff0000000000000", "-Infinity"),
        ("f4", "false"),
        ("f6", "null"),
        ("f7", "undefined"),
        ("f0", "simple(16)"),
        ("f8ff", "simple(255)"),
        (
            "c074323031332d30332d32315432303a30343a30305a",
            "\"2013-03-21T20:04:00Z\" (tag 0, date and time)",
        ),
        (
            "c11a514b67b0",
            "1363896240 (tag 1, epoch time, 2013-03-21T20:04:00Z)",
        ),
        (
            "c1fb41d452d9ec200000",
            "1363896240.5 (tag 1, epoch time, 2013-03-21T20:04:00.5Z)",
        ),
        ("d74401020304", "h'01020304' (tag 23, to be hex)"),
        ("d818456449455446", "h'6449455446' (tag 24, CBOR inside)"),
        ("40", "h''"),
        ("6449455446", "\"IETF\""),
        ("62225c", "\"\\\"\\\\\""),
        ("62c3bc", "\"ü\""),
        ("80", "[]"),
        ("8301820203820405", "[1, [2, 3], [4, 5]]"),
        ("a0", "{}"),
        ("a201020304", "{1: 2, 3: 4}"),
        ("a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"),
        ("5f42010243030405ff", "h'0102030405'"),
        ("7f657374726561646d696e67ff", "\"streaming\""),
        ("9f018202039f0405ffff", "[1, [2, 3], [4, 5]]"),
        ("bf6346756ef563416d7421ff", "{\"Fun\": true, \"Amt\": -2}"),
        ("c48221196ab3", "273.15 (tag 4, decimal fraction)"),
        ("d9d9f7a10102", "{1: 2} (tag 55799, CBOR)"),
        ("a1820102f5", "{[1, 2]: true}"),
        ("a1d82041610a", "{h'61' (tag 32, URI): 10}"),
        ("0102", "[1, 2] (CBOR sequence)"),
    ];
    for (digits, expected) in examples {
        assert_eq!(line(digits), expected, "{digits}");
    }
    assert_eq!(
        line("d82550c232ab00941411ecb3c89f6bdeced846"),
        "h'c232ab00941411ecb3c89f6bdeced846' (tag 37, UUID, c232ab00-9414-11ec-b3c8-9f6bdeced846)"
    );
}

#[test]
fn what_is_no_cbor_says_where() {
    let wrong = [
        ("", "the end comes too early at byte 0"),
        ("ff", "a break that ends nothing at byte 0"),
        ("82ff", "a break that ends nothing at byte 1"),
        ("1c", "no kind of item at byte 0"),
        ("8301", "the end comes too early at byte 2"),
        ("5a7fffffff00", "a string is longer than the rest at byte 5"),
        ("5f6161ff", "a piece of a string that is none at byte 1"),
        (
            "f814",
            "a simple value in two bytes instead of one at byte 0",
        ),
        ("9b7fffffffffffffff00", "the end comes too early at byte 10"),
    ];
    for (digits, expected) in wrong {
        let said = line(digits);
        assert!(said.contains(expected), "{digits}: {said}");
    }
    assert!(line(&"81".repeat(10_000)).contains("levels deep"));
    assert!(line(&"a1".repeat(10_000)).contains("levels deep"));
    assert!(line(&"c1".repeat(10_000)).contains("16 tags"));
    assert_eq!(line("61ff"), "h'ff' (text that is not UTF-8)");
}

#[test]
fn only_what_is_surely_cbor_is_detected() {
    let is_detected = |digits: &str| detect(&hex::parse(digits).unwrap()).is_some();
    assert!(is_detected("a16174fb4035666666666666"), "{{\"t\": 21.4}}");
    assert!(is_detected("a1626f6ef5"), "{{\"on\": true}}");
    assert!(is_detected("d9d9f700"), "it says so itself");
    assert!(
        is_detected("83fb4035666666666666fa41ab3333f94d60"),
        "floats"
    );
    for unsure in [
        "a1617415",
        "00",
        "820102",
        "a0",
        "a1626f6ef500",
        "1a00bc614e",
        "a1026f6ef5",
        "f5",
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
