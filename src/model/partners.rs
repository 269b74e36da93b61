//! Requests and their answers: MQTT 5 links them by response topic and correlation data (4.10).

use bytes::Bytes;

use super::{Message, MessageId, Model, NodeId};

/// What a message looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerQuery {
    id: MessageId,
    path: String,
    response_topic: Option<String>,
    correlation: Bytes,
}

/// Which side of the exchange a message is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It asks: it names the topic of the message that looked for it.
    Request,
    /// It answers on the topic that the other one named.
    Answer,
}

/// A message that belongs to another one.
#[derive(Debug, Clone)]
pub struct Partner {
    /// What it is.
    pub side: Side,
    /// Its topic.
    pub path: String,
    /// The message.
    pub message: Message,
}

impl PartnerQuery {
    /// What belongs to this message on `path`; `None` when it has no correlation data, so that nothing can be told to
    /// belong to it.
    pub fn new(path: &str, message: &Message) -> Option<Self> {
        let properties = message.properties.as_deref()?;
        Some(Self {
            id: message.id,
            path: path.to_owned(),
            response_topic: properties.response_topic.clone(),
            correlation: properties.correlation_data.clone()?,
        })
    }
}

impl Model {
    /// Looks at up to `count` messages from `from` on for partners, oldest first, and appends them to `out`. Returns where to go on; the
    /// lock may be released in between.
    pub fn partners(
        &self,
        query: &PartnerQuery,
        from: MessageId,
        count: u64,
        out: &mut Vec<Partner>,
    ) -> MessageId {
        let end = MessageId(self.next_id().0.min(from.0.saturating_add(count)));
        let answers_on = query.response_topic.as_deref();
        let answers_on = answers_on.and_then(|topic| self.find(topic));
        for id in (from.0..end.0).map(MessageId) {
            let Some(node) = self.log.node_of(id).filter(|_| id != query.id) else {
                continue;
            };
            if let Some(side) = self.side(query, answers_on, (node, id))
                && let Some(message) = self.message(id)
            {
                let path = self.path(node);
                out.push(Partner {
                    side,
                    path,
                    message,
                });
            }
        }
        end
    }

    fn side(
        &self,
        query: &PartnerQuery,
        answers_on: Option<NodeId>,
        (node, id): (NodeId, MessageId),
    ) -> Option<Side> {
        let properties = self.log.get(id)?.properties.as_deref()?;
        if properties.correlation_data.as_ref() != Some(&query.correlation) {
            return None;
        }
        if answers_on == Some(node) {
            return Some(Side::Answer);
        }
        let asks_here = properties.response_topic.as_deref() == Some(query.path.as_str());
        asks_here.then_some(Side::Request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Properties, Publish, Qos, Timestamp, TopicName};

    fn insert(model: &mut Model, topic: &str, response_topic: Option<&str>, data: &'static [u8]) {
        let properties = Properties {
            response_topic: response_topic.map(str::to_owned),
            correlation_data: Some(Bytes::from_static(data)),
            ..Properties::default()
        };
        let message = Publish {
            topic: TopicName::new(topic.to_owned()).unwrap(),
            payload: Bytes::from_static(b"x"),
            qos: Qos::AtMostOnce,
            retain: false,
            dup: false,
            packet_id: None,
            properties: Some(Box::new(properties)),
        };
        model.insert(&message, Timestamp::default());
    }

    fn found(model: &Model, path: &str) -> Vec<(Side, String, u64)> {
        let message = model.last_message(model.find(path).unwrap()).unwrap();
        let query = PartnerQuery::new(path, &message).unwrap();
        let (mut from, mut out) = (MessageId(0), Vec::new());
        while from < model.next_id() {
            from = model.partners(&query, from, 2, &mut out);
        }
        let told = |it: Partner| (it.side, it.path, it.message.id.0);
        out.into_iter().map(told).collect()
    }

    #[test]
    fn requests_and_answers_find_each_other() {
        let mut model = Model::new(1 << 20);
        insert(&mut model, "lamp/set", Some("answers/me"), b"1");
        insert(&mut model, "answers/me", None, b"0");
        insert(&mut model, "answers/other", None, b"1");
        insert(&mut model, "answers/me", None, b"1");
        assert_eq!(
            found(&model, "lamp/set"),
            [(Side::Answer, "answers/me".to_owned(), 3)]
        );
        assert_eq!(
            found(&model, "answers/me"),
            [(Side::Request, "lamp/set".to_owned(), 0)]
        );
        assert!(found(&model, "answers/other").is_empty());
    }
}
