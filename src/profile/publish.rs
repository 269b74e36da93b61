//! A message that is being written, or kept under a name.

use serde::{Deserialize, Serialize};

use crate::mqtt::Qos;
use crate::payload::{hex, template};

/// How the payload text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PayloadKind {
    /// Text that should be valid JSON; sent as typed.
    #[default]
    Json,
    /// Any text, sent as UTF-8.
    Text,
    /// Pairs of hexadecimal digits.
    Hex,
    /// The text is the path of a file whose bytes are sent.
    File,
}

/// MQTT 5 properties of a publish, as edited. Empty fields are not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PublishProperties {
    /// Message expiry interval in seconds.
    pub message_expiry: Option<u32>,
    /// Content type.
    pub content_type: String,
    /// Response topic.
    pub response_topic: String,
    /// Correlation data, as text or as pairs of hexadecimal digits.
    pub correlation_data: String,
    /// Whether the correlation data is given in hexadecimal digits.
    pub correlation_is_hex: bool,
    /// Payload format indicator 1: UTF-8 text.
    pub payload_is_utf8: bool,
    /// User properties, in order.
    pub user: Vec<(String, String)>,
}

impl PublishProperties {
    /// Takes correlation data of a message: as text, or in hexadecimal where it is no text or would be filled in as a
    /// placeholder.
    pub fn set_correlation(&mut self, data: &[u8]) {
        let text = std::str::from_utf8(data).ok();
        let is_plain =
            |text: &&str| !text.chars().any(char::is_control) && !template::has_placeholder(text);
        let text = text.filter(is_plain);
        self.correlation_is_hex = text.is_none();
        self.correlation_data = text.map_or_else(|| hex::pairs(data), str::to_owned);
    }
}

/// Everything the publish panel edits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PublishDraft {
    /// Topic name as typed.
    pub topic: String,
    /// QoS.
    pub qos: Qos,
    /// Retain flag.
    pub retain: bool,
    /// How `payload` becomes bytes.
    pub kind: PayloadKind,
    /// The text, or a path for [`PayloadKind::File`]. Placeholders are filled in when it is sent.
    pub payload: String,
    /// MQTT 5 properties.
    pub properties: PublishProperties,
}

/// A publish with a name, kept in a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPublish {
    /// What the list shows.
    pub name: String,
    /// The message.
    pub draft: PublishDraft,
}
