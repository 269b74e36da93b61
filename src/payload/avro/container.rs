//! Object container files (Avro specification, "Object container files"): they bring their own schema.

use std::borrow::Cow;

use apache_avro::Schema;

use super::super::document::{Builder, Document, Kind};
use super::super::format::{format_bytes, thousands};
use super::super::layers::{Stop, Wrapping, unwrap};
use super::super::misfit::Misfit;
use super::datum::{MAX_FREE, Reader};
use super::{Names, name_of};

/// How a file begins.
pub const MAGIC: [u8; 4] = *b"Obj\x01";

/// Longest schema in a header: a type is kept once for each type around it.
const MAX_SCHEMA: usize = 256 * 1024;

/// Most bytes that the blocks of a file may have when they are opened.
const MAX_INFLATED: usize = 64 * 1024 * 1024;

/// How the blocks of a file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    Null,
    Deflate,
    Zstandard,
}

/// What stands at the beginning of a file.
struct Header<'a> {
    schema: Schema,
    codec: Codec,
    /// Ends every block.
    sync: &'a [u8],
}

/// All values in a file as an array. What had to be left out is said in `notices`.
///
/// # Errors
/// [`Misfit`] when the file is broken, or compressed in a way that is not known.
pub fn document(payload: &[u8], notices: &mut Vec<String>) -> Result<Document, Misfit> {
    let none = Names::default();
    let mut reader = Reader::new(&payload[MAGIC.len()..], &none);
    let header = header(&mut reader)?;
    let mut names = Names::default();
    names.gather(&header.schema);
    let mut builder = Builder::new();
    builder.open(Kind::Array);
    builder.note(&format!("Avro file of {}", name_of(&header.schema)));
    let (mut room, mut free) = (MAX_INFLATED, MAX_FREE);
    let (mut blocks, mut unread) = (0, 0);
    while reader.left() > 0 {
        let count = reader.long()?;
        let block = reader.bytes()?;
        if reader.take(header.sync.len())? != header.sync {
            return Err(
                reader.broken("the mark behind a block is another one than at the beginning")
            );
        }
        let opened = open(block, header.codec, room)?;
        let Some(opened) = opened else {
            notices.push(format!(
                "Block {} would make it more than {} when opened: it and what follows are left out. Save the payload to see all of it.",
                thousands(blocks + 1),
                format_bytes(MAX_INFLATED as u64)
            ));
            break;
        };
        blocks += 1;
        if header.codec != Codec::Null {
            room = room.saturating_sub(opened.len());
        }
        let mut values = Reader::new(&opened, &names);
        values.free = free;
        for _ in 0..count {
            values.value(&mut builder, &header.schema, None)?;
        }
        free = values.free;
        unread += values.left() as u64;
    }
    if unread > 0 {
        notices.push(format!(
            "{} more bytes follow behind the values of its blocks.",
            thousands(unread)
        ));
    }
    builder.close();
    Ok(builder.finish()?)
}

fn header<'a>(reader: &mut Reader<'a>) -> Result<Header<'a>, Misfit> {
    let (mut schema, mut codec) = (None, "null".to_owned());
    loop {
        let mut count = reader.long()?;
        if count == 0 {
            break;
        }
        if count < 0 {
            count = count
                .checked_neg()
                .ok_or_else(|| reader.broken("no such count"))?;
            reader.long()?;
        }
        for _ in 0..count {
            let key = reader.bytes()?;
            let value = reader.bytes()?;
            match key {
                b"avro.schema" if value.len() > MAX_SCHEMA => {
                    return Err(Misfit::Other(format!(
                        "The schema in its header has more than {}, which is not read. Look at it as hex.",
                        format_bytes(MAX_SCHEMA as u64)
                    )));
                }
                b"avro.schema" => schema = Some(String::from_utf8_lossy(value).into_owned()),
                b"avro.codec" => codec = String::from_utf8_lossy(value).into_owned(),
                _ => {}
            }
        }
    }
    let codec = match codec.as_str() {
        "null" => Codec::Null,
        "deflate" => Codec::Deflate,
        "zstandard" => Codec::Zstandard,
        other => {
            return Err(Misfit::Other(format!(
                "Its blocks are compressed with “{other}”, which is not opened here. Write it with deflate, zstandard or null, or look at it as hex."
            )));
        }
    };
    let schema = schema.ok_or_else(|| reader.broken("no schema in the header"))?;
    let schema = Schema::parse_str(&schema).map_err(|err| Misfit::Said {
        format: "Avro",
        what: format!("the schema in its header: {err}"),
    })?;
    let sync = reader.take(16)?;
    Ok(Header {
        schema,
        codec,
        sync,
    })
}

/// What is in a block; `None` when that is more than there is room for.
fn open(block: &[u8], codec: Codec, room: usize) -> Result<Option<Cow<'_, [u8]>>, Misfit> {
    let wrapping = match codec {
        Codec::Null => return Ok(Some(Cow::Borrowed(block))),
        Codec::Deflate => Wrapping::Deflate,
        Codec::Zstandard => Wrapping::Zstd,
    };
    let mut bytes = Vec::new();
    match unwrap(wrapping, block, &mut bytes, room) {
        Ok(_bytes_behind) => Ok(Some(Cow::Owned(bytes))),
        Err(Stop::Full | Stop::Parts) => Ok(None),
        Err(Stop::Damaged(why)) => Err(Misfit::Said {
            format: "Avro",
            what: format!("a compressed block: {why}"),
        }),
    }
}
