//! Message types that Protobuf itself defines and that read better with a remark: times, spans, and the one that names the
//! type of what is in it.

use prost_reflect::MessageDescriptor;

use super::super::digits;
use super::super::document::{Builder, Kind, Limit};
use super::wire::{Fields, Value};
use super::{Broken, typed, unknown_field};

/// What a message of a well-known type stands for.
pub fn remark(bytes: &[u8], of: &MessageDescriptor) -> Option<String> {
    match of.full_name() {
        "google.protobuf.Timestamp" => {
            let (seconds, nanos) = seconds_and_nanos(bytes)?;
            digits::date(seconds, nanos)
        }
        "google.protobuf.Duration" => {
            let (seconds, nanos) = seconds_and_nanos(bytes)?;
            Some(format!("{} s", span(seconds, nanos)?))
        }
        _ => None,
    }
}

fn seconds_and_nanos(bytes: &[u8]) -> Option<(i64, i32)> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Fields::new(bytes) {
        let field = field.ok()?;
        match (field.number, field.value) {
            (1, Value::Varint(bits)) => seconds = bits.cast_signed(),
            (2, Value::Varint(bits)) => nanos = i32::try_from(bits.cast_signed()).ok()?,
            _ => {}
        }
    }
    Some((seconds, nanos))
}

/// Seconds with as many digits behind the point as it takes.
fn span(seconds: i64, nanos: i32) -> Option<String> {
    if seconds.signum() * i64::from(nanos.signum()) < 0 || nanos.unsigned_abs() >= 1_000_000_000 {
        return None;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    let fraction = format!("{:09}", nanos.unsigned_abs());
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{fraction}", seconds.unsigned_abs()))
}

/// Writes the members of a `google.protobuf.Any`, with what is in it read by the type that it names. `false`, with nothing
/// written, for every other type and where the type is not known.
pub fn any(builder: &mut Builder, bytes: &[u8], of: &MessageDescriptor) -> Result<bool, Broken> {
    if of.full_name() != "google.protobuf.Any" {
        return Ok(false);
    }
    let (mut url, mut inside, mut rest) = (None, None, Vec::new());
    let room = builder.room_to_hold();
    for field in Fields::new(bytes) {
        let field = field?;
        match (field.number, field.value) {
            (1, Value::Bytes(text)) if url.is_none() => url = str::from_utf8(text).ok(),
            (2, Value::Bytes(value)) if inside.is_none() => inside = Some(value),
            _ if rest.len() == room => return Err(Limit::Size.into()),
            _ => rest.push(field),
        }
    }
    let (Some(url), Some(inside)) = (url, inside) else {
        return Ok(false);
    };
    let name = url.rsplit('/').next().unwrap_or(url);
    let Some(inner) = of.parent_pool().get_message_by_name(name) else {
        return Ok(false);
    };
    builder.key("type_url");
    builder.string(url);
    builder.note("field 1, string");
    builder.key("value");
    builder.open(Kind::Object);
    builder.note(&format!("field 2, bytes read as {name}"));
    if let Some(remark) = remark(inside, &inner) {
        builder.note(&remark);
    }
    builder.hold(rest.len())?;
    typed::members(builder, inside, &inner)?;
    builder.release(rest.len());
    builder.close();
    for field in rest {
        unknown_field(builder, field)?;
    }
    Ok(true)
}
