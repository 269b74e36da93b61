//! Births may be compressed, and a few bytes do not become millions of metrics.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::payload::document::ValueId;
use crate::payload::{Content, Decoded, Reading, decode};

fn delimited(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut length = bytes.len();
    let mut field = vec![number << 3 | 2];
    while length >= 0x80 {
        field.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    field.extend(bytes);
    field
}

/// As Eclipse Tahu compresses a payload.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(payload).unwrap();
    let body = encoder.finish().unwrap();
    [delimited(4, b"SPBV1.0_COMPRESSED"), delimited(5, &body)].concat()
}

fn read(payload: Vec<u8>, births: Vec<Bytes>) -> Decoded {
    let reading = Reading {
        topic: "spBv1.0/Plant/NDATA/Line".into(),
        births,
        ..Reading::default()
    };
    decode(&payload.into(), &reading)
}

#[test]
fn a_compressed_birth_names_metrics_too() {
    let metric = [delimited(1, b"Temp"), vec![0x10, 5, 0x20, 9]].concat();
    let birth = delimited(2, &metric);
    let data = delimited(2, &[0x10, 5, 0x65, 0, 0, 0x80, 0x3f]);
    for birth in [birth.clone(), compressed(&birth)] {
        let decoded = read(data.clone(), vec![birth.into()]);
        let Content::Document(document) = &decoded.content else {
            panic!("{:?}", decoded.notices);
        };
        let shown = document.one_line(ValueId::ROOT, 200);
        assert!(shown.contains("\"Temp\""), "{shown}");
        assert!(decoded.notices.is_empty(), "{:?}", decoded.notices);
    }
}

#[test]
fn millions_of_empty_metrics_are_refused() {
    let bomb = [0x12, 0].repeat(600_000);
    for payload in [bomb.clone(), compressed(&bomb)] {
        let decoded = read(payload, Vec::new());
        assert!(!matches!(&decoded.content, Content::Document(document) if document.len() > 10));
        assert!(
            decoded
                .notices
                .iter()
                .any(|it| it.starts_with("More values")),
            "{:?}",
            decoded.notices
        );
    }
}

#[test]
fn templates_and_properties_are_read_part_by_part() {
    let member = delimited(2, &[delimited(1, b"m"), vec![0x20, 3, 0x50, 7]].concat());
    let parameter = delimited(3, &[delimited(1, b"p"), vec![0x10, 3, 0x18, 8]].concat());
    let template = [
        delimited(1, b"v1"),
        member,
        parameter,
        vec![0x28, 1, 0x38, 1],
    ]
    .concat();
    // template_value 18, whose key takes two bytes
    let mut value = delimited(0, &template);
    value.splice(0..1, [0x92, 0x01]);
    let properties = [
        delimited(1, b"k"),
        delimited(1, b"l"),
        delimited(2, &[0x08, 3, 0x18, 9]),
    ];
    let metric = [
        delimited(1, b"t"),
        vec![0x20, 19],
        delimited(9, &properties.concat()),
        value,
    ];
    let decoded = read(delimited(2, &metric.concat()), Vec::new());
    let Content::Document(document) = &decoded.content else {
        panic!("{:?}", decoded.notices);
    };
    let expected = r#"{"metrics": {"t": {"version": "v1", "is_definition": true, "parameters": {"p": 8}, "metrics": {"m": 7}, 7: 1}}, "properties": {"t": {"k": 9, "l": null}}}"#;
    assert_eq!(document.one_line(ValueId::ROOT, 400), expected);
}
