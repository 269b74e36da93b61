//! The list of profiles: every change is saved at once.

use crate::profile::{Profile, ProfileId, duplicate, put_back, remove, unique_name};

use super::super::action::{Action, Level};
use super::super::dialogs::Dialog;
use super::data::Data;
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

    /// Deletes a profile, after a question where that cuts short what is under way on its connection.
    pub(super) fn ask_delete_profile(&mut self, id: &ProfileId) {
        let session = self.data.open.get(Some(id));
        let unfinished = session.map(|it| self.unfinished(it)).unwrap_or_default();
        match session {
            Some(session) if !unfinished.is_empty() => {
                let dialog = Dialog::delete_open(&session.profile, unfinished);
                self.views.dialogs.show(Some(id), dialog);
            }
            _ => self.delete_profile(id),
        }
    }

    pub(super) fn delete_profile(&mut self, id: &ProfileId) {
        self.forget_removed();
        let Some(removed) = remove(&mut self.data.profiles, id) else {
            return;
        };
        self.close_tab_now(id);
        self.data.lookups.forget(id);
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
        self.keep_values(&mut edited);
        let Some(profile) = self
            .data
            .profiles
            .iter_mut()
            .find(|profile| profile.id == edited.id)
        else {
            return;
        };
        if *profile != edited {
            let id = edited.id.clone();
            *profile = edited;
            self.data.unsaved.profiles = true;
            self.data.tell_open(&id);
            self.keep_profile(&id);
        }
    }
}

impl Data {
    /// Hands what has changed in the list of profiles on to all open connections, as far as it holds for them at once.
    pub fn tell_all_open(&mut self) {
        for id in self.open.ids() {
            self.tell_open(&id);
        }
    }

    /// The same for one profile.
    pub fn tell_open(&mut self, id: &ProfileId) {
        let Some(profile) = self.profiles.iter().find(|it| it.id == *id) else {
            return;
        };
        if let Some(ready) = self.reopening.get_mut(id) {
            take_over(&mut ready.profile, profile);
        }
        let Some(session) = self.open.get_mut(Some(id)) else {
            return;
        };
        take_over(&mut session.profile, profile);
        session.pinned.follow(&profile.charts);
        let mut has_new_color = false;
        for subscription in &profile.subscriptions {
            has_new_color |= session.subscriptions.recolor(subscription);
        }
        if has_new_color {
            session.count_by_subscriptions();
        }
    }
}

/// What of an edited profile holds at once for the connection that is open with it: everything that the broker does not
/// notice.
fn take_over(open: &mut Profile, edited: &Profile) {
    open.name.clone_from(&edited.name);
    open.folder.clone_from(&edited.folder);
    open.saved_publishes.clone_from(&edited.saved_publishes);
    open.reading.clone_from(&edited.reading);
    open.charts.clone_from(&edited.charts);
    open.color = edited.color;
    open.ask_before_publish = edited.ask_before_publish;
    open.auto_connect = edited.auto_connect;
    for subscription in &mut open.subscriptions {
        let mut others = edited.subscriptions.iter();
        if let Some(other) = others.find(|it| it.filter == subscription.filter) {
            subscription.color = other.color;
        }
    }
}

/// Whether a connection that is open with the first profile is as the second one wants it.
pub(super) fn is_as_wanted(open: &Profile, wanted: &Profile) -> bool {
    let mut open = open.clone();
    take_over(&mut open, wanted);
    open == *wanted
}
