//! Which branches are open, and the row sums that follow from it.

use std::cmp::Ordering;

use hashbrown::HashSet;

use super::arena::Tree;
use super::listing::Listing;
use super::names::Names;
use super::order::{natural, natural_first_level};
use super::{NodeId, SortBy};

/// Up to this many children are put in order when their branch is opened; more are left to a [`super::SortJob`].
const SORT_AT_ONCE: usize = 2048;
/// Up to this many siblings a new child goes straight to its place; with more it waits at the end.
const PLACE_AT_ONCE: usize = 50_000;

/// Which branches open by themselves.
#[derive(Debug)]
pub(super) struct OpenRule {
    /// Paths that were open when the window was last closed.
    wanted: HashSet<String>,
    /// Levels of the deepest wanted path.
    levels: u32,
    by_itself: bool,
}

impl OpenRule {
    /// Levels whose branches open by themselves, and the rows at which that ends.
    const LEVELS: u32 = 2;
    const ROWS: u32 = 100;

    pub(super) fn new() -> Self {
        Self {
            wanted: HashSet::new(),
            levels: 0,
            by_itself: true,
        }
    }

    /// From now on only what the user opens is open.
    pub(super) fn leave_to_user(&mut self) {
        self.by_itself = false;
    }

    pub(super) fn want(&mut self, paths: Vec<String>) {
        self.by_itself &= paths.is_empty();
        for path in paths {
            self.levels = self.levels.max(levels_of(&path));
            self.wanted.insert(path);
        }
    }

    /// Whether `branch`, which has just got its first child, is to be open. The rule: branches of the first two
    /// levels, while the tree is small, unless the user has chosen; never the broker's own `$`-topics; and always
    /// what was open before the restart.
    pub(super) fn opens(&mut self, tree: &Tree, branch: NodeId) -> bool {
        let names = tree.names();
        if !self.wanted.is_empty() && within(names, branch, self.levels) {
            return self.wanted.remove(&names.path(branch));
        }
        self.by_itself &= tree.row_count() < Self::ROWS;
        self.by_itself && within(names, branch, Self::LEVELS) && !is_reserved(names, branch)
    }
}

fn levels_of(path: &str) -> u32 {
    super::names::number(path.split('/').count())
}

/// Whether the node is on one of the first `levels` levels; costs `levels` steps at most.
fn within(names: &Names, node: NodeId, levels: u32) -> bool {
    let mut above = node;
    (0..levels).any(|_| {
        above = names.parent(above);
        above == NodeId::ROOT
    })
}

fn is_reserved(names: &Names, node: NodeId) -> bool {
    let mut node = node;
    while names.parent(node) != NodeId::ROOT {
        node = names.parent(node);
    }
    names.name(node).starts_with('$')
}

/// The order of the children of `parent`.
pub(super) fn compare_names(
    names: &Names,
    parent: NodeId,
) -> impl Fn(&NodeId, &NodeId) -> Ordering {
    let compare = if parent == NodeId::ROOT {
        natural_first_level
    } else {
        natural
    };
    move |a, b| compare(names.name(*a), names.name(*b))
}

impl Tree {
    /// Rows of the whole open tree.
    pub(super) fn row_count(&self) -> u32 {
        self.listing(NodeId::ROOT).map_or(0, Listing::total)
    }

    /// Gives the children of `parent` that have arrived since the last call their rows.
    pub(super) fn place_children(&mut self, parent: NodeId, order: SortBy) {
        if self.should_list(parent) {
            self.ensure_listing(parent);
        }
        let Some(listing) = self.listing_of(parent) else {
            return;
        };
        let before = self.listings()[listing].total();
        let is_open = self.node(parent).is_open();
        while let Some(&child) = {
            let listing = &self.listings()[listing];
            listing.arrivals().get(listing.placed())
        } {
            let (listing, nodes, names) = self.listing_mut(listing);
            if is_open && listing.unsorted() == 0 && listing.placed() < PLACE_AT_ONCE {
                let by_name = compare_names(names, parent);
                let reserved =
                    |node: NodeId| parent == NodeId::ROOT && names.name(node).starts_with('$');
                listing.place_in_order(nodes, |other| match order {
                    SortBy::Name => by_name(&other, &child),
                    // it has carried nothing yet
                    SortBy::Messages => reserved(other).cmp(&reserved(child)).then(Ordering::Less),
                });
            } else {
                listing.place_last(nodes);
            }
        }
        if is_open && self.listings()[listing].unsorted() > 0 {
            self.sort_later(listing);
        }
        let grown = i64::from(self.listings()[listing].total()) - i64::from(before);
        self.rows_changed(parent, grown);
    }

    /// Lets the rows below `branch` grow by `delta`, as far up as branches are open.
    fn rows_changed(&mut self, branch: NodeId, delta: i64) {
        let mut node = branch;
        while delta != 0 && node != NodeId::ROOT && self.node(node).is_open() {
            let rows = i64::from(self.node(node).rows) + delta;
            self.node_mut(node).rows = u32::try_from(rows).unwrap_or(0);
            if !self.parent_rows_changed(node, delta) {
                return;
            }
            node = self.parent(node);
        }
    }

    /// Corrects the sums in the listing that `node` stands in; `false` when it has no row there.
    fn parent_rows_changed(&mut self, node: NodeId, delta: i64) -> bool {
        let link = self.node(node).link;
        self.listing_of(self.parent(node))
            .is_some_and(|listing| self.listing_mut(listing).0.change(link, delta))
    }

    /// Opens or closes one branch. `limit` is the number of the first node that a pause holds back.
    pub(super) fn set_open(
        &mut self,
        branch: NodeId,
        open: bool,
        order: SortBy,
        limit: Option<u32>,
    ) {
        let node = self.node(branch);
        if node.is_open() == open || node.branch().is_none() || branch == NodeId::ROOT {
            return;
        }
        let delta = if open {
            self.list(branch, order, limit);
            self.listing(branch).map_or(0, Listing::total)
        } else {
            self.node(branch).rows
        };
        let delta = if open {
            i64::from(delta)
        } else {
            -i64::from(delta)
        };
        if open {
            self.node_mut(branch).set_open(true);
        }
        self.rows_changed(branch, delta);
        if !open {
            self.node_mut(branch).set_open(false);
        }
    }

    /// Makes the listing of a branch, in order if it is not too long.
    fn list(&mut self, branch: NodeId, order: SortBy, limit: Option<u32>) {
        let is_new = self.listing_of(branch).is_none();
        let listing = self.ensure_listing(branch);
        if is_new {
            let (listing, nodes, _) = self.listing_mut(listing);
            let shown = |child: &&NodeId| limit.is_none_or(|limit| child.0 < limit);
            for _ in 0..listing.arrivals().iter().take_while(shown).count() {
                listing.place_last(nodes);
            }
        }
        if self.listings()[listing].placed() <= SORT_AT_ONCE {
            self.sort_listing(listing, order);
        } else {
            self.sort_later(listing);
        }
    }

    /// Puts a listing in order here and now, if it is not.
    pub(super) fn sort_listing(&mut self, listing: usize, order: SortBy) {
        let (listing, nodes, names) = self.listing_mut(listing);
        if listing.unsorted() == 0 {
            return;
        }
        let parent = listing.node();
        let by_name = compare_names(names, parent);
        if order == SortBy::Name {
            listing.sort(nodes, by_name);
            return;
        }
        let reserved = |node: &NodeId| parent == NodeId::ROOT && names.name(*node).starts_with('$');
        let messages = |node: &NodeId| nodes[node.index()].messages;
        listing.sort(nodes, |a, b| {
            let last = reserved(a).cmp(&reserved(b));
            let most = messages(b).cmp(&messages(a));
            last.then(most).then_with(|| by_name(a, b))
        });
    }
}
