//! All messages at and below a branch, in order of arrival: the log is walked in slices, and what is found is named by
//! its number. Each slice looks at a bounded number of messages, so that the lock is held for moments only.

use super::{MessageId, Model, NodeId};

/// How far the log was looked through for one branch, see [`Model::below_back`].
#[derive(Debug)]
pub struct BelowCursor {
    top: NodeId,
    /// What is known of each node so far.
    known: Vec<Place>,
    /// The next message forwards.
    forwards: u64,
    /// The one behind the next message backwards.
    backwards: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Unknown,
    Below,
    Elsewhere,
}

impl BelowCursor {
    /// The branch it is for.
    pub fn top(&self) -> NodeId {
        self.top
    }

    /// Messages that came and were not looked at yet.
    pub fn behind(&self, model: &Model) -> u64 {
        model.next_id().0 - self.forwards
    }
}

impl Model {
    /// The oldest message in the history. Last messages of topics that are kept beyond the budget came before it.
    pub fn oldest_id(&self) -> MessageId {
        self.log.first_id()
    }

    /// Begins to look for the messages at and below `top`, with those that are in the history now behind and those that
    /// come ahead.
    pub fn below(&self, top: NodeId) -> BelowCursor {
        let next = self.next_id().0;
        BelowCursor {
            top,
            known: Vec::new(),
            forwards: next,
            backwards: next,
        }
    }

    /// Looks at up to `most` older messages and hands those at and below the branch to `found`, newest first. Returns
    /// whether older ones are left in the history.
    pub fn below_back(
        &self,
        cursor: &mut BelowCursor,
        most: u64,
        mut found: impl FnMut(MessageId, NodeId),
    ) -> bool {
        let first = self.log.first_id().0;
        let from = cursor.backwards.saturating_sub(most).max(first);
        for id in (from..cursor.backwards).rev().map(MessageId) {
            if let Some(node) = self.found_below(cursor, id) {
                found(id, node);
            }
        }
        cursor.backwards = cursor.backwards.min(from);
        from > first
    }

    /// Looks at up to `most` messages that have come since, and hands those at and below the branch to `found`, oldest
    /// first. Returns whether newer ones are left.
    pub fn below_forward(
        &self,
        cursor: &mut BelowCursor,
        most: u64,
        mut found: impl FnMut(MessageId, NodeId),
    ) -> bool {
        let next = self.next_id().0;
        // what was trimmed before anybody looked
        let from = cursor.forwards.max(self.log.first_id().0);
        let end = next.min(from.saturating_add(most));
        for id in (from..end).map(MessageId) {
            if let Some(node) = self.found_below(cursor, id) {
                found(id, node);
            }
        }
        cursor.forwards = end;
        end < next
    }

    /// The topic of a message that is kept, not deleted, and stands at or below the branch.
    fn found_below(&self, cursor: &mut BelowCursor, id: MessageId) -> Option<NodeId> {
        let node = self.log.node_of(id)?;
        let is_found = self.is_below(cursor, node) && !self.log.is_deleted(id);
        is_found.then_some(node)
    }

    fn is_below(&self, cursor: &mut BelowCursor, node: NodeId) -> bool {
        if cursor.known.len() <= node.index() {
            cursor.known.resize(self.tree.len(), Place::Unknown);
        }
        let mut at = node;
        // a node has a higher number than those above it
        let place = loop {
            let known = cursor.known[at.index()];
            if known != Place::Unknown {
                break known;
            }
            if at <= cursor.top {
                let is_top = at == cursor.top;
                break if is_top {
                    Place::Below
                } else {
                    Place::Elsewhere
                };
            }
            at = self.tree.parent(at);
        };
        let mut mark = node;
        while mark > at {
            cursor.known[mark.index()] = place;
            mark = self.tree.parent(mark);
        }
        cursor.known[at.index()] = place;
        place == Place::Below
    }
}
