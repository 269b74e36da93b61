//! What the layout keeps, what it refuses, and that pieces always cover the text.

use proptest::prelude::*;

use super::*;

fn laid_out(text: &str) -> String {
    pretty(text.as_bytes()).unwrap().text
}

fn pieces<'a>(text: &'a str, tokens: &[(Range<usize>, TokenKind)]) -> Vec<(&'a str, TokenKind)> {
    tokens
        .iter()
        .map(|(range, kind)| (&text[range.clone()], *kind))
        .collect()
}

#[test]
fn members_get_their_own_lines_and_short_scalars_share_one() {
    let text = r#"{"headline":"Sensor network reaches 1,000 nodes","author":{"id":77,"name":"R. Patel"},
        "score":14.2,"published":true,"tags":["lorawan","mqtt"],"none":{},"empty":[ ]}"#;
    let expected = r#"{
  "headline": "Sensor network reaches 1,000 nodes",
  "author": { "id": 77, "name": "R. Patel" },
  "score": 14.2,
  "published": true,
  "tags": ["lorawan", "mqtt"],
  "none": {},
  "empty": []
}"#;
    assert_eq!(laid_out(text), expected);
    let pretty = pretty(text.as_bytes()).unwrap();
    let lines: Vec<&str> = pretty
        .lines
        .iter()
        .map(|start| pretty.text[*start..].lines().next().unwrap())
        .collect();
    assert_eq!(lines, expected.lines().collect::<Vec<_>>());
}

#[test]
fn sixty_characters_fit_one_line() {
    let sixty = format!("[\"{}\"]", "é".repeat(56));
    assert_eq!(laid_out(&sixty), sixty);
    let more = format!("[\"{}\"]", "é".repeat(57));
    assert_eq!(laid_out(&more).lines().count(), 3);
    assert_eq!(laid_out(r#"{"led":"on"}"#), r#"{ "led": "on" }"#);
    assert_eq!(laid_out("[[1,2],[]]"), "[\n  [1, 2],\n  []\n]");
}

#[test]
fn not_a_digit_is_lost() {
    for number in [
        "127.0",
        "18446744073709551616",
        "1E400",
        "-0.0",
        "1.10",
        "1e-7",
        "0.30000000000000004",
    ] {
        assert_eq!(laid_out(number), number);
        assert_eq!(laid_out(&format!("[{number}]")), format!("[{number}]"));
    }
    let text = r#"{"b":1,"a":2,"b":3,"\u0041\/\n":"\ud800\\\"","😀":" : , {} "}"#;
    let shown = laid_out(text);
    for part in [
        r#""b": 1"#,
        r#""b": 3"#,
        r#""\u0041\/\n": "\ud800\\\"""#,
        r#""😀": " : , {} ""#,
    ] {
        assert!(shown.contains(part), "{shown} lacks {part}");
    }
}

#[test]
fn what_is_not_json_is_left_alone() {
    for text in [
        "",
        " ",
        "on",
        "{",
        "[1,]",
        "{'a':1}",
        "01",
        "NaN",
        "1 2",
        "\"a",
        "\"\t\"",
        "\u{feff}1",
    ] {
        assert_eq!(pretty(text.as_bytes()), None, "{text:?}");
        assert!(validate(text).is_err());
    }
    assert_eq!(pretty(b"\"\xff\""), None);
    assert!(
        validate("{\"a\":}")
            .unwrap_err()
            .contains("line 1 column 6")
    );
}

#[test]
fn depth_is_limited_and_takes_no_stack() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(pretty(nested(128).as_bytes()).is_some());
    assert_eq!(pretty(nested(129).as_bytes()), None);
    assert_eq!(pretty(nested(2_000_000).as_bytes()), None);
    assert_eq!(pretty("{\"a\":".repeat(500_000).as_bytes()), None);
    let brackets = format!("[\"\\\"{}\"]", "[".repeat(500));
    assert!(pretty(brackets.as_bytes()).is_some());
}

#[test]
fn pieces_have_their_kind() {
    use TokenKind::{Key, Literal, Number, Punctuation, String};
    let text = r#"{ "a" : "b", "n": -1.5e3, "t": true }"#;
    let expected = [
        ("{ ", Punctuation),
        (r#""a""#, Key),
        (" : ", Punctuation),
        (r#""b""#, String),
        (", ", Punctuation),
        (r#""n""#, Key),
        (": ", Punctuation),
        ("-1.5e3", Number),
        (", ", Punctuation),
        (r#""t""#, Key),
        (": ", Punctuation),
        ("true", Literal),
        (" }", Punctuation),
    ];
    assert_eq!(pieces(text, &highlight(text)), expected);
}

#[test]
fn the_editor_colours_what_is_half_written() {
    use TokenKind::{Key, Literal, Punctuation, String};
    let text = "{\"at\":{{now}},\"x\": tru, \"open\n}";
    let expected = [
        ("{", Punctuation),
        ("\"at\"", Key),
        (":", Punctuation),
        ("{{now}}", Literal),
        (",", Punctuation),
        ("\"x\"", Key),
        (": tru, ", Punctuation),
        ("\"open", String),
        ("\n}", Punctuation),
    ];
    assert_eq!(pieces(text, &highlight(text)), expected);
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,80}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::btree_map(".{0,6}", inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Byte ranges that follow each other and cover all of `text`.
fn covers(text: &str, tokens: &[(Range<usize>, TokenKind)]) -> bool {
    let mut end = 0;
    tokens.iter().all(|(range, _)| {
        let fits = range.start == end && range.end > end && text.is_char_boundary(range.end);
        end = range.end;
        fits
    }) && end == text.len()
}

proptest! {
    #[test]
    fn the_layout_changes_only_blanks(value in any_json(), spread in any::<bool>()) {
        let text = if spread { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let pretty = pretty(text.as_bytes()).unwrap();
        let essence = |text: &str| -> Vec<String> {
            let words = Lexer::new(text).map(|token| text[token.range].to_owned());
            words.filter(|word| !word.trim().is_empty()).collect()
        };
        prop_assert_eq!(essence(&pretty.text), essence(&text));
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty.text).unwrap(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
        prop_assert!(covers(&pretty.text, &pretty.tokens));
        let starts: Vec<usize> = std::iter::once(0).chain(pretty.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        prop_assert_eq!(pretty.lines, starts);
    }

    #[test]
    fn any_text_is_covered(text in "[\\[\\]{}:,\"\\\\ \n1e.té-]{0,40}|.{0,40}") {
        prop_assert!(covers(&text, &highlight(&text)));
    }

    #[test]
    fn any_bytes_are_laid_out_or_not(payload in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Some(pretty) = pretty(&payload) {
            prop_assert!(covers(&pretty.text, &pretty.tokens));
        }
    }
}
