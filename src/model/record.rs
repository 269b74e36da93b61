//! One kept message as it lies in the log, and the table of those that are kept beyond the budget.

use std::sync::Arc;

use bytes::Bytes;
use hashbrown::HashMap;

use super::stored::{Stored, allocation};
use super::{MessageId, NodeId};
use crate::mqtt::{Properties, Publish, Qos, Timestamp};

/// A kept message. Distances are counted in messages of the connection; 0 leads nowhere.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) at: Timestamp,
    pub(super) payload: Stored,
    pub(super) properties: Option<Arc<Properties>>,
    pub(super) node: u32,
    pub(super) previous: u32,
    pub(super) jump: u32,
    pub(super) packet_id: u16,
    pub(super) flags: u8,
}

pub(super) const RETAIN: u8 = 4;
pub(super) const DUP: u8 = 8;
/// The user deleted it; see [`super::deleted`].
pub(super) const DELETED: u8 = 16;
/// The retain flag is as published: all subscriptions that the topic matches keep it (MQTT 5, 3.8.3.1).
pub(super) const AS_PUBLISHED: u8 = 32;

impl Record {
    pub(super) fn new(node: NodeId, message: &Publish, payload: Stored, at: Timestamp) -> Self {
        let retain = if message.retain { RETAIN } else { 0 };
        let dup = if message.dup { DUP } else { 0 };
        Self {
            at,
            payload,
            properties: message.properties.as_deref().map(own_properties),
            node: node.0,
            previous: 0,
            jump: 0,
            packet_id: message.packet_id.map_or(0, crate::mqtt::PacketId::get),
            flags: message.qos.as_u8() | retain | dup,
        }
    }

    pub(super) fn qos(&self) -> Qos {
        Qos::from_u8(self.flags & 3).unwrap_or_default()
    }

    /// Bytes of the payload as it came, also of a deleted one.
    pub(super) fn payload_len(&self) -> u32 {
        self.payload.length()
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.flags & DELETED != 0
    }

    /// Bytes of memory, as the budget counts them.
    pub(super) fn cost(&self) -> u64 {
        let properties = self.properties.as_deref().map_or(0, properties_cost);
        (size_of::<Self>() + self.payload.allocated() + properties) as u64
    }
}

/// A copy that shares no memory with the buffer the message came in.
pub(super) fn own_properties(properties: &Properties) -> Arc<Properties> {
    let mut own = properties.clone();
    own.correlation_data = own.correlation_data.as_deref().map(Bytes::copy_from_slice);
    Arc::new(own)
}

/// What a property list takes with its texts.
fn properties_cost(properties: &Properties) -> usize {
    let texts = [
        &properties.content_type,
        &properties.response_topic,
        &properties.reason_string,
    ];
    let text = |text: &String| allocation(text.len());
    let texts: usize = texts.into_iter().flatten().map(text).sum();
    let correlation = properties.correlation_data.as_ref();
    let correlation = correlation.map_or(0, |data| allocation(data.len()));
    let pairs = properties.user.iter();
    let user: usize = pairs
        .map(|(name, value)| text(name) + text(value) + 2 * size_of::<String>())
        .sum();
    allocation(size_of::<Properties>() + 2 * size_of::<usize>()) + texts + correlation + user
}

/// Records by their number, split into many small tables, so that growing one never holds the lock for long.
#[derive(Debug)]
pub(super) struct LastOnes {
    shards: Vec<HashMap<u64, Record>>,
}

const LAST_SHARDS: usize = 1024;

impl Default for LastOnes {
    fn default() -> Self {
        Self {
            shards: (0..LAST_SHARDS).map(|_| HashMap::new()).collect(),
        }
    }
}

impl LastOnes {
    pub(super) fn shard(&self, id: MessageId) -> &HashMap<u64, Record> {
        &self.shards[place(id)]
    }

    pub(super) fn shard_mut(&mut self, id: MessageId) -> &mut HashMap<u64, Record> {
        &mut self.shards[place(id)]
    }
}

/// The shard that a message belongs to.
fn place(id: MessageId) -> usize {
    usize::try_from(id.0 % LAST_SHARDS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_cache_line() {
        assert!(size_of::<Record>() <= 64, "{}", size_of::<Record>());
    }
}
