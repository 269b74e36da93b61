//! Every number at and below a topic: found on a worker in the last message of each topic.

use std::fmt;
use std::sync::Arc;

use super::super::latest::Latest;
use super::super::session::Session;
use super::collect::SharedModel;
use super::{Charts, MAX_SERIES};
use crate::model::{Message, MessageId, NodeId};
use crate::payload::series::numbers;
use crate::payload::{Reading, decode};
use crate::profile::{ReadingSettings, SeriesKey};

/// Messages looked at for each time the model is locked.
const SLICE: u64 = 512;
/// Numbers taken of one message.
const MOST_OF_ONE: usize = 64;

/// The search.
pub struct Below {
    worker: Latest<Vec<SeriesKey>>,
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
    pub fn poll(&mut self) -> Option<Vec<SeriesKey>> {
        self.worker.poll()
    }
}

impl Charts {
    /// Draws every number at and below a topic, as far as there is room in the chart.
    pub fn add_below(&mut self, ctx: &egui::Context, session: &Session, topic: &str) {
        let model = Arc::clone(session.live.model());
        let (topic, settings) = (topic.to_owned(), session.profile.reading.clone());
        let base = session.reading(&topic, &super::gatherer::blank());
        self.below
            .worker
            .start(ctx, move || look(&model, &topic, &settings, &base));
    }

    /// Draws what was found below a topic.
    pub(super) fn add_found(&mut self, keys: Vec<SeriesKey>) {
        let room = MAX_SERIES.saturating_sub(self.chart.series.len());
        let known: std::collections::BTreeSet<_> =
            self.chart.series.iter().map(|it| it.key.clone()).collect();
        let new: Vec<_> = keys
            .into_iter()
            .filter(|key| !known.contains(key))
            .collect();
        self.below.left_out = new.len().saturating_sub(room);
        let series = new
            .into_iter()
            .take(room)
            .map(|key| crate::profile::ChartSeries {
                key,
                axis: crate::profile::ChartAxis::Left,
            });
        self.chart.series.extend(series);
        self.is_changed = true;
    }

    /// How many values below a topic found no room in the chart, told once.
    pub fn take_left_out(&mut self) -> usize {
        std::mem::take(&mut self.below.left_out)
    }
}

/// The numbers in the last messages of the topics at and below `topic`, in order of their names.
fn look(
    model: &SharedModel,
    topic: &str,
    settings: &ReadingSettings,
    base: &Reading,
) -> Vec<SeriesKey> {
    let end = model.lock().next_id();
    let mut keys = Vec::new();
    let mut first = 0;
    while first < end.0 {
        let last = (first + SLICE).min(end.0);
        let found = lasts(model, (MessageId(first), MessageId(last)), topic);
        for (path, message) in found {
            let properties = message.properties.as_ref();
            let reading = Reading {
                content_type: properties.and_then(|it| it.content_type.clone()),
                chosen: settings.format_of(&path).cloned(),
                topic: path.clone(),
                ..base.clone()
            };
            let (offered, _) = numbers(&decode(&message.payload, &reading), MOST_OF_ONE);
            keys.extend(offered.into_iter().map(|value| SeriesKey {
                topic: path.clone(),
                path: value.path,
            }));
        }
        first = last;
    }
    keys.sort();
    keys
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
