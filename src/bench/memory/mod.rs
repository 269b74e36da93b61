//! `canopy bench memory`: what the history and the whole process take while a flood comes in, second by second.
//!
//! | file | what it does |
//! |---|---|
//! | `samples` | what is noted each second, and how far it is off the budget |
//! | `curve` | the curve in a terminal |
//! | `svg` | the curve as a picture |

mod curve;
mod samples;
mod svg;

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::BenchError;
use super::flood::Flood;
use super::measure::usage;
use super::report::{Cell, Report, Table};
use crate::cli::MemoryBenchArgs;
use crate::client::{Config, State, now};
use crate::live::Live;
use crate::model::Model;
use crate::profile::{Profile, Subscription};
use samples::{MIB, Sample, Samples};

/// How often is looked while the first messages come in.
const LOOK: Duration = Duration::from_millis(5);
/// How long the flood may take to reach all topics.
const PATIENCE: Duration = Duration::from_mins(1);
/// Time between two samples, unless the whole run is short.
const INTERVAL: Duration = Duration::from_secs(1);
/// Samples of a short run.
const SAMPLES: u32 = 20;
/// Rows that a person sees; a program gets all.
const ROWS: usize = 15;

pub(super) fn run(args: &MemoryBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    let runtime = super::runtime()?;
    let topics = args.topics.to_string();
    let size = args.size.to_string();
    let flood = Flood::start(&["--topics", &topics, "--size", &size])?;
    let model = Arc::new(Mutex::new(Model::new(args.budget * MIB)));
    let mut live = Live::open(runtime.handle(), config(flood.port), model, Arc::new(|| {}))
        .map_err(|err| BenchError::new(format!("This system gives no thread: {err}.")))?;
    let samples = watch(&mut live, args)?;
    drop((live, flood));
    tell(args, &samples, report)
}

fn config(port: u16) -> Config {
    let everything = Subscription::for_window("#", crate::mqtt::Qos::AtMostOnce);
    let profile = Profile {
        port,
        subscriptions: vec![everything],
        reconnect: false,
        ..Profile::default()
    };
    Config {
        profile,
        ..Config::default()
    }
}

/// Notes samples until the time is over.
fn watch(live: &mut Live, args: &MemoryBenchArgs) -> Result<Samples, BenchError> {
    let before = wait_for_all_topics(live, args.topics)?;
    let mut samples = Samples::new(args.budget * MIB, before);
    let whole = Duration::from_secs_f64(args.minutes * 60.0);
    let interval = INTERVAL.min(whole / SAMPLES);
    let start = Instant::now();
    let mut next = start;
    while next - start < whole {
        next += interval;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        samples.add(sample(live, start)?);
    }
    Ok(samples)
}

/// The sample taken when every topic has been seen, so that what the tree takes is part of the start.
fn wait_for_all_topics(live: &mut Live, topics: usize) -> Result<Sample, BenchError> {
    let start = Instant::now();
    loop {
        let sample = sample(live, start)?;
        if sample.topics as usize >= topics {
            return Ok(sample);
        }
        if start.elapsed() > PATIENCE {
            return Err(BenchError::new(format!(
                "Only {} of {topics} topics came within a minute. Use fewer with --topics.",
                sample.topics
            )));
        }
        std::thread::sleep(LOOK);
    }
}

fn sample(live: &mut Live, start: Instant) -> Result<Sample, BenchError> {
    while live.next_event().is_some() {}
    if let State::Ended(Some(failure)) = live.state() {
        return Err(BenchError::new(failure.to_string()));
    }
    let totals = live.model().lock().totals(now());
    Ok(Sample {
        seconds: start.elapsed().as_secs_f64(),
        topics: totals.topics,
        messages: totals.messages,
        trimmed: totals.trimmed,
        history: totals.history_bytes + totals.last_bytes,
        resident: usage(std::process::id())?.resident,
    })
}

fn tell(args: &MemoryBenchArgs, samples: &Samples, report: &mut Report) -> Result<(), BenchError> {
    report.add(&second_by_second(args, samples))?;
    report.picture(&curve::draw(samples))?;
    report.add(&once_full(samples))?;
    report.note(
        "History is what the model counts, the last message of every topic included. Grown is the resident memory of the \
         process beyond what it took when all topics had been seen and hardly anything was kept; queues and buffers of the \
         connection are part of it.",
    )?;
    let Some(path) = &args.svg else {
        return Ok(());
    };
    let title = format!("{} bytes on {} topics", args.size, args.topics);
    std::fs::write(path, svg::draw(&title, samples)).map_err(|err| {
        BenchError::new(format!(
            "{} could not be written: {err}. Choose another file with --svg.",
            path.display()
        ))
    })?;
    report.note(format!("The curve is in {}.", path.display()))
}

fn second_by_second(args: &MemoryBenchArgs, samples: &Samples) -> Table {
    let mut table = Table::new(
        format!(
            "Memory in a flood of {} bytes on {} topics, with {} MiB for the history",
            args.size, args.topics, args.budget
        ),
        &[
            "second",
            "messages",
            "messages/s",
            "trimmed",
            "history MiB",
            "history, % of budget",
            "resident MiB",
            "grown MiB",
            "grown, % of budget",
        ],
    )
    .shortened_to(ROWS);
    let budget = samples.budget() as f64;
    let mut before = *samples.before();
    for sample in samples.all() {
        let grown = samples.grown(sample);
        table.row(vec![
            Cell::Number(sample.seconds, 1),
            Cell::Number(sample.messages as f64, 0),
            Cell::Number(sample.messages_per_second(&before), 0),
            Cell::Number(sample.trimmed as f64, 0),
            Cell::Number(sample.history as f64 / MIB as f64, 1),
            Cell::Number(sample.history as f64 / budget * 100.0, 1),
            Cell::Number(sample.resident as f64 / MIB as f64, 1),
            Cell::Number(grown / MIB as f64, 1),
            Cell::Number(grown / budget * 100.0, 1),
        ]);
        before = *sample;
    }
    table
}

fn once_full(samples: &Samples) -> Table {
    let mut table = Table::new(
        "Once the history was full",
        &["what", "least", "most", "largest deviation %"],
    );
    let budget = samples.budget() as f64;
    let figures = [
        ("history, % of its budget", samples.full_history()),
        ("grown, % of the budget", samples.full_grown()),
    ];
    for (what, range) in figures {
        let cells = match range {
            Some((least, most)) => {
                let (least, most) = (least / budget * 100.0, most / budget * 100.0);
                let off = (least - 100.0).abs().max((most - 100.0).abs());
                [
                    Cell::Number(least, 1),
                    Cell::Number(most, 1),
                    Cell::Number(off, 1),
                ]
            }
            None => [Cell::Missing, Cell::Missing, Cell::Missing],
        };
        table.row([Cell::from(what)].into_iter().chain(cells).collect());
    }
    table
}
