//! Numbers, sizes and times as the window and the terminal show them. Pure functions; the time zone comes in.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::mqtt::Timestamp;

/// `1,109,886`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `142 B`, `48.1 KiB`, `512 MiB`: steps of 1024, one decimal below 100 of a unit.
pub fn format_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // 1023.5 of a unit would be shown as 1024: that is 1 of the next.
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{} {}", short_decimal(value), UNITS[unit])
}

/// Messages per second as in the tree: `0.2`, `18.0`, `135`, `4,051`; empty for none.
pub fn rate(per_second: f32) -> String {
    let value = f64::from(per_second);
    if value < 0.05 {
        String::new()
    } else if value < 99.95 {
        format!("{value:.1}")
    } else {
        whole(value)
    }
}

/// Age of a message in one unit, as in the tree: `0s`, `12s`, `4m`, `2h`, `3d`.
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", thousands(seconds / 86_400)),
    }
}

/// Time between two messages: `+0.4 ms`, `+100 ms`, `+2.4 s`, `+3 m 12 s`, `+2 h 5 m`, `+3 d 4 h`.
pub fn delta(delta: Duration) -> String {
    let micros = delta.as_micros();
    let tenths = (micros + 50_000) / 100_000;
    let seconds = (micros + 500_000) / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if micros < 9_950 {
        format!("+{:.1} ms", micros as f64 / 1_000.0)
    } else if micros < 999_500 {
        format!("+{} ms", (micros + 500) / 1_000)
    } else if tenths < 600 {
        format!("+{}.{} s", tenths / 10, tenths % 10)
    } else if minutes < 60 {
        format!("+{minutes} m {} s", seconds % 60)
    } else if hours < 24 {
        format!("+{hours} h {} m", minutes % 60)
    } else {
        format!("+{days} d {} h", hours % 24)
    }
}

/// How long a connection has lasted: `00:21:44`, and `3 d 00:21:44` after a day.
pub fn uptime(uptime: Duration) -> String {
    let seconds = uptime.as_secs();
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    let clock = format!("{:02}:{minutes:02}:{:02}", hours % 24, seconds % 60);
    match hours / 24 {
        0 => clock,
        days => format!("{} d {clock}", thousands(days)),
    }
}

/// A round trip or another short time: `12 ms`, `0.4 ms`, `2.4 s`.
pub fn short_duration(duration: Duration) -> String {
    delta(duration).split_off(1)
}

/// Time of day with milliseconds in `zone`: `14:32:05.381`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%H:%M:%S.%3f").to_string()
}

/// Time of day without fractions in `zone`: `14:32:05`.
pub fn clock_seconds(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%H:%M:%S").to_string()
}

/// Date and time of day in `zone`: `2026-05-04 14:32:05.381`.
pub fn date_clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone)
        .strftime("%Y-%m-%d %H:%M:%S.%3f")
        .to_string()
}

/// RFC 3339 with milliseconds and the offset of `zone`: `2026-05-04T14:32:05.381+02:00`, with `Z` in UTC.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    rfc3339_with(at, zone, "%Y-%m-%dT%H:%M:%S.%3f")
}

/// The same with microseconds: `2026-05-04T14:32:05.381204+02:00`.
pub fn rfc3339_micros(at: Timestamp, zone: &TimeZone) -> String {
    rfc3339_with(at, zone, "%Y-%m-%dT%H:%M:%S.%6f")
}

fn rfc3339_with(at: Timestamp, zone: &TimeZone, time: &str) -> String {
    let zoned = zoned(at, zone);
    let offset = if zoned.offset().is_zero() {
        "Z".to_owned()
    } else {
        zoned.strftime("%:z").to_string()
    };
    zoned.strftime(time).to_string() + &offset
}

/// One decimal below 100, none from there on.
fn short_decimal(value: f64) -> String {
    if value < 99.95 {
        format!("{value:.1}")
    } else {
        whole(value)
    }
}

fn whole(value: f64) -> String {
    format!("{value:.0}")
        .parse()
        .map_or_else(|_too_large| format!("{value:.0}"), thousands)
}

/// Times outside the years −9999 to 9999 are shown as 1970.
fn zoned(at: Timestamp, zone: &TimeZone) -> jiff::Zoned {
    jiff::Timestamp::from_microsecond(at.as_micros())
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn thousands_have_separators() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(1_109_886), "1,109,886");
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn bytes_have_binary_units() {
        assert_eq!(format_bytes(0), "0 B");
        assert_eq!(format_bytes(1_023), "1023 B");
        assert_eq!(format_bytes(1_024), "1.0 KiB");
        assert_eq!(format_bytes(49_254), "48.1 KiB");
        assert_eq!(format_bytes(102_399), "100 KiB");
        assert_eq!(format_bytes(1_048_575), "1.0 MiB");
        assert_eq!(format_bytes(512 << 20), "512 MiB");
        assert_eq!(format_bytes(u64::MAX), "16.0 EiB");
    }

    #[test]
    fn rates_have_one_decimal_while_small() {
        let shown = [0.0, 0.2, 18.04, 99.96, 135.4, 4_051.0].map(rate);
        assert_eq!(shown, ["", "0.2", "18.0", "100", "135", "4,051"]);
    }

    #[test]
    fn ages_have_one_unit() {
        let shown = [0, 59, 60, 3_599, 7_300, 86_400 * 3].map(|s| age(Duration::from_secs(s)));
        assert_eq!(shown, ["0s", "59s", "1m", "59m", "2h", "3d"]);
    }

    #[test]
    fn deltas_fit_their_length() {
        let shown = [
            0,
            400,
            9_949,
            9_950,
            100_400,
            999_499,
            999_500,
            2_400_000,
            59_949_999,
            59_950_000,
            192_000_000,
            3_599_600_000,
            7_500_000_000,
            273_600_000_000,
        ]
        .map(|m| delta(micros(m)));
        let expected = [
            "+0.0 ms",
            "+0.4 ms",
            "+9.9 ms",
            "+10 ms",
            "+100 ms",
            "+999 ms",
            "+1.0 s",
            "+2.4 s",
            "+59.9 s",
            "+1 m 0 s",
            "+3 m 12 s",
            "+1 h 0 m",
            "+2 h 5 m",
            "+3 d 4 h",
        ];
        assert_eq!(shown, expected);
        assert_eq!(short_duration(micros(12_000)), "12 ms");
    }

    #[test]
    fn uptime_counts_hours_and_days() {
        assert_eq!(uptime(Duration::from_secs(1_304)), "00:21:44");
        assert_eq!(
            uptime(Duration::from_secs(86_400 * 3 + 1_304)),
            "3 d 00:21:44"
        );
    }

    #[test]
    fn times_of_day_follow_the_zone() {
        let at = Timestamp::from_micros(1_777_897_925_381_999);
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(clock(at, &TimeZone::UTC), "12:32:05.381");
        assert_eq!(clock(at, &east), "14:32:05.381");
        assert_eq!(date_clock(at, &east), "2026-05-04 14:32:05.381");
        assert_eq!(rfc3339(at, &TimeZone::UTC), "2026-05-04T12:32:05.381Z");
        assert_eq!(rfc3339(at, &east), "2026-05-04T14:32:05.381+02:00");
    }

    #[test]
    fn times_no_calendar_knows_do_not_panic() {
        for at in [i64::MIN, i64::MAX].map(Timestamp::from_micros) {
            assert_eq!(clock(at, &TimeZone::UTC), "00:00:00.000");
        }
    }
}
