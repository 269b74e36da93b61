//! How payloads are read: formats by topic filter, and the files that describe them.

use std::fs;
use std::io;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::mqtt::TopicFilter;
use crate::payload::Format;
use crate::payload::schema::{SchemaFile, Schemas};

/// Largest schema file that is read, in bytes.
const LARGEST_SCHEMA: u64 = 16 * 1024 * 1024;

/// Messages on topics that match `filter` are read as `format`. The first rule that matches counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatRule {
    /// The topic filter as typed.
    pub filter: String,
    /// How they are read.
    pub format: Format,
}

/// What a profile says about payloads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadingSettings {
    /// Formats by topic filter, first match first.
    pub formats: Vec<FormatRule>,
    /// Paths of files with schemas: `.proto` sources, descriptor sets, Avro schemas (`.avsc`).
    pub schema_files: Vec<String>,
}

impl ReadingSettings {
    /// The format that the rules give to a topic.
    pub fn format_of(&self, topic: &str) -> Option<&Format> {
        let is_match = |rule: &&FormatRule| {
            TopicFilter::new(rule.filter.clone()).is_ok_and(|filter| filter.matches(topic))
        };
        Some(&self.formats.iter().find(is_match)?.format)
    }

    /// From now on topics that match `filter` are read as `format`; `None` forgets the rule with this filter. A new rule goes
    /// before the others.
    pub fn remember(&mut self, filter: &str, format: Option<Format>) {
        self.formats.retain(|rule| rule.filter != filter);
        if let Some(format) = format {
            let filter = filter.to_owned();
            self.formats.insert(0, FormatRule { filter, format });
        }
    }
}

/// Reads the files that [`ReadingSettings::schema_files`] names. A file that cannot be read is part of the answer.
pub fn read_schemas(paths: &[String]) -> Schemas {
    let file = |path: &String| SchemaFile {
        path: path.clone(),
        contents: read_schema(path),
    };
    Schemas::new(paths.iter().map(file).collect())
}

/// The bytes of a file, or why there are none, as a sentence.
fn read_schema(path: &str) -> Result<Bytes, String> {
    let size = fs::metadata(path).map_err(|err| trouble(&err))?.len();
    if size > LARGEST_SCHEMA {
        let text = format!("It has {size} bytes, too many for a schema. Choose another file.");
        return Err(text);
    }
    fs::read(path).map(Bytes::from).map_err(|err| trouble(&err))
}

fn trouble(err: &io::Error) -> String {
    match err.kind() {
        io::ErrorKind::NotFound => {
            "It is not there. Put it back, or remove it from the list.".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "It may not be read. Change its permissions, then reload.".to_owned()
        }
        _ => format!("It cannot be read: {err}. Choose another file, or reload."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_matches_counts() {
        let mut reading = ReadingSettings::default();
        reading.remember("plant/#", Some(Format::Cbor));
        reading.remember("plant/+/raw", Some(Format::Hex));
        let format = |topic: &str| reading.format_of(topic).cloned();
        assert_eq!(format("plant/1/raw"), Some(Format::Hex));
        assert_eq!(format("plant/1"), Some(Format::Cbor));
        assert_eq!(format("home"), None);
        let mut reading = reading.clone();
        reading.remember("plant/+/raw", None);
        assert_eq!(reading.formats.len(), 1);
    }
}
