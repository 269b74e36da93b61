//! Messages per second from two counters, so that every node can afford one.

use crate::mqtt::Timestamp;

/// Length of one window in microseconds. At 10 messages a second one message more or less is 3 %.
const WINDOW: i64 = 3_000_000;

/// Counts of the window a message fell into and of the one before. A rate blends the two by how far the present
/// window has run, and is 0 two windows after the last message at the latest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rate {
    window: u32,
    current: u32,
    previous: u32,
}

/// A point in time as the counters see it; worked out once for all nodes on the way up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    window: u32,
    elapsed: f32,
}

impl Moment {
    pub(super) fn new(at: Timestamp) -> Self {
        let micros = at.as_micros().max(0);
        let window = u32::try_from(micros / WINDOW).unwrap_or(u32::MAX);
        let seconds = std::time::Duration::from_micros(u64::try_from(micros % WINDOW).unwrap_or(0));
        Self {
            window,
            elapsed: seconds.as_secs_f32() / WINDOW_SECONDS,
        }
    }
}

const WINDOW_SECONDS: f32 = 3.0;

impl Rate {
    /// Counts one message.
    pub(super) fn count(&mut self, now: Moment) {
        let ahead = i64::from(now.window) - i64::from(self.window);
        match ahead {
            0 => self.current = self.current.saturating_add(1),
            // stamped just before a message that was counted already
            -1 => self.previous = self.previous.saturating_add(1),
            1 => self.start(now.window, self.current),
            _ => self.start(now.window, 0),
        }
    }

    fn start(&mut self, window: u32, previous: u32) {
        *self = Self {
            window,
            current: 1,
            previous,
        };
    }

    /// Counts what `other` has counted besides.
    pub(super) fn add(&mut self, other: &Self) {
        match i64::from(other.window) - i64::from(self.window) {
            0 => {
                self.current = self.current.saturating_add(other.current);
                self.previous = self.previous.saturating_add(other.previous);
            }
            1 => {
                let previous = other.previous.saturating_add(self.current);
                *self = Self { previous, ..*other };
            }
            -1 => self.previous = self.previous.saturating_add(other.current),
            2.. => *self = *other,
            _ => {}
        }
    }

    /// Messages per second as of `now`.
    pub(super) fn per_second(&self, now: Moment) -> f32 {
        let messages = match i64::from(now.window) - i64::from(self.window) {
            0 => blend(self.previous, self.current, now.elapsed),
            -1 => blend(self.previous, self.current, 0.0),
            1 => blend(self.current, 0, now.elapsed),
            _ => 0.0,
        };
        messages / WINDOW_SECONDS
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a rate is shown with three digits; f32 has seven"
)]
fn blend(previous: u32, current: u32, elapsed: f32) -> f32 {
    previous as f32 * (1.0 - elapsed) + current as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Moment {
        Moment::new(Timestamp::from_micros(1_700_000_000_000_000 + micros))
    }

    #[test]
    fn a_steady_stream_reads_its_rate_at_any_phase() {
        for phase in [0, 17_000, 1_234_567, 2_999_999] {
            let mut rate = Rate::default();
            for n in 0..400_i64 {
                rate.count(at(phase + n * 100_000));
                if n > 70 {
                    for later in [0, 50_000, 99_999] {
                        let read = rate.per_second(at(phase + n * 100_000 + later));
                        assert!((9.5..=10.5).contains(&read), "{read} at {phase} + {n}");
                    }
                }
            }
        }
    }

    #[test]
    fn it_fades_when_nothing_arrives() {
        let mut rate = Rate::default();
        for n in 0..100_000 {
            rate.count(at(n));
        }
        assert!(rate.per_second(at(100_000)) > 30_000.0);
        assert!(rate.per_second(at(4_000_000)) < rate.per_second(at(3_100_000)));
        assert!(rate.per_second(at(6_000_001)).abs() < f32::EPSILON);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_freeze_it() {
        let mut rate = Rate::default();
        rate.count(at(3_600_000_000));
        rate.count(at(0));
        assert!(rate.per_second(at(10)) > 0.3);
        assert!(rate.per_second(at(3_600_000_000)).abs() < f32::EPSILON);
    }
}
