//! What CONNECT carries besides with MQTT 5 (3.1.2.11); without effect with MQTT 3.1.1.

use serde::{Deserialize, Serialize};

/// How the client proves who it is, beyond user name and password (MQTT 5, 4.12).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Authentication {
    /// User name and password only.
    #[default]
    None,
    /// SCRAM-SHA-256 (RFC 7677) with user name and password: the password itself is never sent.
    ScramSha256,
    /// A method that needs no more than its first message.
    Other {
        /// Name of the method (3.1.2.11.9).
        method: String,
        /// The first message (3.1.2.11.10). It is kept in the keyring and empty here, see
        /// [`Mqtt5Settings::keeps_authentication_data`].
        data: Vec<u8>,
    },
}

/// Properties of CONNECT. Session expiry and the largest packet stand in the profile itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mqtt5Settings {
    /// How many messages with QoS 1 and 2 may be under way to us at once, 1 to 65,535; `None` leaves it out, which
    /// means 65,535 (3.1.2.11.3).
    pub receive_maximum: Option<u16>,
    /// How many topic aliases the broker may use; 0 is none (3.1.2.11.5).
    pub topic_alias_maximum: u16,
    /// Whether the broker may add reason strings and user properties to refusals (3.1.2.11.7).
    pub request_problem_information: bool,
    /// Whether the broker is asked where answers may go (3.1.2.11.6).
    pub request_response_information: bool,
    /// User properties, in order (3.1.2.11.8).
    pub user_properties: Vec<(String, String)>,
    /// Extended authentication.
    pub authentication: Authentication,
    /// Whether the keyring keeps the data of [`Authentication::Other`], or is to keep it.
    pub keeps_authentication_data: bool,
}

impl Default for Mqtt5Settings {
    fn default() -> Self {
        Self {
            receive_maximum: None,
            topic_alias_maximum: 0,
            request_problem_information: true,
            request_response_information: false,
            user_properties: Vec::new(),
            authentication: Authentication::None,
            keeps_authentication_data: false,
        }
    }
}
