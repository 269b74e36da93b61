//! A row of a document as pieces of text: each has a colour, and says which value it is of.

use std::borrow::Cow;

use crate::payload::diff::{DocumentDiff, How};
use crate::payload::document::rows::{Part, Removed, Row, Rows};
use crate::payload::document::{Document, Kind, ValueId};
use crate::payload::format;
use crate::payload::text::visible;

/// Characters of a key, a remark or an old value that are shown in a row.
const SHORT: usize = 80;
/// Characters of a value that are always shown, however narrow the room.
const LEAST: usize = 100;
/// Characters of a value that is cut, at least.
const SHORTEST: usize = 24;
/// Characters behind a value that is cut.
const TAIL: usize = 18;

/// What a piece is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// A key.
    Key,
    /// A value of this kind.
    Value(Kind),
    /// Brackets, commas, colons.
    Punctuation,
    /// A remark, an old value, a count.
    Faint,
    /// What can be clicked to see more.
    More,
}

/// How a value differs from the older document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// It does not.
    #[default]
    Same,
    /// It was another.
    Changed,
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
}

/// What happens when a piece is clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Click {
    /// The value is meant: what happens depends on what it is.
    Value,
    /// The row of this container unfolds.
    Unfold,
    /// All of the value is shown.
    Open,
    /// Nothing.
    Nothing,
}

/// A piece of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What is shown.
    pub text: String,
    /// Its colour.
    pub ink: Ink,
    /// The value it belongs to.
    pub value: ValueId,
    /// How that differs.
    pub mark: Mark,
    /// What a click does.
    pub click: Click,
}

/// What rows are made of.
pub struct Source<'a> {
    /// The values.
    pub document: &'a Document,
    /// Their lines.
    pub rows: &'a Rows,
    /// The document before and what differs from it.
    pub compared: Option<(&'a Document, &'a DocumentDiff)>,
    /// Characters for which there is room.
    pub columns: usize,
}

impl Source<'_> {
    /// The pieces of a row, without its indentation.
    pub fn pieces(&self, row: &Row) -> Vec<Piece> {
        let mut line = Line {
            pieces: Vec::new(),
            room: self.columns.saturating_sub(2 * row.depth),
            is_whole: self.columns == usize::MAX,
        };
        if row.part == Part::Removed {
            if let Some((old, _)) = self.compared {
                removed(&mut line, old, row.value);
            }
            return line.pieces;
        }
        let mark = self.mark(row.value);
        if row.part != Part::Close {
            key(&mut line, self.document, row.value, mark);
        }
        self.value(&mut line, row, mark);
        let document = self.document;
        let is_last = |above| document.subtree(row.value).end == document.subtree(above).end;
        if row.part != Part::Open
            && document
                .parent(row.value)
                .is_some_and(|above| !is_last(above))
        {
            line.push(",", Ink::Punctuation, row.value, mark, Click::Nothing);
        }
        if row.part != Part::Close {
            self.behind(&mut line, row);
        }
        line.pieces
    }

    fn mark(&self, id: ValueId) -> Mark {
        match self.compared {
            Some((_, diff)) if diff.is_added(self.document, id) => Mark::Added,
            Some((_, diff)) if diff.change(id).is_some() => Mark::Changed,
            _ => Mark::Same,
        }
    }

    fn value(&self, line: &mut Line, row: &Row, mark: Mark) {
        let (document, id) = (self.document, row.value);
        let kind = document.kind(id);
        let (open, close) = brackets(kind);
        match row.part {
            Part::Close => line.push(close, Ink::Punctuation, id, mark, Click::Nothing),
            Part::Open => line.push(open, Ink::Punctuation, id, mark, Click::Value),
            Part::Folded => {
                line.push(open, Ink::Punctuation, id, mark, Click::Value);
                let text = format!(" … {} ", members(document, id));
                line.push(&text, Ink::Faint, id, mark, Click::Unfold);
                line.push(close, Ink::Punctuation, id, mark, Click::Nothing);
            }
            _ if kind.is_container() => self.one_line(line, id, mark),
            _ => scalar(line, document, id, mark),
        }
    }

    /// A container that fits one line.
    fn one_line(&self, line: &mut Line, id: ValueId, mark: Mark) {
        let (open, close) = brackets(self.document.kind(id));
        let is_empty = self.document.subtree(id).len() == 1;
        let blank = if self.document.kind(id) == Kind::Object && !is_empty {
            " "
        } else {
            ""
        };
        line.push(
            &format!("{open}{blank}"),
            Ink::Punctuation,
            id,
            mark,
            Click::Value,
        );
        for (nth, child) in self.document.children(id).enumerate() {
            if nth > 0 {
                line.push(", ", Ink::Punctuation, id, mark, Click::Nothing);
            }
            let mark = self.mark(child);
            key(line, self.document, child, mark);
            scalar(line, self.document, child, mark);
            self.was(line, child, "(", ")");
        }
        line.push(
            &format!("{blank}{close}"),
            Ink::Punctuation,
            id,
            mark,
            Click::Nothing,
        );
    }

    /// What stands behind a value: what it was, remarks, whether something differs in what is folded.
    fn behind(&self, line: &mut Line, row: &Row) {
        self.was(line, row.value, "", "");
        if let Some((_, diff)) = self.compared
            && row.part == Part::Folded
            && diff.has_marks(self.document, row.value)
            && !diff.is_added(self.document, row.value)
        {
            line.push(
                "  differs inside",
                Ink::Faint,
                row.value,
                Mark::Changed,
                Click::Unfold,
            );
        }
        if let Some(note) = self
            .document
            .note(row.value)
            .filter(|_| self.columns < usize::MAX)
        {
            let note = format!("  {}", cut(note, SHORT));
            line.push(&note, Ink::Faint, row.value, Mark::Same, Click::Nothing);
        }
    }

    fn was(&self, line: &mut Line, id: ValueId, before: &str, behind: &str) {
        let Some((old, diff)) = self.compared else {
            return;
        };
        let Some(change) = diff.change(id) else {
            return;
        };
        let text = match old.kind(change.old) {
            kind if kind.is_container() => folded(old, change.old, kind),
            _ => cut(old.text(change.old), SHORT).into_owned(),
        };
        let same = if change.how == How::Writing {
            ", the same value"
        } else {
            ""
        };
        let text = format!("  {before}was {text}{same}{behind}");
        line.push(&text, Ink::Faint, id, Mark::Same, Click::Nothing);
    }
}

struct Line {
    pieces: Vec<Piece>,
    /// Characters that are left.
    room: usize,
    /// Whether nothing is cut.
    is_whole: bool,
}

impl Line {
    fn push(&mut self, text: &str, ink: Ink, value: ValueId, mark: Mark, click: Click) {
        self.room = self.room.saturating_sub(text.chars().count());
        self.pieces.push(Piece {
            text: text.to_owned(),
            ink,
            value,
            mark,
            click,
        });
    }
}

fn key(line: &mut Line, document: &Document, id: ValueId, mark: Mark) {
    let Some(key) = document.key(id) else {
        return;
    };
    let mark = if mark == Mark::Changed {
        Mark::Same
    } else {
        mark
    };
    let key = cut(key, if line.is_whole { usize::MAX } else { SHORT });
    line.push(&visible(key.as_bytes()), Ink::Key, id, mark, Click::Value);
    line.push(": ", Ink::Punctuation, id, mark, Click::Nothing);
}

fn scalar(line: &mut Line, document: &Document, id: ValueId, mark: Mark) {
    let text = document.text(id);
    let ink = Ink::Value(document.kind(id));
    // no more is counted than could be shown
    let room = line.room.max(LEAST);
    let is_long = !line.is_whole && text.len() > room && text.chars().nth(room).is_some();
    if !is_long {
        return line.push(&visible(text.as_bytes()), ink, id, mark, Click::Value);
    }
    let shown = cut(text, line.room.saturating_sub(TAIL).max(SHORTEST));
    line.push(&visible(shown.as_bytes()), ink, id, mark, Click::Value);
    let size = format!(" {} ", format::format_bytes(text.len() as u64));
    line.push(&size, Ink::Faint, id, Mark::Same, Click::Nothing);
    line.push("open", Ink::More, id, Mark::Same, Click::Open);
}

/// A value that is gone, on one line.
fn removed(line: &mut Line, old: &Document, id: ValueId) {
    key(line, old, id, Mark::Removed);
    let kind = old.kind(id);
    let text = if kind.is_container() {
        folded(old, id, kind)
    } else {
        let text = cut(old.text(id), line.room.max(LEAST));
        visible(text.as_bytes()).into_owned()
    };
    line.push(&text, Ink::Value(kind), id, Mark::Removed, Click::Nothing);
}

fn folded(document: &Document, id: ValueId, kind: Kind) -> String {
    let (open, close) = brackets(kind);
    if document.subtree(id).len() == 1 {
        return format!("{open}{close}");
    }
    format!("{open} … {} {close}", members(document, id))
}

/// `12 members`, counted no further than a glance takes.
fn members(document: &Document, id: ValueId) -> String {
    const GLANCE: usize = 20_000;
    let (one, many) = match document.kind(id) {
        Kind::Object => ("member", "members"),
        _ => ("item", "items"),
    };
    match document.children(id).take(GLANCE).count() {
        1 => format!("1 {one}"),
        GLANCE => format!("{}+ {many}", format::thousands(GLANCE as u64)),
        count => format!("{} {many}", format::thousands(count as u64)),
    }
}

fn brackets(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Object => ("{", "}"),
        _ => ("[", "]"),
    }
}

/// At most so many characters, with “…” where some are missing.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// The whole document as it is shown when nothing is folded or cut, without remarks.
pub fn all_text(document: &Document) -> String {
    let mut rows = Rows::new(document, &Removed::new());
    rows.set_folded_below(ValueId::ROOT, false);
    let source = Source {
        document,
        rows: &rows,
        compared: None,
        columns: usize::MAX,
    };
    let mut text = String::new();
    for row in (0..rows.len()).filter_map(|row| rows.row(row)) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.extend(std::iter::repeat_n("  ", row.depth));
        let pieces = source.pieces(&row);
        text.extend(pieces.into_iter().map(|piece| piece.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::payload::diff::{Comparison, compare};
    use crate::payload::{Content, Decoded, Reading, decode};

    fn read(text: &str) -> Decoded {
        decode(
            &Bytes::copy_from_slice(text.as_bytes()),
            &Reading::default(),
        )
    }

    fn document(decoded: &Decoded) -> &Document {
        match &decoded.content {
            Content::Document(document) => document,
            other => panic!("{other:?}"),
        }
    }

    fn lines(source: &Source<'_>) -> Vec<String> {
        let rows = (0..source.rows.len()).map(|row| source.rows.row(row).unwrap());
        rows.map(|row| {
            let pieces = source.pieces(&row);
            pieces.iter().map(|piece| piece.text.as_str()).collect()
        })
        .collect()
    }

    #[test]
    fn rows_read_like_json() {
        let news = r#"{"headline":"Sensor network reaches 1,000 nodes","author":{"id":77,"name":"R. Patel"},"tags":["lorawan","mqtt"],"none":{},"deep":[[1],[2]]}"#;
        let decoded = read(news);
        let document = document(&decoded);
        let mut rows = Rows::new(document, &Removed::new());
        let deep = document
            .ids()
            .find(|id| document.key(*id) == Some("\"deep\""))
            .unwrap();
        rows.set_folded(deep, true);
        let source = Source {
            document,
            rows: &rows,
            compared: None,
            columns: 80,
        };
        let expected = [
            "{",
            "\"headline\": \"Sensor network reaches 1,000 nodes\",",
            "\"author\": { \"id\": 77, \"name\": \"R. Patel\" },",
            "\"tags\": [\"lorawan\", \"mqtt\"],",
            "\"none\": {},",
            "\"deep\": [ … 2 items ]",
            "}",
        ];
        assert_eq!(lines(&source), expected);
    }

    #[test]
    fn a_long_text_says_how_much_there_is() {
        let decoded = read(&format!("[\"{}\"]", "é".repeat(10_000)));
        let document = document(&decoded);
        let rows = Rows::new(document, &Removed::new());
        let source = Source {
            document,
            rows: &rows,
            compared: None,
            columns: 120,
        };
        let line = &lines(&source)[1];
        assert!(line.ends_with("é… 19.5 KiB open"), "{line}");
        assert!(line.chars().count() <= 120);
        let last = source.pieces(&rows.row(1).unwrap()).pop().unwrap();
        assert_eq!(last.click, Click::Open);
    }

    #[test]
    fn what_was_stands_behind_what_is() {
        let old = read(r#"{"score":13.9,"a":{"x":1},"gone":[1,2],"same":1,"n":127}"#);
        let new = read(r#"{"score":14.2,"a":{"x":2},"same":1,"n":127.0,"new":true}"#);
        let Comparison::Document(diff) = compare(&old, &new) else {
            panic!("documents");
        };
        let removed = [(
            crate::payload::document::rows::Gap::Before(diff.removed()[0].before),
            vec![diff.removed()[0].old],
        )];
        let rows = Rows::new(document(&new), &removed.into());
        let source = Source {
            document: document(&new),
            rows: &rows,
            compared: Some((document(&old), &diff)),
            columns: 60,
        };
        let expected = [
            "{",
            "\"score\": 14.2,  was 13.9",
            "\"a\": { \"x\": 2  (was 1) },",
            "\"gone\": [ … 2 items ]",
            "\"same\": 1,",
            "\"n\": 127.0,  was 127, the same value",
            "\"new\": true",
            "}",
        ];
        assert_eq!(lines(&source), expected);
        let mark = |row: usize, piece: usize| source.pieces(&rows.row(row).unwrap())[piece].mark;
        assert_eq!((mark(1, 0), mark(1, 2)), (Mark::Same, Mark::Changed));
        assert_eq!((mark(3, 0), mark(6, 0)), (Mark::Removed, Mark::Added));
    }
}
