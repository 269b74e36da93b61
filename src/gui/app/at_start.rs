//! What the window connects to when it opens: what the command line names, else the first profile in the list that
//! wants to be connected at the start.

use crate::profile::ProfileId;

use super::super::action::{Action, Level};
use super::{App, Opening};

impl App {
    /// Connects as the command line says; a profile that is new is listed but not saved.
    pub(super) fn connect_at_start(&mut self, opening: Option<Opening>) {
        let Some(Opening { profile, password }) = opening else {
            return self.connect_marked();
        };
        let id = profile.id.clone();
        if let Some(password) = password {
            self.data.passwords.insert(id.clone(), password);
        }
        if self.data.profile(&id).is_none() {
            let text = format!("“{}” is not saved.", profile.name);
            self.data.profiles.push(profile);
            self.data.passing = Some(id.clone());
            let offer = Some(("Keep it", Action::KeepProfile(id.clone())));
            self.say(Level::Info, "Canopy", text, offer);
        }
        self.connect(&id);
    }

    /// There is one connection at a time: of several marked profiles the first one is taken.
    fn connect_marked(&mut self) {
        let marked = self.data.profiles.iter().find(|it| it.auto_connect);
        if let Some(id) = marked.map(|profile| profile.id.clone()) {
            self.connect(&id);
        }
    }

    /// From now on the profile is saved as the others are.
    pub(super) fn keep_profile(&mut self, id: &ProfileId) {
        if self.data.passing.as_ref() == Some(id) {
            self.data.passing = None;
            self.data.unsaved.profiles = true;
        }
    }
}
