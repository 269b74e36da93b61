//! The tree as a table of text, fitted to a width. Pure: rows and time come in, lines go out.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::{Row, Totals};
use crate::mqtt::Timestamp;
use crate::payload::format::{age, rate, thousands};
use crate::payload::preview;

/// Widths of the columns that do not grow: messages, rate, age.
const NUMBERS: [usize; 3] = [10, 8, 6];

/// The line above the rows, fitted to `width`.
pub fn heading(width: usize) -> String {
    let widths = Widths::fit(width);
    widths.line("Topic", "Value", ["Messages", "Rate", "Age"])
}

/// One row of the tree, fitted to `width`.
pub fn row(row: &Row, width: usize, now: Timestamp) -> String {
    let widths = Widths::fit(width);
    let indent = "  ".repeat(row.depth as usize);
    let name = if row.name.is_empty() {
        "(empty)"
    } else {
        &row.name
    };
    let mark = match row.open {
        Some(true) => "▾ ",
        Some(false) => "▸ ",
        None => "  ",
    };
    let topic = printable(&format!("{indent}{mark}{name}"));
    let age = row.newest.map(|newest| age(now.since(newest)));
    widths.line(
        &topic,
        &value(row, widths.value),
        [
            &thousands(row.messages),
            &rate(row.rate),
            &age.unwrap_or_default(),
        ],
    )
}

/// The last value on one line; retained ones are marked, closed branches say what they hold.
fn value(row: &Row, width: usize) -> String {
    match (&row.last, row.open) {
        (Some(last), _) => {
            let mark = if last.retained { "⚑ " } else { "" };
            printable(&format!("{mark}{}", preview(&last.payload, width)))
        }
        (None, Some(false)) => format!("{} topics", thousands(row.topics.into())),
        (None, _) => String::new(),
    }
}

/// Sums over the connection.
pub fn totals(totals: &Totals) -> String {
    format!(
        "{} topics · {} messages · {}/s",
        thousands(totals.topics.into()),
        thousands(totals.messages),
        match rate(totals.rate_in) {
            none if none.is_empty() => "0".to_owned(),
            rate => rate,
        }
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Widths {
    topic: usize,
    value: usize,
}

impl Widths {
    /// What is left of the numbers goes to topic and value in equal parts.
    fn fit(width: usize) -> Self {
        let numbers: usize = NUMBERS.iter().map(|width| width + 1).sum();
        let left = width.saturating_sub(numbers + 1).max(20);
        let topic = left / 2;
        Self {
            topic,
            value: left - topic,
        }
    }

    fn line(self, topic: &str, value: &str, numbers: [&str; 3]) -> String {
        let mut line = format!("{} {}", fit(topic, self.topic), fit(value, self.value));
        for (number, width) in numbers.iter().zip(NUMBERS) {
            line.push(' ');
            line.push_str(&" ".repeat(width.saturating_sub(number.width())));
            line.push_str(number);
        }
        line.trim_end().to_owned()
    }
}

/// `text` in exactly `width` columns, with `…` where something was cut.
pub fn fit(text: &str, width: usize) -> String {
    let columns = text.width();
    if columns <= width {
        return format!("{text}{}", " ".repeat(width - columns));
    }
    let mut shown = String::new();
    let mut used = 0;
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns + 1 > width {
            break;
        }
        used += columns;
        shown.push(character);
    }
    format!("{shown}…{}", " ".repeat(width.saturating_sub(used + 1)))
}

/// Topics and payloads come from strangers: nothing in them may steer the terminal.
pub fn printable(text: &str) -> String {
    let is_steering =
        |character: char| character.is_control() || ('\u{202a}'..='\u{202e}').contains(&character);
    text.replace(is_steering, "�")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_column() {
        assert_eq!(fit("abc", 5), "abc  ");
        assert_eq!(fit("abcdef", 5), "abcd…");
        assert_eq!(fit("温度計です", 6), "温度… ");
    }

    #[test]
    fn strangers_do_not_steer_the_terminal() {
        assert_eq!(printable("a\x1b[2Jb\u{202e}c"), "a�[2Jb�c");
    }

    #[test]
    fn a_line_is_as_wide_as_asked() {
        assert_eq!(heading(80).width(), 80);
        assert!(heading(80).ends_with("Age"));
    }
}
