//! Series as CSV: a row for each value, in order of time, each digit as it was sent.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::super::document::Path;
use super::super::format::rfc3339;
use super::Series;
use crate::mqtt::Timestamp;

/// Writes the values from `from` to `to` with their time, topic and path; returns how many they are.
///
/// # Errors
/// Those of `out`.
pub fn write_csv<'a>(
    out: impl Write,
    series: impl IntoIterator<Item = (&'a str, &'a Path, &'a Series)>,
    (from, to): (Timestamp, Timestamp),
    zone: &TimeZone,
) -> io::Result<u64> {
    let series: Vec<_> = series.into_iter().collect();
    let mut rows: Vec<(Timestamp, usize, usize)> = Vec::new();
    for (number, (_, _, values)) in series.iter().enumerate() {
        let places = values.places(from, to);
        rows.extend(places.map(|place| (values.point(place).at, number, place)));
    }
    rows.sort_unstable();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["time", "topic", "path", "value"])?;
    let labels: Vec<String> = series.iter().map(|(_, path, _)| label(path)).collect();
    for (at, number, place) in &rows {
        let (topic, _, values) = series[*number];
        let time = rfc3339(*at, zone);
        let text = values.text(*place);
        writer.write_record([
            time.as_str(),
            topic,
            labels[*number].as_str(),
            text.as_str(),
        ])?;
    }
    writer.flush()?;
    Ok(rows.len() as u64)
}

/// A path as `JSONPath`, else as people read it; empty for a payload that is the value itself.
fn label(path: &Path) -> String {
    if path.0.is_empty() {
        return String::new();
    }
    path.json_path().unwrap_or_else(|| path.label())
}
