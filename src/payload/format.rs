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

/// A size in bytes: `142 B`, `48.1 KiB`, `512 MiB`, `1.5 GiB`.
pub fn bytes(size: u64) -> String {
    if size < 1_024 {
        return format!("{size} B");
    }
    let mut value = size as f64 / 1_024.0;
    let mut unit = "KiB";
    for larger in ["MiB", "GiB", "TiB"] {
        if value < 1_023.95 {
            break;
        }
        value /= 1_024.0;
        unit = larger;
    }
    if value.fract() < 0.05 || value >= 100.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
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

/// Time between two messages: `+0.4 ms`, `+100 ms`, `+2.4 s`, `+3 m 12 s`, `+2 h 5 m`.
pub fn delta(delta: Duration) -> String {
    let millis = delta.as_secs_f64() * 1_000.0;
    let seconds = delta.as_secs();
    if millis < 9.95 {
        format!("+{millis:.1} ms")
    } else if millis < 999.5 {
        format!("+{millis:.0} ms")
    } else if seconds < 60 {
        format!("+{:.1} s", delta.as_secs_f64())
    } else if seconds < 3_600 {
        format!("+{} m {} s", seconds / 60, seconds % 60)
    } else {
        format!("+{} h {} m", seconds / 3_600, seconds % 3_600 / 60)
    }
}

/// How long something has lasted: `00:21:44`, `3 d 04:00:12`.
pub fn uptime(time: Duration) -> String {
    let seconds = time.as_secs();
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
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
    zoned(at, zone).map_or_else(String::new, |zoned| zoned.strftime("%H:%M:%S%.3f").to_string())
}

/// Date and wall-clock time with milliseconds in `zone`: `2026-03-14 14:32:05.381`.
pub fn date_clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

/// RFC 3339 with milliseconds and the offset of `zone`: `2026-03-14T14:32:05.381+01:00`.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(String::new, |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
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
        let sizes = [0, 142, 1_023, 1_024, 49_254, 512 << 20, 1_610_612_736];
        let written: Vec<_> = sizes.map(bytes).into();
        assert_eq!(written, ["0 B", "142 B", "1023 B", "1 KiB", "48.1 KiB", "512 MiB", "1.5 GiB"]);
    }

    #[test]
    fn ages_use_their_largest_unit() {
        let written: Vec<_> = [0, 59, 60, 3_599, 7_200, 260_000].map(|s| age(Duration::from_secs(s))).into();
        assert_eq!(written, ["0s", "59s", "1m", "59m", "2h", "3d"]);
    }

    #[test]
    fn deltas_keep_three_digits() {
        let written: Vec<_> = [400, 100_000, 2_400_000, 192_000_000, 7_500_000_000]
            .map(|micros| delta(Duration::from_micros(micros)))
            .into();
        assert_eq!(written, ["+0.4 ms", "+100 ms", "+2.4 s", "+3 m 12 s", "+2 h 5 m"]);
    }

    #[test]
    fn times_are_written_in_their_zone() {
        let at = Timestamp::from_micros(1_773_498_725_381_000);
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(clock_millis(at, &TimeZone::UTC), "14:32:05.381");
        assert_eq!(clock(at, &zone), "15:32:05");
        assert_eq!(rfc3339(at, &zone), "2026-03-14T15:32:05.381+01:00");
        assert_eq!(uptime(Duration::from_secs(1_304)), "00:21:44");
    }
}
