//! What a node is called and where it hangs. Neither ever changes, so a worker can search and sort a snapshot
//! while messages keep coming in.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;

use super::NodeId;
use super::index::Index;
use super::shared::SharedVec;

/// Capacity of one block of text; a level has at most 65,535 bytes and always fits.
const BLOCK: usize = 1 << 16;

/// Where a distinct level name stands in the blocks.
#[derive(Debug, Clone, Copy)]
struct Span {
    block: u32,
    start: u16,
    len: u16,
}

/// Parent and name of a node.
#[derive(Debug, Clone, Copy)]
struct Place {
    parent: NodeId,
    segment: u32,
}

/// Snapshot of all names: distinct level names, and each node's parent. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    blocks: Vec<Arc<String>>,
    spans: SharedVec<Span>,
    places: SharedVec<Place>,
}

impl Names {
    /// How many nodes there are, the root (number 0) included.
    pub(super) fn nodes(&self) -> usize {
        self.places.len()
    }

    /// How many different level names there are.
    pub(super) fn segments(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn parent(&self, node: NodeId) -> NodeId {
        self.places.at(node.index()).parent
    }

    /// The number of the node's level name; equal names have equal numbers.
    pub(super) fn segment(&self, node: NodeId) -> u32 {
        self.places.at(node.index()).segment
    }

    pub(super) fn segment_text(&self, segment: u32) -> &str {
        self.text(self.spans.at(segment as usize))
    }

    /// The node's own level name.
    pub(super) fn name(&self, node: NodeId) -> &str {
        self.segment_text(self.segment(node))
    }

    /// Parent and level name number of every node, in order of their numbers.
    pub(super) fn places(&self) -> impl Iterator<Item = (NodeId, u32)> + '_ {
        self.places
            .iter()
            .map(|place| (place.parent, place.segment))
    }

    /// The full path of a node. Works for any number of levels.
    pub(super) fn path(&self, node: NodeId) -> String {
        let mut levels = Vec::new();
        let mut node = node;
        while node != NodeId::ROOT {
            levels.push(self.name(node));
            node = self.parent(node);
        }
        levels.reverse();
        levels.join("/")
    }

    /// The level of a node: 0 for the first.
    pub(super) fn depth(&self, node: NodeId) -> u32 {
        let mut depth = 0;
        let mut above = self.parent(node);
        while above != NodeId::ROOT {
            depth += 1;
            above = self.parent(above);
        }
        depth
    }

    fn text(&self, span: Span) -> &str {
        let start = usize::from(span.start);
        self.blocks
            .get(span.block as usize)
            .and_then(|block| block.get(start..start + usize::from(span.len)))
            .unwrap_or_default()
    }

    fn add_text(&mut self, text: &str) -> u32 {
        let full = |block: &Arc<String>| block.len() + text.len() > BLOCK || block.len() == BLOCK;
        if self.blocks.last().is_none_or(full) {
            self.blocks.push(Arc::new(String::with_capacity(BLOCK)));
        }
        let block = self.blocks.len() - 1;
        let target = Arc::make_mut(&mut self.blocks[block]);
        let span = Span {
            block: number(block),
            start: u16::try_from(target.len()).unwrap_or(u16::MAX),
            len: u16::try_from(text.len()).unwrap_or(u16::MAX),
        };
        target.push_str(text);
        self.spans.push(span);
        number(self.spans.len() - 1)
    }
}

/// [`Names`] with the two hash tables that find a node by its parent and name.
#[derive(Debug)]
pub(super) struct Directory {
    names: Names,
    segments: Index,
    children: Index,
    hasher: DefaultHashBuilder,
}

impl Directory {
    /// Holds the root and nothing else.
    pub(super) fn new() -> Self {
        let mut directory = Self {
            names: Names::default(),
            segments: Index::default(),
            children: Index::default(),
            hasher: DefaultHashBuilder::default(),
        };
        let segment = directory.intern("");
        directory.names.places.push(Place {
            parent: NodeId::ROOT,
            segment,
        });
        directory
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// The child of `parent` called `name`.
    pub(super) fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        let hash = self.hasher.hash_one((parent.0, name));
        self.children
            .find(hash, |id| {
                let place = self.names.places.at(id as usize);
                place.parent == parent && self.names.segment_text(place.segment) == name
            })
            .map(NodeId)
    }

    /// Adds a child that is not there yet.
    pub(super) fn add(&mut self, parent: NodeId, name: &str) -> NodeId {
        let segment = self.intern(name);
        let node = NodeId(number(self.names.places.len()));
        self.names.places.push(Place { parent, segment });
        let hash = self.hasher.hash_one((parent.0, name));
        self.children.insert(hash, node.0);
        node
    }

    fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        let found = self
            .segments
            .find(hash, |id| self.names.segment_text(id) == text);
        found.unwrap_or_else(|| {
            let segment = self.names.add_text(text);
            self.segments.insert(hash, segment);
            segment
        })
    }
}

/// A position as a node or segment number. Memory ends long before 2³² nodes.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_and_equal_ones_share_a_number() {
        let mut directory = Directory::new();
        let home = directory.add(NodeId::ROOT, "home");
        let empty = directory.add(home, "");
        let inner = directory.add(empty, "home");
        assert_eq!(directory.child(NodeId::ROOT, "home"), Some(home));
        assert_eq!(directory.child(home, "home"), None);
        assert_eq!(
            directory.names().segment(home),
            directory.names().segment(inner)
        );
        assert_eq!(directory.names().path(inner), "home//home");
        assert_eq!(directory.names().depth(inner), 2);
    }

    #[test]
    fn the_longest_level_and_many_blocks() {
        let mut directory = Directory::new();
        let long = "x".repeat(65_535);
        let first = directory.add(NodeId::ROOT, &long);
        let nodes: Vec<_> = (0..10_000)
            .map(|n| directory.add(first, &format!("level-{n}")))
            .collect();
        assert_eq!(directory.names().name(first), long);
        assert_eq!(directory.names().name(nodes[9_999]), "level-9999");
        assert_eq!(directory.child(first, "level-4711"), Some(nodes[4711]));
    }
}
