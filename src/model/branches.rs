//! Opening, closing and finding branches, as the window asks for it.

use super::view::FilterView;
use super::{Matches, Model, NodeId, Replaced};

/// Text of all the paths that are kept over a restart.
const OPEN_PATHS_BYTES: usize = 256 * 1024;

impl Model {
    /// Opens or closes one branch. While a filter is set this is about the filtered tree, whose branches begin open.
    pub fn set_open(&mut self, node: NodeId, open: bool) {
        self.revision += 1;
        match &mut self.filter {
            Some(view) => view.set_open(node, open),
            None => self.set_tree_open(node, open),
        }
    }

    /// Opens or closes a branch of the tree behind the filter.
    pub(super) fn set_tree_open(&mut self, node: NodeId, open: bool) {
        let limit = self.pause.limit();
        self.tree.set_open(node, open, self.order.by, limit);
    }

    /// Opens every branch above `node`, so that it has a row.
    pub fn reveal(&mut self, node: NodeId) {
        self.revision += 1;
        let above: Vec<NodeId> = self.tree.upwards(node).skip(1).collect();
        if let Some(view) = &mut self.filter {
            view.open_all(above.into_iter());
            return;
        }
        for branch in above {
            self.set_tree_open(branch, true);
        }
    }

    /// Whether a branch is open (in the filtered tree while a filter is set); `false` for a leaf.
    pub fn is_open(&self, node: NodeId) -> bool {
        match &self.filter {
            Some(view) => view.is_open(node).unwrap_or_default(),
            None => self.tree.node(node).is_open(),
        }
    }

    /// Full paths of the open branches, to be kept over a restart; as many as fit into 256 KiB of text, those that
    /// were opened first.
    pub fn open_paths(&self) -> Vec<String> {
        let mut room = OPEN_PATHS_BYTES;
        let listings = self.tree.listings().iter().skip(1);
        listings
            .map(super::listing::Listing::node)
            .filter(|&branch| self.tree.node(branch).is_open())
            .map(|branch| self.path(branch))
            .take_while(|path| {
                let left = room.checked_sub(path.len());
                room = left.unwrap_or(0);
                left.is_some()
            })
            .collect()
    }

    /// Branches with these paths are open from the moment they appear. With any, branches no longer open by
    /// themselves.
    pub fn open_when_seen(&mut self, paths: Vec<String>) {
        let (seen, unseen): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .map(|path| (self.tree.find(&path), path))
            .partition(|(node, _)| {
                node.is_some_and(|node| self.tree.node(node).branch().is_some())
            });
        if !seen.is_empty() {
            self.open_rule.leave_to_user();
        }
        for node in seen.into_iter().filter_map(|(node, _)| node).rev() {
            self.set_tree_open(node, true);
        }
        self.open_rule
            .want(unseen.into_iter().map(|(_, path)| path).collect());
        self.revision += 1;
    }

    /// Shows only these matches and the branches above them (open), or everything again with `None`. What the user
    /// closed stays closed while results of the same query follow each other.
    /// Returns what showed before, to be let go of without the lock.
    pub fn set_filter(&mut self, matches: Option<Matches>) -> Option<Replaced> {
        self.revision += 1;
        let before = self.filter.take();
        self.filter = matches.map(|matches| FilterView::new(matches, before.as_ref()));
        before.map(FilterView::into_replaced)
    }

    /// The text of the query whose matches are shown.
    pub fn filter_text(&self) -> Option<&str> {
        self.filter.as_ref().map(FilterView::query)
    }

    // ---- one node ----------------------------------------------------------------------------------------

    /// The node of a topic or branch, by its full path.
    pub fn find(&self, path: &str) -> Option<NodeId> {
        self.tree.find(path)
    }

    /// The full path of a node.
    pub fn path(&self, node: NodeId) -> String {
        self.tree.names().path(node)
    }

    /// The branch that a node hangs on; `None` on the first level.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        Some(self.tree.parent(node)).filter(|&parent| parent != NodeId::ROOT)
    }

    /// The level of a node: 0 for the first.
    pub fn depth(&self, node: NodeId) -> u32 {
        self.tree.names().depth(node)
    }
}
