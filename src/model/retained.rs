//! What is known of retained messages on the broker.
//!
//! The retain flag of a delivery only says "sent because it was retained" (MQTT 5, 3.3.1.3), so a live message says
//! nothing. The marker follows retained deliveries, clearing messages and what this client publishes itself.

use super::{Model, NodeId};
use crate::mqtt::TopicName;

/// Most topics that are remembered although no message of them has come in.
const AHEAD: usize = 65_536;

impl Model {
    /// Notes that this client published to `topic` with the retain flag (or cleared it with an empty payload), so
    /// that the retained marker is right before the broker tells us. Returns whether the topic was known to be
    /// retained before: should the broker refuse the message, it still is what it was.
    pub fn note_retained_publish(&mut self, topic: &TopicName, is_empty: bool) -> bool {
        self.revision += 1;
        if let Some(node) = self.tree.find(topic.as_str()) {
            self.freeze(node);
            return self.tree.mark_retained(node, !is_empty) == is_empty;
        }
        if is_empty {
            return self.retained_ahead.remove(topic);
        }
        let was_retained = self.retained_ahead.contains(topic);
        if self.retained_ahead.len() < AHEAD {
            // a copy: the text may share a big buffer with other packets
            let own = TopicName::new(topic.as_str().to_owned());
            self.retained_ahead.extend(own);
        }
        was_retained
    }

    /// Forgets all markers: a new session begins, and the broker sends what it still keeps after SUBSCRIBE
    /// (MQTT 5, 3.3.1.3).
    pub fn forget_retained(&mut self) {
        self.revision += 1;
        self.retained_ahead.clear();
        let mut open = vec![NodeId::ROOT];
        while let Some(node) = open.pop() {
            if self.tree.retained(node) == 0 {
                continue;
            }
            open.extend(self.tree.children(node));
            if self.tree.node(node).is_retained() {
                self.freeze(node);
                self.tree.mark_retained(node, false);
            }
        }
    }

    /// Whether this client published a retained message to a topic that had no node then.
    pub(super) fn take_retained_ahead(&mut self, topic: &TopicName) -> bool {
        !self.retained_ahead.is_empty() && self.retained_ahead.remove(topic)
    }

    /// Topics at and below `node` that are known to be retained, in the order of their names; `None` means the
    /// whole tree without `$`-topics.
    pub fn retained_below(&self, node: Option<NodeId>) -> Vec<TopicName> {
        let mut found = Vec::new();
        let mut open = match node {
            Some(node) => vec![node],
            None => self.unreserved(),
        };
        while let Some(node) = open.pop() {
            if self.tree.retained(node) == 0 {
                continue;
            }
            if self.tree.node(node).is_retained() {
                found.extend(TopicName::new(self.tree.names().path(node)));
            }
            open.extend(self.tree.children(node));
        }
        found.sort_by(|a, b| super::order::natural(a.as_str(), b.as_str()));
        found
    }

    /// First levels without the broker's own.
    fn unreserved(&self) -> Vec<NodeId> {
        let mut levels = self.tree.children(NodeId::ROOT);
        levels.retain(|&level| !self.tree.names().name(level).starts_with('$'));
        levels
    }
}
