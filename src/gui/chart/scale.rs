//! Axes: which values lie between bottom and top, and round numbers and times between them.

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

use super::drawn::{Drawn, at_seconds, number_text};
use crate::payload::format;
use crate::profile::{Chart, ChartAxis};

/// Share of an axis left free above and below the lines.
const MARGIN: f64 = 0.08;
/// Steps between round times, in seconds.
const TIME_STEPS: [f64; 24] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0,
    120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0,
];
/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// The values at the bottom and at the top of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// At the bottom.
    pub low: f64,
    /// At the top.
    pub high: f64,
}

impl Scale {
    /// Room for these values.
    pub fn around(values: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let widen = |all: Option<(f64, f64)>, (low, high): (f64, f64)| {
            Some(all.map_or((low, high), |(l, h)| (low.min(l), high.max(h))))
        };
        let (low, high) = values.into_iter().fold(None, widen)?;
        // a level line lies in the middle
        let size = match high - low {
            size if size > 0.0 => size,
            _ => (low.abs() * 0.02)
                .max(1e-9)
                .max(if low == 0.0 { 1.0 } else { 0.0 }),
        };
        let is_level = high <= low;
        let margin = if is_level { size } else { size * MARGIN };
        Some(Self {
            low: low - margin,
            high: high + margin,
        })
    }

    /// Where a value stands, 0 at the bottom and 1 at the top.
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// Room for the same values, round at each multiple of `step` of `main`.
    fn beside(self, main: Self, step: f64) -> Self {
        let lines = (main.high - main.low) / step;
        // steps from the bottom to the first line
        let first = (main.low / step).ceil() - main.low / step;
        let mut own = round_step(self.high - self.low, lines);
        for _ in 0..6 {
            let base = (self.low / own + first).floor() * own;
            let low = base - first * own;
            let fitting = Self {
                low,
                high: low + lines * own,
            };
            if fitting.high >= self.high {
                return fitting;
            }
            own = round_step(own * 1.5, 1.0);
        }
        self
    }

    /// The value that stands there.
    pub fn value(&self, share: f64) -> f64 {
        self.low + share * (self.high - self.low)
    }
}

/// The scales of both axes; without a series an axis has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scales {
    /// At the left.
    pub left: Option<Scale>,
    /// At the right.
    pub right: Option<Scale>,
}

impl Scales {
    /// Room for everything that a view shows.
    pub fn fitting(chart: &Chart, drawn: &Drawn) -> Self {
        let of = |axis: ChartAxis| {
            let lines = chart.series.iter().zip(&drawn.lines);
            let lines = lines.filter(|(series, _)| series.axis == axis);
            Scale::around(lines.filter_map(|(_, line)| extent(line)))
        };
        Self {
            left: of(ChartAxis::Left),
            right: of(ChartAxis::Right),
        }
    }

    /// With the right axis widened until its values are round where the left one's are, when about `count` steps are
    /// marked at the left.
    pub fn aligned(mut self, count: f64) -> Self {
        if let (Some(left), Some(right)) = (self.left, self.right) {
            let step = round_step(left.high - left.low, count);
            self.right = Some(right.beside(left, step));
        }
        self
    }

    /// The scale of an axis.
    pub fn of(&self, axis: ChartAxis) -> Option<Scale> {
        match axis {
            ChartAxis::Left => self.left,
            ChartAxis::Right => self.right,
        }
    }
}

/// The lowest and highest value of a line; of one without a value within the time shown, those beside it.
fn extent(line: &super::drawn::Line) -> Option<(f64, f64)> {
    if let Some(figures) = &line.figures {
        return Some((figures.min.0, figures.max.0));
    }
    let values = line.points.iter().map(|point| point[1]);
    values.fold(None, |all: Option<(f64, f64)>, value| {
        Some(all.map_or((value, value), |(l, h)| (value.min(l), value.max(h))))
    })
}

/// A round step of which about `count` lie between two values: 1, 2 or 5 times a power of ten.
pub fn round_step(size: f64, count: f64) -> f64 {
    let rough = (size / count).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let first = rough / power;
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| first <= *round);
    round.unwrap_or(10.0) * power
}

/// A round time of which about `count` lie within `size` seconds.
pub fn round_time(size: f64, count: f64) -> f64 {
    let rough = size / count;
    let found = TIME_STEPS.into_iter().find(|step| rough <= *step);
    found.unwrap_or_else(|| (rough / DAY).ceil().max(0.5) * DAY)
}

/// All multiples of `step` in a range, as long as they are not too many.
pub fn multiples(range: &RangeInclusive<f64>, step: f64) -> Vec<f64> {
    let (first, last) = ((range.start() / step).ceil(), (range.end() / step).floor());
    if step <= 0.0 || !(0.0..200.0).contains(&(last - first)) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut at = first;
    while at <= last {
        all.push(at * step);
        at += 1.0;
    }
    all
}

/// A number on an axis whose marks are `step` apart.
pub fn axis_number(value: f64, step: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 12"
    )]
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    if value.abs() >= 1e9 || (step < 1e-9 && step > 0.0) {
        return format!("{value:.3e}");
    }
    // no minus before a zero
    let value = if value.abs() < step * 1e-6 {
        0.0
    } else {
        value
    };
    number_text(value, decimals)
}

/// A time on an axis whose marks are `step` seconds apart: with fractions where they differ, with the date from a day on.
pub fn axis_time(at: f64, step: f64, zone: &TimeZone) -> String {
    let at = at_seconds(at);
    if step < 1.0 {
        format::clock(at, zone)
    } else if step >= DAY / 4.0 {
        format::date_clock(at, zone)
            .chars()
            .skip(5)
            .take(11)
            .collect()
    } else {
        format::clock_seconds(at, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        for (size, step) in [
            (10.0, 2.0),
            (1.0, 0.2),
            (0.037, 0.01),
            (99.0, 20.0),
            (7e9, 2e9),
        ] {
            assert!((round_step(size, 5.0) / step - 1.0).abs() < 1e-9, "{size}");
        }
        assert!((round_time(300.0, 5.0) - 60.0).abs() < 1e-9);
        assert!((round_time(30.0, 5.0) - 10.0).abs() < 1e-9);
        assert!((round_time(864_000.0, 5.0) - 172_800.0).abs() < 1e-9);
        assert_eq!(multiples(&(0.9..=4.1), 1.0).len(), 4);
        assert!(multiples(&(0.0..=1e9), 1.0).is_empty());
        assert_eq!(axis_number(-1e-17, 0.2), "0.0");
        assert_eq!(axis_number(13.37, 0.01), "13.37");
    }

    #[test]
    fn the_right_axis_is_round_where_the_left_one_is() {
        for (left, right) in [
            ((0.0, 1392.0), (15.0, 25.0)),
            ((-100.0, 100.0), (0.1, 0.2)),
            ((3.7, 4.1), (-1e6, 2e6)),
        ] {
            let scales = Scales {
                left: Scale::around([left]),
                right: Scale::around([right]),
            };
            let (main, own) = (scales.left.unwrap(), scales.aligned(4.0).right.unwrap());
            assert!(own.low <= right.0 && own.high >= right.1, "{own:?}");
            let step = round_step(main.high - main.low, 4.0);
            let marks = multiples(&(main.low..=main.high), step);
            let values: Vec<f64> = marks.iter().map(|it| own.value(main.share(*it))).collect();
            let apart = values[1] - values[0];
            let round = round_step(apart * (1.0 - 1e-9), 1.0);
            assert!((round / apart - 1.0).abs() < 1e-6, "{values:?}");
            let steps = values[0] / round;
            assert!((steps - steps.round()).abs() < 1e-6, "{values:?}");
        }
    }

    #[test]
    fn every_value_has_room() {
        let scale = Scale::around([(1.0, 3.0), (-1.0, 0.0)]).unwrap();
        assert!(scale.low < -1.0 && scale.high > 3.0);
        assert!((scale.value(scale.share(2.0)) - 2.0).abs() < 1e-12);
        for level in [0.0, 5.0, -1e12, 1e-12] {
            let scale = Scale::around([(level, level)]).unwrap();
            assert!((scale.share(level) - 0.5).abs() < 1e-3, "{level}");
        }
        assert_eq!(Scale::around([]), None);
    }
}
