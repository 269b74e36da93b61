//! Testing a connection: its secrets are looked up as for connecting, and one that is missing is asked for.

use crate::client::{Config, doctor};
use crate::profile::{MissingSecret, ProfileId, Secret, SecretKind};

use super::super::action::{Keep, SecretKey};
use super::super::dialogs::{Dialog, Purpose};
use super::super::jobs::Done;
use super::App;
use super::secrets::fill_values;

impl App {
    /// Tests the connection of a profile, after its secrets were looked up away from the window's thread.
    pub(super) fn examine(&mut self, id: &ProfileId) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        if !self.data.lookups.begin_test(id) {
            return;
        }
        let of_run = self.secrets_of_run(id);
        let store = self.data.secrets.clone();
        self.jobs.run_blocking(move || {
            let mut found = profile.look_up_secrets(&of_run, store.as_ref());
            let secrets = &mut found.secrets;
            let mut config = Config {
                profile,
                password: secrets.remove(&SecretKind::Password),
                key_passphrase: secrets.remove(&SecretKind::KeyPassphrase),
                proxy_password: secrets.remove(&SecretKind::ProxyPassword),
            };
            fill_values(&mut config.profile, secrets.get(&SecretKind::Values));
            let missing = found.missing.into_iter().next();
            Done::ReadyToExamine(Box::new(config), missing)
        });
    }

    /// Tests with a secret that was just typed.
    pub(super) fn examine_with(&mut self, key: SecretKey, secret: Secret, keep: Keep) {
        let id = key.0.clone();
        self.keep_typed(key, secret, keep);
        self.examine(&id);
    }

    /// The secrets were looked up. The first that is missing is asked for; the answer tests again.
    pub(super) fn begin_examination(&mut self, config: Config, missing: Option<MissingSecret>) {
        if let Some(missing) = missing {
            return self.ask_secret(&config.profile, missing, Purpose::Test);
        }
        let (id, name) = (config.profile.id.clone(), config.profile.name.clone());
        let wake = self.jobs.wake().clone();
        let examination = doctor::examine(self.jobs.runtime(), config, wake);
        let dialog = Dialog::doctor(name, examination);
        self.views.dialogs.show(Some(&id), dialog);
    }
}
