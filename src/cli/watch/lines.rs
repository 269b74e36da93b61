//! The tree for another program: changed topics as lines, or all of it once.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::now;
use crate::model::{Row, Totals};
use crate::mqtt::Timestamp;
use crate::payload::preview;

use super::super::exit::Outcome;
use super::{Watched, table};

/// Rows copied at a time, so that the model is never locked for long.
const CHUNK: usize = 1024;

/// Width of the table, and the longest value, where no terminal says it.
const WIDTH: usize = 120;

/// Prints the tree after a while.
///
/// # Errors
/// That of the output.
pub async fn show_once(watched: &mut Watched, after: Duration) -> io::Result<Outcome> {
    if let Some(outcome) = watched.follow_until(Instant::now() + after).await {
        return Ok(outcome);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let now = now();
    writeln!(out, "{}", table::heading(WIDTH))?;
    let totals = each_row(watched, now, |row| {
        writeln!(out, "{}", table::row(row, WIDTH, now))
    })?;
    writeln!(out, "{}", table::totals(&totals))?;
    out.flush()?;
    Ok(Outcome::SUCCESS)
}

/// Prints topics that changed as `topic value`, until the connection ends.
///
/// # Errors
/// That of the output.
pub async fn show_changes(watched: &mut Watched, every: Duration) -> io::Result<Outcome> {
    let mut seen = Timestamp::from_micros(i64::MIN);
    let mut revision = None;
    let mut trouble = None;
    loop {
        if let Some(outcome) = watched.follow_until(Instant::now() + every).await {
            return Ok(outcome);
        }
        if watched.trouble != trouble {
            trouble.clone_from(&watched.trouble);
            super::super::complain(trouble.as_deref().unwrap_or("Connected again."));
        }
        let current = Some(watched.live.model().lock().revision());
        if current != revision {
            revision = current;
            seen = print_changes(watched, seen)?;
        }
    }
}

/// Prints every topic whose last message came after `seen`, and returns the time of the newest one.
fn print_changes(watched: &Watched, seen: Timestamp) -> io::Result<Timestamp> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut newest = seen;
    let mut path: Vec<String> = Vec::new();
    each_row(watched, now(), |row| {
        path.truncate(row.depth as usize);
        path.push(row.name.to_string());
        let Some(last) = row.last.as_ref().filter(|last| last.at > seen) else {
            return Ok(());
        };
        newest = newest.max(last.at);
        let value = preview(&last.payload, WIDTH);
        let line = table::printable(&format!("{} {value}", path.join("/")));
        writeln!(out, "{line}")
    })?;
    out.flush()?;
    Ok(newest)
}

/// Opens the whole tree and hands over every row of it, and the sums.
fn each_row(
    watched: &Watched,
    now: Timestamp,
    mut visit: impl FnMut(&Row) -> io::Result<()>,
) -> io::Result<Totals> {
    let model = watched.live.model();
    model.lock().set_open_below(None, true);
    let mut rows = Vec::with_capacity(CHUNK);
    let mut first = 0;
    loop {
        rows.clear();
        model.lock().rows(first, CHUNK, now, &mut rows);
        if rows.is_empty() {
            return Ok(model.lock().totals(now));
        }
        first += rows.len();
        rows.iter().try_for_each(&mut visit)?;
    }
}
