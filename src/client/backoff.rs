//! How long to wait before the next attempt: doubling from one second to thirty, with jitter, so that a room full of
//! clients does not come back at the same moment.

use std::time::Duration;

use rand::Rng;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// Counts failed attempts.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts one more failure and returns the pause that follows it.
    pub(super) fn next(&mut self) -> Duration {
        let doublings = self.failures.min(8);
        self.failures = self.failures.saturating_add(1);
        let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        pause.mul_f64(rand::rng().random_range(0.75..=1.0))
    }

    /// How many attempts failed in a row.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// The connection held: begin anew.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_thirty_seconds_and_start_over() {
        let mut backoff = Backoff::default();
        for expected in [1, 2, 4, 8, 16, 30, 30, 30] {
            let pause = backoff.next().as_secs_f64();
            let expected = f64::from(expected);
            assert!(
                (expected * 0.75..=expected).contains(&pause),
                "{pause} for {expected}"
            );
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
