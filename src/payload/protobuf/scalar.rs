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
        // as C++ and Java do, a longer one is cut off to 32 bits
        (Type::Int32, Value::Varint(bits)) => number(builder, low(bits).cast_signed()),
        (Type::Uint32, Value::Varint(bits)) => number(builder, low(bits)),
        (Type::Sint32, Value::Varint(bits)) => number(builder, zigzag(u64::from(low(bits)))),
        (Type::Int64, Value::Varint(bits)) => number(builder, bits.cast_signed()),
        (Type::Uint64, Value::Varint(bits)) => number(builder, bits),
        (Type::Sint64, Value::Varint(bits)) => number(builder, zigzag(bits)),
        (Type::Fixed32, Value::Fixed32(bits)) => number(builder, bits),
        (Type::Sfixed32, Value::Fixed32(bits)) => number(builder, bits.cast_signed()),
        (Type::Fixed64, Value::Fixed64(bits)) => number(builder, bits),
        (Type::Sfixed64, Value::Fixed64(bits)) => number(builder, bits.cast_signed()),
        (Type::Bool, Value::Varint(bits)) => {
            builder.literal(if bits == 0 { "false" } else { "true" });
        }
        (Type::Enum(names), Value::Varint(bits)) => {
            enumeration(builder, low(bits).cast_signed(), names);
        }
        (Type::String, Value::Bytes(bytes)) => text(builder, bytes),
        (Type::Bytes, Value::Bytes(bytes)) => builder.bytes(bytes),
        _ => return false,
    }
    true
}

/// The key of a map entry, as it is to be shown; `None` when the wire type is not that of the type.
pub fn map_key(builder: &mut Builder, value: Value<'_>, of: &Type) -> bool {
    let shown = match (of, value) {
        (Type::String, Value::Bytes(bytes)) => {
            builder.key(&String::from_utf8_lossy(bytes));
            return true;
        }
        (Type::Int32, Value::Varint(bits)) => low(bits).cast_signed().to_string(),
        (Type::Uint32, Value::Varint(bits)) => low(bits).to_string(),
        (Type::Sint32, Value::Varint(bits)) => zigzag(u64::from(low(bits))).to_string(),
        (Type::Int64, Value::Varint(bits)) => bits.cast_signed().to_string(),
        (Type::Uint64, Value::Varint(bits)) => bits.to_string(),
        (Type::Sint64, Value::Varint(bits)) => zigzag(bits).to_string(),
        (Type::Fixed32, Value::Fixed32(bits)) => bits.to_string(),
        (Type::Sfixed32, Value::Fixed32(bits)) => bits.cast_signed().to_string(),
        (Type::Fixed64, Value::Fixed64(bits)) => bits.to_string(),
        (Type::Sfixed64, Value::Fixed64(bits)) => bits.cast_signed().to_string(),
        (Type::Bool, Value::Varint(bits)) => (bits != 0).to_string(),
        _ => return false,
    };
    builder.key_as_shown(&shown);
    true
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
            number(builder, value);
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

fn number(builder: &mut Builder, value: impl ToString) {
    builder.number(&value.to_string());
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32-bit types take the low half"
)]
fn low(bits: u64) -> u32 {
    bits as u32
}
