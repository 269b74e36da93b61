//! Clears and restores of retained messages: the connection takes a few at a time. What was cleared stays here until the
//! program ends, so that it can be published again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use crate::client::{Command, CommandError, Outgoing, PublishId, PublishStep};
use crate::gui::inspector::user_properties;
use crate::gui::words::broker_says;
use crate::live::Live;
use crate::model::{Doubt, Held, Kept, Model};
use crate::mqtt::{Properties, Qos, Timestamp, TopicName};

use super::lot::Lot;
use super::words::expiry;

/// Topics that the model is asked about each time it is locked.
const LOOKED_AT: usize = 64;
/// Publishes of this kind are numbered from here on, far from those of the publish panel.
const FIRST: u64 = 1 << 62;
/// Runs that are remembered.
const KEPT_RUNS: usize = 20;
/// Bytes of payloads that are kept for their undo; the newest run keeps its own whatever it has.
const KEPT_BYTES: usize = 256 * 1024 * 1024;
/// Refusals of one run that are listed; all are counted.
pub const LISTED_REFUSALS: usize = 1_000;

/// What was retained at some places, and since when that was known.
type Refreshed = BTreeMap<u32, (Option<Kept>, Timestamp)>;

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
    lot: Lot,
    /// How many of the lot were handed over to the connection.
    next: usize,
    /// Places of those that have to be sent once more.
    again: VecDeque<u32>,
    /// What was retained at a place when it was cleared, where that is not what was found before.
    refreshed: Arc<Refreshed>,
    done: usize,
    /// Places of those that were cleared and have a kept payload.
    restorable: Vec<u32>,
    /// How many were not restored because something newer is retained there.
    newer: usize,
    /// Topics that were refused or failed, and why.
    pub refused: Vec<(TopicName, String)>,
    refused_count: usize,
    left_out: usize,
    is_stopped: bool,
    is_told: bool,
    is_undone: bool,
}

impl Run {
    fn new(id: RunId, work: Work, lot: Lot, at: Timestamp) -> Self {
        Self {
            id,
            work,
            at,
            lot,
            next: 0,
            again: VecDeque::new(),
            refreshed: Arc::default(),
            done: 0,
            restorable: Vec::new(),
            newer: 0,
            refused: Vec::new(),
            refused_count: 0,
            left_out: 0,
            is_stopped: false,
            is_told: false,
            is_undone: false,
        }
    }

    /// Topics in all.
    pub fn total(&self) -> usize {
        self.lot.len()
    }

    /// Topics that the broker has acknowledged.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Topics that were not restored because another value is retained there by now.
    pub fn newer(&self) -> usize {
        self.newer
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
        self.done + self.refused_count + self.left_out + self.newer >= self.total()
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
        self.restorable.len()
    }

    fn note_done(&mut self, place: u32) {
        self.done += 1;
        if self.work == Work::Clear && self.kept(place).is_some() {
            self.restorable.push(place);
        }
    }

    /// What was retained at a place before it was cleared, and since when that was known.
    fn kept(&self, place: u32) -> Option<(&Kept, Timestamp)> {
        let (kept, at) = match self.refreshed.get(&place) {
            Some((kept, at)) => (kept, at),
            None => self.lot.item(place).map(|item| (&item.kept, &item.at))?,
        };
        kept.as_ref().map(|kept| (kept, *at))
    }

    fn waiting(&self) -> usize {
        self.total() - self.next + self.again.len()
    }

    /// What waits to be sent, in order.
    fn upcoming(&self) -> impl Iterator<Item = Next> {
        let next = |place, is_again| Next {
            run: self.id,
            place,
            is_again,
        };
        let fresh = (self.next..self.total()).filter_map(|n| self.lot.place(n));
        let again = self.again.iter().map(move |place| next(*place, true));
        fresh.map(move |place| next(place, false)).chain(again)
    }

    /// The first of those that wait was sent, or never will be.
    fn pop(&mut self) {
        if self.next < self.total() {
            self.next += 1;
        } else {
            self.again.pop_front();
        }
    }

    /// Nothing more is sent. Says how much was left.
    fn give_up(&mut self) -> usize {
        let left = self.waiting();
        self.next = self.total();
        self.again.clear();
        self.left_out += left;
        left
    }

    /// Takes in what is retained now at a place that is about to be cleared: that is what an undo has to bring back.
    fn refresh(&mut self, next: Next, model: &Model) {
        let Some(item) = self.lot.item(next.place) else {
            return;
        };
        let Some(node) = model.find(item.topic.as_str()) else {
            return;
        };
        let truth = model.retained_truth(node);
        let now = match (truth.held, truth.doubt) {
            (Held::Message(kept), None) => Some(kept),
            // what was sent before may have cleared it
            _ if next.is_again => return,
            (Held::Nothing, None) | (_, Some(Doubt::MayBeReplaced(_) | Doubt::MayBeCleared(_))) => {
                None
            }
            // no more is known than before, as after an interruption
            _ => return,
        };
        let is_same = match (self.kept(next.place), &now) {
            (Some((before, at)), Some(now)) => at == truth.at && before.payload == now.payload,
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            Arc::make_mut(&mut self.refreshed).insert(next.place, (now, truth.at));
        }
    }

    /// Bytes of payloads that it keeps beyond those of its lot.
    fn refreshed_bytes(&self) -> usize {
        let kept = self
            .refreshed
            .values()
            .filter_map(|(kept, _)| kept.as_ref());
        kept.map(|kept| kept.payload.len()).sum()
    }
}

/// What is to be sent next.
#[derive(Debug, Clone, Copy)]
struct Next {
    run: RunId,
    place: u32,
    /// Whether it was sent before.
    is_again: bool,
}

/// What comes of it.
enum Step {
    Publish(Outgoing),
    Expired,
    /// Another value is retained there by now.
    Newer,
}

/// All runs of a connection.
#[derive(Debug, Default)]
pub struct Clearing {
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
        self.runs.iter().map(Run::waiting).sum::<usize>() + self.under_way.len()
    }

    /// Begins to clear these.
    pub fn clear(&mut self, lot: Lot, now: Timestamp) -> RunId {
        self.begin(Work::Clear, lot, Arc::default(), now)
    }

    /// Begins to publish again what a run has cleared; `None` when there is nothing left to.
    pub fn undo(&mut self, id: RunId, now: Timestamp) -> Option<RunId> {
        let run = self.runs.iter_mut().find(|run| run.id == id)?;
        if run.can_restore() == 0 || !run.is_over() {
            return None;
        }
        run.is_undone = true;
        let places = std::mem::take(&mut run.restorable);
        let lot = Lot::some(Arc::clone(run.lot.found()), places);
        let refreshed = Arc::clone(&run.refreshed);
        Some(self.begin(Work::Restore, lot, refreshed, now))
    }

    fn begin(&mut self, work: Work, lot: Lot, refreshed: Arc<Refreshed>, at: Timestamp) -> RunId {
        self.last_run += 1;
        let id = RunId(self.last_run);
        self.runs.push_back(Run {
            refreshed,
            ..Run::new(id, work, lot, at)
        });
        self.forget_oldest();
        id
    }

    fn forget_oldest(&mut self) {
        while self.runs.len() > 1
            && self.runs.front().is_some_and(Run::is_over)
            && (self.runs.len() > KEPT_RUNS || self.bytes() > KEPT_BYTES)
        {
            self.runs.pop_front();
        }
    }

    /// Bytes of all payloads that are kept; an undo shares those of what it undoes.
    fn bytes(&self) -> usize {
        let is_first = |(n, run): &(usize, &Run)| {
            let mut before = self.runs.iter().take(*n);
            !before.any(|before| Arc::ptr_eq(before.lot.found(), run.lot.found()))
        };
        let first = self.runs.iter().enumerate().filter(is_first);
        first
            .map(|(_, run)| run.lot.found().bytes() + run.refreshed_bytes())
            .sum()
    }

    /// Does no more of this run than what is under way.
    pub fn stop(&mut self, id: RunId) {
        if let Some(run) = self.run_mut(id) {
            run.is_stopped = true;
            run.give_up();
        }
    }

    /// Gives up what waits; says how much it was.
    pub fn give_up(&mut self) -> usize {
        self.runs.iter_mut().map(Run::give_up).sum()
    }

    /// The same together with what is under way, which will not be answered any more.
    pub fn give_up_all(&mut self) -> usize {
        self.send_under_way_again();
        self.give_up()
    }

    /// Goes on with what the connection of the same profile before this one had to do.
    pub fn take_over(&mut self, old: &mut Self) {
        *self = std::mem::take(old);
        self.send_under_way_again();
    }

    fn send_under_way_again(&mut self) {
        for (id, place) in std::mem::take(&mut self.under_way).into_values() {
            if let Some(run) = self.run_mut(id) {
                run.again.push_back(place);
            }
        }
    }

    /// Hands over as many publishes as the connection takes now. Returns how many are given up because it has ended.
    pub fn send(&mut self, live: &Live, now: Timestamp) -> usize {
        loop {
            let upcoming = self.upcoming(LOOKED_AT);
            if upcoming.is_empty() {
                return 0;
            }
            let steps = self.steps(&upcoming, &live.lock(), now);
            for (next, step) in upcoming.into_iter().zip(steps) {
                let message = match step {
                    Step::Publish(message) => message,
                    left => {
                        self.leave(next, &left);
                        continue;
                    }
                };
                let number = PublishId(FIRST + self.last_publish + 1);
                match live.send(Command::Publish(number, message)) {
                    Ok(()) => self.sent(number, next),
                    Err(CommandError::Busy) => return 0,
                    Err(CommandError::Ended) => return self.give_up(),
                }
            }
        }
    }

    fn upcoming(&self, most: usize) -> Vec<Next> {
        self.runs
            .iter()
            .flat_map(Run::upcoming)
            .take(most)
            .collect()
    }

    fn sent(&mut self, number: PublishId, next: Next) {
        self.last_publish += 1;
        self.under_way.insert(number, (next.run, next.place));
        if let Some(run) = self.run_mut(next.run) {
            run.pop();
        }
    }

    /// Nothing is sent.
    fn leave(&mut self, next: Next, why: &Step) {
        let Some(run) = self.run_mut(next.run) else {
            return;
        };
        run.pop();
        if matches!(why, Step::Newer) {
            run.newer += 1;
        } else {
            self.fail(next.run, next.place, "it has expired meanwhile");
        }
    }

    /// What comes of these, by what the model knows now.
    fn steps(&mut self, upcoming: &[Next], model: &Model, now: Timestamp) -> Vec<Step> {
        let mut step = |next: &Next| {
            let run = self.run_mut(next.run)?;
            if run.work == Work::Clear {
                run.refresh(*next, model);
                return Some(Step::Publish(empty(&run.lot.item(next.place)?.topic)));
            }
            let topic = &run.lot.item(next.place)?.topic;
            let (kept, at) = run.kept(next.place)?;
            if has_another(model, topic, kept, now) {
                return Some(Step::Newer);
            }
            restored(topic, (kept, at), now).map(Step::Publish)
        };
        let steps = upcoming
            .iter()
            .map(|next| step(next).unwrap_or(Step::Expired));
        steps.collect()
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
                self.run_mut(run)?.again.push_back(place);
                None
            }
            PublishStep::Failed(why) => {
                let why = why.clone();
                self.fail(run, place, &why);
                let run = self.run_mut(run).filter(|run| run.work == Work::Clear)?;
                Some(run.lot.item(place)?.topic.clone())
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
            Work::Restore => Some(run.kept(place)?.0.qos),
        }
    }

    fn fail(&mut self, id: RunId, place: u32, why: &str) {
        let Some(run) = self.run_mut(id) else { return };
        run.refused_count += 1;
        if run.refused.len() < LISTED_REFUSALS
            && let Some(item) = run.lot.item(place)
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

/// The message that clears what is retained (MQTT 5, 3.3.1.3).
fn empty(topic: &TopicName) -> Outgoing {
    Outgoing {
        topic: topic.clone(),
        payload: Bytes::new(),
        qos: Qos::AtLeastOnce,
        retain: true,
        properties: None,
    }
}

/// Whether another value is retained by now than the one that is to be restored: somebody published it since.
fn has_another(model: &Model, topic: &TopicName, restored: &Kept, now: Timestamp) -> bool {
    let Some(node) = model.find(topic.as_str()) else {
        return false;
    };
    let truth = model.retained_truth(node);
    match &truth.held {
        Held::NotKnown | Held::Nothing => false,
        Held::Something => true,
        Held::Message(kept) => {
            let has_expired = expiry(&truth, kept).is_some_and(|end| end <= now);
            kept.payload != restored.payload && !has_expired
        }
    }
}

/// The message that brings back what was retained, with what is left of its expiry; `None` when that is over.
fn restored(topic: &TopicName, (kept, at): (&Kept, Timestamp), now: Timestamp) -> Option<Outgoing> {
    let properties = match kept.properties.as_deref() {
        Some(properties) => Some(Box::new(to_publish(properties, at, now)?)),
        None => None,
    };
    Some(Outgoing {
        topic: topic.clone(),
        payload: kept.payload.clone(),
        qos: kept.qos,
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
#[path = "clearing_tests.rs"]
mod tests;
