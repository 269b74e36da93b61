//! The fields of a Protobuf message as they stand on the wire: number and value, without knowing what they mean.

use prost::encoding::{WireType, decode_key, decode_varint};
use thiserror::Error;

/// Deepest nesting of groups; a message with more is not read.
const MAX_GROUPS: usize = 100;

/// One field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field<'a> {
    /// Its number.
    pub number: u32,
    /// Its value.
    pub value: Value<'a>,
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Wire type 0: integers, booleans, enums.
    Varint(u64),
    /// Wire type 1: eight bytes.
    Fixed64(u64),
    /// Wire type 2: text, bytes, a message, or several packed values.
    Bytes(&'a [u8]),
    /// Wire types 3 and 4: the fields of a group.
    Group(&'a [u8]),
    /// Wire type 5: four bytes.
    Fixed32(u32),
}

impl Value<'_> {
    /// The name of the wire type.
    pub fn wire_type(&self) -> &'static str {
        match self {
            Self::Varint(_) => "varint",
            Self::Fixed64(_) => "fixed64",
            Self::Bytes(_) => "length-delimited",
            Self::Group(_) => "group",
            Self::Fixed32(_) => "fixed32",
        }
    }
}

/// Why bytes are no Protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("byte {at}: {what}")]
pub struct WireError {
    /// Offset of the field in the message that is read.
    pub at: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// The fields of a message, in the order in which they were sent.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    all: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields in `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        let (all, rest) = (bytes, bytes);
        Self { all, rest }
    }

    fn step(&mut self) -> Result<Field<'a>, &'static str> {
        let (number, wire_type) = self.key()?;
        let value = match wire_type {
            WireType::StartGroup => Value::Group(self.group(number)?),
            WireType::EndGroup => return Err("a group ends that did not begin"),
            other => self.plain(other)?,
        };
        Ok(Field { number, value })
    }

    fn key(&mut self) -> Result<(u32, WireType), &'static str> {
        decode_key(&mut self.rest).map_err(|_broken| "no field begins here")
    }

    fn plain(&mut self, wire_type: WireType) -> Result<Value<'a>, &'static str> {
        match wire_type {
            WireType::Varint => varint(&mut self.rest).map(Value::Varint),
            WireType::SixtyFourBit => self.array().map(u64::from_le_bytes).map(Value::Fixed64),
            WireType::ThirtyTwoBit => self.array().map(u32::from_le_bytes).map(Value::Fixed32),
            WireType::LengthDelimited => self.delimited().map(Value::Bytes),
            WireType::StartGroup | WireType::EndGroup => Err("a group where a value should be"),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (first, rest) = self.rest.split_first_chunk().ok_or("it ends too early")?;
        self.rest = rest;
        Ok(*first)
    }

    fn delimited(&mut self) -> Result<&'a [u8], &'static str> {
        let length = usize::try_from(varint(&mut self.rest)?).unwrap_or(usize::MAX);
        let inside = self.rest.get(..length).ok_or("it ends too early")?;
        self.rest = &self.rest[length..];
        Ok(inside)
    }

    /// The bytes of the group that has just begun, up to its end.
    fn group(&mut self, number: u32) -> Result<&'a [u8], &'static str> {
        let inside = self.rest;
        let mut open = vec![number];
        loop {
            let before = self.rest.len();
            let (number, wire_type) = self.key()?;
            match wire_type {
                WireType::StartGroup if open.len() == MAX_GROUPS => {
                    return Err("groups are nested too deeply");
                }
                WireType::StartGroup => open.push(number),
                WireType::EndGroup if open.pop() != Some(number) => {
                    return Err("another group ends than began");
                }
                WireType::EndGroup if open.is_empty() => {
                    return Ok(&inside[..inside.len() - before]);
                }
                WireType::EndGroup => {}
                other => drop(self.plain(other)?),
            }
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let at = self.all.len() - self.rest.len();
        let field = self.step().map_err(|what| WireError { at, what });
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// One varint from the front of `bytes`.
///
/// # Errors
/// When there is none.
pub fn varint(bytes: &mut &[u8]) -> Result<u64, &'static str> {
    decode_varint(bytes).map_err(|_broken| "a varint ends too early or has more than 64 bits")
}

/// Whether `bytes` are the fields of a message, none of them broken; what is nested is not looked at.
pub fn is_message(bytes: &[u8]) -> bool {
    !bytes.is_empty() && Fields::new(bytes).all(|field| field.is_ok())
}

/// A zigzag varint as what it stands for: 0, -1, 1, -2, …
pub fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_type_is_read() {
        let bytes = [
            0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 0, 0, 128, 63, 0x23, 0x08, 1, 0x24, 0x29,
            1, 0, 0, 0, 0, 0, 0, 0,
        ];
        let fields: Vec<_> = Fields::new(&bytes).map(Result::unwrap).collect();
        let expected = [
            (1, Value::Varint(150)),
            (2, Value::Bytes(b"hi")),
            (3, Value::Fixed32(0x3f80_0000)),
            (4, Value::Group(&[8, 1])),
            (5, Value::Fixed64(1)),
        ];
        let expected = expected.map(|(number, value)| Field { number, value });
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_is_broken_is_said_once() {
        let broken: [(&[u8], usize); 7] = [
            (&[0x08], 0),
            (&[0x08, 1, 0x12, 9, 1], 2),
            (&[0x24], 0),
            (&[0x23, 0x2c], 0),
            (&[0x0f], 0),
            (&[0x00, 1], 0),
            (&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127], 0),
        ];
        for (bytes, at) in broken {
            let mut fields = Fields::new(bytes).skip_while(Result::is_ok);
            assert_eq!(fields.next().unwrap().unwrap_err().at, at, "{bytes:?}");
            assert!(fields.next().is_none());
        }
        let deep = [0x23; 300];
        assert!(!is_message(&deep));
    }

    #[test]
    fn zigzag_is_undone() {
        let values = [0, 1, 2, 3, u64::MAX - 1, u64::MAX].map(zigzag);
        assert_eq!(values, [0, -1, 1, -2, i64::MAX, i64::MIN]);
    }
}
