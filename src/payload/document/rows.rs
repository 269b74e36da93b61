//! A document as numbered lines, two blanks for each level, and which of them are folded away. Laid out once; after that
//! showing a row, or where a value is, takes a binary search, and a fold costs what is folded inside it, and moving the list of
//! folds behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Document, Kind, ValueId, number};

/// An array or object of scalars stays on one line up to this many characters.
const ONE_LINE: usize = 60;

/// Documents of more lines begin folded below the depth at which about so many are left.
const BEGINS_FOLDED: usize = 5_000;

/// [`Line::span`] of a closing bracket.
const CLOSE: u32 = u32::MAX;
/// [`Line::span`] of a value that is not there any more.
const REMOVED: u32 = u32::MAX - 1;

/// A line of the whole document, nothing folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    value: u32,
    /// How many lines follow up to the closing bracket; 0 for what takes one line; [`CLOSE`]; [`REMOVED`].
    span: u32,
    /// Its number among the lines of values that are there, from 1; that of the line above for [`REMOVED`].
    number: u32,
    depth: u8,
}

impl Line {
    fn lines_below(self) -> u32 {
        if self.span >= REMOVED { 0 } else { self.span }
    }
}

/// What a row shows of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The opening bracket; the rest follows in other rows.
    Open,
    /// Both brackets, with what is inside folded away.
    Folded,
    /// The closing bracket.
    Close,
    /// All of a value of the document before, which this one does not have.
    Removed,
}

/// One row on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its number among all lines, counted from 1; `None` for what is not there any more.
    pub number: Option<usize>,
    /// The value; in the document before when the part is [`Part::Removed`].
    pub value: ValueId,
    /// What of it.
    pub part: Part,
    /// How many levels it is indented.
    pub depth: usize,
}

/// Where a value stood that is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// In front of this value.
    Before(ValueId),
    /// Behind the last value of this container.
    AtEndOf(ValueId),
}

/// Values of the document before, by where they stood.
pub type Removed = BTreeMap<Gap, Vec<ValueId>>;

/// Lines that are not shown because a container is folded that no other hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hidden {
    /// The line of the folded container.
    line: u32,
    /// How many follow it that are hidden.
    span: u32,
    /// How many are hidden above it.
    before: u32,
}

impl Hidden {
    /// How many are hidden up to its end.
    fn total(self) -> u32 {
        self.before + self.span
    }
}

/// The lines of a document.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    lines: Vec<Line>,
    /// The line that shows each value, or begins with it.
    line_of: Vec<u32>,
    /// Lines of folded containers.
    folded: BTreeSet<u32>,
    hidden: Vec<Hidden>,
}

impl Rows {
    /// Lays out `document`, with what it lost since the one before. A document of many lines begins folded.
    pub fn new(document: &Document, removed: &Removed) -> Self {
        let mut rows = Self {
            lines: Vec::with_capacity(document.len()),
            line_of: vec![0; document.len()],
            ..Self::default()
        };
        rows.lay_out(document, removed);
        rows.fold_deep();
        rows
    }

    fn lay_out(&mut self, document: &Document, removed: &Removed) {
        // containers that are not closed yet: value, its line, number of the value behind it
        let mut open: Vec<(ValueId, u32, u32)> = Vec::new();
        let mut next = 0;
        while next < number(document.len()) {
            while let Some((id, line, _)) = open.pop_if(|(_, _, end)| *end <= next) {
                self.close(id, line, open.len(), removed);
            }
            let id = ValueId(next);
            let depth = open.len();
            self.removed(removed, Gap::Before(id), depth);
            let line = number(self.lines.len());
            let end = document.subtree(id).end;
            self.push(next, 0, depth);
            let is_open = document.kind(id).is_container() && !is_one_line(document, id, removed);
            let shown_here = if is_open { next + 1 } else { end };
            self.line_of[next as usize..shown_here as usize].fill(line);
            if is_open {
                open.push((id, line, end));
            }
            next = shown_here;
        }
        while let Some((id, line, _)) = open.pop() {
            self.close(id, line, open.len(), removed);
        }
    }

    fn push(&mut self, value: u32, span: u32, depth: usize) {
        let last = self.lines.last().map_or(0, |line| line.number);
        self.lines.push(Line {
            value,
            span,
            number: last + u32::from(span != REMOVED),
            depth: u8::try_from(depth).unwrap_or(u8::MAX),
        });
    }

    fn close(&mut self, id: ValueId, line: u32, depth: usize, removed: &Removed) {
        self.removed(removed, Gap::AtEndOf(id), depth + 1);
        self.lines[line as usize].span = number(self.lines.len()) - line;
        self.push(id.0, CLOSE, depth);
    }

    fn removed(&mut self, removed: &Removed, gap: Gap, depth: usize) {
        for value in removed.get(&gap).into_iter().flatten() {
            self.push(value.0, REMOVED, depth);
        }
    }

    /// Folds what is deep in a document of many lines.
    fn fold_deep(&mut self) {
        if self.lines.len() <= BEGINS_FOLDED {
            return;
        }
        let mut per_depth = [0_usize; 256];
        for line in &self.lines {
            per_depth[usize::from(line.depth)] += 1;
        }
        let mut seen = 0;
        let fits = per_depth.iter().take_while(|count| {
            seen += **count;
            seen <= BEGINS_FOLDED
        });
        let depth = fits.count().saturating_sub(1).max(1);
        let is_deep =
            |line: &&(u32, &Line)| line.1.lines_below() > 0 && usize::from(line.1.depth) >= depth;
        let numbered: Vec<_> = (0..).zip(&self.lines).collect();
        self.folded = numbered.iter().filter(is_deep).map(|(at, _)| *at).collect();
        self.hide(0..number(self.lines.len()));
    }

    /// Finds anew what the folds in these lines hide, which are all of a container or of the document.
    fn hide(&mut self, within: Range<u32>) {
        let from = self
            .hidden
            .partition_point(|hidden| hidden.line < within.start);
        let above = from.checked_sub(1).map(|last| self.hidden[last]);
        if above.is_some_and(|above| within.start <= above.line + above.span) {
            // all of it is hidden, and stays so
            return;
        }
        let to = self
            .hidden
            .partition_point(|hidden| hidden.line < within.end);
        let mut before = above.map_or(0, Hidden::total);
        let was = to
            .checked_sub(1)
            .map_or(0, |last| self.hidden[last].total());
        let mut found = Vec::new();
        let mut next = within.start;
        while next < within.end
            && let Some(&line) = self.folded.range(next..within.end).next()
        {
            let span = self.lines[line as usize].lines_below();
            found.push(Hidden { line, span, before });
            before += span;
            next = line + span + 1;
        }
        let behind = from + found.len();
        self.hidden.splice(from..to, found);
        for hidden in &mut self.hidden[behind..] {
            hidden.before = hidden.before - was + before;
        }
    }

    /// How many rows are shown.
    pub fn len(&self) -> usize {
        let hidden = self.hidden.last().map_or(0, |last| last.before + last.span);
        self.lines.len() - hidden as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The number of the last line, nothing folded.
    pub fn line_count(&self) -> usize {
        self.lines.last().map_or(0, |line| line.number as usize)
    }

    /// What is shown in a row.
    pub fn row(&self, row: usize) -> Option<Row> {
        let at = number(row);
        let above = self
            .hidden
            .partition_point(|hidden| hidden.line - hidden.before < at);
        let skipped = above
            .checked_sub(1)
            .map_or(0, |last| self.hidden[last].before + self.hidden[last].span);
        let at = at.checked_add(skipped)?;
        self.line(at as usize)
    }

    /// What a line shows, whether or not it is folded away.
    pub fn line(&self, at: usize) -> Option<Row> {
        let line = self.lines.get(at)?;
        let part = match line.span {
            CLOSE => Part::Close,
            REMOVED => Part::Removed,
            0 => Part::Whole,
            _ if self.folded.contains(&number(at)) => Part::Folded,
            _ => Part::Open,
        };
        Some(Row {
            number: (line.span != REMOVED).then_some(line.number as usize),
            value: ValueId(line.value),
            part,
            depth: usize::from(line.depth),
        })
    }

    /// The row that shows a value, or the folded container in which it is.
    pub fn row_of(&self, id: ValueId) -> usize {
        let line = self.line_of.get(id.0 as usize).copied().unwrap_or(0);
        let above = self.hidden.partition_point(|hidden| hidden.line < line);
        let row = match above.checked_sub(1).map(|last| self.hidden[last]) {
            Some(last) if line <= last.line + last.span => last.line - last.before,
            Some(last) => line - last.before - last.span,
            None => line,
        };
        row as usize
    }

    /// Whether a value takes several lines.
    pub fn is_foldable(&self, id: ValueId) -> bool {
        self.fold_line(id).is_some()
    }

    /// Whether a value is folded.
    pub fn is_folded(&self, id: ValueId) -> bool {
        self.fold_line(id)
            .is_some_and(|line| self.folded.contains(&line))
    }

    fn fold_line(&self, id: ValueId) -> Option<u32> {
        let at = *self.line_of.get(id.0 as usize)?;
        let line = self.lines.get(at as usize)?;
        (line.value == id.0 && line.lines_below() > 0).then_some(at)
    }

    /// Folds or unfolds one container.
    pub fn set_folded(&mut self, id: ValueId, is_folded: bool) {
        let Some(line) = self.fold_line(id) else {
            return;
        };
        if is_folded {
            self.folded.insert(line);
        } else {
            self.folded.remove(&line);
        }
        self.hide(line..line + self.lines[line as usize].lines_below() + 1);
    }

    /// Folds or unfolds a container and all in it.
    pub fn set_folded_below(&mut self, id: ValueId, is_folded: bool) {
        let Some(first) = self.fold_line(id) else {
            return;
        };
        let end = first + self.lines[first as usize].lines_below() + 1;
        let mut behind = self.folded.split_off(&first);
        let mut behind = behind.split_off(&end);
        if is_folded {
            let has_more = |line: &u32| self.lines[*line as usize].lines_below() > 0;
            let all: BTreeSet<u32> = (first..end).filter(has_more).collect();
            self.folded.extend(all);
        }
        self.folded.append(&mut behind);
        self.hide(first..end);
    }

    /// Unfolds everything in which a value stands.
    pub fn reveal(&mut self, document: &Document, id: ValueId) {
        let mut above = document.parent(id);
        let mut outermost = None;
        while let Some(container) = above {
            let line = self.fold_line(container);
            outermost = line.filter(|line| self.folded.remove(line)).or(outermost);
            above = document.parent(container);
        }
        if let Some(line) = outermost {
            self.hide(line..line + self.lines[line as usize].lines_below() + 1);
        }
    }
}

/// Whether a container is short enough for one line: it holds scalars only, none with a remark, and lost none.
fn is_one_line(document: &Document, id: ValueId, removed: &Removed) -> bool {
    if !removed.is_empty() && removed.contains_key(&Gap::AtEndOf(id)) {
        return false;
    }
    let mut length = match document.kind(id) {
        Kind::Object => 4,
        _ => 2,
    };
    for (nth, child) in document.children(id).enumerate() {
        if document.kind(child).is_container()
            || document.note(child).is_some()
            || (!removed.is_empty() && removed.contains_key(&Gap::Before(child)))
        {
            return false;
        }
        let between = if nth > 0 { 2 } else { 0 };
        let key = document.key(child).map_or(0, |key| characters(key) + 2);
        length += between + key + characters(document.text(child));
        if length > ONE_LINE {
            return false;
        }
    }
    true
}

/// Characters, as far as it matters here.
fn characters(text: &str) -> usize {
    text.chars().take(ONE_LINE + 1).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payload::json;

    fn document(text: &str) -> Document {
        json::document(text.as_bytes()).unwrap()
    }

    const NEWS: &str = r#"{"headline":"Sensor network reaches 1,000 nodes","author":{"id":77,"name":"R. Patel"},
        "deep":{"list":[{"a":[1,[2]]},{"b":"0123456789012345678901234567890123456789012345678901234567890"}]},"tags":[]}"#;

    fn shown(document: &Document, rows: &Rows) -> Vec<String> {
        let rows = (0..rows.len()).map(|row| rows.row(row).unwrap());
        rows.map(|row| {
            let key = document.key(row.value).unwrap_or("-");
            format!(
                "{} {}{key} {:?}",
                row.number.unwrap() - 1,
                " ".repeat(row.depth),
                row.part
            )
        })
        .collect()
    }

    #[test]
    fn short_containers_of_scalars_stay_on_one_line() {
        let document = document(NEWS);
        let rows = Rows::new(&document, &Removed::new());
        let expected = [
            "0 - Open",
            "1  \"headline\" Whole",
            "2  \"author\" Whole",
            "3  \"deep\" Open",
            "4   \"list\" Open",
            "5    - Open",
            "6     \"a\" Open",
            "7      - Whole",
            "8      - Whole",
            "9     \"a\" Close",
            "10    - Close",
            "11    - Open",
            "12     \"b\" Whole",
            "13    - Close",
            "14   \"list\" Close",
            "15  \"deep\" Close",
            "16  \"tags\" Whole",
            "17 - Close",
        ];
        assert_eq!(shown(&document, &rows), expected);
    }

    #[test]
    fn folds_hide_what_is_below_and_remember_what_was_folded_there() {
        let document = document(NEWS);
        let mut rows = Rows::new(&document, &Removed::new());
        let path_of = |key: &str| {
            document
                .ids()
                .find(|&id| document.key_text(id).as_deref() == Some(key))
                .unwrap()
        };
        let (deep, inner) = (path_of("deep"), path_of("a"));
        rows.set_folded(inner, true);
        assert_eq!(rows.len(), 15);
        rows.set_folded(deep, true);
        let expected = [
            "0 - Open",
            "1  \"headline\" Whole",
            "2  \"author\" Whole",
            "3  \"deep\" Folded",
        ];
        assert_eq!(shown(&document, &rows)[..4], expected);
        assert_eq!(rows.len(), 6);
        assert_eq!(rows.row_of(inner), 3);
        rows.set_folded(deep, false);
        assert!(rows.is_folded(inner));
        rows.set_folded_below(deep, false);
        assert_eq!(rows.len(), 18);
        rows.set_folded_below(ValueId::ROOT, true);
        assert_eq!(rows.len(), 1);
        rows.reveal(&document, inner);
        assert!(rows.is_folded(inner) && !rows.is_folded(deep));
        // every row is where its value says
        for row in 0..rows.len() {
            let found = rows.row(row).unwrap();
            if found.part != Part::Close {
                assert_eq!(rows.row_of(found.value), row);
            }
        }
    }

    proptest! {
        #[test]
        fn a_fold_hides_what_all_folds_found_anew_would(
            folds in proptest::collection::vec((any::<prop::sample::Index>(), 0..5_u8), 1..30),
        ) {
            let document = document(&format!("[{}]", [NEWS; 4].join(",")));
            let mut rows = Rows::new(&document, &Removed::new());
            for (at, what) in folds {
                let id = ValueId(number(at.index(document.len())));
                match what {
                    0 => rows.set_folded_below(id, true),
                    1 => rows.set_folded_below(id, false),
                    2 => rows.reveal(&document, id),
                    other => rows.set_folded(id, other == 3),
                }
                let mut anew = rows.clone();
                anew.hidden.clear();
                anew.hide(0..number(anew.lines.len()));
                prop_assert_eq!(&rows.hidden, &anew.hidden);
            }
        }
    }

    #[test]
    fn a_long_document_begins_folded() {
        let text = format!("[{}]", vec![NEWS; 3_000].join(","));
        let document = document(&text);
        let rows = Rows::new(&document, &Removed::new());
        assert_eq!(rows.line_count(), 3_000 * 18 + 2);
        assert_eq!(rows.len(), 3_002);
        assert_eq!(rows.row(3_001).unwrap().part, Part::Close);
        assert_eq!(rows.row(3_002), None);
    }

    #[test]
    fn what_was_removed_stands_where_it_was() {
        let document = document(r#"{"a":1,"c":[]}"#);
        let removed = Removed::from([
            (Gap::Before(ValueId(2)), vec![ValueId(7)]),
            (Gap::AtEndOf(ValueId(2)), vec![ValueId(8), ValueId(9)]),
        ]);
        let rows = Rows::new(&document, &removed);
        let found: Vec<_> = (0..rows.len()).map(|row| rows.row(row).unwrap()).collect();
        let found: Vec<_> = found
            .iter()
            .map(|row| (row.value.0, row.part, row.depth))
            .collect();
        let expected = [
            (0, Part::Open, 0),
            (1, Part::Whole, 1),
            (7, Part::Removed, 1),
            (2, Part::Open, 1),
            (8, Part::Removed, 2),
            (9, Part::Removed, 2),
            (2, Part::Close, 1),
            (0, Part::Close, 0),
        ];
        assert_eq!(found, expected);
    }
}
