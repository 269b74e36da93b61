//! Values of metrics, properties, parameters and data sets, which are encoded alike but under different field numbers.

use super::super::digits;
use super::super::document::{Builder, Kind, Limit};
use super::super::misfit::Misfit;
use super::super::protobuf::wire::{Field, Fields, Value, WireError, varint};
use super::super::protobuf::{go_on, unknown_field};
use super::datatype::{Element, Meaning, meaning, name};
use super::document::write_metric;
use super::message::{Metric, text};

/// Most columns of a data set; also most fields that Sparkplug does not have in it, or in a member of a template.
const MAX_COLUMNS: usize = 1 << 16;

/// Which fields carry a value, after the first: int, long, float, double, boolean, string; then what is structured.
#[derive(Debug, Clone, Copy)]
pub struct Numbering {
    first: u32,
    bytes: Option<u32>,
    data_set: Option<u32>,
    template: Option<u32>,
    property_set: Option<u32>,
    property_sets: Option<u32>,
}

const PLAIN: Numbering = Numbering {
    first: 1,
    bytes: None,
    data_set: None,
    template: None,
    property_set: None,
    property_sets: None,
};

/// The value of a metric (Sparkplug 3.0, 6.4.6).
pub const METRIC: Numbering = Numbering {
    first: 10,
    bytes: Some(16),
    data_set: Some(17),
    template: Some(18),
    ..PLAIN
};

/// The value of a template's parameter (6.4.13).
const PARAMETER: Numbering = Numbering { first: 3, ..PLAIN };

/// The value of a property (6.4.9).
const PROPERTY: Numbering = Numbering {
    first: 3,
    property_set: Some(9),
    property_sets: Some(10),
    ..PLAIN
};

/// Writes a value with a remark beside it.
pub fn value(
    builder: &mut Builder,
    field: Field<'_>,
    datatype: u32,
    numbering: Numbering,
    note: &str,
) -> Result<(), Misfit> {
    go_on(builder)?;
    let place = Some(field.number);
    match field.value {
        Value::Bytes(bytes) if place == numbering.bytes => {
            return bytes_value(builder, bytes, datatype, note);
        }
        Value::Bytes(bytes) if place == numbering.data_set => {
            return data_set(builder, bytes, note);
        }
        Value::Bytes(bytes) if place == numbering.template => {
            return template(builder, bytes, note);
        }
        Value::Bytes(bytes) if place == numbering.property_set => {
            return property_set(builder, bytes, note);
        }
        Value::Bytes(bytes) if place == numbering.property_sets => {
            return property_sets(builder, bytes, note);
        }
        _ => {}
    }
    match (field.number.wrapping_sub(numbering.first), field.value) {
        (0 | 1, Value::Varint(bits)) => integer(builder, bits, datatype),
        (2, Value::Fixed32(bits)) => digits::push_f32(builder, f32::from_bits(bits)),
        (3, Value::Fixed64(bits)) => digits::push_f64(builder, f64::from_bits(bits)),
        (4, Value::Varint(bits)) => builder.literal(if bits == 0 { "false" } else { "true" }),
        (5, Value::Bytes(bytes)) => match text(bytes) {
            Some(text) => builder.string(text),
            None => builder.bytes(bytes),
        },
        _ => {
            builder.open(Kind::Object);
            if !note.is_empty() {
                builder.note(note);
            }
            builder.note("not a value of Sparkplug B");
            unknown_field(builder, field)?;
            builder.close();
            return Ok(());
        }
    }
    if let Value::Varint(bits) = field.value
        && meaning(datatype) == Meaning::DateTime
        && let Some(date) = date(bits)
    {
        builder.note(&date);
    }
    if !note.is_empty() {
        builder.note(note);
    }
    Ok(())
}

/// An integer as its type means it: signed ones are sent in two's complement, of their own width or of the field's.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the type says how many bits count"
)]
fn integer(builder: &mut Builder, bits: u64, datatype: u32) {
    let text = match meaning(datatype) {
        Meaning::Signed(8) => (bits as u8).cast_signed().to_string(),
        Meaning::Signed(16) => (bits as u16).cast_signed().to_string(),
        Meaning::Signed(32) => (bits as u32).cast_signed().to_string(),
        Meaning::Signed(_) | Meaning::DateTime => bits.cast_signed().to_string(),
        _ => bits.to_string(),
    };
    builder.number(&text);
    if let Meaning::Unsigned(width) = meaning(datatype)
        && width < 64
        && bits >> width != 0
    {
        builder.note("more than its type holds");
    }
}

/// A time in milliseconds since 1970 as a date in UTC.
pub fn date(millis: u64) -> Option<String> {
    let millis = millis.cast_signed();
    let nanos = i32::try_from(millis.rem_euclid(1_000) * 1_000_000).ok()?;
    digits::date(millis.div_euclid(1_000), nanos)
}

fn bytes_value(
    builder: &mut Builder,
    bytes: &[u8],
    datatype: u32,
    note: &str,
) -> Result<(), Misfit> {
    if let Meaning::Array(element) = meaning(datatype) {
        builder.open(Kind::Array);
        if !note.is_empty() {
            builder.note(note);
        }
        let left = elements(builder, bytes, element)?;
        builder.close();
        if left {
            // the values above are what could be read; the bytes are shown as they came where that is not all
            return Err(Misfit::Other(format!(
                "The bytes of an array of the type {} do not come out even. Look at it as Protobuf fields.",
                name(datatype)
            )));
        }
        return Ok(());
    }
    builder.bytes(bytes);
    if !note.is_empty() {
        builder.note(note);
    }
    Ok(())
}

/// Writes the values of an array; says whether bytes are left that are none.
fn elements(builder: &mut Builder, bytes: &[u8], element: Element) -> Result<bool, Misfit> {
    let size = match element {
        Element::Integer { size, .. } => size,
        Element::Float => 4,
        Element::Double | Element::DateTime => 8,
        Element::Boolean => return booleans(builder, bytes),
        Element::String => return Ok(strings(builder, bytes)),
    };
    let chunks = bytes.chunks_exact(size);
    let left = !chunks.remainder().is_empty();
    for chunk in chunks {
        go_on(builder)?;
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(chunk);
        let bits = u64::from_le_bytes(wide);
        match element {
            Element::Float => {
                let bits = u32::try_from(bits).unwrap_or_default();
                digits::push_f32(builder, f32::from_bits(bits));
            }
            Element::Double => digits::push_f64(builder, f64::from_bits(bits)),
            Element::DateTime => {
                builder.number(&bits.cast_signed().to_string());
                if let Some(date) = date(bits) {
                    builder.note(&date);
                }
            }
            Element::Integer { is_signed, .. } => {
                let shift = 64 - 8 * size;
                let signed = (bits << shift).cast_signed() >> shift;
                let text = if is_signed {
                    signed.to_string()
                } else {
                    bits.to_string()
                };
                builder.number(&text);
            }
            Element::Boolean | Element::String => {}
        }
    }
    Ok(left)
}

/// Bits, the first one highest, behind their count.
fn booleans(builder: &mut Builder, bytes: &[u8]) -> Result<bool, Misfit> {
    let Some((count, bits)) = bytes.split_first_chunk::<4>() else {
        return Ok(true);
    };
    let count = u32::from_le_bytes(*count) as usize;
    for index in 0..count {
        go_on(builder)?;
        let Some(byte) = bits.get(index / 8) else {
            return Ok(true);
        };
        let is_set = byte & (0x80 >> (index % 8)) != 0;
        builder.literal(if is_set { "true" } else { "false" });
    }
    Ok(bits.len() > count.div_ceil(8))
}

fn strings(builder: &mut Builder, bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|&byte| byte == 0) {
        match text(&rest[..end]) {
            Some(text) => builder.string(text),
            None => builder.bytes(&rest[..end]),
        }
        rest = &rest[end + 1..];
    }
    !rest.is_empty()
}

/// A table: an array of rows, each an object by column.
fn data_set(builder: &mut Builder, bytes: &[u8], note: &str) -> Result<(), Misfit> {
    let (mut columns, mut types, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for field in Fields::new(bytes) {
        let field = field.map_err(misfit)?;
        if columns.len().max(types.len()).max(others.len()) > MAX_COLUMNS {
            return Err(Limit::Size.into());
        }
        match (field.number, field.value) {
            (1, Value::Varint(_)) | (4, Value::Bytes(_)) => {}
            (2, Value::Bytes(name)) => columns.push(String::from_utf8_lossy(name).into_owned()),
            (3, Value::Varint(datatype)) => types.push(u32::try_from(datatype).unwrap_or(0)),
            (3, Value::Bytes(mut packed)) => {
                while !packed.is_empty() && types.len() <= MAX_COLUMNS {
                    let Ok(datatype) = varint(&mut packed) else {
                        break;
                    };
                    types.push(u32::try_from(datatype).unwrap_or(0));
                }
            }
            _ => others.push(field),
        }
    }
    builder.open(Kind::Object);
    if !note.is_empty() {
        builder.note(note);
    }
    builder.key("columns");
    builder.open(Kind::Object);
    for (index, column) in columns.iter().enumerate() {
        builder.key(column);
        builder.string(&name(types.get(index).copied().unwrap_or(0)));
    }
    builder.close();
    builder.key("rows");
    builder.open(Kind::Array);
    for row in parts(bytes, 4) {
        go_on(builder)?;
        builder.open(Kind::Object);
        for (index, cell) in Fields::new(row).enumerate() {
            let cell = cell.map_err(misfit)?;
            match columns.get(index) {
                Some(column) => builder.key(column),
                None => builder.key(&format!("column {}", index + 1)),
            }
            let datatype = types.get(index).copied().unwrap_or(0);
            self::cell(builder, cell, datatype)?;
        }
        builder.close();
    }
    builder.close();
    unknown(builder, &others)?;
    builder.close();
    Ok(())
}

fn cell(builder: &mut Builder, cell: Field<'_>, datatype: u32) -> Result<(), Misfit> {
    let inside = match (cell.number, cell.value) {
        (1, Value::Bytes(bytes)) => Fields::new(bytes).next().transpose().map_err(misfit)?,
        _ => Some(cell),
    };
    match inside {
        Some(field) => value(builder, field, datatype, PLAIN, ""),
        None => {
            builder.literal("null");
            Ok(())
        }
    }
}

fn template(builder: &mut Builder, bytes: &[u8], note: &str) -> Result<(), Misfit> {
    builder.open(Kind::Object);
    if !note.is_empty() {
        builder.note(note);
    }
    // gone over once for each part: nothing is kept of what may be millions
    for field in Fields::new(bytes) {
        go_on(builder)?;
        let field = field.map_err(misfit)?;
        match (field.number, field.value) {
            (1 | 4, Value::Bytes(bytes)) if text(bytes).is_some() => {
                builder.key(if field.number == 1 {
                    "version"
                } else {
                    "template_ref"
                });
                builder.string(text(bytes).unwrap_or_default());
            }
            (5, Value::Varint(flag)) => {
                builder.key("is_definition");
                builder.literal(if flag == 0 { "false" } else { "true" });
            }
            _ => {}
        }
    }
    if parts(bytes, 3).next().is_some() {
        builder.key("parameters");
        builder.open(Kind::Object);
        for bytes in parts(bytes, 3) {
            go_on(builder)?;
            parameter(builder, bytes)?;
        }
        builder.close();
    }
    builder.key("metrics");
    builder.open(Kind::Object);
    for bytes in parts(bytes, 2) {
        let mut room = MAX_COLUMNS;
        write_metric(builder, &Metric::read(bytes, &mut room)?)?;
    }
    builder.close();
    let is_known = |field: &Field<'_>| match (field.number, field.value) {
        (1 | 4, Value::Bytes(bytes)) => text(bytes).is_some(),
        (2 | 3, Value::Bytes(_)) | (5, Value::Varint(_)) => true,
        _ => false,
    };
    let all = Fields::new(bytes).filter_map(Result::ok);
    all.filter(|field| !is_known(field))
        .try_for_each(|field| unknown(builder, &[field]))?;
    builder.close();
    Ok(())
}

/// What the length-delimited fields with this number hold, one by one.
fn parts(bytes: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    let fields = Fields::new(bytes).filter_map(Result::ok);
    fields.filter_map(move |field| match field.value {
        Value::Bytes(bytes) if field.number == number => Some(bytes),
        _ => None,
    })
}

fn parameter(builder: &mut Builder, bytes: &[u8]) -> Result<(), Misfit> {
    let (mut key, mut datatype, mut inside) = (None, 0, None);
    for field in Fields::new(bytes) {
        let field = field.map_err(misfit)?;
        match (field.number, field.value) {
            (1, Value::Bytes(bytes)) => key = text(bytes),
            (2, Value::Varint(number)) => datatype = u32::try_from(number).unwrap_or(0),
            _ => inside = Some(field),
        }
    }
    builder.key(key.unwrap_or("without a name"));
    or_null(builder, inside, datatype, PARAMETER)
}

/// Properties as an object by key, into which a remark goes.
pub fn property_set(builder: &mut Builder, bytes: &[u8], note: &str) -> Result<(), Misfit> {
    Fields::new(bytes)
        .try_for_each(|field| field.map(drop))
        .map_err(misfit)?;
    builder.open(Kind::Object);
    if !note.is_empty() {
        builder.note(note);
    }
    let (mut keys, mut values) = (parts(bytes, 1), parts(bytes, 2));
    loop {
        let (key, value) = (keys.next(), values.next());
        if key.is_none() && value.is_none() {
            break;
        }
        go_on(builder)?;
        match key {
            Some(key) => builder.key(&String::from_utf8_lossy(key)),
            None => builder.key("without a key"),
        }
        match value {
            Some(value) => property(builder, value)?,
            None => builder.literal("null"),
        }
    }
    let is_known =
        |field: &Field<'_>| matches!((field.number, field.value), (1 | 2, Value::Bytes(_)));
    let all = Fields::new(bytes).filter_map(Result::ok);
    all.filter(|field| !is_known(field))
        .try_for_each(|field| unknown(builder, &[field]))?;
    builder.close();
    Ok(())
}

fn property(builder: &mut Builder, bytes: &[u8]) -> Result<(), Misfit> {
    let (mut datatype, mut inside) = (0, None);
    for field in Fields::new(bytes) {
        let field = field.map_err(misfit)?;
        match (field.number, field.value) {
            (1, Value::Varint(number)) => datatype = u32::try_from(number).unwrap_or(0),
            (2, Value::Varint(_)) => {}
            _ => inside = Some(field),
        }
    }
    or_null(builder, inside, datatype, PROPERTY)
}

fn or_null(
    builder: &mut Builder,
    inside: Option<Field<'_>>,
    datatype: u32,
    numbering: Numbering,
) -> Result<(), Misfit> {
    match inside {
        Some(field) => value(builder, field, datatype, numbering, &name(datatype)),
        None => {
            builder.literal("null");
            builder.note(&name(datatype));
            Ok(())
        }
    }
}

fn property_sets(builder: &mut Builder, bytes: &[u8], note: &str) -> Result<(), Misfit> {
    builder.open(Kind::Array);
    if !note.is_empty() {
        builder.note(note);
    }
    go_on(builder)?;
    for field in Fields::new(bytes) {
        let field = field.map_err(misfit)?;
        if let (1, Value::Bytes(set)) = (field.number, field.value) {
            property_set(builder, set, "")?;
        }
    }
    builder.close();
    Ok(())
}

/// Fields that Sparkplug does not have, into the object that is open.
pub fn unknown(builder: &mut Builder, others: &[Field<'_>]) -> Result<(), Misfit> {
    for field in others {
        go_on(builder)?;
        unknown_field(builder, *field)?;
    }
    Ok(())
}

/// What is wrong with the bytes, as a sentence.
pub fn misfit(err: WireError) -> Misfit {
    Misfit::Said {
        format: "Sparkplug B",
        what: err.to_string(),
    }
}
