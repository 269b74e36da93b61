//! What a payload is to be read as, and what came of it.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::schema::Schemas;

/// How a payload can be read. Chosen by hand, by a rule for a topic filter, by the content type, or detected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    /// A JSON document.
    Json,
    /// UTF-8 text.
    Text,
    /// UTF-16 text, least significant byte first unless it begins with a byte order mark.
    Utf16Le,
    /// UTF-16 text, most significant byte first unless it begins with a byte order mark.
    Utf16Be,
    /// ISO 8859-1 text: each byte is a character.
    Latin1,
    /// Bytes with offsets.
    Hex,
    /// Bytes written as text (RFC 4648), shown as what is inside.
    Base64,
    /// Compressed bytes without a header (RFC 1951), shown as what is inside.
    Deflate,
    /// An XML document.
    Xml,
    /// A YAML document.
    Yaml,
    /// CBOR (RFC 8949).
    Cbor,
    /// `MessagePack`.
    MessagePack,
    /// A Protobuf message of this type (`package.Message`), described by a schema of the profile.
    Protobuf(String),
    /// The fields of a Protobuf message without a schema.
    ProtobufFields,
    /// An Avro datum or object container file, with the schema of this name.
    Avro(String),
    /// A Sparkplug B payload.
    SparkplugB,
    /// One binary number.
    Number(NumberKind),
    /// A picture: PNG, JPEG, GIF, WebP or BMP.
    Image,
}

/// A binary number, or a time as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NumberKind {
    /// What the bits mean.
    pub shape: NumberShape,
    /// Which byte comes first.
    pub order: ByteOrder,
}

/// What the bits of a binary number mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NumberShape {
    /// An integer without sign, of 1, 2, 4 or 8 bytes: what the payload has.
    Unsigned,
    /// An integer in two's complement, of 1, 2, 4 or 8 bytes.
    Signed,
    /// IEEE 754 binary32 or binary64.
    Float,
    /// Seconds since 1970, of 4 or 8 bytes.
    UnixSeconds,
    /// Milliseconds since 1970, of 8 bytes.
    UnixMillis,
}

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ByteOrder {
    /// The most significant.
    BigEndian,
    /// The least significant.
    LittleEndian,
}

/// What is known about a message beside its payload.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Its topic.
    pub topic: String,
    /// The content type that its publisher gave (MQTT 5, 3.3.2.3.9).
    pub content_type: Option<String>,
    /// The format chosen by hand or by a rule; `None` for the one that fits best.
    pub chosen: Option<Format>,
    /// The schemas that the profile names.
    pub schemas: Arc<Schemas>,
    /// Payloads of the Sparkplug births that were in force: of the edge node, and of the device.
    pub births: Vec<Bytes>,
}

/// A payload, read.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// How it was read.
    pub format: Format,
    /// What was opened around it, outermost first: `gzip`, `base64`.
    pub layers: Vec<Layer>,
    /// The innermost bytes.
    pub bytes: Bytes,
    /// What is in them.
    pub content: Content,
    /// Sentences about what could not be read or was left out.
    pub notices: Vec<String>,
}

/// A wrapping that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name: `gzip`, `zlib`, `zstd`, `deflate`, `base64`.
    pub name: &'static str,
    /// Bytes inside it.
    pub inside: usize,
}

/// What was read.
#[derive(Debug, Clone)]
pub enum Content {
    /// No bytes at all; retained, it clears the retained message (MQTT 5, 3.3.1.3).
    Empty,
    /// Values inside values.
    Document(Document),
    /// Text, with what hides written out.
    Text(String),
    /// Bytes that are shown as such.
    Bytes,
    /// A picture.
    Picture(Picture),
}

/// What is known of a picture without decoding its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// `PNG`, `JPEG`, …
    pub kind: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
