//! Taking in messages: the topic's node, the counters above it, the retained marker and the history.

use super::{Model, NodeId};
use crate::mqtt::{Publish, Timestamp, TopicName};

impl Model {
    /// Takes in a message from the broker: updates topic, counters on the way up, retained state and history.
    /// A retained message sets the marker. An empty payload clears it: that is how a broker tells those who are
    /// subscribed that a retained message was cleared (MQTT 5, 3.3.1.3). Other live messages leave it alone.
    pub fn insert(&mut self, message: &Publish, at: Timestamp) {
        self.revision += 1;
        let topic = self.topic(&message.topic);
        self.freeze_upwards(topic);
        self.tree.count(topic, message.payload.len() as u64, at);
        if message.payload.is_empty() {
            self.tree.mark_retained(topic, false);
        } else if message.retain || self.take_retained_ahead(&message.topic) {
            self.tree.mark_retained(topic, true);
        }
        self.keep(topic, message, at);
        self.refresh_short_order(at);
    }

    /// Takes in messages in this order, as [`Model::insert`] does one by one, but faster: what the processor has to
    /// fetch from memory for one is under way while it works on another. Best with a few hundred at a time.
    pub fn insert_batch(&mut self, messages: &[(Publish, Timestamp)]) {
        for (message, at) in messages {
            self.insert(message, *at);
        }
    }

    /// The node of a topic, made when it is new.
    fn topic(&mut self, topic: &TopicName) -> NodeId {
        let (mut node, known) = (NodeId::ROOT, self.tree.len());
        for level in topic.levels() {
            node = match self.tree.child(node, level) {
                Some(child) => child,
                None => self.add(node, level),
            };
        }
        if self.tree.len() > known {
            self.tree.deepen(node);
        }
        node
    }

    fn add(&mut self, parent: NodeId, level: &str) -> NodeId {
        self.freeze(parent);
        let child = self.tree.add_child(parent, level);
        let is_first = self.tree.node(parent).children == 1;
        if is_first && parent != NodeId::ROOT && self.open_rule.opens(&self.tree, parent) {
            self.set_tree_open(parent, true);
        }
        if self.pause.is_on() {
            self.pause.note_grown(parent);
        } else {
            self.tree.place_children(parent, self.order.by);
        }
        child
    }

    /// Puts a message into the history and trims what the budget has no room for.
    fn keep(&mut self, topic: NodeId, message: &Publish, at: Timestamp) {
        let ordinal = self.tree.own_of(topic).messages;
        let before = self.tree.node(topic).last;
        let id = self.log.append((topic, ordinal), before, message, at);
        let dropped = self.log.drop_last_one(before);
        self.trimmed += u64::from(dropped);
        let node = self.tree.node_mut(topic);
        node.last = id;
        node.kept = node.kept.saturating_add(1) - u32::from(dropped);
        self.trim();
    }

    fn trim(&mut self) {
        while let Some(oldest) = self.log.over_budget() {
            let node = self.tree.node_mut(oldest.node);
            let is_last = node.last == oldest.id;
            if !is_last {
                node.kept = node.kept.saturating_sub(1);
                self.trimmed += 1;
            }
            self.log.trim_oldest(is_last);
        }
    }

    /// Changes the history budget; trims at once when it shrinks.
    pub fn set_history_budget(&mut self, bytes: u64) {
        self.log.set_budget(bytes);
        self.trim();
    }

    /// Counts a redelivered QoS 2 message that was left out (never silently).
    pub fn count_redelivery(&mut self) {
        self.redeliveries += 1;
    }

    /// Counts a message that this client sent.
    pub fn count_sent(&mut self, at: Timestamp) {
        self.sent += 1;
        self.rate_out.count(super::rates::Moment::new(at));
    }
}
