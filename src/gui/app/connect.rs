//! Opening and ending connections: the profile is checked, its secrets are found, the model is handed on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::client::{Command, Config, Redelivery, State};
use crate::live::Live;
use crate::model::Model;
use crate::profile::{Profile, ProfileId, Secret, SecretKind, Severity};

use super::super::action::Level;
use super::super::pane::Pane;
use super::super::session::Session;
use super::data::Data;
use super::open::Of;
use super::profiles::is_as_wanted;
use super::{App, Screen};

/// How long the window may stay open after its last frame, to say goodbye on all connections.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

impl App {
    /// Shows the tab of a profile that is connected as it is set; else connects with it.
    pub(super) fn connect(&mut self, id: &ProfileId) {
        let is_standing = |session: &Session| {
            let state = session.state();
            matches!(state, State::Connected { .. } | State::Connecting { .. })
        };
        let session = self.data.open.get(Some(id)).filter(|it| is_standing(it));
        let (open, wanted) = (session.map(|it| &it.profile), self.data.profile(id));
        let ready = self.data.reopening.get(id).map(|it| &it.profile);
        if let (Some(open), Some(wanted)) = (ready.or(open), wanted)
            && is_as_wanted(open, wanted)
        {
            return self.show_tab(id);
        }
        self.connect_anew(id);
    }

    /// Connects with a profile also when it is connected already.
    pub(super) fn connect_anew(&mut self, id: &ProfileId) {
        // somebody waits for this one
        self.data.unasked.remove(id);
        self.begin_to_connect(id);
    }

    /// Connects with a profile, after its secrets were found.
    pub(super) fn begin_to_connect(&mut self, id: &ProfileId) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        let is_unasked = self.data.unasked.contains(id);
        if !is_unasked {
            self.data.selected_profile = Some(id.clone());
        }
        let problem = profile
            .validate()
            .into_iter()
            .find(|problem| problem.severity == Severity::Error);
        if let Some(problem) = problem {
            if !is_unasked {
                self.views.screen = Screen::Connections;
            }
            return self.say(Level::Error, &profile.name, problem.text, None);
        }
        self.find_secrets(profile);
    }

    /// Connects with secrets that are all there, in a tab of its own, or in the one that the profile has: as soon as
    /// the connection that it has there has ended.
    pub(super) fn open(&mut self, profile: Profile, secrets: BTreeMap<SecretKind, Secret>) {
        self.data.lookups.cancel(&profile.id);
        let open = self.data.open.get(Some(&profile.id));
        if open.is_some_and(|it| !it.is_over()) {
            self.reopen(profile, secrets);
        } else {
            let (id, is_new) = (profile.id.clone(), open.is_none());
            self.open_now(profile, secrets);
            self.present(&id, is_new);
        }
    }

    /// The same without waiting, and without showing the tab.
    pub(super) fn open_now(&mut self, profile: Profile, mut secrets: BTreeMap<SecretKind, Secret>) {
        let id = profile.id.clone();
        let mut config = Config {
            profile: profile.clone(),
            password: secrets.remove(&SecretKind::Password),
            key_passphrase: secrets.remove(&SecretKind::KeyPassphrase),
            proxy_password: secrets.remove(&SecretKind::ProxyPassword),
        };
        super::secrets::fill_values(&mut config.profile, secrets.get(&SecretKind::Values));
        // another broker has other topics: what was seen at the first one would look like its own
        let before = self.data.open.get(Some(&id));
        let is_elsewhere = before.is_some_and(|it| !it.profile.leads_where(&profile));
        let pane = self.views.panes.open(&id, || {
            let mut pane = Pane::default();
            let draft = self.data.window.drafts.get(&id).cloned();
            pane.dock.publish.set_draft(draft.unwrap_or_default());
            pane
        });
        if is_elsewhere {
            pane.forget_seen();
        }
        let opened = Live::open_after(
            self.jobs.runtime(),
            config,
            self.data.model_for(&id, is_elsewhere),
            self.data.redelivery_for(&profile),
            self.waker.as_wake_of(pane.sight()),
        );
        let live = match opened {
            Ok(live) => live,
            Err(err) => {
                if self.data.open.get(Some(&id)).is_none() {
                    self.views.panes.close(&id);
                }
                let text = format!(
                    "Canopy could not start a thread: {err}. Close other programs and try again."
                );
                return self.say(Level::Error, &profile.name, text, None);
            }
        };
        live.set_query(pane.filter.query.clone());
        self.data.failures.remove(&id);
        self.load_schemas(&id, true);
        self.note(
            Level::Info,
            &profile.name,
            format!("Connecting to {}", profile.url()),
        );
        let mut session = Session::new(profile, live);
        session.schemas = self.data.schemas.of(&id);
        let before = self.data.open.get_mut(Some(&id));
        let mut dropped = 0;
        if let Some(before) = before {
            if is_elsewhere {
                dropped = before.drop_clears();
            } else {
                session.selected = before.selected;
                session.take_over_clears(before);
            }
        }
        self.data.open.put(session);
        self.tell_dropped_clears(&id, dropped);
    }

    /// The window closes: every connection says DISCONNECT (else its will would fire), the broker tells its clients.
    pub(super) fn end_everything(&mut self) {
        for id in self.data.open.ids() {
            self.end_connection(Some(&id), Command::Disconnect);
        }
        let deadline = Instant::now() + LONGEST_GOODBYE;
        for session in self.data.open.take_all() {
            let left = deadline.saturating_duration_since(Instant::now());
            if !session.live.wait_ended(left) {
                self.note(
                    Level::Warning,
                    &session.profile.name,
                    "DISCONNECT could not be sent in time".to_owned(),
                );
            }
        }
        if let Some(demo) = self.data.broker.demo.take() {
            self.jobs.runtime().block_on(demo.stop());
        }
        if let Some(broker) = self.data.broker.running.take() {
            self.jobs.runtime().block_on(broker.stop());
        }
    }

    /// Ends a connection on request; what was seen stays on screen. Nor does it connect anew, if it was about to.
    pub(super) fn end_connection(&mut self, of: Of<'_>, command: Command) {
        if let Some(id) = of {
            self.data.lookups.cancel(id);
            self.data.reopening.remove(id);
        }
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        session.reopens = false;
        if !matches!(session.state(), State::Ended(_)) {
            self.command(of, command);
        }
    }
}

impl Data {
    /// Which messages the broker may send again because the session was kept.
    fn redelivery_for(&self, profile: &Profile) -> Redelivery {
        let before = self.open.get(Some(&profile.id));
        let same = before.filter(|it| {
            it.profile.leads_where(profile) && it.profile.client_id == profile.client_id
        });
        same.map(|it| it.live.redelivery()).unwrap_or_default()
    }

    /// What was seen with this profile before, or an empty model: always that one for another broker.
    fn model_for(&self, id: &ProfileId, is_elsewhere: bool) -> Arc<Mutex<Model>> {
        let before = self.open.get(Some(id)).filter(|_| !is_elsewhere);
        if let Some(session) = before {
            return Arc::clone(session.live.model());
        }
        let mut model = Model::new(self.settings.history_budget);
        if let Some(paths) = self.window.expanded.get(id) {
            model.open_when_seen(paths.clone());
        }
        Arc::new(Mutex::new(model))
    }
}
