//! A message as the demo devices write it down, before it becomes a publish.

use bytes::Bytes;
use serde::Serialize;

use crate::client::Outgoing;
use crate::mqtt::{Properties, Qos, TopicName};

/// A message to publish; QoS 0 and not retained unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// Topic name.
    pub(super) topic: String,
    /// The bytes.
    pub(super) payload: Bytes,
    /// Quality of service.
    pub(super) qos: Qos,
    /// Whether the broker keeps it.
    pub(super) retain: bool,
    /// MIME type, sent as a property by MQTT 5.
    content_type: &'static str,
}

impl Message {
    /// UTF-8 text.
    pub(super) fn text(topic: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            topic: topic.into(),
            payload: Bytes::from(text.into()),
            qos: Qos::AtMostOnce,
            retain: false,
            content_type: "text/plain",
        }
    }

    /// JSON. A value that cannot be written as JSON becomes `null`.
    pub(super) fn json(topic: impl Into<String>, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        Self {
            content_type: "application/json",
            ..Self::text(topic, text)
        }
    }

    /// Bytes of the MIME type `content_type`.
    pub(super) fn bytes(
        topic: impl Into<String>,
        payload: Vec<u8>,
        content_type: &'static str,
    ) -> Self {
        Self {
            payload: Bytes::from(payload),
            content_type,
            ..Self::text(topic, "")
        }
    }

    /// The same, kept by the broker.
    pub(super) fn retained(self) -> Self {
        Self {
            retain: true,
            ..self
        }
    }

    /// The same at QoS 1.
    pub(super) fn at_least_once(self) -> Self {
        Self {
            qos: Qos::AtLeastOnce,
            ..self
        }
    }

    /// What the client takes; `None` when the topic is not one.
    pub(super) fn outgoing(self) -> Option<Outgoing> {
        let is_text = self.content_type != "image/png" && self.content_type != OCTETS;
        let properties = Properties {
            payload_format: is_text.then_some(1),
            content_type: Some(self.content_type.to_owned()),
            ..Properties::default()
        };
        Some(Outgoing {
            topic: TopicName::new(self.topic).ok()?,
            payload: self.payload,
            qos: self.qos,
            retain: self.retain,
            properties: Some(Box::new(properties)),
        })
    }
}

/// MIME type of bytes that only the sender and the receiver understand.
pub(super) const OCTETS: &str = "application/octet-stream";

/// Rounds to one decimal, so that JSON shows 14.2 and not 14.200000000000001.
pub(super) fn one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A wave between -1 and 1 that repeats every `period` ticks, `phase` of a period ahead.
pub(super) fn wave(tick: u64, period: f64, phase: f64) -> f64 {
    ((tick as f64 / period + phase) * std::f64::consts::TAU).sin()
}
