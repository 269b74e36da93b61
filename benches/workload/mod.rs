//! What both benches work on: topics of a plant, PUBLISH packets, and models filled with them. Nothing here asks a clock
//! or draws a random number, so that every run does the same.

use bytes::Bytes;
use canopy::model::{Chore, Matches, Model, Query, RowOrder, SearchCursor};
use canopy::mqtt::{Packet, Publish, Timestamp, Version, codec};

/// History that a bench's model keeps, bytes: little enough that trimming is part of the work.
const BUDGET: u64 = 8 << 20;

/// The topic with this number, five levels deep, ten topics to each machine.
pub fn topic(number: usize) -> String {
    const READINGS: [&str; 5] = ["temperature", "humidity", "pressure", "speed", "power"];
    let machine = number / READINGS.len();
    format!(
        "plant-{}/hall-{}/line-{}/machine-{machine:05}/{}",
        machine % 5,
        machine / 5 % 10,
        machine / 50 % 20,
        READINGS[number % READINGS.len()]
    )
}

/// A JSON payload of exactly `length` bytes (at least 40), different for different numbers.
pub fn payload(number: usize, length: usize) -> Vec<u8> {
    let value = 100 + number % 900;
    let mut text = format!(r#"{{"value":{value}.5,"unit":"C","note":""#).into_bytes();
    text.resize(length - 2, b'x');
    text.extend(b"\"}");
    text
}

/// A QoS 0 PUBLISH as it stands on the wire.
pub fn frame(version: Version, topic: &str, payload: &[u8]) -> Bytes {
    let no_properties = usize::from(version == Version::V5);
    let mut remaining = 2 + topic.len() + no_properties + payload.len();
    let mut frame = vec![0x30];
    loop {
        let low = u8::try_from(remaining % 128).unwrap_or_default();
        remaining /= 128;
        frame.push(if remaining > 0 { low | 128 } else { low });
        if remaining == 0 {
            break;
        }
    }
    let length = u16::try_from(topic.len()).unwrap_or_default();
    frame.extend(length.to_be_bytes());
    frame.extend(topic.bytes());
    frame.extend(vec![0; no_properties]);
    frame.extend(payload);
    frame.into()
}

/// PUBLISH packets to the first `topics` topics, as the client hands them over.
pub fn messages(topics: usize, length: usize) -> Vec<Publish> {
    let message = |number| {
        let frame = frame(Version::V311, &topic(number), &payload(number, length));
        match codec::decode(Version::V311, frame) {
            Ok(Packet::Publish(message)) => message,
            other => panic!("a PUBLISH was made, and {other:?} was read"),
        }
    };
    (0..topics).map(message).collect()
}

/// A model with a microsecond between its messages.
pub struct Feed {
    pub model: Model,
    messages: Vec<Publish>,
    taken: usize,
}

impl Feed {
    /// An empty model, and messages to `topics` topics that it has not taken in.
    pub fn cold(topics: usize) -> Self {
        Self {
            model: Model::new(BUDGET),
            messages: messages(topics, 64),
            taken: 0,
        }
    }

    /// A model that has seen all of its `topics` topics, and so many messages that it trims.
    pub fn hot(topics: usize) -> Self {
        let mut feed = Self::cold(topics);
        while feed.taken < topics || feed.model.totals(feed.now()).trimmed == 0 {
            feed.take();
        }
        feed
    }

    /// Takes in the next message.
    pub fn take(&mut self) {
        let at = self.now();
        let message = &self.messages[self.taken % self.messages.len()];
        self.model.insert(message, at);
        self.taken += 1;
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(i64::try_from(self.taken).unwrap_or(i64::MAX))
    }

    /// Opens every branch and does what a worker would do to put them in order.
    pub fn open_all(&mut self) {
        self.model.set_open_below(None, true);
        loop {
            match self.model.next_chore() {
                Chore::Sort(mut job) => {
                    while self.model.sort_step(&mut job, 4_096) {}
                    self.model.set_sorted(job.finish());
                }
                Chore::Drop(rubbish) => drop(rubbish),
                Chore::More => {}
                Chore::Done => return,
            }
        }
    }

    /// What the filter box finds for `text`.
    pub fn filter(&self, text: &str) -> Matches {
        let mut cursor = SearchCursor::default();
        if let Some(query) = Query::new(text) {
            while self.model.search_step(&query, &mut cursor, 1_024) {}
        }
        let all = cursor.matches(&mut RowOrder::default(), usize::MAX, &|| true);
        all.unwrap_or_default()
    }
}
