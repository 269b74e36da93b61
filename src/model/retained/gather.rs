//! All topics that are known to be retained, below a branch or among what the filter found.

use super::Kept;
use crate::model::names::number;
use crate::model::{Model, NodeId};
use crate::mqtt::{Timestamp, TopicName};

/// Which topics are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gather {
    /// The whole tree without `$`-topics.
    All,
    /// This node and everything below it.
    Below(NodeId),
    /// What the filter of the tree found, without `$`-topics.
    Found,
}

/// A topic that is known to be retained.
#[derive(Debug, Clone, PartialEq)]
pub struct RetainedItem {
    /// Its name.
    pub topic: TopicName,
    /// What is retained, where that is known for certain.
    pub kept: Option<Kept>,
    /// Since when that is known.
    pub at: Timestamp,
}

/// Topics known to be retained, on their way out of the model, see [`Model::retained_step`].
#[derive(Debug)]
pub struct RetainedCursor {
    gather: Gather,
    next: usize,
    found: Vec<RetainedItem>,
    left_out: usize,
}

impl RetainedCursor {
    /// Begins.
    pub fn new(gather: Gather) -> Self {
        let next = match gather {
            Gather::Below(node) => node.index(),
            Gather::All | Gather::Found => 1,
        };
        Self {
            gather,
            next,
            found: Vec::new(),
            left_out: 0,
        }
    }

    /// What was found, in the order of names, and how many `$`-topics were left out. Takes its time; call it without
    /// the lock.
    pub fn finish(mut self) -> (Vec<RetainedItem>, usize) {
        let order = |a: &RetainedItem, b: &RetainedItem| {
            crate::model::order::natural(a.topic.as_str(), b.topic.as_str())
        };
        self.found.sort_by(order);
        (self.found, self.left_out)
    }
}

impl Model {
    /// What is known to be retained on this topic.
    pub fn retained_at(&self, topic: TopicName) -> RetainedItem {
        match self.tree.find(topic.as_str()) {
            Some(node) => self.retained_item(node, topic),
            None => RetainedItem {
                topic,
                kept: None,
                at: Timestamp::default(),
            },
        }
    }

    fn retained_item(&self, node: NodeId, topic: TopicName) -> RetainedItem {
        let truth = self.retained_truth(node);
        RetainedItem {
            topic,
            kept: truth.certain().cloned(),
            at: truth.at,
        }
    }

    /// Looks at up to `max_nodes` nodes from where `cursor` stands, for topics that are known to be retained. The lock may
    /// be released in between. Returns whether nodes are left to look at.
    pub fn retained_step(&self, cursor: &mut RetainedCursor, max_nodes: usize) -> bool {
        let end = self.tree.len().min(cursor.next.saturating_add(max_nodes));
        for node in (cursor.next..end).map(|node| NodeId(number(node))) {
            if !self.tree.node(node).is_retained() || !self.is_asked_for(node, cursor.gather) {
                continue;
            }
            if !matches!(cursor.gather, Gather::Below(_)) && self.is_dollar(node) {
                cursor.left_out += 1;
                continue;
            }
            let Ok(topic) = TopicName::new(self.tree.names().path(node)) else {
                continue;
            };
            cursor.found.push(self.retained_item(node, topic));
        }
        cursor.next = end;
        end < self.tree.len()
    }

    /// Whether a node is among these. A node has a higher number than those above it.
    fn is_asked_for(&self, node: NodeId, gather: Gather) -> bool {
        match gather {
            Gather::All => true,
            Gather::Below(top) => {
                let mut above = self.tree.upwards(node);
                above.find(|&node| node <= top) == Some(top)
            }
            Gather::Found => self.filter.as_ref().is_some_and(|it| it.is_match(node)),
        }
    }

    fn is_dollar(&self, node: NodeId) -> bool {
        let above = self.tree.upwards(node);
        let first = above.take_while(|&node| node != NodeId::ROOT).last();
        first.is_some_and(|first| self.tree.names().name(first).starts_with('$'))
    }
}
