//! What the window copies out of the model: rows, facts and sums as plain values.

use bytes::Bytes;
use bytestring::ByteString;

use crate::mqtt::{Qos, Timestamp};

/// Index of a node in the arena; stays valid as long as the model lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// What the first levels hang on; never handed out.
    pub(super) const ROOT: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Order of siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// By name, ascending; numbers inside names by value (`s2` before `s10`).
    #[default]
    Name,
    /// By messages below, most first; order is refreshed at most once a second.
    Messages,
}

/// One visible row of the tree.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which node it shows.
    pub node: NodeId,
    /// 0 for the first level.
    pub depth: u32,
    /// The level's own name; may be empty (`/a` begins with an empty level).
    pub name: ByteString,
    /// `None` for a leaf, else whether the branch is open.
    pub open: Option<bool>,
    /// Topics at and below this node that carried messages.
    pub topics: u32,
    /// Direct children.
    pub children: u32,
    /// The topic's own last message, if it carried one.
    pub last: Option<LastValue>,
    /// Messages at and below.
    pub messages: u64,
    /// Messages per second at and below.
    pub rate: f32,
    /// Time of the newest message at or below; `None` when there was none.
    pub newest: Option<Timestamp>,
    /// Whether the filter matches this node itself (not only something below it).
    pub is_match: bool,
    /// The mark of the first marked subscription that the topic itself matches, see [`super::Subscribed`]. Branches that
    /// carry nothing have none.
    pub mark: Option<u8>,
}

/// The last message of a topic, as a row needs it.
#[derive(Debug, Clone)]
pub struct LastValue {
    /// The whole payload (shared, not copied).
    pub payload: Bytes,
    /// When it arrived.
    pub at: Timestamp,
    /// Its QoS.
    pub qos: Qos,
    /// Whether the topic is known to have a retained message on the broker.
    pub retained: bool,
}

/// Everything known of one node.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Full path.
    pub path: String,
    /// Whether it carried messages itself.
    pub is_topic: bool,
    /// Whether a retained message is known.
    pub retained: bool,
    /// Messages of the topic itself.
    pub own_messages: u64,
    /// Messages per second of the topic itself.
    pub own_rate: f32,
    /// Payload bytes of the topic itself, all messages together.
    pub own_bytes: u64,
    /// Time of the first own message.
    pub first_seen: Option<Timestamp>,
    /// Time of the last own message.
    pub last_seen: Option<Timestamp>,
    /// Topics at and below.
    pub subtree_topics: u32,
    /// Retained topics at and below.
    pub subtree_retained: u32,
    /// Messages at and below.
    pub subtree_messages: u64,
    /// Messages per second at and below.
    pub subtree_rate: f32,
    /// Payload bytes at and below, all messages together.
    pub subtree_bytes: u64,
    /// Time of the newest message at or below.
    pub subtree_newest: Option<Timestamp>,
    /// Direct children.
    pub children: u32,
    /// Levels of the deepest topic below, counted from this node.
    pub depth_below: u32,
    /// Own messages no longer in the history, those that were deleted not counted.
    pub trimmed: u64,
    /// Own messages that the user deleted out of the history.
    pub deleted: u64,
}

/// Sums over the whole connection.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Topics that carried messages.
    pub topics: u32,
    /// Messages taken in.
    pub messages: u64,
    /// Messages in per second.
    pub rate_in: f32,
    /// Messages sent by this client.
    pub sent: u64,
    /// Messages sent per second.
    pub rate_out: f32,
    /// Redelivered QoS 2 messages that were left out.
    pub redeliveries: u64,
    /// Topics known to be retained.
    pub retained: u32,
    /// Bytes of history in use that count towards the budget.
    pub history_bytes: u64,
    /// The budget in bytes.
    pub history_budget: u64,
    /// Bytes of last messages that are kept although the budget had no room for them.
    pub last_bytes: u64,
    /// Messages trimmed from the history.
    pub trimmed: u64,
    /// Messages that the user deleted out of the history.
    pub deleted: u64,
}
