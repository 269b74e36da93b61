//! Bytes → something to read, and what a person types → bytes. Pure functions: no files, threads, clock or window.

pub mod format;
pub mod hex;
pub mod json;
mod preview;
pub mod template;
pub mod text;

pub use preview::{Format, detect, preview};
