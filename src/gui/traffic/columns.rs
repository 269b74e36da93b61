//! The columns of the traffic table: which there is room for, and how rows are put in the order of one.

use egui::Rangef;

use crate::model::natural;
use crate::model::traffic::{Measure, Row};

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The topic or branch.
    Name,
    /// Messages in the span.
    Messages,
    /// Messages per second.
    MessageRate,
    /// Share of all messages.
    MessageShare,
    /// Bytes in the span.
    Bytes,
    /// Bytes per second.
    ByteRate,
    /// Share of all bytes.
    ByteShare,
}

/// Column, title, what its heading is called, width.
const COLUMNS: [(Column, &str, &str, f32); 7] = [
    (Column::Name, "", "name", 0.0),
    (Column::Messages, "Messages", "messages", 84.0),
    (
        Column::MessageRate,
        "Messages/s",
        "messages per second",
        90.0,
    ),
    (Column::MessageShare, "Share", "share of messages", 68.0),
    (Column::Bytes, "Bytes", "bytes", 80.0),
    (Column::ByteRate, "Bytes/s", "bytes per second", 84.0),
    (Column::ByteShare, "Share", "share of bytes", 68.0),
];

/// Which columns go first when there is no room.
const LEAST_WANTED: [Column; 5] = [
    Column::Bytes,
    Column::Messages,
    Column::ByteShare,
    Column::ByteRate,
    Column::MessageShare,
];

/// The least room for a name.
const LEAST_NAME: f32 = 150.0;

impl Column {
    /// What is said when the pointer is over its heading.
    pub fn tip(self) -> &'static str {
        match self {
            Self::Name => "Sort by name",
            Self::Messages => "Messages in this time. Click to sort",
            Self::MessageRate => "Messages per second in this time. Click to sort",
            Self::MessageShare => "Share of all messages but those of $-topics. Click to sort",
            Self::Bytes => {
                "Bytes of topic names and payloads in this time, without the few bytes of header and properties. \
                 Click to sort"
            }
            Self::ByteRate => "Bytes of topic names and payloads per second. Click to sort",
            Self::ByteShare => "Share of all bytes but those of $-topics. Click to sort",
        }
    }
}

/// By which column the rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// The column.
    pub column: Column,
    /// Whether the quietest, or the last by name, come first.
    pub is_reversed: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            column: Column::MessageRate,
            is_reversed: false,
        }
    }
}

impl Order {
    /// The order after a click on the heading of `column`.
    pub fn clicked(self, column: Column) -> Self {
        Self {
            column,
            is_reversed: self.column == column && !self.is_reversed,
        }
    }

    /// What makes a row busy in this order.
    pub fn measure(self) -> Measure {
        match self.column {
            Column::Bytes | Column::ByteRate | Column::ByteShare => Measure::Bytes,
            _ => Measure::Messages,
        }
    }

    /// Puts rows that come with the busiest first in this order.
    pub fn arrange(self, rows: &mut [Row]) {
        if self.column == Column::Name {
            rows.sort_by(|a, b| natural(&a.path, &b.path));
        }
        if self.is_reversed {
            rows.reverse();
        }
    }
}

/// A column in its place.
pub struct Cell {
    /// Which it is.
    pub column: Column,
    /// Its title.
    pub title: &'static str,
    /// What its heading is called.
    pub spoken: &'static str,
    /// From left to right.
    pub range: Rangef,
}

/// The columns that have room in `range`, from left to right; the name takes what is left.
pub fn cells(range: Rangef) -> Vec<Cell> {
    let mut gone: Vec<Column> = Vec::new();
    let fixed = |gone: &[Column]| -> f32 {
        let shown = COLUMNS.iter().filter(|(column, ..)| !gone.contains(column));
        shown.map(|(.., width)| width).sum()
    };
    for column in LEAST_WANTED {
        if fixed(&gone) + LEAST_NAME > range.span() {
            gone.push(column);
        }
    }
    let name_width = (range.span() - fixed(&gone)).max(60.0);
    let mut left = range.min;
    let shown = COLUMNS
        .into_iter()
        .filter(|(column, ..)| !gone.contains(column));
    shown
        .map(|(column, title, spoken, width)| {
            let width = if column == Column::Name {
                name_width
            } else {
                width
            };
            let range = Rangef::new(left, left + width);
            left += width;
            Cell {
                column,
                title,
                spoken,
                range,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_as_the_room_shrinks_and_never_overlap() {
        for width in [240_u16, 356, 420, 530, 800, 1400] {
            let width = f32::from(width);
            let cells = cells(Rangef::new(0.0, width));
            for pair in cells.windows(2) {
                assert!(pair[0].range.max <= pair[1].range.min + 0.01);
            }
            assert!(cells.last().unwrap().range.max <= width + 0.01, "{width}");
            assert!(cells.iter().any(|cell| cell.column == Column::MessageRate));
        }
        assert_eq!(cells(Rangef::new(0.0, 1400.0)).len(), COLUMNS.len());
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let order = Order::default();
        assert!(order.clicked(Column::MessageRate).is_reversed);
        let bytes = order.clicked(Column::Bytes);
        assert!(!bytes.is_reversed && bytes.measure() == Measure::Bytes);
    }
}
