//! A JSON document as values, each text as the sender wrote it.

use std::collections::HashSet;

use super::super::document::{Builder, Document, Kind};
use super::TokenKind;
use super::lexer::Lexer;

/// The values of `payload`. `None` when it is not valid UTF-8 JSON, or has more or deeper values than a document takes.
pub fn document(payload: &[u8]) -> Option<Document> {
    let text = str::from_utf8(payload).ok()?;
    if !super::is_document(text) {
        return None;
    }
    let mut builder = Builder::new();
    read(&mut builder, text)?;
    builder.finish().ok()
}

/// The values of JSON Lines: at least two lines, each an object or array, as an array of them. `None` for anything else.
pub fn lines(text: &str) -> Option<Document> {
    // the separator of RFC 7464 may stand before each
    let lines = text
        .split(['\n', '\x1e'])
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let is_container = |line: &str| line.starts_with(['{', '[']) && super::is_document(line);
    if lines.clone().nth(1).is_none() || !lines.clone().all(is_container) {
        return None;
    }
    let mut builder = Builder::new();
    builder.open(Kind::Array);
    builder.note("JSON Lines");
    for line in lines {
        read(&mut builder, line)?;
    }
    builder.close();
    builder.finish().ok()
}

/// Keys up to which they are compared one by one.
const FEW: usize = 16;

/// The keys of an object that is being read.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<&'a str>,
    many: HashSet<&'a str>,
}

impl<'a> Keys<'a> {
    /// Whether this key, as written, stands here for the second time.
    fn has(&mut self, key: &'a str) -> bool {
        if self.few.len() < FEW {
            let is_known = self.few.contains(&key);
            self.few.push(key);
            return is_known;
        }
        if self.many.is_empty() {
            self.many.extend(&self.few);
        }
        !self.many.insert(key)
    }

    fn clear(&mut self) {
        self.few.clear();
        self.many.clear();
    }
}

/// Reads `text`, which is valid.
fn read(builder: &mut Builder, text: &str) -> Option<()> {
    let mut keys: Vec<Keys<'_>> = Vec::new();
    let mut depth = 0;
    let mut is_duplicate = false;
    for token in Lexer::new(text) {
        let piece = &text[token.range];
        match token.kind {
            TokenKind::Key => {
                builder.key_as_shown(piece);
                is_duplicate = keys.get_mut(depth - 1)?.has(piece);
                continue;
            }
            TokenKind::String => builder.scalar(Kind::String, piece),
            TokenKind::Number => builder.number(piece),
            TokenKind::Literal => builder.literal(piece),
            TokenKind::Punctuation => match piece {
                "{" | "[" => {
                    builder.open(if piece == "{" {
                        Kind::Object
                    } else {
                        Kind::Array
                    });
                    depth += 1;
                    match keys.get_mut(depth - 1) {
                        Some(keys) => keys.clear(),
                        None => keys.push(Keys::default()),
                    }
                }
                "}" | "]" => {
                    builder.close();
                    depth -= 1;
                    continue;
                }
                _ => continue,
            },
        }
        if std::mem::take(&mut is_duplicate) {
            builder.note("duplicate key");
        }
        if builder.limit().is_some() {
            return None;
        }
    }
    Some(())
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
        let notes: Vec<_> = document.ids().filter_map(|id| document.note(id)).collect();
        assert_eq!(notes, ["duplicate key"]);
        assert_eq!(document.note(ValueId(3)), Some("duplicate key"));
    }

    #[test]
    fn duplicate_keys_are_found_among_few_and_many() {
        let members: Vec<_> = (0..100)
            .map(|n| format!("\"k{}\":{{\"k1\":{n}}}", n % 90))
            .collect();
        let text = format!("[{{{}}}]", members.join(","));
        let document = document(text.as_bytes()).unwrap();
        let doubled = document
            .ids()
            .filter(|id| document.note(*id).is_some())
            .count();
        assert_eq!(doubled, 10);
    }

    #[test]
    fn lines_of_json_are_an_array() {
        let document = lines("{\"a\":1}\r\n\n[2]\n").unwrap();
        assert_eq!(document.one_line(ValueId::ROOT, 100), "[{\"a\": 1}, [2]]");
        for text in ["{}", "1\n2", "{}\n1", "{}\n{", ""] {
            assert_eq!(lines(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_json_has_no_values() {
        for text in ["", "{", "[1,]", "on"] {
            assert_eq!(document(text.as_bytes()), None, "{text:?}");
        }
    }
}
