//! Protobuf messages as values: by their type where a schema describes it, else field by field.
//!
//! The wire is read here and not into a `DynamicMessage`: that would lose the order of fields and map entries, and hide what
//! is sent twice or does not belong to the type.

mod fields;
mod known;
mod scalar;
mod typed;
pub mod wire;

use super::document::{Builder, Document, Limit};
use super::misfit::Misfit;
use super::schema::Schemas;

pub(super) use fields::unknown_field;

/// The fields of a message without a schema: keys are their numbers.
///
/// # Errors
/// [`Misfit`] when the bytes are no Protobuf message.
pub fn fields(payload: &[u8]) -> Result<Document, Misfit> {
    let mut builder = Builder::new();
    fields::message(&mut builder, payload)?;
    Ok(builder.finish()?)
}

/// A message of the type with this full name. What of it does not fit is said in `notices`.
///
/// # Errors
/// [`Misfit`] when no schema describes the type, or when the bytes are no message of it.
pub fn message(payload: &[u8], name: &str, schemas: &Schemas) -> Result<Document, Misfit> {
    let Some(descriptor) = schemas.protobuf_type(name) else {
        let text = format!(
            "No schema file describes the message type “{name}”. Add its .proto file or descriptor set under “Formats and schemas”, or choose another type."
        );
        return Err(Misfit::Other(text));
    };
    let mut builder = Builder::new();
    typed::message(&mut builder, payload, &descriptor).map_err(|err| err.of_type(name))?;
    Ok(builder.finish()?)
}

/// Why bytes are not read as a message.
#[derive(Debug)]
pub enum Broken {
    /// The wire format is broken.
    Wire(wire::WireError),
    /// A field has another wire type than its type says.
    Field {
        /// Its name.
        name: String,
        /// Its type.
        wanted: String,
        /// The wire type that came.
        came: &'static str,
    },
    /// Too big or too deep.
    Limit(Limit),
}

impl Broken {
    fn of_type(self, name: &str) -> Misfit {
        match self {
            Self::Limit(limit) => Misfit::Limit(limit),
            Self::Wire(err) => Misfit::Other(format!(
                "Not a message of the type “{name}”: {err}. Choose another type, or look at it as hex."
            )),
            Self::Field {
                name: field,
                wanted,
                came,
            } => Misfit::Other(format!(
                "Not a message of the type “{name}”: the field “{field}” should be {wanted}, and a {came} came. Shown field by field; choose another type, or load the schema that its publisher uses."
            )),
        }
    }
}

impl From<wire::WireError> for Broken {
    fn from(err: wire::WireError) -> Self {
        Self::Wire(err)
    }
}

impl From<Limit> for Broken {
    fn from(limit: Limit) -> Self {
        Self::Limit(limit)
    }
}

impl From<Broken> for Misfit {
    fn from(err: Broken) -> Self {
        match err {
            Broken::Limit(limit) => Self::Limit(limit),
            Broken::Wire(err) => Self::Said {
                format: "Protobuf",
                what: err.to_string(),
            },
            other @ Broken::Field { .. } => other.of_type(""),
        }
    }
}

/// Fails once the document takes nothing more.
///
/// # Errors
/// [`Limit`] that was reached.
pub fn go_on(builder: &Builder) -> Result<(), Limit> {
    builder.limit().map_or(Ok(()), Err)
}
