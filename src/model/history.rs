//! Messages kept within one byte budget for the whole connection, oldest trimmed first. The last message of every
//! topic stays in full, whatever the budget.
//!
//! The messages of one topic are a chain from the newest to the oldest. Each also points far back (the "skew
//! binary" way: message number n jumps over as many as [`jump_length`] says), so that any of them is found in a
//! number of steps that grows with the logarithm of their count, at eight bytes a message.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::NodeId;
use super::record::{AS_PUBLISHED, DELETED, DUP, LastOnes, RETAIN, Record};
use super::stored::Blocks;
use crate::mqtt::{Properties, Publish, Qos, Timestamp};
use bytes::Bytes;

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
    pub since_previous: Option<Duration>,
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
    pub properties: Option<Arc<Properties>>,
}

/// Records in one part of the log; parts come and go whole, so that the log never moves in memory.
const PART: usize = 4096;

/// As long as the budget has room for this many bytes, trimming is not near.
const SOON: u64 = 1 << 16;

/// All kept messages of a connection.
#[derive(Debug)]
pub(super) struct Log {
    parts: VecDeque<Vec<Record>>,
    payloads: Blocks,
    /// Number of the first record of the first part; the log itself begins at `first`.
    base: u64,
    first: u64,
    next: u64,
    bytes: u64,
    budget: u64,
    /// Last messages of topics whose turn to be trimmed has come.
    last_ones: LastOnes,
    last_bytes: u64,
}

/// The oldest record in the log.
pub(super) struct Oldest {
    pub(super) id: MessageId,
    pub(super) node: NodeId,
    /// Whether the user deleted it before.
    pub(super) is_deleted: bool,
}

impl Log {
    pub(super) fn new(budget: u64) -> Self {
        Self {
            parts: VecDeque::new(),
            payloads: Blocks::default(),
            base: 0,
            first: 0,
            next: 0,
            bytes: 0,
            budget,
            last_ones: LastOnes::default(),
            last_bytes: 0,
        }
    }

    /// Bytes that count towards the budget.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of last messages that are kept although the budget had no room for them.
    pub(super) fn last_bytes(&self) -> u64 {
        self.last_bytes
    }

    pub(super) fn budget(&self) -> u64 {
        self.budget
    }

    pub(super) fn set_budget(&mut self, budget: u64) {
        self.budget = budget;
    }

    /// The record of a message that is still kept.
    pub(super) fn get(&self, id: MessageId) -> Option<&Record> {
        if id.0 < self.first {
            return self.last_ones.shard(id).get(&id.0);
        }
        let offset = usize::try_from(id.0.checked_sub(self.base)?).ok()?;
        self.parts.get(offset / PART)?.get(offset % PART)
    }

    /// The payload of a record, to be handed out.
    pub(super) fn payload(&self, record: &Record) -> Bytes {
        self.payloads.bytes(&record.payload)
    }

    /// The payload of a record where it stands.
    pub(super) fn payload_slice<'a>(&'a self, record: &'a Record) -> &'a [u8] {
        self.payloads.slice(&record.payload)
    }

    /// Adds the `ordinal`-th message (counted from 1) of `node`, whose message before was `previous`. `keeps_flag` says
    /// that its retain flag is as published.
    pub(super) fn append(
        &mut self,
        (node, ordinal): (NodeId, u64),
        previous: MessageId,
        message: &Publish,
        (at, keeps_flag): (Timestamp, bool),
    ) -> MessageId {
        let id = MessageId(self.next);
        let payload = self.payloads.store(&message.payload);
        let mut record = Record::new(node, message, payload, at);
        if keeps_flag {
            record.flags |= AS_PUBLISHED;
        }
        if previous.0 < id.0 {
            record.previous = distance(id, previous.0);
            record.jump = self
                .jump_target(ordinal, previous)
                .map_or(0, |target| distance(id, target));
        }
        self.bytes += record.cost();
        if self.parts.back().is_none_or(|part| part.len() == PART) {
            self.parts.push_back(Vec::with_capacity(PART));
        }
        if let Some(part) = self.parts.back_mut() {
            part.push(record);
        }
        self.next += 1;
        id
    }

    /// The message that number `ordinal` of a topic jumps to; `None` when that is trimmed.
    fn jump_target(&self, ordinal: u64, previous: MessageId) -> Option<u64> {
        if jump_length(ordinal) == 1 {
            return Some(previous.0);
        }
        let middle = back(previous.0, self.get(previous)?.jump)?;
        back(middle, self.get(MessageId(middle))?.jump)
    }

    /// Looks at the records that [`Log::append`] will need when these are the last ones of their topics, so that they
    /// are in the processor's cache then.
    pub(super) fn touch(&self, lasts: impl Iterator<Item = MessageId> + Clone) -> u64 {
        let jump = |id: MessageId| Some((id.0, self.get(id)?.jump));
        let middles = lasts
            .filter_map(jump)
            .filter_map(|(id, jump)| back(id, jump));
        let records = middles.filter_map(|middle| self.get(MessageId(middle)));
        records.map(|record| u64::from(record.jump)).sum()
    }

    /// Looks at the records and then the payloads of these messages, so that they are in the processor's cache when each
    /// is looked at closely.
    pub(super) fn touch_payloads(&self, ids: impl Iterator<Item = MessageId> + Clone) -> u64 {
        let records = ids.filter_map(|id| self.get(id));
        let first = records.clone().map(|record| u64::from(record.node));
        let payloads = records.map(|record| self.payload_slice(record).first());
        let second = payloads.map(|byte| byte.map_or(0, |&byte| u64::from(byte)));
        first.sum::<u64>() + second.sum::<u64>()
    }

    /// The nodes of the oldest messages in the log, which will be trimmed next.
    pub(super) fn oldest(&self, count: usize) -> impl Iterator<Item = NodeId> {
        let end = if self.bytes + SOON > self.budget {
            self.next.min(self.first + count as u64)
        } else {
            self.first
        };
        (self.first..end).filter_map(|id| self.node_of(MessageId(id)))
    }

    // ---- trimming ------------------------------------------------------------------------------------------

    /// The record that has to go next; `None` while the budget and `slack` suffice.
    pub(super) fn over_budget(&self, slack: u64) -> Option<Oldest> {
        if self.bytes <= self.budget.saturating_add(slack) {
            return None;
        }
        let id = MessageId(self.first);
        let record = self.get(id)?;
        Some(Oldest {
            id,
            node: NodeId(record.node),
            is_deleted: record.is_deleted(),
        })
    }

    /// Takes the oldest record out of the log. With `keep` it stays, beyond the budget.
    pub(super) fn trim_oldest(&mut self, keep: bool) {
        let entry = usize::try_from(self.first - self.base).unwrap_or(0);
        let Some(slot) = self.parts.front_mut().and_then(|part| part.get_mut(entry)) else {
            return;
        };
        let record = std::mem::take(slot);
        self.bytes -= record.cost();
        self.payloads.forget_before(&record.payload);
        if keep {
            self.keep_last_one(record);
        }
        self.first += 1;
        if entry + 1 == PART {
            self.parts.pop_front();
            self.base = self.first;
        }
    }

    /// Puts the oldest record, which has left the log, among the last messages.
    fn keep_last_one(&mut self, record: Record) {
        let record = Record {
            payload: self.payloads.outside(record.payload),
            ..record
        };
        self.last_bytes += record.cost();
        let id = MessageId(self.first);
        self.last_ones.shard_mut(id).insert(id.0, record);
    }

    /// Forgets a last message that was kept beyond the budget; `false` when it was not, or was deleted before.
    pub(super) fn drop_last_one(&mut self, id: MessageId) -> bool {
        if id.0 >= self.first {
            return false;
        }
        let dropped = self.last_ones.shard_mut(id).remove(&id.0);
        self.last_bytes -= dropped.as_ref().map_or(0, Record::cost);
        dropped.is_some_and(|record| !record.is_deleted())
    }

    // ---- looking -------------------------------------------------------------------------------------------

    /// Messages of one topic from the newest: `skip` are left out, then `count` appended to `out`. `last` is its last
    /// message and `ordinal` how many it has had.
    pub(super) fn chain(
        &self,
        (last, ordinal): (MessageId, u64),
        (skip, count): (u64, usize),
        out: &mut Vec<Message>,
    ) {
        let Some(target) = ordinal.checked_sub(skip).filter(|&target| target > 0) else {
            return;
        };
        let mut next = self.walk_back(last, ordinal, target);
        for _ in 0..count {
            let Some(message) = next.and_then(|id| self.message(id)) else {
                return;
            };
            next = self.previous(message.id);
            out.push(message);
        }
    }

    /// From message number `ordinal` of a topic back to number `target`; `None` when that is trimmed.
    pub(super) fn walk_back(
        &self,
        mut id: MessageId,
        mut ordinal: u64,
        target: u64,
    ) -> Option<MessageId> {
        while ordinal > target {
            let record = self.get(id)?;
            let far = jump_length(ordinal);
            let (distance, steps) = if record.jump != 0 && ordinal - target >= far {
                (record.jump, far)
            } else {
                (record.previous, 1)
            };
            id = MessageId(back(id.0, distance)?);
            ordinal -= steps;
        }
        self.get(id).map(|_| id)
    }

    /// The message before this one on its topic, if it is still kept.
    pub(super) fn previous(&self, id: MessageId) -> Option<MessageId> {
        let before = MessageId(back(id.0, self.get(id)?.previous)?);
        self.get(before).map(|_| before)
    }

    /// The newest message of a topic that is this one or came before it, and its number among those of the topic;
    /// `None` when that is trimmed.
    pub(super) fn at_or_before(
        &self,
        (mut id, mut ordinal): (MessageId, u64),
        target: MessageId,
    ) -> Option<(MessageId, u64)> {
        while id > target {
            let record = self.get(id)?;
            let far = back(id.0, record.jump).filter(|&far| far >= target.0);
            let (next, steps) = match far {
                Some(far) => (far, jump_length(ordinal)),
                None => (back(id.0, record.previous)?, 1),
            };
            id = MessageId(next);
            ordinal -= steps;
        }
        self.get(id).map(|_| (id, ordinal))
    }

    /// The oldest message in the log. Last messages that are kept beyond the budget came before it.
    pub(super) fn first_id(&self) -> MessageId {
        MessageId(self.first)
    }

    /// Whether the user deleted a message that is still in its place.
    pub(super) fn is_deleted(&self, id: MessageId) -> bool {
        self.get(id).is_some_and(Record::is_deleted)
    }

    /// Lets go of payload and properties of a message, and marks it.
    pub(super) fn delete(&mut self, id: MessageId) {
        let is_last_one = id.0 < self.first;
        let record = if is_last_one {
            self.last_ones.shard_mut(id).get_mut(&id.0)
        } else {
            let offset = id.0.checked_sub(self.base);
            let offset = offset.and_then(|offset| usize::try_from(offset).ok());
            offset.and_then(|offset| self.parts.get_mut(offset / PART)?.get_mut(offset % PART))
        };
        let Some(record) = record else { return };
        let before = record.cost();
        self.payloads.erase(&mut record.payload);
        record.properties = None;
        record.flags |= DELETED;
        let freed = before - record.cost();
        if is_last_one {
            self.last_bytes -= freed;
        } else {
            self.bytes -= freed;
        }
    }

    /// The id that the next message will get.
    pub(super) fn next_id(&self) -> MessageId {
        MessageId(self.next)
    }

    /// Topic, time and payload length of a message that is still kept, without looking at anything but its record.
    pub(super) fn outline(&self, id: MessageId) -> Option<(u32, Timestamp, u32)> {
        let record = self.get(id)?;
        Some((record.node, record.at, record.payload.length()))
    }

    /// The topic of a message that is still kept.
    pub(super) fn node_of(&self, id: MessageId) -> Option<NodeId> {
        self.get(id).map(|record| NodeId(record.node))
    }

    /// A message that is still kept, and was not deleted.
    pub(super) fn message(&self, id: MessageId) -> Option<Message> {
        let record = self.get(id).filter(|record| !record.is_deleted())?;
        let previous = self.previous(id).and_then(|previous| self.get(previous));
        Some(Message {
            id,
            at: record.at,
            since_previous: previous.map(|previous| record.at.since(previous.at)),
            payload: self.payload(record),
            qos: record.qos(),
            retain: record.flags & RETAIN != 0,
            dup: record.flags & DUP != 0,
            packet_id: Some(record.packet_id).filter(|&packet_id| packet_id != 0),
            properties: record.properties.clone(),
        })
    }
}

/// How many messages back number `ordinal` of a topic jumps: the last digit when the number is written greedily
/// with the weights 1, 3, 7, 15, …
fn jump_length(ordinal: u64) -> u64 {
    let mut rest = ordinal.clamp(1, u64::MAX >> 1);
    loop {
        let weight = (1 << (rest + 1).ilog2()) - 1;
        if weight == rest {
            return weight;
        }
        rest -= weight;
    }
}

/// A distance that does not fit is far beyond what any budget keeps: it leads nowhere.
fn distance(id: MessageId, earlier: u64) -> u32 {
    u32::try_from(id.0 - earlier).unwrap_or(0)
}

fn back(id: u64, distance: u32) -> Option<u64> {
    (distance != 0).then(|| id.checked_sub(u64::from(distance)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_are_as_long_as_the_chain_says() {
        let lengths: Vec<u64> = (1..=15).map(jump_length).collect();
        assert_eq!(lengths, [1, 1, 3, 1, 1, 3, 7, 1, 1, 3, 1, 1, 3, 7, 15]);
    }

    #[test]
    fn a_topic_of_a_million_messages_is_walked_in_few_steps() {
        for ordinal in [1_000_000_u64, 999_999, 524_288] {
            for target in [1, 2, 77, 500_000] {
                let (mut at, mut steps) = (ordinal, 0);
                while at > target {
                    let far = jump_length(at);
                    at -= if at - target >= far { far } else { 1 };
                    steps += 1;
                }
                assert!(steps < 80, "{steps} steps");
            }
        }
    }
}
