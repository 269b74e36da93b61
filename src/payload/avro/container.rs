//! Object container files (Avro specification, "Object container files"): they bring their own schema.

use std::io::Read;

use apache_avro::Schema;

use super::super::document::{Builder, Document, Kind};
use super::super::misfit::Misfit;
use super::datum::{MAX_FREE, Reader};
use super::{Names, name_of};

/// How a file begins.
pub const MAGIC: [u8; 4] = *b"Obj\x01";

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
    while reader.left() > 0 {
        let count = reader.long()?;
        let block = reader.bytes()?;
        if reader.take(header.sync.len())? != header.sync {
            return Err(
                reader.broken("the mark behind a block is another one than at the beginning")
            );
        }
        let opened = open(block, header.codec, room)?;
        if opened.is_cut {
            notices.push(format!(
                "Only the first {MAX_INFLATED} bytes of the compressed blocks are opened: the rest is left out. Save the payload to see all of it."
            ));
            break;
        }
        room = room.saturating_sub(opened.bytes.len());
        let mut values = Reader::new(&opened.bytes, &names);
        values.free = free;
        for _ in 0..count {
            values.value(&mut builder, &header.schema, None)?;
        }
        free = values.free;
        if values.left() > 0 {
            let left = values.left();
            notices.push(format!(
                "{left} more bytes follow behind the values of a block."
            ));
        }
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

/// What is in a block.
struct Opened {
    bytes: Vec<u8>,
    /// Whether more is in it than there is room for.
    is_cut: bool,
}

fn open(block: &[u8], codec: Codec, room: usize) -> Result<Opened, Misfit> {
    let broken = |err: &dyn std::fmt::Display| Misfit::Said {
        format: "Avro",
        what: format!("a compressed block: {err}"),
    };
    let mut bytes = Vec::new();
    // one more than fits shows that there is more
    let limit = room as u64 + 1;
    match codec {
        Codec::Null => bytes.extend_from_slice(block),
        Codec::Deflate => {
            let mut inflater = flate2::read::DeflateDecoder::new(block).take(limit);
            inflater
                .read_to_end(&mut bytes)
                .map_err(|err| broken(&err))?;
        }
        Codec::Zstandard => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(block);
            let mut decoder = decoder.map_err(|err| broken(&err))?.take(limit);
            decoder
                .read_to_end(&mut bytes)
                .map_err(|err| broken(&err))?;
        }
    }
    let is_cut = codec != Codec::Null && bytes.len() > room;
    Ok(Opened { bytes, is_cut })
}
