//! Thinning out: of each column of pixels the first, the lowest, the highest and the last value, so that no extreme is
//! lost and a line looks as if every value were drawn.

use std::ops::Range;

use super::Series;
use crate::mqtt::Timestamp;

/// Values between which the usual time is looked for.
const LOOKED_AT: usize = 2_000;
/// Fewer values than this have no usual time between them.
const FEWEST: usize = 8;
/// So many times the usual time between two values is a gap.
const GAP: i64 = 10;
/// A shorter time is never a gap, in microseconds.
const SHORTEST_GAP: i64 = 3_000_000;

/// What can be said of the values within a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// How many they are.
    pub count: usize,
    /// Place of the lowest; the first of several.
    pub min: usize,
    /// Place of the highest; the first of several.
    pub max: usize,
    /// Place of the last one.
    pub last: usize,
    /// Their mean, each counted once.
    pub mean: f64,
}

/// A series thinned out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reduced {
    /// Places of the values that are drawn, ascending.
    pub places: Vec<usize>,
    /// Those of them before which the line is interrupted, because nothing came for much longer than usual.
    pub breaks: Vec<usize>,
    /// What all values within the time say; `None` when there is none.
    pub stats: Option<Stats>,
}

/// The column of a time when columns are `width` microseconds wide. Columns stand still while time goes on, so that a line
/// does not tremble.
pub fn column_of(at: Timestamp, width: i64) -> i64 {
    at.as_micros().div_euclid(width.max(1))
}

/// The values from `from` to `to` that are drawn when columns are `width` microseconds wide, with one more at either side,
/// to which the line leads.
pub fn reduce(series: &Series, (from, to): (Timestamp, Timestamp), width: i64) -> Reduced {
    let within = series.places(from, to);
    let mut reduced = Reduced {
        stats: stats_of(series, within.clone()),
        ..Reduced::default()
    };
    reduced.places.extend(within.start.checked_sub(1));
    let mut start = within.start;
    while start < within.end {
        let column = column_of(series.times[start], width);
        let rest = &series.times[start..within.end];
        let count = count_while(rest, |at| column_of(*at, width) == column);
        push_column(series, start..start + count, &mut reduced.places);
        start += count;
    }
    reduced
        .places
        .extend((within.end < series.len()).then_some(within.end));
    reduced.breaks = breaks(series, &within, &reduced.places);
    reduced
}

/// How many items at the beginning are so: doubling steps, then halves.
fn count_while(times: &[Timestamp], is_so: impl Fn(&Timestamp) -> bool) -> usize {
    let mut step = 1;
    while step < times.len() && is_so(&times[step]) {
        step *= 2;
    }
    let end = step.min(times.len());
    let known = (step / 2).min(end);
    known + times[known..end].partition_point(is_so)
}

/// The first, lowest, highest and last of a column, each once.
fn push_column(series: &Series, column: Range<usize>, places: &mut Vec<usize>) {
    let (first, last) = (column.start, column.end - 1);
    let (min, max) = extremes(series, column);
    let mut four = [first, min.min(max), min.max(max), last];
    four.sort_unstable();
    for place in four {
        if places.last() != Some(&place) {
            places.push(place);
        }
    }
}

/// Places of the lowest and the highest value of a range that is not empty.
fn extremes(series: &Series, range: Range<usize>) -> (usize, usize) {
    let mut found = (range.start, range.start);
    for place in range {
        let value = series.values[place];
        if value < series.values[found.0] {
            found.0 = place;
        }
        if value > series.values[found.1] {
            found.1 = place;
        }
    }
    found
}

/// What the values from `from` up to and including `to` say; `None` when there is none.
pub fn stats(series: &Series, (from, to): (Timestamp, Timestamp)) -> Option<Stats> {
    stats_of(series, series.places(from, to))
}

fn stats_of(series: &Series, within: Range<usize>) -> Option<Stats> {
    let last = within.end.checked_sub(1).filter(|_| !within.is_empty())?;
    let count = within.len();
    let (min, max) = extremes(series, within.clone());
    let mean = mean_of(&series.values[within]);
    Some(Stats {
        count,
        min,
        max,
        last,
        mean,
    })
}

/// The mean with what rounding loses carried along (Neumaier): the mean of equal values is that value.
fn mean_of(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for &value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    let mean = (sum + lost) / count;
    if mean.is_finite() {
        return mean;
    }
    // the sum of large values became infinite
    let mean: f64 = values.iter().map(|value| value / count).sum();
    mean.clamp(f64::MIN, f64::MAX)
}

/// The drawn places before which much more time passed than usual.
fn breaks(series: &Series, within: &Range<usize>, places: &[usize]) -> Vec<usize> {
    let Some(longest) = longest_usual(series, within) else {
        return Vec::new();
    };
    // values that are not drawn lie within a column: a gap is between two that are
    let is_gap = |pair: &&[usize]| {
        let before = pair[1] - 1;
        series.times[pair[1]].as_micros() - series.times[before].as_micros() > longest
    };
    let gaps = places.windows(2).filter(is_gap);
    gaps.map(|pair| pair[1]).collect()
}

/// The longest time between two values that is no gap; states last until they change.
fn longest_usual(series: &Series, within: &Range<usize>) -> Option<i64> {
    if series.is_state() || within.len() < FEWEST {
        return None;
    }
    let start = within.end.saturating_sub(LOOKED_AT).max(within.start);
    let times = &series.times[start..within.end];
    let mut between: Vec<i64> = times
        .windows(2)
        .map(|pair| pair[1].as_micros() - pair[0].as_micros())
        .collect();
    let middle = between.len() / 2;
    let (_, usual, _) = between.select_nth_unstable(middle);
    Some(usual.saturating_mul(GAP).max(SHORTEST_GAP))
}
