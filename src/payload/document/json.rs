//! A value of any document as JSON text, for other programs.

use super::{Document, Kind, ValueId};

/// What stands for a value that JSON has no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Bytes became text of hexadecimal digits.
    pub bytes: bool,
    /// Other words, as `undefined`, or numbers that JSON does not know, became text.
    pub words: bool,
}

impl Losses {
    /// What is to be said about it; empty when nothing was lost.
    pub fn sentence(self) -> &'static str {
        match (self.bytes, self.words) {
            (false, false) => "",
            (true, false) => "bytes as hexadecimal digits",
            (false, true) => "words that JSON does not know as text",
            (true, true) => "bytes as hexadecimal digits, words that JSON does not know as text",
        }
    }
}

impl Document {
    /// A value and all in it as JSON: on one line, or with a line for each value and two blanks for each level. Numbers
    /// keep all their digits.
    pub fn json(&self, id: ValueId, is_pretty: bool) -> (String, Losses) {
        let mut writer = Writer {
            document: self,
            text: String::new(),
            losses: Losses::default(),
            is_pretty,
        };
        writer.write(id);
        (writer.text, writer.losses)
    }
}

struct Writer<'a> {
    document: &'a Document,
    text: String,
    losses: Losses,
    is_pretty: bool,
}

impl Writer<'_> {
    /// Without recursion: from value to value, closing what ends in between.
    fn write(&mut self, root: ValueId) {
        let document = self.document;
        let mut open: Vec<ValueId> = Vec::new();
        for number in document.subtree(root) {
            let id = ValueId(number);
            while let Some(ended) = open.pop_if(|open| document.subtree(*open).end <= number) {
                self.close(ended, open.len());
            }
            if id != root {
                let is_first = document
                    .parent(id)
                    .is_none_or(|above| above.0 + 1 == number);
                if !is_first {
                    self.text.push(',');
                }
                self.line(open.len());
                self.key(id);
            }
            if document.kind(id).is_container() {
                self.text.push(if document.kind(id) == Kind::Object {
                    '{'
                } else {
                    '['
                });
                open.push(id);
            } else {
                self.scalar(id);
            }
        }
        while let Some(ended) = open.pop() {
            self.close(ended, open.len());
        }
    }

    fn close(&mut self, id: ValueId, depth: usize) {
        if self.document.subtree(id).len() > 1 {
            self.line(depth);
        }
        self.text.push(if self.document.kind(id) == Kind::Object {
            '}'
        } else {
            ']'
        });
    }

    fn line(&mut self, depth: usize) {
        if self.is_pretty {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn key(&mut self, id: ValueId) {
        let Some(key) = self.document.key(id) else {
            return;
        };
        if is_json_string(key) {
            self.text.push_str(key);
        } else {
            self.quoted(key);
        }
        self.text.push_str(if self.is_pretty { ": " } else { ":" });
    }

    fn scalar(&mut self, id: ValueId) {
        let shown = self.document.text(id);
        let is_json = match self.document.kind(id) {
            Kind::String => is_json_string(shown),
            Kind::Number => super::super::json::validate(shown).is_ok(),
            Kind::Literal => matches!(shown, "true" | "false" | "null"),
            _ => false,
        };
        if is_json {
            self.text.push_str(shown);
            return;
        }
        let is_bytes = self.document.kind(id) == Kind::Bytes;
        self.losses.bytes |= is_bytes;
        self.losses.words |= matches!(self.document.kind(id), Kind::Number | Kind::Literal);
        let digits = shown
            .strip_prefix("h'")
            .and_then(|rest| rest.strip_suffix('\''));
        self.quoted(digits.filter(|_| is_bytes).unwrap_or(shown));
    }

    fn quoted(&mut self, text: &str) {
        let quoted = serde_json::Value::from(text).to_string();
        self.text.push_str(&quoted);
    }
}

/// Whether text that is shown with quotes can stand in JSON as it is.
fn is_json_string(shown: &str) -> bool {
    shown.starts_with('"') && super::super::json::validate(shown).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::Builder;
    use super::*;
    use crate::payload::json;

    #[test]
    fn json_comes_out_as_it_came_in() {
        let compact = r#"{"a":127.0,"b":[1e400,"\ud800",{}],"a":[],"c":{"d":[[null]]}}"#;
        let document = json::document(compact.as_bytes()).unwrap();
        assert_eq!(
            document.json(ValueId::ROOT, false),
            (compact.to_owned(), Losses::default())
        );
        assert_eq!(document.json(ValueId(3), false).0, "1e400");
        let (pretty, _) = document.json(ValueId(2), true);
        assert_eq!(pretty, "[\n  1e400,\n  \"\\ud800\",\n  {}\n]");
    }

    #[test]
    fn what_json_has_no_word_for_becomes_text_and_is_said() {
        let mut builder = Builder::new();
        builder.open(Kind::Object);
        builder.key_as_shown("17");
        builder.bytes(&[0, 255]);
        builder.key("n");
        builder.number("NaN");
        builder.close();
        let document = builder.finish().unwrap();
        let (text, losses) = document.json(ValueId::ROOT, false);
        assert_eq!(text, r#"{"17":"00ff","n":"NaN"}"#);
        assert!(losses.bytes && losses.words && losses.sentence().contains("hexadecimal"));
    }
}
