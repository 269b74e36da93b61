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
    /// Topics that are branches too; every node without children is a topic anyway.
    branch_topics: SharedVec<NodeId>,
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

    /// Whether this is the full path of a node.
    pub(super) fn has_path(&self, node: NodeId, path: &str) -> bool {
        let (mut node, mut rest) = (node, path);
        loop {
            let place = self.places.at(node.index());
            let name = self.segment_text(place.segment);
            if place.parent == NodeId::ROOT {
                return rest == name;
            }
            let above = rest.strip_suffix(name);
            let Some(above) = above.and_then(|above| above.strip_suffix('/')) else {
                return false;
            };
            (node, rest) = (place.parent, above);
        }
    }

    /// Looks at all that [`Names::has_path`] needs of a node itself, so that it is in the processor's cache then.
    pub(super) fn touch(&self, nodes: impl Iterator<Item = NodeId> + Clone) -> usize {
        let segments = nodes.clone().map(|node| self.segment(node) as usize);
        let sum: usize = segments.sum();
        let spans = nodes
            .clone()
            .map(|node| self.spans.at(self.segment(node) as usize));
        let sum = sum + spans.map(|span| usize::from(span.len)).sum::<usize>();
        let texts = nodes.map(|node| self.name(node).as_bytes());
        sum + texts
            .map(|text| text.first().map_or(0, |&byte| usize::from(byte)))
            .sum::<usize>()
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

    /// For every node whether it carried messages itself.
    pub(super) fn topics(&self) -> Vec<bool> {
        let mut topics = vec![true; self.nodes()];
        for place in self.places.iter() {
            topics[place.parent.index()] = false;
        }
        for node in self.branch_topics.iter() {
            topics[node.index()] = true;
        }
        topics
    }

    /// For every distinct level name whether `find` finds something in it. It is asked about many names in a row at
    /// once: what it finds from `at` on as a range, where a range across two names does not count.
    pub(super) fn segments_with(
        &self,
        find: impl Fn(&[u8], usize) -> Option<std::ops::Range<usize>>,
    ) -> Vec<bool> {
        let spans: Vec<Span> = self.spans.iter().collect();
        let mut found = vec![false; spans.len()];
        let mut first = 0;
        for block in spans.chunk_by(|a, b| a.block == b.block) {
            let text = block
                .first()
                .and_then(|span| self.blocks.get(span.block as usize));
            let text = text.map_or(&[][..], |text| text.as_bytes());
            let end = |span: &Span| usize::from(span.start) + usize::from(span.len);
            let (mut at, mut place) = (0, 0);
            while let Some(range) = find(text, at) {
                place += block[place..].partition_point(|span| end(span) <= range.start);
                let Some(span) = block.get(place) else {
                    break;
                };
                let is_inside = range.end <= end(span);
                found[first + place] |= is_inside;
                at = if is_inside {
                    end(span)
                } else {
                    range.start + 1
                };
            }
            first += block.len();
        }
        found
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

/// [`Names`] with the hash tables that find a node. Each topic is found by its whole path in one look, and each branch
/// by its parent and name; a topic that is no branch is only in the first table.
#[derive(Debug)]
pub(super) struct Directory {
    names: Names,
    segments: Index,
    topics: Index,
    branches: Index,
    hasher: DefaultHashBuilder,
}

/// How far a path is known, see [`Directory::follow`].
#[derive(Debug)]
pub(super) struct Followed<'a> {
    /// The last node that is there.
    pub(super) node: NodeId,
    /// The levels that are missing below it.
    pub(super) missing: Option<&'a str>,
}

impl Directory {
    /// Holds the root and nothing else.
    pub(super) fn new() -> Self {
        let mut directory = Self {
            names: Names::default(),
            segments: Index::default(),
            topics: Index::default(),
            branches: Index::default(),
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

    /// What [`Directory::candidate`] wants.
    pub(super) fn hash(&self, path: &str) -> u64 {
        self.hasher.hash_one(path)
    }

    /// A topic that probably has the path with this hash. Does not look at the topic itself.
    pub(super) fn candidate(&self, hash: u64) -> Option<NodeId> {
        self.topics.find(hash, |_| true).map(NodeId)
    }

    /// The topic with this path and hash.
    fn topic(&self, path: &str, hash: u64) -> Option<NodeId> {
        self.topics
            .find(hash, |id| self.names.has_path(NodeId(id), path))
            .map(NodeId)
    }

    /// The node with this full path.
    pub(super) fn find(&self, path: &str) -> Option<NodeId> {
        let followed = self.follow(path);
        followed.missing.is_none().then_some(followed.node)
    }

    /// Follows a path as far as there are nodes.
    pub(super) fn follow<'a>(&self, path: &'a str) -> Followed<'a> {
        if let Some(node) = self.topic(path, self.hash(path)) {
            let missing = None;
            return Followed { node, missing };
        }
        let (mut node, mut start) = (NodeId::ROOT, 0);
        loop {
            let end = path[start..].find('/').map_or(path.len(), |at| start + at);
            let Some(child) = self.branch(node, &path[start..end]) else {
                // what follows a node without children is missing for certain
                let leaf = (end < path.len()).then(|| &path[..end]);
                let leaf = leaf.and_then(|leaf| self.topic(leaf, self.hash(leaf)));
                let from = if leaf.is_some() { end + 1 } else { start };
                return Followed {
                    node: leaf.unwrap_or(node),
                    missing: Some(&path[from..]),
                };
            };
            node = child;
            if end == path.len() {
                let missing = None;
                return Followed { node, missing };
            }
            start = end + 1;
        }
    }

    fn branch_hash(&self, parent: NodeId, name: &str) -> u64 {
        self.hasher.hash_one((parent.0, name))
    }

    fn branch(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.branches
            .find(self.branch_hash(parent, name), |id| {
                let place = self.names.places.at(id as usize);
                place.parent == parent && self.names.segment_text(place.segment) == name
            })
            .map(NodeId)
    }

    /// Adds a child that is not there yet. It is found once it is a topic or a branch.
    pub(super) fn add(&mut self, parent: NodeId, name: &str) -> NodeId {
        let segment = self.intern(name);
        let node = NodeId(number(self.names.places.len()));
        self.names.places.push(Place { parent, segment });
        node
    }

    /// A node has its first child.
    pub(super) fn add_branch(&mut self, node: NodeId) {
        let hash = self.branch_hash(self.names.parent(node), self.names.name(node));
        self.branches.insert(hash, node.0);
    }

    /// A node carries messages and has children, both from now on.
    pub(super) fn note_branch_topic(&mut self, node: NodeId) {
        self.names.branch_topics.push(node);
    }

    /// A node carries its first message.
    pub(super) fn add_topic(&mut self, node: NodeId, path: &str) {
        self.topics.insert(self.hash(path), node.0);
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
        directory.add_branch(home);
        directory.add_branch(empty);
        directory.add_topic(inner, "home//home");
        assert_eq!(directory.find("home"), Some(home));
        assert_eq!(directory.find("home//home"), Some(inner));
        assert_eq!(directory.find("home/home"), None);
        assert_eq!(
            directory.names().segment(home),
            directory.names().segment(inner)
        );
        assert_eq!(directory.names().path(inner), "home//home");
        assert_eq!(directory.names().depth(inner), 2);
    }

    #[test]
    fn a_path_is_followed_as_far_as_it_goes() {
        let mut directory = Directory::new();
        let a = directory.add(NodeId::ROOT, "a");
        let b = directory.add(a, "b");
        directory.add_branch(a);
        directory.add_topic(b, "a/b");
        for (path, node, missing) in [
            ("a", a, None),
            ("a/b", b, None),
            ("a/c/b", a, Some("c/b")),
            ("a/b/c/d", b, Some("c/d")),
            ("a/", a, Some("")),
            ("b", NodeId::ROOT, Some("b")),
            ("/a", NodeId::ROOT, Some("/a")),
        ] {
            let followed = directory.follow(path);
            assert_eq!((followed.node, followed.missing), (node, missing), "{path}");
        }
    }

    #[test]
    fn a_path_is_compared_to_its_last_letter() {
        let mut directory = Directory::new();
        let a = directory.add(NodeId::ROOT, "ab");
        let b = directory.add(a, "c");
        let names = directory.names();
        assert!(names.has_path(b, "ab/c") && names.has_path(a, "ab"));
        for wrong in [
            "b/c", "xab/c", "ab/xc", "abc", "c", "/ab/c", "ab//c", "ab/c/",
        ] {
            assert!(!names.has_path(b, wrong), "{wrong}");
        }
    }

    #[test]
    fn the_longest_level_and_many_blocks() {
        let mut directory = Directory::new();
        let long = "x".repeat(65_535);
        let first = directory.add(NodeId::ROOT, &long);
        directory.add_branch(first);
        let nodes: Vec<_> = (0..10_000)
            .map(|n| {
                let node = directory.add(first, &format!("level-{n}"));
                directory.add_branch(node);
                node
            })
            .collect();
        assert_eq!(directory.names().name(first), long);
        assert_eq!(directory.names().name(nodes[9_999]), "level-9999");
        assert_eq!(directory.branch(first, "level-4711"), Some(nodes[4711]));
    }
}
