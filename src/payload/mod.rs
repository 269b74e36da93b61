//! Bytes → something to read, and what a person types → bytes. Pure functions: no files, threads, clock or window.

pub mod avro;
mod decode;
mod described;
pub mod diff;
mod digits;
pub mod document;
pub mod export;
pub mod format;
mod formats;
pub mod hex;
pub mod json;
mod misfit;
mod preview;
pub mod protobuf;
mod reading;
pub mod schema;
pub mod series;
pub mod sparkplug;
pub mod template;
pub mod text;

pub use decode::decode;
pub use preview::{Kind, detect, preview};
pub use reading::{
    ByteOrder, Content, Decoded, Format, Layer, NumberKind, NumberShape, Picture, Reading,
};
