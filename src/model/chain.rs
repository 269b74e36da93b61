//! The messages of one topic followed back from any of them: what goes on where it stopped needs no counting, however
//! many have come since.

use super::{Message, MessageId, Model, NodeId};

impl Model {
    /// The last message of a topic; `None` for a branch that never carried one itself.
    pub fn last_id(&self, node: NodeId) -> Option<MessageId> {
        let id = self.tree.node(node).last;
        let of = self.log.node_of(id);
        of.filter(|of| *of == node).map(|_| id)
    }

    /// How many messages of this topic are no longer in the history.
    pub fn trimmed_of(&self, node: NodeId) -> u64 {
        let kept = u64::from(self.tree.node(node).kept);
        self.tree.own_of(node).messages.saturating_sub(kept)
    }

    /// Messages of the topic of `from`, that one first, then the older ones down to, and without, `after`; at most `count`
    /// are appended to `out`. Returns the one to go on with, if it is still kept.
    pub fn back_from(
        &self,
        from: MessageId,
        after: Option<MessageId>,
        count: usize,
        out: &mut Vec<Message>,
    ) -> Option<MessageId> {
        let is_wanted = |id: &MessageId| after.is_none_or(|after| *id > after);
        let mut next = Some(from).filter(is_wanted);
        for _ in 0..count {
            let message = self.log.message(next?)?;
            next = self.log.previous(message.id).filter(is_wanted);
            out.push(message);
        }
        next
    }
}
