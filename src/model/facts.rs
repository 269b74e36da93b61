//! Everything known of one node, its messages, and the sums over the connection.

use super::rates::Moment;
use super::{Facts, Message, MessageId, Model, NodeId, Totals};
use crate::mqtt::Timestamp;

impl Model {
    /// Everything known of a node, as of `now`.
    pub fn facts(&self, node: NodeId, now: Timestamp) -> Facts {
        let now = Moment::new(now);
        let it = self.tree.node(node);
        let own = self.tree.own_of(node);
        let deleted = self
            .deleted
            .get(&node)
            .map_or(0, super::deleted::Deleted::count);
        Facts {
            path: self.path(node),
            is_topic: it.is_topic(),
            retained: it.is_retained(),
            own_messages: own.messages,
            own_rate: own.rate.per_second(now),
            own_bytes: own.bytes,
            first_seen: it.is_topic().then(|| self.tree.first_seen(node)),
            last_seen: it.is_topic().then_some(own.newest),
            subtree_topics: self.tree.topics(node),
            subtree_retained: self.tree.retained(node),
            subtree_messages: it.messages,
            subtree_rate: it.rate.per_second(now),
            subtree_bytes: it.bytes,
            subtree_newest: (it.messages > 0).then_some(it.newest),
            children: self.tree.child_count(node),
            depth_below: u32::from(self.tree.depth_below(node)),
            trimmed: (own.messages - deleted).saturating_sub(u64::from(it.kept)),
            deleted,
        }
    }

    /// The last message of a topic, always whole; `None` for a branch that never carried one itself. When the last one was
    /// deleted, the newest of the others that are still kept.
    pub fn last_message(&self, node: NodeId) -> Option<Message> {
        self.log.message(self.newest_kept(node)?)
    }

    /// How many messages of this topic are in the history (the last one included).
    pub fn history_len(&self, node: NodeId) -> usize {
        self.tree.node(node).kept as usize
    }

    /// Messages `first .. first + count` of this topic, newest first. Costs what is asked for, wherever it stands.
    pub fn history(&self, node: NodeId, first: usize, count: usize, out: &mut Vec<Message>) {
        let newest = (self.tree.node(node).last, self.tree.own_of(node).messages);
        match self.deleted.get(&node) {
            Some(deleted) => self.history_without(deleted, newest, (first, count), out),
            None => self.log.chain(newest, (first as u64, count), out),
        }
    }

    /// A message by its id; `None` once it was trimmed or deleted.
    pub fn message(&self, id: MessageId) -> Option<Message> {
        self.log.message(id)
    }

    /// The id that the next message will get.
    pub fn next_id(&self) -> MessageId {
        self.log.next_id()
    }

    /// Those messages from `first` to before `end` that are still the last of their topic, oldest first. Costs what
    /// is asked for.
    pub fn last_among(
        &self,
        first: MessageId,
        end: MessageId,
    ) -> impl Iterator<Item = (NodeId, Message)> {
        (first.0..end.0.min(self.next_id().0)).filter_map(|id| {
            let id = MessageId(id);
            let node = self
                .log
                .node_of(id)
                .filter(|&node| self.tree.node(node).last == id)?;
            Some((node, self.log.message(id)?))
        })
    }

    /// How many topics and branches there are.
    pub fn node_count(&self) -> usize {
        self.tree.len() - 1
    }

    /// Sums over the whole connection, as of `now`.
    pub fn totals(&self, now: Timestamp) -> Totals {
        let now = Moment::new(now);
        let all = self.tree.node(NodeId::ROOT);
        Totals {
            topics: self.tree.topics(NodeId::ROOT),
            messages: all.messages,
            rate_in: all.rate.per_second(now),
            sent: self.sent,
            rate_out: self.rate_out.per_second(now),
            redeliveries: self.redeliveries,
            retained: self.tree.retained(NodeId::ROOT),
            history_bytes: self.log.bytes(),
            history_budget: self.log.budget(),
            last_bytes: self.log.last_bytes() + self.retained.known.bytes(),
            trimmed: self.trimmed,
            deleted: self.deleted_messages,
        }
    }
}
