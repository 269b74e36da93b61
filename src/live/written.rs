//! Which of this client's retained messages may still be refused.

use std::collections::BTreeMap;

use crate::model::{Before, Model};
use crate::mqtt::{PacketId, Publish, Timestamp, TopicName};

/// Retained messages of this client as they were written, until their packet identifier is used again: one that the
/// broker refuses leaves what it kept before (MQTT 5, 3.4.2.1 and 3.5.2.1).
#[derive(Debug, Default)]
pub(super) struct WrittenRetained {
    /// Topic, and what was known of it before.
    topics: BTreeMap<PacketId, (TopicName, Before)>,
}

impl WrittenRetained {
    /// Forgets all of them: the session that they were written in is over.
    pub(super) fn clear(&mut self) {
        self.topics.clear();
    }

    /// Takes in what was written at this time.
    pub(super) fn note(&mut self, model: &mut Model, message: &Publish, at: Timestamp) {
        if let Some(packet_id) = message.packet_id
            && !self.topics.is_empty()
        {
            self.topics.remove(&packet_id);
        }
        if !message.retain {
            return;
        }
        let before = model.note_published(message, at);
        // a copy: the text may share a big buffer with other packets
        let own = TopicName::new(message.topic.as_str().to_owned());
        if let (Some(packet_id), Ok(topic)) = (message.packet_id, own) {
            self.topics.insert(packet_id, (topic, before));
        }
    }

    /// Takes in that the broker refused what had this packet identifier.
    pub(super) fn refuse(&mut self, model: &mut Model, packet_id: PacketId) {
        if let Some((topic, before)) = self.topics.remove(&packet_id) {
            model.restore_retained(&topic, before);
        }
    }
}
