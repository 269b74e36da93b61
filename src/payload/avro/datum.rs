//! One value by its schema (Avro specification, "Binary encoding").

use apache_avro::Schema;
use apache_avro::schema::{InnerDecimalSchema, UuidSchema};

use super::super::digits;
use super::super::document::{Builder, Kind};
use super::super::misfit::Misfit;
use super::super::protobuf::wire::{varint, zigzag};
use super::logical;
use super::{Names, name_of};

/// Values that take no bytes (nulls, empty records) which one payload may have: an array of them costs it nothing.
pub(super) const MAX_FREE: u32 = 1_000_000;

/// The place up to which a payload is read.
pub struct Reader<'a> {
    all: &'a [u8],
    rest: &'a [u8],
    names: &'a Names,
    /// Values without bytes that may still come.
    pub(super) free: u32,
}

impl<'a> Reader<'a> {
    /// At the beginning of `bytes`; references are looked up in `names`.
    pub fn new(bytes: &'a [u8], names: &'a Names) -> Self {
        Self {
            all: bytes,
            rest: bytes,
            names,
            free: MAX_FREE,
        }
    }

    /// Bytes that are not read yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Writes the next value, of this schema; names in it belong to `namespace` unless they say otherwise.
    pub fn value(
        &mut self,
        builder: &mut Builder,
        schema: &Schema,
        namespace: Option<&str>,
    ) -> Result<(), Misfit> {
        self.noted(builder, schema, namespace, "")
    }

    /// The same with a remark beside it.
    fn noted(
        &mut self,
        builder: &mut Builder,
        schema: &Schema,
        namespace: Option<&str>,
        note: &str,
    ) -> Result<(), Misfit> {
        if let Some(limit) = builder.limit() {
            return Err(limit.into());
        }
        let before = self.rest.len();
        match schema {
            Schema::Array(array) => {
                open(builder, Kind::Array, note);
                self.blocks(builder, |reader, builder| {
                    reader.value(builder, &array.items, namespace)
                })?;
                builder.close();
            }
            Schema::Map(map) => {
                open(builder, Kind::Object, note);
                self.blocks(builder, |reader, builder| {
                    let key = reader.bytes()?;
                    builder.key(&String::from_utf8_lossy(key));
                    reader.value(builder, &map.types, namespace)
                })?;
                builder.close();
            }
            Schema::Union(union) => return self.union(builder, union.variants(), namespace),
            Schema::Record(record) => {
                let name = record.name.fully_qualified_name(namespace);
                open(builder, Kind::Object, note);
                for field in &record.fields {
                    builder.key(&field.name);
                    self.value(builder, &field.schema, name.namespace())?;
                }
                builder.close();
            }
            Schema::Ref { name } => {
                let full = name.fullname(namespace);
                let Some(known) = self.names.get(&full) else {
                    return Err(Misfit::Other(format!(
                        "The schema names the type “{full}”, which no schema file describes. Add its .avsc file under “Formats and schemas”."
                    )));
                };
                let namespace = name.fully_qualified_name(namespace);
                return self.noted(builder, known, namespace.namespace(), note);
            }
            scalar => {
                self.scalar(builder, scalar)?;
                if !note.is_empty() {
                    builder.note(note);
                }
            }
        }
        if self.rest.len() == before {
            self.count_free()?;
        }
        Ok(())
    }

    fn count_free(&mut self) -> Result<(), Misfit> {
        let left = self.free.checked_sub(1);
        self.free = left.ok_or_else(|| self.broken("too many values that take no bytes"))?;
        Ok(())
    }

    fn union(
        &mut self,
        builder: &mut Builder,
        variants: &[Schema],
        namespace: Option<&str>,
    ) -> Result<(), Misfit> {
        let index = self.long()?;
        let chosen = usize::try_from(index)
            .ok()
            .and_then(|index| variants.get(index));
        let Some(chosen) = chosen else {
            return Err(self.broken("no such branch of the union"));
        };
        let is_optional = variants.len() == 2 && variants.contains(&Schema::Null);
        let note = if is_optional {
            String::new()
        } else {
            format!("as {}", name_of(chosen))
        };
        self.noted(builder, chosen, namespace, &note)
    }

    /// Blocks of items, each with its count; a negative one is followed by the block's size.
    fn blocks(
        &mut self,
        builder: &mut Builder,
        mut item: impl FnMut(&mut Self, &mut Builder) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        loop {
            let mut count = self.long()?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                count = count
                    .checked_neg()
                    .ok_or_else(|| self.broken("no such count"))?;
                self.long()?;
            }
            for _ in 0..count {
                item(self, builder)?;
            }
        }
    }

    fn scalar(&mut self, builder: &mut Builder, schema: &Schema) -> Result<(), Misfit> {
        match schema {
            Schema::Null => builder.literal("null"),
            Schema::Boolean => match self.take(1)? {
                [0] => builder.literal("false"),
                [1] => builder.literal("true"),
                _ => return Err(self.broken("neither true nor false")),
            },
            Schema::Int | Schema::Date | Schema::TimeMillis => {
                let value = i32::try_from(self.long()?);
                let value = value.map_err(|_too_big| self.broken("no 32-bit integer"))?;
                builder.number(&value.to_string());
                logical::note(builder, schema, i64::from(value));
            }
            Schema::Float => digits::push_f32(builder, f32::from_le_bytes(self.array()?)),
            Schema::Double => digits::push_f64(builder, f64::from_le_bytes(self.array()?)),
            Schema::Bytes => builder.bytes(self.bytes()?),
            Schema::String => text(builder, self.bytes()?),
            Schema::Fixed(fixed) => builder.bytes(self.take(fixed.size)?),
            Schema::Enum(names) => {
                let index = self.long()?;
                let symbol = usize::try_from(index).ok();
                let symbol = symbol.and_then(|index| names.symbols.get(index));
                let symbol = symbol.ok_or_else(|| self.broken("no such symbol of the enum"))?;
                builder.literal(symbol);
                builder.note(&format!("{index} of {}", names.name.name()));
            }
            Schema::Decimal(decimal) => {
                let unscaled = match &decimal.inner {
                    InnerDecimalSchema::Bytes => self.bytes()?,
                    InnerDecimalSchema::Fixed(fixed) => self.take(fixed.size)?,
                };
                let scale = i64::try_from(decimal.scale).unwrap_or(i64::MAX);
                logical::decimal(builder, unscaled, scale);
                builder.note(&format!(
                    "decimal({}, {})",
                    decimal.precision, decimal.scale
                ));
            }
            Schema::BigDecimal => {
                let inside = self.bytes()?;
                let mut inner = Reader::new(inside, self.names);
                let unscaled = inner.bytes()?;
                logical::decimal(builder, unscaled, inner.long()?);
                builder.note("big-decimal");
            }
            Schema::Uuid(uuid) => {
                match uuid {
                    UuidSchema::String => text(builder, self.bytes()?),
                    UuidSchema::Bytes => logical::uuid(builder, self.bytes()?),
                    UuidSchema::Fixed(fixed) => logical::uuid(builder, self.take(fixed.size)?),
                }
                builder.note("uuid");
            }
            Schema::Duration(fixed) => logical::duration(builder, self.take(fixed.size)?),
            // the others are 64-bit integers with a meaning
            _ => {
                let value = self.long()?;
                builder.number(&value.to_string());
                logical::note(builder, schema, value);
            }
        }
        Ok(())
    }

    /// A 64-bit integer.
    pub fn long(&mut self) -> Result<i64, Misfit> {
        match varint(&mut self.rest) {
            Ok(value) => Ok(zigzag(value)),
            Err(_too_early) => Err(self.broken("no whole number begins here")),
        }
    }

    /// Bytes with their length in front.
    pub fn bytes(&mut self) -> Result<&'a [u8], Misfit> {
        let length = usize::try_from(self.long()?);
        let length = length.map_err(|_negative| self.broken("a length below zero"))?;
        self.take(length)
    }

    /// This many bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Misfit> {
        let taken = self.rest.get(..length);
        let taken = taken.ok_or_else(|| self.broken("it ends too early"))?;
        self.rest = &self.rest[length..];
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Misfit> {
        let (first, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.broken("it ends too early"))?;
        self.rest = rest;
        Ok(*first)
    }

    /// What is wrong here.
    pub fn broken(&self, what: &'static str) -> Misfit {
        Misfit::At {
            format: "Avro",
            what,
            at: self.all.len() - self.rest.len(),
        }
    }
}

fn open(builder: &mut Builder, kind: Kind, note: &str) {
    builder.open(kind);
    if !note.is_empty() {
        builder.note(note);
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
