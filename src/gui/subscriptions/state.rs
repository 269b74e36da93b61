//! The subscriptions of an open connection as the window sees them: what was asked, what the broker said to it.

use std::collections::{BTreeMap, VecDeque};

use crate::client::SubscribeOutcome;
use crate::mqtt::Qos;
use crate::profile::Subscription;

/// A subscription and what the broker said to it.
#[derive(Debug, Clone)]
pub struct SubscriptionState {
    /// What was asked.
    pub asked: Subscription,
    /// The broker's answer.
    pub outcome: SubscribeOutcome,
}

impl SubscriptionState {
    fn pending(asked: Subscription) -> Self {
        let outcome = SubscribeOutcome::Pending;
        Self { asked, outcome }
    }

    /// Whether messages come by it.
    pub fn is_granted(&self) -> bool {
        matches!(self.outcome, SubscribeOutcome::Granted(_))
    }

    /// Whether the broker will have none of it, as it said or showed.
    pub fn is_refused(&self) -> bool {
        matches!(
            self.outcome,
            SubscribeOutcome::Refused(..) | SubscribeOutcome::Unanswered
        )
    }
}

/// What an answer of the broker has decided beyond the subscription that it is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// A new filter was granted, and the one whose place it takes is to be left.
    Replaced {
        /// The new filter.
        by: Subscription,
        /// The one that it takes the place of.
        old: String,
    },
    /// The broker did not let this one go.
    Restored(Subscription),
    /// The broker let this filter go.
    Removed(String),
}

/// All of them, in the order they were made.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionList {
    all: Vec<SubscriptionState>,
    /// Taken off the list; the broker may refuse to let them go.
    left: Vec<Subscription>,
    /// Filters that were asked for, and those that they take the place of once they are granted.
    replacing: BTreeMap<String, String>,
    settled: VecDeque<Settled>,
}

impl SubscriptionList {
    /// Those of a profile, which the broker has not answered yet.
    pub fn new(asked: &[Subscription]) -> Self {
        let mut list = Self::default();
        // a filter that is there twice is asked for once, as it is wanted last
        for asked in asked {
            list.ask_for(None, asked.clone());
        }
        list
    }

    /// All as they are.
    pub fn as_slice(&self) -> &[SubscriptionState] {
        &self.all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The one with this filter.
    pub fn find(&self, filter: &str) -> Option<&SubscriptionState> {
        self.all.iter().find(|it| it.asked.filter == filter)
    }

    /// Whether there are subscriptions and the broker granted none of them.
    pub fn is_all_refused(&self) -> bool {
        !self.all.is_empty() && self.all.iter().all(SubscriptionState::is_refused)
    }

    /// Shows a subscription that is being asked for, in the place of `replaced` if that is there.
    pub fn ask_for(&mut self, replaced: Option<&str>, wanted: Subscription) {
        let place = |filter: &str| self.all.iter().position(|it| it.asked.filter == filter);
        let known = place(&wanted.filter).or_else(|| place(replaced?));
        let pending = SubscriptionState::pending(wanted);
        match known {
            Some(place) => self.all[place] = pending,
            None => self.all.push(pending),
        }
        if let Some(replaced) = replaced {
            self.forget(replaced);
        }
    }

    /// Shows a subscription that is being asked for beside `old`, whose place it takes once it is granted.
    pub fn ask_beside(&mut self, old: &str, wanted: Subscription) {
        self.replacing.insert(wanted.filter.clone(), old.to_owned());
        if self.find(&wanted.filter).is_some() {
            return self.ask_for(None, wanted);
        }
        let place = self.all.iter().position(|it| it.asked.filter == old);
        let place = place.map_or(self.all.len(), |place| place + 1);
        self.all.insert(place, SubscriptionState::pending(wanted));
    }

    /// What was decided since it was asked last.
    pub fn next_settled(&mut self) -> Option<Settled> {
        self.settled.pop_front()
    }

    /// Changes only the colour; says whether it is another one.
    pub fn recolor(&mut self, wanted: &Subscription) -> bool {
        let known = self
            .all
            .iter_mut()
            .find(|it| it.asked.filter == wanted.filter);
        known.is_some_and(|known| {
            std::mem::replace(&mut known.asked.color, wanted.color) != wanted.color
        })
    }

    /// Takes a subscription off the list. Should the broker not let it go, it is back.
    pub fn forget(&mut self, filter: &str) {
        self.replacing
            .retain(|new, old| new != filter && old != filter);
        self.left.retain(|it| it.filter != filter);
        if let Some(place) = self.all.iter().position(|it| it.asked.filter == filter) {
            self.left.push(self.all.remove(place).asked);
        }
    }

    /// Takes in what became of a subscription.
    pub fn take(&mut self, filter: &str, outcome: &SubscribeOutcome) {
        match outcome {
            SubscribeOutcome::Removed => {
                self.forget(filter);
                self.left.retain(|it| it.filter != filter);
                let removed = Settled::Removed(filter.to_owned());
                return self.settled.push_back(removed);
            }
            SubscribeOutcome::Refused(..) => {
                self.replacing.remove(filter);
            }
            SubscribeOutcome::Granted(_) => self.replace(filter),
            SubscribeOutcome::Pending | SubscribeOutcome::Unanswered => {}
        }
        let known = self.all.iter_mut().find(|it| it.asked.filter == filter);
        if let Some(known) = known {
            known.outcome = outcome.clone();
            return;
        }
        let left = self.left.iter().position(|it| it.filter == filter);
        let asked = match left.map(|place| self.left.remove(place)) {
            Some(asked) => asked,
            None => Subscription::for_window(filter, Qos::AtMostOnce),
        };
        self.settled.push_back(Settled::Restored(asked.clone()));
        self.all.push(SubscriptionState {
            asked,
            outcome: outcome.clone(),
        });
    }

    /// The new filter was granted: the old one goes.
    fn replace(&mut self, filter: &str) {
        let Some(old) = self.replacing.remove(filter) else {
            return;
        };
        if let Some(by) = self.find(filter).map(|it| it.asked.clone()) {
            self.forget(&old);
            self.settled.push_back(Settled::Replaced { by, old });
        }
    }
}

impl<'a> IntoIterator for &'a SubscriptionList {
    type Item = &'a SubscriptionState;
    type IntoIter = std::slice::Iter<'a, SubscriptionState>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::mqtt::ReasonCode;

    fn asked(filter: &str, qos: Qos) -> Subscription {
        Subscription::for_window(filter, qos)
    }

    fn filters(list: &SubscriptionList) -> Vec<&str> {
        let all = list.as_slice().iter();
        all.map(|it| it.asked.filter.as_str()).collect()
    }

    fn granted(list: &[&str]) -> SubscriptionList {
        let asked: Vec<_> = list.iter().map(|it| asked(it, Qos::AtMostOnce)).collect();
        let mut list = SubscriptionList::new(&asked);
        for asked in &asked {
            let outcome = SubscribeOutcome::Granted(asked.qos);
            list.take(&asked.filter, &outcome);
        }
        list
    }

    #[test]
    fn a_filter_that_a_profile_has_twice_is_one_with_the_options_that_are_asked_for() {
        let twice = [asked("a", Qos::AtMostOnce), asked("a", Qos::ExactlyOnce)];
        let list = SubscriptionList::new(&twice);
        assert_eq!(filters(&list), ["a"]);
        assert_eq!(list.as_slice()[0].asked.qos, Qos::ExactlyOnce);
    }

    #[test]
    fn the_old_filter_stays_until_the_new_one_is_granted() {
        let mut list = granted(&["a", "z"]);
        list.ask_beside("a", asked("b", Qos::AtLeastOnce));
        assert_eq!(filters(&list), ["a", "b", "z"]);
        assert_eq!(list.next_settled(), None);
        list.take("b", &SubscribeOutcome::Granted(Qos::AtLeastOnce));
        assert_eq!(filters(&list), ["b", "z"]);
        let by = asked("b", Qos::AtLeastOnce);
        let old = "a".to_owned();
        assert_eq!(list.next_settled(), Some(Settled::Replaced { by, old }));
    }

    #[test]
    fn the_old_filter_stays_when_the_new_one_is_refused() {
        let mut list = granted(&["a"]);
        list.ask_beside("a", asked("b", Qos::AtLeastOnce));
        list.take("b", &SubscribeOutcome::Refused(ReasonCode(0x87), None));
        assert_eq!(filters(&list), ["a", "b"]);
        assert!(list.find("a").unwrap().is_granted());
        list.take("b", &SubscribeOutcome::Granted(Qos::AtLeastOnce));
        assert_eq!(list.next_settled(), None, "asked again after a reconnect");
    }

    #[test]
    fn what_the_broker_does_not_let_go_is_back_with_its_options() {
        let mut list = SubscriptionList::new(&[asked("a", Qos::ExactlyOnce)]);
        list.forget("a");
        assert!(list.is_empty());
        list.take("a", &SubscribeOutcome::Granted(Qos::ExactlyOnce));
        let back = asked("a", Qos::ExactlyOnce);
        assert_eq!(list.find("a").unwrap().asked, back);
        assert_eq!(list.next_settled(), Some(Settled::Restored(back)));
        list.forget("a");
        list.take("a", &SubscribeOutcome::Removed);
        assert_eq!(list.next_settled(), Some(Settled::Removed("a".to_owned())));
        assert!(list.is_empty());
    }
}
