//! Reads events one by one. What an element is, an object or only text, shows when it ends or something stands in it.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::misfit;
use crate::payload::document::{Builder, Document, Kind};
use crate::payload::json;
use crate::payload::misfit::Misfit;

/// An element that has begun.
struct Element {
    name: String,
    /// More than text is in it.
    is_object: bool,
    text: Text,
}

/// Text since the last tag.
#[derive(Default)]
struct Text {
    shown: String,
    /// Part of it was written so that it counts even when it is blank.
    is_meant: bool,
    /// It has entities whose text is not known.
    has_unknown: bool,
}

struct Elements {
    builder: Builder,
    open: Vec<Element>,
    roots: usize,
}

/// The elements of `text`.
pub(super) fn document(text: &str) -> Result<Document, Misfit> {
    let mut reader = Reader::from_str(text);
    let mut elements = Elements {
        builder: Builder::new(),
        open: Vec::new(),
        roots: 0,
    };
    elements.builder.open(Kind::Object);
    loop {
        let event = reader
            .read_event()
            .map_err(|err| misfit(format!("{err} at byte {}", reader.error_position())))?;
        if event == Event::Eof {
            break;
        }
        let at = reader.buffer_position();
        let read = elements.event(event);
        read.map_err(|what| misfit(format!("{what} before byte {at}")))?;
        if let Some(limit) = elements.builder.limit() {
            return Err(limit.into());
        }
    }
    elements.finish()
}

impl Elements {
    fn event(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(start) => self.start(&start)?,
            Event::Empty(start) => {
                self.start(&start)?;
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|_err| "no UTF-8")?;
                self.text(&text, false)?;
            }
            Event::CData(text) => {
                let text = text.xml10_content().map_err(|_err| "no UTF-8")?;
                self.text(&text, true)?;
            }
            Event::GeneralRef(reference) => self.reference(&reference)?,
            Event::Comment(text) => self.remark("#comment", &text),
            Event::DocType(text) => self.remark("#doctype", &text),
            Event::PI(instruction) => {
                let target = String::from_utf8_lossy(instruction.target()).into_owned();
                self.remark(&format!("?{target}"), instruction.content());
            }
            Event::Decl(declaration) => {
                let declared = String::from_utf8_lossy(&declaration).into_owned();
                self.builder.note(&declared);
            }
            Event::Eof => {}
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        if self.open.is_empty() {
            self.roots += 1;
        }
        if self.roots > 1 {
            return Err("more than one outermost element");
        }
        self.make_object();
        self.open.push(Element {
            name: String::from_utf8_lossy(start.name().as_ref()).into_owned(),
            is_object: false,
            text: Text::default(),
        });
        // whether a name stands twice is not asked: that would take time that grows with the square of their number
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_err| "an attribute that is not name=\"value\"")?;
            self.make_object();
            self.attribute(&attribute);
        }
        Ok(())
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) {
        let name = String::from_utf8_lossy(attribute.key.as_ref());
        self.builder.key(&format!("@{name}"));
        match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => push_scalar(&mut self.builder, &value),
            Err(_unknown_entity) => {
                let written = String::from_utf8_lossy(&attribute.value);
                self.builder.string(&written);
                self.builder
                    .note("as written: an entity in it is not known");
            }
        }
    }

    /// Something stands in the innermost element beside text.
    fn make_object(&mut self) {
        if let Some(element) = self.open.last_mut()
            && !element.is_object
        {
            element.is_object = true;
            self.builder.key(&element.name);
            self.builder.open(Kind::Object);
        }
        self.flush();
    }

    /// Adds the text since the last tag, except blanks between elements.
    fn flush(&mut self) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        let text = std::mem::take(&mut element.text);
        if text.is_meant || !text.shown.trim().is_empty() {
            self.builder.key("#text");
            push_text(&mut self.builder, &text);
        }
    }

    fn end(&mut self) {
        if self.open.last().is_some_and(|element| element.is_object) {
            self.flush();
            self.open.pop();
            self.builder.close();
        } else if let Some(element) = self.open.pop() {
            self.builder.key(&element.name);
            push_text(&mut self.builder, &element.text);
        }
    }

    fn text(&mut self, text: &str, is_meant: bool) -> Result<(), &'static str> {
        match self.open.last_mut() {
            Some(element) => {
                element.text.shown.push_str(text);
                element.text.is_meant |= is_meant;
                Ok(())
            }
            None if text
                .trim_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
                .is_empty() =>
            {
                Ok(())
            }
            None => Err("text outside of the outermost element"),
        }
    }

    /// `&#176;` and `&lt;`; others stay as written.
    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), &'static str> {
        let character = reference
            .resolve_char_ref()
            .map_err(|_err| "a reference to no character")?;
        if let Some(character) = character {
            return self.text(character.encode_utf8(&mut [0; 4]), true);
        }
        let name = reference.decode().map_err(|_err| "no UTF-8")?;
        if let Some(text) = resolve_predefined_entity(&name) {
            return self.text(text, true);
        }
        self.text(&format!("&{name};"), true)?;
        if let Some(element) = self.open.last_mut() {
            element.text.has_unknown = true;
        }
        Ok(())
    }

    fn remark(&mut self, key: &str, text: &[u8]) {
        self.make_object();
        self.builder.key(key);
        self.builder.string(String::from_utf8_lossy(text).trim());
    }

    fn finish(mut self) -> Result<Document, Misfit> {
        if let Some(element) = self.open.last() {
            return Err(misfit(format!(
                "the element “{}” does not end",
                element.name
            )));
        }
        if self.roots == 0 {
            return Err(misfit("there is no element in it".to_owned()));
        }
        self.builder.close();
        Ok(self.builder.finish()?)
    }
}

fn push_text(builder: &mut Builder, text: &Text) {
    if text.has_unknown {
        builder.string(&text.shown);
        builder.note("as written: an entity in it is not known");
    } else {
        push_scalar(builder, &text.shown);
    }
}

/// Text; a number where it is written as JSON would write it, so that it can be charted.
fn push_scalar(builder: &mut Builder, text: &str) {
    let may_be_number =
        text.len() <= 64 && text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let ends_in_digit = text.ends_with(|c: char| c.is_ascii_digit());
    if may_be_number && ends_in_digit && json::validate(text).is_ok() {
        builder.number(text);
    } else {
        builder.string(text);
    }
}
