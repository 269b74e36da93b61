//! The tree for another program: changed topics as lines, or all of it once.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::client::now;
use crate::model::{Chore, Message, MessageId, Model, SortJob};
use crate::payload::preview;

use super::super::exit::Outcome;
use super::{Watched, table};

/// Rows or messages looked at for each time the model is locked.
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
    print_tree(watched.live.model())?;
    Ok(Outcome::SUCCESS)
}

/// Prints topics that changed as `topic value`, until the connection ends.
///
/// # Errors
/// That of the output.
pub async fn show_changes(watched: &mut Watched, every: Duration) -> io::Result<Outcome> {
    let mut seen = MessageId(0);
    let mut trouble = None;
    loop {
        if let Some(outcome) = watched.follow_until(Instant::now() + every).await {
            return Ok(outcome);
        }
        if watched.trouble != trouble {
            trouble.clone_from(&watched.trouble);
            super::super::complain(trouble.as_deref().unwrap_or("Connected again."));
        }
        seen = print_changes(watched.live.model(), seen)?;
    }
}

/// Prints the last value of every topic that got one since the message `seen`, and returns where to go on.
fn print_changes(model: &Mutex<Model>, mut seen: MessageId) -> io::Result<MessageId> {
    let upto = model.lock().next_id();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut changes = Vec::new();
    while seen < upto {
        seen = take_changes(&model.lock(), seen, upto, &mut changes);
        for (path, last) in changes.drain(..) {
            let value = preview(&last.payload, WIDTH);
            let line = table::printable(&format!("{path} {value}"));
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    Ok(seen)
}

/// Copies the next changes, and returns where to go on. What came in after `upto` goes with the last of them, so that
/// a topic whose next message is always there before its line could be printed is not passed over for ever.
fn take_changes(
    model: &Model,
    seen: MessageId,
    upto: MessageId,
    changes: &mut Vec<(String, Message)>,
) -> MessageId {
    let chunk = MessageId(seen.0.saturating_add(CHUNK as u64));
    let end = if chunk < upto { chunk } else { model.next_id() };
    let last_ones = model.last_among(seen, end);
    changes.extend(last_ones.map(|(topic, last)| (model.path(topic), last)));
    end
}

/// Opens the whole tree and prints every row of it, and the sums.
fn print_tree(model: &Mutex<Model>) -> io::Result<()> {
    let now = now();
    open_and_freeze(model);
    let totals = model.lock().totals(now);
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{}", table::heading(WIDTH))?;
    let mut rows = Vec::with_capacity(CHUNK);
    let mut first = 0;
    loop {
        rows.clear();
        model.lock().rows(first, CHUNK, now, &mut rows);
        if rows.is_empty() {
            break;
        }
        first += rows.len();
        for row in &rows {
            writeln!(out, "{}", table::row(row, WIDTH, now))?;
        }
    }
    writeln!(out, "{}", table::totals(&totals))?;
    out.flush()
}

/// Opens the whole tree, puts it in order, and lets its rows stand still, so that none moves past the one who reads
/// them piece by piece.
fn open_and_freeze(model: &Mutex<Model>) {
    open_all(model);
    model.lock().set_paused(true);
    // Branches that came in meanwhile.
    open_all(model);
}

fn open_all(model: &Mutex<Model>) {
    model.lock().set_open_below(None, true);
    loop {
        // The lock must be free again before a branch is sorted.
        let chore = model.lock().next_chore();
        match chore {
            Chore::Done => return,
            Chore::Drop(rubbish) => drop(rubbish),
            Chore::More => {}
            Chore::Sort(job) => sort(model, job),
        }
    }
}

fn sort(model: &Mutex<Model>, mut job: SortJob) {
    while model.lock().sort_step(&mut job, CHUNK) {}
    let sorted = job.finish();
    model.lock().set_sorted(sorted);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Publish, Qos, Timestamp, TopicName};

    const TOPICS: usize = 3_000;

    fn take_in(model: &mut Model, topic: &str) {
        let message = Publish {
            topic: TopicName::new(topic).expect("a topic"),
            payload: "x".into(),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: None,
        };
        // What one read of the socket brings has one time.
        model.insert(&message, Timestamp::from_micros(1));
    }

    fn changes(model: &Model, seen: &mut MessageId) -> Vec<String> {
        let mut changes = Vec::new();
        let upto = model.next_id();
        while *seen < upto {
            *seen = take_changes(model, *seen, upto, &mut changes);
        }
        changes.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn all_rows_are_there_however_many_branches() {
        let model = Mutex::new(Model::new(1 << 20));
        for number in 0..TOPICS {
            take_in(&mut model.lock(), &format!("a/{number}/b/c"));
        }
        open_and_freeze(&model);
        assert_eq!(model.lock().row_count(), 1 + 3 * TOPICS);
    }

    #[test]
    fn messages_of_the_same_time_are_changes_all_the_same() {
        let mut model = Model::new(1 << 20);
        let mut seen = MessageId(0);
        take_in(&mut model, "a");
        assert_eq!(changes(&model, &mut seen), ["a"]);
        for topic in ["b", "c", "b", "a/d"] {
            take_in(&mut model, topic);
        }
        assert_eq!(changes(&model, &mut seen), ["c", "b", "a/d"]);
        assert!(changes(&model, &mut seen).is_empty());
    }

    #[test]
    fn a_topic_that_never_rests_has_its_turn() {
        let mut model = Model::new(1 << 20);
        take_in(&mut model, "busy");
        let upto = model.next_id();
        take_in(&mut model, "busy");
        let mut changes = Vec::new();
        let seen = take_changes(&model, MessageId(0), upto, &mut changes);
        assert_eq!((changes.len(), seen), (1, MessageId(2)));
    }
}
