//! What the user wants of a connection.

use bytes::Bytes;

use crate::mqtt::{PacketId, Properties, Qos, TopicFilter, TopicName};

/// Names a publish, so that its acknowledgement can be shown where it was sent. Chosen by the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishId(pub u64);

/// A message to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Where to.
    pub topic: TopicName,
    /// The bytes.
    pub payload: Bytes,
    /// Quality of service.
    pub qos: Qos,
    /// Whether the broker keeps it.
    pub retain: bool,
    /// MQTT 5 properties; ignored by 3.1.1.
    pub properties: Option<Box<Properties>>,
}

/// What can be asked of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Publish a message; progress comes as [`super::Event::Publish`].
    Publish(PublishId, Outgoing),
    /// Subscribe, also to change the QoS of a filter that is there.
    Subscribe(TopicFilter, Qos),
    /// Unsubscribe.
    Unsubscribe(TopicFilter),
    /// Acknowledge a message that was received with this QoS, 1 or 2, on the connection that lasts; only with
    /// [`super::Extras::acknowledge_by_hand`].
    Acknowledge(PacketId, Qos),
    /// Skip the rest of the back-off and connect now.
    ReconnectNow,
    /// Say DISCONNECT and end: no will is published.
    Disconnect,
    /// Cut the connection without a word and end: the broker publishes the will.
    Drop,
}
