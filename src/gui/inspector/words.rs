//! Numbers and times as words.
use std::time::Duration;
use crate::mqtt::Timestamp;
use jiff::tz::TimeZone;

pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 { out.push(','); }
        out.push(c);
    }
    out
}
pub fn bytes(n: u64) -> String { format!("{} B", thousands(n)) }
pub fn wall_time(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros()).map(|t| t.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f").to_string()).unwrap_or_default()
}
pub fn wall_date_time(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros()).map(|t| t.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()).unwrap_or_default()
}
pub fn delta(d: Duration) -> String { format!("+{} ms", d.as_millis()) }
pub fn rate(r: f32) -> String { format!("{r:.1} /s") }
pub fn counted(n: u64, one: &str, many: &str) -> String { format!("{} {}", thousands(n), if n == 1 { one } else { many }) }
