//! The formats to choose from, as the window lists them.

use std::borrow::Cow;

use super::picture;
use super::reading::{ByteOrder, Format, NumberKind, NumberShape};

const fn number(shape: NumberShape, order: ByteOrder) -> Format {
    Format::Number(NumberKind { shape, order })
}

impl Format {
    /// The formats that need nothing else to be chosen, in the order of a menu.
    pub const ALL_SIMPLE: [Self; 15] = [
        Self::Json,
        Self::Text,
        Self::Hex,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Latin1,
        Self::Xml,
        Self::Yaml,
        Self::Cbor,
        Self::MessagePack,
        Self::ProtobufFields,
        Self::SparkplugB,
        Self::Image,
        Self::Base64,
        Self::Deflate,
    ];

    /// The binary numbers, in the order of a menu.
    pub const NUMBERS: [Self; 10] = [
        number(NumberShape::Unsigned, ByteOrder::BigEndian),
        number(NumberShape::Unsigned, ByteOrder::LittleEndian),
        number(NumberShape::Signed, ByteOrder::BigEndian),
        number(NumberShape::Signed, ByteOrder::LittleEndian),
        number(NumberShape::Float, ByteOrder::BigEndian),
        number(NumberShape::Float, ByteOrder::LittleEndian),
        number(NumberShape::UnixSeconds, ByteOrder::BigEndian),
        number(NumberShape::UnixSeconds, ByteOrder::LittleEndian),
        number(NumberShape::UnixMillis, ByteOrder::BigEndian),
        number(NumberShape::UnixMillis, ByteOrder::LittleEndian),
    ];

    /// Its name: `JSON`, `Float, little endian`, `Protobuf plant.Reading`.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Json => "JSON".into(),
            Self::Text => "Text".into(),
            Self::Utf16Le => "UTF-16, little endian".into(),
            Self::Utf16Be => "UTF-16, big endian".into(),
            Self::Latin1 => "Latin-1".into(),
            Self::Hex => "Hex".into(),
            Self::Base64 => "Base64".into(),
            Self::Deflate => "Deflate".into(),
            Self::Xml => "XML".into(),
            Self::Yaml => "YAML".into(),
            Self::Cbor => "CBOR".into(),
            Self::MessagePack => "MessagePack".into(),
            Self::Protobuf(message) => format!("Protobuf {message}").into(),
            Self::ProtobufFields => "Protobuf without a schema".into(),
            Self::Avro(schema) => format!("Avro {schema}").into(),
            Self::SparkplugB => "Sparkplug B".into(),
            Self::Number(kind) => kind.name().into(),
            Self::Image => "Picture".into(),
        }
    }

    /// What it is, on one line.
    pub fn about(&self) -> &'static str {
        match self {
            Self::Json => "One document, or one on each line",
            Self::Text => "UTF-8, with invisible characters written out",
            Self::Utf16Le | Self::Utf16Be => "Two bytes for most characters",
            Self::Latin1 => "ISO 8859-1: one byte for each character",
            Self::Hex => "Bytes with offsets and ASCII",
            Self::Base64 => "Bytes written as text: shows what is inside",
            Self::Deflate => "Compressed without a header: shows what is inside",
            Self::Xml => "Elements, attributes and text",
            Self::Yaml => "YAML 1.2, one document or several",
            Self::Cbor => "RFC 8949, with tags",
            Self::MessagePack => "With extensions and timestamps",
            Self::Protobuf(_) => "A message described by a schema of the profile",
            Self::ProtobufFields => "Field numbers and wire types",
            Self::Avro(_) => "A datum or a container file",
            Self::SparkplugB => "Metrics, with the names of the birth",
            Self::Number(kind) => kind.about(),
            Self::Image => "PNG, JPEG, GIF, WebP or BMP",
        }
    }

    /// Whether it may well be meant by someone who chooses for this payload; looks at its length and its first bytes only.
    pub fn suits(&self, payload: &[u8]) -> bool {
        let head = &payload[..payload.len().min(256)];
        let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
        let is_text = match str::from_utf8(head) {
            Ok(_) => true,
            Err(err) => err.error_len().is_none() && head.len() < payload.len(),
        };
        match self {
            Self::Json => matches!(
                first,
                Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
            ),
            Self::Xml => first == Some(&b'<'),
            Self::Text | Self::Yaml => is_text,
            Self::Base64 => is_text && payload.len() >= 4,
            Self::Utf16Le | Self::Utf16Be => payload.len().is_multiple_of(2) && head.contains(&0),
            Self::Image => picture::kind(payload).is_some(),
            Self::Number(kind) => kind.shape.takes(payload.len()),
            Self::Hex | Self::Latin1 => true,
            _ => !is_text || head.contains(&0),
        }
    }
}

impl NumberKind {
    fn name(self) -> String {
        let order = match self.order {
            ByteOrder::BigEndian => "big endian",
            ByteOrder::LittleEndian => "little endian",
        };
        let shape = match self.shape {
            NumberShape::Unsigned => "Unsigned integer",
            NumberShape::Signed => "Signed integer",
            NumberShape::Float => "Float",
            NumberShape::UnixSeconds => "Unix time in seconds",
            NumberShape::UnixMillis => "Unix time in milliseconds",
        };
        format!("{shape}, {order}")
    }

    fn about(self) -> &'static str {
        match self.shape {
            NumberShape::Unsigned => "0 and above, in 1, 2, 4 or 8 bytes",
            NumberShape::Signed => "Two's complement, in 1, 2, 4 or 8 bytes",
            NumberShape::Float => "IEEE 754, in 4 or 8 bytes",
            NumberShape::UnixSeconds => "Since 1970, in 4 or 8 bytes",
            NumberShape::UnixMillis => "Since 1970, in 8 bytes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Format::ALL_SIMPLE
            .iter()
            .chain(&Format::NUMBERS)
            .map(Format::name)
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 25);
    }

    #[test]
    fn formats_suit_what_they_may_read() {
        let suiting = |payload: &[u8]| -> Vec<_> {
            Format::ALL_SIMPLE
                .iter()
                .filter(|format| format.suits(payload))
                .map(Format::name)
                .collect()
        };
        assert_eq!(
            suiting(b"{\"a\":1}"),
            ["JSON", "Text", "Hex", "Latin-1", "YAML", "Base64"]
        );
        assert!(suiting(b"\xa1\x61a\x01").contains(&"CBOR".into()));
        let numbers = |length: usize| {
            Format::NUMBERS
                .iter()
                .filter(|format| format.suits(&vec![0; length]))
                .count()
        };
        assert_eq!([1, 2, 3, 4, 8].map(numbers), [4, 4, 0, 8, 10]);
    }
}
