//! Searching: payloads are looked at in small steps under the lock, names and the order of what was found are
//! worked out on a snapshot outside of it.

use bytes::Bytes;

use super::names::{Names, number};
use super::order::natural;
use super::{Model, NodeId, Query, SortBy};

/// A longer payload is shared with the cursor and looked at outside the lock.
const LONG_PAYLOAD: usize = 512;

/// How far a search has come and what it found so far.
#[derive(Debug, Default)]
pub struct SearchCursor {
    run: Option<Run>,
    next: usize,
    names_only: bool,
}

#[derive(Debug)]
struct Run {
    query: Query,
    names: Names,
    order: SortBy,
    topics: Vec<bool>,
    payloads: Vec<bool>,
    long: Vec<(NodeId, Bytes)>,
    /// Messages of every node, where they decide the order.
    messages: Vec<u64>,
}

impl Model {
    /// Looks at up to `max_nodes` nodes from where `cursor` stands and notes what matches; a worker calls it with
    /// the lock released in between. Returns whether nodes are left to look at. The first call fixes query and
    /// names; [`SearchCursor::finish`] does the larger part of the work, without the lock.
    pub fn search_step(&self, query: &Query, cursor: &mut SearchCursor, max_nodes: usize) -> bool {
        let run = cursor.run.get_or_insert_with(|| self.begin_search(query));
        let limit = self
            .pause
            .limit()
            .map_or(usize::MAX, |limit| limit as usize);
        let all = run.names.nodes().min(limit);
        let end = all.min(cursor.next.saturating_add(max_nodes.max(1)));
        let payloads = !cursor.names_only && !query.is_topic_filter();
        for node in cursor.next..end {
            self.look_at(NodeId(number(node)), payloads, run);
        }
        cursor.next = end;
        end < all
    }

    fn begin_search(&self, query: &Query) -> Run {
        let nodes = self.tree.len();
        Run {
            query: query.clone(),
            names: self.tree.names().clone(),
            order: self.order.by,
            topics: Vec::with_capacity(nodes),
            payloads: Vec::with_capacity(nodes),
            long: Vec::new(),
            messages: Vec::new(),
        }
    }

    fn look_at(&self, node: NodeId, payloads: bool, run: &mut Run) {
        let it = self.tree.node(node);
        run.topics.push(it.is_topic());
        if run.order == SortBy::Messages {
            run.messages.push(it.messages);
        }
        let found = payloads && self.look_at_payload(node, run);
        run.payloads.push(found);
    }

    /// Looks at the payload that the row shows, the whole of it.
    fn look_at_payload(&self, node: NodeId, run: &mut Run) -> bool {
        if let Some(figures) = self.pause.frozen(node) {
            let payload = figures.last.as_ref().map(|last| &last.payload);
            return payload.is_some_and(|payload| run.query.matches_payload(payload));
        }
        let Some(record) = self.log.get(self.tree.node(node).last) else {
            return false;
        };
        let payload = self.log.payload_slice(record);
        if payload.len() > LONG_PAYLOAD {
            run.long.push((node, self.log.payload(record)));
            return false;
        }
        run.query.matches_payload(payload)
    }
}

impl SearchCursor {
    /// A search that leaves payloads out: many times as fast, for a first look at a big tree.
    pub fn names_only() -> Self {
        Self {
            names_only: true,
            ..Self::default()
        }
    }

    /// The result, once nothing is left to look at. Takes its time; call it without the lock.
    pub fn finish(self) -> Matches {
        self.run.map_or_else(Matches::default, Run::finish)
    }
}

impl Run {
    fn finish(mut self) -> Matches {
        for (node, payload) in std::mem::take(&mut self.long) {
            self.payloads[node.index()] = self.query.matches_payload(&payload);
        }
        let paths = self.query.matching_paths(&self.names);
        let is_filter = self.query.is_topic_filter();
        let mut shown = vec![false; self.topics.len()];
        let mut topics = 0;
        for (node, show) in shown.iter_mut().enumerate() {
            *show = self.topics[node] && (paths[node] || self.payloads[node]);
            topics += usize::from(*show);
        }
        let matching: Vec<bool> = (0..shown.len())
            .map(|node| shown[node] || paths[node] && !is_filter)
            .collect();
        for node in (1..shown.len()).rev() {
            if shown[node] {
                shown[self.names.parent(NodeId(number(node))).index()] = true;
            }
        }
        let shown = (1..shown.len()).filter(|&node| shown[node]);
        let rows = self.in_order(shown.map(|node| NodeId(number(node))).collect(), &matching);
        Matches::new(
            self.query.text().to_owned(),
            rows,
            topics,
            self.topics.len(),
        )
    }

    /// The shown nodes as rows: siblings in order, each followed by what is below it.
    fn in_order(&self, shown: Vec<NodeId>, matching: &[bool]) -> Vec<FoundRow> {
        let siblings = self.sorted_siblings(shown);
        let mut first_child = vec![u32::MAX; self.topics.len()];
        for (index, (parent, _)) in siblings.iter().enumerate().rev() {
            first_child[parent.index()] = number(index);
        }
        let mut rows: Vec<FoundRow> = Vec::with_capacity(siblings.len());
        let mut above: Vec<(u32, usize)> = Vec::new();
        let mut next = first_child[NodeId::ROOT.index()];
        while let Some(&(parent, node)) = siblings.get(next as usize) {
            rows.push(FoundRow {
                node,
                depth: number(above.len()),
                end: 0,
                is_match: matching[node.index()],
            });
            above.push((next, rows.len() - 1));
            next = first_child[node.index()];
            debug_assert!(parent != node, "only the root is its own parent");
            while next == u32::MAX {
                let Some((index, row)) = above.pop() else {
                    return rows;
                };
                rows[row].end = number(rows.len());
                let sibling = siblings.get(index as usize + 1);
                if sibling.is_some_and(|sibling| sibling.0 == siblings[index as usize].0) {
                    next = index + 1;
                }
            }
        }
        rows
    }

    /// Parent and node, siblings together and in order. Distinct names are compared once, nodes by numbers.
    fn sorted_siblings(&self, shown: Vec<NodeId>) -> Vec<(NodeId, NodeId)> {
        let mut used = vec![false; self.names.segments()];
        for node in &shown {
            used[self.names.segment(*node) as usize] = true;
        }
        let used = used.iter().enumerate().filter(|(_, used)| **used);
        let mut segments: Vec<u32> = used.map(|(segment, _)| number(segment)).collect();
        segments.sort_by(|a, b| natural(self.names.segment_text(*a), self.names.segment_text(*b)));
        let mut ranks = vec![0; self.names.segments()];
        for (rank, segment) in segments.into_iter().enumerate() {
            ranks[segment as usize] = number(rank);
        }
        let mut keys: Vec<_> = shown
            .into_iter()
            .map(|node| self.key(node, &ranks))
            .collect();
        keys.sort_unstable();
        keys.into_iter()
            .map(|(parent, .., node)| (parent, node))
            .collect()
    }

    fn key(&self, node: NodeId, ranks: &[u32]) -> (NodeId, bool, u64, u32, NodeId) {
        let parent = self.names.parent(node);
        let is_reserved = parent == NodeId::ROOT && self.names.name(node).starts_with('$');
        let messages = self
            .messages
            .get(node.index())
            .map_or(0, |&count| u64::MAX - count);
        let rank = ranks[self.names.segment(node) as usize];
        (parent, is_reserved, messages, rank, node)
    }
}

/// One row of a search result.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundRow {
    pub(super) node: NodeId,
    pub(super) depth: u32,
    /// Where what is below it ends, in rows of the result.
    pub(super) end: u32,
    pub(super) is_match: bool,
}

/// What a query matched, with the branches above, laid out as rows.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    pub(super) query: String,
    pub(super) rows: Vec<FoundRow>,
    /// Row of each node plus one; 0 for those that are not shown.
    pub(super) row_of: Vec<u32>,
    topics: usize,
}

impl Matches {
    fn new(query: String, rows: Vec<FoundRow>, topics: usize, nodes: usize) -> Self {
        let mut row_of = vec![0; nodes];
        for (row, found) in rows.iter().enumerate() {
            row_of[found.node.index()] = number(row + 1);
        }
        Self {
            query,
            rows,
            row_of,
            topics,
        }
    }

    /// How many topics matched.
    pub fn len(&self) -> usize {
        self.topics
    }

    /// Whether nothing matched.
    pub fn is_empty(&self) -> bool {
        self.topics == 0
    }
}
