//! What kind of bytes a payload is, and its one-line preview for the tree and the history.

use super::document::{Document, ValueId};
use super::{cbor, format, hex, json, layers, msgpack, text};

/// Bytes up to which a preview reads a binary payload for its values.
const SMALL: usize = 512;

/// How a payload can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A JSON document: object, array, string, number, `true`, `false` or `null`.
    Json,
    /// UTF-8 text without control characters other than tab and line ends.
    Text,
    /// Anything else.
    Binary,
    /// No bytes at all; retained, it clears the retained message (MQTT 5, 3.3.1.3).
    Empty,
}

/// The format that shows `payload` best. Reads all of it.
pub fn detect(payload: &[u8]) -> Kind {
    if payload.is_empty() {
        return Kind::Empty;
    }
    match str::from_utf8(payload) {
        Ok(text) if json::is_document(text) => Kind::Json,
        Ok(text) if text::is_readable(text) => Kind::Text,
        _ => Kind::Binary,
    }
}

/// One line of at most `max_chars` characters: text and JSON with line ends and runs of blanks folded into one
/// space, binary as `binary · 48.1 KiB` with the first bytes in hex, an image by its name and size, compressed data by its
/// name, a small CBOR or `MessagePack` document by its values. Looks at no more
/// of the payload than it needs.
pub fn preview(payload: &[u8], max_chars: usize) -> String {
    // blanks that are folded may take room too, but not without end
    let limit = max_chars.saturating_mul(8).saturating_add(64);
    match readable_prefix(payload, limit) {
        Some((shown, is_all)) => one_line(shown, is_all, max_chars),
        None => shortened(&describe(payload, max_chars), max_chars),
    }
}

/// The beginning of `payload` as text, at most `limit` bytes, and whether it is all of it; `None` when it is binary.
fn readable_prefix(payload: &[u8], limit: usize) -> Option<(&str, bool)> {
    let prefix = &payload[..payload.len().min(limit)];
    let is_all = prefix.len() == payload.len();
    let shown = match str::from_utf8(prefix) {
        Ok(shown) => shown,
        // the limit may fall into a character
        Err(err) if !is_all && err.error_len().is_none() => {
            str::from_utf8(&prefix[..err.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    text::is_readable(shown).then_some((shown, is_all))
}

/// Folds blanks, writes out what hides, and ends with "…" where something is left out.
fn one_line(shown: &str, is_all: bool, max_chars: usize) -> String {
    let mut line = String::new();
    // no more than the characters of `line`: an escape is counted as one
    let mut count = 0;
    for word in shown.split_whitespace() {
        if count > max_chars {
            break;
        }
        if count > 0 {
            line.push(' ');
            count += 1;
        }
        for c in word.chars().take(max_chars.saturating_add(1)) {
            text::push(&mut line, c);
            count += 1;
        }
    }
    if !is_all {
        line.push('…');
    }
    shortened(&line, max_chars)
}

/// `line` itself, or its first `max_chars` − 1 characters and "…".
fn shortened(line: &str, max_chars: usize) -> String {
    if line.chars().nth(max_chars).is_none() {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(max_chars.saturating_sub(1)).collect();
    if max_chars > 0 {
        short.push('…');
    }
    short
}

/// Binary: an image by its type and size, anything else by its first bytes.
fn describe(payload: &[u8], max_chars: usize) -> String {
    let size = format::format_bytes(payload.len() as u64);
    if let Some((name, width, height)) = image(payload) {
        return format!("{name} {width}×{height} · {size}");
    }
    if let Some(name) = layers::compression(payload) {
        return format!("{name} · {size}");
    }
    if let Some((name, document)) = small_document(payload) {
        let line = document.one_line(ValueId::ROOT, max_chars);
        return format!("{name} · {size} · {line}");
    }
    let shown = &payload[..payload.len().min(max_chars / 3 + 1)];
    let more = if shown.len() < payload.len() {
        " …"
    } else {
        ""
    };
    format!("binary · {size} · {}{more}", hex::pairs(shown))
}

/// The values of a payload so small that reading all of it costs next to nothing, and surely of this format.
fn small_document(payload: &[u8]) -> Option<(&'static str, Document)> {
    if payload.len() > SMALL {
        return None;
    }
    let cbor = cbor::detect(payload);
    let msgpack = msgpack::detect(payload);
    let bits = |found: &Option<(Document, u32)>| found.as_ref().map_or(0, |(_, bits)| *bits);
    if bits(&cbor) >= bits(&msgpack) {
        Some(("CBOR", cbor?.0))
    } else {
        Some(("MessagePack", msgpack?.0))
    }
}

/// Name, width and height of an image in one of the formats that are common in messages.
fn image(payload: &[u8]) -> Option<(&'static str, usize, usize)> {
    use imagesize::ImageType;
    let name = match imagesize::image_type(payload).ok()? {
        ImageType::Jpeg => "JPEG",
        ImageType::Png => "PNG",
        ImageType::Gif => "GIF",
        ImageType::Webp => "WebP",
        ImageType::Bmp => "BMP",
        ImageType::Tiff => "TIFF",
        ImageType::Heif(_) => "HEIF",
        ImageType::Jxl => "JPEG XL",
        ImageType::Ico => "ICO",
        _ => return None,
    };
    let size = imagesize::blob_size(payload).ok()?;
    Some((name, size.width, size.height))
}

#[cfg(test)]
mod tests;
