//! Opening and ending the connection: the profile is checked, the password is found or asked for, the model handed on.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::client::{Command, Config, doctor};
use crate::live::Live;
use crate::model::Model;
use crate::profile::{Identity, Profile, ProfileId, Secret, SecretError, SecretKind, Severity};

use super::super::action::{Keep, Level};
use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::super::session::Session;
use super::{App, Screen};

/// How long the window may stay open after its last frame, to say goodbye.
const LONGEST_GOODBYE: std::time::Duration = std::time::Duration::from_secs(2);

impl App {
    /// Connects with a profile, after its password was found.
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
        if !profile.use_password {
            return self.open(profile, None);
        }
        if self.data.rejected.contains(id) {
            self.views.dialog = Dialog::password(&profile, None);
            return;
        }
        if let Some(secret) = self.data.passwords.get(id).cloned() {
            return self.open(profile, Some(secret));
        }
        let (secrets, id) = (self.data.secrets.clone(), id.clone());
        self.jobs.run_blocking(move || {
            let found = secrets.get(&id, SecretKind::Password);
            Done::PasswordFound(id, found)
        });
    }

    /// The keyring answered.
    pub(super) fn password_found(
        &mut self,
        id: ProfileId,
        found: Result<Option<Secret>, SecretError>,
    ) {
        let Some(profile) = self.data.profile(&id).cloned() else {
            return;
        };
        match found {
            Ok(Some(secret)) => {
                self.data.known_passwords.insert(id.clone());
                self.data.passwords.insert(id, secret.clone());
                self.open(profile, Some(secret));
            }
            Ok(None) => self.views.dialog = Dialog::password(&profile, None),
            Err(err) => {
                self.note(Level::Info, &profile.name, err.to_string());
                self.views.dialog = Dialog::password(&profile, Some(err.to_string()));
            }
        }
    }

    /// Connects with a password that was just typed.
    pub(super) fn connect_with(&mut self, id: &ProfileId, secret: Secret, keep: Keep) {
        self.data.rejected.remove(id);
        match keep {
            Keep::InKeyring => self.set_password(id.clone(), Some(secret)),
            Keep::ThisRun => {
                self.data.passwords.insert(id.clone(), secret);
            }
        }
        self.connect(id);
    }

    /// Tests the connection of a profile, after its secrets were looked up.
    pub(super) fn examine(&mut self, id: &ProfileId) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        let known = self.data.passwords.get(id).cloned();
        let secrets = self.data.secrets.clone();
        self.jobs.run_blocking(move || {
            // what the keyring does not tell is missing in the test, which says so
            let find = |wanted: bool, kind| {
                let found = wanted.then(|| secrets.get(&profile.id, kind));
                found.and_then(Result::ok).flatten()
            };
            let config = Config {
                password: known
                    .filter(|_| profile.use_password)
                    .or_else(|| find(profile.use_password, SecretKind::Password)),
                key_passphrase: find(
                    profile.tls.identity != Identity::None,
                    SecretKind::KeyPassphrase,
                ),
                proxy_password: find(profile.proxy.use_password, SecretKind::ProxyPassword),
                profile,
            };
            Done::ReadyToExamine(Box::new(config))
        });
    }

    /// The secrets are there.
    pub(super) fn begin_examination(&mut self, config: Config) {
        let name = config.profile.name.clone();
        let lacks_password = config.profile.use_password && config.password.is_none();
        let wake = self.jobs.wake().clone();
        let examination = doctor::examine(self.jobs.runtime(), config, wake);
        self.views.dialog = Dialog::doctor(name, examination, lacks_password);
    }

    /// Forgets every secret of a deleted profile. The keyring is not asked when it never kept one.
    pub(super) fn forget_secrets(&mut self, profile: &Profile) {
        let id = profile.id.clone();
        self.data.rejected.remove(&id);
        self.data.known_passwords.remove(&id);
        self.data.passwords.remove(&id);
        if profile.has_secrets() {
            let secrets = self.data.secrets.clone();
            self.jobs.run_blocking(move || {
                let result = secrets.forget(&id);
                Done::PasswordKept(id, result)
            });
        }
    }

    /// Keeps a password in the keyring (and for this run), or forgets it.
    pub(super) fn set_password(&mut self, id: ProfileId, secret: Option<Secret>) {
        self.data.rejected.remove(&id);
        match &secret {
            Some(secret) => {
                self.data.known_passwords.insert(id.clone());
                self.data.passwords.insert(id.clone(), secret.clone());
            }
            None => {
                self.data.known_passwords.remove(&id);
                self.data.passwords.remove(&id);
            }
        }
        let secrets = self.data.secrets.clone();
        self.jobs.run_blocking(move || {
            let result = match &secret {
                Some(secret) => secrets.set(&id, SecretKind::Password, secret),
                None => secrets.delete(&id, SecretKind::Password),
            };
            Done::PasswordKept(id, result)
        });
    }

    /// The keyring kept a password, or did not.
    pub(super) fn password_kept(&mut self, id: &ProfileId, result: Result<(), SecretError>) {
        let Err(err) = result else { return };
        self.data.known_passwords.remove(id);
        // forgetting something that no keyring could hold is no news
        if self.data.passwords.contains_key(id) {
            let name = self
                .data
                .profile(id)
                .map_or_else(|| "Canopy".to_owned(), |profile| profile.name.clone());
            self.say(Level::Warning, &name, err.to_string(), None);
        }
    }

    fn open(&mut self, profile: Profile, password: Option<Secret>) {
        let selected = self
            .data
            .session
            .as_ref()
            .filter(|session| session.profile.id == profile.id)
            .and_then(|session| session.selected);
        self.close_session();
        let model = self.model_for(&profile.id);
        let config = Config {
            profile: profile.clone(),
            password,
            ..Config::default()
        };
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
