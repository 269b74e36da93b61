//! What is told about two payloads, and that marks always lead from one to the other.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::payload::document::{Builder, Document, Kind, ValueId};
use crate::payload::{Decoded, Format, Reading, decode};

fn read(text: &str) -> Decoded {
    decode(
        &Bytes::copy_from_slice(text.as_bytes()),
        &Reading::default(),
    )
}

fn bytes(payload: &[u8]) -> Decoded {
    let reading = Reading {
        chosen: Some(Format::Hex),
        ..Reading::default()
    };
    decode(&Bytes::copy_from_slice(payload), &reading)
}

fn told(old: &str, new: &str) -> String {
    let (old, new) = (read(old), read(new));
    summary(&old, &new, &compare(&old, &new), 60)
}

fn marked(old: &str, new: &str, max: usize) -> (String, Vec<String>) {
    let (old, new) = (read(old), read(new));
    let line = line(Some(&old), &new, &compare(&old, &new), max);
    let marks = line
        .marks
        .iter()
        .map(|mark| line.text[mark.clone()].to_owned());
    (line.text.clone(), marks.collect())
}

#[test]
fn a_few_words_tell_what_differs() {
    for (old, new, words) in [
        (
            r#"{"score":13.9}"#,
            r#"{"score":14.2}"#,
            "score 13.9 → 14.2",
        ),
        (r#"{"a":1}"#, r#"{"a":1}"#, "same payload"),
        (
            r#"{"a":1}"#,
            r#"{ "a": 1 }"#,
            "same values, written differently",
        ),
        (
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            "same values, keys in another order",
        ),
        (
            r#"{"a":127}"#,
            r#"{"a":127.0}"#,
            "a 127 → 127.0 (same value)",
        ),
        (
            r#"{"a":18446744073709551616}"#,
            r#"{"a":18446744073709551617}"#,
            "a 18446744073709551616 → 18446744073709551617",
        ),
        (r#"{"a":{"b":7}}"#, r#"{"a":{"b":"7"}}"#, "a.b 7 → \"7\""),
        (
            r#"{"a":1,"b":2,"c":3}"#,
            r#"{"a":5,"b":6,"c":3,"d":4}"#,
            "+1 key d, 2 values changed",
        ),
        (r#"{"a":1,"b":2}"#, "{}", "−2 keys"),
        ("[1,2,3]", "[1,3]", "−1 item"),
        ("21.4", "21.5", "21.4 → 21.5"),
        ("on", "off", "on → off"),
        ("a\nb\nc", "a\nx\nc\nd", "+1 line, 1 line changed"),
        ("on", r#"{"a":1}"#, "JSON, was text"),
        ("on", "", "empty, was text"),
    ] {
        assert_eq!(told(old, new), words, "{old} {new}");
    }
    let (old, new) = (bytes(b"\x00\x01\x02"), bytes(b"\x00\xff\x02\x03\x04"));
    assert_eq!(
        summary(&old, &new, &compare(&old, &new), 60),
        "3 bytes changed, +2 B"
    );
}

#[test]
fn what_differs_is_marked_in_the_line() {
    let (line, marks) = marked(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":25}"#, 60);
    assert_eq!(
        (line.as_str(), marks),
        (r#"{"a":1,"b":25}"#, vec!["25".to_owned()])
    );
    let old = format!(
        r#"{{"headline":"{}","author":{{"id":77,"x":"{}"}},"score":13.9,"z":[1,2]}}"#,
        "h".repeat(60),
        "n".repeat(50)
    );
    let (line, marks) = marked(&old, &old.replace("13.9", "14.2"), 60);
    assert_eq!(
        (line.as_str(), marks),
        (r#"{…,"score":14.2,…}"#, vec!["14.2".to_owned()])
    );
    let (line, marks) = marked("temp=21.4 C\nx", "temp=21.5 C\nx", 60);
    assert_eq!(
        (line.as_str(), marks),
        ("temp=21.5 C …", vec!["21.5".to_owned()])
    );
    let (old, new) = (bytes(&[0; 100]), bytes(&[&[0; 90][..], &[7; 10]].concat()));
    let found = super::line(Some(&old), &new, &compare(&old, &new), 60);
    assert_eq!(
        found.text,
        "… 00000056: 00 00 00 00 07 07 07 07 07 07 07 07 07 07"
    );
    assert_eq!(
        &found.text[found.marks[0].clone()],
        "07 07 07 07 07 07 07 07 07 07"
    );
}

#[test]
fn members_of_arrays_stand_beside_what_they_were() {
    let (old, new) = (
        read(r#"[{"n":1},{"n":2},{"n":3}]"#),
        read(r#"[{"n":0},{"n":1},{"n":2},{"n":4}]"#),
    );
    let Comparison::Document(diff) = compare(&old, &new) else {
        panic!("documents");
    };
    assert_eq!(diff.added(), [ValueId(1)]);
    assert_eq!(diff.changed().len(), 1);
    assert_eq!(diff.changed()[0].new, ValueId(8));
    assert!(diff.removed().is_empty());
}

#[test]
fn what_is_gone_has_a_place() {
    let (old, new) = (
        read(r#"{"a":1,"b":{"c":2,"d":3},"e":4}"#),
        read(r#"{"a":1,"b":{"d":3}}"#),
    );
    let Comparison::Document(diff) = compare(&old, &new) else {
        panic!("documents");
    };
    let Content::Document(document) = &new.content else {
        panic!("a document");
    };
    let inside = Removed {
        parent: ValueId(2),
        before: ValueId(3),
        old: ValueId(3),
    };
    let behind = Removed {
        parent: ValueId::ROOT,
        before: ValueId(4),
        old: ValueId(5),
    };
    assert_eq!(diff.removed(), [inside, behind]);
    assert_eq!(diff.removed_before(ValueId(3)), [inside]);
    assert_eq!(
        diff.removed_from(document, ValueId::ROOT)
            .copied()
            .collect::<Vec<_>>(),
        [behind]
    );
    assert!(diff.has_marks(document, ValueId(2)) && !diff.has_marks(document, ValueId(1)));
}

#[test]
fn equal_keys_stand_beside_what_they_were() {
    let (old, new) = (
        read(r#"{"p":1,"p":2,"q":0}"#),
        read(r#"{"p":0,"p":1,"p":2,"q":0}"#),
    );
    let Comparison::Document(diff) = compare(&old, &new) else {
        panic!("documents");
    };
    assert_eq!(diff.added(), [ValueId(1)]);
    assert!(diff.changed().is_empty() && diff.reordered().is_empty());
}

/// A document made by hand, for there is no end to what decoders may make.
#[derive(Debug, Clone)]
enum Made {
    Number(u8),
    Text(u8),
    Array(Vec<Made>),
    Object(Vec<(u8, Made)>),
}

fn made() -> impl Strategy<Value = Made> {
    let leaf = prop_oneof![
        (0_u8..4).prop_map(Made::Number),
        (0_u8..4).prop_map(Made::Text)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Made::Array),
            proptest::collection::vec((0_u8..4, inner), 0..6).prop_map(Made::Object),
        ]
    })
}

fn build(made: &Made, builder: &mut Builder) {
    match made {
        Made::Number(number) => builder.number(&number.to_string()),
        Made::Text(text) => builder.string(&text.to_string()),
        Made::Array(members) => {
            builder.open(Kind::Array);
            for member in members {
                build(member, builder);
            }
            builder.close();
        }
        Made::Object(members) => {
            builder.open(Kind::Object);
            for (key, member) in members {
                builder.key(&key.to_string());
                build(member, builder);
            }
            builder.close();
        }
    }
}

fn decoded(made: &Made) -> Decoded {
    let mut builder = Builder::new();
    build(made, &mut builder);
    let document = builder.finish().unwrap();
    Decoded {
        content: Content::Document(document),
        // as if a container of another size were around it
        bytes: Bytes::from(format!("{made:?}")),
        ..read("{}")
    }
}

/// The values of `document` as text, sorted by key, those with the same key in their order; `skip` decides what to put
/// in place of a value: nothing, or another text.
fn canonical(document: &Document, id: ValueId, skip: &dyn Fn(ValueId) -> Option<String>) -> String {
    if let Some(instead) = skip(id) {
        return instead;
    }
    let children = document.children(id).map(|child| {
        let key = document.key(child).unwrap_or_default().to_owned();
        (key, canonical(document, child, skip))
    });
    let mut children: Vec<_> = children.filter(|(_, text)| !text.is_empty()).collect();
    if document.kind(id) == Kind::Object {
        children.sort_by(|left, right| left.0.cmp(&right.0));
    }
    format!("{:?}{}{children:?}", document.kind(id), document.text(id))
}

proptest! {
    #[test]
    fn marks_lead_from_the_new_document_to_the_old(old in made(), new in made()) {
        let (old, new) = (decoded(&old), decoded(&new));
        let comparison = compare(&old, &new);
        let (Content::Document(before), Content::Document(after)) = (&old.content, &new.content) else {
            panic!("documents");
        };
        let Comparison::Document(diff) = &comparison else {
            prop_assert_eq!(comparison, Comparison::Same);
            return Ok(());
        };
        // without what came and went, and with what changed as it was, both are the same
        let gone: Vec<ValueId> = diff.removed().iter().map(|gone| gone.old).collect();
        let kept = canonical(before, ValueId::ROOT, &|id| {
            gone.contains(&id).then(String::new)
        });
        let undone = canonical(after, ValueId::ROOT, &|id| {
            if diff.added().binary_search(&id).is_ok() {
                return Some(String::new());
            }
            let change = diff.change(id)?;
            Some(canonical(before, change.old, &|_| None))
        });
        prop_assert_eq!(kept, undone);
        for gone in diff.removed() {
            let inside = after.subtree(gone.parent);
            prop_assert!(gone.before.0 > inside.start && gone.before.0 <= inside.end);
        }
        let text = summary(&old, &new, &comparison, 60);
        prop_assert!(!text.is_empty());
        let line = line(Some(&old), &new, &comparison, 30);
        prop_assert!(line.text.chars().count() <= 30);
        prop_assert!(line.marks.iter().all(|mark| line.text.get(mark.clone()).is_some()));
    }

    #[test]
    fn anything_is_compared(
        old in proptest::collection::vec(any::<u8>(), 0..80),
        new in proptest::collection::vec(any::<u8>(), 0..80),
        text in ".{0,40}",
        max in 0_usize..50,
    ) {
        let raw = |payload: &[u8]| decode(&Bytes::copy_from_slice(payload), &Reading::default());
        let all = [raw(&old), raw(&new), bytes(&old), bytes(&new), read(&text), read("")];
        for old in &all {
            for new in &all {
                let comparison = compare(old, new);
                let _words = summary(old, new, &comparison, max);
                let line = line(Some(old), new, &comparison, max);
                prop_assert!(line.text.chars().count() <= max);
                prop_assert!(line.marks.iter().all(|mark| line.text.get(mark.clone()).is_some()));
            }
        }
    }
}

#[test]
fn two_megabytes_are_compared_in_the_time_they_take_to_read() {
    let item =
        |n: u32, value: u32| format!(r#"{{"id":{n},"name":"sensor {n}","value":{value}.5}}"#);
    let all = |change: &dyn Fn(u32) -> Option<u32>| {
        let items = (0..40_000).filter_map(|n| change(n).map(|value| item(n, value)));
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    };
    let old = read(&all(&|n| Some(n % 100)));
    let new = read(&all(&|n| {
        (n % 10_000 != 7).then_some(if n % 200 == 0 { 777 } else { n % 100 })
    }));
    let comparison = compare(&old, &new);
    let words = summary(&old, &new, &comparison, 60);
    assert_eq!(words, "−4 items, 200 values changed");
    // nothing in common: one block, not an attempt at every pair
    let other = read(&all(&|n| Some(n + 1_000_000)));
    let Comparison::Document(diff) = compare(&old, &other) else {
        panic!("documents");
    };
    assert_eq!(diff.changed().len(), 40_000);
}
