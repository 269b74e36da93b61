//! Connecting anew while the old connection of the same profile still stands: the new one opens once the old one has said
//! goodbye and everything that came on it is in the model. Two with one client identifier would throw each other out, and
//! with two identifiers each message would be counted twice.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::client::{Command, now};
use crate::mqtt::Timestamp;
use crate::payload::format::thousands;
use crate::profile::{Profile, ProfileId, Secret, SecretKind};

use super::super::action::Level;
use super::super::session::Session;
use super::{App, LOOK_AGAIN};

/// A goodbye takes four seconds at most; whatever takes longer is cut off.
const LONGEST: Duration = Duration::from_secs(6);

/// What waits to be opened.
pub struct Ready {
    /// The profile.
    pub profile: Profile,
    secrets: BTreeMap<SecretKind, Secret>,
    since: Timestamp,
}

impl App {
    /// Ends the connection of this profile; [`App::go_on_reopening`] opens the next one.
    pub(super) fn reopen(&mut self, profile: Profile, secrets: BTreeMap<SecretKind, Secret>) {
        let id = profile.id.clone();
        let Some(session) = self.data.open.get_mut(Some(&id)) else {
            return;
        };
        session.reopens = true;
        // one that has ended by itself does not take it, and need not
        drop(session.live.send(Command::Disconnect));
        let ready = Ready {
            profile,
            secrets,
            since: now(),
        };
        self.data.reopening.insert(id.clone(), ready);
        self.jobs.wake()();
        self.present(&id, false);
    }

    /// Opens what waits for an old connection that is over; says after how long to look again.
    pub(super) fn go_on_reopening(&mut self, now: Timestamp) -> Option<Duration> {
        let mut next: Option<Duration> = None;
        let mut due = Vec::new();
        for (id, ready) in &self.data.reopening {
            let age = now.since(ready.since);
            let old = self.data.open.get(Some(id));
            if age >= LONGEST || old.is_none_or(Session::is_over) {
                due.push(id.clone());
                continue;
            }
            // the end wakes the window; what came before it may still be on its way into the model
            let is_soon = old.is_some_and(Session::has_told_end);
            let delay = if is_soon {
                LOOK_AGAIN
            } else {
                LONGEST.saturating_sub(age)
            };
            next = Some(next.map_or(delay, |next| next.min(delay)));
        }
        for id in due {
            if let Some(ready) = self.data.reopening.remove(&id) {
                self.open_now(ready.profile, ready.secrets);
            }
        }
        next
    }

    /// Says how many retained messages stay because their connection has ended.
    pub(super) fn tell_dropped_clears(&mut self, id: &ProfileId, count: usize) {
        if count == 0 {
            return;
        }
        let messages = if count == 1 {
            "message was"
        } else {
            "messages were"
        };
        let count = thousands(count as u64);
        let text = format!(
            "{count} retained {messages} not cleared because the connection ended. Connect and clear again."
        );
        let name = self.data.profile(id).map(|it| it.name.clone());
        self.say(Level::Error, &name.unwrap_or_default(), text, None);
    }
}
