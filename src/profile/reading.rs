//! How payloads are read: formats by topic filter, and the files that describe them.

use serde::{Deserialize, Serialize};

use crate::mqtt::TopicFilter;
use crate::payload::Format;

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
