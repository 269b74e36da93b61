//! What is asked about how payloads are read: formats by topic filter, and the files that describe them.

use crate::payload::Format;

/// Something that concerns the formats and schemas of the connection whose views ask for it.
#[derive(Debug, Clone)]
pub enum ReadingAction {
    /// From now on read what matches `filter` as `format`; kept in the profile, in front of the other rules.
    RememberFormat {
        /// The topic filter.
        filter: String,
        /// How it is read.
        format: Format,
    },
    /// Forget the rule with exactly this filter.
    ForgetFormat(String),
    /// Open the dialog with the rules and the schema files.
    OpenRules,
    /// Fill the publish panel with the command to this topic that makes an edge node of Sparkplug B send its births again.
    PrepareRebirth(String),
    /// Read the schema files unless they are read already.
    LoadSchemas,
    /// Read the schema files again.
    ReloadSchemas,
}
