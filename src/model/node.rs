//! One node of the arena: a cache line with what changes with every message. What only branches have stands elsewhere.

use super::rates::Rate;
use super::{MessageId, NodeId};
use crate::mqtt::Timestamp;

pub(super) const NOTHING: u32 = u32::MAX;

/// Figures of a node and of everything below it. A leaf's own figures are the same ones; a topic that is a branch
/// too keeps its own in an [`Own`]. A message changes one of these on each level: hence one cache line.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Node {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) newest: Timestamp,
    /// The last own message.
    pub(super) last: MessageId,
    pub(super) rate: Rate,
    /// The sibling that arrived before; or the place in the parent's listing.
    pub(super) link: u32,
    /// Own messages that are still kept.
    pub(super) kept: u32,
    /// Rows below this node; 0 while it is closed.
    pub(super) rows: u32,
    pub(super) parent: NodeId,
    /// The number of its [`Branch`], and in the lowest bits the flags.
    branch: u32,
}

/// What a node with children has beside its figures.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    /// The newest child, whose `link` leads to the one before; or the number of the listing.
    pub(super) first_child: u32,
    pub(super) own: u32,
    pub(super) children: u32,
    pub(super) topics: u32,
    pub(super) retained: u32,
    pub(super) depth_below: u16,
}

/// A node's own figures, without what is below it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Own {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) newest: Timestamp,
    pub(super) rate: Rate,
}

const TOPIC: u32 = 1;
const RETAINED: u32 = 2;
const OPEN: u32 = 4;
const LISTED: u32 = 8;
const FLAG_BITS: u32 = 4;
const NO_BRANCH: u32 = u32::MAX >> FLAG_BITS;

impl Node {
    /// A leaf that has carried nothing yet.
    pub(super) fn new(parent: NodeId, link: u32) -> Self {
        Self {
            messages: 0,
            bytes: 0,
            newest: Timestamp::default(),
            last: MessageId(u64::MAX),
            rate: Rate::default(),
            link,
            kept: 0,
            rows: 0,
            parent,
            branch: NO_BRANCH << FLAG_BITS,
        }
    }

    /// Rows of this node and what is open below it.
    pub(super) fn width(&self) -> u32 {
        self.rows + 1
    }

    /// Whether it carried messages itself.
    pub(super) fn is_topic(&self) -> bool {
        self.has(TOPIC)
    }

    pub(super) fn is_retained(&self) -> bool {
        self.has(RETAINED)
    }

    pub(super) fn is_open(&self) -> bool {
        self.has(OPEN)
    }

    pub(super) fn is_listed(&self) -> bool {
        self.has(LISTED)
    }

    pub(super) fn set_topic(&mut self) {
        self.set(TOPIC, true);
    }

    pub(super) fn set_retained(&mut self, retained: bool) {
        self.set(RETAINED, retained);
    }

    pub(super) fn set_open(&mut self, open: bool) {
        self.set(OPEN, open);
    }

    pub(super) fn set_listed(&mut self) {
        self.set(LISTED, true);
    }

    /// The number of its [`Branch`]; `None` for a leaf.
    pub(super) fn branch(&self) -> Option<usize> {
        let branch = self.branch >> FLAG_BITS;
        (branch != NO_BRANCH).then_some(branch as usize)
    }

    /// Makes it a branch. Memory ends long before 2²⁸ of them.
    pub(super) fn set_branch(&mut self, branch: u32) {
        let flags = self.branch & ((1 << FLAG_BITS) - 1);
        self.branch = branch << FLAG_BITS | flags;
    }

    /// The branch that a leaf becomes with its first child.
    pub(super) fn new_branch(&self) -> Branch {
        Branch {
            first_child: NOTHING,
            own: NOTHING,
            children: 0,
            topics: u32::from(self.is_topic()),
            retained: u32::from(self.is_retained()),
            depth_below: 0,
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.branch & flag != 0
    }

    fn set(&mut self, flag: u32, on: bool) {
        self.branch = if on {
            self.branch | flag
        } else {
            self.branch & !flag
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_one_cache_line() {
        assert_eq!(size_of::<Node>(), 64);
    }

    #[test]
    fn flags_and_branch_share_a_number() {
        let mut node = Node::new(NodeId::ROOT, 0);
        node.set_topic();
        node.set_retained(true);
        assert_eq!(node.branch(), None);
        node.set_branch(77);
        node.set_open(true);
        node.set_retained(false);
        assert_eq!(node.branch(), Some(77));
        assert!(node.is_topic() && node.is_open() && !node.is_retained() && !node.is_listed());
    }
}
