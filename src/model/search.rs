//! Searching: payloads are looked at in small steps under the lock, names and the rows of what was found are worked out
//! on a snapshot outside of it.

use bytes::Bytes;

use super::names::{Names, number};
use super::order::natural;
use super::{Model, NodeId, Query, RowOrder, SortBy};

/// A longer payload is shared with the cursor and looked at outside the lock.
const LONG_PAYLOAD: usize = 512;

/// How far a search has come and what it found so far.
#[derive(Debug, Default)]
pub struct SearchCursor {
    run: Option<Run>,
    next: usize,
}

#[derive(Debug)]
struct Run {
    query: Query,
    names: Names,
    order: SortBy,
    /// Nodes that take part.
    nodes: usize,
    /// For each node whether its path matches, and whether it is a topic; once it has been worked out.
    paths: Option<(Vec<bool>, Vec<bool>)>,
    payloads: Vec<bool>,
    long: Vec<(NodeId, Bytes)>,
    /// Messages of every node, where they decide the order.
    messages: Vec<u64>,
}

impl Model {
    /// Looks at up to `max_nodes` nodes from where `cursor` stands and notes what matches; a worker calls it with
    /// the lock released in between. Returns whether nodes are left to look at. The first call fixes query and names and
    /// looks at nothing; [`SearchCursor::matches`] does the larger part of the work, without the lock.
    pub fn search_step(&self, query: &Query, cursor: &mut SearchCursor, max_nodes: usize) -> bool {
        let Some(run) = &mut cursor.run else {
            cursor.run = Some(self.begin_search(query));
            return !query.is_topic_filter() || self.order.by == SortBy::Messages;
        };
        let end = run.nodes.min(cursor.next.saturating_add(max_nodes.max(1)));
        if !query.is_topic_filter() {
            let nodes = (cursor.next..end).map(|node| NodeId(number(node)));
            let lasts = nodes.map(|node| self.tree.node(node).last);
            std::hint::black_box(self.log.touch_payloads(lasts));
        }
        for node in cursor.next..end {
            self.look_at(NodeId(number(node)), run);
        }
        cursor.next = end;
        end < run.nodes
    }

    fn begin_search(&self, query: &Query) -> Run {
        let limit = self.pause.limit();
        let limit = limit.map_or(usize::MAX, |limit| limit as usize);
        let nodes = self.tree.len().min(limit);
        Run {
            query: query.clone(),
            names: self.tree.names().clone(),
            order: self.order.by,
            nodes,
            paths: None,
            payloads: Vec::new(),
            long: Vec::new(),
            messages: Vec::new(),
        }
    }

    fn look_at(&self, node: NodeId, run: &mut Run) {
        if run.order == SortBy::Messages {
            run.messages.push(self.tree.node(node).messages);
        }
        if !run.query.is_topic_filter() {
            let found = self.look_at_payload(node, run);
            run.payloads.push(found);
        }
    }

    /// Looks at the payload that the row shows, the whole of it.
    fn look_at_payload(&self, node: NodeId, run: &mut Run) -> bool {
        if let Some(figures) = self.pause.frozen(node) {
            let payload = figures.last.as_ref().map(|last| &last.payload);
            return payload.is_some_and(|payload| run.query.matches_payload(payload));
        }
        let Some(record) = self.newest_kept(node).and_then(|id| self.log.get(id)) else {
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
    /// What was found so far, the first `most` topics of it. Takes its time; call it without the lock. `None` when
    /// `is_wanted`, which is asked now and then, says no.
    pub fn matches(
        &mut self,
        order: &mut RowOrder,
        most: usize,
        is_wanted: &dyn Fn() -> bool,
    ) -> Option<Matches> {
        match &mut self.run {
            Some(run) => run.matches(order, most, is_wanted),
            None => Some(Matches::default()),
        }
    }
}

/// For each node whether it has a row, whether it matches itself, and how many topics do.
struct Picked {
    shown: Vec<bool>,
    matching: Vec<bool>,
    topics: usize,
}

impl Run {
    fn matches(
        &mut self,
        order: &mut RowOrder,
        most: usize,
        is_wanted: &dyn Fn() -> bool,
    ) -> Option<Matches> {
        for (node, payload) in std::mem::take(&mut self.long) {
            self.payloads[node.index()] = self.query.matches_payload(&payload);
        }
        let by_name = self.order == SortBy::Name;
        let has_order = by_name
            && (order.covers(&self.names)
                || most == usize::MAX && order.update(&self.names, is_wanted));
        let picked = self.pick(has_order.then_some(&*order), most);
        if !is_wanted() {
            return None;
        }
        let rows = if has_order {
            ordered_rows(order, &picked)
        } else {
            let shown = (1..self.nodes).filter(|&node| picked.shown[node]);
            let shown = shown.map(|node| NodeId(number(node))).collect();
            self.in_order(shown, &picked.matching)
        };
        let query = self.query.text().to_owned();
        is_wanted().then(|| Matches::new(query, rows, picked.topics, self.nodes))
    }

    /// Says of each node whether it is to be shown: the first `most` topics that match, in the order of the rows where
    /// that is known, and all that is above them.
    fn pick(&mut self, order: Option<&RowOrder>, most: usize) -> Picked {
        let (query, names) = (&self.query, &self.names);
        let (paths, topics) = self
            .paths
            .get_or_insert_with(|| (query.matching_paths(names), names.topics()));
        let is_filter = query.is_topic_filter();
        let payload = |node: usize| self.payloads.get(node).copied().unwrap_or_default();
        let is_found = |node: usize| topics[node] && (paths[node] || payload(node));
        let (mut shown, mut count) = (vec![false; self.nodes], 0);
        let mut show = |node: usize| {
            shown[node] = true;
            count += 1;
        };
        match order.filter(|_| most < self.nodes) {
            Some(order) => {
                let nodes = order.nodes().iter().map(|node| node.index());
                let nodes = nodes.filter(|&node| node < self.nodes && is_found(node));
                nodes.take(most).for_each(&mut show);
            }
            None => {
                let nodes = (1..self.nodes).filter(|&node| is_found(node));
                nodes.take(most).for_each(&mut show);
            }
        }
        let matches = |node: usize| shown[node] || paths[node] && !is_filter;
        let matching = (0..self.nodes).map(matches).collect();
        for node in (1..self.nodes).rev() {
            if shown[node] {
                shown[names.parent(NodeId(number(node))).index()] = true;
            }
        }
        Picked {
            shown,
            matching,
            topics: count,
        }
    }

    /// The shown nodes as rows: siblings in order, each followed by what is below it.
    fn in_order(&self, shown: Vec<NodeId>, matching: &[bool]) -> Vec<FoundRow> {
        let siblings = self.sorted_siblings(shown);
        let mut first_child = vec![u32::MAX; self.nodes];
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

/// The shown nodes as rows, picked from the order of all rows.
fn ordered_rows(order: &RowOrder, picked: &Picked) -> Vec<FoundRow> {
    let is_shown = |node: &NodeId| picked.shown.get(node.index()).is_some_and(|&shown| shown);
    let mut rows = Vec::new();
    // rows before each place in the order of all
    let mut before = Vec::with_capacity(order.nodes().len() + 1);
    for &node in order.nodes() {
        before.push(number(rows.len()));
        if is_shown(&node) {
            rows.push(FoundRow {
                node,
                depth: order.depth(node),
                // its place in the order of all, until it is known which row that is
                end: number(before.len() - 1 + order.size(node)),
                is_match: picked.matching[node.index()],
            });
        }
    }
    before.push(number(rows.len()));
    for row in &mut rows {
        row.end = before[row.end as usize];
    }
    rows
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
