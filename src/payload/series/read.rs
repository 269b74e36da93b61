//! Numbers out of payloads. The common case, a number as text or at a JSON path, is read without building a document;
//! everything else is decoded as everywhere.

use std::borrow::Cow;

use bytes::Bytes;

use super::super::decode;
use super::super::document::{Document, Kind, Path, ValueId};
use super::super::json::{self, Undecided};
use super::super::reading::{Content, Decoded, Format, Reading};

/// Longest text that may be a number.
const LONGEST: usize = 400;

/// Longest payload that is looked at in a frame.
const SHORT: usize = 64;

/// A value that can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample<'a> {
    /// The nearest 64-bit float; 0 or 1 for a state.
    pub value: f64,
    /// The text as it was sent.
    pub text: Cow<'a, str>,
}

impl Sample<'_> {
    /// The same with a text of its own.
    pub fn into_owned(self) -> Sample<'static> {
        Sample {
            value: self.value,
            text: Cow::Owned(self.text.into_owned()),
        }
    }
}

/// A value of a message that can be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Where it stands.
    pub path: Path,
    /// Its text.
    pub text: String,
}

/// Reads a number, or `true`, `false`, `on`, `off` in any case; blanks around it are ignored.
pub fn sample_of_text(text: &str) -> Option<Sample<'_>> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim();
    let first = text.bytes().next()?;
    let value = if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.') {
        text.parse().ok().filter(|value: &f64| value.is_finite())?
    } else {
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        match () {
            () if is("true") || is("on") => 1.0,
            () if is("false") || is("off") => 0.0,
            () => return None,
        }
    };
    let text = Cow::Borrowed(text);
    Some(Sample { value, text })
}

/// The number or state that a short payload is as a whole. Of a longer one not a byte is looked at.
pub fn number_of(payload: &[u8]) -> Option<Sample<'_>> {
    let short = Some(payload).filter(|payload| payload.len() <= SHORT)?;
    sample_of_text(str::from_utf8(short).ok()?)
}

/// The values at these paths of one message.
pub fn read(payload: &Bytes, paths: &[&Path], reading: &Reading) -> Vec<Option<Sample<'static>>> {
    // one pass for each path pays as long as they are few
    if paths.len() <= 4 {
        let quick = paths.iter().map(|path| quick(payload, path, reading));
        if let Ok(samples) = quick.collect() {
            return samples;
        }
    }
    if payload.is_empty() {
        return vec![None; paths.len()];
    }
    let decoded = decode(payload, reading);
    let sample = |path: &&Path| sample_of(&decoded, path);
    paths.iter().map(sample).collect()
}

/// Reads it where it stands.
fn quick(
    payload: &[u8],
    path: &Path,
    reading: &Reading,
) -> Result<Option<Sample<'static>>, Undecided> {
    let is_plain = matches!(reading.chosen, None | Some(Format::Json | Format::Text));
    let says_json = |kind: &str| kind.contains("json") || kind.starts_with("text/");
    if !is_plain || !reading.content_type.as_deref().is_none_or(says_json) {
        return Err(Undecided);
    }
    let text = str::from_utf8(payload).map_err(|_binary| Undecided)?;
    if path.0.is_empty() {
        let sample = sample_of_text(text).ok_or(Undecided)?;
        return Ok(Some(sample.into_owned()));
    }
    let is_json = text.trim_start().starts_with(['{', '[']) && reading.chosen != Some(Format::Text);
    if !is_json {
        return Err(Undecided);
    }
    let found = json::pick(text, path)?;
    Ok(found.and_then(|text| sample_of_json(text).map(Sample::into_owned)))
}

/// A scalar of a JSON document as it was written.
fn sample_of_json(text: &str) -> Option<Sample<'_>> {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    sample_of_text(inner.unwrap_or(text))
}

fn sample_of(decoded: &Decoded, path: &Path) -> Option<Sample<'static>> {
    match &decoded.content {
        Content::Document(document) => sample_at(document, document.find(path)?),
        Content::Text(text) if path.0.is_empty() => Some(sample_of_text(text)?.into_owned()),
        _ => None,
    }
}

fn sample_at(document: &Document, id: ValueId) -> Option<Sample<'static>> {
    let text = match document.kind(id) {
        Kind::Number | Kind::Literal => Cow::Borrowed(document.text(id)),
        Kind::String => document.string(id)?,
        Kind::Object | Kind::Array | Kind::Bytes => return None,
    };
    Some(sample_of_text(&text)?.into_owned())
}

/// The values of a message that can be drawn, at most `most`, in its order; and how many more there are. Strings that hold
/// a number or a state count too.
pub fn numbers(decoded: &Decoded, most: usize) -> (Vec<Offered>, usize) {
    let mut offered = Vec::new();
    let mut more = 0;
    match &decoded.content {
        Content::Document(document) => {
            for id in document.ids() {
                let Some(sample) = sample_at(document, id) else {
                    continue;
                };
                if offered.len() < most {
                    offered.push(Offered {
                        path: document.path(id),
                        text: sample.text.into_owned(),
                    });
                } else {
                    more += 1;
                }
            }
        }
        Content::Text(text) => {
            let sample = sample_of_text(text);
            offered.extend(sample.map(|sample| Offered {
                path: Path::default(),
                text: sample.text.into_owned(),
            }));
        }
        Content::Empty | Content::Bytes | Content::Picture(_) => {}
    }
    (offered, more)
}
