//! What is known about a message beside its payload, so that it is read the same way wherever it is shown.

use std::sync::Arc;

use bytes::Bytes;

use crate::model::{Message, MessageId, Model, NodeId};
use crate::payload::Reading;
use crate::payload::sparkplug::{Kind, Topic};

use super::session::Session;

impl Session {
    /// How a message on `topic` is to be read: by the profile's rules, then by its content type, then by what it looks like.
    /// Locks the model for a moment where the topic is one of Sparkplug B: not to be called while it is locked.
    pub fn reading(&self, topic: &str, message: &Message) -> Reading {
        let properties = message.properties.as_ref();
        let births = if needs_births(topic) {
            births(&self.live.lock(), topic, message.id)
        } else {
            Vec::new()
        };
        Reading {
            topic: topic.to_owned(),
            content_type: properties.and_then(|properties| properties.content_type.clone()),
            chosen: self.profile.reading.format_of(topic).cloned(),
            schemas: Arc::clone(&self.schemas),
            births,
        }
    }
}

/// Whether messages on `topic` may name metrics by aliases that a birth explains.
pub fn needs_births(topic: &str) -> bool {
    let kind = Topic::parse(topic).map(|topic| topic.kind);
    matches!(
        kind,
        Some(Kind::NData | Kind::DData | Kind::NCmd | Kind::DCmd)
    )
}

/// Payloads of the births that were in force when message `before` came on `topic`: of the edge node, then of the device.
/// Takes a number of steps that grows with the logarithm of how many births there were.
pub fn births(model: &Model, topic: &str, before: MessageId) -> Vec<Bytes> {
    let Some(parsed) = Topic::parse(topic).filter(|_| needs_births(topic)) else {
        return Vec::new();
    };
    let of_node = newest_before(model, &parsed.sibling(Kind::NBirth), before);
    let of_device = parsed
        .device
        .and_then(|_| newest_before(model, &parsed.sibling(Kind::DBirth), before));
    let births = [of_node, of_device].into_iter().flatten();
    births.map(|message| message.payload).collect()
}

/// The newest message on `topic` that came before another one, as far as the history reaches.
pub fn newest_before(model: &Model, topic: &str, before: MessageId) -> Option<Message> {
    let node = model.find(topic)?;
    let is_before = |message: &Message| message.id < before;
    let newest = message_at(model, node, 0).filter(is_before);
    if newest.is_some() {
        return newest;
    }
    // how many of them are not before it: they come first
    let (mut low, mut high) = (0, model.history_len(node));
    while low < high {
        let middle = low.midpoint(high);
        if message_at(model, node, middle).is_some_and(|message| !is_before(&message)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    message_at(model, node, low).filter(is_before)
}

/// The message at this place of a topic's history, the newest at 0.
fn message_at(model: &Model, node: NodeId, place: usize) -> Option<Message> {
    let mut found = Vec::new();
    model.history(node, place, 1, &mut found);
    found.pop()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{NOW, message};
    use super::*;

    const DATA: &str = "spBv1.0/Plant/DDATA/Line/Pump";

    fn model() -> Model {
        let mut model = Model::new(1 << 20);
        let all = [
            ("spBv1.0/Plant/NBIRTH/Line", "node 1"),
            ("spBv1.0/Plant/DBIRTH/Line/Pump", "device 1"),
            (DATA, "a"),
            ("spBv1.0/Plant/NBIRTH/Line", "node 2"),
            (DATA, "b"),
            ("spBv1.0/Plant/DBIRTH/Line/Pump", "device 2"),
            ("spBv1.0/Plant/NBIRTH/Line", "node 3"),
            ("spBv1.0/Plant/NBIRTH/Line", "node 4"),
            (DATA, "c"),
        ];
        for (topic, payload) in all {
            model.insert(&message(topic, payload), NOW);
        }
        model
    }

    #[test]
    fn the_births_in_force_are_the_newest_before_the_message() {
        let model = model();
        let births = |topic: &str, id| -> Vec<_> {
            let births = births(&model, topic, MessageId(id));
            let text = |it: &Bytes| String::from_utf8(it.to_vec()).unwrap();
            births.iter().map(text).collect()
        };
        assert_eq!(births(DATA, 0), [""; 0]);
        assert_eq!(births(DATA, 2), ["node 1", "device 1"]);
        assert_eq!(births(DATA, 4), ["node 2", "device 1"]);
        assert_eq!(births(DATA, 8), ["node 4", "device 2"]);
        assert_eq!(births(DATA, u64::MAX), ["node 4", "device 2"]);
        assert_eq!(births("spBv1.0/Plant/NDATA/Line", 7), ["node 3"]);
        assert_eq!(births("home/kitchen", 8), [""; 0]);
        assert_eq!(births("spBv1.0/Plant/NDATA/Other", 8), [""; 0]);
    }
}
