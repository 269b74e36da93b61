//! Why bytes are not what they were taken for, as a sentence that says where and what to do.

use thiserror::Error;

use super::document::Limit;

/// Why a payload cannot be read in a format.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Misfit {
    /// The bytes break a rule of the format.
    #[error(
        "Not valid {format}: {what} at byte {at}. Choose another format, or look at it as hex."
    )]
    At {
        /// The format's name.
        format: &'static str,
        /// What is wrong, without its place.
        what: &'static str,
        /// Offset of the byte, counted from 0.
        at: usize,
    },
    /// The bytes break a rule of the format; where, says the parser.
    #[error("Not valid {format}: {what}. Choose another format, or look at it as hex.")]
    Said {
        /// The format's name.
        format: &'static str,
        /// What is wrong, and where.
        what: String,
    },
    /// Too big or too deep to be shown as values.
    #[error(transparent)]
    Limit(#[from] Limit),
    /// Something else is missing or wrong: a sentence that ends with the cure.
    #[error("{0}")]
    Other(String),
}
