//! The open tree as rows: finding row k, walking on from it, and the row of a node.

use super::arena::Tree;
use super::listing::{Listing, Spot};
use super::pause::Figures;
use super::rates::Moment;
use super::{LastValue, Model, NodeId, Row};
use crate::mqtt::Timestamp;

/// Walks the open tree in the order of its rows. The stack has an entry for each level, so it may be long.
struct Walk<'a> {
    tree: &'a Tree,
    stack: Vec<(&'a Listing, Spot)>,
}

impl<'a> Walk<'a> {
    /// A walk that begins at row `row`.
    fn from(tree: &'a Tree, row: u32) -> Self {
        let mut walk = Self {
            tree,
            stack: Vec::new(),
        };
        let (mut branch, mut rest) = (NodeId::ROOT, row);
        while let Some(listing) = tree.listing(branch) {
            let Some((spot, below)) = listing.locate(rest, tree.nodes()) else {
                walk.stack.clear();
                return walk;
            };
            walk.stack.push((listing, spot));
            let Some(deeper) = below.checked_sub(1) else {
                return walk;
            };
            let Some(child) = listing.child(spot) else {
                return walk;
            };
            (branch, rest) = (child, deeper);
        }
        walk
    }

    /// The row it stands at, with its level; then it moves on.
    fn next(&mut self) -> Option<(NodeId, u32)> {
        let &(listing, spot) = self.stack.last()?;
        let node = listing.child(spot)?;
        let depth = super::names::number(self.stack.len() - 1);
        if !self.enter(node) {
            self.leave();
        }
        Some((node, depth))
    }

    /// Moves to the first child of an open branch; `false` when there is none.
    fn enter(&mut self, node: NodeId) -> bool {
        let open = self.tree.node(node).is_open();
        let listing = self.tree.listing(node).filter(|_| open);
        let first = listing.and_then(|listing| Some((listing, listing.first()?)));
        self.stack.extend(first);
        first.is_some()
    }

    /// Moves to the next sibling, or to that of the nearest branch above that has one.
    fn leave(&mut self) {
        while let Some((listing, spot)) = self.stack.pop() {
            if let Some(next) = listing.next(spot) {
                self.stack.push((listing, next));
                return;
            }
        }
    }
}

impl Tree {
    /// The row of a node; `None` while a branch above it is closed.
    fn row_of(&self, node: NodeId) -> Option<u32> {
        let mut row = 0;
        let mut node = node;
        while node != NodeId::ROOT {
            let parent = self.parent(node);
            if !self.node(parent).is_open() {
                return None;
            }
            let link = self.node(node).link;
            row += self.listing(parent)?.rows_before(link, self.nodes())?;
            row += u32::from(parent != NodeId::ROOT);
            node = parent;
        }
        Some(row)
    }
}

impl Model {
    /// How many rows the tree has now: children of open branches, or what the filter left.
    pub fn row_count(&self) -> usize {
        match &self.filter {
            Some(view) => view.row_count(),
            None => self.tree.row_count() as usize,
        }
    }

    /// Appends rows `first .. first + count` to `out`, as of `now` (rates fade with it). Costs what is asked for.
    pub fn rows(&self, first: usize, count: usize, now: Timestamp, out: &mut Vec<Row>) {
        self.pause.note_time(now);
        let now = Moment::new(self.pause.time().unwrap_or(now));
        if let Some(view) = &self.filter {
            let shown = view.rows(first, count);
            out.extend(shown.map(|shown| {
                let row = self.row(shown.node, shown.depth, now);
                Row {
                    open: shown.open,
                    is_match: shown.is_match,
                    ..row
                }
            }));
            return;
        }
        let Ok(first) = u32::try_from(first) else {
            return;
        };
        let mut walk = Walk::from(&self.tree, first);
        let rows = std::iter::from_fn(|| walk.next()).take(count);
        out.extend(rows.map(|(node, depth)| self.row(node, depth, now)));
    }

    /// The node in row `row`.
    pub fn node_at(&self, row: usize) -> Option<NodeId> {
        if let Some(view) = &self.filter {
            return view.rows(row, 1).next().map(|shown| shown.node);
        }
        let row = u32::try_from(row).ok()?;
        Walk::from(&self.tree, row).next().map(|(node, _)| node)
    }

    /// The row that shows `node`; `None` while a branch above it is closed or the filter hides it.
    pub fn row_of(&self, node: NodeId) -> Option<usize> {
        match &self.filter {
            Some(view) => view.row_of(node),
            None => self.tree.row_of(node).map(|row| row as usize),
        }
    }

    fn row(&self, node: NodeId, depth: u32, now: Moment) -> Row {
        let figures = self
            .pause
            .frozen(node)
            .cloned()
            .unwrap_or_else(|| self.figures(node));
        Row {
            node,
            depth,
            name: self.tree.names().name(node).into(),
            open: (figures.children > 0).then(|| self.tree.node(node).is_open()),
            topics: figures.topics,
            children: figures.children,
            last: figures.last,
            messages: figures.messages,
            rate: figures.rate.per_second(now),
            newest: figures.newest,
            is_match: false,
            mark: self.mark(node),
        }
    }

    fn mark(&self, node: NodeId) -> Option<u8> {
        let is_topic = self.tree.node(node).is_topic();
        let path = || self.tree.names().path(node);
        is_topic.then(|| self.subscribed.mark(node, path)).flatten()
    }

    /// What a row shows of a node, as it is now.
    pub(super) fn figures(&self, node: NodeId) -> Figures {
        let it = self.tree.node(node);
        let last = self.newest_kept(node).and_then(|id| self.log.get(id));
        let last = last.map(|record| LastValue {
            payload: self.log.payload(record),
            at: record.at,
            qos: record.qos(),
            retained: it.is_retained(),
        });
        Figures {
            topics: self.tree.topics(node),
            children: self.tree.child_count(node),
            messages: it.messages,
            newest: (it.messages > 0).then_some(it.newest),
            rate: it.rate,
            last,
        }
    }
}
