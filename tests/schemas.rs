//! Protobuf, Avro and Sparkplug B as other programs encode them (`tests/payloads/schemas/make.py`), digit by digit; and
//! hostile bytes, which must neither panic nor hang.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use canopy::payload::document::{Document, ValueId};
use canopy::payload::schema::Schemas;
use canopy::payload::sparkplug::{rebirth_command, table};
use canopy::payload::{Content, Decoded, Format, Reading, decode};
use canopy::profile::read_schemas;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    format: String,
    expect: Vec<(String, String)>,
    #[serde(default)]
    notes: Vec<(String, String)>,
    #[serde(default)]
    schemas: Vec<String>,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    births: Vec<String>,
    /// Whether nothing may be in the document but what is expected.
    #[serde(default)]
    whole: bool,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads/schemas")
}

fn bytes(name: &str) -> Bytes {
    let path = directory().join(format!("{name}.bin"));
    fs::read(&path).expect(name).into()
}

fn schemas(names: &[&str]) -> Arc<Schemas> {
    let path = |name: &&str| directory().join(name).to_string_lossy().into_owned();
    let paths: Vec<String> = names.iter().map(path).collect();
    Arc::new(read_schemas(&paths))
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(directory().join("cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn reading_of(case: &Case) -> Reading {
    let names: Vec<&str> = case.schemas.iter().map(String::as_str).collect();
    Reading {
        topic: case.topic.clone(),
        chosen: Some(format(&case.format)),
        schemas: schemas(&names),
        births: case.births.iter().map(|name| bytes(name)).collect(),
        ..Reading::default()
    }
}

fn format(text: &str) -> Format {
    match text.split_once(':') {
        Some(("protobuf", name)) => Format::Protobuf(name.to_owned()),
        Some(("avro", name)) => Format::Avro(name.to_owned()),
        _ if text == "fields" => Format::ProtobufFields,
        _ => Format::SparkplugB,
    }
}

fn document(decoded: &Decoded) -> &Document {
    match &decoded.content {
        Content::Document(document) => document,
        other => panic!("{other:?}, {:?}", decoded.notices),
    }
}

/// Text and remark of every scalar, and remarks of containers, by path.
fn shown(document: &Document) -> BTreeMap<String, (String, String)> {
    let value = |id: ValueId| {
        let note = document.note(id).unwrap_or_default().to_owned();
        let text = document.text(id).to_owned();
        (document.path(id).label(), (text, note))
    };
    document.ids().map(value).collect()
}

#[test]
fn what_others_encode_reads_right() {
    for case in cases() {
        let decoded = decode(&bytes(&case.name), &reading_of(&case));
        let document = document(&decoded);
        let shown = shown(document);
        let name = &case.name;
        for (path, text) in &case.expect {
            let found = shown.get(path).map(|(text, _)| text.as_str());
            assert_eq!(found, Some(text.as_str()), "{name}: {path}\n{shown:#?}");
        }
        for (path, note) in &case.notes {
            let found = shown.get(path).map(|(_, note)| note.as_str());
            let found = found.unwrap_or_default();
            assert!(
                found.contains(note.as_str()),
                "{name}: {path} has {found:?}, not {note:?}"
            );
        }
        if case.whole {
            let scalars = document
                .ids()
                .filter(|&id| !document.kind(id).is_container());
            assert_eq!(scalars.count(), case.expect.len(), "{name}: {shown:#?}");
        }
        let is_unnamed = name == "ddata-without-births";
        assert_eq!(
            decoded.notices.is_empty(),
            !is_unnamed,
            "{name}: {:?}",
            decoded.notices
        );
    }
}

#[test]
fn sparkplug_is_known_by_its_topic_and_avro_files_by_their_beginning() {
    let reading = Reading {
        topic: "spBv1.0/Plant/NBIRTH/Line 1".to_owned(),
        ..Reading::default()
    };
    assert_eq!(
        decode(&bytes("nbirth"), &reading).format,
        Format::SparkplugB
    );
    let file = decode(&bytes("file-deflate"), &Reading::default());
    assert_eq!(file.format, Format::Avro(String::new()));
    let state = Reading {
        topic: "spBv1.0/STATE/scada".to_owned(),
        ..Reading::default()
    };
    let json = Bytes::from_static(br#"{"online":true,"timestamp":1773498725381}"#);
    assert_eq!(decode(&json, &state).format, Format::Json);
}

#[test]
fn an_alias_without_a_birth_says_how_to_get_one() {
    let case = cases()
        .into_iter()
        .find(|it| it.name == "ddata-without-births")
        .unwrap();
    let reading = reading_of(&case);
    let decoded = decode(&bytes(&case.name), &reading);
    let notice = decoded.notices.join(" ");
    assert!(notice.contains("4 metrics have only an alias"), "{notice}");
    assert!(
        notice.contains("spBv1.0/Plant/DBIRTH/Line 1/Pump"),
        "{notice}"
    );
    assert!(
        notice.ends_with("Ask the edge node for a rebirth."),
        "{notice}"
    );
    let table = table(&bytes(&case.name), &reading, document(&decoded));
    assert_eq!((table.rows.len(), table.unnamed), (4, 4));
    assert_eq!(table.rows[0].alias, Some(100));
    assert_eq!(table.rows[2].flags, "historical");
}

#[test]
fn the_table_has_a_row_for_every_metric() {
    let case = cases().into_iter().find(|it| it.name == "dbirth").unwrap();
    let reading = reading_of(&case);
    let decoded = decode(&bytes(&case.name), &reading);
    let table = table(&bytes(&case.name), &reading, document(&decoded));
    assert_eq!((table.rows.len(), table.unnamed), (20, 0));
    let row = |name: &str| {
        table
            .rows
            .iter()
            .find(|it| it.name.as_deref() == Some(name))
            .unwrap()
    };
    assert_eq!(row("i8").value, "-5");
    assert_eq!(row("i8").kind, "Int8");
    assert_eq!(row("Table").value, "1 rows");
    assert_eq!(row("Pressure").flags, "null");
    assert_eq!(row("Temperature").timestamp, Some(1_773_498_725_381));
}

#[test]
fn a_rebirth_command_is_what_tahu_sends() {
    assert_eq!(rebirth_command(1_773_498_725_381), bytes("rebirth"));
}

#[test]
fn a_message_of_another_type_is_shown_field_by_field() {
    let reading = Reading {
        chosen: Some(Format::Protobuf("Old".to_owned())),
        schemas: schemas(&["protos/old.proto"]),
        ..Reading::default()
    };
    let decoded = decode(&bytes("reading"), &reading);
    let shown = shown(document(&decoded));
    assert_eq!(shown["1"].0, "\"Düse 7\"");
    let notice = decoded.notices.join(" ");
    assert!(
        notice.contains("the field “Part” should be") || notice.contains("the field “part”"),
        "{notice}"
    );
    assert!(notice.contains("Shown field by field"), "{notice}");
}

#[test]
fn what_is_wrong_with_a_schema_is_said_with_file_line_and_cure() {
    let names = [
        "protos/broken.proto",
        "protos/lonely.proto",
        "protos/absent.proto",
        "protos/old.proto",
        "avro/sensor.avsc",
        "make.py",
    ];
    let schemas = schemas(&names);
    let files = schemas.files();
    let problem = |index: usize| files[index].problems.join(" ");
    assert!(problem(0).starts_with("Line 5: "), "{}", problem(0));
    assert!(problem(0).contains("strin"), "{}", problem(0));
    assert!(problem(1).starts_with("Line 3: "), "{}", problem(1));
    assert!(problem(1).contains("plant/absent.proto"), "{}", problem(1));
    assert!(
        problem(1).ends_with("Add that file to the list too."),
        "{}",
        problem(1)
    );
    assert!(problem(2).starts_with("It is not there."), "{}", problem(2));
    assert!(files[3].problems.is_empty() && files[3].types == ["Old", "Old.Part"]);
    assert!(problem(4).contains("Not an Avro schema"), "{}", problem(4));
    assert!(!problem(5).is_empty());
    assert_eq!(schemas.protobuf_types(), ["Old", "Old.Part"]);
}

#[test]
fn files_that_import_each_other_go_in_any_order_and_under_any_name() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let head = "syntax = \"proto3\";\n";
    let a = write(
        "a/one.proto",
        &format!("{head}import \"b/two.proto\";\nmessage One {{ Two two = 1; }}"),
    );
    let b = write(
        "b/two.proto",
        &format!("{head}message Two {{ string text = 1; }}"),
    );
    let c = write(
        "c/three.proto",
        &format!("{head}import \"two.proto\";\nmessage Three {{ Two two = 1; }}"),
    );
    for paths in [vec![a.clone(), b.clone(), c.clone()], vec![c, b, a]] {
        let schemas = read_schemas(&paths);
        let problems: Vec<_> = schemas.files().iter().flat_map(|it| &it.problems).collect();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(schemas.protobuf_types(), ["One", "Three", "Two"]);
    }
}

#[test]
fn a_type_that_contains_itself_ends_where_documents_do() {
    let schemas = schemas(&[
        "avro/sensor.avsc",
        "avro/place.avsc",
        "protos/plant/common.proto",
    ]);
    let reading = |format| Reading {
        chosen: Some(format),
        schemas: Arc::clone(&schemas),
        ..Reading::default()
    };
    // Point { next: Point { next: … } }, each with its length in front
    let mut deep = Vec::new();
    for _ in 0..4_000 {
        let mut outer = vec![0x1a];
        prost_length(&mut outer, deep.len());
        outer.append(&mut deep);
        deep = outer;
    }
    for format in [
        Format::Protobuf("plant.Point".to_owned()),
        Format::ProtobufFields,
    ] {
        let decoded = decode(&deep.clone().into(), &reading(format));
        assert!(!decoded.notices.is_empty());
    }
    let long = Bytes::from(vec![2_u8; 1_000_000]);
    let decoded = decode(&long, &reading(Format::Avro("plant.Sensor".to_owned())));
    assert!(!decoded.notices.is_empty());
}

fn prost_length(to: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        to.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    to.push(u8::try_from(length).unwrap());
}

/// Every way of reading that is tested with hostile bytes.
fn readings() -> Vec<Reading> {
    let all = [
        "protos/plant/reading.proto",
        "protos/plant/common.proto",
        "protos/old.proto",
        "avro/sensor.avsc",
        "avro/place.avsc",
    ];
    let schemas = schemas(&all);
    let formats = [
        Format::Protobuf("plant.Reading".to_owned()),
        Format::Protobuf("Old".to_owned()),
        Format::ProtobufFields,
        Format::Avro("plant.Sensor".to_owned()),
        Format::Avro(String::new()),
        Format::SparkplugB,
    ];
    let reading = |format| Reading {
        topic: "spBv1.0/Plant/DDATA/Line 1/Pump".to_owned(),
        chosen: Some(format),
        schemas: Arc::clone(&schemas),
        births: vec![bytes("nbirth"), bytes("dbirth")],
        ..Reading::default()
    };
    formats.map(reading).to_vec()
}

fn read_with_all(payload: &[u8], readings: &[Reading]) {
    let payload = Bytes::copy_from_slice(payload);
    for reading in readings {
        let decoded = decode(&payload, reading);
        if let Content::Document(document) = &decoded.content {
            table(&payload, reading, document);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_are_no_danger(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        thread_local!(static READINGS: Vec<Reading> = readings());
        READINGS.with(|readings| read_with_all(&payload, readings));
    }

    #[test]
    fn broken_messages_are_no_danger(
        which in 0..100_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<proptest::sample::Index>(),
        is_cut: bool,
    ) {
        thread_local! {
            static READINGS: Vec<Reading> = readings();
            static PAYLOADS: Vec<Bytes> = cases().iter().map(|it| bytes(&it.name)).collect();
        }
        let payload = PAYLOADS.with(|all| all[which % all.len()].clone());
        let mut payload = payload.to_vec();
        payload.truncate(600);
        for (place, byte) in changes {
            let place = place.index(payload.len());
            payload[place] = byte;
        }
        if is_cut {
            payload.truncate(cut.index(payload.len()));
        }
        READINGS.with(|readings| read_with_all(&payload, readings));
    }
}
