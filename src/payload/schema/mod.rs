//! Descriptions of messages that say nothing about themselves: Protobuf and Avro.

use bytes::Bytes;

/// A file with schemas, as it was read.
#[derive(Debug, Clone)]
pub struct SchemaFile {
    /// Its path, as the profile names it.
    pub path: String,
    /// Its bytes, or why there are none, as a sentence.
    pub contents: Result<Bytes, String>,
}

/// The schemas that a profile names, ready to read with.
#[derive(Debug, Default)]
pub struct Schemas {
    files: Vec<FileReport>,
}

/// What was found in a schema file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    /// Its path, as the profile names it.
    pub path: String,
    /// What is wrong with it, in sentences.
    pub problems: Vec<String>,
}

impl Schemas {
    /// Makes the schemas of these files ready. What is wrong with one of them does not keep the others from being used.
    pub fn new(files: Vec<SchemaFile>) -> Self {
        let report = |file: SchemaFile| FileReport {
            problems: file.contents.err().into_iter().collect(),
            path: file.path,
        };
        Self {
            files: files.into_iter().map(report).collect(),
        }
    }

    /// What was found in each file.
    pub fn files(&self) -> &[FileReport] {
        &self.files
    }
}
