//! A JSON document as values, each text as the sender wrote it.

use super::super::document::{Builder, Document, Kind};
use super::TokenKind;
use super::lexer::Lexer;

/// The values of `payload`. `None` when it is not valid UTF-8 JSON, or has more or deeper values than a document takes.
pub fn document(payload: &[u8]) -> Option<Document> {
    let text = str::from_utf8(payload).ok()?;
    super::is_document(text).then(|| read(text))?
}

/// Reads `text`, which is valid.
fn read(text: &str) -> Option<Document> {
    let mut builder = Builder::new();
    for token in Lexer::new(text) {
        let piece = &text[token.range];
        match token.kind {
            TokenKind::Key => builder.key_as_shown(piece),
            TokenKind::String => builder.scalar(Kind::String, piece),
            TokenKind::Number => builder.number(piece),
            TokenKind::Literal => builder.literal(piece),
            TokenKind::Punctuation => match piece {
                "{" => builder.open(Kind::Object),
                "[" => builder.open(Kind::Array),
                "}" | "]" => builder.close(),
                _ => {}
            },
        }
        if builder.limit().is_some() {
            return None;
        }
    }
    builder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::document::ValueId;

    #[test]
    fn not_a_digit_is_lost_and_keys_keep_their_order() {
        let text = r#" {"b":127.0,"a":18446744073709551616,"b":[1E400,"\ud800"],"":null} "#;
        let document = document(text.as_bytes()).unwrap();
        let shown: Vec<_> = document
            .ids()
            .map(|id| (document.key(id), document.text(id)))
            .collect();
        let expected = [
            (None, ""),
            (Some("\"b\""), "127.0"),
            (Some("\"a\""), "18446744073709551616"),
            (Some("\"b\""), ""),
            (None, "1E400"),
            (None, r#""\ud800""#),
            (Some("\"\""), "null"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(document.kind(ValueId(3)), Kind::Array);
        assert_eq!(document.number(ValueId(4)), None);
    }

    #[test]
    fn what_is_not_json_has_no_values() {
        for text in ["", "{", "[1,]", "on"] {
            assert_eq!(document(text.as_bytes()), None, "{text:?}");
        }
    }
}
