//! A value on one line, for previews, keys and short remarks.

use super::{Document, Kind, ValueId};

impl Document {
    /// A value and what is inside it as one line: `{"t": 21.4, "on": [true, …]}`. Stops with "…" behind about `max_bytes` bytes,
    /// however much there is.
    pub fn one_line(&self, id: ValueId, max_bytes: usize) -> String {
        let mut line = String::new();
        // closing brackets of the containers that are open, with the value behind each
        let mut open: Vec<(u32, char)> = Vec::new();
        for at in self.subtree(id) {
            let is_first = at == id.0 || self.parent(ValueId(at)) == Some(ValueId(at - 1));
            while let Some((_, bracket)) = open.pop_if(|(end, _)| *end <= at) {
                line.push(bracket);
            }
            if !is_first {
                line.push_str(", ");
            }
            if line.len() > max_bytes {
                line.push('…');
                break;
            }
            self.push_value(&mut line, ValueId(at), at != id.0, max_bytes);
            if let Some((start, end)) = brackets(self.kind(ValueId(at))) {
                line.push(start);
                open.push((self.subtree(ValueId(at)).end, end));
            }
        }
        line.extend(open.iter().rev().map(|(_, bracket)| bracket));
        line
    }

    fn push_value(&self, line: &mut String, id: ValueId, with_key: bool, max_bytes: usize) {
        if let Some(key) = self.key(id).filter(|_| with_key) {
            push_bounded(line, key, max_bytes);
            line.push_str(": ");
        }
        push_bounded(line, self.text(id), max_bytes);
    }
}

fn brackets(kind: Kind) -> Option<(char, char)> {
    match kind {
        Kind::Object => Some(('{', '}')),
        Kind::Array => Some(('[', ']')),
        _ => None,
    }
}

/// Appends at most about `max_bytes` bytes of `text`.
fn push_bounded(line: &mut String, text: &str, max_bytes: usize) {
    let end = text.floor_char_boundary(max_bytes);
    line.push_str(&text[..end]);
    if end < text.len() {
        line.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::super::Builder;
    use super::*;

    fn example() -> Document {
        let mut builder = Builder::new();
        builder.open(Kind::Object);
        builder.key("t");
        builder.number("21.4");
        builder.key("on");
        builder.open(Kind::Array);
        builder.literal("true");
        builder.open(Kind::Object);
        builder.close();
        builder.open(Kind::Array);
        builder.close();
        builder.close();
        builder.key("end");
        builder.string("a");
        builder.close();
        builder.finish().unwrap()
    }

    #[test]
    fn a_value_is_one_line() {
        let document = example();
        let all = r#"{"t": 21.4, "on": [true, {}, []], "end": "a"}"#;
        assert_eq!(document.one_line(ValueId::ROOT, 1_000), all);
        assert_eq!(document.one_line(ValueId(2), 1_000), "[true, {}, []]");
        assert_eq!(document.one_line(ValueId(1), 1_000), "21.4");
    }

    #[test]
    fn what_is_left_out_is_marked() {
        let document = example();
        assert_eq!(document.one_line(ValueId::ROOT, 8), r#"{"t": 21.4, …}"#);
        assert_eq!(document.one_line(ValueId(1), 2), "21…");
    }
}
