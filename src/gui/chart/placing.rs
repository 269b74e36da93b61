//! Which axis measures a value that was just added: beside much larger or smaller ones it would be a level line.

use super::drawn::{Drawn, Line};
use crate::profile::{Chart, ChartAxis, SeriesKey};

/// Values up to so many times as large as others share an axis with them.
const SIMILAR: f64 = 20.0;
/// Of more than so many values at once nobody wants some at the right.
const MOST: usize = 32;

/// Values that were added and have not been seen yet.
#[derive(Debug, Default)]
pub struct Placing(Vec<SeriesKey>);

impl Placing {
    /// A value was added.
    pub fn add(&mut self, key: SeriesKey) {
        if self.0.len() < MOST {
            self.0.push(key);
        }
    }

    /// Somebody has chosen its axis.
    pub fn forget(&mut self, key: &SeriesKey) {
        self.0.retain(|waiting| waiting != key);
    }

    /// The values among those added that belong to the right axis, now that their lines are known.
    pub fn placed(&mut self, chart: &Chart, drawn: &Drawn) -> Vec<SeriesKey> {
        if self.0.is_empty() || drawn.request.keys.len() != chart.series.len() {
            return Vec::new();
        }
        let (mut left, mut right) = (0.0_f64, 0.0_f64);
        let mut placed = Vec::new();
        for (series, line) in chart.series.iter().zip(&drawn.lines) {
            let Some(size) = size_of(line) else {
                continue;
            };
            let at = self.0.iter().position(|key| *key == series.key);
            let is_new = at.map(|at| self.0.swap_remove(at)).is_some();
            if series.axis == ChartAxis::Left && is_new && is_right(size, left, right) {
                placed.push(series.key.clone());
                right = right.max(size);
            } else if series.axis == ChartAxis::Left {
                left = left.max(size);
            } else {
                right = right.max(size);
            }
        }
        placed
    }
}

/// How far from zero a line goes.
fn size_of(line: &Line) -> Option<f64> {
    let figures = line.figures.as_ref()?;
    Some(figures.min.0.abs().max(figures.max.0.abs()))
}

/// Whether a value of this size belongs to the right axis, beside others of those sizes; 0 where there are none.
fn is_right(size: f64, left: f64, right: f64) -> bool {
    let is_free = right <= 0.0 || is_similar(size, right);
    size > 0.0 && left > 0.0 && !is_similar(size, left) && is_free
}

fn is_similar(one: f64, other: f64) -> bool {
    one <= other * SIMILAR && other <= one * SIMILAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_level_goes_to_the_right() {
        for (size, left, right, expected) in [
            (25.0, 0.0, 0.0, false),
            (25.0, 100.0, 0.0, false),
            (25.0, 1266.0, 0.0, true),
            (1.2e19, 25.0, 0.0, true),
            (25.0, 1.2e19, 30.0, true),
            (25.0, 1.2e19, 1266.0, false),
            (0.0, 1266.0, 0.0, false),
        ] {
            assert_eq!(
                is_right(size, left, right),
                expected,
                "{size} {left} {right}"
            );
        }
    }
}
