//! Descriptions of messages that say nothing about themselves: Protobuf (`.proto` sources and descriptor sets) and Avro.
//! What is in the files comes in as values.

mod avro;
mod protobuf;

use apache_avro::Schema;
use bytes::Bytes;
use prost_reflect::MessageDescriptor;

use self::avro::AvroSchemas;
use self::protobuf::ProtobufSchemas;
use super::avro::Names;

/// A file with schemas, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFile {
    /// Its path, as the profile names it.
    pub path: String,
    /// Its bytes, or why there are none, as a sentence.
    pub contents: Result<Bytes, String>,
}

/// What a schema file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaKind {
    /// It could not be read.
    #[default]
    Unknown,
    /// A `.proto` source.
    Proto,
    /// A compiled descriptor set, as `protoc --descriptor_set_out` writes it.
    DescriptorSet,
    /// An Avro schema.
    Avro,
}

impl SchemaKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "not read",
            Self::Proto => "Protobuf source",
            Self::DescriptorSet => "Protobuf descriptor set",
            Self::Avro => "Avro schema",
        }
    }
}

/// What was found in a schema file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    /// Its path, as the profile names it.
    pub path: String,
    /// What it is.
    pub kind: SchemaKind,
    /// Full names of the messages that it describes.
    pub types: Vec<String>,
    /// What is wrong with it, in sentences.
    pub problems: Vec<String>,
}

/// The schemas that a profile names, ready to read with.
#[derive(Debug, Default)]
pub struct Schemas {
    files: Vec<FileReport>,
    /// The files that it was made of.
    sources: Vec<SchemaFile>,
    protobuf: ProtobufSchemas,
    avro: AvroSchemas,
}

impl Schemas {
    /// Whether both were made of the same files with the same contents, so that they read alike.
    pub fn is_same(&self, other: &Self) -> bool {
        self.sources == other.sources
    }

    /// Makes the schemas of these files ready. What is wrong with one of them does not keep the others from being used.
    pub fn new(files: Vec<SchemaFile>) -> Self {
        let kept = files.clone();
        let mut sources = Vec::new();
        let mut reports = Vec::new();
        for (place, file) in files.into_iter().enumerate() {
            let mut report = FileReport {
                path: file.path,
                ..FileReport::default()
            };
            match file.contents {
                Err(problem) => report.problems.push(problem),
                Ok(contents) => {
                    report.kind = kind_of(&report.path, &contents);
                    sources.push(Source { place, contents });
                }
            }
            reports.push(report);
        }
        let protobuf = ProtobufSchemas::new(&sources, &mut reports);
        let avro = AvroSchemas::new(&sources, &mut reports);
        Self {
            files: reports,
            sources: kept,
            protobuf,
            avro,
        }
    }

    /// What was found in each file.
    pub fn files(&self) -> &[FileReport] {
        &self.files
    }

    /// Full names of all Protobuf messages that are described, in order.
    pub fn protobuf_types(&self) -> &[String] {
        self.protobuf.types()
    }

    /// Names of all Avro schemas that a message may have, in order.
    pub fn avro_schemas(&self) -> &[String] {
        self.avro.choices()
    }

    /// The Avro schema of this name, and the types that it may refer to.
    pub(super) fn avro(&self, name: &str) -> Option<(&Schema, &Names)> {
        self.avro
            .get(name)
            .map(|schema| (schema, self.avro.names()))
    }

    /// The name of the Avro schema with this fingerprint.
    pub(super) fn avro_by_fingerprint(&self, fingerprint: &[u8]) -> Option<&str> {
        self.avro.by_fingerprint(fingerprint)
    }

    /// The description of the Protobuf message with this full name.
    pub(super) fn protobuf_type(&self, name: &str) -> Option<MessageDescriptor> {
        self.protobuf.get(name)
    }
}

/// A file that was read.
struct Source {
    /// Its place among all files.
    place: usize,
    contents: Bytes,
}

/// What a file is, by its name, else by what is in it.
fn kind_of(path: &str, contents: &[u8]) -> SchemaKind {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "proto" => SchemaKind::Proto,
        "avsc" => SchemaKind::Avro,
        "desc" | "pb" | "binpb" | "fds" | "protoset" => SchemaKind::DescriptorSet,
        _ => match str::from_utf8(contents).map(str::trim_start) {
            Ok(text) if text.starts_with(['{', '[', '"']) => SchemaKind::Avro,
            Ok(text) if !text.contains('\0') && !text.contains('\u{1}') => SchemaKind::Proto,
            _ => SchemaKind::DescriptorSet,
        },
    }
}
