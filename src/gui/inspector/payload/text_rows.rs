//! Text as rows: lines, cut where they are too long for the room or in two ways compared with an older text.

use std::ops::Range;

use super::compared::LineMark;

/// Characters of a row when lines are not wrapped; what is behind is said and can be seen wrapped.
pub const LONGEST_ROW: usize = 2_000;

/// A row on the screen: a line of the text, or what follows of a line too long for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRow {
    /// First byte in the text.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// Number of the line, from 1; 0 for what continues the row above, and for a line that is not there any more.
    pub line: usize,
    /// Whether the line came or went.
    pub mark: LineMark,
    /// Bytes of the line that are not shown.
    pub left_out: usize,
}

/// How lines are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Into rows of so many characters.
    Wrap(usize),
    /// Each line is a row.
    Lines,
}

/// Rows of `text`, whose lines bear `marks` (a missing one is none).
pub fn text_rows(text: &str, marks: &[LineMark], cut: Cut) -> Vec<TextRow> {
    let mut rows = Vec::new();
    let mut start = 0;
    let mut number = 0;
    for (index, line) in text.split('\n').enumerate() {
        let mark = marks.get(index).copied().unwrap_or_default();
        number += usize::from(mark != LineMark::Removed);
        let row = TextRow {
            start,
            end: start + line.len(),
            line: if mark == LineMark::Removed { 0 } else { number },
            mark,
            left_out: 0,
        };
        match cut {
            Cut::Wrap(columns) => wrap_line(line, row, columns.max(8), &mut rows),
            Cut::Lines => rows.push(cut_off(line, row)),
        }
        start += line.len() + 1;
    }
    rows
}

fn cut_off(line: &str, row: TextRow) -> TextRow {
    if line.len() <= LONGEST_ROW {
        return row;
    }
    let cut = line.char_indices().nth(LONGEST_ROW);
    let shown = cut.map_or(line.len(), |(at, _)| at);
    TextRow {
        end: row.start + shown,
        left_out: line.len() - shown,
        ..row
    }
}

/// Cuts one line, behind a blank where there is one in its second half.
fn wrap_line(line: &str, whole: TextRow, columns: usize, rows: &mut Vec<TextRow>) {
    let mut row = whole;
    if line.len() > columns {
        let mut in_row = 0;
        let mut behind_blank = None;
        for (offset, character) in line.char_indices() {
            if in_row == columns {
                let (cut, left) = behind_blank.take().unwrap_or((offset, columns));
                row.end = whole.start + cut;
                rows.push(row);
                row = TextRow {
                    start: row.end,
                    end: whole.end,
                    line: 0,
                    ..whole
                };
                in_row = columns - left;
            }
            in_row += 1;
            if character == ' ' && in_row > columns / 2 && in_row < columns {
                behind_blank = Some((offset + 1, in_row));
            }
        }
    }
    rows.push(row);
}

/// The row in which a byte of the text stands.
pub fn row_of(rows: &[TextRow], range: &Range<usize>) -> usize {
    rows.partition_point(|row| row.start <= range.start)
        .saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_cover_the_text() {
        let text = "short\n\näöüäöüäöü1234567\nlast";
        let rows = text_rows(text, &[], Cut::Wrap(8));
        let parts: Vec<_> = rows.iter().map(|row| &text[row.start..row.end]).collect();
        assert_eq!(parts, ["short", "", "äöüäöüäö", "ü1234567", "last"]);
        let lines: Vec<_> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 3, 0, 4]);
        assert_eq!(row_of(&rows, &(7..9)), 2);
    }

    #[test]
    fn rows_end_behind_a_blank_where_there_is_one() {
        let text = "one two three four five";
        let rows = text_rows(text, &[], Cut::Wrap(12));
        let parts: Vec<_> = rows.iter().map(|row| &text[row.start..row.end]).collect();
        assert_eq!(parts, ["one two ", "three four ", "five"]);
    }

    #[test]
    fn what_a_row_leaves_out_is_counted() {
        let text = format!("{}\nb", "é".repeat(LONGEST_ROW + 3));
        let rows = text_rows(&text, &[], Cut::Lines);
        assert_eq!((rows.len(), rows[0].left_out), (2, 6));
        assert_eq!(rows[0].end, 2 * LONGEST_ROW);
    }

    #[test]
    fn a_line_that_went_has_no_number() {
        let marks = [LineMark::Same, LineMark::Removed, LineMark::Added];
        let rows = text_rows("a\nb\nc", &marks, Cut::Lines);
        let lines: Vec<_> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 0, 2]);
    }
}
