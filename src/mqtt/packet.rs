//! Control packets of both protocol versions as one type, so that everything behind the codec is written once.
//!
//! MQTT 3.1.1 packets have default [`Properties`] and reason codes mapped to their MQTT 5 meaning.

use std::num::NonZeroU16;

use bytes::Bytes;

use super::{Qos, ReasonCode, TopicFilter, TopicName, Version};

/// Packet identifier: 1 to 65,535, unique among what is in flight in one direction (MQTT 5, 2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketId(pub NonZeroU16);

impl PacketId {
    /// `None` for 0, which the protocol does not allow.
    pub fn new(value: u16) -> Option<Self> {
        NonZeroU16::new(value).map(Self)
    }

    /// The number on the wire.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// One control packet (MQTT 5, chapter 3). What comes rarely is boxed, so that a message stays small to move.
#[derive(Debug, Clone, PartialEq)]
pub enum Packet {
    /// Client → broker: open a session.
    Connect(Box<Connect>),
    /// Broker → client: the answer to CONNECT.
    ConnAck(Box<ConnAck>),
    /// A message, either way.
    Publish(Publish),
    /// The answer to a QoS 1 PUBLISH.
    PubAck(Ack),
    /// First answer to a QoS 2 PUBLISH: stored.
    PubRec(Ack),
    /// Second step of QoS 2: release.
    PubRel(Ack),
    /// Last step of QoS 2: complete.
    PubComp(Ack),
    /// Client → broker: asks for messages.
    Subscribe(Box<Subscribe>),
    /// Broker → client: a reason code for each filter asked for.
    SubAck(Box<SubAck>),
    /// Client → broker: no more of these.
    Unsubscribe(Box<Unsubscribe>),
    /// Broker → client: the answer to UNSUBSCRIBE.
    UnsubAck(Box<SubAck>),
    /// Client → broker: still there?
    PingReq,
    /// Broker → client: still here.
    PingResp,
    /// The end of a connection, in MQTT 5 from either side.
    Disconnect(Box<Disconnect>),
    /// Enhanced authentication, MQTT 5 only.
    Auth(Box<Auth>),
}

/// CONNECT (MQTT 5, 3.1). The password itself is never kept, only whether there was one.
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Protocol version asked for.
    pub version: Version,
    /// Client identifier; empty asks the broker for one.
    pub client_id: String,
    /// Clean start (MQTT 5) or clean session (MQTT 3.1.1).
    pub clean_start: bool,
    /// Keep alive in seconds; 0 means none.
    pub keep_alive: u16,
    /// User name, if sent.
    pub user_name: Option<String>,
    /// Whether a password was sent.
    pub has_password: bool,
    /// The last will, if set.
    pub will: Option<Will>,
    /// MQTT 5 properties.
    pub properties: Properties,
}

/// What the broker publishes when this client disappears without DISCONNECT (MQTT 5, 3.1.2.5).
#[derive(Debug, Clone, PartialEq)]
pub struct Will {
    /// Topic of the will message.
    pub topic: TopicName,
    /// Payload of the will message.
    pub payload: Bytes,
    /// QoS of the will message.
    pub qos: Qos,
    /// Whether it is published as a retained message.
    pub retain: bool,
    /// MQTT 5 will properties, among them the delay.
    pub properties: Properties,
}

/// CONNACK (MQTT 5, 3.2).
#[derive(Debug, Clone, PartialEq)]
pub struct ConnAck {
    /// Whether the broker resumed a session.
    pub session_present: bool,
    /// Success, or why not. MQTT 3.1.1 return codes are mapped to their MQTT 5 counterpart.
    pub reason: ReasonCode,
    /// What the broker granted and assigned.
    pub properties: Properties,
}

/// PUBLISH (MQTT 5, 3.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// Where the message belongs.
    pub topic: TopicName,
    /// The bytes; any, and possibly none.
    pub payload: Bytes,
    /// Quality of service of this delivery.
    pub qos: Qos,
    /// From the broker: sent because it was retained. To the broker: keep it.
    pub retain: bool,
    /// Sent again: the receiver may have seen it (MQTT 5, 3.3.1.1).
    pub dup: bool,
    /// Present for QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// MQTT 5 properties; `None` when there are none.
    pub properties: Option<Box<Properties>>,
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5, 3.4 to 3.7).
#[derive(Debug, Clone, PartialEq)]
pub struct Ack {
    /// Which PUBLISH this belongs to.
    pub packet_id: PacketId,
    /// Success, or why not; always success in MQTT 3.1.1.
    pub reason: ReasonCode,
    /// MQTT 5 properties; `None` when there are none.
    pub properties: Option<Box<Properties>>,
}

/// SUBSCRIBE (MQTT 5, 3.8).
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribe {
    /// Identifies the SUBACK to come.
    pub packet_id: PacketId,
    /// What is asked for, in order.
    pub requests: Vec<SubscribeRequest>,
    /// MQTT 5 properties.
    pub properties: Properties,
}

/// One filter of a SUBSCRIBE with its options (MQTT 5, 3.8.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribeRequest {
    /// The topic filter.
    pub filter: TopicFilter,
    /// The highest QoS wanted.
    pub qos: Qos,
    /// MQTT 5: do not send back what this client publishes.
    pub no_local: bool,
    /// MQTT 5: keep the retain flag as published.
    pub retain_as_published: bool,
    /// MQTT 5 Retain Handling: 0 send at subscribe, 1 only if new, 2 do not send.
    pub retain_handling: u8,
}

/// SUBACK or UNSUBACK (MQTT 5, 3.9 and 3.11).
#[derive(Debug, Clone, PartialEq)]
pub struct SubAck {
    /// Which SUBSCRIBE or UNSUBSCRIBE this answers.
    pub packet_id: PacketId,
    /// One for each filter, in order; empty for UNSUBACK in MQTT 3.1.1.
    pub reasons: Vec<ReasonCode>,
    /// MQTT 5 properties.
    pub properties: Properties,
}

/// UNSUBSCRIBE (MQTT 5, 3.10).
#[derive(Debug, Clone, PartialEq)]
pub struct Unsubscribe {
    /// Identifies the UNSUBACK to come.
    pub packet_id: PacketId,
    /// The filters to drop.
    pub filters: Vec<TopicFilter>,
    /// MQTT 5 properties.
    pub properties: Properties,
}

/// DISCONNECT (MQTT 5, 3.14).
#[derive(Debug, Clone, PartialEq)]
pub struct Disconnect {
    /// Normal, or why; always normal in MQTT 3.1.1.
    pub reason: ReasonCode,
    /// MQTT 5 properties.
    pub properties: Properties,
}

/// AUTH (MQTT 5, 3.15).
#[derive(Debug, Clone, PartialEq)]
pub struct Auth {
    /// Success, continue or re-authenticate.
    pub reason: ReasonCode,
    /// MQTT 5 properties; authentication data is left out.
    pub properties: Properties,
}

/// Every MQTT 5 property (MQTT 5, 2.2.2.2). Which of them may appear depends on the packet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties {
    /// 1 says that the payload is UTF-8 text.
    pub payload_format: Option<u8>,
    /// Seconds until the message expires.
    pub message_expiry: Option<u32>,
    /// MIME type of the payload.
    pub content_type: Option<String>,
    /// Where an answer is expected.
    pub response_topic: Option<String>,
    /// What an answer has to carry back.
    pub correlation_data: Option<Bytes>,
    /// Identifiers of the subscriptions that matched.
    pub subscription_ids: Vec<u32>,
    /// Seconds a session outlives its connection.
    pub session_expiry: Option<u32>,
    /// The client identifier that the broker chose.
    pub assigned_client_id: Option<String>,
    /// The keep alive that the broker wants, in seconds.
    pub server_keep_alive: Option<u16>,
    /// Name of the authentication method.
    pub authentication_method: Option<String>,
    /// 0 asks the broker to leave out reason strings.
    pub request_problem_information: Option<u8>,
    /// 1 asks the broker for response information.
    pub request_response_information: Option<u8>,
    /// Basis for response topics.
    pub response_information: Option<String>,
    /// Another broker to use.
    pub server_reference: Option<String>,
    /// A reason in words.
    pub reason_string: Option<String>,
    /// How many QoS 1 and 2 messages may be in flight.
    pub receive_maximum: Option<u16>,
    /// Highest topic alias accepted.
    pub topic_alias_maximum: Option<u16>,
    /// Topic alias of this message.
    pub topic_alias: Option<u16>,
    /// Highest QoS the broker supports.
    pub maximum_qos: Option<u8>,
    /// 0 says that the broker keeps no retained messages.
    pub retain_available: Option<u8>,
    /// Largest packet accepted, in bytes.
    pub maximum_packet_size: Option<u32>,
    /// 0 says that `+` and `#` are not supported.
    pub wildcard_subscription_available: Option<u8>,
    /// 0 says that subscription identifiers are not supported.
    pub subscription_ids_available: Option<u8>,
    /// 0 says that shared subscriptions are not supported.
    pub shared_subscription_available: Option<u8>,
    /// Seconds between loss of the connection and the will.
    pub will_delay: Option<u32>,
    /// Name–value pairs; names may repeat, order counts.
    pub user: Vec<(String, String)>,
}
