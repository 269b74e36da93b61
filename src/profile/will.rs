//! The last will as the user edits it.

use serde::{Deserialize, Serialize};

use crate::mqtt::Qos;

/// What the broker publishes when the connection is lost (MQTT 5, 3.1.2.5). Only `enabled`, `topic`, `message`, `qos`
/// and `retain` count with MQTT 3.1.1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WillSettings {
    /// Whether a will is sent at all; the other fields are kept when it is off.
    pub enabled: bool,
    /// Topic of the will message.
    pub topic: String,
    /// Text of the will message.
    pub message: String,
    /// QoS of the will message.
    pub qos: Qos,
    /// Whether it is retained.
    pub retain: bool,
    /// MQTT 5: seconds between the loss of the connection and the will (3.1.3.2.2).
    pub delay: u32,
    /// MQTT 5: seconds after which subscribers no longer get the will; `None` is never (3.1.3.2.4).
    pub expiry: Option<u32>,
    /// MQTT 5: content type; empty sends none (3.1.3.2.5).
    pub content_type: String,
    /// MQTT 5: topic for answers; empty sends none (3.1.3.2.6).
    pub response_topic: String,
    /// MQTT 5: what an answer repeats; empty sends none (3.1.3.2.7).
    pub correlation_data: Vec<u8>,
    /// MQTT 5: user properties of the will message, in order (3.1.3.2.8). Values that let somebody in are in the keyring.
    pub user_properties: Vec<(String, String)>,
    /// MQTT 5: payload format indicator 1, the message is UTF-8 text (3.1.3.2.3).
    pub payload_format_text: bool,
}
