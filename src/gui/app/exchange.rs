//! Connections that come in and go out: import, export, and those read from a command. Files and the keyring are
//! worked on away from the window's thread.

use crate::profile::{
    Choice, FromCommand, Imported, Profile, ProfileId, SecretError, SecretKind, StoreError,
    unique_name,
};

use super::super::action::{Level, SecretKey};
use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::super::list_action::ListAction;
use super::super::words::counted;
use super::{App, Screen};

/// What came of an import besides the connections.
pub struct Kept {
    /// The connections, with the certificates that were written named in them.
    pub imported: Imported,
    /// A certificate that could not be written.
    pub certificates: Result<(), StoreError>,
    /// Why a password could not be kept in the keyring.
    pub passwords: Result<(), SecretError>,
}

impl App {
    /// A file that was dropped onto the window is one to import.
    pub(super) fn take_dropped_files(&mut self, context: &egui::Context) {
        let dropped = context.input(|input| {
            let first = input.raw.dropped_files.first();
            first.map(|file| file.path().to_owned())
        });
        if dropped.is_some() && !self.views.dialogs.is_open() {
            self.apply_to_list(ListAction::OpenImport(dropped));
        }
    }

    /// Keeps certificates and passwords, then adds the connections to the list.
    pub(super) fn import(&mut self, imported: Imported, choices: &[Choice]) {
        let mut imported = imported.chosen(choices, &self.data.profiles);
        for (id, kind, secret) in &imported.passwords {
            self.data
                .passwords
                .insert((id.clone(), *kind), secret.clone());
            self.data.known_passwords.insert((id.clone(), *kind));
        }
        let (config, store) = (self.data.config.clone(), self.data.secrets.clone());
        self.jobs.run_in_order(move || {
            let certificates = imported.keep_certificates(&config);
            let mut passwords = Ok(());
            for (id, kind, secret) in &imported.passwords {
                // without a keyring there is no use in asking it again
                if passwords.is_ok() {
                    passwords = store.set(id, *kind, secret);
                }
            }
            Done::Imported(Box::new(Kept {
                imported,
                certificates,
                passwords,
            }))
        });
    }

    /// Everything of an import is kept but the list.
    pub(super) fn imported(&mut self, kept: Kept) {
        let count = kept.imported.profiles.len() as u64;
        if let Some(first) = kept.imported.profiles.first() {
            self.data.selected_profile = Some(first.id.clone());
        }
        let replaced: Vec<Profile> = {
            let imported = kept.imported.profiles.iter();
            imported
                .filter_map(|it| self.data.profile(&it.id).cloned())
                .collect()
        };
        let brought: Vec<SecretKey> = {
            let passwords = kept.imported.passwords.iter();
            passwords.map(|(id, kind, _)| (id.clone(), *kind)).collect()
        };
        kept.imported.merge_into(&mut self.data.profiles);
        self.data.unsaved.profiles = true;
        for old in replaced {
            self.let_go(&old, &brought);
        }
        self.views.screen = Screen::Connections;
        let text = format!("{} imported", counted(count, "connection", "connections"));
        self.say(Level::Success, "Canopy", text, None);
        if let Err(err) = kept.certificates {
            self.say(Level::Error, "Canopy", err.to_string(), None);
        }
        if let Err(err) = kept.passwords {
            self.say_not_kept("Canopy", &err);
        }
    }

    /// An import has taken the place of `old`. Another server, or another account, does not get the old one's secrets.
    fn let_go(&mut self, old: &Profile, brought: &[SecretKey]) {
        self.data.tell_open(&old.id);
        let Some(new) = self.data.profile(&old.id) else {
            return;
        };
        let account = |it: &Profile| (it.host.clone(), it.port, it.user_name.clone());
        if account(new) != account(old) {
            for kind in SecretKind::ALL {
                let key = (old.id.clone(), kind);
                if !brought.contains(&key) {
                    self.set_secret(key, None);
                }
            }
        }
        self.delete_certificates(old);
    }

    pub(super) fn open_export(&mut self, ids: &[ProfileId], what: String) {
        let profiles = self.data.profiles.iter();
        let wanted: Vec<Profile> = profiles
            .filter(|profile| ids.contains(&profile.id))
            .cloned()
            .collect();
        if wanted.is_empty() {
            let text = "There is no connection to export. Add one first.".to_owned();
            return self.say(Level::Info, "Canopy", text, None);
        }
        self.views.dialogs.show(None, Dialog::export(wanted, what));
    }

    /// Adds what a command says; its message goes into the publish panel when `fills` says so.
    pub(super) fn add_from_command(&mut self, command: FromCommand, fills: bool) {
        let mut profile = command.profile;
        profile.name = unique_name(&self.data.profiles, &profile.name);
        let id = profile.id.clone();
        let draft = profile.saved_publishes.first().map(|it| it.draft.clone());
        if let Some(draft) = draft.filter(|_| fills) {
            self.data.window.drafts.insert(id.clone(), draft);
            self.data.unsaved.window = Some(crate::client::now());
        }
        self.keep_values(&mut profile);
        self.data.profiles.push(profile);
        self.data.unsaved.profiles = true;
        self.data.selected_profile = Some(id.clone());
        self.views.screen = Screen::Connections;
        for (kind, secret) in command.secrets {
            self.set_secret((id.clone(), kind), Some(secret));
        }
    }

    /// The certificates that came with an import go with the profile, once its removal cannot be undone.
    pub(super) fn delete_certificates(&mut self, removed: &Profile) {
        let config = self.data.config.clone();
        let (removed, others) = (removed.clone(), self.data.profiles.clone());
        self.jobs.run_blocking(move || {
            let result = config.delete_certificates(&removed, &others);
            Done::CertificatesDeleted(result)
        });
    }
}
