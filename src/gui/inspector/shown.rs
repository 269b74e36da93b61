//! What the inspector shows of one topic or branch: copied out of the model under one short lock.

use crate::model::{Facts, Message, Model, NodeId, Truth};
use crate::mqtt::{Properties, Timestamp};

/// User properties by which the broker inside names the client that published a message.
const PUBLISHED_BY: [&str; 2] = ["x-mqtt-client-id", "x-mqtt-sender"];

/// Messages listed below the payload, at most.
const RECENT: usize = 40;

/// A topic or branch as of one frame.
#[derive(Debug)]
pub struct Shown {
    /// Which one.
    pub node: NodeId,
    /// When it was copied.
    pub at: Timestamp,
    /// Everything counted about it.
    pub facts: Facts,
    /// Its last message.
    pub newest: Option<Message>,
    /// How many of its messages are in the history.
    pub history_len: usize,
    /// The newest of them, newest first.
    pub recent: Vec<Message>,
    /// What the broker retains for it, as far as is known.
    pub truth: Truth,
}

impl Shown {
    /// Copies what is shown of `node`.
    pub fn copy(model: &Model, node: NodeId, now: Timestamp) -> Self {
        let mut recent = Vec::new();
        model.history(node, 0, RECENT, &mut recent);
        Self {
            node,
            at: now,
            facts: model.facts(node, now),
            newest: model.last_message(node),
            history_len: model.history_len(node),
            recent,
            truth: model.retained_truth(node),
        }
    }
}

/// Who published a message, where the broker says so.
pub fn published_by(properties: &Properties) -> Option<&str> {
    let find = |name: &str| {
        let mut user = properties.user.iter();
        user.find(|(key, value)| key == name && !value.is_empty())
    };
    let (_, client) = PUBLISHED_BY.iter().find_map(|name| find(name))?;
    Some(client)
}

/// The user properties that the publisher sent, in order.
pub fn user_properties(properties: &Properties) -> impl Iterator<Item = &(String, String)> {
    let is_sent = |(name, _): &&(String, String)| !PUBLISHED_BY.contains(&name.as_str());
    properties.user.iter().filter(is_sent)
}

#[cfg(test)]
mod tests {
    use super::{published_by, user_properties};
    use crate::gui::fixture;

    #[test]
    fn the_brokers_own_properties_become_published_by() {
        let properties = fixture::user_properties(&[
            ("x-mqtt-sender", "sender"),
            ("origin", "laptop"),
            ("x-mqtt-client-id", "demo-status"),
        ]);
        assert_eq!(published_by(&properties), Some("demo-status"));
        let left: Vec<_> = user_properties(&properties).collect();
        assert_eq!(left, [&("origin".to_owned(), "laptop".to_owned())]);
    }

    #[test]
    fn nobody_is_named_without_them() {
        let properties = fixture::user_properties(&[("origin", "laptop")]);
        assert_eq!(published_by(&properties), None);
    }
}
