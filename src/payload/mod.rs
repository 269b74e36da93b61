//! Bytes → something to read, and what a person types → bytes. Pure functions: no files, threads, clock or window.

mod decode;
pub mod diff;
pub mod document;
pub mod format;
pub mod hex;
pub mod json;
mod preview;
mod reading;
pub mod schema;
pub mod template;
pub mod text;

pub use decode::decode;
pub use preview::{Kind, detect, preview};
pub use reading::{
    ByteOrder, Content, Decoded, Format, Layer, NumberKind, NumberShape, Picture, Reading,
};
