//! Taking in messages: the topic's node, the counters above it, the retained marker and the history.

use super::{Model, NodeId};
use crate::mqtt::{Publish, Timestamp};

/// Messages that are on their way through the steps of [`Model::insert_batch`] at a time: what they touch has to fit
/// into the processor's nearest cache.
const STAGE: usize = 64;
/// Messages that are trimmed in one piece.
const TRIM_AT_ONCE: usize = 1024;
/// Bytes by which the history may be over its budget within a batch.
const SLACK: u64 = 1 << 18;

impl Model {
    /// Takes in a message from the broker: updates topic, counters on the way up, retained state and history.
    /// A message with the retain flag sets the marker. An empty payload clears it, also without the flag where
    /// subscriptions do not keep that (MQTT 5, 3.3.1.3). Other live messages leave it alone.
    pub fn insert(&mut self, message: &Publish, at: Timestamp) {
        self.revision += 1;
        self.take_in(message, at, None);
        self.trim(0);
        self.refresh_short_order(at);
    }

    /// Takes in messages in this order, as [`Model::insert`] does one by one, but faster: what the processor has to
    /// fetch from memory for one is under way while it works on another. Best with a few hundred at a time.
    pub fn insert_batch(&mut self, messages: &[(Publish, Timestamp)]) {
        for messages in messages.chunks(STAGE) {
            self.revision += 1;
            let candidates = self.fetch(messages);
            for ((message, at), candidate) in messages.iter().zip(candidates) {
                self.take_in(message, *at, candidate);
                self.trim(SLACK);
            }
            self.trim(0);
            if let Some((_, at)) = messages.last() {
                self.refresh_short_order(*at);
            }
        }
    }

    /// Has the processor fetch what these messages will need, each kind of thing for all of them at once. Changes
    /// nothing. Returns the nodes that are probably those of the topics.
    fn fetch(&self, messages: &[(Publish, Timestamp)]) -> [Option<NodeId>; STAGE] {
        let mut hashes = [0; STAGE];
        for (hash, (message, _)) in hashes.iter_mut().zip(messages) {
            *hash = self.tree.directory().hash(message.topic.as_str());
        }
        let mut candidates = [None; STAGE];
        for (candidate, &hash) in candidates.iter_mut().zip(&hashes[..messages.len()]) {
            *candidate = self.tree.directory().candidate(hash);
        }
        let found = || candidates.iter().flatten().copied();
        let lasts = found().map(|node| self.tree.node(node).last);
        let names = self.tree.names().touch(found());
        let above = found().map(|node| self.tree.parent(node));
        let names = names + self.tree.names().touch(above);
        let above = found().map(|node| self.tree.node(self.tree.parent(node)).kept);
        std::hint::black_box((names, above.sum::<u32>()));
        let sets = found().map(|node| u32::from(self.subscribed.known(node)));
        std::hint::black_box(sets.sum::<u32>());
        std::hint::black_box(self.log.touch(lasts));
        std::hint::black_box(self.touch_oldest(messages.len()));
        candidates
    }

    /// Looks at the nodes of the messages that will be trimmed next.
    fn touch_oldest(&self, count: usize) -> u32 {
        let oldest = self.log.oldest(count);
        oldest.map(|node| self.tree.node(node).kept).sum()
    }

    fn take_in(&mut self, message: &Publish, at: Timestamp, candidate: Option<NodeId>) {
        let path = message.topic.as_str();
        let known = candidate.filter(|&node| self.tree.names().has_path(node, path));
        let topic = known.unwrap_or_else(|| self.topic(path));
        self.freeze_upwards(topic);
        let bytes = message.payload.len() as u64;
        let ordinal = self.tree.count(topic, path, bytes, at);
        let keeps_flag = self.subscribed.count(topic, path, at);
        self.note_arrival(topic, message, keeps_flag);
        self.keep((topic, ordinal), message, (at, keeps_flag));
    }

    /// The node of a topic, made when it is new.
    fn topic(&mut self, path: &str) -> NodeId {
        let followed = self.tree.directory().follow(path);
        let mut node = followed.node;
        if let Some(missing) = followed.missing {
            for level in missing.split('/') {
                node = self.add(node, level);
            }
            self.tree.deepen(node);
        }
        node
    }

    fn add(&mut self, parent: NodeId, level: &str) -> NodeId {
        self.freeze(parent);
        let child = self.tree.add_child(parent, level);
        let is_first = self.tree.child_count(parent) == 1;
        if is_first && parent != NodeId::ROOT && self.open_rule.opens(&self.tree, parent) {
            self.set_tree_open(parent, true);
        }
        if self.pause.is_on() {
            self.pause.note_grown(parent);
        } else {
            self.tree.place_children(parent, self.order.by);
        }
        child
    }

    /// Puts the `ordinal`-th message of a topic into the history.
    fn keep(&mut self, (topic, ordinal): (NodeId, u64), message: &Publish, at: (Timestamp, bool)) {
        let before = self.tree.node(topic).last;
        let id = self.log.append((topic, ordinal), before, message, at);
        if before < self.log.first_id() && self.tree.node(topic).is_retained() {
            // what the budget had no room for goes with this message, and may be what is retained
            self.keep_retained(topic, before);
        }
        let dropped = self.log.drop_last_one(before);
        self.trimmed += u64::from(dropped);
        let node = self.tree.node_mut(topic);
        node.last = id;
        node.kept = node.kept.saturating_add(1) - u32::from(dropped);
    }

    /// Trims what the budget and `slack` have no room for, as far as that takes a moment; a worker does the rest.
    fn trim(&mut self, slack: u64) {
        for _ in 0..TRIM_AT_ONCE {
            let Some(oldest) = self.log.over_budget(slack) else {
                return;
            };
            let node = self.tree.node_mut(oldest.node);
            let is_last = node.last == oldest.id;
            if !is_last && !oldest.is_deleted {
                node.kept = node.kept.saturating_sub(1);
                self.trimmed += 1;
                if node.is_retained() {
                    self.keep_retained(oldest.node, oldest.id);
                }
            }
            self.log.trim_oldest(is_last);
        }
        self.tree.wanted().want_chores();
    }

    /// Trims a slice of what is beyond the budget; returns whether there was anything.
    pub(super) fn trim_slice(&mut self) -> bool {
        let is_over = self.log.over_budget(0).is_some();
        if is_over {
            self.trim(0);
        }
        is_over
    }

    /// Changes the history budget. When it shrinks, what it has no room for is trimmed at once or, where that is much,
    /// by a worker, see [`Model::next_chore`].
    pub fn set_history_budget(&mut self, bytes: u64) {
        self.log.set_budget(bytes);
        self.trim(0);
    }

    /// Counts a redelivered QoS 2 message that was left out (never silently).
    pub fn count_redelivery(&mut self) {
        self.redeliveries += 1;
    }

    /// Counts a message that this client sent.
    pub fn count_sent(&mut self, at: Timestamp) {
        self.sent += 1;
        self.rate_out.count(super::rates::Moment::new(at));
    }
}
