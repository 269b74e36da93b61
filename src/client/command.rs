//! What the user wants of a connection.

use bytes::Bytes;

use crate::mqtt::{PacketId, Properties, Qos, TopicFilter, TopicName};
use crate::profile::{RetainHandling, Subscription};

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

/// How a filter is subscribed to beyond its QoS (MQTT 5, 3.8.3.1); without effect with MQTT 3.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubscribeOptions {
    /// Messages that this connection publishes do not come back.
    pub no_local: bool,
    /// Messages keep the retain flag they were published with; with [`super::Extras::retain_as_published`] they do in
    /// every subscription.
    pub retain_as_published: bool,
    /// Whether retained messages come at the start.
    pub retain_handling: RetainHandling,
    /// Subscription identifier, 1 to 268,435,455 (3.8.2.1.2).
    pub id: Option<u32>,
}

impl From<&Subscription> for SubscribeOptions {
    fn from(subscription: &Subscription) -> Self {
        Self {
            no_local: subscription.no_local,
            retain_as_published: subscription.retain_as_published,
            retain_handling: subscription.retain_handling,
            id: subscription.id,
        }
    }
}

/// What can be asked of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Publish a message; progress comes as [`super::Event::Publish`].
    Publish(PublishId, Outgoing),
    /// Subscribe without options, also to change the QoS of a filter that is there.
    Subscribe(TopicFilter, Qos),
    /// The same with options.
    SubscribeWith(TopicFilter, Qos, SubscribeOptions),
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
