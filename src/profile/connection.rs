//! A connection profile: everything needed to connect, except the password.

use serde::{Deserialize, Serialize};

use crate::mqtt::{Qos, Version};

use super::SavedPublish;

/// Identifies a profile for ever, also after it is renamed; names its password in the keyring.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(pub String);

impl ProfileId {
    /// A fresh identifier (a random UUID).
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }
}

/// Whether the broker forgets what it knew of this client id (MQTT 5, 3.1.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Session {
    /// Clean start: begin anew.
    #[default]
    CleanStart,
    /// Resume what is left, and ask the broker to keep it afterwards.
    Resume,
}

/// The last will as the user edits it.
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
    /// MQTT 5: seconds between the loss of the connection and the will.
    pub delay: u32,
}

/// A topic filter to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The topic filter as typed; checked before it is sent.
    pub filter: String,
    /// The highest QoS wanted.
    #[serde(default)]
    pub qos: Qos,
}

/// One connection as the user keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Stays the same for ever.
    pub id: ProfileId,
    /// What the list shows.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protocol version.
    pub version: Version,
    /// Client identifier; empty means a random one at each start of the program, so that two windows do not throw each other out.
    pub client_id: String,
    /// Clean start or resume.
    pub session: Session,
    /// Seconds that the broker keeps the session afterwards (MQTT 5, with `Resume`; 4,294,967,295 is for ever).
    pub session_expiry: u32,
    /// Keep alive in seconds; 0 turns it off.
    pub keep_alive: u16,
    /// Seconds to wait for the connection and its CONNACK.
    pub connect_timeout: u16,
    /// Largest packet accepted, in bytes.
    pub max_packet_size: u32,
    /// Whether to connect again by itself after a loss.
    pub reconnect: bool,
    /// User name; empty sends none.
    pub user_name: String,
    /// Whether a password belongs to this profile: then it is looked up in the keyring or asked for.
    pub use_password: bool,
    /// The last will.
    pub will: WillSettings,
    /// What to subscribe to.
    pub subscriptions: Vec<Subscription>,
    /// Publishes with names.
    pub saved_publishes: Vec<SavedPublish>,
}

impl Default for Profile {
    fn default() -> Self {
        let subscription = |filter: &str| Subscription {
            filter: filter.to_owned(),
            qos: Qos::AtMostOnce,
        };
        Self {
            id: ProfileId::random(),
            name: "New connection".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: 1883,
            version: Version::V5,
            client_id: String::new(),
            session: Session::CleanStart,
            session_expiry: 3_600,
            keep_alive: 60,
            connect_timeout: 10,
            max_packet_size: 268_435_455,
            reconnect: true,
            user_name: String::new(),
            use_password: false,
            will: WillSettings::default(),
            subscriptions: vec![subscription("#"), subscription("$SYS/#")],
            saved_publishes: Vec::new(),
        }
    }
}

impl Profile {
    /// `mqtt://host:port`, with brackets around an IPv6 address.
    pub fn url(&self) -> String {
        let host = &self.host;
        if host.contains(':') {
            format!("mqtt://[{host}]:{}", self.port)
        } else {
            format!("mqtt://{host}:{}", self.port)
        }
    }
}
