//! What numbers and bytes of a logical type stand for (Avro specification, "Logical types").

use apache_avro::Schema;

use super::super::digits;
use super::super::document::{Builder, Kind};

/// Adds what the number that was written last means.
pub fn note(builder: &mut Builder, schema: &Schema, value: i64) {
    if let Some(meaning) = meaning(schema, value) {
        builder.note(&meaning);
    }
}

fn meaning(schema: &Schema, value: i64) -> Option<String> {
    const MILLIS: i64 = 1_000;
    const MICROS: i64 = 1_000_000;
    const NANOS: i64 = 1_000_000_000;
    match schema {
        Schema::Date => {
            let midnight = date_clock(value.checked_mul(86_400)?, 1)?;
            Some(midnight.trim_end_matches("T00:00:00Z").to_owned())
        }
        Schema::TimeMillis => clock(value, MILLIS),
        Schema::TimeMicros => clock(value, MICROS),
        Schema::TimestampMillis => date_clock(value, MILLIS),
        Schema::TimestampMicros => date_clock(value, MICROS),
        Schema::TimestampNanos => date_clock(value, NANOS),
        Schema::LocalTimestampMillis => local(value, MILLIS),
        Schema::LocalTimestampMicros => local(value, MICROS),
        Schema::LocalTimestampNanos => local(value, NANOS),
        _ => None,
    }
}

/// A time since 1970 in parts of a second, as a date in UTC.
fn date_clock(value: i64, parts: i64) -> Option<String> {
    let nanos = value.rem_euclid(parts) * (1_000_000_000 / parts);
    digits::date(value.div_euclid(parts), i32::try_from(nanos).ok()?)
}

fn local(value: i64, parts: i64) -> Option<String> {
    let utc = date_clock(value, parts)?;
    Some(format!("{} local time", utc.trim_end_matches('Z')))
}

/// A time of day.
fn clock(value: i64, parts: i64) -> Option<String> {
    let in_day = (0..parts * 86_400).contains(&value);
    let at = date_clock(value, parts).filter(|_| in_day)?;
    let (_, clock) = at.split_once('T')?;
    Some(clock.trim_end_matches('Z').to_owned())
}

/// A decimal, exact: an integer in two's complement, most significant byte first, divided by a power of ten.
pub fn decimal(builder: &mut Builder, unscaled: &[u8], scale: i64) {
    let is_negative = unscaled.first().is_some_and(|&first| first >= 0x80);
    let magnitude = if is_negative {
        let inverted: Vec<u8> = unscaled.iter().map(|byte| !byte).collect();
        digits::big(&inverted).map(|digits| digits::below_zero(&digits))
    } else {
        digits::big(unscaled)
    };
    match (magnitude, scale.checked_neg()) {
        (Some(mantissa), Some(exponent)) => {
            builder.number(&digits::decimal(&mantissa, exponent));
        }
        _ => builder.bytes(unscaled),
    }
}

/// 16 bytes as people write them: `123e4567-e89b-12d3-a456-426614174000`.
pub fn uuid(builder: &mut Builder, bytes: &[u8]) {
    let Ok(bytes) = <[u8; 16]>::try_from(bytes) else {
        return builder.bytes(bytes);
    };
    let mut text = String::new();
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        super::super::hex::push_pair(&mut text, byte);
    }
    builder.string(&text);
}

/// Months, days and milliseconds, four bytes each, least significant first.
pub fn duration(builder: &mut Builder, bytes: &[u8]) {
    if bytes.len() != 12 {
        return builder.bytes(bytes);
    }
    builder.open(Kind::Object);
    builder.note("duration");
    let (parts, _) = bytes.as_chunks::<4>();
    for (key, part) in ["months", "days", "milliseconds"].iter().zip(parts) {
        builder.key(key);
        builder.number(&u32::from_le_bytes(*part).to_string());
    }
    builder.close();
}
