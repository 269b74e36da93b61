//! The switch of the broker inside: start, connect to it, demo, stop.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::broker::demo::Demo;
use crate::broker::{Broker, BrokerConfig, BrokerError};
use crate::client::{Command, RuntimeHandle};
use crate::profile::{
    BrokerSettings, LOCAL_BROKER, ProfileId, Secret, SecretKind, SecretStore, ensure_local_broker,
};

use super::super::action::Level;
use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::App;

impl App {
    /// Starts the broker as the settings say; when it runs already, only the demo is added.
    pub(super) fn start_broker(&mut self, with_demo: bool) {
        if self.data.broker.is_changing {
            return;
        }
        if self.data.broker.running.is_some() {
            if with_demo {
                self.start_demo();
            }
            return self.connect(&ProfileId(LOCAL_BROKER.to_owned()));
        }
        self.data.broker.wanted.connection = true;
        self.launch_broker(with_demo);
    }

    fn launch_broker(&mut self, with_demo: bool) {
        self.data.broker.is_changing = true;
        let settings = self.data.settings.broker.clone();
        let known = self
            .data
            .passwords
            .get(&(BrokerSettings::secret_id(), SecretKind::Password))
            .cloned();
        let secrets = self.data.secrets.clone();
        let runtime = self.jobs.runtime().clone();
        self.jobs.run(async move {
            let (result, credentials) = start(&runtime, &settings, known, secrets).await;
            Done::BrokerStarted {
                result,
                credentials,
                with_demo,
            }
        });
    }

    pub(super) fn start_broker_on(&mut self, port: u16) {
        self.data.settings.broker.port = port;
        self.data.unsaved.settings = true;
        let with_demo = std::mem::take(&mut self.data.broker.wanted.demo);
        self.start_broker(with_demo);
    }

    /// The broker started, or did not.
    pub(super) fn broker_started(
        &mut self,
        result: Result<Broker, BrokerError>,
        credentials: Option<(String, Secret)>,
        with_demo: bool,
    ) {
        self.data.broker.is_changing = false;
        let broker = match result {
            Ok(broker) => broker,
            Err(BrokerError::PortTaken { port, next_free }) => {
                self.note(
                    Level::Error,
                    "Broker",
                    format!("Port {port} is taken by another program."),
                );
                self.data.broker.wanted.demo = with_demo;
                let dialog = Dialog::port_taken(port, next_free);
                return self.views.dialogs.show(None, dialog);
            }
            Err(err @ (BrokerError::NeedsPassword | BrokerError::PasswordMissing)) => {
                self.say(Level::Error, "Broker", err.to_string(), None);
                return self.open_broker_settings(true);
            }
            Err(err) => return self.say(Level::Error, "Broker", err.to_string(), None),
        };
        let address = broker.address();
        self.note(Level::Success, "Broker", format!("Listening on {address}"));
        let user = credentials.as_ref().map_or("", |(user, _)| user.as_str());
        if ensure_local_broker(&mut self.data.profiles, address, user) {
            self.data.unsaved.profiles = true;
        }
        let local = ProfileId(LOCAL_BROKER.to_owned());
        if let Some((_, secret)) = &credentials {
            for id in [local.clone(), BrokerSettings::secret_id()] {
                let key = (id, SecretKind::Password);
                self.data.known_passwords.insert(key.clone());
                self.data.passwords.insert(key, secret.clone());
            }
        }
        self.data.broker.credentials = credentials;
        self.follow_changes(&broker);
        self.data.broker.running = Some(broker);
        self.data.broker.refresh();
        if with_demo {
            self.start_demo();
        }
        if std::mem::take(&mut self.data.broker.wanted.connection) {
            if self.data.unasked.contains(&local) {
                self.begin_to_connect(&local);
            } else {
                self.connect(&local);
            }
        }
    }

    /// Wakes the window whenever a client comes or goes, also while nothing else happens.
    fn follow_changes(&self, broker: &Broker) {
        let mut changes = broker.changes();
        let is_stale = self.data.broker.is_stale.clone();
        let wake = self.jobs.wake().clone();
        self.jobs.runtime().spawn(async move {
            while changes.next().await.is_some() {
                is_stale.store(true, Ordering::Release);
                wake();
            }
        });
    }

    /// Whoever has saved no publish yet for the local broker gets some that the demo's devices answer to.
    fn offer_publishes(&mut self) {
        let local = ProfileId(LOCAL_BROKER.to_owned());
        let Some(mut profile) = self.data.profile(&local).cloned() else {
            return;
        };
        if profile.saved_publishes.is_empty() {
            profile.saved_publishes = Demo::publishes();
            self.edit_profile(profile);
        }
    }

    fn start_demo(&mut self) {
        let Some(address) = self.data.broker.address() else {
            return;
        };
        self.offer_publishes();
        if self.data.broker.demo.is_none() {
            let credentials = self.data.broker.credentials.clone();
            self.data.broker.demo = Some(Demo::start(self.jobs.runtime(), address, credentials));
            self.note(Level::Info, "Broker", "Demo devices started".to_owned());
        }
    }

    pub(super) fn stop_demo(&mut self) {
        if let Some(demo) = self.data.broker.demo.take() {
            self.jobs.runtime().spawn(demo.stop());
            self.note(Level::Info, "Broker", "Demo devices stopped".to_owned());
        }
    }

    /// Stops the broker; its clients are told.
    pub(super) fn stop_broker(&mut self, start_again: bool) {
        let Some(broker) = self.data.broker.running.take() else {
            return;
        };
        self.data.broker.is_changing = true;
        let demo = self.data.broker.demo.take();
        self.data.broker.wanted.demo = start_again && demo.is_some();
        let local = ProfileId(LOCAL_BROKER.to_owned());
        let is_used = self.data.open.get(Some(&local)).is_some();
        self.data.broker.wanted.connection = start_again && is_used;
        if start_again && is_used && self.data.open.shown_id() != Some(&local) {
            // it comes back where it is, while something else is looked at
            self.data.unasked.insert(local.clone());
        }
        self.end_connection(Some(&local), Command::Disconnect);
        self.jobs.run(async move {
            if let Some(demo) = demo {
                demo.stop().await;
            }
            broker.stop().await;
            Done::BrokerStopped { start_again }
        });
    }

    pub(super) fn broker_stopped(&mut self, start_again: bool) {
        self.data.broker.is_changing = false;
        self.data.broker.refresh();
        self.note(Level::Info, "Broker", "Stopped".to_owned());
        if start_again {
            let with_demo = std::mem::take(&mut self.data.broker.wanted.demo);
            self.launch_broker(with_demo);
        }
    }

    pub(super) fn disconnect_client(&mut self, client_id: &str) {
        if let Some(broker) = &self.data.broker.running {
            broker.disconnect_client(client_id);
            self.note(
                Level::Info,
                "Broker",
                format!("Client {client_id} was disconnected"),
            );
        }
    }

    /// Opens the broker's settings; `then_start` says whether saving them starts a broker that does not run.
    pub(super) fn open_broker_settings(&mut self, then_start: bool) {
        self.data.broker.wanted.start = then_start;
        let dialog = Dialog::broker(&self.data.settings.broker);
        self.views.dialogs.show(None, dialog);
    }

    pub(super) fn save_broker(&mut self, settings: BrokerSettings, secret: Option<Secret>) {
        if let Some(secret) = secret {
            let key = (BrokerSettings::secret_id(), SecretKind::Password);
            self.set_secret(key, Some(secret));
        }
        self.data.settings.broker = settings;
        self.data.unsaved.settings = true;
        let start_wanted = std::mem::take(&mut self.data.broker.wanted.start);
        if self.data.broker.running.is_some() {
            self.stop_broker(true);
        } else if start_wanted {
            let with_demo = std::mem::take(&mut self.data.broker.wanted.demo);
            self.start_broker(with_demo);
        }
    }
}

/// Starts the broker with the password of this run or of the keyring. It never starts without a password that the
/// settings ask for.
async fn start(
    runtime: &RuntimeHandle,
    settings: &BrokerSettings,
    known: Option<Secret>,
    secrets: Arc<dyn SecretStore>,
) -> (Result<Broker, BrokerError>, Option<(String, Secret)>) {
    let credentials = if settings.user_name.is_empty() {
        None
    } else {
        let look_up = move || {
            secrets
                .get(&BrokerSettings::secret_id(), SecretKind::Password)
                .ok()
                .flatten()
        };
        let secret = match known {
            Some(secret) => Some(secret),
            None => runtime.spawn_blocking(look_up).await.ok().flatten(),
        };
        match secret {
            Some(secret) => Some((settings.user_name.clone(), secret)),
            None => return (Err(BrokerError::PasswordMissing), None),
        }
    };
    let config = BrokerConfig {
        address: settings.address,
        port: settings.port,
        credentials: credentials.clone(),
    };
    (Broker::start(runtime, config).await, credentials)
}
