//! What a view may look at while it draws, and where it leaves what it asks for.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::client::Failure;
use crate::mqtt::Timestamp;
use crate::profile::{ListState, Profile, ProfileId, Settings};

use super::action::{Action, Level, SecretKey};
use super::broker_state::BrokerState;
use super::log::Log;
use super::session::Session;

/// Read-only access to the application for the length of one frame.
pub struct Context<'a> {
    /// The time that this frame shows.
    pub now: Timestamp,
    /// The time zone of wall-clock times.
    pub zone: &'a TimeZone,
    /// All profiles, in the user's order.
    pub profiles: &'a [Profile],
    /// The profile selected in the connections screen.
    pub selected_profile: Option<&'a ProfileId>,
    /// Why the last attempt with a profile failed.
    pub failures: &'a BTreeMap<ProfileId, Failure>,
    /// Secrets that are at hand (keyring or this run).
    pub known_passwords: &'a std::collections::BTreeSet<SecretKey>,
    /// The settings.
    pub settings: &'a Settings,
    /// The folders of the list of connections.
    pub list: &'a ListState,
    /// Where profiles and settings are kept.
    pub config_path: &'a std::path::Path,
    /// The connection that is open or being opened.
    pub session: Option<&'a Session>,
    /// The broker inside.
    pub broker: &'a BrokerState,
    /// What happened so far.
    pub log: &'a Log,
    /// What views asked for in this frame.
    pub actions: &'a RefCell<Vec<Action>>,
}

impl Context<'_> {
    /// Asks the application to do something after this frame.
    pub fn ask(&self, action: Action) {
        self.actions.borrow_mut().push(action);
    }

    /// Shows a toast.
    pub fn toast(&self, level: Level, text: impl Into<String>) {
        self.ask(Action::Toast(level, text.into()));
    }

    /// Copies text to the clipboard; `what` names it in the toast ("Topic").
    pub fn copy(&self, text: impl Into<String>, what: &'static str) {
        self.ask(Action::Copy(text.into(), what));
    }
}
