//! Follows what comes in, what this client publishes and what a check finds.

use bytes::Bytes;

use super::known::{Known, What};
use super::{Ahead, Doubt, How, Kept, KnownTable};
use crate::model::record::{RETAIN, own_properties};
use crate::model::{MessageId, Model, NodeId};
use crate::mqtt::{Publish, Timestamp, TopicName};

/// What a model keeps about retained messages.
#[derive(Debug, Default)]
pub(in crate::model) struct Retained {
    pub(in crate::model) known: KnownTable,
    pub(in crate::model) ahead: Ahead,
    pub(in crate::model) session: Session,
}

/// From when on messages tell something.
#[derive(Debug)]
pub(in crate::model) struct Session {
    /// The first message of this session.
    pub(super) began: MessageId,
    /// The first message after the session was resumed last, and when that was.
    resumed: Option<(MessageId, Timestamp)>,
    /// The first message after subscriptions changed what they keep of the flag.
    pub(super) subscriptions_changed: MessageId,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            began: MessageId(0),
            resumed: None,
            subscriptions_changed: MessageId(0),
        }
    }
}

impl Session {
    /// Whether the connection was interrupted since all messages before `as_of` were known.
    pub(super) fn doubt(&self, as_of: MessageId) -> Option<Doubt> {
        let resumed = self.resumed.filter(|(first, _)| *first >= as_of);
        resumed.map(|(_, at)| Doubt::Interrupted(at))
    }
}

/// What was known of a topic before this client published to it, to be restored when the broker refuses that.
#[derive(Debug, Clone)]
pub struct Before {
    was_retained: bool,
    known: Option<Known>,
    /// The node and the message that may not be its last one any more.
    had_node: bool,
}

impl Model {
    /// Takes in what a message that just arrived on `topic` says of the retained one; it is not in the history yet.
    pub(in crate::model) fn note_arrival(
        &mut self,
        topic: NodeId,
        message: &Publish,
        keeps_flag: bool,
    ) {
        if message.retain {
            self.retained.known.remove(topic);
            self.tree.mark_retained(topic, !message.payload.is_empty());
            self.retained.ahead.take(&message.topic);
            return;
        }
        self.remember_last(topic);
        if keeps_flag {
            // published without the flag: what is retained stays
            self.take_ahead(topic, message);
        } else if message.payload.is_empty() {
            // how a clearing arrives where the flag is not kept (MQTT 5, 3.3.1.3)
            self.tree.mark_retained(topic, false);
            self.retained.known.remove(topic);
            self.retained.ahead.take(&message.topic);
        } else if !self.take_ahead(topic, message) && self.tree.node(topic).is_retained() {
            self.follow_same(topic, message);
        }
    }

    /// The last message of a topic will be the last no more: what it says of the retained one is put aside.
    fn remember_last(&mut self, topic: NodeId) {
        let last = self.tree.node(topic).last;
        if last < self.retained.session.began {
            return;
        }
        let Some(record) = self.log.get(last).filter(|it| it.flags & RETAIN != 0) else {
            return;
        };
        let known = Known::by(last, record);
        if self.retained.known.get(topic).is_none() {
            self.retained.known.set(topic, known);
        }
    }

    /// The first message of a topic that this client published a retained one to before.
    fn take_ahead(&mut self, topic: NodeId, message: &Publish) -> bool {
        let Some((payload, at)) = self.retained.ahead.take(&message.topic) else {
            return false;
        };
        self.tree.mark_retained(topic, true);
        let id = self.log.next_id();
        let is_it = payload.is_some_and(|payload| payload == message.payload);
        let known = Known {
            what: if is_it {
                What::Message(id)
            } else {
                What::Something
            },
            how: How::Published,
            at,
            as_of: MessageId(id.0 + 1),
            unconfirmed: None,
        };
        self.retained.known.set(topic, known);
        true
    }

    /// A message that is the same as the retained one raises no doubt: retained or not, the value is the same.
    fn follow_same(&mut self, topic: NodeId, message: &Publish) {
        let last = self.tree.node(topic).last;
        let next = self.log.next_id();
        let Some(known) = self.retained.known.get(topic) else {
            return;
        };
        let is_in_order = last.0 == u64::MAX || last < known.as_of;
        let is_same = match &known.what {
            What::Nothing | What::Something => false,
            What::Copy(kept) => kept.payload == message.payload,
            What::Message(id) => {
                let record = self.log.get(*id);
                record.is_some_and(|record| self.log.payload_slice(record) == message.payload)
            }
        };
        if is_in_order
            && is_same
            && let Some(known) = self.retained.known.get_mut(topic)
        {
            known.as_of = MessageId(next.0 + 1);
        }
    }

    /// Notes that this client published a message with the retain flag (an empty one clears what was retained), before
    /// the broker tells us. Returns what was known before: should the broker refuse the message, it still is so.
    pub fn note_published(&mut self, message: &Publish, at: Timestamp) -> Before {
        self.revision += 1;
        let is_empty = message.payload.is_empty();
        let Some(node) = self.tree.find(message.topic.as_str()) else {
            let was_retained = self.retained.ahead.has(&message.topic);
            if is_empty {
                self.retained.ahead.take(&message.topic);
            } else {
                self.retained.ahead.add(message, at);
            }
            return Before {
                was_retained,
                known: None,
                had_node: false,
            };
        };
        self.freeze(node);
        self.remember_last(node);
        let known = self.retained.known.remove(node);
        let what = if is_empty {
            What::Nothing
        } else {
            What::Copy(Box::new(copy(message)))
        };
        let entry = Known {
            what,
            how: How::Published,
            at,
            as_of: self.log.next_id(),
            unconfirmed: None,
        };
        self.retained.known.set(node, entry);
        let is_changed = self.tree.mark_retained(node, !is_empty);
        Before {
            was_retained: is_changed == is_empty,
            known,
            had_node: true,
        }
    }

    /// The broker refused what this client published: it retains what it did before, unless it has told of something
    /// else since.
    pub fn restore_retained(&mut self, topic: &TopicName, before: Before) {
        self.revision += 1;
        let Some(node) = self.tree.find(topic.as_str()) else {
            if !before.was_retained {
                self.retained.ahead.take(topic);
            }
            return;
        };
        if !before.had_node && !before.was_retained {
            // a branch by now, maybe, that has carried no message itself
            self.retained.ahead.take(topic);
        }
        if !self.is_from_here(node) {
            return;
        }
        self.freeze(node);
        self.tree.mark_retained(node, before.was_retained);
        match before.known {
            Some(known) => self.retained.known.set(node, known),
            None => drop(self.retained.known.remove(node)),
        }
    }

    /// Notes that it is not known whether a clearing message of this client has reached the broker: something may be
    /// retained as before. What the broker has told since, or what this client published since, counts more.
    pub fn doubt_clearing(&mut self, topic: &TopicName) {
        self.revision += 1;
        let Some(node) = self.tree.find(topic.as_str()) else {
            return;
        };
        let entry = self.retained.known.get(node);
        let clearing = entry.filter(|it| it.how == How::Published && it.is_clearing());
        let Some(clearing) = clearing.cloned() else {
            return;
        };
        let last = self.tree.node(node).last;
        let record = self.log.get(last);
        let record = record.filter(|_| last >= self.retained.session.began);
        let before = match record {
            Some(record) if record.flags & RETAIN != 0 => Known::by(last, record),
            _ => Known {
                what: What::Something,
                how: How::Unknown,
                ..clearing
            },
        };
        let known = Known {
            as_of: clearing.as_of,
            unconfirmed: Some(clearing.at),
            ..before
        };
        self.retained.known.set(node, known);
        self.freeze(node);
        self.tree.mark_retained(node, true);
    }

    fn is_from_here(&self, node: NodeId) -> bool {
        let known = self.retained.known.get(node);
        known.is_some_and(|known| known.how == How::Published || known.unconfirmed.is_some())
    }

    /// Takes in what a check found that began when `begun` was the next message and at that time.
    pub fn note_checked(
        &mut self,
        topic: &TopicName,
        found: Option<&Publish>,
        begun: (MessageId, Timestamp),
        at: Timestamp,
    ) {
        self.revision += 1;
        let Some(node) = self.tree.find(topic.as_str()) else {
            return;
        };
        let last = self.tree.node(node).last;
        let is_newer = last >= begun.0
            && self
                .log
                .get(last)
                .is_some_and(|last| last.flags & RETAIN != 0);
        let known = self.retained.known.get(node);
        let is_newer = is_newer || known.is_some_and(|known| known.at > begun.1);
        if is_newer {
            return;
        }
        self.freeze(node);
        self.tree.mark_retained(node, found.is_some());
        let what = found.map_or(What::Nothing, |found| What::Copy(Box::new(copy(found))));
        let entry = Known {
            what,
            how: How::Checked,
            at,
            as_of: begun.0,
            unconfirmed: None,
        };
        self.retained.known.set(node, entry);
    }

    /// Forgets everything: a new session begins, and the broker sends what it still keeps after SUBSCRIBE (MQTT 5,
    /// 3.3.1.3).
    pub fn forget_retained(&mut self) {
        self.revision += 1;
        self.retained.ahead.clear();
        self.retained.known.clear();
        self.retained.session.began = self.log.next_id();
        let mut open = vec![NodeId::ROOT];
        while let Some(node) = open.pop() {
            if self.tree.retained(node) == 0 {
                continue;
            }
            open.extend(self.tree.children(node));
            if self.tree.node(node).is_retained() {
                self.freeze(node);
                self.tree.mark_retained(node, false);
            }
        }
    }

    /// Notes that the session was resumed after an interruption: what was published meanwhile with QoS 0 did not come.
    pub fn note_resumed(&mut self, at: Timestamp) {
        self.revision += 1;
        self.retained.session.resumed = Some((self.log.next_id(), at));
    }

    /// Notes that subscriptions keep the flag of other messages from now on.
    pub(in crate::model) fn note_subscriptions_changed(&mut self) {
        self.retained.session.subscriptions_changed = self.log.next_id();
    }

    /// A message is about to be deleted: that changes nothing on the broker.
    pub(in crate::model) fn keep_deleted(&mut self, topic: NodeId, id: MessageId) {
        if self.tree.node(topic).last == id {
            self.remember_last(topic);
        }
        self.keep_retained(topic, id);
    }

    /// A message leaves the history: if it is what is retained, a copy stays.
    pub(in crate::model) fn keep_retained(&mut self, topic: NodeId, id: MessageId) {
        let is_it = |known: &Known| matches!(known.what, What::Message(of) if of == id);
        if !self.retained.known.get(topic).is_some_and(is_it) {
            return;
        }
        let kept = self.kept_message(id);
        if let (Some(kept), Some(known)) = (kept, self.retained.known.remove(topic)) {
            let what = What::Copy(Box::new(Kept { id: None, ..kept }));
            self.retained.known.set(topic, Known { what, ..known });
        }
    }
}

/// A copy that shares no memory with the buffer the message came in.
fn copy(message: &Publish) -> Kept {
    Kept {
        id: None,
        payload: Bytes::copy_from_slice(&message.payload),
        qos: message.qos,
        properties: message.properties.as_deref().map(own_properties),
    }
}
