//! Memory for each topic, as a fresh process sees it.

use std::process::Command;

use super::super::BenchError;
use super::super::measure::usage;
use super::super::topics::Shape;
use super::feed::{Feed, PAYLOAD};
use crate::cli::ModelBenchArgs;

/// Starts this program again for one case and reads what it prints.
pub(super) fn bytes_for_each_topic(topics: usize, shape: Shape) -> Result<f64, BenchError> {
    let failed = || {
        BenchError::new(
            "A second process to measure memory with could not be run. Check that this program may be started.",
        )
    };
    let program = std::env::current_exe().map_err(|_unknown| failed())?;
    let topics = topics.to_string();
    let arguments = ["bench", "model", "--topics", &topics, "--only-memory"];
    let output = Command::new(program)
        .args(arguments)
        .arg(shape.title())
        .output()
        .map_err(|_cannot_start| failed())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_no_number| failed())
}

/// What the second process does.
pub(super) fn print_growth(args: &ModelBenchArgs, shape: &str) -> Result<(), BenchError> {
    let shape = if shape == Shape::Flat.title() {
        Shape::Flat
    } else {
        Shape::Deep
    };
    let topics = args.topics.first().copied().unwrap_or(10_000).max(1);
    let mut feed = Feed::new(topics, shape, args);
    // what the first batch needs once and for all does not count
    let before = usage(std::process::id())?.resident;
    feed.take(topics, |number| number)?;
    let after = usage(std::process::id())?.resident;
    let grown = after.saturating_sub(before) as f64 - (topics * PAYLOAD) as f64;
    super::super::report::line(&format!("{:.1}", grown / topics as f64))
}
