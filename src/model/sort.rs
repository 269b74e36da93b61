//! The order of siblings. Short lists are put in order where they stand; long ones by a worker, on a snapshot.

use super::listing::Layout;
use super::names::Names;
use super::open::{SORT_AT_ONCE, compare_names};
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

/// Children of one branch on their way into order. A worker gathers what decides the order with
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

    /// Orders by counters again when a second has passed since the last time. Messages that come in do the same;
    /// a worker calls it once after the last of them.
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

    /// Puts the open branches in order again, as long as they are few and short; others wait for a worker.
    fn order_anew(&mut self) {
        let mut at_once = SORT_AT_ONCE;
        for listing in 0..self.tree.listings().len() {
            self.tree.listing_mut(listing).0.forget_order();
            let node = self.tree.listings()[listing].node();
            let children = self.tree.listings()[listing].placed();
            if !self.tree.node(node).is_open() {
                continue;
            }
            if children <= at_once {
                at_once -= children;
                self.tree.sort_listing(listing, self.order.by);
            } else {
                self.tree.sort_later(listing);
            }
        }
    }

    /// A branch that waits for its order; `None` when all are in order or the rows stand still.
    pub fn next_sort(&mut self) -> Option<SortJob> {
        if self.pause.is_on() {
            return None;
        }
        let listing = self.tree.next_unsorted()?;
        let children = &self.tree.listings()[listing];
        Some(SortJob {
            listing,
            parent: children.node(),
            by: self.order.by,
            names: self.tree.names().clone(),
            children: children.arrivals()[..children.placed()].to_vec(),
            messages: Vec::new(),
        })
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
    pub fn set_sorted(&mut self, sorted: Sorted) {
        if sorted.by != self.order.by || self.pause.is_on() {
            self.tree.sort_later(sorted.listing);
            return;
        }
        self.revision += 1;
        let (listing, nodes, _) = self.tree.listing_mut(sorted.listing);
        listing.adopt(sorted.layout, nodes);
        if listing.unsorted() > 0 {
            self.tree.sort_later(sorted.listing);
        }
    }
}
