//! Bytes → something to read, and what a person types → bytes. Pure functions: no files, threads, clock or window.

pub mod avro;
mod cbor;
mod content_type;
mod decode;
mod described;
mod detect;
pub mod diff;
mod digits;
pub mod document;
mod evidence;
pub mod export;
pub mod format;
mod formats;
pub mod hex;
pub mod json;
mod layers;
mod misfit;
mod msgpack;
mod number;
pub mod picture;
mod preview;
pub mod protobuf;
mod reading;
pub mod schema;
pub mod series;
pub mod sparkplug;
pub mod template;
pub mod text;
mod xml;
mod yaml;

pub use decode::{decode, may_grow};
pub use preview::{Kind, detect, preview};
pub use reading::{
    ByteOrder, Content, Decoded, Format, Layer, NumberKind, NumberShape, Picture, Reading,
};
