//! The list of profiles: every change is saved at once.

use crate::profile::{Profile, ProfileId, duplicate, put_back, remove, unique_name};

use super::super::action::{Action, Level};
use super::open::Of;
use super::{App, Screen};

impl App {
    pub(super) fn new_profile(&mut self) {
        let profile = Profile {
            name: unique_name(&self.data.profiles, &Profile::default().name),
            ..Profile::default()
        };
        let id = profile.id.clone();
        self.data.profiles.push(profile);
        self.data.unsaved.profiles = true;
        self.edit_name(id);
    }

    /// Shows a profile with the keyboard on its name.
    pub(super) fn edit_name(&mut self, id: ProfileId) {
        self.open_folders_of(&id);
        self.views.connections.edit_name(id.clone());
        self.data.selected_profile = Some(id);
        self.views.screen = Screen::Connections;
    }

    /// The same, after which the keyboard goes back to the list.
    pub(super) fn rename_profile(&mut self, id: &ProfileId) {
        if self.data.profile(id).is_some() {
            self.edit_name(id.clone());
            self.views.connections.come_back_to_list();
        }
    }

    /// Shows the list with the keyboard on the selected profile: coming from a connection, on its profile.
    pub(super) fn show_connections(&mut self, of: Of<'_>) {
        let comes_from = of.filter(|_| self.views.screen == Screen::Explorer);
        if let Some(id) = comes_from.filter(|id| self.data.profile(id).is_some()) {
            self.data.selected_profile = Some(id.clone());
            self.open_folders_of(id);
        }
        self.views.screen = Screen::Connections;
        self.views.connections.take_focus();
    }

    pub(super) fn duplicate_profile(&mut self, id: &ProfileId) {
        if let Some(copy) = duplicate(&mut self.data.profiles, id) {
            self.copy_secrets(id, &copy);
            self.data.selected_profile = Some(copy);
            self.data.unsaved.profiles = true;
            self.views.screen = Screen::Connections;
        }
    }

    pub(super) fn delete_profile(&mut self, id: &ProfileId) {
        self.forget_removed();
        let Some(removed) = remove(&mut self.data.profiles, id) else {
            return;
        };
        self.close_tab_now(id);
        self.views.screen = Screen::Connections;
        let next = removed
            .index
            .min(self.data.profiles.len().saturating_sub(1));
        self.data.selected_profile = self
            .data
            .profiles
            .get(next)
            .map(|profile| profile.id.clone());
        self.data.unsaved.profiles = true;
        let text = format!("Connection “{}” deleted", removed.profile.name);
        self.data.removed = Some(removed);
        self.say(
            Level::Info,
            "Canopy",
            text,
            Some(("Undo", Action::UndoDeleteProfile)),
        );
    }

    pub(super) fn undo_delete_profile(&mut self) {
        let Some(removed) = self.data.removed.take() else {
            return;
        };
        self.data.selected_profile = Some(removed.profile.id.clone());
        put_back(&mut self.data.profiles, removed);
        self.data.unsaved.profiles = true;
        self.views.screen = Screen::Connections;
    }

    /// The profile deleted before can no longer come back: its password goes too.
    pub(super) fn forget_removed(&mut self) {
        let Some(removed) = self.data.removed.take() else {
            return;
        };
        self.data.window.expanded.remove(&removed.profile.id);
        self.data.window.drafts.remove(&removed.profile.id);
        self.data.unsaved.window = Some(crate::client::now());
        self.forget_secrets(&removed.profile);
        self.delete_certificates(&removed.profile);
    }

    pub(super) fn edit_profile(&mut self, mut edited: Profile) {
        self.keep_header_secrets(&mut edited);
        let Some(profile) = self
            .data
            .profiles
            .iter_mut()
            .find(|profile| profile.id == edited.id)
        else {
            return;
        };
        if *profile != edited {
            if let Some(session) = self.data.open.get_mut(Some(&edited.id)) {
                take_over(&mut session.profile, &edited);
            }
            let id = edited.id.clone();
            *profile = edited;
            self.data.unsaved.profiles = true;
            self.keep_profile(&id);
        }
    }
}

/// What of an edited profile holds at once for the connection that is open with it: everything that the broker does not
/// notice.
fn take_over(open: &mut Profile, edited: &Profile) {
    open.name.clone_from(&edited.name);
    open.folder.clone_from(&edited.folder);
    open.saved_publishes.clone_from(&edited.saved_publishes);
    open.color = edited.color;
    open.ask_before_publish = edited.ask_before_publish;
    open.auto_connect = edited.auto_connect;
}
