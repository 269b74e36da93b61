//! Opening and ending the connection: the profile is checked, its secrets are found, the model is handed on.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::client::{Command, Config};
use crate::live::Live;
use crate::model::Model;
use crate::profile::{Profile, ProfileId, Secret, SecretKind, Severity};

use super::super::action::Level;
use super::super::session::Session;
use super::{App, Screen};

/// How long the window may stay open after its last frame, to say goodbye.
const LONGEST_GOODBYE: std::time::Duration = std::time::Duration::from_secs(2);

impl App {
    /// Connects with a profile, after its secrets were found.
    pub(super) fn connect(&mut self, id: &ProfileId) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        self.data.selected_profile = Some(id.clone());
        let problem = profile
            .validate()
            .into_iter()
            .find(|problem| problem.severity == Severity::Error);
        if let Some(problem) = problem {
            self.views.screen = Screen::Connections;
            return self.say(Level::Error, &profile.name, problem.text, None);
        }
        self.find_secrets(profile);
    }

    /// Connects with secrets that are all there.
    pub(super) fn open(&mut self, profile: Profile, mut secrets: BTreeMap<SecretKind, Secret>) {
        let selected = self
            .data
            .session
            .as_ref()
            .filter(|session| session.profile.id == profile.id)
            .and_then(|session| session.selected);
        self.close_session();
        let model = self.model_for(&profile.id);
        let mut config = Config {
            profile: profile.clone(),
            password: secrets.remove(&SecretKind::Password),
            key_passphrase: secrets.remove(&SecretKind::KeyPassphrase),
            proxy_password: secrets.remove(&SecretKind::ProxyPassword),
        };
        super::secrets::fill_headers(&mut config.profile, secrets.get(&SecretKind::Headers));
        let opened = Live::open(
            self.jobs.runtime(),
            config,
            model.clone(),
            self.jobs.wake().clone(),
        );
        let live = match opened {
            Ok(live) => live,
            Err(err) => {
                let text = format!(
                    "Canopy could not start a thread: {err}. Close other programs and try again."
                );
                return self.say(Level::Error, &profile.name, text, None);
            }
        };
        live.set_query(self.query.clone());
        self.data.failures.remove(&profile.id);
        self.data.last_model = Some((profile.id.clone(), model));
        let draft = self
            .data
            .window
            .drafts
            .get(&profile.id)
            .cloned()
            .unwrap_or_default();
        self.views.dock.publish.set_draft(draft);
        self.note(
            Level::Info,
            &profile.name,
            format!("Connecting to {}", profile.url()),
        );
        let mut session = Session::new(profile, live);
        session.selected = selected;
        self.data.session = Some(session);
        self.views.screen = Screen::Explorer;
    }

    /// What was seen with this profile before, or an empty model.
    fn model_for(&mut self, id: &ProfileId) -> Arc<Mutex<Model>> {
        match self.data.last_model.take() {
            Some((last, model)) if last == *id => model,
            _ => {
                let mut model = Model::new(self.data.settings.history_budget);
                if let Some(paths) = self.data.window.expanded.get(id) {
                    model.open_when_seen(paths.clone());
                }
                Arc::new(Mutex::new(model))
            }
        }
    }

    /// Ends the open connection cleanly and forgets it, to make room for another one.
    fn close_session(&mut self) {
        self.remember_branches();
        self.data.session = None;
        self.views.inspector = super::Inspector::default();
    }

    /// The window closes: the connection says DISCONNECT (else its will would fire), the broker tells its clients.
    pub(super) fn end_everything(&mut self) {
        self.end_connection(Command::Disconnect);
        if let Some(session) = self.data.session.take()
            && !session.live.wait_ended(LONGEST_GOODBYE)
        {
            self.note(
                Level::Warning,
                &session.profile.name,
                "DISCONNECT could not be sent in time".to_owned(),
            );
        }
        if let Some(demo) = self.data.broker.demo.take() {
            self.jobs.runtime().block_on(demo.stop());
        }
        if let Some(broker) = self.data.broker.running.take() {
            self.jobs.runtime().block_on(broker.stop());
        }
    }

    /// Ends the connection on request; what was seen stays on screen.
    pub(super) fn end_connection(&mut self, command: Command) {
        let has_ended =
            |session: &Session| matches!(session.state(), crate::client::State::Ended(_));
        if self
            .data
            .session
            .as_ref()
            .is_some_and(|session| !has_ended(session))
        {
            self.command(command);
        }
    }
}
