//! `-D packet identifier value`: MQTT 5 properties on the command line, in mosquitto's notation.

use thiserror::Error;

use crate::mqtt::Properties;

/// Properties given on the command line, for each packet that can carry them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PacketProperties {
    /// For CONNECT.
    pub connect: Properties,
    /// For PUBLISH.
    pub publish: Properties,
    /// For the will.
    pub will: Properties,
}

/// Why a `-D` is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PropertyError {
    /// Fewer values than needed.
    #[error(
        "-D needs a packet, a property and a value: -D publish content-type text/plain. A user-property has a name and a value: -D publish user-property name value."
    )]
    Incomplete,
    /// Not one of the packets.
    #[error(
        "Canopy sets properties of connect, publish and will, not of “{0}”. Leave this -D out."
    )]
    Packet(String),
    /// The standard or Canopy does not have this property there.
    #[error("“{property}” cannot be set for {packet} here. Possible are {}.", possible.join(", "))]
    Property {
        /// The packet it was given for.
        packet: &'static str,
        /// What was asked for.
        property: String,
        /// What can be asked for.
        possible: &'static [&'static str],
    },
    /// The value does not fit.
    #[error("“{value}” is not a value for {property}. Use {expected}.")]
    Value {
        /// The property.
        property: String,
        /// What was given.
        value: String,
        /// What would fit.
        expected: &'static str,
    },
}

const CONNECT: &[&str] = &[
    "maximum-packet-size",
    "receive-maximum",
    "request-problem-information",
    "request-response-information",
    "session-expiry-interval",
    "topic-alias-maximum",
    "user-property",
];
const PUBLISH: &[&str] = &[
    "content-type",
    "correlation-data",
    "message-expiry-interval",
    "payload-format-indicator",
    "response-topic",
    "user-property",
];
const WILL: &[&str] = &[
    "content-type",
    "correlation-data",
    "message-expiry-interval",
    "payload-format-indicator",
    "response-topic",
    "user-property",
    "will-delay-interval",
];

/// How many values follow a `-D` with this property, packet and property included.
pub fn value_count(property: &str) -> usize {
    if property == "user-property" { 4 } else { 3 }
}

impl PacketProperties {
    /// Adds one `-D` with its values: packet, property, value, or packet, `user-property`, name, value.
    ///
    /// # Errors
    /// [`PropertyError`] says what does not fit.
    pub fn add(&mut self, values: &[String]) -> Result<(), PropertyError> {
        let [packet, property, rest @ ..] = values else {
            return Err(PropertyError::Incomplete);
        };
        let (packet, possible, target) = match packet.to_ascii_lowercase().as_str() {
            "connect" => ("connect", CONNECT, &mut self.connect),
            "publish" => ("publish", PUBLISH, &mut self.publish),
            "will" => ("will", WILL, &mut self.will),
            _ => return Err(PropertyError::Packet(packet.clone())),
        };
        if !possible.contains(&property.as_str()) {
            return Err(PropertyError::Property {
                packet,
                property: property.clone(),
                possible,
            });
        }
        match rest {
            [name, value] if property == "user-property" => {
                target.user.push((name.clone(), value.clone()));
                Ok(())
            }
            [value] if property != "user-property" => set(target, property, value),
            _ => Err(PropertyError::Incomplete),
        }
    }
}

fn set(target: &mut Properties, property: &str, value: &str) -> Result<(), PropertyError> {
    match property {
        "content-type" => target.content_type = Some(value.to_owned()),
        "correlation-data" => {
            target.correlation_data = Some(bytes::Bytes::copy_from_slice(value.as_bytes()));
        }
        "response-topic" => target.response_topic = Some(value.to_owned()),
        "payload-format-indicator" => target.payload_format = Some(flag(property, value)?),
        "request-problem-information" => {
            target.request_problem_information = Some(flag(property, value)?);
        }
        "request-response-information" => {
            target.request_response_information = Some(flag(property, value)?);
        }
        "receive-maximum" => {
            let expected = "a number of messages from 1 to 65535";
            target.receive_maximum = Some(number(property, value, 1..=u16::MAX, expected)?);
        }
        "topic-alias-maximum" => {
            let expected = "a number of aliases from 0 to 65535";
            target.topic_alias_maximum = Some(number(property, value, 0..=u16::MAX, expected)?);
        }
        "message-expiry-interval" => target.message_expiry = Some(seconds(property, value)?),
        "session-expiry-interval" => target.session_expiry = Some(seconds(property, value)?),
        "will-delay-interval" => target.will_delay = Some(seconds(property, value)?),
        "maximum-packet-size" => {
            let expected = "a number of bytes from 1 to 4294967295";
            target.maximum_packet_size = Some(number(property, value, 1..=u32::MAX, expected)?);
        }
        _ => return Err(PropertyError::Incomplete),
    }
    Ok(())
}

fn seconds(property: &str, value: &str) -> Result<u32, PropertyError> {
    number(
        property,
        value,
        0..=u32::MAX,
        "seconds from 0 to 4294967295",
    )
}

fn flag(property: &str, value: &str) -> Result<u8, PropertyError> {
    number(property, value, 0..=1, "0 or 1")
}

fn number<N>(
    property: &str,
    value: &str,
    range: std::ops::RangeInclusive<N>,
    expected: &'static str,
) -> Result<N, PropertyError>
where
    N: std::str::FromStr + PartialOrd,
{
    match value.parse::<N>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(PropertyError::Value {
            property: property.to_owned(),
            value: value.to_owned(),
            expected,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(text: &str) -> Result<PacketProperties, PropertyError> {
        let values: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let mut properties = PacketProperties::default();
        properties.add(&values).map(|()| properties)
    }

    #[test]
    fn values_reach_their_packet() {
        let publish = add("PUBLISH content-type text/plain")
            .expect("valid")
            .publish;
        assert_eq!(publish.content_type.as_deref(), Some("text/plain"));
        let publish = add("publish user-property a -b").expect("valid").publish;
        assert_eq!(publish.user, [("a".to_owned(), "-b".to_owned())]);
        assert_eq!(
            add("will will-delay-interval 5")
                .expect("valid")
                .will
                .will_delay,
            Some(5)
        );
        let connect = add("connect session-expiry-interval 60")
            .expect("valid")
            .connect;
        assert_eq!(connect.session_expiry, Some(60));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(add("publish"), Err(PropertyError::Incomplete));
        assert_eq!(
            add("publish user-property a"),
            Err(PropertyError::Incomplete)
        );
        assert!(matches!(
            add("subscribe user-property a b"),
            Err(PropertyError::Packet(_))
        ));
        assert!(matches!(
            add("publish will-delay-interval 5"),
            Err(PropertyError::Property { .. })
        ));
        assert!(matches!(
            add("publish payload-format-indicator 2"),
            Err(PropertyError::Value { .. })
        ));
        assert!(matches!(
            add("publish message-expiry-interval soon"),
            Err(PropertyError::Value { .. })
        ));
    }
}
