//! The order of all rows if every branch were open. It is worked out once and holds until a node comes that it does not
//! know, so that a search only picks its rows from it, however many they are.

use super::NodeId;
use super::names::{Names, number};
use super::order::natural;

/// Level names that are put in order before it is asked whether that is still wanted.
const SORT_PIECE: usize = 1 << 15;

/// The order of the rows of one tree by name, `$`-topics last. Kept by whoever searches, between one search and the next.
#[derive(Debug, Default)]
pub struct RowOrder {
    /// Level names in order, and the place of each in it.
    sorted: Vec<u32>,
    ranks: Vec<u32>,
    /// Nodes in the order of their rows, without the root.
    nodes: Vec<NodeId>,
    /// For each node its level, and how many nodes there are at and below it.
    depths: Vec<u32>,
    sizes: Vec<u32>,
}

impl RowOrder {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether every node of `names` has its place.
    pub(super) fn covers(&self, names: &Names) -> bool {
        self.depths.len() == names.nodes()
    }

    /// Nodes in the order of their rows.
    pub(super) fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    pub(super) fn depth(&self, node: NodeId) -> u32 {
        self.depths[node.index()]
    }

    /// Nodes at and below a node: their rows follow each other.
    pub(super) fn size(&self, node: NodeId) -> usize {
        self.sizes[node.index()] as usize
    }

    /// Works the order out, unless that is not wanted any more; returns whether it holds now.
    pub(super) fn update(&mut self, names: &Names, is_wanted: &dyn Fn() -> bool) -> bool {
        if self.covers(names) {
            return true;
        }
        if !self.rank_segments(names, is_wanted) {
            return false;
        }
        let (starts, siblings) = self.siblings(names);
        if !is_wanted() {
            return false;
        }
        self.lay_out(names, &starts, &siblings);
        true
    }

    /// Puts the level names in order that have come since the last time.
    fn rank_segments(&mut self, names: &Names, is_wanted: &dyn Fn() -> bool) -> bool {
        let compare = |a: &u32, b: &u32| natural(names.segment_text(*a), names.segment_text(*b));
        let known = self.sorted.len();
        let mut added: Vec<u32> = (number(known)..number(names.segments())).collect();
        if added.is_empty() {
            return true;
        }
        for piece in added.chunks_mut(SORT_PIECE) {
            piece.sort_by(compare);
            if !is_wanted() {
                return false;
            }
        }
        // runs that are in order are only joined
        added.sort_by(compare);
        self.sorted.extend(added);
        self.sorted.sort_by(compare);
        self.ranks.resize(self.sorted.len(), 0);
        for (rank, &segment) in self.sorted.iter().enumerate() {
            self.ranks[segment as usize] = number(rank);
        }
        true
    }

    /// All nodes, those with the same parent together and in order; and where those of each parent begin.
    fn siblings(&self, names: &Names) -> (Vec<u32>, Vec<NodeId>) {
        let parents: Vec<u32> = names.places().map(|(parent, _)| parent.0).collect();
        let ranks = names
            .places()
            .map(|(_, segment)| self.ranks[segment as usize]);
        let ranks: Vec<u32> = ranks.collect();
        let all: Vec<u32> = (1..number(parents.len())).collect();
        let (by_rank, _) = counted(&all, &ranks, self.sorted.len());
        let (siblings, starts) = counted(&by_rank, &parents, parents.len());
        let mut siblings: Vec<NodeId> = siblings.into_iter().map(NodeId).collect();
        if let Some(first_level) = siblings.get_mut(..starts[1] as usize) {
            first_level.sort_by_key(|&node| names.name(node).starts_with('$'));
        }
        (starts, siblings)
    }

    /// A parent has a lower number than its children: sizes are summed up from the last node to the first, and places
    /// given from the first to the last.
    fn lay_out(&mut self, names: &Names, starts: &[u32], siblings: &[NodeId]) {
        let parents: Vec<NodeId> = names.places().map(|(parent, _)| parent).collect();
        let count = parents.len();
        self.sizes = vec![1; count];
        self.depths = vec![0; count];
        for node in (1..count).rev() {
            self.sizes[parents[node].index()] += self.sizes[node];
        }
        let mut places = vec![0; count];
        self.nodes = vec![NodeId::ROOT; count - 1];
        for parent in 0..count {
            let mut place = places[parent];
            let depth = self.depths[parent] + u32::from(parent > 0);
            let children = starts[parent] as usize..starts[parent + 1] as usize;
            for &child in &siblings[children] {
                self.nodes[place as usize] = child;
                self.depths[child.index()] = depth;
                places[child.index()] = place + 1;
                place += self.sizes[child.index()];
            }
        }
    }
}

/// `items` in the order of their keys, equal keys as they stood; and where each key begins.
fn counted(items: &[u32], keys: &[u32], key_count: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; key_count + 1];
    for &item in items {
        starts[keys[item as usize] as usize + 1] += 1;
    }
    for key in 0..key_count {
        starts[key + 1] += starts[key];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0; items.len()];
    for &item in items {
        let place = &mut next[keys[item as usize] as usize];
        sorted[*place as usize] = item;
        *place += 1;
    }
    (sorted, starts)
}
