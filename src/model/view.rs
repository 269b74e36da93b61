//! The tree while a filter is set: the rows of a search result, some of its branches closed by the user.

use super::{Matches, NodeId};

/// A search result as it is shown.
#[derive(Debug)]
pub(super) struct FilterView {
    matches: Matches,
    /// For each row of the result whether the user closed it.
    closed: Vec<bool>,
    /// Whether it closed any.
    has_closed: bool,
    /// Rows that do not show because a branch above them is closed.
    hidden: Vec<Hidden>,
}

/// A search result that no longer shows. Letting go of it takes a while when it is long: not under the lock.
#[derive(Debug)]
pub struct Replaced {
    _view: FilterView,
}

/// Rows `start .. end` of the result do not show; `before` others in front of them do not either.
#[derive(Debug, Clone, Copy)]
struct Hidden {
    start: u32,
    end: u32,
    before: u32,
}

/// A row that shows.
pub(super) struct Shown {
    pub(super) node: NodeId,
    pub(super) depth: u32,
    pub(super) open: Option<bool>,
    pub(super) is_match: bool,
}

impl FilterView {
    /// Shows `matches`. Branches that were closed in `before` stay closed when that was the same query.
    pub(super) fn new(matches: Matches, before: Option<&Self>) -> Self {
        let mut view = Self {
            closed: vec![false; matches.rows.len()],
            has_closed: false,
            hidden: Vec::new(),
            matches,
        };
        let is_same = |before: &&Self| before.matches.query == view.matches.query;
        if let Some(before) = before.filter(is_same).filter(|before| before.has_closed) {
            let closed = before.closed.iter().zip(&before.matches.rows);
            for (_, row) in closed.filter(|(closed, _)| **closed) {
                view.mark(row.node, true);
            }
            view.settle();
        }
        view
    }

    pub(super) fn into_replaced(self) -> Replaced {
        Replaced { _view: self }
    }

    pub(super) fn query(&self) -> &str {
        &self.matches.query
    }

    pub(super) fn row_count(&self) -> usize {
        let hidden = self.hidden.last().map_or(0, Hidden::rows_to_end);
        self.closed.len() - hidden as usize
    }

    /// Rows from `first` on, at most `count`.
    pub(super) fn rows(&self, first: usize, count: usize) -> impl Iterator<Item = Shown> + '_ {
        let mut next = self.found_row(first);
        std::iter::from_fn(move || {
            let found = self.matches.rows.get(next)?;
            let is_branch = found.end as usize > next + 1;
            let closed = self.closed[next];
            next = if closed { found.end as usize } else { next + 1 };
            Some(Shown {
                node: found.node,
                depth: found.depth,
                open: is_branch.then_some(!closed),
                is_match: found.is_match,
            })
        })
        .take(count)
    }

    /// The row of the result that shows in row `row`.
    fn found_row(&self, row: usize) -> usize {
        let in_front = |hidden: &Hidden| (hidden.start - hidden.before) as usize <= row;
        let count = self.hidden.partition_point(in_front);
        let skipped = count.checked_sub(1).map(|last| self.hidden[last]);
        row + skipped.as_ref().map_or(0, Hidden::rows_to_end) as usize
    }

    pub(super) fn row_of(&self, node: NodeId) -> Option<usize> {
        let row = self.find(node)?;
        let count = self
            .hidden
            .partition_point(|hidden| hidden.start as usize <= row);
        let Some(hidden) = count.checked_sub(1).map(|last| self.hidden[last]) else {
            return Some(row);
        };
        (row >= hidden.end as usize).then(|| row - hidden.rows_to_end() as usize)
    }

    /// Whether a branch is open; `None` for what the filter leaves out or shows nothing below.
    pub(super) fn is_open(&self, node: NodeId) -> Option<bool> {
        let row = self.find(node)?;
        let is_branch = self.matches.rows[row].end as usize > row + 1;
        is_branch.then(|| !self.closed[row])
    }

    pub(super) fn set_open(&mut self, node: NodeId, open: bool) {
        self.mark(node, !open);
        self.settle();
    }

    /// Opens or closes a branch and all below it; `None` means everything.
    pub(super) fn set_open_below(&mut self, node: Option<NodeId>, open: bool) {
        let range = match node {
            None => 0..self.closed.len(),
            Some(node) => match self.find(node) {
                Some(row) => row..self.matches.rows[row].end as usize,
                None => return,
            },
        };
        for row in range {
            self.closed[row] = !open && self.matches.rows[row].end as usize > row + 1;
        }
        self.settle();
    }

    /// Opens these branches.
    pub(super) fn open_all(&mut self, nodes: impl Iterator<Item = NodeId>) {
        for node in nodes {
            self.mark(node, false);
        }
        self.settle();
    }

    /// Whether the query matches this node itself.
    pub(super) fn is_match(&self, node: NodeId) -> bool {
        self.find(node)
            .is_some_and(|row| self.matches.rows[row].is_match)
    }

    fn find(&self, node: NodeId) -> Option<usize> {
        let row = self.matches.row_of.get(node.index())?;
        (*row as usize).checked_sub(1)
    }

    fn mark(&mut self, node: NodeId, closed: bool) {
        if let Some(row) = self.find(node) {
            self.closed[row] = closed && self.matches.rows[row].end as usize > row + 1;
        }
    }

    /// Works out anew which rows do not show.
    fn settle(&mut self) {
        self.hidden.clear();
        self.has_closed = false;
        let (mut row, mut before) = (0, 0);
        while let Some(next) = self.closed.get(row..).and_then(first_true) {
            self.has_closed = true;
            let start = super::names::number(row + next + 1);
            let end = self.matches.rows[row + next].end;
            self.hidden.push(Hidden { start, end, before });
            before += end - start;
            row = end as usize;
        }
    }
}

impl Hidden {
    /// Rows that do not show from the beginning to the end of this range.
    fn rows_to_end(&self) -> u32 {
        self.before + (self.end - self.start)
    }
}

fn first_true(flags: &[bool]) -> Option<usize> {
    flags.iter().position(|&flag| flag)
}
