//! What is known of retained messages where the last message of their topic does not say it. Most topics need no entry.

use bytes::Bytes;
use hashbrown::HashMap;

use super::{How, Kept};
use crate::model::record::Record;
use crate::model::{MessageId, NodeId};
use crate::mqtt::{Publish, Timestamp, TopicName};

/// Tables that the entries are spread over, so that growing one never holds the lock for long.
const SHARDS: usize = 256;
/// Most topics that are remembered although no message of them has come in.
const AHEAD: usize = 65_536;
/// Longest payload that is remembered for those, in bytes.
const AHEAD_PAYLOAD: usize = 256;

/// What is retained.
#[derive(Debug, Clone)]
pub(in crate::model) enum What {
    Nothing,
    /// There is one, and it is not known which.
    Something,
    /// A message of the history. When it is trimmed, a copy takes its place.
    Message(MessageId),
    Copy(Box<Kept>),
}

/// One entry.
#[derive(Debug, Clone)]
pub(in crate::model) struct Known {
    pub(in crate::model) what: What,
    pub(in crate::model) how: How,
    pub(in crate::model) at: Timestamp,
    /// All messages before this one are taken into account.
    pub(in crate::model) as_of: MessageId,
    /// When this client sent a message to clear it of which nobody knows whether it came to the broker.
    pub(in crate::model) unconfirmed: Option<Timestamp>,
}

/// All entries.
#[derive(Debug)]
pub(in crate::model) struct KnownTable {
    shards: Vec<HashMap<NodeId, Known>>,
    count: usize,
    bytes: u64,
}

impl Default for KnownTable {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| HashMap::new()).collect(),
            count: 0,
            bytes: 0,
        }
    }
}

impl Known {
    /// What a message in the history that has the retain flag tells.
    pub(in crate::model) fn by(id: MessageId, record: &Record) -> Self {
        Self {
            what: if record.payload_len() == 0 {
                What::Nothing
            } else {
                What::Message(id)
            },
            how: How::of(record.flags),
            at: record.at,
            as_of: MessageId(id.0 + 1),
            unconfirmed: None,
        }
    }

    pub(in crate::model) fn is_clearing(&self) -> bool {
        matches!(self.what, What::Nothing)
    }

    fn cost(&self) -> u64 {
        match &self.what {
            What::Copy(kept) => (size_of::<Kept>() + kept.payload.len()) as u64,
            What::Nothing | What::Something | What::Message(_) => 0,
        }
    }
}

impl KnownTable {
    pub(in crate::model) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of the copies.
    pub(in crate::model) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(in crate::model) fn get(&self, topic: NodeId) -> Option<&Known> {
        if self.is_empty() {
            return None;
        }
        self.shards[topic.index() % SHARDS].get(&topic)
    }

    pub(in crate::model) fn get_mut(&mut self, topic: NodeId) -> Option<&mut Known> {
        if self.is_empty() {
            return None;
        }
        self.shards[topic.index() % SHARDS].get_mut(&topic)
    }

    pub(in crate::model) fn set(&mut self, topic: NodeId, known: Known) {
        self.bytes += known.cost();
        let before = self.shards[topic.index() % SHARDS].insert(topic, known);
        match before {
            Some(before) => self.bytes -= before.cost(),
            None => self.count += 1,
        }
    }

    pub(in crate::model) fn remove(&mut self, topic: NodeId) -> Option<Known> {
        if self.is_empty() {
            return None;
        }
        let known = self.shards[topic.index() % SHARDS].remove(&topic)?;
        self.count -= 1;
        self.bytes -= known.cost();
        Some(known)
    }

    pub(in crate::model) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Topics that this client published retained messages to before any message of them came in, with short payloads.
#[derive(Debug, Default)]
pub(in crate::model) struct Ahead {
    topics: HashMap<TopicName, (Option<Bytes>, Timestamp)>,
}

impl Ahead {
    pub(in crate::model) fn has(&self, topic: &TopicName) -> bool {
        self.topics.contains_key(topic)
    }

    /// Copies: what is given may share a big buffer with other packets.
    pub(in crate::model) fn add(&mut self, message: &Publish, at: Timestamp) {
        if self.topics.len() >= AHEAD && !self.has(&message.topic) {
            return;
        }
        if let Ok(topic) = TopicName::new(message.topic.as_str().to_owned()) {
            let is_short = message.payload.len() <= AHEAD_PAYLOAD;
            let payload = is_short.then(|| Bytes::copy_from_slice(&message.payload));
            self.topics.insert(topic, (payload, at));
        }
    }

    pub(in crate::model) fn take(
        &mut self,
        topic: &TopicName,
    ) -> Option<(Option<Bytes>, Timestamp)> {
        if self.topics.is_empty() {
            return None;
        }
        self.topics.remove(topic)
    }

    pub(in crate::model) fn clear(&mut self) {
        self.topics.clear();
    }
}
