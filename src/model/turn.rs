//! Opening or closing everything below a branch, in slices. The walk knows only where it is: messages may come in and
//! the user may open other branches between two slices.

use super::{Model, NodeId};

/// Steps of a walk in one slice, or nodes looked at once.
const STEPS: usize = 4096;
/// Branches opened or closed in one slice, or at once, together with the children that get their rows by that.
const ROOM: usize = 512;

/// A walk over everything below a branch that opens or closes it. Opening goes from the deepest up and closing from
/// the top down: then most branches change the sums of one listing, not those of all above it.
#[derive(Debug)]
pub(super) struct Turn {
    open: bool,
    top: NodeId,
    next: Step,
}

/// Where the walk goes next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// To a node from above or beside it.
    Down(NodeId),
    /// To a node when all below it is done.
    Up(NodeId),
}

impl Turn {
    /// The branch whose whole subtree is opened or closed.
    pub(super) fn top(&self) -> NodeId {
        self.top
    }
}

impl Model {
    /// Opens or closes what is nearest to `top` and returns what is left to do.
    pub(super) fn turn_at_once(&mut self, top: NodeId, open: bool) -> Option<Turn> {
        let (mut branches, mut is_all) = self.nearest_branches(top);
        let mut room = ROOM;
        let fitting = branches.iter().take_while(|&&branch| {
            let has_room = room > 0;
            room = room.saturating_sub(self.turn_cost(branch, open));
            has_room
        });
        let fitting = fitting.count();
        is_all &= fitting == branches.len();
        branches.truncate(fitting);
        if open {
            branches.reverse();
        }
        for branch in branches {
            self.set_tree_open(branch, open);
        }
        let next = Step::Down(top);
        (!is_all).then_some(Turn { open, top, next })
    }

    /// Branches at and below `top`, those nearest to it first, and whether these are all.
    fn nearest_branches(&self, top: NodeId) -> (Vec<NodeId>, bool) {
        let mut branches = vec![top];
        let (mut next, mut looks) = (0, 0);
        while let Some(&branch) = branches.get(next) {
            let mut child = self.tree.last_child(branch);
            while let Some(node) = child {
                looks += 1;
                if looks > STEPS || branches.len() > ROOM {
                    return (branches, false);
                }
                if self.tree.node(node).branch().is_some() {
                    branches.push(node);
                }
                child = self.tree.sibling_before(node);
            }
            next += 1;
        }
        (branches, true)
    }

    /// How much of [`ROOM`] it takes to open or close this node; nothing if it is so already.
    fn turn_cost(&self, node: NodeId, open: bool) -> usize {
        let it = self.tree.node(node);
        if it.branch().is_none() || it.is_open() == open || node == NodeId::ROOT {
            return 0;
        }
        let children = if open { self.tree.child_count(node) } else { 0 };
        1 + children as usize
    }

    /// Does a slice. Returns whether more is left.
    pub(super) fn turn_slice(&mut self, turn: &mut Turn) -> bool {
        self.revision += 1;
        let mut room = ROOM;
        for _ in 0..STEPS {
            if let Step::Down(node) | Step::Up(node) = turn.next
                && matches!(turn.next, Step::Up(_)) == turn.open
            {
                let cost = self.turn_cost(node, turn.open);
                if cost > 0 {
                    self.set_tree_open(node, turn.open);
                    room = room.saturating_sub(cost);
                }
            }
            let Some(next) = self.step_after(turn.next, turn.top) else {
                return false;
            };
            turn.next = next;
            if room == 0 {
                break;
            }
        }
        true
    }

    fn step_after(&self, step: Step, top: NodeId) -> Option<Step> {
        match step {
            Step::Down(node) => {
                let child = self.tree.last_child(node);
                Some(child.map_or(Step::Up(node), Step::Down))
            }
            Step::Up(node) if node == top => None,
            Step::Up(node) => {
                let sibling = self.tree.sibling_before(node);
                Some(sibling.map_or_else(|| Step::Up(self.tree.parent(node)), Step::Down))
            }
        }
    }
}
