//! What CONNECT carries: client identifier, limits, account, properties and the last will.

use crate::mqtt::{TopicName, Version};

use super::super::{Authentication, Profile, Session};
use super::{Field, MAX_STRING, Problem, check_bytes, check_properties, check_string, error, hint};

/// The largest remaining length of a packet (MQTT 5, 1.5.5).
const MAX_PACKET: u32 = 268_435_455;
/// Client identifiers up to here must be accepted by every broker (MQTT 3.1.1, 3.1.3.1).
const SAFE_CLIENT_ID: usize = 23;

impl Profile {
    pub(super) fn check_client_id(&self, found: &mut Vec<Problem>) {
        let id = &self.client_id;
        if id.is_empty() && self.session == Session::Resume {
            found.push(error(
                Field::ClientId,
                "A session is found again by its client id. Give one, or choose a clean start.",
            ));
        }
        check_string(Field::ClientId, "client id", id, found);
        let long = id.len() > SAFE_CLIENT_ID && id.len() <= MAX_STRING;
        if long && self.version == Version::V311 {
            found.push(hint(
                Field::ClientId,
                "MQTT 3.1.1 lets a broker refuse client ids of more than 23 bytes. Shorten it if the connection is refused.",
            ));
        }
    }

    pub(super) fn check_limits(&self, found: &mut Vec<Problem>) {
        if self.connect_timeout == 0 {
            found.push(error(
                Field::ConnectTimeout,
                "The connection needs some time. Give at least one second.",
            ));
        }
        if self.max_packet_size == 0 || self.max_packet_size > MAX_PACKET {
            found.push(error(
                Field::MaxPacketSize,
                "The largest packet has 1 to 268,435,455 bytes. Choose a size in between.",
            ));
        }
    }

    pub(super) fn check_account(&self, found: &mut Vec<Problem>) {
        check_string(Field::UserName, "user name", &self.user_name, found);
        if self.use_password && self.user_name.is_empty() && self.version == Version::V311 {
            found.push(error(
                Field::UserName,
                "MQTT 3.1.1 sends a password only together with a user name. Give one, or choose MQTT 5.",
            ));
        }
    }

    pub(super) fn check_mqtt5(&self, found: &mut Vec<Problem>) {
        let mqtt5 = &self.mqtt5;
        if self.version == Version::V311 {
            if mqtt5.authentication != Authentication::None {
                found.push(hint(
                    Field::AuthenticationMethod,
                    "Only MQTT 5 has authentication methods: this one is not used. Choose MQTT 5.",
                ));
            }
            return;
        }
        if mqtt5.receive_maximum == Some(0) {
            // MQTT 5, 3.1.2.11.3: zero is a protocol error.
            found.push(error(
                Field::ReceiveMaximum,
                "At least one message must be allowed under way. Give 1 to 65,535, or leave it empty.",
            ));
        }
        check_properties(&mqtt5.user_properties, Field::UserProperty, found);
        self.check_authentication(found);
    }

    fn check_authentication(&self, found: &mut Vec<Problem>) {
        match &self.mqtt5.authentication {
            Authentication::None => {}
            Authentication::ScramSha256 => {
                if self.user_name.is_empty() || !self.use_password {
                    found.push(error(
                        Field::UserName,
                        "SCRAM proves that you know a password. Give user name and password, or choose no method.",
                    ));
                }
            }
            Authentication::Other { method, data } => {
                if method.is_empty() {
                    // MQTT 5, 3.1.2.11.10: data without a method is a protocol error.
                    found.push(error(
                        Field::AuthenticationMethod,
                        "The method needs a name, as the broker calls it. Give it, or choose no method.",
                    ));
                }
                let field = Field::AuthenticationMethod;
                check_string(field, "authentication method", method, found);
                check_bytes(
                    Field::AuthenticationData,
                    "authentication data",
                    data,
                    found,
                );
            }
        }
    }

    pub(super) fn check_will(&self, found: &mut Vec<Problem>) {
        let will = &self.will;
        if !will.enabled {
            return;
        }
        if let Err(err) = TopicName::new(will.topic.as_str()) {
            found.push(error(Field::WillTopic, err.to_string()));
        }
        let length = will.message.len();
        if length > MAX_STRING {
            found.push(error(
                Field::WillMessage,
                format!("A last will has at most 65,535 bytes, this one has {length}. Shorten it."),
            ));
        }
        if self.version == Version::V5 {
            self.check_will_properties(found);
        }
    }

    fn check_will_properties(&self, found: &mut Vec<Problem>) {
        let will = &self.will;
        let ends = self.session == Session::CleanStart || self.session_expiry == 0;
        if will.delay > 0 && ends {
            // MQTT 5, 3.1.3.2.2: the will is sent when the session ends, if that is earlier.
            found.push(hint(
                Field::WillDelay,
                "The will is sent as soon as the session ends, so this delay does nothing. Resume the session and let the broker keep it at least as long.",
            ));
        }
        let field = Field::WillContentType;
        check_string(field, "content type", &will.content_type, found);
        if !will.response_topic.is_empty()
            && let Err(err) = TopicName::new(will.response_topic.as_str())
        {
            found.push(error(Field::WillResponseTopic, err.to_string()));
        }
        let field = Field::WillCorrelationData;
        check_bytes(field, "correlation data", &will.correlation_data, found);
        check_properties(&will.user_properties, Field::WillUserProperty, found);
    }
}
