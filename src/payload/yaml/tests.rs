//! Values as written, and aliases that must not grow.

use proptest::prelude::*;

use super::*;
use crate::payload::document::ValueId;
use crate::payload::{Content, Reading, decode};

fn read(text: &str) -> (String, Vec<String>) {
    let mut notices = Vec::new();
    let line = match document(text.as_bytes(), &mut notices) {
        Ok(document) => document.one_line(ValueId::ROOT, 10_000),
        Err(err) => err.to_string(),
    };
    (line, notices)
}

#[test]
fn values_stand_as_they_were_written() {
    let examples = [
        (
            "t: 21.40\nid: 18446744073709551616\non: on\n",
            r#"{"t": 21.40, "id": 18446744073709551616, "on": "on"}"#,
        ),
        (
            "- 'a'\n- \"b\\n\"\n- c: [1, ~, true]\n",
            r#"["a", "b\n", {"c": [1, null, true]}]"#,
        ),
        ("text: |\n  two\n  lines\n", r#"{"text": "two\nlines\n"}"#),
        (
            "1: one\nnull: two\n? [a, b]\n: three\n",
            r#"{1: "one", null: "two", ["a", "b"]: "three"}"#,
        ),
        ("a: &x {b: 1}\nc: *x\n", r#"{"a": {"b": 1}, "c": {"b": 1}}"#),
        ("--- 1\n--- 2\n", "[1, 2]"),
        (
            "a: !!str 12\nb: !!binary AP8=\nc: !!int '7'\n",
            r#"{"a": "12", "b": h'00ff', "c": 7}"#,
        ),
        ("a: !deg 21.4\nb: 0xff\n", r#"{"a": 21.4, "b": 255}"#),
        ("a: 1\na: 2\n", r#"{"a": 1, "a": 2}"#),
    ];
    for (text, expected) in examples {
        assert_eq!(read(text), (expected.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn aliases_do_not_grow_without_end() {
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for n in 1..30 {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb.extend([format!("a{n}: &a{n} [{aliases}]\n")]);
    }
    let (_, notices) = read(&bomb);
    assert!(notices[0].contains("not expanded"), "{notices:?}");
    let (line, notices) = read("a: &a [1, *a]\n");
    assert_eq!(line, r#"{"a": [1, *alias]}"#);
    assert_eq!(notices.len(), 1);
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(100_000),
        vec!["*a"; 10_000].join(",")
    );
    assert_eq!(read(&long).1.len(), 1);
}

#[test]
fn what_is_no_yaml_says_where() {
    for text in ["a: [1", "a: b: c", "*x", "# nothing", ""] {
        assert!(
            read(text).0.starts_with("Not valid YAML: "),
            "{text}: {}",
            read(text).0
        );
    }
    assert!(read("a: [1").0.contains("in line "));
    assert!(read(&"- ".repeat(10_000)).0.contains("levels deep"));
    assert!(read(&"[".repeat(10_000)).0.contains("YAML"));
}

#[test]
fn more_items_than_can_be_shown_are_said_where_nothing_was_chosen() {
    let many = format!("---\n[{}]", "a,".repeat(33_000));
    let decoded = decode(&many.into(), &Reading::default());
    assert!(matches!(decoded.content, Content::Text(_)));
    assert!(
        decoded.notices[0].starts_with("More values"),
        "{:?}",
        decoded.notices
    );
}

proptest! {
    #[test]
    fn any_text_ends_in_a_document_or_a_sentence(text in "[-?:,\\[\\]{}#&*!|>'\"%@` \n\ta-c0-9.]{0,60}") {
        let mut notices = Vec::new();
        if let Err(err) = document(text.as_bytes(), &mut notices) {
            prop_assert!(err.to_string().ends_with('.'));
        }
    }
}
