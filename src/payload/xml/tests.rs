//! Elements, attributes and text in order, and what must not happen.

use proptest::prelude::*;

use super::*;
use crate::payload::document::ValueId;

fn line(text: &str) -> String {
    match document(text.as_bytes()) {
        Ok(document) => document.one_line(ValueId::ROOT, 10_000),
        Err(err) => err.to_string(),
    }
}

#[test]
fn elements_become_values_in_order() {
    let examples = [
        ("<a/>", r#"{"a": ""}"#),
        ("<a>21.40</a>", r#"{"a": 21.40}"#),
        ("<a>007</a>", r#"{"a": "007"}"#),
        ("<a> b </a>", r#"{"a": " b "}"#),
        (
            "<?xml version='1.0'?>\n<r id='7' s=\"x&amp;&#233;\">\n  <t>1</t>\n  <u/>\n  <t>2</t>\n</r>\n",
            r#"{"r": {"@id": 7, "@s": "x&é", "t": 1, "u": "", "t": 2}}"#,
        ),
        (
            "<a>one<b/>two</a>",
            r##"{"a": {"#text": "one", "b": "", "#text": "two"}}"##,
        ),
        ("<a>&lt;&#x1F600;&gt;&amp;</a>", r#"{"a": "<😀>&"}"#),
        ("<a><![CDATA[<b>&amp;]]></a>", r#"{"a": "<b>&amp;"}"#),
        (
            "<!-- c --><n:a xmlns:n='urn:x'><n:b>true</n:b></n:a>",
            r##"{"#comment": "c", "n:a": {"@xmlns:n": "urn:x", "n:b": "true"}}"##,
        ),
        ("<a><?go fast?></a>", r#"{"a": {"?go": "fast"}}"#),
        ("\u{feff}<a/>", r#"{"a": ""}"#),
        ("<a b='1' b='2'/>", r#"{"a": {"@b": 1, "@b": 2}}"#),
    ];
    for (text, expected) in examples {
        assert_eq!(line(text), expected, "{text}");
    }
}

#[test]
fn entities_of_the_document_stay_as_written() {
    let bomb = "<!DOCTYPE a [<!ENTITY x 'lol'><!ENTITY y '&x;&x;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><a b='&y;'>&y;&f;</a>";
    let document = document(bomb.as_bytes()).unwrap();
    let line = document.one_line(ValueId::ROOT, 1_000);
    assert!(
        line.ends_with(r##""a": {"@b": "&y;", "#text": "&y;&f;"}}"##),
        "{line}"
    );
    let notes: Vec<_> = document.ids().filter_map(|id| document.note(id)).collect();
    assert_eq!(notes, ["as written: an entity in it is not known"; 2]);
}

#[test]
fn other_charsets_are_read_as_declared() {
    let latin1 = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>";
    let shown = |payload: &[u8]| document(payload).unwrap().one_line(ValueId::ROOT, 100);
    assert_eq!(shown(latin1), r#"{"a": "café"}"#);
    let wide: Vec<u8> = "\u{feff}<a>é</a>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_eq!(shown(&wide), r#"{"a": "é"}"#);
    assert!(document(b"<a>\xff</a>").is_err());
}

#[test]
fn what_is_no_xml_says_where() {
    for text in [
        "",
        "on",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a b></a>",
        "<a>&#0;</a>",
        "<a>&</a>",
        "<!-- c -->",
    ] {
        assert!(
            line(text).starts_with("Not valid XML: "),
            "{text}: {}",
            line(text)
        );
    }
    assert!(line(&"<a>".repeat(100_000)).contains("levels deep"));
}

#[test]
fn many_attributes_take_no_time() {
    let attributes: Vec<_> = (0..50_000).map(|n| format!(" a{n}='{n}'")).collect();
    let attributes = attributes.concat();
    let read = document(format!("<a{attributes}/>").as_bytes()).unwrap();
    assert_eq!(read.len(), 50_002);
}

proptest! {
    #[test]
    fn any_text_ends_in_a_document_or_a_sentence(text in "[<>/!?&;#=\"' a-c0-9\\[\\]-]{0,60}") {
        if let Err(err) = document(text.as_bytes()) {
            prop_assert!(err.to_string().ends_with('.'));
        }
    }

    #[test]
    fn text_is_found_again(text in "\\PC{1,40}") {
        let written = quick_xml::escape::escape(text.as_str());
        let read = document(format!("<a b='1'>{written}</a>").as_bytes()).unwrap();
        let shown = read.string(ValueId(3));
        prop_assert!(shown.as_deref() == Some(text.as_str()) || read.text(ValueId(3)) == text || text.trim().is_empty());
    }
}
