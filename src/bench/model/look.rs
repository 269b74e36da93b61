//! The filter box, letter by letter, through the worker that the window uses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::super::BenchError;
use super::super::measure::{median, percentile};
use super::super::report::{Cell, Table};
use super::super::topics::Shape;
use crate::client::Wake;
use crate::live::Workers;
use crate::model::{Model, Query};

/// How long an answer may take until the bench gives up.
const LIMIT: Duration = Duration::from_mins(1);
/// Time between two looks of the thread that asks for the lock.
const BETWEEN: Duration = Duration::from_micros(200);

/// Texts to type for each kind of filter.
fn texts(shape: Shape) -> [(&'static str, &'static str); 6] {
    match shape {
        Shape::Deep => [
            ("topic substring", "machine-0042"),
            ("substring across /", "line-12/machine-06"),
            ("filter with +", "plant-3/+/line-12/+/status"),
            ("filter with #", "plant-3/#"),
            ("every topic", "#"),
            ("payload substring", "sequence\":4711"),
        ],
        Shape::Flat => [
            ("topic substring", "004242"),
            ("substring across /", "device/0042"),
            ("filter with +", "device/+"),
            ("filter with #", "device/#"),
            ("every topic", "#"),
            ("payload substring", "sequence\":4711"),
        ],
    }
}

/// Types every text and adds a row for each.
pub(super) fn filters(
    model: Model,
    topics: usize,
    shape: Shape,
    table: &mut Table,
) -> Result<(), BenchError> {
    let model = Arc::new(Mutex::new(model));
    let (sender, woken) = sync_channel(1);
    let wake: Wake = Arc::new(move || {
        sender.try_send(()).ok();
    });
    let workers = Workers::start(Arc::clone(&model), wake).map_err(|err| no_thread(&err))?;
    for (kind, text) in texts(shape) {
        let (answers, waits) = beside_waits(&model, || type_text(&workers, &woken, text))?;
        let answers = answers?;
        let first: Vec<f64> = answers.iter().map(|answer| answer.0).collect();
        let all: Vec<f64> = answers.iter().map(|answer| answer.1).collect();
        table.row(vec![
            super::title(topics, shape).into(),
            kind.into(),
            Cell::Number(median(&first), 1),
            Cell::Number(percentile(&first, 100.0), 1),
            Cell::Number(median(&all), 1),
            Cell::Number(percentile(&all, 100.0), 1),
            Cell::Number(percentile(&waits, 99.0), 0),
            Cell::Number(percentile(&waits, 100.0), 0),
        ]);
    }
    Ok(())
}

/// Milliseconds to the first matches and to all of them, for each letter.
fn type_text(
    workers: &Workers,
    woken: &Receiver<()>,
    text: &str,
) -> Result<Vec<(f64, f64)>, BenchError> {
    let mut answers = Vec::new();
    for (end, letter) in text.char_indices() {
        let typed = &text[..end + letter.len_utf8()];
        let Some(query) = Query::new(typed) else {
            continue;
        };
        let begin = Instant::now();
        workers.set_query(Some(query));
        let shows = || workers.model().lock().filter_text() == Some(typed);
        wait(woken, shows)?;
        let first = begin.elapsed();
        wait(woken, || workers.search_result().is_some())?;
        answers.push((
            first.as_secs_f64() * 1e3,
            begin.elapsed().as_secs_f64() * 1e3,
        ));
    }
    workers.set_query(None);
    Ok(answers)
}

fn wait(woken: &Receiver<()>, is_so: impl Fn() -> bool) -> Result<(), BenchError> {
    let begin = Instant::now();
    while !is_so() {
        if woken.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) || begin.elapsed() > LIMIT {
            return Err(BenchError::new(
                "A filter did not answer within a minute. Run the bench on a calmer machine.",
            ));
        }
    }
    Ok(())
}

/// Does `work` while a thread asks for the lock again and again; returns how long that waited, in microseconds.
fn beside_waits<T>(
    model: &Mutex<Model>,
    work: impl FnOnce() -> T,
) -> Result<(T, Vec<f64>), BenchError> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let prober = std::thread::Builder::new()
            .name("canopy-bench-lock".to_owned())
            .spawn_scoped(scope, || {
                let mut waits = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    drop(model.lock());
                    waits.push(begin.elapsed().as_secs_f64() * 1e6);
                    std::thread::sleep(BETWEEN);
                }
                waits
            })
            .map_err(|err| no_thread(&err))?;
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        Ok((done, prober.join().unwrap_or_default()))
    })
}

fn no_thread(err: &std::io::Error) -> BenchError {
    BenchError::new(format!(
        "The system gave no thread: {err}. End other programs and run the bench again."
    ))
}
