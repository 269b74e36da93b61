//! Avro: a datum with a schema of the profile, a single object that names its schema, or a file that brings its own.
//!
//! The crate parses schemas; the bytes are read here, because its reader takes the end of the payload for a null, follows a
//! type that contains itself until the stack ends, and loses the order of map entries.

mod container;
mod datum;
mod logical;
mod names;

use apache_avro::Schema;

use super::document::{Builder, Document};
use super::misfit::Misfit;
use super::schema::Schemas;
use datum::Reader;
pub use names::Names;

/// How a single object begins (Avro specification, "Single object encoding"); eight bytes of fingerprint follow.
const SINGLE_OBJECT: [u8; 2] = [0xc3, 0x01];

/// Whether the bytes are an object container file, which brings its own schema.
pub fn is_container(payload: &[u8]) -> bool {
    payload.starts_with(&container::MAGIC)
}

/// Reads a payload with the schema of this name; a container file reads itself. What is left over is said in `notices`.
///
/// # Errors
/// [`Misfit`] when there is no such schema, or the bytes do not fit it.
pub fn document(
    payload: &[u8],
    name: &str,
    schemas: &Schemas,
    notices: &mut Vec<String>,
) -> Result<Document, Misfit> {
    if is_container(payload) {
        return container::document(payload, notices);
    }
    if let Some(rest) = payload.strip_prefix(&SINGLE_OBJECT)
        && let Some((fingerprint, datum)) = rest.split_first_chunk::<8>()
    {
        if let Some(schema) = schemas.avro_by_fingerprint(fingerprint) {
            return read(datum, schema, schemas, notices);
        }
        let text = "It begins like a single object, whose schema is in none of the schema files. Add that file under “Formats and schemas”.";
        notices.push(text.to_owned());
    }
    read(payload, name, schemas, notices)
}

fn read(
    datum: &[u8],
    name: &str,
    schemas: &Schemas,
    notices: &mut Vec<String>,
) -> Result<Document, Misfit> {
    let Some((schema, names)) = schemas.avro(name) else {
        let text = if name.is_empty() {
            "Avro says nothing about itself here: choose a schema for it under “Formats and schemas”.".to_owned()
        } else {
            format!(
                "No schema file describes “{name}”. Add its .avsc file under “Formats and schemas”, or choose another schema."
            )
        };
        return Err(Misfit::Other(text));
    };
    let mut builder = Builder::new();
    let mut reader = Reader::new(datum, names);
    reader.value(&mut builder, schema, None)?;
    let left = reader.left();
    if left > 0 {
        notices.push(format!(
            "{left} more bytes follow behind the value of “{name}”: another schema may fit better."
        ));
    }
    Ok(builder.finish()?)
}

/// The name of a schema for people.
fn name_of(schema: &Schema) -> String {
    match schema {
        Schema::Array(_) => "array".to_owned(),
        Schema::Map(_) => "map".to_owned(),
        Schema::Ref { name } => name.fullname(None),
        named => match named.name() {
            Some(name) => name.fullname(None),
            None => format!("{named:?}").to_lowercase(),
        },
    }
}
