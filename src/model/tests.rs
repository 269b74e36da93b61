//! Tests of the model through its public functions, and property tests against a naive model.

mod deleted;
mod kept;
mod naive;
mod retained;
mod scenes;
mod slices;
mod subscribed;

use bytes::Bytes;

use super::*;
use crate::mqtt::{Publish, Qos, Timestamp, TopicName};

/// A point in time `seconds` after some beginning.
fn at(seconds: f64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus(std::time::Duration::from_secs_f64(seconds))
}

fn message(topic: &str, payload: &[u8]) -> Publish {
    Publish {
        topic: TopicName::new(topic).expect("a topic"),
        payload: Bytes::copy_from_slice(payload),
        qos: Qos::AtMostOnce,
        retain: false,
        dup: false,
        packet_id: None,
        properties: None,
    }
}

fn retained(topic: &str, payload: &[u8]) -> Publish {
    Publish {
        retain: true,
        ..message(topic, payload)
    }
}

/// A model that has taken in one message for each of these topics.
fn with_topics(topics: &[&str]) -> Model {
    let mut model = Model::new(1 << 20);
    for topic in topics {
        model.insert(&message(topic, b"1"), at(0.0));
    }
    model
}

fn all_rows(model: &Model) -> Vec<Row> {
    let mut rows = Vec::new();
    model.rows(0, usize::MAX, at(0.0), &mut rows);
    rows
}

/// The rows as text: two spaces for each level, then the name.
fn outline(model: &Model) -> Vec<String> {
    let line = |row: &Row| format!("{}{}", "  ".repeat(row.depth as usize), row.name);
    all_rows(model).iter().map(line).collect()
}

fn node(model: &Model, path: &str) -> NodeId {
    model.find(path).expect(path)
}

fn search(model: &Model, text: &str) -> Matches {
    let query = Query::new(text).expect("a query");
    let mut cursor = SearchCursor::default();
    while model.search_step(&query, &mut cursor, 7) {}
    let found = cursor.matches(&mut RowOrder::default(), usize::MAX, &|| true);
    found.expect("it is wanted")
}

/// What the worker does beside a connection.
fn do_chores(model: &mut Model) {
    loop {
        match model.next_chore() {
            Chore::Sort(mut job) => {
                while model.sort_step(&mut job, 100) {}
                let sorted = job.finish();
                model.set_sorted(sorted);
            }
            Chore::Drop(rubbish) => drop(rubbish),
            Chore::More => {}
            Chore::Done => return,
        }
    }
}

fn retained_below(model: &Model, node: Option<NodeId>) -> Vec<TopicName> {
    let mut cursor = RetainedCursor::new(node.map_or(Gather::All, Gather::Below));
    while model.retained_step(&mut cursor, 2) {}
    let (items, _) = cursor.finish();
    items.into_iter().map(|item| item.topic).collect()
}
