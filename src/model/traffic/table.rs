//! The busiest topics or branches, and what all others add up to: nothing is left out silently.

use std::cmp::Reverse;
use std::time::Duration;

use super::super::names::{Names, number};
use super::super::{NodeId, Query};
use super::shape::Shape;
use super::{Reach, Span, Tally};
use crate::mqtt::Timestamp;

/// What the rows stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// A row for each topic.
    Topics,
    /// A row for each branch of so many levels, with all below it; and for each topic that has fewer.
    Branches(u16),
}

impl Default for Level {
    fn default() -> Self {
        Self::Branches(1)
    }
}

/// What makes a row busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Measure {
    /// How many messages.
    #[default]
    Messages,
    /// How many bytes.
    Bytes,
}

impl Measure {
    /// The figure that this measure looks at.
    pub fn of(self, tally: Tally) -> u64 {
        match self {
            Self::Messages => tally.messages,
            Self::Bytes => tally.bytes,
        }
    }
}

/// What somebody wants to see.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which part of the past.
    pub span: Span,
    /// What the rows stand for.
    pub level: Level,
    /// What makes a row busy.
    pub measure: Measure,
    /// Only rows whose path matches; the others are summed up.
    pub query: Option<Query>,
    /// Whether `$`-topics count like all others, instead of apart.
    pub with_reserved: bool,
    /// The most rows; what is less busy is summed up.
    pub most: usize,
    /// These rows in this order, instead of the busiest.
    pub hold: Vec<NodeId>,
    /// The nodes of the tree whose share of everything is asked for.
    pub shares_of: Vec<NodeId>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            span: Span::default(),
            level: Level::default(),
            measure: Measure::default(),
            query: None,
            with_reserved: false,
            most: 1_000,
            hold: Vec::new(),
            shares_of: Vec::new(),
        }
    }
}

/// A topic, or a branch with all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its node.
    pub node: NodeId,
    /// Its path.
    pub path: String,
    /// Whether it stands for all that is below it too.
    pub is_branch: bool,
    /// What came in.
    pub tally: Tally,
}

/// What rows that are not listed add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rest {
    /// How many rows that would be.
    pub rows: u64,
    /// What came in.
    pub tally: Tally,
}

impl Rest {
    fn add(&mut self, tally: Tally) {
        self.rows += 1;
        self.tally.add(tally);
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The busiest first, or as they were to be held.
    pub rows: Vec<Row>,
    /// What is less busy.
    pub others: Rest,
    /// What the query leaves out.
    pub unmatched: Rest,
    /// `$`-topics, where they count apart.
    pub reserved: Rest,
    /// Everything but `$`-topics that count apart: what shares are of.
    pub total: Tally,
    /// The shares that were asked for: the node, what came at and below it, what of that it is a share of.
    pub shares: Vec<(NodeId, Tally, Tally)>,
    /// Levels of the deepest topic.
    pub levels: u16,
    /// How long the time is that the figures are of.
    pub covered: Duration,
    /// Whether that is less than it was asked for.
    pub reach: Reach,
    /// Time of the first message, where all since the start was asked for.
    pub since: Option<Timestamp>,
}

impl Table {
    pub(super) fn covering(
        self,
        covered: Duration,
        reach: Reach,
        since: Option<Timestamp>,
    ) -> Self {
        Self {
            covered,
            reach,
            since,
            ..self
        }
    }
}

/// Sorts out what each node itself carried.
pub(super) fn of(names: &Names, shape: &Shape, mut sums: Vec<Tally>, asked: &Asked) -> Table {
    sums.resize(shape.len(), Tally::default());
    let mut table = Table {
        shares: shares(shape, &sums, asked),
        levels: shape.deepest(),
        ..Table::default()
    };
    let sums = match asked.level {
        Level::Topics => sums,
        Level::Branches(level) => ending_at(shape, &sums, level),
    };
    let matching = asked
        .query
        .as_ref()
        .map(|query| query.matching_paths(names));
    let is_match = |node: usize| {
        matching
            .as_ref()
            .is_none_or(|all| all.get(node) == Some(&true))
    };
    let mut found: Vec<u32> = Vec::new();
    for (node, &tally) in sums.iter().enumerate() {
        if tally.messages == 0 {
            continue;
        }
        if !asked.with_reserved && shape.is_reserved(node) {
            table.reserved.add(tally);
            continue;
        }
        table.total.add(tally);
        if is_match(node) {
            found.push(number(node));
        } else {
            table.unmatched.add(tally);
        }
    }
    let listed = listed(found, &sums, asked, &mut table.others);
    let row = |node: u32| Row {
        node: NodeId(node),
        path: names.path(NodeId(node)),
        is_branch: is_whole_branch(shape, node as usize, asked.level),
        tally: sums[node as usize],
    };
    table.rows = listed.into_iter().map(row).collect();
    table
}

/// Which of the nodes that were found have a row, in which order; the others are summed up.
fn listed(mut found: Vec<u32>, sums: &[Tally], asked: &Asked, others: &mut Rest) -> Vec<u32> {
    let figure = |node: u32| {
        let tally = sums[node as usize];
        let second = match asked.measure {
            Measure::Messages => tally.bytes,
            Measure::Bytes => tally.messages,
        };
        (Reverse((asked.measure.of(tally), second)), node)
    };
    if asked.hold.is_empty() {
        if found.len() > asked.most {
            found.select_nth_unstable_by_key(asked.most, |&node| figure(node));
            for node in found.drain(asked.most..) {
                others.add(sums[node as usize]);
            }
        }
        found.sort_unstable_by_key(|&node| figure(node));
        return found;
    }
    let held: Vec<u32> = asked.hold.iter().map(|node| node.0).collect();
    let held: Vec<u32> = held
        .into_iter()
        .filter(|&node| (node as usize) < sums.len())
        .collect();
    let mut is_held: Vec<u32> = held.clone();
    is_held.sort_unstable();
    for node in found {
        if is_held.binary_search(&node).is_err() {
            others.add(sums[node as usize]);
        }
    }
    held
}

/// Whether a row stands for more than one topic.
fn is_whole_branch(shape: &Shape, node: usize, level: Level) -> bool {
    match level {
        Level::Topics => false,
        Level::Branches(level) => shape.level(node) == level && shape.is_branch(node),
    }
}

/// Adds what is deeper than `level` to the branch that it belongs to.
fn ending_at(shape: &Shape, sums: &[Tally], level: u16) -> Vec<Tally> {
    let mut branches = vec![Tally::default(); sums.len()];
    for (&end, &tally) in shape.ends_at(level).iter().zip(sums) {
        branches[end as usize].add(tally);
    }
    branches
}

/// What came at and below the nodes that are asked for, and what of that it is a share of. `$`-topics that count apart
/// have none.
fn shares(shape: &Shape, sums: &[Tally], asked: &Asked) -> Vec<(NodeId, Tally, Tally)> {
    if asked.shares_of.is_empty() {
        return Vec::new();
    }
    let counts = |node: usize| asked.with_reserved || !shape.is_reserved(node);
    let mut below = sums.to_vec();
    let mut total = Tally::default();
    for node in (1..below.len()).rev() {
        if counts(node) {
            total.add(sums[node]);
            let tally = below[node];
            below[shape.parent(node)].add(tally);
        } else {
            below[node] = Tally::default();
        }
    }
    let known = asked.shares_of.iter().copied();
    known
        .filter(|node| node.index() < below.len())
        .map(|node| (node, below[node.index()], total))
        .collect()
}
