//! Payloads whose body is a compressed payload, as Eclipse Tahu sends them: the uuid says so, a metric says how.

use std::io::Read;

use super::super::misfit::Misfit;
use super::super::protobuf::wire::Value;
use super::message::{Message, text};
use super::value::misfit;

/// The uuid of a payload whose body is compressed.
const COMPRESSED: &str = "SPBV1.0_COMPRESSED";
/// Most bytes that a body may have when it is opened.
const MAX_INFLATED: u64 = 32 * 1024 * 1024;

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
    let outer = Message::read(payload).map_err(misfit)?;
    let (Some(COMPRESSED), Some(body)) = (outer.uuid, outer.body) else {
        return Ok(outer);
    };
    let algorithm = outer.metrics.iter().find(|it| it.name == Some("algorithm"));
    let algorithm = algorithm.and_then(|it| match it.value?.value {
        Value::Bytes(bytes) => text(bytes),
        _ => None,
    });
    let limit = MAX_INFLATED + 1;
    let read = if algorithm.is_some_and(|it| it.eq_ignore_ascii_case("gzip")) {
        flate2::read::GzDecoder::new(body)
            .take(limit)
            .read_to_end(inside)
    } else {
        flate2::read::ZlibDecoder::new(body)
            .take(limit)
            .read_to_end(inside)
    };
    if let Err(err) = read {
        return Err(Misfit::Other(format!(
            "Its body is compressed and cannot be opened: {err}. Look at it as Protobuf fields."
        )));
    }
    if inside.len() as u64 > MAX_INFLATED {
        return Err(Misfit::Other(format!(
            "Its body has more than {MAX_INFLATED} bytes when it is opened. Look at it as Protobuf fields."
        )));
    }
    Message::read(inside).map_err(misfit)
}
