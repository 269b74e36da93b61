//! The arena: one small node for every topic and branch, numbered in order of arrival, so that a parent always
//! has a lower number than its children. Everything walks it with loops; a topic may have 65,536 levels.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::listing::Listing;
use super::names::{Directory, Names, number};
use super::rates::{Moment, Rate};
use super::{MessageId, NodeId, Wanted};
use crate::mqtt::Timestamp;

/// Children at which a branch gets a [`Listing`] although nobody has opened it yet: later it would cost too much
/// at once.
const LIST_EARLY: u32 = 1024;

const NOTHING: u32 = u32::MAX;

/// Figures of a node and of everything below it. A leaf's own figures are the same ones; a topic that is a branch
/// too keeps its own in an [`Own`].
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) newest: Timestamp,
    /// Time of the first own message.
    pub(super) first_seen: Timestamp,
    /// The last own message.
    pub(super) last: MessageId,
    pub(super) rate: Rate,
    /// The newest child, whose `link` leads to the one before; or the number of the listing.
    first_child: u32,
    /// The sibling that arrived before; or the place in the parent's listing.
    pub(super) link: u32,
    own: u32,
    pub(super) children: u32,
    pub(super) topics: u32,
    pub(super) retained: u32,
    /// Own messages that are still kept.
    pub(super) kept: u32,
    /// Rows below this node; 0 while it is closed.
    pub(super) rows: u32,
    pub(super) depth_below: u16,
    flags: u8,
}

const TOPIC: u8 = 1;
const RETAINED: u8 = 2;
const OPEN: u8 = 4;
const LISTED: u8 = 8;

impl Node {
    fn new(link: u32) -> Self {
        Self {
            messages: 0,
            bytes: 0,
            newest: Timestamp::default(),
            first_seen: Timestamp::default(),
            last: MessageId(u64::MAX),
            rate: Rate::default(),
            first_child: NOTHING,
            link,
            own: NOTHING,
            children: 0,
            topics: 0,
            retained: 0,
            kept: 0,
            rows: 0,
            depth_below: 0,
            flags: 0,
        }
    }

    /// Rows of this node and what is open below it.
    pub(super) fn width(&self) -> u32 {
        self.rows + 1
    }

    /// Whether it carried messages itself.
    pub(super) fn is_topic(&self) -> bool {
        self.flags & TOPIC != 0
    }

    pub(super) fn is_retained(&self) -> bool {
        self.flags & RETAINED != 0
    }

    pub(super) fn is_open(&self) -> bool {
        self.flags & OPEN != 0
    }

    pub(super) fn set_open(&mut self, open: bool) {
        self.set(OPEN, open);
    }

    fn set(&mut self, flag: u8, on: bool) {
        self.flags = if on {
            self.flags | flag
        } else {
            self.flags & !flag
        };
    }
}

/// A node's own figures, without what is below it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Own {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) newest: Timestamp,
    pub(super) rate: Rate,
}

/// All nodes, what they are called, and the listings of those that have been opened.
#[derive(Debug)]
pub(super) struct Tree {
    directory: Directory,
    nodes: Vec<Node>,
    own: Vec<Own>,
    listings: Vec<Listing>,
    /// Listings that a worker should put in order.
    unsorted: BTreeSet<usize>,
    wanted: Arc<Wanted>,
}

impl Tree {
    /// Only the root, open.
    pub(super) fn new() -> Self {
        let mut root = Node::new(NOTHING);
        root.set(OPEN | LISTED, true);
        root.first_child = 0;
        Self {
            directory: Directory::new(),
            nodes: vec![root],
            own: Vec::new(),
            listings: vec![Listing::new(NodeId::ROOT, Vec::new())],
            unsorted: BTreeSet::new(),
            wanted: Arc::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn names(&self) -> &Names {
        self.directory.names()
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    pub(super) fn node_mut(&mut self, node: NodeId) -> &mut Node {
        &mut self.nodes[node.index()]
    }

    pub(super) fn parent(&self, node: NodeId) -> NodeId {
        self.names().parent(node)
    }

    pub(super) fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.directory.child(parent, name)
    }

    /// The node with this full path.
    pub(super) fn find(&self, path: &str) -> Option<NodeId> {
        path.split('/')
            .try_fold(NodeId::ROOT, |node, level| self.child(node, level))
    }

    /// The node and all above it, the root last.
    pub(super) fn upwards(&self, node: NodeId) -> Upwards<'_> {
        Upwards {
            names: self.names(),
            next: Some(node),
        }
    }

    // ---- children ------------------------------------------------------------------------------------------

    /// Adds a child. It has no row yet, see [`Tree::place_child`].
    pub(super) fn add_child(&mut self, parent: NodeId, name: &str) -> NodeId {
        if self.node(parent).is_topic() && self.node(parent).own == NOTHING {
            self.keep_own(parent);
        }
        let child = self.directory.add(parent, name);
        let mut node = Node::new(self.nodes[parent.index()].first_child);
        match self.listing_of(parent) {
            Some(listing) => node.link = self.listings[listing].arrive(child),
            None => self.nodes[parent.index()].first_child = child.0,
        }
        self.nodes.push(node);
        self.nodes[parent.index()].children += 1;
        child
    }

    /// Tells all above a new topic how deep they reach now.
    pub(super) fn deepen(&mut self, leaf: NodeId) {
        let (mut node, mut depth) = (self.parent(leaf), 1);
        loop {
            let known = &mut self.nodes[node.index()].depth_below;
            if *known >= depth || node == NodeId::ROOT {
                return;
            }
            *known = depth;
            depth = depth.saturating_add(1);
            node = self.parent(node);
        }
    }

    /// The listing of a branch, if it has one.
    pub(super) fn listing_of(&self, node: NodeId) -> Option<usize> {
        let node = self.node(node);
        (node.flags & LISTED != 0).then_some(node.first_child as usize)
    }

    pub(super) fn listing(&self, node: NodeId) -> Option<&Listing> {
        self.listing_of(node).map(|listing| &self.listings[listing])
    }

    pub(super) fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// Leaves the order of a listing to a worker.
    pub(super) fn sort_later(&mut self, listing: usize) {
        if self.unsorted.insert(listing) {
            self.wanted.want_chores();
        }
    }

    pub(super) fn wanted(&self) -> &Arc<Wanted> {
        &self.wanted
    }

    /// Takes the next open branch whose order was left to a worker.
    pub(super) fn next_unsorted(&mut self) -> Option<usize> {
        loop {
            let listing = self.unsorted.pop_first()?;
            let node = self.node(self.listings[listing].node());
            if node.is_open() && self.listings[listing].unsorted() > 0 {
                return Some(listing);
            }
        }
    }

    /// A listing to change, and the nodes to look at meanwhile.
    pub(super) fn listing_mut(&mut self, listing: usize) -> (&mut Listing, &[Node], &Names) {
        (
            &mut self.listings[listing],
            &self.nodes,
            self.directory.names(),
        )
    }

    /// Makes sure that a branch has a listing; children it gets now have no rows yet. Returns its number.
    pub(super) fn ensure_listing(&mut self, node: NodeId) -> usize {
        if let Some(listing) = self.listing_of(node) {
            return listing;
        }
        let arrivals = self.children(node);
        for (arrival, child) in arrivals.iter().enumerate() {
            self.nodes[child.index()].link = number(arrival);
        }
        self.listings.push(Listing::new(node, arrivals));
        let branch = &mut self.nodes[node.index()];
        branch.set(LISTED, true);
        branch.first_child = number(self.listings.len() - 1);
        self.listings.len() - 1
    }

    /// Whether a branch without listing has grown so big that it should get one.
    pub(super) fn should_list(&self, node: NodeId) -> bool {
        self.node(node).children >= LIST_EARLY && self.listing_of(node).is_none()
    }

    /// All children in order of arrival.
    pub(super) fn children(&self, node: NodeId) -> Vec<NodeId> {
        if let Some(listing) = self.listing(node) {
            return listing.arrivals().to_vec();
        }
        let mut children = Vec::with_capacity(self.node(node).children as usize);
        let mut next = self.node(node).first_child;
        while next != NOTHING {
            children.push(NodeId(next));
            next = self.nodes[next as usize].link;
        }
        children.reverse();
        children
    }

    // ---- figures -------------------------------------------------------------------------------------------

    /// Counts a message of `bytes` bytes on `topic` and all above it.
    pub(super) fn count(&mut self, topic: NodeId, bytes: u64, at: Timestamp) {
        let now = Moment::new(at);
        let is_new = !self.node(topic).is_topic();
        if is_new {
            if self.node(topic).children > 0 {
                self.keep_own(topic);
            }
            let node = self.node_mut(topic);
            node.set(TOPIC, true);
            node.first_seen = at;
        }
        if let Some(own) = self.own.get_mut(self.nodes[topic.index()].own as usize) {
            own.messages += 1;
            own.bytes += bytes;
            own.newest = own.newest.max(at);
            own.rate.count(now);
        }
        let mut next = topic;
        loop {
            let node = &mut self.nodes[next.index()];
            node.messages += 1;
            node.bytes += bytes;
            node.newest = node.newest.max(at);
            node.rate.count(now);
            node.topics += u32::from(is_new);
            if next == NodeId::ROOT {
                return;
            }
            next = self.directory.names().parent(next);
        }
    }

    /// Before a topic becomes a branch too or the other way round, what is its own goes to an extra place.
    fn keep_own(&mut self, topic: NodeId) {
        let own = self.own_of(topic);
        self.nodes[topic.index()].own = number(self.own.len());
        self.own.push(own);
    }

    /// The figures of the topic itself.
    pub(super) fn own_of(&self, topic: NodeId) -> Own {
        let node = self.node(topic);
        match self.own.get(node.own as usize) {
            Some(own) => *own,
            None if node.is_topic() => Own {
                messages: node.messages,
                bytes: node.bytes,
                newest: node.newest,
                rate: node.rate,
            },
            None => Own::default(),
        }
    }

    /// Sets or clears the retained marker; returns whether that changed anything.
    pub(super) fn mark_retained(&mut self, topic: NodeId, retained: bool) -> bool {
        if self.node(topic).is_retained() == retained {
            return false;
        }
        self.node_mut(topic).set(RETAINED, retained);
        let mut next = topic;
        loop {
            let count = &mut self.nodes[next.index()].retained;
            *count = if retained { *count + 1 } else { *count - 1 };
            if next == NodeId::ROOT {
                return true;
            }
            next = self.parent(next);
        }
    }
}

/// Iterates from a node up to the root.
pub(super) struct Upwards<'a> {
    names: &'a Names,
    next: Option<NodeId>,
}

impl Iterator for Upwards<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = self.next?;
        self.next = (node != NodeId::ROOT).then(|| self.names.parent(node));
        Some(node)
    }
}
