//! Single values of a known type: from their wire type to text.

use prost_reflect::{EnumDescriptor, Kind as Type};

use super::super::digits;
use super::super::document::Builder;
use super::wire::{Value, varint, zigzag};

/// Writes a value of the type. `false`, with nothing written, when the wire type is not that of the type.
pub fn scalar(builder: &mut Builder, value: Value<'_>, of: &Type) -> bool {
    match (of, value) {
        (Type::Double, Value::Fixed64(bits)) => digits::push_f64(builder, f64::from_bits(bits)),
        (Type::Float, Value::Fixed32(bits)) => digits::push_f32(builder, f32::from_bits(bits)),
        (Type::Bool, Value::Varint(bits)) => builder.literal(word(bits)),
        (Type::Enum(names), Value::Varint(bits)) => {
            enumeration(builder, low(bits).cast_signed(), names);
        }
        (Type::String, Value::Bytes(bytes)) => text(builder, bytes),
        (Type::Bytes, Value::Bytes(bytes)) => builder.bytes(bytes),
        _ => match integer(value, of) {
            Some(digits) => builder.number(&digits),
            None => return false,
        },
    }
    true
}

/// Writes the key of a map entry. `false`, with nothing written, when the wire type is not that of the type.
pub fn map_key(builder: &mut Builder, value: Value<'_>, of: &Type) -> bool {
    match (of, value) {
        (Type::String, Value::Bytes(bytes)) => builder.key(&String::from_utf8_lossy(bytes)),
        (Type::Bool, Value::Varint(bits)) => builder.key_as_shown(word(bits)),
        _ => match integer(value, of) {
            Some(digits) => builder.key_as_shown(&digits),
            None => return false,
        },
    }
    true
}

/// The digits of an integer. One of 32 bits that was sent with more is cut off, as C++ and Java do.
fn integer(value: Value<'_>, of: &Type) -> Option<String> {
    let digits = match (of, value) {
        (Type::Int32, Value::Varint(bits)) => low(bits).cast_signed().to_string(),
        (Type::Uint32, Value::Varint(bits)) => low(bits).to_string(),
        (Type::Sint32, Value::Varint(bits)) => zigzag(u64::from(low(bits))).to_string(),
        (Type::Sint64, Value::Varint(bits)) => zigzag(bits).to_string(),
        (Type::Int64, Value::Varint(bits)) | (Type::Sfixed64, Value::Fixed64(bits)) => {
            bits.cast_signed().to_string()
        }
        (Type::Uint64, Value::Varint(bits)) | (Type::Fixed64, Value::Fixed64(bits)) => {
            bits.to_string()
        }
        (Type::Fixed32, Value::Fixed32(bits)) => bits.to_string(),
        (Type::Sfixed32, Value::Fixed32(bits)) => bits.cast_signed().to_string(),
        _ => return None,
    };
    Some(digits)
}

fn word(bits: u64) -> &'static str {
    if bits == 0 { "false" } else { "true" }
}

/// The first of several values that stand packed in `bytes`; `None` when no whole one does.
pub fn packed<'a>(bytes: &mut &'a [u8], of: &Type) -> Option<Value<'a>> {
    match of {
        Type::Double | Type::Fixed64 | Type::Sfixed64 => {
            let (first, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            Some(Value::Fixed64(u64::from_le_bytes(*first)))
        }
        Type::Float | Type::Fixed32 | Type::Sfixed32 => {
            let (first, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            Some(Value::Fixed32(u32::from_le_bytes(*first)))
        }
        Type::String | Type::Bytes | Type::Message(_) => None,
        _ => varint(bytes).ok().map(Value::Varint),
    }
}

/// The word of an enum with its number; a number without a word stands alone.
fn enumeration(builder: &mut Builder, value: i32, names: &EnumDescriptor) {
    match names.get_value(value) {
        Some(name) => {
            builder.literal(name.name());
            builder.note(&format!("{value} of {}", names.name()));
        }
        None => {
            builder.number(&value.to_string());
            builder.note(&format!("not in {}", names.name()));
        }
    }
}

fn text(builder: &mut Builder, bytes: &[u8]) {
    match str::from_utf8(bytes) {
        Ok(text) => builder.string(text),
        Err(_not_utf8) => {
            builder.bytes(bytes);
            builder.note("no UTF-8 text");
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32-bit types take the low half"
)]
fn low(bits: u64) -> u32 {
    bits as u32
}
