//! A payload as one line in which what differs is marked, so that it is seen in a list.

use std::ops::Range;

use super::super::document::{Document, Kind, ValueId};
use super::super::hex;
use super::super::reading::{Content, Decoded};
use super::super::text;
use super::{Blocks, Comparison, DocumentDiff};

/// Characters of a value that does not differ beside one that does; the second where room is short.
const ASIDE: [usize; 2] = [24, 8];

/// One line of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The text; "…" stands where something is left out.
    pub text: String,
    /// Bytes of `text` that differ, in order.
    pub marks: Vec<Range<usize>>,
}

/// The payload as one line of at most `max` characters, with marks where it differs from `old`. Where those would not
/// be seen, what does not differ is left out.
pub fn line(old: Option<&Decoded>, new: &Decoded, comparison: &Comparison, max: usize) -> Line {
    match (&new.content, comparison) {
        (Content::Document(document), Comparison::Document(diff)) => {
            document_line(document, diff, max)
        }
        (Content::Document(document), comparison) => {
            let mut line = document_line(document, &DocumentDiff::default(), max);
            line.mark_all(*comparison == Comparison::Unlike);
            line
        }
        (Content::Text(text), Comparison::Lines(blocks)) => {
            let old = old.and_then(|old| match &old.content {
                Content::Text(text) => Some(text.as_str()),
                _ => None,
            });
            text_line(old.unwrap_or_default(), text, blocks, max)
        }
        (Content::Bytes, Comparison::Bytes(blocks)) => bytes_line(&new.bytes, blocks, max),
        (_, comparison) => {
            let mut line = Line {
                text: super::super::preview(&new.bytes, max),
                marks: Vec::new(),
            };
            line.mark_all(*comparison == Comparison::Unlike);
            line
        }
    }
}

impl Line {
    fn mark_all(&mut self, is_marked: bool) {
        if is_marked && !self.text.is_empty() {
            self.marks.clear();
            self.marks.push(0..self.text.len());
        }
    }

    /// Cuts it to `max` characters.
    fn cut(&mut self, max: usize) {
        let Some((end, _)) = self.text.char_indices().nth(max) else {
            return;
        };
        let last = self.text[..end].char_indices().next_back();
        let end = last.map_or(0, |(start, _)| start);
        self.text.truncate(end);
        if max > 0 {
            self.text.push('…');
        }
        self.marks.retain_mut(|mark| {
            if mark.end > end {
                mark.end = self.text.len();
            }
            mark.start < end && mark.start < mark.end
        });
    }
}

fn document_line(document: &Document, diff: &DocumentDiff, max: usize) -> Line {
    let whole = Writer::write(document, diff, max, Some(ASIDE[0]));
    if diff.is_empty() || is_seen(&whole, max) {
        return whole;
    }
    let short = Writer::write(document, diff, max, Some(ASIDE[1]));
    if is_seen(&short, max) {
        return short;
    }
    Writer::write(document, diff, max, None)
}

/// Whether what differs first stands well before the end.
fn is_seen(line: &Line, max: usize) -> bool {
    let before = |mark: &Range<usize>| line.text[..mark.start].chars().count();
    let first = line.marks.first();
    first.is_some_and(|mark| before(mark) < max / 6 * 5)
}

/// Writes a document as one line, until that is full.
struct Writer<'a> {
    document: &'a Document,
    diff: &'a DocumentDiff,
    line: Line,
    chars: usize,
    /// Characters of a value that does not differ; `None` leaves it out.
    aside: Option<usize>,
    /// Values that differ themselves, in order; only where the others are left out.
    marked: Vec<u32>,
}

impl<'a> Writer<'a> {
    fn write(
        document: &'a Document,
        diff: &'a DocumentDiff,
        max: usize,
        aside: Option<usize>,
    ) -> Line {
        let mut writer = Self {
            document,
            diff,
            line: Line::default(),
            chars: 0,
            aside,
            marked: if aside.is_none() {
                diff.marked()
            } else {
                Vec::new()
            },
        };
        // one more than fits, so that it is seen to be cut
        writer.value(ValueId::ROOT, max.saturating_add(1));
        let mut line = writer.line;
        line.cut(max);
        line
    }

    /// Writes a value, until the line has `end` characters.
    fn value(&mut self, id: ValueId, end: usize) {
        let start = self.line.text.len();
        let is_marked =
            self.diff.change(id).is_some() || self.diff.added().binary_search(&id).is_ok();
        match self.document.kind(id) {
            Kind::Object => self.container(id, ("{", "}"), end),
            Kind::Array => self.container(id, ("[", "]"), end),
            _ => self.scalar(self.document.text(id), end),
        }
        if is_marked {
            self.line.marks.push(start..self.line.text.len());
        }
    }

    fn container(&mut self, id: ValueId, (open, close): (&str, &str), end: usize) {
        self.push(open);
        let members = self.document.subtree(id);
        let mut next = members.start + 1;
        let mut is_first = true;
        while next < members.end {
            if self.aside.is_none() {
                let marked = self.next_marked(id, next).unwrap_or(members.end);
                if marked > next {
                    self.push(if is_first { "…" } else { ",…" });
                    is_first = false;
                    next = marked;
                    continue;
                }
            }
            let child = ValueId(next);
            next = self.document.subtree(child).end;
            let is_quiet = self.aside.is_some()
                && !self.diff.is_empty()
                && !self.diff.has_marks(self.document, child);
            if !is_first {
                self.push(",");
            }
            if self.chars >= end {
                self.push("…");
                break;
            }
            is_first = false;
            if let Some(key) = self.document.key(child) {
                self.scalar(key, end);
                self.push(":");
            }
            let room = match self.aside {
                Some(aside) if is_quiet => end.min(self.chars + aside),
                _ => end,
            };
            self.value(child, room);
        }
        self.push(close);
    }

    /// The member of a container, from this one on, in which something differs.
    fn next_marked(&self, container: ValueId, from: u32) -> Option<u32> {
        let at = self.marked.partition_point(|marked| *marked < from);
        let end = self.document.subtree(container).end;
        let first = self.marked.get(at).filter(|marked| **marked < end)?;
        let above = |id: &ValueId| self.document.parent(*id);
        let mut chain = std::iter::successors(Some(ValueId(*first)), above);
        let member = chain.find(|id| above(id) == Some(container))?;
        Some(member.0)
    }

    fn scalar(&mut self, shown: &str, end: usize) {
        let room = end.saturating_sub(self.chars).max(8);
        for (count, c) in shown.chars().enumerate() {
            if count == room {
                self.push(if shown.starts_with('"') {
                    "…\""
                } else {
                    "…"
                });
                return;
            }
            let start = self.line.text.len();
            text::push(&mut self.line.text, if c.is_whitespace() { ' ' } else { c });
            self.chars += self.line.text[start..].chars().count();
        }
    }

    fn push(&mut self, text: &str) {
        self.line.text.push_str(text);
        self.chars += text.chars().count();
    }
}

/// The first line that differs, from a little before where it does; all of the text when it has one line.
fn text_line(old: &str, new: &str, blocks: &Blocks, max: usize) -> Line {
    let first = blocks.blocks.first().filter(|block| !block.new.is_empty());
    let Some(block) = first else {
        return Line {
            text: super::super::preview(new.as_bytes(), max),
            marks: Vec::new(),
        };
    };
    let line_of =
        |text: &'_ str, number| text.split('\n').nth(number).unwrap_or_default().to_owned();
    let shown = line_of(new, block.new.start);
    let was = if block.old.is_empty() {
        String::new()
    } else {
        line_of(old, block.old.start)
    };
    let changed = changed_within(&was, &shown);
    let mut line = Line::default();
    if block.new.start > 0 {
        line.text.push_str("… ");
    }
    let lead = skipped(&shown, changed.start, max);
    if lead > 0 {
        line.text.push('…');
    }
    let base = line.text.len();
    // what hides is written out already
    line.text
        .extend(shown[lead..].trim_end().chars().take(max + 1));
    let end = line.text.len();
    let mark = (base + changed.start - lead).min(end)..(base + changed.end - lead).min(end);
    if mark.start < mark.end {
        line.marks.push(mark);
    }
    if block.new.start + 1 < blocks.new_len && line.text.chars().count() <= max {
        line.text.push_str(" …");
    }
    line.cut(max);
    line
}

/// How many bytes of the beginning are left out so that what differs is seen.
fn skipped(text: &str, changed: usize, max: usize) -> usize {
    let before = text[..changed].chars().count();
    if before < max / 3 * 2 {
        return 0;
    }
    let skip = before - max / 3;
    text.char_indices().nth(skip).map_or(0, |(start, _)| start)
}

/// The part of `new` between what its ends have in common with `old`.
fn changed_within(old: &str, new: &str) -> Range<usize> {
    let pairs = old.chars().zip(new.chars());
    let same = pairs.take_while(|(old, new)| old == new);
    let front: usize = same.map(|(_, c)| c.len_utf8()).sum();
    let pairs = old[front..].chars().rev().zip(new[front..].chars().rev());
    let same = pairs.take_while(|(old, new)| old == new);
    let back: usize = same.map(|(_, c)| c.len_utf8()).sum();
    // a number that changes is marked whole
    let is_word = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+');
    let start = new[..front]
        .chars()
        .rev()
        .take_while(is_word)
        .map(char::len_utf8);
    let start = front - start.sum::<usize>();
    let tail = &new[new.len() - back..];
    let end: usize = tail.chars().take_while(is_word).map(char::len_utf8).sum();
    start..new.len() - back + end
}

/// Pairs of digits from a little before the first byte that differs.
fn bytes_line(bytes: &[u8], blocks: &Blocks, max: usize) -> Line {
    let room = max / 3;
    let changed = blocks.blocks.first().map_or(0, |block| block.new.start);
    let start = if changed < room / 2 {
        0
    } else {
        changed.saturating_sub(4)
    };
    let mut line = Line::default();
    if start > 0 {
        line.text = format!("… {start:08x}: ");
    }
    let base = line.text.len();
    let shown = &bytes[start.min(bytes.len())..bytes.len().min(start + room + 1)];
    line.text.push_str(&hex::pairs(shown));
    for block in &blocks.blocks {
        let from = block.new.start.max(start) - start;
        let to = block.new.end.min(start + shown.len()).saturating_sub(start);
        if from < to {
            line.marks.push(base + 3 * from..base + 3 * to - 1);
        }
    }
    if start + shown.len() < bytes.len() {
        line.text.push_str(" …");
    }
    line.cut(max);
    line
}
