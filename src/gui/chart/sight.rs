//! Which part of the time and of the values a chart shows: following what comes, or held where it was moved to.

use std::time::Duration;

use egui::{Rect, Response, Ui};

use super::drawn::{Span, at_seconds, before, seconds};
use crate::mqtt::Timestamp;
use crate::profile::ChartWindow;

/// Shortest time that can be zoomed to, in seconds.
const SHORTEST: f64 = 0.001;
/// Longest time, in seconds: ten years.
const LONGEST: f64 = 3.2e8;

/// What of a chart is shown. As long as nobody moves it, it follows.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// The time it was moved to, in seconds since 1970.
    held: Option<(f64, f64)>,
    /// The part of the axes that is shown: 0 and 1 fit everything.
    values: Option<(f64, f64)>,
    /// What it showed last.
    last: Option<(f64, f64)>,
}

impl Sight {
    /// Whether it follows what comes.
    pub fn is_following(&self) -> bool {
        self.held.is_none()
    }

    /// Follows what comes again, all values in view.
    pub fn follow(&mut self) {
        *self = Self::default();
    }

    /// Stands still where it is.
    pub fn hold(&mut self) {
        self.held = self.held.or(self.last);
    }

    /// What is to be drawn.
    pub fn span(&self, window: ChartWindow) -> Span {
        match (self.held, window.length()) {
            (Some((from, to)), _) => Span::Between(at_seconds(from), at_seconds(to)),
            (None, Some(length)) => Span::Last(length),
            (None, None) => Span::All,
        }
    }

    /// The time shown in this frame, when what was drawn begins at `from`.
    pub fn times(&mut self, window: ChartWindow, from: Timestamp, now: Timestamp) -> (f64, f64) {
        let times = self.held.unwrap_or_else(|| {
            let first = window.length().map_or(from, |length| before(now, length));
            let from = from.max(first).min(before(now, Duration::from_millis(1)));
            (seconds(from), seconds(now))
        });
        self.last = Some(times);
        times
    }

    /// The part of the axes that is shown.
    pub fn values(&self) -> (f64, f64) {
        self.values.unwrap_or((0.0, 1.0))
    }

    /// Drag moves, the wheel zooms the time around the pointer (with Ctrl the values, with Shift it moves), a double click
    /// follows again.
    pub fn gestures(&mut self, ui: &Ui, response: &Response, frame: Rect) {
        let Some((from, to)) = self.last else {
            return;
        };
        if response.double_clicked() {
            return self.follow();
        }
        if response.dragged() {
            let delta = response.drag_delta();
            if delta.x != 0.0 {
                let by = -f64::from(delta.x / frame.width()) * (to - from);
                self.held = Some((from + by, to + by));
            }
            if let Some((low, high)) = self.values {
                let by = f64::from(delta.y / frame.height()) * (high - low);
                self.values = Some((low + by, high + by));
            }
        }
        if let Some(pointer) = response.hover_pos().filter(|pos| frame.contains(*pos)) {
            self.wheel(ui, frame, pointer, (from, to));
        }
    }

    fn wheel(&mut self, ui: &Ui, frame: Rect, pointer: egui::Pos2, (from, to): (f64, f64)) {
        let (scroll, pinch, modifiers) = ui.input(|input| {
            let delta = input.smooth_scroll_delta();
            (delta, input.zoom_delta(), input.modifiers)
        });
        if (pinch - 1.0).abs() > f32::EPSILON {
            let at = f64::from((frame.bottom() - pointer.y) / frame.height());
            self.values = Some(zoomed(self.values(), at, f64::from(1.0 / pinch)));
            return;
        }
        let sideways = if modifiers.shift {
            scroll.x + scroll.y
        } else {
            scroll.x
        };
        if sideways != 0.0 {
            let by = -f64::from(sideways / frame.width()) * (to - from);
            self.held = Some((from + by, to + by));
        } else if scroll.y != 0.0 {
            let at = f64::from((pointer.x - frame.left()) / frame.width());
            let factor = (-f64::from(scroll.y) / 200.0).exp();
            let (from, to) = zoomed((from, to), at, factor);
            if (SHORTEST..LONGEST).contains(&(to - from)) {
                self.held = Some((from, to));
            }
        }
    }
}

/// A range made longer or shorter, so that what stands at the share `at` stays there.
fn zoomed((low, high): (f64, f64), at: f64, factor: f64) -> (f64, f64) {
    let middle = low + at * (high - low);
    (
        middle - (middle - low) * factor,
        middle + (high - middle) * factor,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let (low, high) = zoomed((10.0, 20.0), 0.25, 0.5);
        assert!((low - 11.25).abs() < 1e-12 && (high - 16.25).abs() < 1e-12);
    }

    #[test]
    fn it_follows_until_it_is_held() {
        let mut sight = Sight::default();
        let now = Timestamp::from_micros(1_000_000_000);
        let long_ago = before(now, Duration::from_hours(1));
        let (from, to) = sight.times(ChartWindow::Minute, long_ago, now);
        assert!((to - from - 60.0).abs() < 1e-6);
        assert_eq!(
            sight.span(ChartWindow::Minute),
            Span::Last(Duration::from_mins(1))
        );
        sight.hold();
        assert!(!sight.is_following());
        let later = now.plus(Duration::from_secs(9));
        assert_eq!(sight.times(ChartWindow::Minute, now, later), (from, to));
        sight.follow();
        assert!(sight.is_following());
    }
}
