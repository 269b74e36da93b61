//! What the window connects to when it opens: what the command line names, else every profile that wants to be connected
//! at the start.

use crate::profile::{ProfileId, SecretKind};

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
            self.data
                .passwords
                .insert((id.clone(), SecretKind::Password), password);
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

    /// Opens a tab for each marked profile, in the order of the list.
    fn connect_marked(&mut self) {
        let marked = self.data.profiles.iter().filter(|it| it.auto_connect);
        let marked: Vec<ProfileId> = marked.map(|profile| profile.id.clone()).collect();
        self.data.at_start.clone_from(&marked);
        self.data.unasked.extend(marked.iter().cloned());
        for id in marked {
            self.begin_to_connect(&id);
        }
    }

    /// Shows a connection that was just opened. A new tab that the start of the program has opened goes to its place
    /// among the others of the kind, and is shown when it is the first of them: secrets are found in any order.
    pub(super) fn present(&mut self, id: &ProfileId, is_new: bool) {
        let place = |of: &ProfileId| self.data.at_start.iter().position(|it| it == of);
        let is_later = |it: &ProfileId| place(it) > place(id);
        let place_of_later = self.data.open.ids().iter().position(is_later);
        let shown = self.data.open.shown_id();
        let is_unasked = self.data.unasked.contains(id);
        let is_wanted = !is_unasked || is_new && shown.is_none_or(is_later);
        if let Some(target) = place_of_later.filter(|_| is_new && place(id).is_some()) {
            self.data.open.move_to(id, target);
        }
        self.data.unasked.remove(id);
        if is_wanted {
            self.show_tab(id);
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
