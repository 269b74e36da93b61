//! The open connection as the window sees it: its state, its subscriptions and what became of each publish.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{Event, Granted, PublishId, PublishStep, State};
use crate::live::Live;
use crate::model::{Model, NodeId, SortBy, Totals};
use crate::mqtt::{Qos, Timestamp};
use crate::payload::schema::Schemas;
use crate::profile::Profile;

use super::chart::Pinned;
use super::retained::{Checks, Clearing};
use super::subscriptions::SubscriptionList;

/// A tab in the background says at most this often how much its connection receives.
pub const TAB_INTERVAL: Duration = Duration::from_secs(1);

/// Finished publishes that are remembered for the result line.
const KEPT_PUBLISHES: usize = 200;

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

/// What the bars show of the model, as of one frame.
#[derive(Debug, Clone)]
pub struct Glance {
    /// Sums over the connection.
    pub totals: Totals,
    /// Messages since the pause began; `None` when not paused.
    pub since_pause: Option<u64>,
}

impl Glance {
    fn at(model: &Model, now: Timestamp) -> Self {
        Self {
            totals: model.totals(now),
            since_pause: model.messages_since_pause(),
        }
    }
}

/// An open connection with everything the window keeps about it.
pub struct Session {
    /// The profile it was opened with, changed by what the user subscribes to.
    pub profile: Profile,
    /// The connection and its model.
    pub live: Live,
    /// The subscriptions, in the order they were made.
    pub subscriptions: SubscriptionList,
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
    /// Whether publishing by hand is not asked about any more, although the profile wants it.
    pub publishes_freely: bool,
    /// Whether it ends so that its profile can connect anew: what it has not sent, the next connection does.
    pub reopens: bool,
    /// The schemas that its profile names.
    pub schemas: Arc<Schemas>,
    /// What the charts on its dashboard draw.
    pub pinned: Pinned,
    /// How far its events have told of it.
    told: Told,
    /// What the bars show.
    pub glance: Glance,
    /// When that was copied.
    looked: Timestamp,
    /// Messages that had come when somebody saw this connection last.
    seen: u64,
    /// Publishes, oldest first: all that are under way and the last finished ones.
    publishes: BTreeMap<PublishId, PublishRecord>,
    /// Retained messages that are cleared and restored.
    pub clearing: Clearing,
    /// Questions to the broker about what it retains.
    pub checks: Checks,
}

/// How far the events of a connection have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It is not accepted yet.
    Beginning,
    /// The broker has accepted it. It is lost perhaps, and not tried again yet.
    Standing,
    /// It has ended.
    End { has_stood: bool },
}

impl Told {
    fn after(self, state: &State) -> Self {
        match state {
            State::Connected { .. } => Self::Standing,
            State::Idle | State::Connecting { .. } => Self::Beginning,
            State::Waiting { .. } => self,
            State::Ended(_) => Self::End {
                has_stood: self == Self::Standing,
            },
        }
    }
}

impl Session {
    /// Wraps a connection that was just opened with `profile`.
    pub fn new(profile: Profile, live: Live) -> Self {
        let model = live.lock();
        let now = crate::client::now();
        let glance = Glance::at(&model, now);
        let sort = model.sorted_by();
        drop(model);
        Self {
            subscriptions: SubscriptionList::new(&profile.subscriptions),
            pinned: Pinned::of(&profile.charts),
            profile,
            live,
            granted: None,
            ping: None,
            selected: None,
            sort,
            is_paused: glance.since_pause.is_some(),
            publishes_freely: false,
            reopens: false,
            schemas: Arc::default(),
            told: Told::Beginning,
            looked: now,
            seen: glance.totals.messages,
            glance,
            publishes: BTreeMap::new(),
            clearing: Clearing::default(),
            checks: Checks::default(),
        }
    }

    /// A frame begins that shows this connection: copies what the bars show. Returns whether the model was too busy for
    /// that.
    pub fn look(&mut self, now: Timestamp) -> bool {
        let is_late = self.copy_glance(now);
        self.seen = self.glance.totals.messages;
        is_late
    }

    /// A frame begins that shows only the tab of this connection: copies now and then what the tab says.
    pub fn look_at_tab(&mut self, now: Timestamp) {
        if now.since(self.looked) >= TAB_INTERVAL {
            self.copy_glance(now);
        }
    }

    fn copy_glance(&mut self, now: Timestamp) -> bool {
        self.live.frame_begins();
        let glance = self.live.lock_soon().map(|model| Glance::at(&model, now));
        let is_late = glance.is_none();
        if let Some(glance) = glance {
            self.glance = glance;
            self.looked = now;
        }
        is_late
    }

    /// Whether messages have come since somebody saw this connection last.
    pub fn has_news(&self) -> bool {
        self.glance.totals.messages > self.seen
    }

    /// Goes on with what the connection of the same profile before this one had still to clear.
    pub fn take_over_clears(&mut self, old: &mut Self) {
        self.clearing.take_over(&mut old.clearing);
    }

    /// Gives up what is still to be cleared: the profile goes to another broker. Says how much it was.
    pub fn drop_clears(&mut self) -> usize {
        self.clearing.give_up_all()
    }

    /// Tells the model what to count by: the subscriptions as they are now.
    pub fn count_by_subscriptions(&self) {
        let asked = self.subscriptions.as_slice().iter().map(|it| &it.asked);
        self.live.count_by(asked);
    }

    /// Whether the event of its end was taken.
    pub fn has_told_end(&self) -> bool {
        matches!(self.told, Told::End { .. })
    }

    /// Whether the broker had accepted it before it failed, if it did.
    pub fn has_stood(&self) -> bool {
        matches!(self.told, Told::Standing | Told::End { has_stood: true })
    }

    /// Whether the connection has ended and everything about it is told and in the model.
    pub fn is_over(&self) -> bool {
        self.has_told_end() && self.live.has_ended()
    }

    /// How many retained messages are still to be cleared or restored.
    pub fn clears_left(&self) -> usize {
        self.clearing.left()
    }

    /// Hands over as many clearing publishes as the connection takes now. Returns how many are given up because it has
    /// ended.
    pub fn send_clears(&mut self, now: Timestamp) -> usize {
        if self.reopens {
            return 0;
        }
        self.clearing.send(&self.live, now)
    }

    /// The state of the connection now. One that another takes the place of is connecting.
    pub fn state(&self) -> State {
        if self.reopens {
            return State::Connecting { attempt: 1 };
        }
        self.live.state()
    }

    /// Whether messages flow.
    pub fn is_connected(&self) -> bool {
        matches!(self.live.state(), State::Connected { .. })
    }

    /// A publish by its number, while it is remembered.
    pub fn publish(&self, id: PublishId) -> Option<&PublishRecord> {
        self.publishes.get(&id)
    }

    /// How many publishes wait for their acknowledgement.
    pub fn publishes_under_way(&self) -> usize {
        self.publishes
            .values()
            .filter(|record| !record.is_final())
            .count()
    }

    /// Remembers a publish that is about to be sent.
    pub fn start_publish(&mut self, record: PublishRecord) {
        while self.publishes.len() >= KEPT_PUBLISHES
            && let Some(oldest) = self.publishes.first_entry()
            && oldest.get().is_final()
        {
            oldest.remove();
        }
        self.publishes.insert(record.id, record);
    }

    /// Takes in how far a clearing publish came. Where nobody knows whether it reached the broker, neither does the
    /// model any more.
    fn end_clear(&mut self, id: PublishId, step: &PublishStep) {
        if let Some(topic) = self.clearing.take(id, step, self.reopens) {
            self.live.lock().doubt_clearing(&topic);
        }
    }

    /// Takes in what happened, at `now`.
    pub fn take(&mut self, event: &Event, now: Timestamp) {
        match event {
            Event::Granted(granted) => self.granted = Some(granted.clone()),
            Event::PingRoundTrip(time) => self.ping = Some(*time),
            Event::Subscription(filter, outcome) => {
                self.subscriptions.take(filter.as_str(), outcome);
            }
            Event::Publish(id, step) => {
                self.end_clear(*id, step);
                if let Some(record) = self.publishes.get_mut(id) {
                    record.steps.push((now, step.clone()));
                }
            }
            Event::State(state) => self.told = self.told.after(state),
            Event::Note(_) => {}
        }
    }
}
