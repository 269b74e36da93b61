//! Reads values one by one.

use rmp::Marker;
use rmp::decode::{self, Bytes};

use crate::payload::digits;
use crate::payload::document::{Builder, Kind, Limit, MAX_DEPTH, MAX_KEY, ValueId};
use crate::payload::evidence::Evidence;
use crate::payload::misfit::Misfit;

/// The extension type of a timestamp.
const TIMESTAMP: i8 = -1;

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

    fn marker(&self) -> Result<Marker, Misfit> {
        let first = self.payload.get(self.at);
        let first = first.ok_or_else(|| self.too_short())?;
        Ok(Marker::from_u8(*first))
    }

    /// Reads one value with all that is inside it.
    pub(super) fn value(&mut self) -> Result<(), Misfit> {
        if let Some(limit) = self.builder.limit() {
            return Err(limit.into());
        }
        if self.depth >= MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        self.depth += 1;
        match self.marker()? {
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => self.map()?,
            Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => self.array()?,
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => self.text()?,
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
                let length = self.read(decode::read_bin_len)?;
                let bytes = self.take(length)?;
                self.evidence.add(4);
                self.builder.bytes(bytes);
            }
            Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32
            | Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16 => self.extension()?,
            marker => self.scalar(marker)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self) -> Result<(), Misfit> {
        let count = self.read(decode::read_array_len)?;
        self.evidence.add(3);
        self.builder.open(Kind::Array);
        for _ in 0..count {
            self.value()?;
        }
        self.builder.close();
        Ok(())
    }

    fn map(&mut self) -> Result<(), Misfit> {
        let count = self.read(decode::read_map_len)?;
        self.evidence.add(6);
        self.builder.open(Kind::Object);
        for _ in 0..count {
            self.key()?;
            self.value()?;
        }
        self.builder.close();
        Ok(())
    }

    /// A key: text as such, anything else on one line.
    fn key(&mut self) -> Result<(), Misfit> {
        if matches!(
            self.marker()?,
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32
        ) {
            let bytes = self.text_bytes()?;
            match str::from_utf8(bytes) {
                Ok(text) => self.evidence.add_text(text),
                Err(_not_text) => self.evidence.add_oddity(),
            }
            self.builder.key(&String::from_utf8_lossy(bytes));
            return Ok(());
        }
        let outer = std::mem::take(&mut self.builder);
        let read = self.value();
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

    fn text_bytes(&mut self) -> Result<&'a [u8], Misfit> {
        let length = self.read(decode::read_str_len)?;
        self.take(length)
    }

    fn text(&mut self) -> Result<(), Misfit> {
        let bytes = self.text_bytes()?;
        match str::from_utf8(bytes) {
            Ok(text) => {
                self.evidence.add_text(text);
                self.builder.string(text);
            }
            // what older encoders made of bytes
            Err(_not_text) => {
                self.evidence.add_oddity();
                self.builder.bytes(bytes);
                self.builder.note("text that is not UTF-8");
            }
        }
        Ok(())
    }

    fn scalar(&mut self, marker: Marker) -> Result<(), Misfit> {
        match marker {
            Marker::Null | Marker::True | Marker::False => {
                let word = match marker {
                    Marker::Null => "null",
                    Marker::True => "true",
                    _ => "false",
                };
                self.take(1)?;
                self.evidence.add(7);
                self.builder.literal(word);
            }
            Marker::F32 => {
                let value = self.read(decode::read_f32)?;
                self.evidence.add(8);
                digits::push_f32(&mut self.builder, value);
            }
            Marker::F64 => {
                let value = self.read(decode::read_f64)?;
                self.evidence.add(8);
                digits::push_f64(&mut self.builder, value);
            }
            Marker::Reserved => {
                return Err(Misfit::At {
                    format: "MessagePack",
                    what: "a marker that means nothing",
                    at: self.at,
                });
            }
            marker => self.integer(marker)?,
        }
        Ok(())
    }

    fn integer(&mut self, marker: Marker) -> Result<(), Misfit> {
        let start = self.at;
        let number = match marker {
            Marker::FixPos(_) => self.read(decode::read_pfix)?.into(),
            Marker::FixNeg(_) => self.read(decode::read_nfix)?.into(),
            Marker::U8 => self.read(decode::read_u8)?.into(),
            Marker::U16 => self.read(decode::read_u16)?.into(),
            Marker::U32 => self.read(decode::read_u32)?.into(),
            Marker::U64 => self.read(decode::read_u64)?.into(),
            Marker::I8 => self.read(decode::read_i8)?.into(),
            Marker::I16 => self.read(decode::read_i16)?.into(),
            Marker::I32 => self.read(decode::read_i32)?.into(),
            _ => i128::from(self.read(decode::read_i64)?),
        };
        let size = u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX);
        self.evidence.add_integer(size, self.at - start);
        self.builder.number(&number.to_string());
        Ok(())
    }

    /// Bytes of an own type; a timestamp in seconds, with its date.
    fn extension(&mut self) -> Result<(), Misfit> {
        let meta = self.read(decode::read_ext_meta)?;
        let bytes = self.take(meta.size)?;
        match timestamp(bytes).filter(|_| meta.typeid == TIMESTAMP) {
            Some((seconds, nanoseconds)) => {
                self.evidence.add(12);
                self.builder.number(&seconds_with(seconds, nanoseconds));
                let date = i32::try_from(nanoseconds)
                    .ok()
                    .and_then(|nanoseconds| digits::date(seconds, nanoseconds));
                self.builder.note("timestamp");
                self.builder
                    .note(date.as_deref().unwrap_or("beyond the calendar"));
            }
            None => {
                self.evidence.add(4);
                self.builder.bytes(bytes);
                self.builder.note(&format!("extension {}", meta.typeid));
            }
        }
        Ok(())
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], Misfit> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.payload.get(self.at..end));
        let taken = taken.ok_or(Misfit::At {
            format: "MessagePack",
            what: "a length is longer than the rest",
            at: self.at,
        })?;
        self.at += length;
        Ok(taken)
    }

    fn read<T, E>(
        &mut self,
        read: impl FnOnce(&mut Bytes<'a>) -> Result<T, E>,
    ) -> Result<T, Misfit> {
        let mut rest = Bytes::new(&self.payload[self.at..]);
        let value = read(&mut rest).map_err(|_too_short| self.too_short())?;
        self.at = self.payload.len() - rest.remaining_slice().len();
        Ok(value)
    }

    fn too_short(&self) -> Misfit {
        Misfit::At {
            format: "MessagePack",
            what: "the end comes too early",
            at: self.at,
        }
    }
}

/// Seconds and nanoseconds of a timestamp in 4, 8 or 12 bytes.
fn timestamp(bytes: &[u8]) -> Option<(i64, u32)> {
    match *bytes {
        [a, b, c, d] => Some((u32::from_be_bytes([a, b, c, d]).into(), 0)),
        [_, _, _, _, _, _, _, _] => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            let seconds = both & 0x3_ffff_ffff;
            Some((
                i64::try_from(seconds).ok()?,
                u32::try_from(both >> 34).ok()?,
            ))
        }
        [a, b, c, d, ref seconds @ ..] => {
            let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
            Some((seconds, u32::from_be_bytes([a, b, c, d])))
        }
        _ => None,
    }
    .filter(|(_, nanoseconds)| *nanoseconds < 1_000_000_000)
}

/// Seconds with the nanoseconds that belong to them behind the point: −1.5 is second −2 and half of one.
fn seconds_with(seconds: i64, nanoseconds: u32) -> String {
    let all = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    let text = digits::decimal(&all.to_string(), -9);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
