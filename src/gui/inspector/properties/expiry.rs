//! How long a message lasts, counted down.

use std::time::Duration;

use crate::mqtt::Timestamp;
use crate::payload::format::thousands;

/// Seconds until a message that came at `at` expires (MQTT 5, 3.3.2.3.3), in words, and after how long the words change.
pub fn countdown(seconds: u32, at: Timestamp, now: Timestamp) -> (String, Option<Duration>) {
    let end = at.plus(Duration::from_secs(u64::from(seconds)));
    let whole = format!("{} s", thousands(u64::from(seconds)));
    if now >= end {
        let passed = now.since(end);
        let unit = unit_shown(passed.as_secs());
        let next = (passed.as_secs() / unit + 1) * unit;
        let text = format!("{whole}, expired {} ago", in_words(passed.as_secs()));
        return (text, Some(Duration::from_secs(next).saturating_sub(passed)));
    }
    let left = end.since(now);
    // just begun seconds count whole
    let shown = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    // the words are other ones as soon as less is left than the units that are shown say
    let unit = unit_shown(shown);
    let last = Duration::from_secs((shown / unit * unit).saturating_sub(1));
    let next = left.saturating_sub(last) + Duration::from_millis(1);
    let text = format!("{whole}, expires in {}", in_words(shown));
    (text, Some(next))
}

/// Units of time in seconds, the largest first.
const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];

/// Where in [`UNITS`] the words for so much time begin.
fn largest(seconds: u64) -> usize {
    let first = UNITS.iter().position(|(unit, _)| seconds >= *unit);
    first.unwrap_or(UNITS.len() - 1)
}

/// Seconds of the smallest unit that the words for so much time show.
fn unit_shown(seconds: u64) -> u64 {
    let last = (largest(seconds) + 1).min(UNITS.len() - 1);
    UNITS[last].0
}

/// `59 m 12 s`, with the two largest units that are not nothing.
fn in_words(seconds: u64) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, name) in UNITS.iter().skip(largest(seconds)).take(2) {
        words.push(format!("{} {name}", rest / unit));
        rest %= unit;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::fixture::NOW;

    #[test]
    fn seconds_are_counted_down_to_the_end() {
        let said =
            |seconds, passed| countdown(seconds, NOW, NOW.plus(Duration::from_millis(passed)));
        assert_eq!(said(3_600, 48_000).0, "3,600 s, expires in 59 m 12 s");
        assert_eq!(said(3_600, 0).0, "3,600 s, expires in 1 h 0 m");
        assert_eq!(said(60, 59_500).0, "60 s, expires in 1 s");
        let next = said(60, 59_500).1.unwrap();
        assert_eq!(next, Duration::from_millis(501));
        assert_eq!(said(60, 60_000).0, "60 s, expired 0 s ago");
        assert_eq!(said(60, 3_660_000).0, "60 s, expired 1 h 0 m ago");
        assert_eq!(said(200_000, 0).0, "200,000 s, expires in 2 d 7 h");
    }

    /// Between two changes of the words no frame is asked for, and none of them is missed.
    #[test]
    fn the_next_change_is_that_of_the_smallest_unit_shown() {
        let at = |seconds, passed| countdown(seconds, NOW, NOW.plus(passed));
        let just = Duration::from_millis(2);
        for seconds in [1, 59, 60, 61, 3_600, 86_399, 90_061, 200_000] {
            for passed in [
                0,
                500,
                60_000,
                61_250,
                86_400_000,
                259_200_000,
                10_000_000_000,
            ] {
                let passed = Duration::from_millis(passed);
                let (text, next) = at(seconds, passed);
                let next = next.unwrap();
                let (same, _) = at(seconds, passed + next.saturating_sub(just));
                let (other, _) = at(seconds, passed + next);
                assert_eq!(text, same, "{seconds} s, {passed:?}, next in {next:?}");
                assert_ne!(text, other, "{seconds} s, {passed:?}, next in {next:?}");
            }
        }
        let (text, next) = at(60, Duration::from_secs(60 + 200_000));
        assert_eq!(text, "60 s, expired 2 d 7 h ago");
        assert_eq!(
            next,
            Some(Duration::from_secs(8 * 3_600 + 2 * 86_400 - 200_000))
        );
    }
}
