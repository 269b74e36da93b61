//! Clears and restores of retained messages: the connection takes a few at a time. What was cleared stays here until the
//! program ends, so that it can be published again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use crate::client::{Command, CommandError, Outgoing, PublishId, PublishStep};
use crate::gui::inspector::user_properties;
use crate::gui::words::broker_says;
use crate::live::Live;
use crate::model::{Kept, RetainedItem};
use crate::mqtt::{Properties, Qos, Timestamp, TopicName};

/// Publishes of this kind are numbered from here on, far from those of the publish panel.
const FIRST: u64 = 1 << 62;
/// Runs that are remembered.
const KEPT_RUNS: usize = 20;
/// Bytes of payloads that are kept for their undo; the newest run keeps its own whatever it has.
const KEPT_BYTES: usize = 256 * 1024 * 1024;
/// Refusals of one run that are listed; all are counted.
pub const LISTED_REFUSALS: usize = 1_000;

/// Names a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u32);

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Publishes an empty retained message to each topic (MQTT 5, 3.3.1.3).
    Clear,
    /// Publishes what was retained there.
    Restore,
}

/// Many topics that were cleared or restored together.
#[derive(Debug)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// What it does.
    pub work: Work,
    /// When it began.
    pub at: Timestamp,
    items: Arc<Vec<RetainedItem>>,
    /// Places of those that are done in `items`.
    done: Vec<u32>,
    /// How many of them have a kept payload.
    restorable: usize,
    /// Topics that were refused or failed, and why.
    pub refused: Vec<(TopicName, String)>,
    refused_count: usize,
    left_out: usize,
    is_stopped: bool,
    is_told: bool,
    is_undone: bool,
}

impl Run {
    /// Topics in all.
    pub fn total(&self) -> usize {
        self.items.len()
    }

    /// Topics that the broker has acknowledged.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// Topics that it refused, or that failed.
    pub fn refused_count(&self) -> usize {
        self.refused_count
    }

    /// Topics that nothing was done about because the run was stopped or the connection ended.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.done.len() + self.refused_count + self.left_out >= self.items.len()
    }

    /// Whether it was undone.
    pub fn is_undone(&self) -> bool {
        self.is_undone
    }

    /// How many of the topics that it cleared have a kept payload.
    pub fn can_restore(&self) -> usize {
        if self.work == Work::Restore || self.is_undone {
            return 0;
        }
        self.restorable
    }

    fn note_done(&mut self, place: u32) {
        let item = self.items.get(place as usize);
        self.restorable += usize::from(item.is_some_and(|item| item.kept.is_some()));
        self.done.push(place);
    }

    fn cleared(&self) -> impl Iterator<Item = &RetainedItem> {
        let item = |place: &u32| self.items.get(*place as usize);
        self.done.iter().filter_map(item)
    }

    fn bytes(&self) -> usize {
        let payload = |item: &RetainedItem| item.kept.as_ref().map_or(0, |it| it.payload.len());
        self.items.iter().map(payload).sum()
    }
}

/// All runs of a connection.
#[derive(Debug, Default)]
pub struct Clearing {
    waiting: VecDeque<(RunId, u32)>,
    under_way: BTreeMap<PublishId, (RunId, u32)>,
    runs: VecDeque<Run>,
    last_publish: u64,
    last_run: u32,
}

/// Whether this number belongs to a publish that clears or restores a retained message.
pub fn is_clearing(id: PublishId) -> bool {
    id.0 > FIRST
}

impl Clearing {
    /// The runs, the newest first.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().rev()
    }

    /// How many topics are still to be cleared or restored.
    pub fn left(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// Begins to clear these.
    pub fn clear(&mut self, items: Arc<Vec<RetainedItem>>, now: Timestamp) -> RunId {
        self.begin(Work::Clear, items, now)
    }

    /// Begins to publish again what a run has cleared; `None` when there is nothing left to.
    pub fn undo(&mut self, id: RunId, now: Timestamp) -> Option<RunId> {
        let run = self.runs.iter_mut().find(|run| run.id == id)?;
        if run.can_restore() == 0 {
            return None;
        }
        let items: Vec<_> = run
            .cleared()
            .filter(|it| it.kept.is_some())
            .cloned()
            .collect();
        run.is_undone = true;
        Some(self.begin(Work::Restore, Arc::new(items), now))
    }

    fn begin(&mut self, work: Work, items: Arc<Vec<RetainedItem>>, at: Timestamp) -> RunId {
        self.last_run += 1;
        let id = RunId(self.last_run);
        let places = u32::try_from(items.len()).unwrap_or(u32::MAX);
        self.waiting.extend((0..places).map(|place| (id, place)));
        self.runs.push_back(Run {
            id,
            work,
            at,
            items,
            done: Vec::new(),
            restorable: 0,
            refused: Vec::new(),
            refused_count: 0,
            left_out: 0,
            is_stopped: false,
            is_told: false,
            is_undone: false,
        });
        self.forget_oldest();
        id
    }

    fn forget_oldest(&mut self) {
        while self.runs.len() > 1
            && self.runs.front().is_some_and(Run::is_over)
            && (self.runs.len() > KEPT_RUNS
                || self.runs.iter().map(Run::bytes).sum::<usize>() > KEPT_BYTES)
        {
            self.runs.pop_front();
        }
    }

    /// Does no more of this run than what is under way.
    pub fn stop(&mut self, id: RunId) {
        let before = self.waiting.len();
        self.waiting.retain(|(of, _)| *of != id);
        let left_out = before - self.waiting.len();
        if let Some(run) = self.run_mut(id) {
            run.is_stopped = true;
            run.left_out += left_out;
        }
    }

    /// Gives up what waits; says how much it was.
    pub fn give_up(&mut self) -> usize {
        let waiting = std::mem::take(&mut self.waiting);
        for (id, _) in &waiting {
            if let Some(run) = self.run_mut(*id) {
                run.left_out += 1;
            }
        }
        waiting.len()
    }

    /// The same together with what is under way, which will not be answered any more.
    pub fn give_up_all(&mut self) -> usize {
        let under_way = std::mem::take(&mut self.under_way);
        self.waiting.extend(under_way.into_values());
        self.give_up()
    }

    /// Goes on with what the connection of the same profile before this one had to do.
    pub fn take_over(&mut self, old: &mut Self) {
        *self = std::mem::take(old);
        let under_way = std::mem::take(&mut self.under_way);
        self.waiting.extend(under_way.into_values());
    }

    /// Hands over as many publishes as the connection takes now. Returns how many are given up because it has ended.
    pub fn send(&mut self, live: &Live, now: Timestamp) -> usize {
        while let Some((id, place)) = self.waiting.pop_front() {
            let Some(message) = self.message(id, place, now) else {
                self.fail(id, place, "it has expired meanwhile");
                continue;
            };
            self.last_publish += 1;
            let number = PublishId(FIRST + self.last_publish);
            match live.send(Command::Publish(number, message)) {
                Ok(()) => {
                    self.under_way.insert(number, (id, place));
                }
                Err(CommandError::Busy) => {
                    self.waiting.push_front((id, place));
                    return 0;
                }
                Err(CommandError::Ended) => {
                    self.waiting.push_front((id, place));
                    return self.give_up();
                }
            }
        }
        0
    }

    fn message(&self, id: RunId, place: u32, now: Timestamp) -> Option<Outgoing> {
        let run = self.runs.iter().find(|run| run.id == id)?;
        let item = run.items.get(place as usize)?;
        match run.work {
            Work::Clear => Some(Outgoing {
                topic: item.topic.clone(),
                payload: Bytes::new(),
                qos: Qos::AtLeastOnce,
                retain: true,
                properties: None,
            }),
            Work::Restore => restored(item, now),
        }
    }

    /// Takes in how far a publish came. Says which topic's clearing failed, so that nobody knows what is retained there.
    pub fn take(
        &mut self,
        id: PublishId,
        step: &PublishStep,
        tries_again: bool,
    ) -> Option<TopicName> {
        if !is_clearing(id)
            || !matches!(
                step,
                PublishStep::Done(_) | PublishStep::Refused(..) | PublishStep::Failed(_)
            )
        {
            // a restore with QoS 0 is done once it is written
            let &(run, place) = self.under_way.get(&id)?;
            if *step == PublishStep::Sent && self.qos_of(run, place) == Some(Qos::AtMostOnce) {
                self.under_way.remove(&id);
                self.run_mut(run)?.note_done(place);
            }
            return None;
        }
        let (run, place) = self.under_way.remove(&id)?;
        match step {
            PublishStep::Failed(_) if tries_again => {
                self.waiting.push_back((run, place));
                None
            }
            PublishStep::Failed(why) => {
                let why = why.clone();
                self.fail(run, place, &why);
                let run = self.run_mut(run).filter(|run| run.work == Work::Clear)?;
                Some(run.items.get(place as usize)?.topic.clone())
            }
            PublishStep::Refused(reason, words) => {
                let words = broker_says(words.as_deref());
                let why = format!("{}{words}", reason.publish_meaning());
                self.fail(run, place, &why);
                None
            }
            _ => {
                self.run_mut(run)?.note_done(place);
                None
            }
        }
    }

    fn qos_of(&self, id: RunId, place: u32) -> Option<Qos> {
        let run = self.runs.iter().find(|run| run.id == id)?;
        match run.work {
            Work::Clear => Some(Qos::AtLeastOnce),
            Work::Restore => Some(run.items.get(place as usize)?.kept.as_ref()?.qos),
        }
    }

    fn fail(&mut self, id: RunId, place: u32, why: &str) {
        let Some(run) = self.run_mut(id) else { return };
        run.refused_count += 1;
        if run.refused.len() < LISTED_REFUSALS
            && let Some(item) = run.items.get(place as usize)
        {
            run.refused.push((item.topic.clone(), why.to_owned()));
        }
    }

    fn run_mut(&mut self, id: RunId) -> Option<&mut Run> {
        // the one under way is one of the newest
        self.runs.iter_mut().rev().find(|run| run.id == id)
    }

    /// The next run that is over and was not told of yet.
    pub fn next_finished(&mut self) -> Option<&Run> {
        let mut runs = self.runs.iter_mut();
        let run = runs.find(|run| !run.is_told && run.is_over())?;
        run.is_told = true;
        Some(run)
    }
}

/// The message that brings back what was retained, with what is left of its expiry; `None` when that is over.
fn restored(item: &RetainedItem, now: Timestamp) -> Option<Outgoing> {
    let Kept {
        payload,
        qos,
        properties,
        ..
    } = item.kept.as_ref()?;
    let properties = match properties.as_deref() {
        Some(properties) => Some(Box::new(to_publish(properties, item.at, now)?)),
        None => None,
    };
    Some(Outgoing {
        topic: item.topic.clone(),
        payload: payload.clone(),
        qos: *qos,
        retain: true,
        properties,
    })
}

/// The properties that its publisher gave it: not those of the delivery.
fn to_publish(properties: &Properties, at: Timestamp, now: Timestamp) -> Option<Properties> {
    let passed = u32::try_from(now.since(at).as_secs()).unwrap_or(u32::MAX);
    let message_expiry = match properties.message_expiry {
        Some(seconds) => Some(seconds.checked_sub(passed).filter(|left| *left > 0)?),
        None => None,
    };
    Some(Properties {
        payload_format: properties.payload_format,
        message_expiry,
        content_type: properties.content_type.clone(),
        response_topic: properties.response_topic.clone(),
        correlation_data: properties.correlation_data.clone(),
        user: user_properties(properties).cloned().collect(),
        ..Properties::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::ReasonCode;

    fn item(topic: &str, payload: Option<&'static str>) -> RetainedItem {
        RetainedItem {
            topic: TopicName::new(topic.to_owned()).unwrap(),
            kept: payload.map(|payload| Kept {
                id: None,
                payload: payload.into(),
                qos: Qos::AtLeastOnce,
                properties: None,
            }),
            at: Timestamp::default(),
        }
    }

    /// As if the connection had taken everything.
    fn send_all(clearing: &mut Clearing) -> Vec<PublishId> {
        let waiting: Vec<_> = clearing.waiting.drain(..).collect();
        let send = |it| {
            clearing.last_publish += 1;
            let id = PublishId(FIRST + clearing.last_publish);
            clearing.under_way.insert(id, it);
            id
        };
        waiting.into_iter().map(send).collect()
    }

    #[test]
    fn a_run_counts_what_became_of_each_and_undoes_what_it_did() {
        let mut clearing = Clearing::default();
        let items = vec![
            item("a", Some("1")),
            item("b", Some("2")),
            item("c", None),
            item("d", Some("4")),
        ];
        let run = clearing.clear(Arc::new(items), Timestamp::default());
        let sent = send_all(&mut clearing);
        let done = PublishStep::Done(ReasonCode::SUCCESS);
        assert_eq!(clearing.take(sent[0], &PublishStep::Sent, false), None);
        assert_eq!(clearing.left(), 4);
        clearing.take(sent[0], &done, false);
        clearing.take(sent[2], &done, false);
        clearing.take(
            sent[1],
            &PublishStep::Refused(ReasonCode(0x87), None),
            false,
        );
        assert!(clearing.next_finished().is_none());
        let failed = PublishStep::Failed("gone".to_owned());
        let topic = clearing.take(sent[3], &failed, false).unwrap();
        assert_eq!(topic.as_str(), "d");
        let it = clearing.next_finished().unwrap();
        assert_eq!((it.done(), it.refused_count(), it.can_restore()), (2, 2, 1));
        assert_eq!(it.refused[0].0.as_str(), "b");
        assert!(clearing.next_finished().is_none(), "told once");
        let undo = clearing.undo(run, Timestamp::default()).unwrap();
        assert!(clearing.undo(run, Timestamp::default()).is_none());
        let message = clearing.message(undo, 0, Timestamp::default()).unwrap();
        assert_eq!(
            (message.topic.as_str(), &message.payload[..]),
            ("a", &b"1"[..])
        );
        assert!(message.retain);
    }

    #[test]
    fn a_stopped_run_leaves_the_rest_out() {
        let mut clearing = Clearing::default();
        let items = (0..10).map(|n| item(&n.to_string(), None)).collect();
        let run = clearing.clear(Arc::new(items), Timestamp::default());
        clearing.stop(run);
        let it = clearing.next_finished().unwrap();
        assert_eq!((it.left_out(), it.can_restore()), (10, 0));
        assert_eq!(clearing.left(), 0);
    }

    #[test]
    fn what_has_expired_is_not_brought_back() {
        let properties = Properties {
            message_expiry: Some(60),
            subscription_ids: vec![7],
            topic_alias: Some(3),
            content_type: Some("text/plain".to_owned()),
            ..Properties::default()
        };
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let left = to_publish(&properties, at(0), at(20)).unwrap();
        assert_eq!(left.message_expiry, Some(40));
        assert!(left.subscription_ids.is_empty() && left.topic_alias.is_none());
        assert_eq!(left.content_type.as_deref(), Some("text/plain"));
        assert!(to_publish(&properties, at(0), at(60)).is_none());
    }
}
