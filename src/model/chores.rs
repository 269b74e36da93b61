//! Work that would hold the lock too long in one piece: opening or closing very many branches, putting very many in
//! order, trimming very many messages. It is done in slices by a worker, see [`Model::next_chore`].

use std::collections::VecDeque;

use super::names::number;
use super::open::SORT_AT_ONCE;
use super::pause::Rubbish;
use super::{Model, NodeId, SortJob};

/// Branches that are opened, closed or sorted at once; the rest is left to chores.
pub(super) const AT_ONCE: usize = 1024;
/// Nodes or listings looked at in one slice, and those of them that something is done to.
const SLICE_LOOKS: usize = 4096;
const SLICE_CHANGES: usize = 256;

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

/// Branches that are being opened or closed.
#[derive(Debug)]
pub(super) struct Turn {
    open: bool,
    rest: Rest,
}

/// Branches in the order of their turn. Opening goes from the deepest up and closing from the top down: then each
/// branch changes the sums of one listing only, not those of all above it.
#[derive(Debug)]
enum Rest {
    /// Node numbers from `next` down to 1.
    Down { next: u32 },
    /// Node numbers from `next` up.
    Up { next: u32 },
    /// The last one is next.
    These(Vec<NodeId>),
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
        let rest = match node {
            None => self.turn_all(open),
            Some(node) => self.turn_below(node, open),
        };
        self.chores
            .turns
            .extend(rest.map(|rest| Turn { open, rest }));
        if !self.chores.turns.is_empty() {
            self.tree.wanted().want_chores();
        }
    }

    fn turn_all(&mut self, open: bool) -> Option<Rest> {
        self.open_rule.leave_to_user();
        self.chores.turns.clear();
        let end = number(self.tree.len().min(AT_ONCE));
        let first: Vec<NodeId> = (1..end).map(NodeId).collect();
        self.turn(first.into_iter(), open);
        let rest = if open {
            let last = number(self.tree.len() - 1);
            Rest::Down { next: last }
        } else {
            Rest::Up { next: end }
        };
        (self.tree.len() > AT_ONCE).then_some(rest)
    }

    fn turn_below(&mut self, node: NodeId, open: bool) -> Option<Rest> {
        let mut branches = self.branches_below(node);
        let mut rest = branches.split_off(branches.len().min(AT_ONCE));
        self.turn(branches.into_iter(), open);
        if !open {
            rest.reverse();
        }
        (!rest.is_empty()).then_some(Rest::These(rest))
    }

    /// `branches` come with those nearest to the top first.
    fn turn(&mut self, branches: impl DoubleEndedIterator<Item = NodeId>, open: bool) {
        if open {
            branches
                .rev()
                .for_each(|branch| self.set_tree_open(branch, true));
        } else {
            branches.for_each(|branch| self.set_tree_open(branch, false));
        }
    }

    /// Branches at and below `node`, each after the one it hangs on.
    fn branches_below(&self, node: NodeId) -> Vec<NodeId> {
        let mut branches = vec![node];
        let mut next = 0;
        while let Some(&branch) = branches.get(next) {
            let children = self.tree.children(branch);
            let is_branch = |child: &NodeId| self.tree.node(*child).branch().is_some();
            branches.extend(children.into_iter().filter(is_branch));
            next += 1;
        }
        branches
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

    /// Returns whether more is left.
    fn turn_slice(&mut self, turn: &mut Turn) -> bool {
        self.revision += 1;
        let mut changes = 0;
        for _ in 0..SLICE_LOOKS {
            let Some(branch) = turn.rest.next(self.tree.len()) else {
                return false;
            };
            let node = self.tree.node(branch);
            if node.branch().is_some() && node.is_open() != turn.open {
                self.set_tree_open(branch, turn.open);
                changes += 1;
            }
            if changes == SLICE_CHANGES {
                break;
            }
        }
        true
    }

    /// Orders the open ones among the listings from `first` on anew.
    fn order_slice(&mut self, first: usize) {
        self.revision += 1;
        let end = self.tree.listings().len().min(first + SLICE_CHANGES);
        let mut room = SORT_AT_ONCE;
        for listing in first..end {
            self.order_listing_anew(listing, &mut room);
        }
        self.chores.unordered = (end < self.tree.listings().len()).then_some(end);
    }

    /// Sorts short branches that wait for it, until a long one comes.
    fn sort_slice(&mut self) -> Chore {
        let mut room = SORT_AT_ONCE;
        while let Some(listing) = self.tree.next_unsorted() {
            self.revision += 1;
            let children = self.tree.listings()[listing].placed();
            if children > SORT_AT_ONCE {
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

impl Rest {
    fn next(&mut self, nodes: usize) -> Option<NodeId> {
        match self {
            Self::Down { next } => {
                let node = Some(NodeId(*next)).filter(|node| *node != NodeId::ROOT);
                *next = next.saturating_sub(1);
                node
            }
            Self::Up { next } => {
                let node = ((*next as usize) < nodes).then_some(NodeId(*next));
                *next += 1;
                node
            }
            Self::These(branches) => branches.pop(),
        }
    }
}
