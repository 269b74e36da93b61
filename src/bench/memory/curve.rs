//! The curve of memory in a terminal: a column for each span of time, as high as the process has grown.

use std::fmt::Write;

use super::samples::{MIB, Samples};

const COLUMNS: usize = 64;
const LINES: usize = 9;
/// The top of the curve, as a multiple of the budget.
const TOP: f64 = 1.2;
/// An empty cell and its eighths from the bottom.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The curve as lines of text.
pub(super) fn draw(samples: &Samples) -> String {
    let columns = heights(samples);
    let budget = samples.budget() as f64 / MIB as f64;
    let per_line = budget * TOP / LINES as f64;
    let mut text = String::from("Grown, MiB\n\n");
    for line in (0..LINES).rev() {
        let bottom = line as f64 * per_line;
        let is_budget = bottom < budget && budget <= bottom + per_line;
        let label = if is_budget { budget } else { bottom + per_line };
        let tick = if is_budget { '┼' } else { '┤' };
        let cells = columns
            .iter()
            .map(|&height| cell((height - bottom) / per_line));
        let cells: String = cells.collect();
        let note = if is_budget { " the budget" } else { "" };
        // Writing to a string cannot fail.
        writeln!(text, "  {label:>8.0} {tick}{cells}{note}").ok();
    }
    let end = format!("{:.1} min", samples.seconds() / 60.0);
    writeln!(text, "  {:>8} └{}", 0, "─".repeat(columns.len())).ok();
    writeln!(
        text,
        "  {:>8}  0{end:>width$}",
        "",
        width = columns.len().max(8) - 1
    )
    .ok();
    text
}

/// The most that was reached in each span of time, MiB.
fn heights(samples: &Samples) -> Vec<f64> {
    let all = samples.all();
    let mut heights = vec![0.0_f64; COLUMNS.min(all.len())];
    let columns = heights.len();
    for (index, sample) in all.iter().enumerate() {
        let height = &mut heights[index * columns / all.len()];
        *height = height.max(samples.grown(sample) / MIB as f64);
    }
    heights
}

/// A cell that is filled to this part.
fn cell(part: f64) -> char {
    let filled = |&eighths: &i32| part * 8.0 >= f64::from(eighths) - 0.5;
    EIGHTHS[(1..=8).filter(filled).count()]
}

#[cfg(test)]
mod tests {
    use super::super::samples::Sample;
    use super::*;

    #[test]
    fn a_full_history_reaches_the_line_of_the_budget() {
        let sample = |seconds: u32, mib: u64| Sample {
            seconds: f64::from(seconds),
            topics: 1,
            messages: 0,
            trimmed: 0,
            history: mib * MIB,
            resident: mib * MIB,
        };
        let mut samples = Samples::new(90 * MIB, sample(0, 0));
        (1..=30).for_each(|second| samples.add(sample(second, 90.min(u64::from(second) * 9))));
        let text = draw(&samples);
        let line = |wanted: &str| text.lines().find(|line| line.contains(wanted)).unwrap();
        assert!(line("the budget").contains("90 ┼"));
        assert!(line("the budget").matches(['▄', '▅', '▃']).count() >= 20);
        assert!(!line("108 ┤").contains('█'));
        assert!(line("12 ┤").matches('█').count() >= 28);
        assert!(text.ends_with("0.5 min\n"));
    }
}
