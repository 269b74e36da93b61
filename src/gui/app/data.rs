//! What the application knows: profiles, settings, the open connections, the broker, the log.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::client::Failure;
use crate::mqtt::Timestamp;
use crate::profile::{
    ConfigDir, Profile, ProfileId, Removed, Secret, SecretStore, Settings, Warning, WindowState,
};

use super::super::action::{Asked, SecretKey};
use super::super::broker_state::BrokerState;
use super::super::context::Context;
use super::super::log::Log;
use super::super::schema_shelf::SchemaShelf;
use super::keyring::KeyringState;
use super::lookups::Lookups;
use super::open::{Of, OpenSessions};
use super::reopening::Ready;
use super::saver::Unsaved;

/// The broker is asked for its clients and sums at most this often.
const BROKER_INTERVAL: Duration = Duration::from_millis(500);

/// Everything but the views.
pub struct Data {
    pub config: ConfigDir,
    pub secrets: Arc<dyn SecretStore>,
    pub profiles: Vec<Profile>,
    pub settings: Settings,
    pub window: WindowState,
    pub unsaved: Unsaved,
    /// The profile deleted last, while that can be undone.
    pub removed: Option<Removed>,
    pub selected_profile: Option<ProfileId>,
    /// The profile that only an address on the command line made: it is not saved until it is kept or edited.
    pub passing: Option<ProfileId>,
    pub failures: BTreeMap<ProfileId, Failure>,
    /// Secrets typed or looked up in this run.
    pub passwords: BTreeMap<SecretKey, Secret>,
    pub known_passwords: BTreeSet<SecretKey>,
    /// Secrets that did not fit: they are asked for at the next attempt.
    pub rejected: BTreeSet<SecretKey>,
    pub keyring: KeyringState,
    pub open: OpenSessions,
    /// Profiles that connect anew once their old connection has ended.
    pub reopening: BTreeMap<ProfileId, Ready>,
    /// Whose secrets are being looked up.
    pub lookups: Lookups,
    /// Profiles that the start of the program opens, in the order of the list.
    pub at_start: Vec<ProfileId>,
    /// Those of them that nobody asked for since: none of them pushes itself in front of an earlier one.
    pub unasked: BTreeSet<ProfileId>,
    /// The schemas that profiles name, as far as they were read.
    pub schemas: SchemaShelf,
    pub broker: BrokerState,
    broker_refreshed: Timestamp,
    pub log: Log,
    pub zone: TimeZone,
}

impl Data {
    /// Reads what is kept on disk.
    pub fn load(config: ConfigDir, secrets: Arc<dyn SecretStore>) -> (Self, Vec<Warning>) {
        let (profiles, profiles_warning) = config.load_profiles();
        let (settings, settings_warning) = config.load_settings();
        let (window, window_warning) = config.load_window();
        let warnings = [profiles_warning, settings_warning, window_warning];
        let known = |id: &ProfileId| profiles.iter().any(|profile| profile.id == *id);
        let selected_profile = window
            .selected_profile
            .clone()
            .filter(known)
            .or_else(|| profiles.first().map(|profile| profile.id.clone()));
        let data = Self {
            config,
            secrets,
            profiles,
            settings,
            window,
            unsaved: Unsaved::default(),
            removed: None,
            selected_profile,
            passing: None,
            failures: BTreeMap::new(),
            passwords: BTreeMap::new(),
            known_passwords: BTreeSet::new(),
            rejected: BTreeSet::new(),
            keyring: KeyringState::default(),
            open: OpenSessions::default(),
            reopening: BTreeMap::new(),
            lookups: Lookups::default(),
            at_start: Vec::new(),
            unasked: BTreeSet::new(),
            schemas: SchemaShelf::default(),
            broker: BrokerState::default(),
            broker_refreshed: Timestamp::default(),
            log: Log::default(),
            zone: TimeZone::system(),
        };
        (data, warnings.into_iter().flatten().collect())
    }

    /// What the views of the connection that is shown may look at in this frame.
    pub fn context<'a>(&'a self, now: Timestamp, actions: &'a RefCell<Vec<Asked>>) -> Context<'a> {
        self.context_of(self.open.shown_id(), now, actions)
    }

    /// What views of this connection may look at in this frame.
    pub fn context_of<'a>(
        &'a self,
        of: Of<'_>,
        now: Timestamp,
        actions: &'a RefCell<Vec<Asked>>,
    ) -> Context<'a> {
        Context {
            now,
            zone: &self.zone,
            profiles: &self.profiles,
            selected_profile: self.selected_profile.as_ref(),
            failures: &self.failures,
            known_passwords: &self.known_passwords,
            has_keyring: self.keyring.is_there(),
            settings: &self.settings,
            list: &self.window.list,
            config_path: self.config.path(),
            open: self.open.all(),
            tab_count: self.open.tabs().len(),
            session: self.open.get(of),
            schemas: &self.schemas,
            broker: &self.broker,
            log: &self.log,
            actions,
        }
    }

    /// A profile by its identifier.
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == *id)
    }

    /// Asks the broker how it is doing, at most twice a second.
    /// Says when to look again, if something changed that was not looked at yet.
    pub fn refresh_broker(&mut self, now: Timestamp) -> Option<Duration> {
        let age = now.since(self.broker_refreshed);
        if age >= BROKER_INTERVAL {
            self.broker.is_stale.store(false, Ordering::Release);
            self.broker_refreshed = now;
            self.broker.refresh();
            return None;
        }
        let is_stale = self.broker.is_stale.load(Ordering::Acquire);
        is_stale.then(|| BROKER_INTERVAL.saturating_sub(age))
    }
}
