//! The open connection as the window sees it: its state, its subscriptions and what became of each publish.

use std::collections::VecDeque;
use std::time::Duration;

use crate::client::{Event, Granted, PublishId, PublishStep, State, SubscribeOutcome};
use crate::live::Live;
use crate::model::{NodeId, SortBy};
use crate::mqtt::{Qos, Timestamp};
use crate::profile::Profile;

/// Finished publishes that are remembered for the result line.
const KEPT_PUBLISHES: usize = 200;

/// A subscription and what the broker said to it.
#[derive(Debug, Clone)]
pub struct SubscriptionState {
    /// The filter.
    pub filter: String,
    /// The QoS asked for.
    pub qos: Qos,
    /// The broker's answer.
    pub outcome: SubscribeOutcome,
}

/// One message sent by hand and how far it came.
#[derive(Debug, Clone)]
pub struct PublishRecord {
    /// Its number.
    pub id: PublishId,
    /// Its topic.
    pub topic: String,
    /// Its QoS.
    pub qos: Qos,
    /// Payload size in bytes.
    pub size: usize,
    /// Every step with its time, oldest first.
    pub steps: Vec<(Timestamp, PublishStep)>,
}

impl PublishRecord {
    /// Whether nothing more will come.
    pub fn is_final(&self) -> bool {
        self.steps
            .last()
            .is_some_and(|(_, step)| step.is_final(self.qos))
    }
}

/// An open connection with everything the window keeps about it.
pub struct Session {
    /// The profile it was opened with, changed by what the user subscribes to.
    pub profile: Profile,
    /// The connection and its model.
    pub live: Live,
    /// The subscriptions, in the order they were made.
    pub subscriptions: Vec<SubscriptionState>,
    /// What the broker granted.
    pub granted: Option<Granted>,
    /// Round trip of the last ping.
    pub ping: Option<Duration>,
    /// The selected topic or branch.
    pub selected: Option<NodeId>,
    /// Order of the tree.
    pub sort: SortBy,
    /// Whether the tree is frozen.
    pub is_paused: bool,
    /// Publishes, oldest first: all that are under way and the last finished ones.
    publishes: VecDeque<PublishRecord>,
}

impl Session {
    /// Wraps a connection that was just opened with `profile`.
    pub fn new(profile: Profile, live: Live) -> Self {
        let pending = |subscription: &crate::profile::Subscription| SubscriptionState {
            filter: subscription.filter.clone(),
            qos: subscription.qos,
            outcome: SubscribeOutcome::Pending,
        };
        Self {
            subscriptions: profile.subscriptions.iter().map(pending).collect(),
            profile,
            live,
            granted: None,
            ping: None,
            selected: None,
            sort: SortBy::default(),
            is_paused: false,
            publishes: VecDeque::new(),
        }
    }

    /// The state of the connection now.
    pub fn state(&self) -> State {
        self.live.state()
    }

    /// Whether messages flow.
    pub fn is_connected(&self) -> bool {
        matches!(self.live.state(), State::Connected { .. })
    }

    /// A publish by its number, while it is remembered.
    pub fn publish(&self, id: PublishId) -> Option<&PublishRecord> {
        self.publishes.iter().rev().find(|record| record.id == id)
    }

    /// The publish started last.
    pub fn last_publish(&self) -> Option<&PublishRecord> {
        self.publishes.back()
    }

    /// How many publishes wait for their acknowledgement.
    pub fn publishes_under_way(&self) -> usize {
        self.publishes
            .iter()
            .filter(|record| !record.is_final())
            .count()
    }

    /// Remembers a publish that is about to be sent.
    pub fn start_publish(&mut self, record: PublishRecord) {
        while self.publishes.len() >= KEPT_PUBLISHES
            && self.publishes.front().is_some_and(PublishRecord::is_final)
        {
            self.publishes.pop_front();
        }
        self.publishes.push_back(record);
    }

    /// Takes in what happened, at `now`.
    pub fn take(&mut self, event: &Event, now: Timestamp) {
        match event {
            Event::Granted(granted) => self.granted = Some(granted.clone()),
            Event::PingRoundTrip(time) => self.ping = Some(*time),
            Event::Subscription(filter, outcome) => {
                self.take_subscription(filter.as_str(), outcome)
            }
            Event::Publish(id, step) => {
                if let Some(record) = self
                    .publishes
                    .iter_mut()
                    .rev()
                    .find(|record| record.id == *id)
                {
                    record.steps.push((now, step.clone()));
                }
            }
            Event::State(_) | Event::Note(_) => {}
        }
    }

    fn take_subscription(&mut self, filter: &str, outcome: &SubscribeOutcome) {
        if *outcome == SubscribeOutcome::Removed {
            self.subscriptions
                .retain(|subscription| subscription.filter != filter);
            return;
        }
        match self
            .subscriptions
            .iter_mut()
            .find(|subscription| subscription.filter == filter)
        {
            Some(subscription) => subscription.outcome = outcome.clone(),
            None => self.subscriptions.push(SubscriptionState {
                filter: filter.to_owned(),
                qos: Qos::AtMostOnce,
                outcome: outcome.clone(),
            }),
        }
    }
}
