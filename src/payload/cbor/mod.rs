//! CBOR (RFC 8949) as values: tags become remarks, numbers keep every digit, and keys may be anything.

mod read;
mod tags;
#[cfg(test)]
mod tests;

use super::document::{Document, Kind};
use super::misfit::Misfit;
use read::Reader;

/// The item in `payload`; several one behind the other (a CBOR sequence, RFC 8742) as an array.
///
/// # Errors
/// [`Misfit`] when it is no CBOR, or too big or too deep.
pub(super) fn document(payload: &[u8]) -> Result<Document, Misfit> {
    let mut reader = Reader::new(payload);
    reader.item()?;
    if reader.is_at_end() {
        return Ok(reader.builder.finish()?);
    }
    let mut reader = Reader::new(payload);
    reader.builder.open(Kind::Array);
    reader.builder.note("CBOR sequence");
    while !reader.is_at_end() {
        reader.item()?;
    }
    reader.builder.close();
    Ok(reader.builder.finish()?)
}

/// The document that all of `payload` surely is, and how many bits speak for it; `None` when it may well be something else.
pub(super) fn detect(payload: &[u8]) -> Option<(Document, u32)> {
    let may_begin = matches!(payload.first()?, 0x80..=0xdb);
    if !may_begin {
        return None;
    }
    let mut reader = Reader::new(payload);
    reader.item().ok()?;
    let is_sure = reader.is_at_end() && reader.evidence.is_enough();
    let bits = reader.evidence.bits();
    Some((reader.builder.finish().ok()?, bits)).filter(|_| is_sure)
}
