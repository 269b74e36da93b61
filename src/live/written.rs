//! Which of this client's retained messages may still be refused.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::mqtt::{PacketId, Publish, TopicName};

/// Retained messages of this client as they were written, until their packet identifier is used again: one that the
/// broker refuses leaves what it kept before (MQTT 5, 3.4.2.1 and 3.5.2.1).
#[derive(Debug, Default)]
pub(super) struct WrittenRetained {
    /// Topic, and whether something was known to be retained there before.
    topics: BTreeMap<PacketId, (TopicName, bool)>,
}

impl WrittenRetained {
    /// Forgets all of them: the session that they were written in is over.
    pub(super) fn clear(&mut self) {
        self.topics.clear();
    }

    /// Takes in what was written.
    pub(super) fn note(&mut self, model: &mut Model, message: &Publish) {
        if let Some(packet_id) = message.packet_id
            && !self.topics.is_empty()
        {
            self.topics.remove(&packet_id);
        }
        if !message.retain {
            return;
        }
        let was_retained = model.note_retained_publish(&message.topic, message.payload.is_empty());
        // a copy: the text may share a big buffer with other packets
        let own = TopicName::new(message.topic.as_str().to_owned());
        if let (Some(packet_id), Ok(topic)) = (message.packet_id, own) {
            self.topics.insert(packet_id, (topic, was_retained));
        }
    }

    /// Takes in that the broker refused what had this packet identifier.
    pub(super) fn refuse(&mut self, model: &mut Model, packet_id: PacketId) {
        if let Some((topic, was_retained)) = self.topics.remove(&packet_id) {
            model.note_retained_publish(&topic, !was_retained);
        }
    }
}
