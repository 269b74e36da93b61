//! Collects the events of all documents, then writes their values; an alias is written by going over its events again.

use std::collections::HashMap;
use std::ops::Range;

use base64::Engine;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::misfit;
use super::scalar::{self, Plain};
use crate::payload::document::{Builder, Document, Kind, Limit, MAX_DEPTH, MAX_KEY, ValueId};
use crate::payload::misfit::Misfit;

/// Most values and bytes that aliases are expanded to.
const MAX_EXPANDED: usize = 1 << 20;

/// Most events that are kept: an item of two bytes is one, which takes a hundred bytes before its value is written.
/// Unit tests have fewer: their parser is not optimised.
const MAX_EVENTS: usize = if cfg!(test) { 1 << 15 } else { 1 << 19 };

/// The values of `payload`; several documents as an array.
///
/// # Errors
/// [`Misfit`] when it is no YAML, or too big or too deep.
pub(in crate::payload) fn document(
    payload: &[u8],
    notices: &mut Vec<String>,
) -> Result<Document, Misfit> {
    let text = str::from_utf8(payload).map_err(|err| misfit(err.to_string()))?;
    let events = Events::read(text)?;
    if events.documents == 0 {
        return Err(misfit("there is no document in it".to_owned()));
    }
    let mut writer = Writer {
        events: &events,
        builder: Builder::new(),
        left: MAX_EXPANDED,
        depth: 0,
        is_cut: false,
    };
    if events.documents > 1 {
        writer.builder.open(Kind::Array);
        writer.builder.note("YAML documents");
    }
    let mut at = 0;
    while at < events.all.len() {
        at = writer.node(at)?;
    }
    if events.documents > 1 {
        writer.builder.close();
    }
    if writer.is_cut {
        notices.push(
            "Aliases that make it more than 1 MiB larger are not expanded: they are shown as *alias. Look at it as text to see where they \
             lead."
                .to_owned(),
        );
    }
    Ok(writer.builder.finish()?)
}

/// The values of a stream, without the marks around documents.
#[derive(Default)]
struct Events<'a> {
    all: Vec<Event<'a>>,
    /// What each value takes with all before it: 1, and the bytes of its text.
    costs: Vec<usize>,
    anchors: HashMap<usize, Range<usize>>,
    documents: usize,
}

impl<'a> Events<'a> {
    fn read(text: &'a str) -> Result<Self, Misfit> {
        let mut read = Self::default();
        // anchors of the collections that are open
        let mut open = Vec::new();
        let mut cost = 0;
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, _) = event.map_err(|err| {
                let at = err.marker();
                let (line, column) = (at.line(), at.col() + 1);
                misfit(format!("{} in line {line}, column {column}", err.info()))
            })?;
            let at = read.all.len();
            match &event {
                Event::DocumentStart(_) => read.documents += 1,
                Event::Scalar(text, _, anchor, _) => {
                    cost += text.len();
                    read.note_anchor(*anchor, at..at + 1);
                }
                Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(Limit::Depth.into());
                    }
                    open.push((*anchor, at));
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let (anchor, start) = open.pop().unwrap_or_default();
                    read.note_anchor(anchor, start..at + 1);
                }
                _ => {}
            }
            let is_value = !matches!(
                event,
                Event::Nothing
                    | Event::StreamStart
                    | Event::StreamEnd
                    | Event::DocumentStart(_)
                    | Event::DocumentEnd
            );
            if is_value {
                if at >= MAX_EVENTS {
                    return Err(Limit::Size.into());
                }
                cost += 1;
                read.all.push(event);
                read.costs.push(cost);
            }
        }
        Ok(read)
    }

    /// Remembers what an anchor stands for; 0 is none.
    fn note_anchor(&mut self, anchor: usize, range: Range<usize>) {
        if anchor != 0 {
            self.anchors.insert(anchor, range);
        }
    }

    fn cost(&self, range: &Range<usize>) -> usize {
        let before = range.start.checked_sub(1).map_or(0, |at| self.costs[at]);
        let all = range.end.checked_sub(1).map_or(0, |at| self.costs[at]);
        all.saturating_sub(before)
    }
}

struct Writer<'a> {
    events: &'a Events<'a>,
    builder: Builder,
    /// What aliases may still take.
    left: usize,
    depth: usize,
    is_cut: bool,
}

impl Writer<'_> {
    /// Writes the value at `at`; returns where the next one stands.
    fn node(&mut self, at: usize) -> Result<usize, Misfit> {
        if let Some(limit) = self.builder.limit() {
            return Err(limit.into());
        }
        if self.depth > MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        self.depth += 1;
        let events = self.events;
        let next = match events.all.get(at) {
            Some(Event::Scalar(text, style, _, tag)) => {
                self.scalar(text, *style, tag.as_deref());
                at + 1
            }
            Some(Event::SequenceStart(_, tag)) => {
                self.open(Kind::Array, tag.as_deref());
                let mut next = at + 1;
                while !matches!(events.all.get(next), Some(Event::SequenceEnd) | None) {
                    next = self.node(next)?;
                }
                self.builder.close();
                next + 1
            }
            Some(Event::MappingStart(_, tag)) => {
                self.open(Kind::Object, tag.as_deref());
                let mut next = at + 1;
                while !matches!(events.all.get(next), Some(Event::MappingEnd) | None) {
                    next = self.key(next)?;
                    next = self.node(next)?;
                }
                self.builder.close();
                next + 1
            }
            Some(Event::Alias(anchor)) => {
                self.alias(*anchor, at)?;
                at + 1
            }
            _ => at + 1,
        };
        self.depth -= 1;
        Ok(next)
    }

    fn open(&mut self, kind: Kind, tag: Option<&Tag>) {
        self.builder.open(kind);
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            self.builder.note(&tag.to_string());
        }
    }

    /// What an alias refers to, unless it would be inside itself or make the document too large.
    fn alias(&mut self, anchor: usize, at: usize) -> Result<(), Misfit> {
        let range = self.events.anchors.get(&anchor).cloned();
        let range = range.filter(|range| !range.contains(&at));
        let cost = range.as_ref().map(|range| self.events.cost(range));
        match (range, cost.and_then(|cost| self.left.checked_sub(cost))) {
            (Some(range), Some(left)) => {
                self.left = left;
                self.node(range.start).map(drop)
            }
            _ => {
                self.is_cut = true;
                self.builder.literal("*alias");
                self.builder.note("not expanded");
                Ok(())
            }
        }
    }

    fn key(&mut self, at: usize) -> Result<usize, Misfit> {
        if let Some(Event::Scalar(text, style, _, tag)) = self.events.all.get(at) {
            match tag {
                None if *style == ScalarStyle::Plain => {
                    scalar::plain(text).push_key(&mut self.builder);
                }
                _ => self.builder.key(text),
            }
            return Ok(at + 1);
        }
        let outer = std::mem::take(&mut self.builder);
        let next = self.node(at);
        let key = std::mem::replace(&mut self.builder, outer).finish();
        let next = next?;
        let key = key?;
        self.builder
            .key_as_shown(&key.one_line(ValueId::ROOT, MAX_KEY));
        Ok(next)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>) {
        let builder = &mut self.builder;
        let is_plain = style == ScalarStyle::Plain;
        match tag {
            None if is_plain => scalar::plain(text).push(builder, text),
            None => builder.string(text),
            Some(tag) if tag.is_yaml_core_schema() => {
                match (tag.suffix.as_str(), scalar::plain(text)) {
                    ("binary", _) => push_binary(builder, text),
                    ("null" | "bool", plain @ Plain::Word(_))
                    | (
                        "int" | "float",
                        plain @ (Plain::Number(_) | Plain::Based(_) | Plain::Word(_)),
                    ) => {
                        plain.push(builder, text);
                    }
                    ("str", _) => builder.string(text),
                    (suffix, _) => {
                        builder.string(text);
                        builder.note(&format!("!!{suffix}"));
                    }
                }
            }
            Some(tag) => {
                let plain = if is_plain {
                    scalar::plain(text)
                } else {
                    Plain::Text(text)
                };
                plain.push(builder, text);
                builder.note(&tag.to_string());
            }
        }
    }
}

fn push_binary(builder: &mut Builder, text: &str) {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    match base64::engine::general_purpose::STANDARD.decode(digits) {
        Ok(bytes) => builder.bytes(&bytes),
        Err(_no_base64) => {
            builder.string(text);
            builder.note("!!binary that is not base64");
        }
    }
}
