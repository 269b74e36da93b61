//! What is known of retained messages on the broker.
//!
//! The retain flag of a delivery only says "sent because it was retained" (MQTT 5, 3.3.1.3), so a live message says
//! nothing. The marker follows retained deliveries, clearing messages and what this client publishes itself.

use super::names::number;
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

    /// Looks at up to `max_nodes` nodes from where `cursor` stands, for topics that are known to be retained. The lock may
    /// be released in between. Returns whether nodes are left to look at.
    pub fn retained_step(&self, cursor: &mut RetainedCursor, max_nodes: usize) -> bool {
        let end = self.tree.len().min(cursor.next.saturating_add(max_nodes));
        for node in (cursor.next..end).map(|node| NodeId(number(node))) {
            if self.tree.node(node).is_retained() && self.is_asked_for(node, cursor.below) {
                cursor
                    .found
                    .extend(TopicName::new(self.tree.names().path(node)));
            }
        }
        cursor.next = end;
        end < self.tree.len()
    }

    /// Whether a node is at or below `top`; `None` means the whole tree without `$`-topics. A node has a higher number
    /// than those above it.
    fn is_asked_for(&self, node: NodeId, top: Option<NodeId>) -> bool {
        let mut above = self.tree.upwards(node);
        match top {
            Some(top) => above.find(|&node| node <= top) == Some(top),
            None => {
                let first = above.take_while(|&node| node != NodeId::ROOT).last();
                first.is_some_and(|first| !self.tree.names().name(first).starts_with('$'))
            }
        }
    }
}

/// Topics known to be retained, on their way out of the model, see [`Model::retained_step`].
#[derive(Debug)]
pub struct RetainedCursor {
    below: Option<NodeId>,
    next: usize,
    found: Vec<TopicName>,
}

impl RetainedCursor {
    /// For those at and below `node`; `None` means the whole tree without `$`-topics.
    pub fn below(node: Option<NodeId>) -> Self {
        Self {
            below: node,
            next: node.map_or(1, NodeId::index),
            found: Vec::new(),
        }
    }

    /// What was found, in the order of names. Takes its time; call it without the lock.
    pub fn finish(mut self) -> Vec<TopicName> {
        self.found
            .sort_by(|a, b| super::order::natural(a.as_str(), b.as_str()));
        self.found
    }
}
