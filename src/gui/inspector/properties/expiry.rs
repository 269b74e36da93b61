//! How long a message lasts, counted down.

use std::time::Duration;

use crate::mqtt::Timestamp;
use crate::payload::format::thousands;

/// Seconds until a message that came at `at` expires (MQTT 5, 3.3.2.3.3), in words, and after how long the words change.
pub fn countdown(seconds: u32, at: Timestamp, now: Timestamp) -> (String, Option<Duration>) {
    let end = at.plus(Duration::from_secs(u64::from(seconds)));
    let whole = format!("{} s", thousands(u64::from(seconds)));
    if now >= end {
        let ago = in_words(now.since(end).as_secs());
        return (
            format!("{whole}, expired {ago} ago"),
            Some(Duration::from_secs(1)),
        );
    }
    let left = end.since(now);
    let rest = Duration::from_nanos(u64::from(left.subsec_nanos()));
    // just begun seconds count whole
    let seconds = left.as_secs() + u64::from(!rest.is_zero());
    let next = if rest.is_zero() {
        Duration::from_secs(1)
    } else {
        rest
    };
    (
        format!("{whole}, expires in {}", in_words(seconds)),
        Some(next + Duration::from_millis(1)),
    )
}

/// `59 m 12 s`, with the two largest units that are not nothing.
fn in_words(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0);
    let shown = parts.iter().skip(first.unwrap_or(3)).take(2);
    let words: Vec<_> = shown
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
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
}
