//! Bytes → values, text or a picture: what was chosen, or what fits best.

use bytes::Bytes;

use super::described;
use super::json;
use super::preview::{self, Kind};
use super::reading::{Content, Decoded, Format, Reading};
use super::text::visible;

/// Reads a payload. Never fails: what does not fit the chosen format is shown as text or bytes, with a notice.
pub fn decode(payload: &Bytes, reading: &Reading) -> Decoded {
    let said = || described::format_said(payload, reading);
    let chosen = reading.chosen.clone().or_else(said);
    let format = chosen.unwrap_or_else(|| best(payload));
    let mut notices = Vec::new();
    let content = content(payload, &format, reading, &mut notices);
    Decoded {
        format,
        layers: Vec::new(),
        bytes: payload.clone(),
        content,
        notices,
    }
}

fn best(payload: &[u8]) -> Format {
    match preview::detect(payload) {
        Kind::Json => Format::Json,
        Kind::Text | Kind::Empty => Format::Text,
        Kind::Binary => Format::Hex,
    }
}

fn content(
    payload: &Bytes,
    format: &Format,
    reading: &Reading,
    notices: &mut Vec<String>,
) -> Content {
    if payload.is_empty() {
        return Content::Empty;
    }
    match format {
        Format::Json => match json::document(payload) {
            Some(document) => Content::Document(document),
            None => {
                notices.push("Not valid JSON, shown as text.".to_owned());
                Content::Text(visible(payload).into_owned())
            }
        },
        Format::Protobuf(_) | Format::ProtobufFields | Format::Avro(_) | Format::SparkplugB => {
            match described::read(payload, format, reading, notices) {
                Ok(document) => Content::Document(document),
                Err(misfit) => {
                    notices.push(misfit.to_string());
                    Content::Bytes
                }
            }
        }
        Format::Text => Content::Text(visible(payload).into_owned()),
        _ => Content::Bytes,
    }
}
