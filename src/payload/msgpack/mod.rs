//! `MessagePack` as values. `rmp` reads markers and numbers; lengths are checked against the bytes that are there.

mod read;
#[cfg(test)]
mod tests;

use super::document::{Document, Kind};
use super::misfit::Misfit;
use read::Reader;

/// The value in `payload`; several one behind the other as an array.
///
/// # Errors
/// [`Misfit`] when it is no `MessagePack`, or too big or too deep.
pub(super) fn document(payload: &[u8]) -> Result<Document, Misfit> {
    let mut reader = Reader::new(payload);
    reader.value()?;
    if reader.is_at_end() {
        return Ok(reader.builder.finish()?);
    }
    let mut reader = Reader::new(payload);
    reader.builder.open(Kind::Array);
    reader.builder.note("values one behind the other");
    while !reader.is_at_end() {
        reader.value()?;
    }
    reader.builder.close();
    Ok(reader.builder.finish()?)
}

/// The document that all of `payload` surely is, and how many bits speak for it; `None` when it may well be something else.
pub(super) fn detect(payload: &[u8]) -> Option<(Document, u32)> {
    let may_begin = matches!(payload.first()?, 0x80..=0x9f | 0xdc..=0xdf);
    if !may_begin {
        return None;
    }
    let mut reader = Reader::new(payload);
    reader.value().ok()?;
    let is_sure = reader.is_at_end() && reader.evidence.is_enough();
    let bits = reader.evidence.bits();
    Some((reader.builder.finish().ok()?, bits)).filter(|_| is_sure)
}
