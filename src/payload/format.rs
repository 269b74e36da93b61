//! Numbers, sizes and times as the window and the terminal write them.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::mqtt::Timestamp;

/// `1109886` → `1,109,886`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in bytes: `142 B`, `48.1 KiB`, `512 MiB`, `1.5 GiB`; one decimal below 100 of a unit, unless it is 0.
pub fn bytes(size: u64) -> String {
    if size < 1_024 {
        return format!("{size} B");
    }
    let mut value = size as f64 / 1_024.0;
    let mut unit = "KiB";
    for larger in ["MiB", "GiB", "TiB", "PiB", "EiB"] {
        // from here on it would be written as 1024 of this unit
        if value < 1_023.5 {
            break;
        }
        value /= 1_024.0;
        unit = larger;
    }
    let decimals = usize::from(value < 99.95);
    let text = format!("{value:.decimals$}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// Time since something happened, in its largest unit: `0s`, `12s`, `4m`, `2h`, `3d`.
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// Time between two messages: `+0.4 ms`, `+100 ms`, `+2.4 s`, `+3 m 12 s`, `+2 h 5 m`, `+3 d 4 h`.
pub fn delta(delta: Duration) -> String {
    let micros = delta.as_micros();
    let seconds = (micros + 500_000) / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    // each limit is where rounding would already write the next form
    if micros < 9_950 {
        format!("+{:.1} ms", micros as f64 / 1_000.0)
    } else if micros < 999_500 {
        format!("+{} ms", (micros + 500) / 1_000)
    } else if micros < 59_950_000 {
        format!("+{:.1} s", micros as f64 / 1_000_000.0)
    } else if minutes < 60 {
        format!("+{minutes} m {} s", seconds % 60)
    } else if hours < 24 {
        format!("+{hours} h {} m", minutes % 60)
    } else {
        format!("+{days} d {} h", hours % 24)
    }
}

/// How long something has lasted: `00:21:44`, `3 d 04:00:12`.
pub fn uptime(time: Duration) -> String {
    let seconds = time.as_secs();
    let clock = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600 % 24,
        seconds / 60 % 60,
        seconds % 60
    );
    match seconds / 86_400 {
        0 => clock,
        days => format!("{days} d {clock}"),
    }
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<jiff::Zoned> {
    let timestamp = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
    Some(timestamp.to_zoned(zone.clone()))
}

/// Wall-clock time in `zone`: `14:32:05`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| zoned.strftime("%H:%M:%S").to_string())
}

/// Wall-clock time with milliseconds in `zone`: `14:32:05.381`.
pub fn clock_millis(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| {
        zoned.strftime("%H:%M:%S%.3f").to_string()
    })
}

/// Date and wall-clock time with milliseconds in `zone`: `2026-03-14 14:32:05.381`.
pub fn date_clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| {
        zoned.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
    })
}

/// RFC 3339 with milliseconds and the offset of `zone`: `2026-03-14T14:32:05.381+01:00`.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| {
        zoned.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        let written: Vec<_> = [0, 7, 999, 1_000, 1_109_886].map(thousands).into();
        assert_eq!(written, ["0", "7", "999", "1,000", "1,109,886"]);
    }

    #[test]
    fn sizes_have_units() {
        let sizes = [
            0,
            142,
            1_023,
            1_024,
            49_254,
            102_399,
            512 << 20,
            1_610_612_736,
            u64::MAX,
        ];
        let written: Vec<_> = sizes.map(bytes).into();
        let expected = [
            "0 B", "142 B", "1023 B", "1 KiB", "48.1 KiB", "100 KiB", "512 MiB", "1.5 GiB",
            "16 EiB",
        ];
        assert_eq!(written, expected);
        assert_eq!(bytes((1 << 20) - 1), "1 MiB");
    }

    #[test]
    fn ages_use_their_largest_unit() {
        let written: Vec<_> = [0, 59, 60, 3_599, 7_200, 260_000]
            .map(|s| age(Duration::from_secs(s)))
            .into();
        assert_eq!(written, ["0s", "59s", "1m", "59m", "2h", "3d"]);
    }

    #[test]
    fn deltas_keep_three_digits() {
        let times = [
            (0, "+0.0 ms"),
            (400, "+0.4 ms"),
            (9_949, "+9.9 ms"),
            (9_950, "+10 ms"),
            (100_400, "+100 ms"),
            (999_499, "+999 ms"),
            (999_500, "+1.0 s"),
            (2_400_000, "+2.4 s"),
            (59_949_999, "+59.9 s"),
            (59_950_000, "+1 m 0 s"),
            (192_000_000, "+3 m 12 s"),
            (3_599_600_000, "+1 h 0 m"),
            (7_500_000_000, "+2 h 5 m"),
            (273_600_000_000, "+3 d 4 h"),
        ];
        for (micros, text) in times {
            assert_eq!(delta(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn times_are_written_in_their_zone() {
        let at = Timestamp::from_micros(1_773_498_725_381_000);
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(clock_millis(at, &TimeZone::UTC), "14:32:05.381");
        assert_eq!(clock(at, &zone), "15:32:05");
        assert_eq!(rfc3339(at, &zone), "2026-03-14T15:32:05.381+01:00");
        assert_eq!(date_clock(at, &zone), "2026-03-14 15:32:05.381");
    }

    #[test]
    fn times_that_no_calendar_knows_are_left_out() {
        for at in [i64::MIN, i64::MAX].map(Timestamp::from_micros) {
            assert_eq!(clock_millis(at, &TimeZone::UTC), "");
        }
    }

    #[test]
    fn uptimes_count_hours_and_days() {
        assert_eq!(uptime(Duration::from_secs(1_304)), "00:21:44");
        assert_eq!(
            uptime(Duration::from_secs(3 * 86_400 + 1_304)),
            "3 d 00:21:44"
        );
    }
}
