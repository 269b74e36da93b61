//! What differs, in a few words: `score 13.9 → 14.2`, `+1 key, 2 values changed`.

use std::fmt::Write as _;

use super::super::document::{Document, Kind, ValueId};
use super::super::format::{format_bytes, thousands};
use super::super::reading::{Content, Decoded, Format};
use super::{Blocks, Change, Comparison, DocumentDiff, How, index};

/// Most changed values that are named one by one.
const NAMED: usize = 3;
/// Characters of one value, and of the path to it.
const SHOWN: usize = 24;

/// What differs between two payloads, as one line of about `max` characters.
pub fn summary(old: &Decoded, new: &Decoded, comparison: &Comparison, max: usize) -> String {
    match comparison {
        Comparison::Same => "same payload".to_owned(),
        Comparison::Document(diff) => match (&old.content, &new.content) {
            (Content::Document(old), Content::Document(new)) => documents(old, new, diff, max),
            _ => String::new(),
        },
        Comparison::Lines(blocks) => match (&old.content, &new.content) {
            (Content::Text(old), Content::Text(new)) => texts(old, new, blocks),
            _ => String::new(),
        },
        Comparison::Bytes(blocks) => bytes(blocks),
        Comparison::Unlike => format!("{}, was {}", kind(new), kind(old)),
    }
}

fn documents(old: &Document, new: &Document, diff: &DocumentDiff, max: usize) -> String {
    if diff.is_empty() {
        return same_values(diff);
    }
    let is_only_changes = diff.added().is_empty() && diff.removed().is_empty();
    if is_only_changes && diff.changed().len() <= NAMED {
        let named = diff.changed().iter().map(|change| named(old, new, change));
        let text = named.collect::<Vec<_>>().join(", ");
        if diff.changed().len() == 1 || text.chars().count() <= max {
            return text;
        }
    }
    let added = members(diff.added().iter().map(|&id| (new, id)));
    let removed = members(diff.removed().iter().map(|gone| (old, gone.old)));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(added.words("+"));
    parts.extend(removed.words("−"));
    let changed = diff.changed().len();
    if changed > 0 {
        parts.push(format!("{} changed", counted(changed, "value")));
    }
    parts.join(", ")
}

fn same_values(diff: &DocumentDiff) -> String {
    if diff.reordered().is_empty() {
        "same values, written differently".to_owned()
    } else {
        "same values, keys in another order".to_owned()
    }
}

/// `score 13.9 → 14.2`
fn named(old: &Document, new: &Document, change: &Change) -> String {
    let mut text = label(new, change.new);
    if !text.is_empty() {
        text.push(' ');
    }
    let (was, is) = (shown(old, change.old), shown(new, change.new));
    let is_alike = was == is && change.how == How::Value;
    if is_alike {
        // both were cut before they differ
        return text + "changed";
    }
    text.extend([was.as_str(), " → ", is.as_str()]);
    if change.how == How::Writing {
        text.push_str(" (same value)");
    }
    text
}

/// The path to a value, or the end of it where it is long.
fn label(document: &Document, id: ValueId) -> String {
    let whole = document.path(id).label();
    match document.key_text(id) {
        Some(key) if whole.chars().count() > SHOWN => cut(&key),
        _ => cut(&whole),
    }
}

fn shown(document: &Document, id: ValueId) -> String {
    match document.kind(id) {
        Kind::Object => "{…}".to_owned(),
        Kind::Array => "[…]".to_owned(),
        _ => cut(document.text(id)),
    }
}

fn cut(text: &str) -> String {
    if text.chars().nth(SHOWN).is_none() {
        return text.to_owned();
    }
    text.chars().take(SHOWN - 1).chain(['…']).collect()
}

/// Members of objects and of arrays.
struct Members {
    keys: usize,
    items: usize,
    /// The key of the only one.
    only: Option<String>,
}

fn members<'a>(all: impl Iterator<Item = (&'a Document, ValueId)>) -> Members {
    let mut members = Members {
        keys: 0,
        items: 0,
        only: None,
    };
    for (document, id) in all {
        match document.key_text(id) {
            Some(key) => {
                members.only = (members.keys == 0).then(|| cut(&key));
                members.keys += 1;
            }
            None => members.items += 1,
        }
    }
    members
}

impl Members {
    /// `+1 key`, `−2 items`
    fn words(&self, sign: &str) -> Vec<String> {
        let mut words = Vec::new();
        if self.keys > 0 {
            let mut text = format!("{sign}{}", counted(self.keys, "key"));
            if let Some(only) = &self.only {
                text.extend([" ", only.as_str()]);
            }
            words.push(text);
        }
        if self.items > 0 {
            words.push(format!("{sign}{}", counted(self.items, "item")));
        }
        words
    }
}

fn texts(old: &str, new: &str, blocks: &Blocks) -> String {
    if blocks.blocks.is_empty() {
        return "same text, other bytes".to_owned();
    }
    if blocks.old_len == 1 && blocks.new_len == 1 {
        let (was, is) = (cut(old.trim()), cut(new.trim()));
        return if was == is {
            "1 line changed".to_owned()
        } else {
            format!("{was} → {is}")
        };
    }
    let (mut changed, mut added, mut removed) = (0, 0, 0);
    for block in &blocks.blocks {
        let both = block.old.len().min(block.new.len());
        changed += both;
        added += block.new.len() - both;
        removed += block.old.len() - both;
    }
    let mut parts = Vec::new();
    for (sign, count) in [("+", added), ("−", removed)] {
        if count > 0 {
            parts.push(format!("{sign}{}", counted(count, "line")));
        }
    }
    if changed > 0 {
        parts.push(format!("{} changed", counted(changed, "line")));
    }
    parts.join(", ")
}

fn bytes(blocks: &Blocks) -> String {
    let changed: usize = blocks.blocks.iter().map(|block| block.new.len()).sum();
    let mut text = String::new();
    if changed > 0 {
        text = format!("{} changed", counted(changed, "byte"));
    } else if blocks.old_len == blocks.new_len {
        return "same bytes, read differently".to_owned();
    }
    let grown = blocks.new_len.abs_diff(blocks.old_len);
    if grown > 0 {
        let sign = if blocks.new_len > blocks.old_len {
            "+"
        } else {
            "−"
        };
        let comma = if text.is_empty() { "" } else { ", " };
        // a String takes what is written to it
        let _infallible = write!(text, "{comma}{sign}{}", format_bytes(grown as u64));
    }
    text
}

/// What a payload is, for a sentence.
fn kind(decoded: &Decoded) -> &'static str {
    match (&decoded.content, &decoded.format) {
        (Content::Empty, _) => "empty",
        (Content::Picture(picture), _) => picture.kind,
        (Content::Text(_), _) => "text",
        (Content::Bytes, _) => "bytes",
        (Content::Document(_), Format::Json) => "JSON",
        (Content::Document(_), Format::Xml) => "XML",
        (Content::Document(_), Format::Yaml) => "YAML",
        (Content::Document(_), Format::Cbor) => "CBOR",
        (Content::Document(_), Format::MessagePack) => "MessagePack",
        (Content::Document(_), Format::Avro(_)) => "Avro",
        (Content::Document(_), Format::SparkplugB) => "Sparkplug B",
        (Content::Document(_), Format::Protobuf(_) | Format::ProtobufFields) => "Protobuf",
        (Content::Document(_), _) => "values",
    }
}

fn counted(count: usize, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {one}{ending}", thousands(u64::from(index(count))))
}
