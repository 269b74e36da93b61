//! What adding up needs of the tree, in lists by the number of the node: names never change, so it only grows.

use super::super::NodeId;
use super::super::names::{Names, number};

/// Parent, level and length of the name of each node.
#[derive(Debug, Default)]
pub(super) struct Shape {
    parents: Vec<u32>,
    /// Bytes of the full path.
    lengths: Vec<u32>,
    /// 1 for the first level.
    levels: Vec<u16>,
    marks: Vec<u8>,
    deepest: u16,
}

/// Has children.
const BRANCH: u8 = 1;
/// Is or hangs on a first level that begins with `$`.
const RESERVED: u8 = 2;

impl Shape {
    pub(super) fn len(&self) -> usize {
        self.parents.len()
    }

    /// Takes in the nodes that are new.
    pub(super) fn follow(&mut self, names: &Names) {
        if self.len() == 0 && names.nodes() > 0 {
            self.parents.push(0);
            self.lengths.push(0);
            self.levels.push(0);
            self.marks.push(BRANCH);
        }
        for node in self.len()..names.nodes() {
            let node = NodeId(number(node));
            let (parent, name) = (names.parent(node).index(), names.name(node));
            let level = self.levels[parent];
            let (above, mark) = if level == 0 {
                (0, if name.starts_with('$') { RESERVED } else { 0 })
            } else {
                (self.lengths[parent] + 1, self.marks[parent] & RESERVED)
            };
            self.marks[parent] |= BRANCH;
            self.parents.push(number(parent));
            self.lengths.push(above.saturating_add(number(name.len())));
            let level = level.saturating_add(1);
            self.levels.push(level);
            self.deepest = self.deepest.max(level);
            self.marks.push(mark);
        }
    }

    /// Bytes of the full path; 0 for a node that is not known yet.
    pub(super) fn length(&self, node: u32) -> u32 {
        self.lengths.get(node as usize).copied().unwrap_or(0)
    }

    pub(super) fn is_reserved(&self, node: usize) -> bool {
        self.marks[node] & RESERVED != 0
    }

    pub(super) fn is_branch(&self, node: usize) -> bool {
        self.marks[node] & BRANCH != 0
    }

    /// Levels of the deepest topic.
    pub(super) fn deepest(&self) -> u16 {
        self.deepest
    }

    pub(super) fn level(&self, node: usize) -> u16 {
        self.levels[node]
    }

    pub(super) fn parent(&self, node: usize) -> usize {
        self.parents[node] as usize
    }

    /// For each node the one that stands for it when branches end at `level`: itself, or the one above it there.
    pub(super) fn ends_at(&self, level: u16) -> Vec<u32> {
        let mut ends: Vec<u32> = Vec::with_capacity(self.len());
        for node in 0..self.len() {
            let end = if self.levels[node] <= level {
                number(node)
            } else {
                ends[self.parents[node] as usize]
            };
            ends.push(end);
        }
        ends
    }
}
