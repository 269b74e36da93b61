//! Gathers the numbers of series out of the history of a connection: first all that is kept, then what is new. Runs on a
//! worker; the model is locked for a few messages at a time, and nothing is decoded meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::super::reading::{births, needs_births};
use crate::model::{Message, MessageId, Model, NodeId};
use crate::mqtt::Timestamp;
use crate::payload::Reading;
use crate::payload::series::{self, Sample, Series};
use crate::profile::SeriesKey;

/// Messages copied for each time the model is locked.
const SLICE: usize = 128;
/// Topics looked at for each time the model is locked.
const TOPICS: usize = 256;
/// Values kept of all series of a connection together, at 17 bytes each.
const MOST_VALUES: usize = 20_000_000;
/// Values kept of one series.
const MOST_OF_ONE: usize = 500_000;

/// A connection's model.
pub type SharedModel = Arc<Mutex<Model>>;

/// What is known of one series.
#[derive(Debug, Default)]
pub struct Track {
    /// Its values.
    pub values: Series,
    /// Messages in which it was not found, or no number.
    pub without: u64,
    /// Messages of the topic that were trimmed before they could be looked at, or that were too many at once.
    pub trimmed: u64,
    /// Whether its topic has been seen.
    pub is_seen: bool,
    /// The last message that was looked at.
    last: Option<MessageId>,
    /// Messages that its topic had when that was the last one.
    messages: u64,
}

impl Track {
    /// Older values that are not in it, as far as is known.
    pub fn left_out(&self) -> u64 {
        self.values.dropped() + self.trimmed
    }
}

/// A series that several may look at: the worker adds to it for moments only.
pub type SharedTrack = Arc<Mutex<Track>>;

/// The series that are wanted, with how the messages of their topics are read.
#[derive(Debug, Default)]
pub struct Wanted {
    /// By topic, so that each message is decoded once.
    topics: BTreeMap<String, (Reading, Vec<SeriesKey>)>,
    count: usize,
}

impl Wanted {
    /// These series; `reading` says how the messages of a topic are read.
    pub fn new(
        keys: impl IntoIterator<Item = SeriesKey>,
        reading: impl Fn(&str) -> Reading,
    ) -> Self {
        let mut wanted = Self::default();
        for key in keys {
            let entry = wanted.topics.entry(key.topic.clone());
            let (_, keys) = entry.or_insert_with(|| (reading(&key.topic), Vec::new()));
            if !keys.contains(&key) {
                keys.push(key);
                wanted.count += 1;
            }
        }
        wanted
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }
}

/// All series of a connection.
#[derive(Debug, Default)]
pub struct Store {
    tracks: BTreeMap<SeriesKey, SharedTrack>,
    nodes: BTreeMap<String, NodeId>,
}

impl Store {
    /// A series that was gathered.
    pub fn track(&self, key: &SeriesKey) -> Option<&SharedTrack> {
        self.tracks.get(key)
    }

    /// Takes in what is new of the wanted series and forgets the others.
    pub fn gather(&mut self, model: &SharedModel, wanted: &Wanted) {
        let is_wanted = |key: &SeriesKey| {
            let keys = wanted.topics.get(&key.topic).map(|(_, keys)| keys);
            keys.is_some_and(|keys| keys.contains(key))
        };
        self.tracks.retain(|key, _| is_wanted(key));
        self.nodes
            .retain(|topic, _| wanted.topics.contains_key(topic));
        let most = (MOST_VALUES / wanted.count.max(1)).min(MOST_OF_ONE);
        let topics: Vec<_> = wanted.topics.iter().collect();
        for slice in topics.chunks(TOPICS) {
            let lasts = self.look(model, slice.iter().map(|(topic, _)| topic.as_str()));
            for ((_, (reading, keys)), last) in slice.iter().zip(lasts) {
                if let Some(last) = last {
                    self.gather_topic(model, last, (reading, keys), most);
                }
            }
        }
    }

    /// The last message of each topic that has been seen, and how many messages the topic had by then.
    fn look<'a>(
        &mut self,
        model: &SharedModel,
        topics: impl Iterator<Item = &'a str>,
    ) -> Vec<Option<(MessageId, u64)>> {
        let model = model.lock();
        let look = |topic: &str| {
            let node = match self.nodes.get(topic) {
                Some(node) => *node,
                None => model.find(topic)?,
            };
            self.nodes.entry(topic.to_owned()).or_insert(node);
            let messages = model.trimmed_of(node) + model.history_len(node) as u64;
            Some((model.last_id(node)?, messages))
        };
        topics.map(look).collect()
    }

    fn gather_topic(
        &mut self,
        model: &SharedModel,
        (last, messages): (MessageId, u64),
        (reading, keys): (&Reading, &[SeriesKey]),
        most: usize,
    ) {
        // those that were added later have more to look at
        let mut by_last: BTreeMap<Option<MessageId>, Vec<(&SeriesKey, SharedTrack)>> =
            BTreeMap::new();
        for key in keys {
            let track = self.tracks.entry(key.clone()).or_default();
            let seen = track.lock().last;
            if seen != Some(last) {
                by_last
                    .entry(seen)
                    .or_default()
                    .push((key, Arc::clone(track)));
            }
        }
        for (seen, tracks) in by_last {
            let (found, there) = read_back(model, (last, seen), reading, &tracks, most);
            for ((_, track), found) in tracks.iter().zip(found) {
                let mut track = track.lock();
                // what came since the last look and is not there any more was trimmed in between
                let came = messages.saturating_sub(track.messages);
                track.trimmed += came.saturating_sub(there);
                track.is_seen = true;
                found.put_into(&mut track, most);
                track.last = Some(last);
                track.messages = messages;
            }
        }
    }
}

/// What was found of a series, newest first.
#[derive(Default)]
struct Found {
    samples: Vec<(Timestamp, Sample<'static>)>,
    without: u64,
    dropped: u64,
}

impl Found {
    fn put_into(self, track: &mut Track, most: usize) {
        if track.values.is_empty() {
            track.values.note_dropped(self.dropped);
        } else {
            track.trimmed += self.dropped;
        }
        track.without += self.without;
        for (at, sample) in self.samples.into_iter().rev() {
            track.values.push(at, &sample);
        }
        track.values.keep_last(most);
    }
}

/// Reads the messages of a topic from the last one back to the one seen last. Says too how many of them were there.
fn read_back(
    model: &SharedModel,
    (last, seen): (MessageId, Option<MessageId>),
    reading: &Reading,
    tracks: &[(&SeriesKey, SharedTrack)],
    most: usize,
) -> (Vec<Found>, u64) {
    let paths: Vec<_> = tracks.iter().map(|(key, _)| &key.path).collect();
    let mut found: Vec<Found> = Vec::new();
    found.resize_with(tracks.len(), Found::default);
    let mut reading = reading.clone();
    let mut next = Some(last);
    let mut messages: Vec<Message> = Vec::new();
    let mut looked_at = 0_usize;
    while let Some(from) = next
        && looked_at < most
    {
        messages.clear();
        next = model.lock().back_from(from, seen, SLICE, &mut messages);
        looked_at += messages.len();
        for message in &messages {
            let properties = message.properties.as_ref();
            reading.content_type = properties.and_then(|it| it.content_type.clone());
            if needs_births(&reading.topic) {
                reading.births = births(&model.lock(), &reading.topic, message.id);
            }
            let samples = series::read(&message.payload, &paths, &reading);
            for (found, sample) in found.iter_mut().zip(samples) {
                match sample {
                    Some(sample) => found.samples.push((message.at, sample)),
                    None => found.without += 1,
                }
            }
        }
    }
    let left = next.map_or(0, |from| count_back(model, from, seen));
    for found in &mut found {
        found.dropped = left;
    }
    (found, looked_at as u64 + left)
}

/// How many messages there are from this one back.
fn count_back(model: &SharedModel, from: MessageId, seen: Option<MessageId>) -> u64 {
    let (mut next, mut count) = (Some(from), 0);
    let mut messages = Vec::new();
    while let Some(from) = next {
        messages.clear();
        next = model.lock().back_from(from, seen, SLICE, &mut messages);
        count += messages.len() as u64;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::fixture::message;
    use crate::payload::document::{Path, Step};

    fn key(topic: &str, steps: &[&str]) -> SeriesKey {
        let steps = steps.iter().map(|step| Step::Key((*step).to_owned(), 0));
        SeriesKey {
            topic: topic.to_owned(),
            path: Path(steps.collect()),
        }
    }

    fn model(budget: u64) -> SharedModel {
        Arc::new(Mutex::new(Model::new(budget)))
    }

    fn add(model: &SharedModel, topic: &str, payloads: impl IntoIterator<Item = String>) {
        for payload in payloads {
            let id = model.lock().next_id().0;
            let at = Timestamp::from_micros(i64::try_from(id).unwrap());
            model.lock().insert(&message(topic, payload), at);
        }
    }

    fn texts(store: &Store, key: &SeriesKey) -> Vec<String> {
        let track = store.track(key).unwrap().lock();
        (0..track.values.len())
            .map(|place| track.values.text(place))
            .collect()
    }

    fn wanted(keys: &[SeriesKey]) -> Wanted {
        Wanted::new(keys.iter().cloned(), |_| Reading::default())
    }

    #[test]
    fn what_is_kept_is_gathered_then_what_is_new() {
        let model = model(1 << 20);
        let (plain, deep) = (key("a", &[]), key("b", &["x"]));
        add(&model, "a", (0..300).map(|n| format!("{n}.50")));
        add(
            &model,
            "b",
            (0..3).map(|n| format!("{{\"x\":{n},\"y\":1}}")),
        );
        let mut store = Store::default();
        let later = key("c", &[]);
        let all = [plain.clone(), deep.clone(), later.clone()];
        store.gather(&model, &wanted(&all));
        assert_eq!(texts(&store, &plain).len(), 300);
        assert_eq!(texts(&store, &plain)[299], "299.50");
        assert_eq!(texts(&store, &deep), ["0", "1", "2"]);
        assert!(store.track(&later).is_none());
        add(&model, "a", ["x".to_owned(), "7".to_owned()]);
        add(&model, "c", ["on".to_owned()]);
        store.gather(&model, &wanted(&all));
        assert_eq!(texts(&store, &plain)[299..], ["299.50", "7"]);
        assert_eq!(store.track(&plain).unwrap().lock().without, 1);
        assert_eq!(texts(&store, &later), ["on"]);
        // one more of the same topic is gathered from the beginning
        let other = key("b", &["y"]);
        store.gather(&model, &wanted(&[deep.clone(), other.clone()]));
        assert_eq!(texts(&store, &other).len(), 3);
        assert_eq!(texts(&store, &deep).len(), 3);
        assert!(store.track(&plain).is_none());
    }

    #[test]
    fn values_outlive_their_messages_and_what_is_missing_is_counted() {
        let model = model(4_000);
        let key = key("a", &[]);
        let mut store = Store::default();
        add(&model, "a", (0..10).map(|n| n.to_string()));
        store.gather(&model, &wanted(std::slice::from_ref(&key)));
        for turn in 1..50 {
            add(
                &model,
                "a",
                (turn * 10..turn * 10 + 10).map(|n| n.to_string()),
            );
            store.gather(&model, &wanted(std::slice::from_ref(&key)));
        }
        assert_eq!(texts(&store, &key).len(), 500);
        assert_eq!(store.track(&key).unwrap().lock().left_out(), 0);
        let mut late = Store::default();
        late.gather(&model, &wanted(std::slice::from_ref(&key)));
        let track = Arc::clone(late.track(&key).unwrap());
        let track = track.lock();
        assert!(track.trimmed > 0 && track.values.len() < 500);
        assert_eq!(track.trimmed + track.values.len() as u64, 500);
    }

    #[test]
    fn what_was_trimmed_between_two_runs_is_counted() {
        let model = model(4_000);
        let key = key("a", &[]);
        let mut store = Store::default();
        let numbers = |from: u32, to: u32| (from..to).map(|n| n.to_string());
        add(&model, "a", numbers(0, 10));
        store.gather(&model, &wanted(std::slice::from_ref(&key)));
        add(&model, "a", numbers(10, 500));
        store.gather(&model, &wanted(std::slice::from_ref(&key)));
        let track = Arc::clone(store.track(&key).unwrap());
        let known = |track: &SharedTrack| {
            let track = track.lock();
            (track.values.len() as u64, track.trimmed)
        };
        let (values, trimmed) = known(&track);
        assert!(trimmed > 0, "nothing was trimmed");
        assert_eq!(values + trimmed, 500);
        add(&model, "a", numbers(500, 505));
        store.gather(&model, &wanted(std::slice::from_ref(&key)));
        assert_eq!(known(&track), (values + 5, trimmed));
    }
}
