//! What a bench found, as tables for people or one JSON document for programs.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::BenchError;

/// One figure or word of a table.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// A word.
    Text(String),
    /// A figure, and how many decimals a person wants to see of it.
    Number(f64, usize),
    /// Not measured here.
    Missing,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value, decimals) => with_thousands(*value, *decimals),
            Self::Missing => "–".to_owned(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(value, _) => json!(value),
            Self::Missing => Value::Null,
        }
    }
}

/// `1234567.8` → `1,234,567.8`.
fn with_thousands(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

/// A table: its columns carry their unit in the heading, as “updates/s” or “µs a frame, p99”.
#[derive(Debug)]
pub(super) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    /// Rows that are printed, evenly chosen; a program gets all of them.
    printed: usize,
}

impl Table {
    pub(super) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
            printed: usize::MAX,
        }
    }

    /// Prints only so many rows (at least two), the first and the last among them. JSON holds all.
    pub(super) fn shortened_to(mut self, rows: usize) -> Self {
        self.printed = rows.max(2);
        self
    }

    /// The rows to print.
    fn printed_rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        let (all, printed) = (self.rows.len(), self.printed.min(self.rows.len()));
        let gaps = printed.saturating_sub(1).max(1);
        let last = all.saturating_sub(1);
        (0..printed).map(move |place| &self.rows[place * last / gaps])
    }

    /// Adds a row with a cell for each column.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let shown: Vec<Vec<String>> = self
            .printed_rows()
            .map(|row| row.iter().map(Cell::shown).collect())
            .collect();
        let width = |column: usize| {
            let cells = shown.iter().filter_map(|row| row.get(column));
            let heading = self.columns[column].chars().count();
            cells
                .map(|cell| cell.chars().count())
                .fold(heading, usize::max)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        writeln!(out, "{}\n", self.title)?;
        print_row(out, &self.columns, &widths)?;
        let rules: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
        print_row(out, &rules, &widths)?;
        for row in &shown {
            print_row(out, row, &widths)?;
        }
        writeln!(out)
    }

    fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let pairs = self.columns.iter().cloned().zip(row.iter().map(Cell::json));
            Value::Object(pairs.collect::<Map<_, _>>())
        };
        let rows: Vec<Value> = self.rows.iter().map(object).collect();
        json!({ "title": self.title, "rows": rows })
    }
}

/// The first column to the left, figures to the right.
fn print_row(out: &mut impl Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    for (column, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        if column == 0 {
            write!(out, "  {cell:<width$}")?;
        } else {
            write!(out, "  {cell:>width$}")?;
        }
    }
    writeln!(out)
}

/// Takes tables as they are finished; a person sees them at once.
#[derive(Debug)]
pub(super) struct Report {
    as_json: bool,
    tables: Vec<Value>,
    notes: Vec<String>,
}

impl Report {
    pub(super) fn new(as_json: bool) -> Self {
        Self {
            as_json,
            tables: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a finished table.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn add(&mut self, table: &Table) -> Result<(), BenchError> {
        if self.as_json {
            self.tables.push(table.json());
            return Ok(());
        }
        table
            .print(&mut io::stdout().lock())
            .map_err(|err| closed(&err))
    }

    /// Adds a sentence that a reader of the figures must know: what was skipped, which versions were compared.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn note(&mut self, sentence: impl Into<String>) -> Result<(), BenchError> {
        let sentence = sentence.into();
        if self.as_json {
            self.notes.push(sentence);
            return Ok(());
        }
        writeln!(io::stdout().lock(), "{sentence}\n").map_err(|err| closed(&err))
    }

    /// Shows a person something drawn with letters; the figures in it are in a table too.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn picture(&mut self, drawn: &str) -> Result<(), BenchError> {
        if self.as_json {
            return Ok(());
        }
        writeln!(io::stdout().lock(), "{drawn}").map_err(|err| closed(&err))
    }

    /// Ends the report: prints the JSON document, if that was asked for.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn finish(self) -> Result<(), BenchError> {
        if !self.as_json || self.tables.is_empty() {
            return Ok(());
        }
        let document = json!({
            "canopy": env!("CARGO_PKG_VERSION"),
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "tables": self.tables,
            "notes": self.notes,
        });
        writeln!(io::stdout().lock(), "{document:#}").map_err(|err| closed(&err))
    }
}

/// Prints one line by itself, for a program that this one started.
///
/// # Errors
/// When standard output is closed.
pub(super) fn line(text: &str) -> Result<(), BenchError> {
    writeln!(io::stdout().lock(), "{text}").map_err(|err| closed(&err))
}

fn closed(err: &io::Error) -> BenchError {
    BenchError::new(format!("The report could not be written: {err}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        assert_eq!(with_thousands(1_234_567.84, 1), "1,234,567.8");
        assert_eq!(with_thousands(-999.0, 0), "-999");
        assert_eq!(with_thousands(-1000.0, 0), "-1,000");
        assert_eq!(with_thousands(0.5, 2), "0.50");
    }

    #[test]
    fn a_table_is_aligned() {
        let mut table = Table::new("Frames", &["load", "ms"]);
        table.row(vec!["idle".into(), Cell::Number(0.25, 2)]);
        table.row(vec!["200k/s".into(), Cell::Missing]);
        let mut out = Vec::new();
        table.print(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "Frames\n\n  load      ms\n  ──────  ────\n  idle    0.25\n  200k/s     –\n\n"
        );
        assert_eq!(table.json()["rows"][0]["ms"], json!(0.25));
        assert_eq!(table.json()["rows"][1]["ms"], Value::Null);
    }

    #[test]
    fn a_long_table_is_shortened_for_people_only() {
        let mut table = Table::new("Seconds", &["second"]).shortened_to(3);
        (1..=101).for_each(|second| table.row(vec![Cell::Number(f64::from(second), 0)]));
        let mut out = Vec::new();
        table.print(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let shown: Vec<&str> = text.lines().skip(4).map(str::trim).collect();
        assert_eq!(shown, ["1", "51", "101", ""]);
        assert_eq!(table.json()["rows"].as_array().unwrap().len(), 101);
        let short = Table::new("One", &["x"]).shortened_to(3);
        assert_eq!(short.printed_rows().count(), 0);
    }
}
