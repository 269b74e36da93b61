//! The payload that is shown beside an older one: what becomes a mark in its rows.

use std::sync::Arc;

use crate::payload::diff::{Blocks, Comparison, DocumentDiff, compare, summary};
use crate::payload::document::Document;
use crate::payload::document::rows::{Gap, Removed};
use crate::payload::{Content, Decoded};

/// Characters of the sentence about all differences.
const WORDS: usize = 80;

/// What happened to a line since the older text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineMark {
    /// Nothing.
    #[default]
    Same,
    /// It is new.
    Added,
    /// It is not there any more.
    Removed,
}

/// What is shown, compared with an older payload.
#[derive(Debug)]
pub struct Compared {
    /// The older one.
    pub old: Arc<Decoded>,
    /// What differs.
    pub comparison: Comparison,
    /// The same in a few words.
    pub words: String,
}

impl Compared {
    /// Compares `new` with `old`.
    pub fn new(old: Arc<Decoded>, new: &Decoded) -> Self {
        let comparison = compare(&old, new);
        let words = match &comparison {
            Comparison::Same => "No difference".to_owned(),
            other => summary(&old, new, other, WORDS),
        };
        Self {
            old,
            comparison,
            words,
        }
    }

    /// The older document and the differences, when both are documents.
    pub fn document(&self) -> Option<(&Document, &DocumentDiff)> {
        match (&self.comparison, &self.old.content) {
            (Comparison::Document(diff), Content::Document(old)) => Some((old, diff)),
            _ => None,
        }
    }

    /// The bytes that differ.
    pub fn bytes(&self) -> Option<&Blocks> {
        match &self.comparison {
            Comparison::Bytes(blocks) => Some(blocks),
            _ => None,
        }
    }

    /// Where values stood that `new` does not have any more.
    pub fn removed(&self, new: &Document) -> Removed {
        let mut removed = Removed::new();
        let Some((_, diff)) = self.document() else {
            return removed;
        };
        for gone in diff.removed() {
            let is_last = gone.before.0 >= new.subtree(gone.parent).end;
            let gap = if is_last {
                Gap::AtEndOf(gone.parent)
            } else {
                Gap::Before(gone.before)
            };
            removed.entry(gap).or_default().push(gone.old);
        }
        removed
    }

    /// The lines of both texts with a mark for each, the old ones in front of the new ones in their place.
    pub fn lines(&self, new: &str) -> Option<(String, Vec<LineMark>)> {
        let (Comparison::Lines(blocks), Content::Text(old)) = (&self.comparison, &self.old.content)
        else {
            return None;
        };
        Some(merged(old, new, blocks))
    }
}

fn merged(old: &str, new: &str, blocks: &Blocks) -> (String, Vec<LineMark>) {
    let (old, new): (Vec<_>, Vec<_>) = (old.split('\n').collect(), new.split('\n').collect());
    let mut lines = Vec::new();
    let mut marks = Vec::new();
    let mut push = |part: &[&str], mark| {
        lines.extend(part.iter().map(|line| (*line).to_owned()));
        marks.extend(std::iter::repeat_n(mark, part.len()));
    };
    let mut at = 0;
    for block in &blocks.blocks {
        push(&new[at..block.new.start], LineMark::Same);
        push(&old[block.old.clone()], LineMark::Removed);
        push(&new[block.new.clone()], LineMark::Added);
        at = block.new.end;
    }
    push(&new[at..], LineMark::Same);
    (lines.join("\n"), marks)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::payload::document::ValueId;
    use crate::payload::{Format, Reading, decode};

    fn read(text: &str, format: Format) -> Arc<Decoded> {
        let reading = Reading {
            chosen: Some(format),
            ..Reading::default()
        };
        Arc::new(decode(&Bytes::copy_from_slice(text.as_bytes()), &reading))
    }

    #[test]
    fn lines_that_went_stand_in_front_of_those_that_came() {
        let new = read("a\nx\nc\n", Format::Text);
        let compared = Compared::new(read("a\nb\nc", Format::Text), &new);
        let (text, marks) = compared.lines("a\nx\nc\n").unwrap();
        assert_eq!(text, "a\nb\nx\nc\n");
        assert_eq!(
            marks,
            [
                LineMark::Same,
                LineMark::Removed,
                LineMark::Added,
                LineMark::Same,
                LineMark::Added,
            ]
        );
    }

    #[test]
    fn what_is_gone_stands_where_it_was() {
        let new = read(r#"{"b":{"d":3},"e":1}"#, Format::Json);
        let old = read(r#"{"a":1,"b":{"c":2,"d":3,"f":4},"e":1}"#, Format::Json);
        let compared = Compared::new(old, &new);
        let Content::Document(document) = &new.content else {
            panic!("a document");
        };
        let gaps: Vec<_> = compared.removed(document).into_keys().collect();
        let expected = [
            Gap::Before(ValueId(1)),
            Gap::Before(ValueId(2)),
            Gap::AtEndOf(ValueId(1)),
        ];
        assert_eq!(gaps, expected);
        assert_eq!(compared.words, "−3 keys");
    }

    #[test]
    fn no_difference_is_said() {
        let both = read("{}", Format::Json);
        assert_eq!(
            Compared::new(Arc::clone(&both), &both).words,
            "No difference"
        );
    }
}
