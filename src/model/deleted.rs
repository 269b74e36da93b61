//! Messages that the user deleted out of the history, here only: the broker is never asked.
//!
//! A deleted message keeps its place in the chain of its topic, which others jump over; its payload and properties are
//! gone, and what they took counts no longer towards the budget. Short payloads that share a block with others are
//! overwritten, and their room comes back with that of the others.

use super::{Message, MessageId, Model, NodeId};

/// Which messages of a topic are deleted, by their numbers: the first one of the topic is 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Deleted {
    /// Ascending; they never touch.
    runs: Vec<Run>,
    count: u64,
    /// How many of them are in no run any more: the history has forgotten even their places.
    forgotten: u64,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    first: u64,
    last: u64,
    /// How many are deleted up to its last one, from the first message of the topic on.
    up_to: u64,
}

/// From as many runs on it is worth while to look which of them nobody needs any more.
const FORGET_FROM: usize = 64;

impl Deleted {
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Notes one; `false` when it was deleted before.
    fn insert(&mut self, ordinal: u64) -> bool {
        let at = self.runs.partition_point(|run| run.first <= ordinal);
        let before = at
            .checked_sub(1)
            .filter(|&at| self.runs[at].last + 1 >= ordinal);
        if before.is_some_and(|at| self.runs[at].last >= ordinal) {
            return false;
        }
        self.count += 1;
        let is_after = |run: &Run| run.first == ordinal + 1;
        let after = self.runs.get(at).is_some_and(is_after);
        let changed = match (before, after) {
            (Some(before), true) => {
                self.runs[before].last = self.runs[at].last;
                self.runs[before].up_to = self.runs[at].up_to;
                self.runs.remove(at);
                before
            }
            (Some(before), false) => {
                self.runs[before].last = ordinal;
                before
            }
            (None, true) => {
                self.runs[at].first = ordinal;
                at
            }
            (None, false) => {
                let run = Run {
                    first: ordinal,
                    last: ordinal,
                    up_to: self.up_to_run(at),
                };
                self.runs.insert(at, run);
                at
            }
        };
        for run in &mut self.runs[changed..] {
            run.up_to += 1;
        }
        true
    }

    /// How many are deleted in the runs before this one.
    fn up_to_run(&self, at: usize) -> u64 {
        at.checked_sub(1)
            .map_or(self.forgotten, |before| self.runs[before].up_to)
    }

    /// The number of the message that `skip` others, not counting deleted ones, are newer than.
    fn back(&self, newest: u64, skip: u64) -> Option<u64> {
        let left_behind = |run: &Run| (newest - run.last) - (self.count - run.up_to);
        let at = self.runs.partition_point(|run| left_behind(run) > skip);
        let deleted = self.count - self.up_to_run(at);
        let passed = skip.checked_add(deleted)?;
        newest.checked_sub(passed).filter(|&ordinal| ordinal > 0)
    }

    /// How many are deleted behind this one.
    fn behind(&self, ordinal: u64) -> u64 {
        let at = self.runs.partition_point(|run| run.first <= ordinal);
        let beyond = at
            .checked_sub(1)
            .map_or(0, |at| self.runs[at].last.saturating_sub(ordinal));
        self.count - self.up_to_run(at) + beyond
    }

    /// Forgets what is older than the oldest message that is still kept; `kept` are, and the newest is `newest`. Mostly
    /// there is nothing to do.
    fn forget(&mut self, newest: u64, kept: u32) {
        if self.runs.len() < FORGET_FROM {
            return;
        }
        let oldest = match kept.checked_sub(1) {
            Some(skip) => self.back(newest, u64::from(skip)),
            None => Some(newest),
        };
        let Some(oldest) = oldest else { return };
        let gone = self.runs.partition_point(|run| run.last < oldest);
        // moves the others: worth while for as many
        if gone * 2 >= self.runs.len() {
            self.forgotten = self.up_to_run(gone);
            self.runs.drain(..gone);
        }
    }
}

impl Model {
    /// Deletes a message out of the history; `false` when it is no longer there. The counters of what has come stay.
    pub fn delete_message(&mut self, id: MessageId) -> bool {
        let Some(node) = self.log.node_of(id).filter(|_| !self.log.is_deleted(id)) else {
            return false;
        };
        let newest = (self.tree.node(node).last, self.tree.own_of(node).messages);
        let Some((_, ordinal)) = self.log.at_or_before(newest, id).filter(|at| at.0 == id) else {
            return false;
        };
        if !self.deleted.entry(node).or_default().insert(ordinal) {
            return false;
        }
        self.keep_deleted(node, id);
        self.log.delete(id);
        let it = self.tree.node_mut(node);
        it.kept = it.kept.saturating_sub(1);
        let kept = it.kept;
        if let Some(deleted) = self.deleted.get_mut(&node) {
            deleted.forget(newest.1, kept);
        }
        self.deleted_messages += 1;
        self.revision += 1;
        true
    }

    /// Messages `first .. first + count` of a topic, newest first, without those that are deleted.
    pub(super) fn history_without(
        &self,
        deleted: &Deleted,
        newest: (MessageId, u64),
        (first, count): (usize, usize),
        out: &mut Vec<Message>,
    ) {
        for skip in first..first.saturating_add(count) {
            let ordinal = deleted.back(newest.1, skip as u64);
            let id = ordinal.and_then(|ordinal| self.log.walk_back(newest.0, newest.1, ordinal));
            let Some(message) = id.and_then(|id| self.log.message(id)) else {
                return;
            };
            out.push(message);
        }
    }

    /// The newest message of a topic that is not deleted.
    pub(super) fn newest_kept(&self, node: NodeId) -> Option<MessageId> {
        let last = self.tree.node(node).last;
        if !self.log.is_deleted(last) {
            return Some(last);
        }
        let ordinals = self.tree.own_of(node).messages;
        let ordinal = self.deleted.get(&node)?.back(ordinals, 0)?;
        self.log.walk_back(last, ordinals, ordinal)
    }

    /// How many messages of this topic in the history are newer than this one, which need not be there any more.
    pub fn newer_messages(&self, node: NodeId, id: MessageId) -> usize {
        let kept = self.history_len(node);
        let newest = (self.tree.node(node).last, self.tree.own_of(node).messages);
        let Some((_, ordinal)) = self.log.at_or_before(newest, id) else {
            return kept;
        };
        let deleted = self.deleted.get(&node);
        let deleted = deleted.map_or(0, |deleted| deleted.behind(ordinal));
        let newer = (newest.1 - ordinal).saturating_sub(deleted);
        usize::try_from(newer).unwrap_or(kept).min(kept)
    }

    /// The message of the same topic before this one; deleted ones are left out, as far as few of them stand together.
    pub fn message_before(&self, id: MessageId) -> Option<Message> {
        const LOOK: usize = 64;
        let before = std::iter::successors(self.log.previous(id), |&id| self.log.previous(id));
        before.take(LOOK).find_map(|id| self.log.message(id))
    }

    /// The topic of a message that is still kept.
    pub fn node_of(&self, id: MessageId) -> Option<NodeId> {
        self.log.node_of(id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Deleted;

    proptest! {
        #[test]
        fn runs_are_like_a_set(all in proptest::collection::vec(1_u64..40, 0..60)) {
            let mut deleted = Deleted::default();
            let mut naive = std::collections::BTreeSet::new();
            for ordinal in all {
                prop_assert_eq!(deleted.insert(ordinal), naive.insert(ordinal));
            }
            prop_assert_eq!(deleted.count(), naive.len() as u64);
            prop_assert!(deleted.runs.windows(2).all(|runs| runs[0].last + 1 < runs[1].first));
            let left: Vec<u64> = (1..=40).rev().filter(|ordinal| !naive.contains(ordinal)).collect();
            for skip in 0..42 {
                let expected = left.get(usize::try_from(skip).unwrap()).copied();
                prop_assert_eq!(deleted.back(40, skip), expected);
            }
            for ordinal in 0..=40 {
                prop_assert_eq!(deleted.behind(ordinal), naive.range(ordinal + 1..).count() as u64);
            }
        }
    }

    #[test]
    fn what_is_older_than_all_that_is_kept_is_forgotten() {
        let mut deleted = Deleted::default();
        for ordinal in (1..=1000).map(|n| n * 2) {
            assert!(deleted.insert(ordinal));
        }
        let whole = deleted.clone();
        // the newest hundred that are not deleted: 1803, 1805, ... 2001
        deleted.forget(2001, 100);
        assert_eq!((deleted.count(), deleted.runs.len()), (1000, 99));
        for skip in 0..100 {
            assert_eq!(deleted.back(2001, skip), Some(2001 - 2 * skip));
        }
        for ordinal in 1803..=2001 {
            assert_eq!(deleted.behind(ordinal), whole.behind(ordinal));
        }
        assert!(deleted.insert(1903));
        assert_eq!((deleted.count(), deleted.behind(1803)), (1001, 100));
        // all are gone but for the newest
        deleted.forget(2001, 0);
        assert_eq!((deleted.count(), deleted.runs.len()), (1001, 0));
    }
}
