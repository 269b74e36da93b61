//! Descriptions of messages that say nothing about themselves: Protobuf and Avro.

/// The schemas that a profile names, ready to read with.
#[derive(Debug, Default)]
pub struct Schemas {}
