//! Messages kept within one byte budget for the whole connection, oldest trimmed first.

use bytes::Bytes;

use crate::mqtt::{Properties, Qos, Timestamp};

/// Number of a message on its connection, counting from 0 in order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// One message as it is looked at. Payload and properties are shared, not copied.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// When it arrived.
    pub at: Timestamp,
    /// Time since the message before it on the same topic; `None` for the first one kept.
    pub since_previous: Option<std::time::Duration>,
    /// The bytes.
    pub payload: Bytes,
    /// QoS of the delivery.
    pub qos: Qos,
    /// Retain flag of the delivery.
    pub retain: bool,
    /// DUP flag of the delivery.
    pub dup: bool,
    /// Packet identifier of the delivery.
    pub packet_id: Option<u16>,
    /// MQTT 5 properties.
    pub properties: Option<std::sync::Arc<Properties>>,
}
