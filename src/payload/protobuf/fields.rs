//! A message without a schema: numbers as keys, values as they most likely are, with what else they may be as a remark.

use super::super::digits;
use super::super::document::{Builder, Kind};
use super::wire::{Field, Fields, Value, is_message, zigzag};
use super::{Broken, go_on};

/// Writes the fields of a message as an object.
pub fn message(builder: &mut Builder, bytes: &[u8]) -> Result<(), Broken> {
    builder.open(Kind::Object);
    members(builder, bytes)?;
    builder.close();
    Ok(())
}

/// Writes the fields of a message into the object that is open.
fn members(builder: &mut Builder, bytes: &[u8]) -> Result<(), Broken> {
    go_on(builder)?;
    for field in Fields::new(bytes) {
        let field = field?;
        builder.key_as_shown(&field.number.to_string());
        value(builder, field.value, None)?;
        go_on(builder)?;
    }
    Ok(())
}

/// A field that its message type does not name, into the object that is open: never hidden.
pub fn unknown_field(builder: &mut Builder, field: Field<'_>) -> Result<(), Broken> {
    builder.key_as_shown(&field.number.to_string());
    value(builder, field.value, Some("not in the schema"))
}

fn value(builder: &mut Builder, value: Value<'_>, note: Option<&str>) -> Result<(), Broken> {
    let (inside, what) = match value {
        Value::Group(inside) => (inside, "group"),
        Value::Bytes(bytes) if looks_like_message(bytes) => (bytes, "message"),
        plain => {
            scalar(builder, plain);
            if let Some(note) = note {
                builder.note(note);
            }
            return Ok(());
        }
    };
    builder.open(Kind::Object);
    builder.note(what);
    if what == "message" && str::from_utf8(inside).is_ok_and(is_printable) {
        builder.note("or text");
    }
    if let Some(note) = note {
        builder.note(note);
    }
    members(builder, inside)?;
    builder.close();
    Ok(())
}

fn scalar(builder: &mut Builder, value: Value<'_>) {
    match value {
        Value::Varint(value) => varint(builder, value),
        Value::Fixed32(bits) => fixed32(builder, bits),
        Value::Fixed64(bits) => fixed64(builder, bits),
        Value::Bytes(bytes) | Value::Group(bytes) => text_or_bytes(builder, bytes),
    }
}

/// Whether bytes are more likely a message than text. The keys of the first fields are control characters, which text has
/// none of; of those only a line feed (field 1, length-delimited) may begin a text.
fn looks_like_message(bytes: &[u8]) -> bool {
    let is_text = str::from_utf8(bytes).is_ok_and(is_printable);
    let begins_like_text = bytes.first().is_some_and(|&first| first >= b' ');
    is_message(bytes) && !(is_text && begins_like_text)
}

fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

fn text_or_bytes(builder: &mut Builder, bytes: &[u8]) {
    match str::from_utf8(bytes) {
        Ok(text) if is_printable(text) => {
            builder.string(text);
            builder.note("text");
        }
        _ => {
            builder.bytes(bytes);
            builder.note("bytes");
        }
    }
}

fn varint(builder: &mut Builder, value: u64) {
    builder.number(&value.to_string());
    builder.note("varint");
    if value.cast_signed() < 0 {
        builder.note(&format!("signed {}", value.cast_signed()));
    }
    if value > 1 {
        builder.note(&format!("zigzag {}", zigzag(value)));
    }
}

fn fixed32(builder: &mut Builder, bits: u32) {
    let float = f32::from_bits(bits);
    if is_likely(f64::from(float)) {
        digits::push_f32(builder, float);
        builder.note("float");
        builder.note(&format!("as integer {bits}"));
    } else {
        builder.number(&bits.to_string());
        builder.note("fixed32");
        if bits.cast_signed() < 0 {
            builder.note(&format!("signed {}", bits.cast_signed()));
        }
        if bits != 0 {
            builder.note(&format!("float {float:?}"));
        }
    }
}

fn fixed64(builder: &mut Builder, bits: u64) {
    let float = f64::from_bits(bits);
    if is_likely(float) {
        digits::push_f64(builder, float);
        builder.note("double");
        builder.note(&format!("as integer {bits}"));
    } else {
        builder.number(&bits.to_string());
        builder.note("fixed64");
        if bits.cast_signed() < 0 {
            builder.note(&format!("signed {}", bits.cast_signed()));
        }
        if bits != 0 {
            builder.note(&format!("double {float:?}"));
        }
    }
}

/// Whether a float is of a size that people measure: integers, counters and times look like tiny ones.
fn is_likely(float: f64) -> bool {
    (1e-9..1e15).contains(&float.abs())
}
