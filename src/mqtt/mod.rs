//! The protocol's words: topics, filters, QoS, packets and reason codes of MQTT 3.1.1 and 5, as plain values.
//!
//! Nothing here knows files, threads, a clock or a window. [`codec`] alone knows how packets look on the wire.

pub mod codec;
mod packet;
mod qos;
mod reason;
mod time;
mod topic;

pub use packet::{
    Ack, Auth, ConnAck, Connect, Disconnect, Packet, PacketId, Properties, Publish, SubAck,
    Subscribe, SubscribeRequest, Unsubscribe, Will,
};
pub use qos::{Qos, Version};
pub use reason::{Meaning, ReasonCode};
pub use time::Timestamp;
pub use topic::{FilterError, TopicError, TopicFilter, TopicName};
