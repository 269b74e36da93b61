//! The subscriptions of an open connection as the window sees them: what was asked, what the broker said to it.

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

/// All of them, in the order they were made.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionList(Vec<SubscriptionState>);

impl SubscriptionList {
    /// Those of a profile, which the broker has not answered yet.
    pub fn new(asked: &[Subscription]) -> Self {
        Self(
            asked
                .iter()
                .cloned()
                .map(SubscriptionState::pending)
                .collect(),
        )
    }

    /// All as they are.
    pub fn as_slice(&self) -> &[SubscriptionState] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one with this filter.
    pub fn find(&self, filter: &str) -> Option<&SubscriptionState> {
        self.0.iter().find(|it| it.asked.filter == filter)
    }

    /// Whether there are subscriptions and the broker granted none of them.
    pub fn is_all_refused(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(SubscriptionState::is_refused)
    }

    /// Shows a subscription that is being asked for, in the place of `replaced` if that is there.
    pub fn ask_for(&mut self, replaced: Option<&str>, wanted: Subscription) {
        let place = |filter: &str| self.0.iter().position(|it| it.asked.filter == filter);
        let known = place(&wanted.filter).or_else(|| place(replaced?));
        let pending = SubscriptionState::pending(wanted);
        match known {
            Some(place) => self.0[place] = pending,
            None => self.0.push(pending),
        }
        self.0
            .retain(|it| Some(it.asked.filter.as_str()) != replaced);
    }

    /// Changes only the colour; says whether it is another one.
    pub fn recolor(&mut self, wanted: &Subscription) -> bool {
        let known = self
            .0
            .iter_mut()
            .find(|it| it.asked.filter == wanted.filter);
        known.is_some_and(|known| {
            std::mem::replace(&mut known.asked.color, wanted.color) != wanted.color
        })
    }

    /// Takes a subscription off the list.
    pub fn forget(&mut self, filter: &str) {
        self.0.retain(|it| it.asked.filter != filter);
    }

    /// Takes in what became of a subscription.
    pub fn take(&mut self, filter: &str, outcome: &SubscribeOutcome) {
        if *outcome == SubscribeOutcome::Removed {
            return self.forget(filter);
        }
        let known = self.0.iter_mut().find(|it| it.asked.filter == filter);
        match known {
            Some(known) => known.outcome = outcome.clone(),
            None => self.0.push(SubscriptionState {
                asked: Subscription::for_window(filter, Qos::AtMostOnce),
                outcome: outcome.clone(),
            }),
        }
    }
}

impl<'a> IntoIterator for &'a SubscriptionList {
    type Item = &'a SubscriptionState;
    type IntoIter = std::slice::Iter<'a, SubscriptionState>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
