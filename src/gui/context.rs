//! What a view may look at while it draws, and where it leaves what it asks for.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::client::Failure;
use crate::mqtt::Timestamp;
use crate::profile::{ListState, Profile, ProfileId, Settings};

use super::action::{Action, Asked, Level, SecretKey};
use super::broker_state::BrokerState;
use super::log::Log;
use super::schema_shelf::SchemaShelf;
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
    /// Whether the system has a keyring, as far as is known.
    pub has_keyring: bool,
    /// The settings.
    pub settings: &'a Settings,
    /// The folders of the list of connections.
    pub list: &'a ListState,
    /// Where profiles and settings are kept.
    pub config_path: &'a std::path::Path,
    /// All connections that are open or being opened: the tabs from left to right, then those with windows.
    pub open: &'a [Session],
    /// How many of them are tabs.
    pub tab_count: usize,
    /// The one of them that these views show.
    pub session: Option<&'a Session>,
    /// The schemas that profiles name, as far as they were read.
    pub schemas: &'a SchemaShelf,
    /// The broker inside.
    pub broker: &'a BrokerState,
    /// What happened so far.
    pub log: &'a Log,
    /// What views asked for in this frame.
    pub actions: &'a RefCell<Vec<Asked>>,
}

impl<'a> Context<'a> {
    /// The connections with tabs, from left to right.
    pub fn tabs(&self) -> &'a [Session] {
        self.open.get(..self.tab_count).unwrap_or(self.open)
    }

    /// The open connection of this profile.
    pub fn session_of(&self, id: &ProfileId) -> Option<&'a Session> {
        self.open.iter().find(|session| session.profile.id == *id)
    }

    /// A sentence that says where passwords are kept.
    pub fn where_passwords_go(&self) -> &'static str {
        if self.has_keyring {
            "Passwords go to the system keyring."
        } else {
            "Passwords are kept only until you quit: no system keyring answers here."
        }
    }

    /// Asks the application to do something after this frame, for the connection that these views show.
    pub fn ask(&self, action: Action) {
        let of = self.session.map(|session| session.profile.id.clone());
        self.actions.borrow_mut().push(Asked { of, action });
    }

    /// The same for the connection of this profile.
    pub fn ask_for(&self, id: &ProfileId, action: Action) {
        let of = Some(id.clone());
        self.actions.borrow_mut().push(Asked { of, action });
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
