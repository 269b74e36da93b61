//! What the user subscribes to while the connection stands, and what the profile remembers of it.

use crate::client::{Command, State, SubscribeOptions};
use crate::mqtt::{Qos, TopicFilter};
use crate::profile::{ProfileId, Subscription};

use super::super::action::Level;
use super::super::session::Session;
use super::super::subscriptions::{Limits, Settled, SubscriptionState};
use super::App;
use super::open::Of;

impl App {
    /// Subscribes to a filter, or with another QoS; other options stay as they are.
    pub(super) fn subscribe(&mut self, of: Of<'_>, text: String, qos: Qos) {
        let known = self.data.open.get(of).and_then(|session| {
            let known = session.subscriptions.find(&text);
            known.map(|known| known.asked.clone())
        });
        let wanted = match known {
            Some(known) => Subscription { qos, ..known },
            None => Subscription::for_window(text, qos),
        };
        self.subscribe_as(of, None, &wanted);
    }

    /// Subscribes with these options, in the place of `replaced`. Only another colour is no business of the broker.
    pub(super) fn subscribe_as(
        &mut self,
        of: Of<'_>,
        replaced: Option<&str>,
        wanted: &Subscription,
    ) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        let filter = match TopicFilter::new(wanted.filter.clone()) {
            Ok(filter) => filter,
            Err(err) => {
                let name = session.profile.name.clone();
                return self.say(Level::Error, &name, err.to_string(), None);
            }
        };
        if let Some(obstacle) = Limits::of(session).obstacle(wanted) {
            let name = session.profile.name.clone();
            return self.say(Level::Error, &name, obstacle, None);
        }
        let replaced = replaced.filter(|replaced| *replaced != wanted.filter);
        let known = session.subscriptions.find(&wanted.filter);
        let is_same =
            known.is_some_and(|known| known.asked.asks_the_same(wanted) && known.is_granted());
        let is_open = is_open(session);
        // one that messages come by is left only once the other one is granted
        let kept = replaced.filter(|replaced| {
            let old = session.subscriptions.find(replaced);
            is_open && !is_same && old.is_some_and(SubscriptionState::is_granted)
        });
        let replaced = replaced.filter(|_| kept.is_none());
        self.edit_subscriptions(of, |list| match kept {
            Some(old) => put_beside(list, old, wanted),
            None => put(list, replaced, wanted),
        });
        if let Some(session) = self.data.open.get_mut(of) {
            if let Some(old) = kept {
                session.subscriptions.ask_beside(old, wanted.clone());
            } else if is_same {
                session.subscriptions.recolor(wanted);
            } else {
                session.subscriptions.ask_for(replaced, wanted.clone());
            }
            session.count_by_subscriptions();
        }
        if is_open && !is_same {
            let options = SubscribeOptions::from(wanted);
            self.command(of, Command::SubscribeWith(filter, wanted.qos, options));
        }
        // after the other one, so that no message falls in between
        if let Some(replaced) = replaced {
            self.leave(of, replaced);
        }
    }

    /// Unsubscribes and forgets it in the profile.
    pub(super) fn unsubscribe(&mut self, of: Of<'_>, text: &str) {
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        session.subscriptions.forget(text);
        session.count_by_subscriptions();
        self.edit_subscriptions(of, |list| list.retain(|it| it.filter != text));
        self.leave(of, text);
    }

    /// The broker has answered: does what that decides beyond the subscription that it is about.
    pub(super) fn settle_subscriptions(&mut self, id: &ProfileId) {
        let of = Some(id);
        while let Some(session) = self.data.open.get_mut(of)
            && let Some(settled) = session.subscriptions.next_settled()
        {
            session.count_by_subscriptions();
            let mut kept = session.profile.subscriptions.iter();
            match settled {
                Settled::Replaced { by, old } => {
                    self.edit_subscriptions(of, |list| put(list, Some(&old), &by));
                    self.leave(of, &old);
                }
                Settled::Restored(back) => {
                    self.edit_subscriptions(of, |list| put(list, None, &back));
                }
                Settled::Removed(gone) if kept.any(|it| it.filter == gone) => {
                    self.edit_subscriptions(of, |list| list.retain(|it| it.filter != gone));
                }
                Settled::Removed(_) => {}
            }
        }
    }

    fn leave(&mut self, of: Of<'_>, text: &str) {
        let session = self.data.open.get(of);
        let is_open = session.is_some_and(is_open);
        if let Some(filter) = TopicFilter::new(text.to_owned()).ok().filter(|_| is_open) {
            self.command(of, Command::Unsubscribe(filter));
        }
    }

    /// Changes the subscriptions of the open connection's profile, and remembers them.
    fn edit_subscriptions(&mut self, of: Of<'_>, change: impl Fn(&mut Vec<Subscription>)) {
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        change(&mut session.profile.subscriptions);
        let id = session.profile.id.clone();
        if let Some(ready) = self.data.reopening.get_mut(&id) {
            change(&mut ready.profile.subscriptions);
        }
        let kept = self.data.profiles.iter_mut().find(|kept| kept.id == id);
        if let Some(kept) = kept {
            change(&mut kept.subscriptions);
            self.data.unsaved.profiles = true;
        }
    }
}

/// Puts `wanted` where it or `replaced` is, else at the end.
fn put(list: &mut Vec<Subscription>, replaced: Option<&str>, wanted: &Subscription) {
    let place = |filter: &str| list.iter().position(|it| it.filter == filter);
    match place(&wanted.filter).or_else(|| place(replaced?)) {
        Some(place) => wanted.clone_into(&mut list[place]),
        None => list.push(wanted.clone()),
    }
    list.retain(|it| Some(it.filter.as_str()) != replaced);
}

/// Puts `wanted` where it is, else behind `old`.
fn put_beside(list: &mut Vec<Subscription>, old: &str, wanted: &Subscription) {
    let place = |filter: &str| list.iter().position(|it| it.filter == filter);
    match (place(&wanted.filter), place(old)) {
        (Some(place), _) => wanted.clone_into(&mut list[place]),
        (None, Some(old)) => list.insert(old + 1, wanted.clone()),
        (None, None) => list.push(wanted.clone()),
    }
}

/// Whether the connection still takes commands.
fn is_open(session: &Session) -> bool {
    !matches!(session.state(), State::Ended(_))
}
