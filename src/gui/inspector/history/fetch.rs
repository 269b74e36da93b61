//! Messages that something is to be done with, one batch after the other, so that the model is locked for moments only.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::selection::Selection;
use crate::model::{Message, MessageId, Model, NodeId};

/// Messages in a batch.
const BATCH: usize = 256;

/// Which messages.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Those of one topic that are selected.
    Topic(NodeId, Selection),
    /// These, oldest first.
    Ids(Vec<MessageId>),
}

/// A message with its topic.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The path of its topic.
    pub topic: Arc<str>,
    /// The message.
    pub message: Message,
}

/// Takes messages out of the model, oldest first.
#[derive(Debug)]
pub struct Fetch {
    model: Arc<Mutex<Model>>,
    wanted: Wanted,
    /// Messages with lower numbers were handed out.
    next: u64,
    /// How many of the listed ones were looked at.
    looked: usize,
    /// Those of them that were no longer there.
    pub gone: u64,
    paths: HashMap<NodeId, Arc<str>>,
}

impl Fetch {
    /// Begins with the oldest.
    pub fn new(model: Arc<Mutex<Model>>, wanted: Wanted) -> Self {
        Self {
            model,
            wanted,
            next: 0,
            looked: 0,
            gone: 0,
            paths: HashMap::new(),
        }
    }

    /// The next messages; `None` behind the last. A batch may be empty.
    pub fn next_batch(&mut self) -> Option<Vec<Fetched>> {
        let shared = Arc::clone(&self.model);
        let model = shared.lock();
        let batch = match &self.wanted {
            Wanted::Topic(node, selection) => {
                let (batch, next) = from_topic(&model, *node, selection, self.next)?;
                self.next = next;
                batch.into_iter().map(|message| (*node, message)).collect()
            }
            Wanted::Ids(ids) => {
                let ids = ids.get(self.looked..).filter(|ids| !ids.is_empty())?;
                let ids = &ids[..ids.len().min(BATCH)];
                self.looked += ids.len();
                let found = ids.iter();
                let found = found.filter_map(|&id| Some((model.node_of(id)?, model.message(id)?)));
                let found: Vec<_> = found.collect();
                self.gone += (ids.len() - found.len()) as u64;
                found
            }
        };
        let paths = &mut self.paths;
        let named = batch.into_iter().map(|(node, message)| {
            let path = paths.entry(node);
            let topic = Arc::clone(path.or_insert_with(|| model.path(node).into()));
            Fetched { topic, message }
        });
        let named = named.collect();
        MutexGuard::unlock_fair(model);
        Some(named)
    }
}

/// Selected messages of a topic with numbers from `from` on, oldest first, and where to go on.
fn from_topic(
    model: &Model,
    node: NodeId,
    selection: &Selection,
    from: u64,
) -> Option<(Vec<Message>, u64)> {
    let range = selection.ranges().iter().find(|range| range.1 >= from)?;
    let mut batch = since(model, node, from.max(range.0), BATCH);
    batch.retain(|message| message.id.0 <= range.1);
    let next = match batch.last() {
        Some(last) => last.id.0 + 1,
        None => range.1.saturating_add(1),
    };
    Some((batch, next))
}

/// Messages of a topic with numbers from `from` on, oldest first, at most `count`.
pub fn since(model: &Model, node: NodeId, from: u64, count: usize) -> Vec<Message> {
    let newer = match from.checked_sub(1) {
        Some(before) => model.newer_messages(node, MessageId(before)),
        None => model.history_len(node),
    };
    let count = newer.min(count);
    let mut messages = Vec::with_capacity(count);
    model.history(node, newer - count, count, &mut messages);
    messages.reverse();
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::fixture::message;
    use crate::mqtt::Timestamp;

    fn model() -> Arc<Mutex<Model>> {
        let mut model = Model::new(1 << 30);
        for n in 0..1000_u32 {
            let topic = if n % 2 == 0 { "a" } else { "b/c" };
            model.insert(
                &message(topic, n.to_string()),
                Timestamp::from_micros(i64::from(n)),
            );
        }
        Arc::new(Mutex::new(model))
    }

    fn all(mut fetch: Fetch) -> Vec<u64> {
        let mut ids = Vec::new();
        while let Some(batch) = fetch.next_batch() {
            ids.extend(batch.iter().map(|fetched| fetched.message.id.0));
        }
        ids
    }

    #[test]
    fn selected_messages_of_a_topic_come_oldest_first() {
        let model = model();
        let node = model.lock().find("a").unwrap();
        let everything = Wanted::Topic(node, Selection::up_to(MessageId(998)));
        let ids = all(Fetch::new(Arc::clone(&model), everything));
        assert_eq!(ids, (0..1000).step_by(2).collect::<Vec<u64>>());
        model.lock().delete_message(MessageId(4));
        let mut some = Selection::default();
        some.set_range(MessageId(2), MessageId(6));
        some.toggle(MessageId(900));
        let ids = all(Fetch::new(model, Wanted::Topic(node, some)));
        assert_eq!(ids, [2, 6, 900]);
    }

    #[test]
    fn what_is_gone_is_counted() {
        let model = model();
        model.lock().delete_message(MessageId(7));
        let wanted = Wanted::Ids(vec![MessageId(6), MessageId(7), MessageId(9)]);
        let mut fetch = Fetch::new(model, wanted);
        let batch = fetch.next_batch().unwrap();
        let topics: Vec<&str> = batch.iter().map(|fetched| &*fetched.topic).collect();
        assert_eq!(topics, ["a", "b/c"]);
        assert_eq!(fetch.gone, 1);
        assert!(fetch.next_batch().is_none());
    }
}
