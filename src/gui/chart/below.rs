//! Every number at and below a topic: found on a worker in the last message of each topic.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use super::super::latest::Latest;
use super::super::reading::{births, needs_births};
use super::super::session::Session;
use super::collect::SharedModel;
use super::{Charts, MAX_SERIES};
use crate::model::{Message, MessageId, NodeId};
use crate::payload::series::numbers;
use crate::payload::{Reading, decode};
use crate::profile::{ChartAxis, ChartSeries, ReadingSettings, SeriesKey};

/// Messages looked at for each time the model is locked.
const SLICE: u64 = 512;
/// Numbers taken of one message.
const MOST_OF_ONE: usize = 64;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Values that the chart did not draw, the first by their names.
    keys: BTreeSet<SeriesKey>,
    /// How many more there were.
    more: usize,
}

impl Found {
    /// Takes in one more, and gives up the last one by name where there is no `room` for it.
    fn add(&mut self, key: SeriesKey, room: usize) {
        if self.keys.insert(key) && self.keys.len() > room {
            self.keys.pop_last();
            self.more += 1;
        }
    }
}

/// The search.
pub struct Below {
    worker: Latest<Found>,
    /// How many values did not fit into the chart, to be told once.
    left_out: usize,
}

impl Default for Below {
    fn default() -> Self {
        Self {
            worker: Latest::new("numbers below"),
            left_out: 0,
        }
    }
}

impl fmt::Debug for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Below").finish_non_exhaustive()
    }
}

impl Below {
    /// What was found, once.
    pub fn poll(&mut self) -> Option<Found> {
        self.worker.poll()
    }
}

impl Charts {
    /// Draws every number at and below a topic, as far as there is room in the chart.
    pub fn add_below(&mut self, ctx: &egui::Context, session: &Session, topic: &str) {
        let model = Arc::clone(session.live.model());
        let (topic, settings) = (topic.to_owned(), session.profile.reading.clone());
        let base = session.reading(&topic, &super::gatherer::blank());
        let drawn = self.keys();
        self.below.worker.start(ctx, move || {
            look(&model, &topic, (&settings, &base), &drawn, MAX_SERIES)
        });
    }

    /// Draws what was found below a topic.
    pub(super) fn add_found(&mut self, mut found: Found) {
        // some may have come into the chart meanwhile
        for series in &self.chart.series {
            found.keys.remove(&series.key);
        }
        let room = MAX_SERIES.saturating_sub(self.chart.series.len());
        self.below.left_out = found.keys.len().saturating_sub(room) + found.more;
        let axis = ChartAxis::Left;
        let series = found.keys.into_iter().take(room);
        let series = series.map(|key| ChartSeries { key, axis });
        self.chart.series.extend(series);
        self.is_changed = true;
    }

    /// How many values below a topic found no room in the chart, told once.
    pub fn take_left_out(&mut self) -> usize {
        std::mem::take(&mut self.below.left_out)
    }
}

/// The numbers in the last messages of the topics at and below `topic` that are not `drawn` yet: the first `most` in order
/// of their names.
fn look(
    model: &SharedModel,
    topic: &str,
    (settings, base): (&ReadingSettings, &Reading),
    drawn: &[SeriesKey],
    most: usize,
) -> Found {
    let drawn: HashSet<_> = drawn.iter().collect();
    let room = most.saturating_sub(drawn.len());
    let (mut first, end) = {
        let model = model.lock();
        (model.oldest_id().0, model.next_id().0)
    };
    let mut all = Found::default();
    while first < end {
        let last = (first + SLICE).min(end);
        for (path, message) in lasts(model, (MessageId(first), MessageId(last)), topic) {
            let reading = reading_of(model, (settings, base), &path, &message);
            let (offered, more) = numbers(&decode(&message.payload, &reading), MOST_OF_ONE);
            all.more += more;
            for value in offered {
                let (topic, path) = (path.clone(), value.path);
                let key = SeriesKey { topic, path };
                if !drawn.contains(&key) {
                    all.add(key, room);
                }
            }
        }
        first = last;
    }
    all
}

/// How a message on `topic` is read, as everywhere: metrics that it names by aliases have the names of their births.
fn reading_of(
    model: &SharedModel,
    (settings, base): (&ReadingSettings, &Reading),
    topic: &str,
    message: &Message,
) -> Reading {
    let properties = message.properties.as_ref();
    let births = if needs_births(topic) {
        births(&model.lock(), topic, message.id)
    } else {
        Vec::new()
    };
    Reading {
        content_type: properties.and_then(|it| it.content_type.clone()),
        chosen: settings.format_of(topic).cloned(),
        topic: topic.to_owned(),
        births,
        ..base.clone()
    }
}

/// The last messages of topics at and below `topic` among these.
fn lasts(
    model: &SharedModel,
    (first, end): (MessageId, MessageId),
    topic: &str,
) -> Vec<(String, Message)> {
    let model = model.lock();
    let root: Option<NodeId> = model.find(topic);
    let is_below = |node: &NodeId| {
        let mut above = std::iter::successors(Some(*node), |node| model.parent(*node));
        above.any(|node| Some(node) == root)
    };
    model
        .last_among(first, end)
        .filter(|(node, _)| is_below(node))
        .map(|(node, message)| (model.path(node), message))
        .collect()
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;
    use crate::gui::fixture::message;
    use crate::model::Model;
    use crate::mqtt::Timestamp;

    #[test]
    fn numbers_below_are_found_up_to_a_limit_and_the_rest_is_counted() {
        let model = Arc::new(Mutex::new(Model::new(1 << 20)));
        let payloads = [
            ("other/x", "1"),
            ("a/2", "text"),
            ("a/3", "{\"x\":1,\"y\":\"no\",\"z\":2}"),
            ("a/2", "7"),
            ("a/1", "5"),
            ("a", "9"),
        ];
        for (topic, payload) in payloads {
            model
                .lock()
                .insert(&message(topic, payload), Timestamp::default());
        }
        let look = |drawn: &[SeriesKey], most| {
            let ways = (&ReadingSettings::default(), &Reading::default());
            let found = look(&model, "a", ways, drawn, most);
            let keys: Vec<_> = found.keys.into_iter().collect();
            let labels: Vec<_> = keys.iter().map(SeriesKey::full_label).collect();
            (keys, labels, found.more)
        };
        let (keys, labels, more) = look(&[], 9);
        assert_eq!(labels, ["a", "a/1", "a/2", "a/3 x", "a/3 z"]);
        assert_eq!(more, 0);
        let (_, labels, more) = look(&keys[1..2], 3);
        assert_eq!((labels, more), (vec!["a".to_owned(), "a/2".to_owned()], 2));
    }
}
