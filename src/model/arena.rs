//! The arena: one small node for every topic and branch, numbered in order of arrival, so that a parent always
//! has a lower number than its children. Everything walks it with loops; a topic may have 65,536 levels.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::listing::Listing;
use super::names::{Directory, Names, number};
use super::node::{Branch, NOTHING, Node, Own};
use super::paged::Paged;
use super::rates::Moment;
use super::{NodeId, Wanted};
use crate::mqtt::Timestamp;

/// Children at which a branch gets a [`Listing`] although nobody has opened it yet: later it would cost too much
/// at once.
const LIST_EARLY: u32 = 1024;

/// All nodes, what they are called, and the listings of those that have been opened.
#[derive(Debug)]
pub(super) struct Tree {
    directory: Directory,
    nodes: Paged<Node>,
    branches: Paged<Branch>,
    /// Time of the first own message of each node.
    first_seen: Paged<Timestamp>,
    own: Vec<Own>,
    listings: Vec<Listing>,
    /// Listings that a worker should put in order.
    unsorted: BTreeSet<usize>,
    wanted: Arc<Wanted>,
}

impl Tree {
    /// Only the root, open.
    pub(super) fn new() -> Self {
        let mut tree = Self {
            directory: Directory::new(),
            nodes: Paged::default(),
            branches: Paged::default(),
            first_seen: Paged::default(),
            own: Vec::new(),
            listings: vec![Listing::new(NodeId::ROOT, Vec::new())],
            unsorted: BTreeSet::new(),
            wanted: Arc::default(),
        };
        let mut root = Node::new(NodeId::ROOT, NOTHING);
        root.set_open(true);
        root.set_listed();
        root.set_branch(0);
        tree.branches.push(Branch {
            first_child: 0,
            ..root.new_branch()
        });
        tree.nodes.push(root);
        tree.first_seen.push(Timestamp::default());
        tree
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn names(&self) -> &Names {
        self.directory.names()
    }

    pub(super) fn nodes(&self) -> &Paged<Node> {
        &self.nodes
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    pub(super) fn node_mut(&mut self, node: NodeId) -> &mut Node {
        &mut self.nodes[node.index()]
    }

    pub(super) fn parent(&self, node: NodeId) -> NodeId {
        self.node(node).parent
    }

    /// The node with this full path.
    pub(super) fn find(&self, path: &str) -> Option<NodeId> {
        self.directory.find(path)
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    fn branch(&self, node: NodeId) -> Option<&Branch> {
        self.branches.get(self.node(node).branch()?)
    }

    fn branch_mut(&mut self, node: NodeId) -> Option<&mut Branch> {
        self.branches.get_mut(self.node(node).branch()?)
    }

    /// Direct children.
    pub(super) fn child_count(&self, node: NodeId) -> u32 {
        self.branch(node).map_or(0, |branch| branch.children)
    }

    /// Topics at and below.
    pub(super) fn topics(&self, node: NodeId) -> u32 {
        let leaf = u32::from(self.node(node).is_topic());
        self.branch(node).map_or(leaf, |branch| branch.topics)
    }

    /// Topics at and below that are known to be retained.
    pub(super) fn retained(&self, node: NodeId) -> u32 {
        let leaf = u32::from(self.node(node).is_retained());
        self.branch(node).map_or(leaf, |branch| branch.retained)
    }

    /// Levels of the deepest topic below.
    pub(super) fn depth_below(&self, node: NodeId) -> u16 {
        self.branch(node).map_or(0, |branch| branch.depth_below)
    }

    /// Time of the first own message.
    pub(super) fn first_seen(&self, node: NodeId) -> Timestamp {
        self.first_seen[node.index()]
    }

    /// The node and all above it, the root last.
    pub(super) fn upwards(&self, node: NodeId) -> Upwards<'_> {
        Upwards {
            tree: self,
            next: Some(node),
        }
    }

    // ---- children ------------------------------------------------------------------------------------------

    /// Adds a child. It has no row yet, see [`Tree::place_child`].
    pub(super) fn add_child(&mut self, parent: NodeId, name: &str) -> NodeId {
        let child = self.directory.add(parent, name);
        let (first_child, _) = self.make_branch(parent);
        let link = match self.listing_of(parent) {
            Some(listing) => self.listings[listing].arrive(child),
            None => first_child,
        };
        let is_listed = self.node(parent).is_listed();
        if let Some(branch) = self.branch_mut(parent) {
            branch.children += 1;
            if !is_listed {
                branch.first_child = child.0;
            }
        }
        self.nodes.push(Node::new(parent, link));
        self.first_seen.push(Timestamp::default());
        child
    }

    /// Makes a leaf a branch, if it is not one yet; returns its newest child and its own figures.
    fn make_branch(&mut self, node: NodeId) -> (u32, u32) {
        if let Some(branch) = self.branch(node) {
            return (branch.first_child, branch.own);
        }
        let it = self.node(node);
        let mut branch = it.new_branch();
        if it.is_topic() {
            branch.own = number(self.own.len());
            self.own.push(self.own_of(node));
            self.directory.note_branch_topic(node);
        }
        let known = (branch.first_child, branch.own);
        self.directory.add_branch(node);
        let number = number(self.branches.len());
        self.branches.push(branch);
        self.node_mut(node).set_branch(number);
        known
    }

    /// Tells all above a new topic how deep they reach now.
    pub(super) fn deepen(&mut self, leaf: NodeId) {
        let (mut node, mut depth) = (self.parent(leaf), 1);
        while let Some(known) = self.branch_mut(node) {
            if known.depth_below >= depth || node == NodeId::ROOT {
                return;
            }
            known.depth_below = depth;
            depth = depth.saturating_add(1);
            node = self.parent(node);
        }
    }

    /// The listing of a branch, if it has one.
    pub(super) fn listing_of(&self, node: NodeId) -> Option<usize> {
        let is_listed = self.node(node).is_listed();
        let branch = is_listed.then(|| self.branch(node)).flatten()?;
        Some(branch.first_child as usize)
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
    pub(super) fn listing_mut(&mut self, listing: usize) -> (&mut Listing, &Paged<Node>, &Names) {
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
        self.node_mut(node).set_listed();
        let listing = self.listings.len() - 1;
        if let Some(branch) = self.branch_mut(node) {
            branch.first_child = number(listing);
        }
        listing
    }

    /// Whether a branch without listing has grown so big that it should get one.
    pub(super) fn should_list(&self, node: NodeId) -> bool {
        !self.node(node).is_listed() && self.child_count(node) >= LIST_EARLY
    }

    /// All children in order of arrival.
    pub(super) fn children(&self, node: NodeId) -> Vec<NodeId> {
        if let Some(listing) = self.listing(node) {
            return listing.arrivals().to_vec();
        }
        let Some(branch) = self.branch(node) else {
            return Vec::new();
        };
        let mut children = Vec::with_capacity(branch.children as usize);
        let mut next = branch.first_child;
        while next != NOTHING {
            children.push(NodeId(next));
            next = self.nodes[next as usize].link;
        }
        children.reverse();
        children
    }

    /// The child that came last. With [`Tree::sibling_before`] all children can be walked in pieces, whatever is
    /// opened or comes in between two of them.
    pub(super) fn last_child(&self, node: NodeId) -> Option<NodeId> {
        if let Some(listing) = self.listing(node) {
            return listing.arrivals().last().copied();
        }
        let first = self.branch(node)?.first_child;
        (first != NOTHING).then_some(NodeId(first))
    }

    /// The child of the same branch that came before this one.
    pub(super) fn sibling_before(&self, child: NodeId) -> Option<NodeId> {
        let link = self.node(child).link;
        if let Some(listing) = self.listing(self.parent(child)) {
            let arrival = (link as usize).checked_sub(1)?;
            return listing.arrivals().get(arrival).copied();
        }
        (link != NOTHING).then_some(NodeId(link))
    }

    // ---- figures -------------------------------------------------------------------------------------------

    /// Counts a message of `bytes` bytes on `topic`, whose path is `path`, and on all above it. Returns how many
    /// messages of its own the topic has had.
    pub(super) fn count(&mut self, topic: NodeId, path: &str, bytes: u64, at: Timestamp) -> u64 {
        let now = Moment::new(at);
        if !self.node(topic).is_topic() {
            self.make_topic(topic, path, at);
        }
        let own = self.branch(topic).map(|branch| branch.own as usize);
        let own = own.and_then(|own| self.own.get_mut(own)).map(|own| {
            own.messages += 1;
            own.bytes += bytes;
            own.newest = own.newest.max(at);
            own.rate.count(now);
            own.messages
        });
        let mut next = topic;
        loop {
            let node = &mut self.nodes[next.index()];
            node.messages += 1;
            node.bytes += bytes;
            node.newest = node.newest.max(at);
            node.rate.count(now);
            if next == NodeId::ROOT {
                break;
            }
            next = node.parent;
        }
        own.unwrap_or_else(|| self.node(topic).messages)
    }

    /// A node carries its first message.
    fn make_topic(&mut self, topic: NodeId, path: &str, at: Timestamp) {
        self.directory.add_topic(topic, path);
        self.first_seen[topic.index()] = at;
        let own = number(self.own.len());
        if let Some(branch) = self.branch_mut(topic) {
            branch.own = own;
            self.own.push(Own::default());
            self.directory.note_branch_topic(topic);
        }
        self.node_mut(topic).set_topic();
        let mut next = topic;
        loop {
            if let Some(branch) = self.branch_mut(next) {
                branch.topics += 1;
            }
            if next == NodeId::ROOT {
                return;
            }
            next = self.parent(next);
        }
    }

    /// The figures of the topic itself.
    pub(super) fn own_of(&self, topic: NodeId) -> Own {
        let node = self.node(topic);
        let kept = self.branch(topic).map(|branch| branch.own as usize);
        match kept.map(|own| self.own.get(own)) {
            Some(own) => own.copied().unwrap_or_default(),
            None => Own {
                messages: node.messages,
                bytes: node.bytes,
                newest: node.newest,
                rate: node.rate,
            },
        }
    }

    /// Sets or clears the retained marker; returns whether that changed anything.
    pub(super) fn mark_retained(&mut self, topic: NodeId, retained: bool) -> bool {
        if self.node(topic).is_retained() == retained {
            return false;
        }
        self.node_mut(topic).set_retained(retained);
        let mut next = topic;
        loop {
            if let Some(branch) = self.branch_mut(next) {
                let count = branch.retained;
                branch.retained = if retained { count + 1 } else { count - 1 };
            }
            if next == NodeId::ROOT {
                return true;
            }
            next = self.parent(next);
        }
    }
}

/// Iterates from a node up to the root.
pub(super) struct Upwards<'a> {
    tree: &'a Tree,
    next: Option<NodeId>,
}

impl Iterator for Upwards<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = self.next?;
        self.next = (node != NodeId::ROOT).then(|| self.tree.parent(node));
        Some(node)
    }
}
