//! Bytes → values, text or a picture: wrappings are opened, then what was chosen, what the content type says, or what
//! fits best is read.

use bytes::Bytes;

use super::cbor;
use super::content_type::{self, Charset, Hint};
use super::described;
use super::detect::detect;
use super::document::Document;
use super::json;
use super::layers::{self, Opening, Wrapping};
use super::misfit::Misfit;
use super::msgpack;
use super::number;
use super::picture;
use super::reading::{Content, Decoded, Format, Reading};
use super::text;
use super::xml;
use super::yaml;

/// Reads a payload. Never fails: what does not fit the format is shown as text or bytes, with a notice. May take long for a
/// payload of megabytes: not for a frame.
pub fn decode(payload: &Bytes, reading: &Reading) -> Decoded {
    let mut opening = Opening::new(payload);
    opening.open_all();
    let chosen = match &reading.chosen {
        Some(Format::Base64) => open_asked(&mut opening, Wrapping::Base64),
        Some(Format::Deflate) => open_asked(&mut opening, Wrapping::Deflate),
        chosen => chosen.clone(),
    };
    let mut notices = opening.notices;
    let bytes = opening.bytes;
    let (format, content) = if bytes.is_empty() {
        (chosen.unwrap_or(Format::Text), Content::Empty)
    } else {
        match chosen {
            Some(format) => as_chosen(&bytes, format, reading, &mut notices),
            None => as_said(&bytes, reading, &mut notices),
        }
    };
    Decoded {
        format,
        layers: opening.layers,
        bytes,
        content,
        notices,
    }
}

/// Whether reading a payload may take far more time and memory than its size tells, such as for compressed data and
/// pictures: not for a frame, however small it is.
pub fn may_grow(payload: &[u8], reading: &Reading) -> bool {
    let is_wrapped = matches!(
        reading.chosen,
        Some(Format::Base64 | Format::Deflate | Format::Image)
    );
    let mut births = reading.births.iter();
    is_wrapped || layers::may_grow(payload) || births.any(|birth| layers::may_grow(birth))
}

/// Opens what was chosen as a wrapping, unless it was recognised as that already; what is inside is then detected.
fn open_asked(opening: &mut Opening, wrapping: Wrapping) -> Option<Format> {
    if !opening.has_opened(wrapping) {
        opening.open(wrapping);
        opening.open_all();
    }
    None
}

/// As the format that was chosen, or as plainly as possible.
fn as_chosen(
    bytes: &Bytes,
    format: Format,
    reading: &Reading,
    notices: &mut Vec<String>,
) -> (Format, Content) {
    match read(bytes, &format, reading, notices) {
        Ok(content) => (format, content),
        Err(misfit) => {
            notices.push(misfit.to_string());
            match str::from_utf8(bytes) {
                Ok(text) if text::is_readable(text) => (
                    Format::Text,
                    Content::Text(text::visible(bytes).into_owned()),
                ),
                _ => (Format::Hex, Content::Bytes),
            }
        }
    }
}

/// As the topic or the content type says, or as what fits best.
fn as_said(bytes: &Bytes, reading: &Reading, notices: &mut Vec<String>) -> (Format, Content) {
    if let Some(format) = described::format_said(bytes, reading) {
        match read(bytes, &format, reading, notices) {
            Ok(content) => return (format, content),
            Err(misfit) => notices.push(misfit.to_string()),
        }
    }
    let said = reading.content_type.as_deref().unwrap_or_default();
    let hint = content_type::hint(said);
    let recoded = hint.charset.and_then(|charset| recoded(bytes, charset));
    let inner = recoded.as_ref().unwrap_or(bytes);
    if let Some(format) = &hint.format {
        match read(inner, format, reading, notices) {
            Ok(content) => return (format.clone(), content),
            Err(misfit) => notices.push(format!(
                "Its content type is {}. {misfit}",
                text::quoted(said)
            )),
        }
    }
    match hint {
        Hint {
            charset: Some(charset),
            ..
        } if recoded.is_some() => {
            let found = detect(inner);
            match found.document {
                Some(document) => (found.format, Content::Document(document)),
                None => as_chosen(bytes, charset.format(), reading, notices),
            }
        }
        _ => as_detected(bytes, reading, notices),
    }
}

fn as_detected(bytes: &Bytes, reading: &Reading, notices: &mut Vec<String>) -> (Format, Content) {
    let found = detect(bytes);
    match found.document {
        Some(document) => (found.format, Content::Document(document)),
        None => as_chosen(bytes, found.format, reading, notices),
    }
}

/// Text in another charset as UTF-8; `None` when it is UTF-8, or not in that charset.
fn recoded(bytes: &[u8], charset: Charset) -> Option<Bytes> {
    let (text, is_whole) = match charset {
        Charset::Utf8 => return None,
        Charset::Latin1 => (text::latin1(bytes), true),
        Charset::Utf16Le => text::utf16(bytes, false),
        Charset::Utf16Be => text::utf16(bytes, true),
    };
    is_whole.then(|| text.into())
}

/// Reads the innermost bytes, of which there is at least one, in a format.
fn read(
    bytes: &Bytes,
    format: &Format,
    reading: &Reading,
    notices: &mut Vec<String>,
) -> Result<Content, Misfit> {
    let document = |read: Result<Document, Misfit>| read.map(Content::Document);
    match format {
        Format::Json => document(json(bytes, notices)),
        Format::Text => Ok(Content::Text(text::visible(bytes).into_owned())),
        Format::Utf16Le | Format::Utf16Be => {
            let (text, is_whole) = text::utf16(bytes, *format == Format::Utf16Be);
            if !is_whole {
                notices.push(
                    "Not all of it is UTF-16. Choose another format, or look at it as hex."
                        .to_owned(),
                );
            }
            Ok(Content::Text(text::shown(&text)))
        }
        Format::Latin1 => Ok(Content::Text(text::shown(&text::latin1(bytes)))),
        Format::Hex | Format::Base64 | Format::Deflate => Ok(Content::Bytes),
        Format::Cbor => document(cbor::document(bytes)),
        Format::MessagePack => document(msgpack::document(bytes)),
        Format::Number(kind) => document(number::document(bytes, *kind)),
        Format::Image => {
            let picture = picture::describe(bytes)?;
            if picture::is_animated(bytes) {
                notices.push(
                    "An animation: only its first frame is shown. Save the payload to see it move."
                        .to_owned(),
                );
            }
            Ok(Content::Picture(picture))
        }
        Format::Protobuf(_) | Format::ProtobufFields | Format::Avro(_) | Format::SparkplugB => {
            document(described::read(bytes, format, reading, notices))
        }
        Format::Xml => document(xml::document(bytes)),
        Format::Yaml => document(yaml::document(bytes, notices)),
    }
}

/// One document, or one on each line.
fn json(bytes: &[u8], notices: &mut Vec<String>) -> Result<Document, Misfit> {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return json(text::utf16(bytes, true).0.as_bytes(), notices);
    }
    let text = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(text) => {
            notices.push("A byte order mark stands before the JSON.".to_owned());
            text
        }
        None => bytes,
    };
    if let Some(document) = json::document(text) {
        return Ok(document);
    }
    let said = |what: String| Misfit::Said {
        format: "JSON",
        what,
    };
    let text = str::from_utf8(text).map_err(|err| said(err.to_string()))?;
    if let Some(document) = json::lines(text) {
        return Ok(document);
    }
    match json::validate(text) {
        Err(err) => Err(said(err)),
        Ok(()) => Err(said(
            "it has too many values, or is nested too deeply".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
