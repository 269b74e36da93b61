//! Testing a connection: its secrets are looked up as for connecting, and none is asked for.

use std::collections::BTreeMap;

use crate::client::{Config, doctor};
use crate::profile::{ProfileId, Secret, SecretKind};

use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::App;
use super::secrets::{fill_headers, is_needed};

impl App {
    /// Tests the connection of a profile, after its secrets were looked up away from the window's thread.
    pub(super) fn examine(&mut self, id: &ProfileId) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        if !self.data.lookups.begin_test(id) {
            return;
        }
        let known = self.data.passwords.clone();
        let store = self.data.secrets.clone();
        self.jobs.run_blocking(move || {
            let mut missing = None;
            let mut secrets: BTreeMap<SecretKind, Secret> = BTreeMap::new();
            for kind in SecretKind::ALL {
                if !is_needed(&profile, kind) {
                    continue;
                }
                let of_run = known.get(&(profile.id.clone(), kind)).cloned();
                // what the keyring does not tell is missing in the test, which says so
                match of_run.or_else(|| store.get(&profile.id, kind).ok().flatten()) {
                    Some(secret) => {
                        secrets.insert(kind, secret);
                    }
                    None => missing = missing.or(Some(kind)),
                }
            }
            let mut config = Config {
                profile,
                password: secrets.remove(&SecretKind::Password),
                key_passphrase: secrets.remove(&SecretKind::KeyPassphrase),
                proxy_password: secrets.remove(&SecretKind::ProxyPassword),
            };
            fill_headers(&mut config.profile, secrets.get(&SecretKind::Headers));
            Done::ReadyToExamine(Box::new(config), missing)
        });
    }

    /// The secrets were looked up.
    pub(super) fn begin_examination(&mut self, config: Config, missing: Option<SecretKind>) {
        let (id, name) = (config.profile.id.clone(), config.profile.name.clone());
        let wake = self.jobs.wake().clone();
        let examination = doctor::examine(self.jobs.runtime(), config, wake);
        let dialog = Dialog::doctor(name, examination, missing);
        self.views.dialogs.show(Some(&id), dialog);
    }
}
