//! What Python's encoders write (`tests/payloads/values/make.py`) is read digit by digit: the files that are kept here, and
//! new ones where Python and its modules are there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use canopy::payload::document::{Document, Kind};
use canopy::payload::picture::pixels;
use canopy::payload::{Content, Decoded, Format, Reading, decode};
use serde::Deserialize;

/// A payload, and what must be read in it.
#[derive(Deserialize)]
struct Case {
    name: String,
    /// How it is read.
    format: Format,
    #[serde(default)]
    chosen: Option<Format>,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    layers: Vec<String>,
    /// All values in order: where they stand, and what is shown; brackets for what holds others.
    #[serde(default)]
    values: Option<Vec<(String, String)>>,
    /// Remarks, by where they stand.
    #[serde(default)]
    noted: BTreeMap<String, String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    picture: Option<Drawn>,
    /// Part of each notice.
    #[serde(default)]
    notices: Vec<String>,
}

#[derive(Deserialize)]
struct Drawn {
    kind: String,
    width: u32,
    height: u32,
    /// All pixels in hexadecimal digits.
    rgba: String,
    /// How far a colour may be off, where the format is not exact.
    tolerance: u8,
}

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads/values")
}

fn cases(directory: &Path) -> Vec<Case> {
    let text = fs::read_to_string(directory.join("cases.json")).expect("cases.json");
    serde_json::from_str(&text).expect("cases")
}

fn check_all(directory: &Path) {
    let cases = cases(directory);
    assert!(cases.len() > 80, "{} cases", cases.len());
    for case in &cases {
        check(case, directory);
    }
}

fn check(case: &Case, directory: &Path) {
    let name = &case.name;
    let payload = fs::read(directory.join(format!("{name}.bin"))).expect(name);
    let reading = Reading {
        chosen: case.chosen.clone(),
        content_type: case.content_type.clone(),
        ..Reading::default()
    };
    let decoded = decode(&payload.into(), &reading);
    assert_eq!(decoded.format, case.format, "{name}: {:?}", decoded.notices);
    let layers: Vec<_> = decoded.layers.iter().map(|layer| layer.name).collect();
    assert_eq!(layers, case.layers, "{name}");
    assert_eq!(
        decoded.notices.len(),
        case.notices.len(),
        "{name}: {:?}",
        decoded.notices
    );
    for (notice, part) in decoded.notices.iter().zip(&case.notices) {
        assert!(notice.contains(part), "{name}: {notice}");
    }
    check_content(case, &decoded);
}

fn check_content(case: &Case, decoded: &Decoded) {
    let name = &case.name;
    match (&decoded.content, &case.values, &case.text, &case.picture) {
        (Content::Document(document), Some(expected), _, _) => {
            assert_eq!(&values(document), expected, "{name}");
            for (label, note) in &case.noted {
                let noted = document
                    .ids()
                    .find(|id| document.path(*id).label() == *label);
                let noted = noted.and_then(|id| document.note(id));
                assert_eq!(noted, Some(note.as_str()), "{name}, {label}");
            }
        }
        (Content::Text(text), _, Some(expected), _) => assert_eq!(text, expected, "{name}"),
        (Content::Picture(picture), _, _, Some(expected)) => {
            assert_eq!(picture.kind, expected.kind, "{name}");
            let size = (picture.width, picture.height);
            assert_eq!(size, (expected.width, expected.height), "{name}");
            check_pixels(case, expected, &decoded.bytes);
        }
        (Content::Bytes | Content::Document(_), None, None, None) => {}
        (content, ..) => panic!("{name}: {content:?}"),
    }
}

fn values(document: &Document) -> Vec<(String, String)> {
    let shown = |id| match document.kind(id) {
        Kind::Object => "{}".to_owned(),
        Kind::Array => "[]".to_owned(),
        _ => document.text(id).to_owned(),
    };
    document
        .ids()
        .map(|id| (document.path(id).label(), shown(id)))
        .collect()
}

fn check_pixels(case: &Case, expected: &Drawn, bytes: &[u8]) {
    let name = &case.name;
    let drawn = pixels(bytes).expect(name);
    assert_eq!(
        (drawn.width, drawn.height),
        (expected.width, expected.height),
        "{name}"
    );
    let rgba = canopy::payload::hex::parse(&expected.rgba).unwrap();
    assert_eq!(drawn.rgba.len(), rgba.len(), "{name}");
    for (at, (ours, theirs)) in drawn.rgba.iter().zip(&rgba).enumerate() {
        let off = ours.abs_diff(*theirs);
        assert!(
            off <= expected.tolerance,
            "{name}: byte {at} is {ours}, not {theirs}"
        );
    }
}

#[test]
fn what_python_wrote_is_read_digit_by_digit() {
    check_all(&kept());
}

#[test]
fn what_python_writes_now_is_read_too() {
    let has_modules = Command::new("python3")
        .args(["-c", "import cbor2, msgpack, PIL, yaml, zstandard"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_modules {
        common::missing("python3 with cbor2, msgpack, Pillow, PyYAML and zstandard");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let made = Command::new("python3")
        .arg(kept().join("make.py"))
        .arg(directory.path())
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    check_all(directory.path());
}

/// Random payloads, and kept ones with some bytes changed: the generator is ours, so that every run is the same.
struct Random(u64);

impl Random {
    /// The next number below `end`.
    fn below(&mut self, end: usize) -> usize {
        // xorshift64*, by Marsaglia and Vigna
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from(number).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn payload(&mut self, kept: &[Vec<u8>]) -> Vec<u8> {
        if self.below(4) == 0 {
            let length = self.below(80);
            return (0..length).map(|_| self.byte()).collect();
        }
        let mut payload = kept[self.below(kept.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(payload.len());
            match self.below(3) {
                0 => payload[at] = self.byte(),
                1 => payload.insert(at, self.byte()),
                _ => payload.truncate(at.max(1)),
            }
        }
        payload
    }
}

/// `CANOPY_PAYLOADS` says how many; without it few, for a run of all tests.
#[test]
fn random_payloads_are_read_in_every_format() {
    let count =
        std::env::var("CANOPY_PAYLOADS").map_or(20_000, |count| count.parse().expect("a number"));
    let is_small = |payload: &Vec<u8>| !payload.is_empty() && payload.len() < 1_500;
    let kept: Vec<_> = cases(&kept())
        .iter()
        .filter(|case| case.name != "zstd-bomb")
        .map(|case| fs::read(kept().join(format!("{}.bin", case.name))).unwrap())
        .filter(is_small)
        .collect();
    let formats: Vec<_> = Format::ALL_SIMPLE
        .into_iter()
        .chain(Format::NUMBERS)
        .collect();
    let mut random = Random(0x5eed);
    for _ in 0..count {
        let payload = random.payload(&kept);
        let chosen = (random.below(2) == 0).then(|| formats[random.below(formats.len())].clone());
        assert!(canopy::payload::preview(&payload, 40).chars().count() <= 40);
        let reading = Reading {
            chosen,
            ..Reading::default()
        };
        let decoded = decode(&payload.into(), &reading);
        assert!(
            decoded.notices.iter().all(|notice| notice.ends_with('.')),
            "{:?}",
            decoded.notices
        );
        if let Content::Picture(_) = decoded.content {
            let _drawn = pixels(&decoded.bytes);
        }
    }
}
