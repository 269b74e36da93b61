//! How many messages came for each subscription. A topic is matched with the filters once, and then knows by a number
//! which set of them it belongs to: a message adds to the counter of that set, whatever the number of subscriptions.

use hashbrown::HashMap;

use super::paged::Paged;
use super::rates::{Moment, Rate};
use super::{Model, NodeId};
use crate::mqtt::{Timestamp, TopicFilter};

/// What messages are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribed {
    /// The filter; of a shared one counts what follows the group (MQTT 5, 4.8.2).
    pub filter: TopicFilter,
    /// A mark of the caller's choice that rows of its topics carry.
    pub mark: Option<u8>,
    /// Whether messages keep the retain flag that they were published with (MQTT 5, 3.8.3.1).
    pub keeps_flag: bool,
}

/// Which subscriptions the broker serves with the retain flag kept, as far as it has confirmed that: until it answers to
/// a SUBSCRIBE or UNSUBSCRIBE it may still deliver by the options before (MQTT 5, 3.8.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagsKept {
    /// Filters that the broker serves or may serve, and whether it certainly keeps the flag for them.
    pub known: Vec<(TopicFilter, bool)>,
    /// Whether it serves no others. Otherwise a session of an earlier run of the program may have left some.
    pub is_complete: bool,
}

impl Default for FlagsKept {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            is_complete: true,
        }
    }
}

impl FlagsKept {
    /// Whether nothing that comes for this filter lacks its flag.
    fn allows(&self, filter: &TopicFilter) -> bool {
        let known = self.known.iter().find(|(it, _)| it == filter);
        known.map_or(self.is_complete, |(_, keeps)| *keeps)
    }
}

/// What came for one subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionCount {
    /// Its filter.
    pub filter: TopicFilter,
    /// Messages whose topic matches it, since it was first asked for.
    pub messages: u64,
    /// The same per second.
    pub rate: f32,
}

/// The number of a set in [`Counters::set_of`]: of topics that were not matched yet.
const UNKNOWN: u16 = 0;
/// Sets at which those of the past are folded into one sum for each subscription, when the subscriptions change.
const FOLD_FROM: usize = 1024;

/// A subscription, numbered by its place in [`Counters::slots`], which it keeps.
#[derive(Debug)]
struct Slot {
    subscribed: Subscribed,
    /// What is in no counter of a set.
    beyond: Tally,
}

#[derive(Debug, Default)]
struct Tally {
    messages: u64,
    rate: Rate,
}

impl Tally {
    fn count(&mut self, now: Moment) {
        self.messages += 1;
        self.rate.count(now);
    }
}

/// Topics that the same subscriptions match.
#[derive(Debug)]
struct Set {
    /// Slots, ascending.
    members: Box<[u32]>,
    mark: Option<u8>,
    /// Whether there are any, and all of them keep the retain flag.
    keeps_flag: bool,
    tally: Tally,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    slots: Vec<Slot>,
    /// The slots that count now, in the caller's order.
    wanted: Vec<u32>,
    has_marks: bool,
    /// The set with number n is at n - 1.
    sets: Vec<Set>,
    by_members: HashMap<Box<[u32]>, u16>,
    kept: FlagsKept,
    /// The broker still serves a filter that is not wanted any more, and does not keep the flag for it: what comes for
    /// others may come for this one.
    is_leaving: bool,
    /// For each node the number of its set.
    set_of: Paged<u16>,
}

impl Counters {
    /// The number of the set that a node is known to belong to.
    pub(super) fn known(&self, node: NodeId) -> u16 {
        self.set_of.get(node.index()).copied().unwrap_or(UNKNOWN)
    }

    /// Counts a message on `topic`; `path` is its full path. Returns whether its retain flag is as published.
    pub(super) fn count(&mut self, topic: NodeId, path: &str, at: Timestamp) -> bool {
        if self.wanted.is_empty() {
            return false;
        }
        let now = Moment::new(at);
        let mut number = self.known(topic);
        if number == UNKNOWN {
            number = self.place(topic, path);
        }
        if let Some(set) = usize::from(number)
            .checked_sub(1)
            .and_then(|at| self.sets.get_mut(at))
        {
            set.tally.count(now);
            return set.keeps_flag;
        }
        // more sets than numbers
        let members = self.matching(path);
        for &slot in &members {
            self.slots[slot as usize].beyond.count(now);
        }
        self.keeps_flag(&members)
    }

    /// Finds out which set a topic belongs to; [`UNKNOWN`] when there are no numbers left.
    fn place(&mut self, topic: NodeId, path: &str) -> u16 {
        let number = self.number_of(self.matching(path).into());
        self.set_of.grow(topic.index() + 1, UNKNOWN);
        self.set_of[topic.index()] = number;
        number
    }

    fn number_of(&mut self, members: Box<[u32]>) -> u16 {
        if let Some(&known) = self.by_members.get(&members) {
            return known;
        }
        let Ok(number) = u16::try_from(self.sets.len() + 1) else {
            return UNKNOWN;
        };
        self.sets.push(Set {
            mark: self.mark_of(&members),
            keeps_flag: self.keeps_flag(&members),
            members: members.clone(),
            tally: Tally::default(),
        });
        self.by_members.insert(members, number);
        number
    }

    /// The slots whose filter matches, ascending.
    fn matching(&self, path: &str) -> Vec<u32> {
        let of = |slot: u32| &self.slots[slot as usize].subscribed.filter;
        let wanted = self.wanted.iter().copied();
        let mut found: Vec<u32> = wanted.filter(|&slot| of(slot).matches(path)).collect();
        found.sort_unstable();
        found
    }

    /// The mark of the first of these subscriptions that has one.
    fn mark_of(&self, members: &[u32]) -> Option<u8> {
        let wanted = self.wanted.iter().filter(|slot| members.contains(slot));
        let mut marks = wanted.map(|&slot| self.slots[slot as usize].subscribed.mark);
        marks.find_map(|mark| mark)
    }

    /// Whether the retain flag of what comes for these is as published: there are any, and all of them keep it.
    fn keeps_flag(&self, members: &[u32]) -> bool {
        !members.is_empty() && members.iter().all(|&slot| self.slot_keeps_flag(slot))
    }

    fn slot_keeps_flag(&self, slot: u32) -> bool {
        let it = &self.slots[slot as usize].subscribed;
        it.keeps_flag && !self.is_leaving && self.kept.allows(&it.filter)
    }

    /// What counts now, and whether the retain flag of what comes for it is as published.
    fn flags(&self) -> Vec<(u32, bool)> {
        let flag = |&slot: &u32| (slot, self.slot_keeps_flag(slot));
        let mut flags: Vec<_> = self.wanted.iter().map(flag).collect();
        flags.sort_unstable();
        flags
    }

    /// Works out anew what follows from the subscriptions and from what the broker has confirmed.
    fn refresh(&mut self) {
        let is_wanted = |filter: &TopicFilter| {
            let mut wanted = self.wanted.iter();
            wanted.any(|&slot| self.slots[slot as usize].subscribed.filter == *filter)
        };
        let mut known = self.kept.known.iter();
        self.is_leaving = known.any(|(filter, keeps)| !keeps && !is_wanted(filter));
        for at in 0..self.sets.len() {
            self.sets[at].mark = self.mark_of(&self.sets[at].members);
            self.sets[at].keeps_flag = self.keeps_flag(&self.sets[at].members);
        }
    }

    /// Takes in what the broker has confirmed; returns as [`Counters::set`].
    fn set_kept(&mut self, kept: FlagsKept) -> bool {
        let before = self.flags();
        self.kept = kept;
        self.refresh();
        self.flags() != before
    }

    /// The mark of a topic; `path` is asked for where it was not matched since the subscriptions changed.
    pub(super) fn mark(&self, topic: NodeId, path: impl FnOnce() -> String) -> Option<u8> {
        if !self.has_marks {
            return None;
        }
        match usize::from(self.known(topic)).checked_sub(1) {
            Some(set) => self.sets.get(set)?.mark,
            None => self.mark_of(&self.matching(&path())),
        }
    }

    /// Counts by these from now on. What stays goes on counting, what is gone is forgotten. Returns whether the retain
    /// flag of some messages is to be read otherwise from now on.
    fn set(&mut self, list: &[Subscribed]) -> bool {
        let flags_before = self.flags();
        let before = std::mem::take(&mut self.wanted);
        for subscribed in list {
            let slot = self.slot(&before, subscribed);
            if !self.wanted.contains(&slot) {
                self.wanted.push(slot);
            }
        }
        self.has_marks = list.iter().any(|it| it.mark.is_some());
        let is_same = before.len() == self.wanted.len()
            && self.wanted.iter().all(|slot| before.contains(slot));
        if !is_same {
            self.fold();
            self.set_of.fill(UNKNOWN);
        }
        self.refresh();
        self.flags() != flags_before
    }

    /// The slot of a subscription that is counted already, or a new one.
    fn slot(&mut self, before: &[u32], subscribed: &Subscribed) -> u32 {
        let of = |slot: u32| &self.slots[slot as usize].subscribed.filter;
        let mut known = before.iter().chain(&self.wanted).copied();
        if let Some(slot) = known.find(|&slot| *of(slot) == subscribed.filter) {
            self.slots[slot as usize].subscribed = subscribed.clone();
            return slot;
        }
        self.slots.push(Slot {
            subscribed: subscribed.clone(),
            beyond: Tally::default(),
        });
        super::names::number(self.slots.len() - 1)
    }

    /// Makes room for new sets when there have been many: no topic belongs to one at this moment.
    fn fold(&mut self) {
        if self.sets.len() < FOLD_FROM {
            return;
        }
        self.by_members.clear();
        for set in self.sets.drain(..) {
            for &slot in &set.members {
                let beyond = &mut self.slots[slot as usize].beyond;
                beyond.messages += set.tally.messages;
                beyond.rate.add(&set.tally.rate);
            }
        }
    }

    /// What came for each, in the order that was given.
    fn counts(&self, now: Moment) -> Vec<SubscriptionCount> {
        let count = |&slot: &u32| {
            let it = &self.slots[slot as usize];
            let of_slot = |set: &&Set| set.members.binary_search(&slot).is_ok();
            let tallies = self.sets.iter().filter(of_slot).map(|set| &set.tally);
            let tallies = tallies.chain([&it.beyond]);
            let (mut messages, mut rate) = (0, 0.0);
            for tally in tallies {
                messages += tally.messages;
                rate += tally.rate.per_second(now);
            }
            SubscriptionCount {
                filter: it.subscribed.filter.clone(),
                messages,
                rate,
            }
        };
        self.wanted.iter().map(count).collect()
    }
}

impl Model {
    /// Counts messages by these subscriptions from now on, see [`Model::subscription_counts`]. Those that were there
    /// before go on with their counts.
    pub fn count_by(&mut self, subscriptions: &[Subscribed]) {
        self.revision += 1;
        if self.subscribed.set(subscriptions) {
            self.note_subscriptions_changed();
        }
    }

    /// Takes in for which subscriptions the broker has confirmed that it keeps the retain flag. As long as nothing is
    /// said, it does what [`Model::count_by`] says.
    pub fn note_flags_kept(&mut self, kept: FlagsKept) {
        self.revision += 1;
        if self.subscribed.set_kept(kept) {
            self.note_subscriptions_changed();
        }
    }

    /// Messages and rate of each subscription as of `now`, in the order given to [`Model::count_by`]. Costs a moment
    /// for each distinct set of subscriptions that some topic belongs to.
    pub fn subscription_counts(&self, now: Timestamp) -> Vec<SubscriptionCount> {
        self.subscribed.counts(Moment::new(now))
    }
}
