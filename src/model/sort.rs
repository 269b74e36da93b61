//! The order of siblings. Short lists are put in order where they stand; long ones by a worker, on a snapshot.

use super::chores::{LISTINGS_AT_ONCE, SORT_ROOM};
use super::listing::{Layout, Listing};
use super::names::Names;
use super::open::compare_names;
use super::{Model, NodeId, SortBy};
use crate::mqtt::Timestamp;

/// Time between two refreshes of an order that follows counters, in microseconds.
const REFRESH: i64 = 1_000_000;

/// How siblings are ordered, and what is left to do for it.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) by: SortBy,
    refreshed: Timestamp,
}

/// Children of one long branch on their way into order, see [`super::Chore`]. A worker gathers what decides the order with
/// [`Model::sort_step`], orders it with [`SortJob::finish`] outside the lock and hands it to [`Model::set_sorted`].
#[derive(Debug)]
pub struct SortJob {
    listing: usize,
    parent: NodeId,
    by: SortBy,
    names: Names,
    children: Vec<NodeId>,
    messages: Vec<u64>,
}

/// An order that has been worked out.
#[derive(Debug)]
pub struct Sorted {
    listing: usize,
    by: SortBy,
    layout: Layout,
}

/// An order that no longer holds. Letting go of it takes a while when it is long: not under the lock.
#[derive(Debug)]
pub struct ReplacedOrder {
    _listing: Listing,
}

impl SortJob {
    /// Puts the children in order. Takes its time; call it without the lock.
    pub fn finish(self) -> Sorted {
        let by_name = compare_names(&self.names, self.parent);
        let reserved = |child: &NodeId| {
            self.parent == NodeId::ROOT && self.names.name(*child).starts_with('$')
        };
        let mut order: Vec<usize> = (0..self.children.len()).collect();
        match self.by {
            SortBy::Name => {
                order.sort_by(|&a, &b| by_name(&self.children[a], &self.children[b]));
            }
            SortBy::Messages => order.sort_by(|&a, &b| {
                let (left, right) = (&self.children[a], &self.children[b]);
                let most = self.messages[b].cmp(&self.messages[a]);
                let last = reserved(left).cmp(&reserved(right));
                last.then(most).then_with(|| by_name(left, right))
            }),
        }
        Sorted {
            listing: self.listing,
            by: self.by,
            layout: Layout::new(&order, &self.children),
        }
    }
}

impl Model {
    /// Orders siblings; `$`-topics always come last. Short branches are in order at once, long ones when a worker
    /// has done its [`SortJob`].
    pub fn sort_by(&mut self, order: SortBy) {
        if self.order.by == order {
            return;
        }
        self.order.by = order;
        self.revision += 1;
        self.tree.wanted().want_search();
        self.order_anew();
    }

    /// The order in use.
    pub fn sorted_by(&self) -> SortBy {
        self.order.by
    }

    /// Orders by counters again when a second has passed since the last time. Messages that come in do the same as
    /// long as few branches have been opened; a worker calls it when there are many, and after the last message.
    pub fn refresh_order(&mut self, now: Timestamp) {
        let passed = now.as_micros() - self.order.refreshed.as_micros();
        if self.order.by == SortBy::Messages
            && !self.pause.is_on()
            && !(0..REFRESH).contains(&passed)
        {
            self.order.refreshed = now;
            self.revision += 1;
            self.order_anew();
        }
    }

    pub(super) fn refresh_short_order(&mut self, now: Timestamp) {
        if self.tree.listings().len() <= LISTINGS_AT_ONCE {
            self.refresh_order(now);
        }
    }

    /// Puts the open branches in order again. Where they are many or long, a worker does the rest.
    fn order_anew(&mut self) {
        let mut room = SORT_ROOM;
        let listings = self.tree.listings().len();
        for listing in 0..listings.min(LISTINGS_AT_ONCE) {
            self.order_listing_anew(listing, &mut room);
        }
        self.chores.unordered = (listings > LISTINGS_AT_ONCE).then_some(LISTINGS_AT_ONCE);
        if self.chores.unordered.is_some() {
            self.tree.wanted().want_chores();
        }
    }

    /// Orders a listing if it is open and not longer than `room`, which shrinks by its length.
    pub(super) fn order_listing_anew(&mut self, listing: usize, room: &mut usize) {
        let (children, ..) = self.tree.listing_mut(listing);
        children.forget_order();
        let (length, node) = (children.placed(), children.node());
        if !self.tree.node(node).is_open() || length < 2 {
            return;
        }
        if length <= *room {
            *room -= length;
            self.tree.sort_listing(listing, self.order.by);
        } else {
            self.tree.sort_later(listing);
        }
    }

    /// A snapshot of a long branch that waits for its order.
    pub(super) fn sort_job(&self, listing: usize) -> SortJob {
        let children = &self.tree.listings()[listing];
        SortJob {
            listing,
            parent: children.node(),
            by: self.order.by,
            names: self.tree.names().clone(),
            children: children.arrivals()[..children.placed()].to_vec(),
            messages: Vec::new(),
        }
    }

    /// Gathers what decides the order, for up to `max_nodes` children. Returns whether some are left.
    pub fn sort_step(&self, job: &mut SortJob, max_nodes: usize) -> bool {
        if job.by == SortBy::Name {
            return false;
        }
        let from = job.messages.len();
        let end = job
            .children
            .len()
            .min(from.saturating_add(max_nodes.max(1)));
        let messages = job.children[from..end].iter();
        job.messages
            .extend(messages.map(|child| self.tree.node(*child).messages));
        end < job.children.len()
    }

    /// Puts a finished order in place, unless another kind of order has been asked for since.
    /// Returns what it replaces, to be let go of without the lock.
    pub fn set_sorted(&mut self, sorted: Sorted) -> Option<ReplacedOrder> {
        if sorted.by != self.order.by || self.pause.is_on() {
            self.tree.sort_later(sorted.listing);
            return None;
        }
        self.revision += 1;
        let (listing, nodes, _) = self.tree.listing_mut(sorted.listing);
        let before = listing.adopt(sorted.layout, nodes);
        if listing.unsorted() > 0 {
            self.tree.sort_later(sorted.listing);
        }
        Some(ReplacedOrder { _listing: before })
    }
}
