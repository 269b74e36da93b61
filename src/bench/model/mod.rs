//! `canopy bench model`: the topic tree alone, without a network and without a window.
//!
//! How each figure is taken:
//!
//! - **New topics/s** is one message for each topic, in the order of their numbers, into an empty model.
//! - **Updates/s** are messages for topics that are there already: *hot* ones go to 1,000 topics in turn, *cold* ones to
//!   any topic at random, so that hardly anything is in the processor's cache. Both are taken after the history
//!   budget (the default one) has filled up, so that each message also trims an old one. Messages are made
//!   beforehand, 256 at a time, and handed over in one piece as the feeding thread does; only the CPU time of
//!   handing them over counts, on one thread.
//! - **Lock** is the same CPU time for one such piece of 256: as long as the window may have to wait for it.
//! - **Bytes per topic** is what the resident memory of a fresh process grows by while it takes in one message for each
//!   topic, less the bytes of the payloads, divided by the topics: nodes, names, indexes and the record of the last
//!   message, with what the allocator adds.
//! - **Rows** is the time to copy 60 rows from anywhere out of the model, with every branch open.
//! - **Filter** types a text letter by letter and waits after each for the answer of the search worker that the window
//!   uses: until the first matches stand in the rows, and until all do. The window looks at most 33 ms after that. Beside it a
//!   thread that does nothing else asks for the model's lock again and again, and notes how long it waits.

mod feed;
mod look;
mod memory;

use super::BenchError;
use super::measure::median;
use super::report::{Cell, Report, Table};
use super::topics::Shape;
use crate::cli::ModelBenchArgs;

const SHAPES: [Shape; 2] = [Shape::Deep, Shape::Flat];

pub(super) fn run(args: &ModelBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    if let Some(shape) = args.only_memory.as_deref() {
        return memory::print_growth(args, shape);
    }
    let cases: Vec<(usize, Shape)> = args
        .topics
        .iter()
        .flat_map(|&topics| SHAPES.map(|shape| (topics, shape)))
        .collect();
    let mut filters = Table::new(
        "Filter: from each letter typed to the matches in the rows",
        &[
            "topics",
            "filter",
            "first ms, median",
            "first ms, worst",
            "all ms, median",
            "all ms, worst",
            "lock wait µs, p99",
            "lock wait µs, worst",
        ],
    );
    let mut measured: Vec<Vec<feed::Figures>> = vec![Vec::new(); cases.len()];
    for run in 0..args.runs.max(1) {
        for (case, &(topics, shape)) in cases.iter().enumerate() {
            let (model, figures) = feed::measure(topics, shape, args)?;
            measured[case].push(figures);
            if run == 0 {
                look::filters(model, topics, shape, &mut filters)?;
            }
        }
    }
    report.add(&updates(&cases, &measured)?)?;
    report.add(&filters)?;
    report.note(
        "Bytes/topic: growth of a fresh process's resident memory for one message each, less 64 bytes of payload. Lock: CPU \
         time of a piece of 256 messages. Updates trim as many old messages as come in.",
    )
}

fn updates(cases: &[(usize, Shape)], measured: &[Vec<feed::Figures>]) -> Result<Table, BenchError> {
    let mut table = Table::new(
        "Topic tree: 64-byte payloads, one core",
        &[
            "topics",
            "new topics/s",
            "hot updates/s",
            "cold updates/s",
            "lock µs, p99",
            "lock µs, worst",
            "bytes/topic",
            "60 rows µs, median",
            "60 rows µs, p99",
        ],
    );
    for (&(topics, shape), figures) in cases.iter().zip(measured) {
        let middle =
            |of: fn(&feed::Figures) -> f64| median(&figures.iter().map(of).collect::<Vec<f64>>());
        table.row(vec![
            title(topics, shape).into(),
            Cell::Number(middle(|it| it.inserts), 0),
            Cell::Number(middle(|it| it.hot), 0),
            Cell::Number(middle(|it| it.cold), 0),
            Cell::Number(middle(|it| it.lock_p99), 0),
            Cell::Number(middle(|it| it.lock_worst), 0),
            Cell::Number(memory::bytes_for_each_topic(topics, shape)?, 0),
            Cell::Number(middle(|it| it.rows_median), 1),
            Cell::Number(middle(|it| it.rows_p99), 1),
        ]);
    }
    Ok(table)
}

fn title(topics: usize, shape: Shape) -> String {
    format!("{topics} {}", shape.title())
}
