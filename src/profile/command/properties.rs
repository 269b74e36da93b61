//! `-D packet name value`: properties of MQTT 5 in mosquitto's notation.

use super::super::Authentication;
use super::read::{Reader, not_taken};
use crate::mqtt::Version;

impl Reader {
    pub(super) fn property(&mut self, option: &str) {
        let Some((packet, name)) = self.value(option).zip(self.value(option)) else {
            return;
        };
        self.version = Version::V5;
        let Some(value) = self.value(option) else {
            return;
        };
        if name == "user-property" {
            let second = self.value(option).unwrap_or_default();
            return self.user_property(&packet, (value, second));
        }
        let taken = match packet.as_str() {
            "connect" => self.connect_property(&name, &value),
            "publish" => self.publish_property(&name, &value),
            "will" => self.will_property(&name, &value),
            "subscribe" if name == "subscription-identifier" => {
                into(&mut self.subscription.id, value.parse().ok())
            }
            _ => Taken::Unknown,
        };
        match taken {
            Taken::Yes => {}
            Taken::Wrong => self.warn(not_taken(&format!("{option} {packet} {name}"), &value)),
            Taken::Unknown => self.warn(format!(
                "{option} {packet} {name} is left out: Canopy does not set this."
            )),
        }
    }

    fn user_property(&mut self, packet: &str, pair: (String, String)) {
        match packet {
            "connect" => self.profile.mqtt5.user_properties.push(pair),
            "publish" => self.draft.properties.user.push(pair),
            "will" => self.profile.will.user_properties.push(pair),
            other => self.warn(format!(
                "User properties of {other} are left out: Canopy does not set them."
            )),
        }
    }

    fn connect_property(&mut self, name: &str, value: &str) -> Taken {
        let mqtt5 = &mut self.profile.mqtt5;
        match name {
            "receive-maximum" => into(&mut mqtt5.receive_maximum, value.parse().ok()),
            "topic-alias-maximum" => put(&mut mqtt5.topic_alias_maximum, value.parse().ok()),
            "maximum-packet-size" => put(&mut self.profile.max_packet_size, value.parse().ok()),
            "session-expiry-interval" => into(&mut self.expiry, value.parse().ok()),
            "request-problem-information" => {
                put(&mut mqtt5.request_problem_information, switch(value))
            }
            "request-response-information" => {
                put(&mut mqtt5.request_response_information, switch(value))
            }
            "authentication-method" => authenticate(&mut mqtt5.authentication, |method, _data| {
                value.clone_into(method);
            }),
            "authentication-data" => authenticate(&mut mqtt5.authentication, |_method, data| {
                *data = value.as_bytes().to_vec();
            }),
            _ => Taken::Unknown,
        }
    }

    fn publish_property(&mut self, name: &str, value: &str) -> Taken {
        let properties = &mut self.draft.properties;
        match name {
            "payload-format-indicator" => put(&mut properties.payload_is_utf8, switch(value)),
            "message-expiry-interval" => into(&mut properties.message_expiry, value.parse().ok()),
            "content-type" => put(&mut properties.content_type, Some(value.to_owned())),
            "response-topic" => put(&mut properties.response_topic, Some(value.to_owned())),
            "correlation-data" => put(&mut properties.correlation_data, Some(value.to_owned())),
            _ => Taken::Unknown,
        }
    }

    fn will_property(&mut self, name: &str, value: &str) -> Taken {
        let will = &mut self.profile.will;
        match name {
            "payload-format-indicator" => put(&mut will.payload_format_text, switch(value)),
            "message-expiry-interval" => into(&mut will.expiry, value.parse().ok()),
            "will-delay-interval" => put(&mut will.delay, value.parse().ok()),
            "content-type" => put(&mut will.content_type, Some(value.to_owned())),
            "response-topic" => put(&mut will.response_topic, Some(value.to_owned())),
            "correlation-data" => put(&mut will.correlation_data, Some(value.as_bytes().to_vec())),
            _ => Taken::Unknown,
        }
    }
}

/// What became of a property.
enum Taken {
    Yes,
    Wrong,
    Unknown,
}

fn put<T>(place: &mut T, value: Option<T>) -> Taken {
    match value {
        Some(value) => {
            *place = value;
            Taken::Yes
        }
        None => Taken::Wrong,
    }
}

fn into<T>(place: &mut Option<T>, value: Option<T>) -> Taken {
    put(place, value.map(Some))
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    }
}

/// Changes method and data of `authentication`, which becomes one that has them.
fn authenticate(
    authentication: &mut Authentication,
    change: impl FnOnce(&mut String, &mut Vec<u8>),
) -> Taken {
    let (mut method, mut data) = match std::mem::take(authentication) {
        Authentication::Other { method, data } => (method, data),
        Authentication::None | Authentication::ScramSha256 => (String::new(), Vec::new()),
    };
    change(&mut method, &mut data);
    *authentication = Authentication::Other { method, data };
    Taken::Yes
}
