//! XML as values: elements by their names, attributes as `@name`, text as `#text`, in the document's order. Nothing outside
//! the payload is read, and no entity that it declares is put in, so that a small one cannot grow.

mod read;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::document::Document;
use super::misfit::Misfit;
use super::text;

/// The elements in `payload`.
///
/// # Errors
/// [`Misfit`] when it is no XML, or too big or too deep.
pub(super) fn document(payload: &[u8]) -> Result<Document, Misfit> {
    read::document(&characters(payload)?)
}

/// Whether `text` begins as only XML does.
pub(super) fn may_begin(text: &str) -> bool {
    let is_name = |c: char| c.is_alphabetic() || matches!(c, '_' | '?' | '!');
    text.strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(is_name))
}

/// The text, in UTF-8 or as its byte order mark or its declaration says.
fn characters(payload: &[u8]) -> Result<Cow<'_, str>, Misfit> {
    if let Ok(text) = str::from_utf8(payload) {
        return Ok(text.into());
    }
    if matches!(payload, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Ok(text::utf16(payload, true).0.into());
    }
    let head = String::from_utf8_lossy(&payload[..payload.len().min(200)]).to_ascii_lowercase();
    let declared = head
        .split_once("?>")
        .map_or("", |(declaration, _)| declaration);
    if ["iso-8859-1", "latin1", "latin-1"]
        .iter()
        .any(|name| declared.contains(name))
    {
        return Ok(text::latin1(payload).into());
    }
    Err(misfit("it is not in UTF-8, UTF-16 or Latin-1".to_owned()))
}

fn misfit(what: String) -> Misfit {
    Misfit::Said {
        format: "XML",
        what,
    }
}
