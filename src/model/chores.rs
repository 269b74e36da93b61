//! Work that would hold the lock too long in one piece: opening or closing very many branches, putting very many in
//! order, trimming very many messages. It is done in slices by a worker, see [`Model::next_chore`].

use std::collections::VecDeque;

use super::pause::Rubbish;
use super::turn::Turn;
use super::{Model, NodeId, SortJob};

/// Branches that are looked at for a new order at once, and in one slice; the rest is left to chores.
pub(super) const LISTINGS_AT_ONCE: usize = 256;
/// Children that are put in order where they stand, at once and in one slice, in branches that are not longer.
pub(super) const SORT_ROOM: usize = 512;

/// What [`Model::next_chore`] did or left.
#[derive(Debug)]
pub enum Chore {
    /// A long branch is to be put in order, outside the lock.
    Sort(SortJob),
    /// This is to be dropped, outside the lock.
    Drop(Rubbish),
    /// A slice was done; there may be more.
    More,
    /// Nothing is left.
    Done,
}

/// What is left to do, in slices.
#[derive(Debug, Default)]
pub(super) struct Chores {
    turns: VecDeque<Turn>,
    /// What a pause has left behind.
    pub(super) rubbish: Option<Rubbish>,
    /// The next listing whose order has to be worked out anew.
    pub(super) unordered: Option<usize>,
}

impl Model {
    /// Opens or closes a branch and everything below it; `None` means the whole tree. What is nearest to the top is
    /// done at once, the rest by a worker, see [`Model::next_chore`].
    pub fn set_open_below(&mut self, node: Option<NodeId>, open: bool) {
        self.revision += 1;
        if let Some(view) = &mut self.filter {
            view.set_open_below(node, open);
            return;
        }
        if node.is_none() {
            self.open_rule.leave_to_user();
        }
        let top = node.unwrap_or(NodeId::ROOT);
        let mut turns = std::mem::take(&mut self.chores.turns);
        // what is asked for now goes before what was asked for below it
        turns.retain(|turn| !self.tree.upwards(turn.top()).any(|above| above == top));
        if let Some(rest) = self.turn_at_once(top, open) {
            turns.push_back(rest);
            self.tree.wanted().want_chores();
        }
        self.chores.turns = turns;
    }

    /// Does a slice of what has been left undone, so that the lock is held for moments only; a worker calls it until
    /// nothing is left. [`Model::wanted`] says when to begin.
    pub fn next_chore(&mut self) -> Chore {
        if let Some(rubbish) = self.chores.rubbish.take() {
            return Chore::Drop(rubbish);
        }
        if let Some(mut turn) = self.chores.turns.pop_front() {
            if self.turn_slice(&mut turn) {
                self.chores.turns.push_front(turn);
            }
            return Chore::More;
        }
        if self.trim_slice() {
            return Chore::More;
        }
        if self.pause.is_on() {
            return Chore::Done;
        }
        if let Some(listing) = self.chores.unordered {
            self.order_slice(listing);
            return Chore::More;
        }
        self.sort_slice()
    }

    /// Orders the open ones among the listings from `first` on anew.
    fn order_slice(&mut self, first: usize) {
        self.revision += 1;
        let end = self.tree.listings().len().min(first + LISTINGS_AT_ONCE);
        let mut room = SORT_ROOM;
        for listing in first..end {
            self.order_listing_anew(listing, &mut room);
        }
        self.chores.unordered = (end < self.tree.listings().len()).then_some(end);
    }

    /// Sorts short branches that wait for it, until a long one comes.
    fn sort_slice(&mut self) -> Chore {
        let mut room = SORT_ROOM;
        while let Some(listing) = self.tree.next_unsorted() {
            self.revision += 1;
            let children = self.tree.listings()[listing].placed();
            if children > SORT_ROOM {
                return Chore::Sort(self.sort_job(listing));
            }
            self.tree.sort_listing(listing, self.order.by);
            room = room.saturating_sub(children);
            if room == 0 {
                return Chore::More;
            }
        }
        Chore::Done
    }
}
