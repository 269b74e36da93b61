//! Reads items one by one. `ciborium-ll` reads their headers; lengths are checked against the bytes that are there.

use ciborium_ll::{Decoder, Error, Header};

use super::tags;
use crate::payload::digits;
use crate::payload::document::{Builder, Kind, Limit, MAX_DEPTH, MAX_KEY, ValueId};
use crate::payload::evidence::Evidence;
use crate::payload::misfit::Misfit;

/// Most tags around one item.
const MAX_TAGS: usize = 16;

/// Where a payload is being read, and what came of it so far.
pub(super) struct Reader<'a> {
    payload: &'a [u8],
    at: usize,
    depth: usize,
    pub(super) builder: Builder,
    pub(super) evidence: Evidence,
}

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    pub(super) fn new(payload: &'a [u8]) -> Self {
        Self {
            payload,
            at: 0,
            depth: 0,
            builder: Builder::new(),
            evidence: Evidence::default(),
        }
    }

    /// Whether all bytes are read.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.payload.len()
    }

    /// Reads one item with all that is inside it.
    pub(super) fn item(&mut self) -> Result<(), Misfit> {
        let start = self.at;
        match self.header()? {
            Header::Break => Err(misfit("a break that ends nothing", start)),
            header => self.item_of(header, start),
        }
    }

    /// Reads the rest of the item whose header, at `start`, is read.
    fn item_of(&mut self, header: Header, start: usize) -> Result<(), Misfit> {
        if let Some(limit) = self.builder.limit() {
            return Err(limit.into());
        }
        if self.depth >= MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        self.depth += 1;
        match header {
            Header::Tag(tag) => self.tagged(tag)?,
            Header::Array(count) => self.array(count)?,
            Header::Map(count) => self.map(count)?,
            Header::Bytes(length) => {
                let bytes = self.string(length, is_bytes)?;
                self.evidence.add(4);
                self.builder.bytes(&bytes);
            }
            Header::Text(length) => self.text(length)?,
            header => self.simple(header, start)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn header(&mut self) -> Result<Header, Misfit> {
        let mut decoder = Decoder::from(&self.payload[self.at..]);
        match decoder.pull() {
            Ok(header) => {
                self.at += decoder.offset();
                Ok(header)
            }
            Err(Error::Io(_)) => Err(misfit("the end comes too early", self.payload.len())),
            Err(Error::Syntax(_)) => Err(misfit("no kind of item", self.at)),
        }
    }

    /// Items up to `count`, or up to a break.
    fn members(
        &mut self,
        count: Option<usize>,
        mut member: impl FnMut(&mut Self, Header, usize) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        let mut done = 0;
        while count.is_none_or(|count| done < count) {
            let start = self.at;
            match self.header()? {
                Header::Break if count.is_none() => break,
                Header::Break => return Err(misfit("a break that ends nothing", start)),
                header => member(self, header, start)?,
            }
            done += 1;
        }
        Ok(())
    }

    fn array(&mut self, count: Option<usize>) -> Result<(), Misfit> {
        self.evidence.add(3);
        self.builder.open(Kind::Array);
        self.members(count, Self::item_of)?;
        self.builder.close();
        Ok(())
    }

    fn map(&mut self, count: Option<usize>) -> Result<(), Misfit> {
        self.evidence.add(6);
        self.builder.open(Kind::Object);
        self.members(count, |reader, header, start| {
            reader.key(header, start)?;
            reader.item()
        })?;
        self.builder.close();
        Ok(())
    }

    /// A key: text as such, anything else on one line.
    fn key(&mut self, header: Header, start: usize) -> Result<(), Misfit> {
        if let Header::Text(length) = header {
            let bytes = self.string(length, is_text)?;
            if let Ok(text) = str::from_utf8(&bytes) {
                self.evidence.add_text(text);
                self.builder.key(text);
                return Ok(());
            }
            self.evidence.add_oddity();
            self.builder.key(&String::from_utf8_lossy(&bytes));
            return Ok(());
        }
        let outer = std::mem::take(&mut self.builder);
        let read = self.item_of(header, start);
        let key = std::mem::replace(&mut self.builder, outer);
        read?;
        let key = key.finish()?;
        let line = key.one_line(ValueId::ROOT, MAX_KEY);
        match key.note(ValueId::ROOT) {
            Some(note) => self.builder.key_as_shown(&format!("{line} ({note})")),
            None => self.builder.key_as_shown(&line),
        }
        Ok(())
    }

    fn text(&mut self, length: Option<usize>) -> Result<(), Misfit> {
        let bytes = self.string(length, is_text)?;
        match str::from_utf8(&bytes) {
            Ok(text) => {
                self.evidence.add_text(text);
                self.builder.string(text);
            }
            Err(_not_text) => {
                self.evidence.add_oddity();
                self.builder.bytes(&bytes);
                self.builder.note("text that is not UTF-8");
            }
        }
        Ok(())
    }

    /// The bytes of a string; of one in pieces, those of all pieces.
    fn string(
        &mut self,
        length: Option<usize>,
        piece: fn(Header) -> Option<usize>,
    ) -> Result<std::borrow::Cow<'a, [u8]>, Misfit> {
        if let Some(length) = length {
            return Ok(self.take(length)?.into());
        }
        let mut all = Vec::new();
        self.members(None, |reader, header, start| match piece(header) {
            Some(length) => {
                all.extend_from_slice(reader.take(length)?);
                Ok(())
            }
            None => Err(misfit("a piece of a string that is none", start)),
        })?;
        Ok(all.into())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Misfit> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.payload.get(self.at..end));
        let taken = taken.ok_or_else(|| misfit("a string is longer than the rest", self.at))?;
        self.at += length;
        Ok(taken)
    }

    /// A number, or a word.
    fn simple(&mut self, header: Header, start: usize) -> Result<(), Misfit> {
        let length = self.at - start;
        match header {
            Header::Positive(number) => {
                self.evidence.add_integer(number, length);
                self.builder.number(&number.to_string());
            }
            Header::Negative(number) => {
                self.evidence.add_integer(number, length);
                self.builder.number(&(-1 - i128::from(number)).to_string());
            }
            Header::Float(value) => self.float(value, length),
            Header::Simple(0..32) if length > 1 => {
                return Err(misfit("a simple value in two bytes instead of one", start));
            }
            Header::Simple(20) => self.word("false"),
            Header::Simple(21) => self.word("true"),
            Header::Simple(22) => self.word("null"),
            Header::Simple(23) => self.word("undefined"),
            Header::Simple(value) => {
                self.builder.literal(&format!("simple({value})"));
                self.evidence.add_oddity();
            }
            _ => return Err(misfit("no kind of item", start)),
        }
        Ok(())
    }

    fn word(&mut self, word: &str) {
        self.evidence.add(7);
        self.builder.literal(word);
    }

    fn float(&mut self, value: f64, length: usize) {
        self.evidence.add(8);
        match length {
            3 => digits::push_f16(&mut self.builder, value),
            #[expect(clippy::cast_possible_truncation, reason = "it was one of 32 bits")]
            5 => digits::push_f32(&mut self.builder, value as f32),
            _ => digits::push_f64(&mut self.builder, value),
        }
    }

    /// The item behind a tag, and the tags behind it, with remarks on what they mean.
    fn tagged(&mut self, first: u64) -> Result<(), Misfit> {
        let mut tags = vec![first];
        let (header, start) = loop {
            let start = self.at;
            match self.header()? {
                Header::Tag(_) if tags.len() >= MAX_TAGS => {
                    return Err(misfit("more than 16 tags around one item", start));
                }
                Header::Tag(tag) => tags.push(tag),
                header => break (header, start),
            }
        };
        for &tag in &tags {
            let bits = if tags::name(tag).is_some() { 6 } else { 0 };
            self.evidence.add(if tag == 55_799 { 24 } else { bits });
        }
        let inner = tags.last().copied().unwrap_or(first);
        let notes: Vec<_> = tags.iter().map(|&tag| note(tag)).collect();
        self.content(inner, header, start, &notes.join(", "))
    }

    /// The item that `tag` is about: exact where it is a number, as it is otherwise.
    fn content(
        &mut self,
        tag: u64,
        header: Header,
        start: usize,
        notes: &str,
    ) -> Result<(), Misfit> {
        let after_header = self.at;
        let number = match (tag, header) {
            (2 | 3, _) => self.big(tag, header)?,
            (4, Header::Array(Some(2))) => self.decimal_fraction(),
            _ => None,
        };
        if let Some(number) = number {
            self.builder.number(&number);
            self.builder.note(notes);
            return Ok(());
        }
        self.at = after_header;
        match header {
            Header::Array(_) | Header::Map(_) => self.container(header, notes),
            Header::Break => Err(misfit("a tag around nothing", start)),
            _ => {
                let meaning = self.meaning(tag, header);
                self.item_of(header, start)?;
                self.builder.note(notes);
                if let Some(meaning) = meaning {
                    self.builder.note(&meaning);
                }
                Ok(())
            }
        }
    }

    /// An array or map with a remark, which must stand before its first member.
    fn container(&mut self, header: Header, notes: &str) -> Result<(), Misfit> {
        let (kind, count, bits) = match header {
            Header::Map(count) => (Kind::Object, count, 6),
            Header::Array(count) => (Kind::Array, count, 3),
            _ => return Ok(()),
        };
        self.evidence.add(bits);
        self.builder.open(kind);
        self.builder.note(notes);
        self.members(count, |reader, header, start| match kind {
            Kind::Object => {
                reader.key(header, start)?;
                reader.item()
            }
            _ => reader.item_of(header, start),
        })?;
        self.builder.close();
        Ok(())
    }

    /// The integer that a byte string writes down (tags 2 and 3).
    fn big(&mut self, tag: u64, header: Header) -> Result<Option<String>, Misfit> {
        let Header::Bytes(length) = header else {
            return Ok(None);
        };
        let bytes = self.string(length, is_bytes)?;
        self.evidence.add(4);
        let number = digits::big(&bytes);
        Ok(number.map(|number| match tag {
            3 => digits::below_zero(&number),
            _ => number,
        }))
    }

    /// The number that an exponent and a mantissa write down (tag 4); `None` when they are something else.
    fn decimal_fraction(&mut self) -> Option<String> {
        let exponent = self.integer()?.parse().ok()?;
        let mantissa = self.integer()?;
        Some(digits::decimal(&mantissa, exponent))
    }

    fn integer(&mut self) -> Option<String> {
        match self.header().ok()? {
            Header::Positive(number) => Some(number.to_string()),
            Header::Negative(number) => Some((-1 - i128::from(number)).to_string()),
            Header::Tag(tag @ (2 | 3)) => {
                let header = self.header().ok()?;
                self.big(tag, header).ok()?
            }
            _ => None,
        }
    }

    /// What a tagged scalar says in other words: a date, a UUID.
    fn meaning(&self, tag: u64, header: Header) -> Option<String> {
        const DAY: i64 = 86_400;
        match (tag, header) {
            (1, Header::Positive(seconds)) => digits::date(i64::try_from(seconds).ok()?, 0),
            (1, Header::Negative(below)) => digits::date(-1 - i64::try_from(below).ok()?, 0),
            (1, Header::Float(seconds)) => digits::date_of_float(seconds),
            (100, Header::Positive(days)) => {
                let seconds = i64::try_from(days).ok()?.checked_mul(DAY)?;
                digits::date(seconds, 0).map(|date| date[..10].to_owned())
            }
            (37, Header::Bytes(Some(16))) => uuid(self.payload.get(self.at..self.at + 16)?),
            _ => None,
        }
    }
}

fn is_bytes(header: Header) -> Option<usize> {
    match header {
        Header::Bytes(length) => length,
        _ => None,
    }
}

fn is_text(header: Header) -> Option<usize> {
    match header {
        Header::Text(length) => length,
        _ => None,
    }
}

/// `tag 1, epoch time`
fn note(tag: u64) -> String {
    match tags::name(tag) {
        Some(name) => format!("tag {tag}, {name}"),
        None => format!("tag {tag}"),
    }
}

/// 16 bytes in groups of 4, 2, 2, 2 and 6 (RFC 9562).
fn uuid(bytes: &[u8]) -> Option<String> {
    let number = u128::from_be_bytes(bytes.try_into().ok()?);
    let digits = format!("{number:032x}");
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits[range].to_owned());
    Some(groups.join("-"))
}

fn misfit(what: &'static str, at: usize) -> Misfit {
    Misfit::At {
        format: "CBOR",
        what,
        at,
    }
}
