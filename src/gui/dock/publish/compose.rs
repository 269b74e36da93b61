//! From the draft to a message: placeholders filled in, digits turned into bytes, rules of the protocol checked.

use bytes::Bytes;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::client::Outgoing;
use crate::mqtt::{Properties, Qos, Timestamp, TopicError, TopicName, Version};
use crate::payload::format;
use crate::payload::hex::{self, HexError};
use crate::payload::template::{self, Values};
use crate::profile::{PayloadKind, PublishDraft, PublishProperties};

/// The longest string or binary value of a property, in bytes (MQTT 5, 1.5.4 and 1.5.6).
const MAX_FIELD: usize = 65_535;

/// Why a draft is not a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// The topic breaks a rule.
    #[error("{0}")]
    Topic(#[from] TopicError),
    /// The payload is not hexadecimal.
    #[error("{0}")]
    Hex(#[from] HexError),
    /// The response topic breaks a rule (MQTT 5, 3.3.2.3.5).
    #[error("Response topic: {0}")]
    ResponseTopic(TopicError),
    /// The correlation data is not hexadecimal.
    #[error("Correlation data: {0}")]
    Correlation(HexError),
    /// A property is too long.
    #[error("{0} has more than 65,535 bytes. Shorten it.")]
    TooLong(&'static str),
}

/// What the placeholders of one message become: values from the clock and from chance.
pub fn values(now: Timestamp, zone: &TimeZone, seq: u64) -> Values {
    Values {
        now: format::rfc3339(now, zone),
        seq,
        random: rand::random(),
        uuid: uuid::Uuid::new_v4().to_string(),
    }
}

/// Values of usual length, for judging a payload before it is sent.
pub fn sample_values(now: Timestamp) -> Values {
    Values {
        now: format::rfc3339(now, &TimeZone::UTC),
        seq: 1,
        random: 1_234_567_890,
        uuid: uuid::Uuid::nil().to_string(),
    }
}

/// The bytes that the text of a draft amounts to. For [`PayloadKind::File`] they come from the file instead.
///
/// # Errors
/// [`HexError`] when hexadecimal text is not.
pub fn payload(kind: PayloadKind, text: &str, values: &Values) -> Result<Bytes, HexError> {
    match kind {
        PayloadKind::Json | PayloadKind::Text => Ok(Bytes::from(template::fill(text, values))),
        PayloadKind::Hex => hex::parse(&template::fill(text, values)).map(Bytes::from),
        PayloadKind::File => Ok(Bytes::new()),
    }
}

/// Topic and properties of the message that `draft` describes; the payload is judged apart.
///
/// # Errors
/// [`ComposeError`] names the rule that the draft breaks.
pub fn envelope(
    draft: &PublishDraft,
    version: Version,
    values: &Values,
) -> Result<(TopicName, Option<Box<Properties>>), ComposeError> {
    let topic = TopicName::new(template::fill(&draft.topic, values))?;
    let properties = match version {
        Version::V5 => properties(&draft.properties, values)?,
        Version::V311 => None,
    };
    Ok((topic, properties))
}

/// The message that `draft` describes. `file` are the bytes for [`PayloadKind::File`].
///
/// # Errors
/// [`ComposeError`] names the rule that the draft breaks.
pub fn compose(
    draft: &PublishDraft,
    version: Version,
    values: &Values,
    file: Option<&Bytes>,
) -> Result<Outgoing, ComposeError> {
    let (topic, properties) = envelope(draft, version, values)?;
    let payload = match file {
        Some(bytes) if draft.kind == PayloadKind::File => bytes.clone(),
        _ => payload(draft.kind, &draft.payload, values)?,
    };
    Ok(Outgoing {
        topic,
        payload,
        qos: draft.qos,
        retain: draft.retain,
        properties,
    })
}

fn properties(
    edited: &PublishProperties,
    values: &Values,
) -> Result<Option<Box<Properties>>, ComposeError> {
    let filled = |text: &str| Some(template::fill(text, values)).filter(|text| !text.is_empty());
    let user = edited.user.iter().filter(|(name, _)| !name.is_empty());
    let correlation = filled(&edited.correlation_data);
    let correlation = if edited.correlation_is_hex {
        let digits = correlation.map(|text| hex::parse(&text));
        digits
            .transpose()
            .map_err(ComposeError::Correlation)?
            .map(Bytes::from)
    } else {
        correlation.map(Bytes::from)
    };
    let properties = Properties {
        payload_format: edited.payload_is_utf8.then_some(1),
        message_expiry: edited.message_expiry,
        content_type: filled(&edited.content_type),
        response_topic: filled(&edited.response_topic),
        correlation_data: correlation,
        user: user
            .map(|(name, value)| (name.clone(), template::fill(value, values)))
            .collect(),
        ..Properties::default()
    };
    check(&properties)?;
    Ok((properties != Properties::default()).then(|| Box::new(properties)))
}

fn check(properties: &Properties) -> Result<(), ComposeError> {
    if let Some(topic) = &properties.response_topic {
        TopicName::new(topic.clone()).map_err(ComposeError::ResponseTopic)?;
    }
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    if length(&properties.content_type) > MAX_FIELD {
        return Err(ComposeError::TooLong("The content type"));
    }
    if properties.correlation_data.as_ref().map_or(0, Bytes::len) > MAX_FIELD {
        return Err(ComposeError::TooLong("The correlation data"));
    }
    let is_long = |(name, value): &(String, String)| name.len().max(value.len()) > MAX_FIELD;
    if properties.user.iter().any(is_long) {
        return Err(ComposeError::TooLong("A user property"));
    }
    Ok(())
}

/// How many properties of a draft would be sent.
pub fn property_count(edited: &PublishProperties) -> usize {
    let texts = [
        &edited.content_type,
        &edited.response_topic,
        &edited.correlation_data,
    ];
    usize::from(edited.message_expiry.is_some())
        + usize::from(edited.payload_is_utf8)
        + texts.iter().filter(|text| !text.is_empty()).count()
        + edited
            .user
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .count()
}

/// Why a broker that granted these limits would not take the draft; `None` when it would.
pub fn refused_by_limits(draft: &PublishDraft, granted: &Properties) -> Option<String> {
    let highest = granted.maximum_qos.and_then(Qos::from_u8);
    if let Some(highest) = highest.filter(|highest| draft.qos > *highest) {
        return Some(format!(
            "This broker takes at most QoS {highest}. Choose that."
        ));
    }
    let is_retain_refused = draft.retain && granted.retain_available == Some(0);
    is_retain_refused.then(|| "This broker keeps no retained messages. Turn Retain off.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{ComposeError, compose, refused_by_limits, sample_values};
    use crate::mqtt::{Properties, Qos, Timestamp, TopicError, Version};
    use crate::profile::{PayloadKind, PublishDraft, PublishProperties};

    fn draft() -> PublishDraft {
        PublishDraft {
            topic: "command/raspberrypi".to_owned(),
            payload: "{\"led\":\"on\"}".to_owned(),
            qos: Qos::AtLeastOnce,
            properties: PublishProperties {
                message_expiry: Some(60),
                user: vec![
                    ("origin".to_owned(), "laptop".to_owned()),
                    (String::new(), "left out".to_owned()),
                ],
                ..PublishProperties::default()
            },
            ..PublishDraft::default()
        }
    }

    fn values() -> crate::payload::template::Values {
        sample_values(Timestamp::from_micros(0))
    }

    #[test]
    fn a_draft_becomes_a_message() {
        let message = compose(&draft(), Version::V5, &values(), None).unwrap();
        assert_eq!(message.topic.as_str(), "command/raspberrypi");
        assert_eq!(&message.payload[..], b"{\"led\":\"on\"}");
        let properties = message.properties.unwrap();
        assert_eq!(properties.message_expiry, Some(60));
        assert_eq!(
            properties.user,
            [("origin".to_owned(), "laptop".to_owned())]
        );
    }

    #[test]
    fn mqtt_3_1_1_has_no_properties() {
        let message = compose(&draft(), Version::V311, &values(), None).unwrap();
        assert_eq!(message.properties, None);
    }

    #[test]
    fn a_file_brings_its_own_bytes() {
        let draft = PublishDraft {
            kind: PayloadKind::File,
            payload: "/some/where".to_owned(),
            ..draft()
        };
        let bytes = bytes::Bytes::from_static(&[0, 1, 2]);
        let message = compose(&draft, Version::V5, &values(), Some(&bytes)).unwrap();
        assert_eq!(message.payload, bytes);
    }

    #[test]
    fn wildcards_are_for_subscribing() {
        let mut draft = draft();
        draft.topic = "a/+".to_owned();
        let error = compose(&draft, Version::V5, &values(), None).unwrap_err();
        assert_eq!(error, ComposeError::Topic(TopicError::Wildcard('+')));
        draft.topic = "a".to_owned();
        draft.properties.response_topic = "b/#".to_owned();
        let error = compose(&draft, Version::V5, &values(), None).unwrap_err();
        assert_eq!(
            error,
            ComposeError::ResponseTopic(TopicError::Wildcard('#'))
        );
    }

    #[test]
    fn limits_of_the_broker_are_named() {
        let granted = Properties {
            maximum_qos: Some(0),
            ..Properties::default()
        };
        assert!(
            refused_by_limits(&draft(), &granted)
                .unwrap()
                .contains("QoS 0")
        );
        assert_eq!(refused_by_limits(&draft(), &Properties::default()), None);
    }
}
