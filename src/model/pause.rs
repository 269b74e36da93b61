//! Pause: what the rows show stays as it was, while everything behind them goes on.
//!
//! Only what changes is copied, at its first change. New nodes wait for their rows until the pause ends.

use std::sync::atomic::{AtomicI64, Ordering};

use hashbrown::HashMap;

use super::rates::Rate;
use super::{LastValue, Model, NodeId};
use crate::mqtt::Timestamp;

/// What a row shows of a node.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) topics: u32,
    pub(super) children: u32,
    pub(super) messages: u64,
    pub(super) newest: Option<Timestamp>,
    pub(super) rate: Rate,
    pub(super) last: Option<LastValue>,
}

/// Whether the rows stand still, and what they showed when that began.
#[derive(Debug)]
pub(super) struct Pause {
    frozen: Option<Frozen>,
    /// The time that rows were last asked for, in microseconds.
    looked_at: AtomicI64,
}

#[derive(Debug)]
struct Frozen {
    at: Timestamp,
    /// Messages taken in when the pause began.
    messages: u64,
    /// Number of the first node that is held back.
    limit: u32,
    figures: HashMap<NodeId, Figures>,
    /// Branches that got children meanwhile.
    grown: Vec<NodeId>,
}

/// What rows showed during a pause that is over. Letting go of it takes its time where much has changed.
#[derive(Debug)]
pub struct Rubbish(
    #[expect(dead_code, reason = "kept only to be let go without the lock")]
    HashMap<NodeId, Figures>,
);

impl Pause {
    pub(super) fn new() -> Self {
        Self {
            frozen: None,
            looked_at: AtomicI64::new(i64::MIN),
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.frozen.is_some()
    }

    pub(super) fn note_time(&self, now: Timestamp) {
        self.looked_at.store(now.as_micros(), Ordering::Relaxed);
    }

    /// The time at which the rows stand still.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.frozen.as_ref().map(|frozen| frozen.at)
    }

    /// Number of the first node that has no row yet because of the pause.
    pub(super) fn limit(&self) -> Option<u32> {
        self.frozen.as_ref().map(|frozen| frozen.limit)
    }

    /// What a node showed when the pause began, if it has changed since.
    pub(super) fn frozen(&self, node: NodeId) -> Option<&Figures> {
        self.frozen.as_ref()?.figures.get(&node)
    }

    fn is_due(&self, node: NodeId) -> bool {
        self.frozen
            .as_ref()
            .is_some_and(|frozen| node.0 < frozen.limit && !frozen.figures.contains_key(&node))
    }

    /// Notes that a branch has a new child that waits for its row.
    pub(super) fn note_grown(&mut self, branch: NodeId) {
        if let Some(frozen) = &mut self.frozen
            && frozen.grown.last() != Some(&branch)
        {
            frozen.grown.push(branch);
        }
    }
}

impl Model {
    /// While paused, rows and values stay as they are; counting, history and retained state go on behind them.
    pub fn set_paused(&mut self, paused: bool) {
        if paused == self.pause.is_on() {
            return;
        }
        self.revision += 1;
        let root = self.tree.node(NodeId::ROOT);
        if paused {
            let looked_at = self.pause.looked_at.load(Ordering::Relaxed);
            let at = Timestamp::from_micros(looked_at.max(root.newest.as_micros()));
            self.pause.frozen = Some(Frozen {
                at,
                messages: root.messages,
                limit: super::names::number(self.tree.len()),
                figures: HashMap::new(),
                grown: Vec::new(),
            });
        } else if let Some(frozen) = self.pause.frozen.take() {
            for branch in frozen.grown {
                self.tree.place_children(branch, self.order.by);
            }
            self.chores.rubbish = (!frozen.figures.is_empty()).then_some(Rubbish(frozen.figures));
            self.tree.wanted().want_search();
            self.tree.wanted().want_chores();
        }
    }

    /// Messages taken in since the pause began; `None` when not paused.
    pub fn messages_since_pause(&self) -> Option<u64> {
        let frozen = self.pause.frozen.as_ref()?;
        Some(self.tree.node(NodeId::ROOT).messages - frozen.messages)
    }

    /// Before a node changes in a pause, keeps what it shows.
    pub(super) fn freeze(&mut self, node: NodeId) {
        if !self.pause.is_due(node) {
            return;
        }
        let figures = self.figures(node);
        if let Some(frozen) = &mut self.pause.frozen {
            frozen.figures.insert(node, figures);
        }
    }

    /// The same for a node and all above it.
    pub(super) fn freeze_upwards(&mut self, node: NodeId) {
        let mut next = node;
        while self.pause.is_on() {
            self.freeze(next);
            if next == NodeId::ROOT {
                return;
            }
            next = self.tree.parent(next);
        }
    }
}
