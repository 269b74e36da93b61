//! Payloads whose body is a compressed payload, as Eclipse Tahu sends them: the uuid says so, a metric says how.

use super::super::format::format_bytes;
use super::super::layers::{Stop, Wrapping, unwrap};
use super::super::misfit::Misfit;
use super::super::protobuf::wire::Value;
use super::message::{Message, text};

/// The uuid of a payload whose body is compressed.
const COMPRESSED: &str = "SPBV1.0_COMPRESSED";
/// Most bytes that a body may have when it is opened.
const MAX_INFLATED: usize = 32 * 1024 * 1024;

/// Whether a payload may be one whose body is compressed, without reading it.
pub fn holds_compressed(payload: &[u8]) -> bool {
    let mut places = payload.windows(COMPRESSED.len());
    places.any(|place| place == COMPRESSED.as_bytes())
}

/// Reads a payload; a compressed one is opened into `inside`, and read from there.
///
/// # Errors
/// [`Misfit`] when it is no Sparkplug payload, cannot be opened, or grows too big.
pub fn opened<'a>(payload: &'a [u8], inside: &'a mut Vec<u8>) -> Result<Message<'a>, Misfit> {
    let outer = Message::read(payload)?;
    let (Some(COMPRESSED), Some(body)) = (outer.uuid, outer.body) else {
        return Ok(outer);
    };
    let algorithm = outer.metrics.iter().find(|it| it.name == Some("algorithm"));
    let algorithm = algorithm.and_then(|it| match it.value?.value {
        Value::Bytes(bytes) => text(bytes),
        _ => None,
    });
    let wrapping = if algorithm.is_some_and(|it| it.eq_ignore_ascii_case("gzip")) {
        Wrapping::Gzip
    } else {
        Wrapping::Zlib
    };
    match unwrap(wrapping, body, inside, MAX_INFLATED) {
        Ok(_bytes_behind) => Message::read(inside),
        Err(Stop::Full | Stop::Parts) => Err(Misfit::Other(format!(
            "Its body has more than {} when it is opened. Look at it as Protobuf fields.",
            format_bytes(MAX_INFLATED as u64)
        ))),
        Err(Stop::Damaged(why)) => Err(Misfit::Other(format!(
            "Its body is compressed and cannot be opened: {why}. Look at it as Protobuf fields."
        ))),
    }
}
