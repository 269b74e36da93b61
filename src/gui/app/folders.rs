//! The folders of the list of connections. A folder without a profile is remembered in the window's state; the others
//! are where their profiles say.

use crate::profile::{
    Profile, ProfileId, delete_folder, folder_path, folders, is_within, move_to_folder,
    place_in_folder, rename_folder, unique_name,
};

use super::super::action::Level;
use super::super::dialogs::Dialog;
use super::super::list_action::{FolderTask, ListAction};
use super::App;

impl App {
    /// Does what the list of connections asks for.
    pub(super) fn apply_to_list(&mut self, action: ListAction) {
        match action {
            ListAction::NewProfileIn(folder) => self.new_profile_in(folder),
            ListAction::Rename(id) => self.rename_profile(&id),
            ListAction::Place(id, folder, before) => self.place(&id, &folder, before.as_ref()),
            ListAction::MoveTo(id, folder) => {
                let old = self.data.profile(&id).map(|it| it.folder.clone());
                if move_to_folder(&mut self.data.profiles, &id, &folder) {
                    self.profiles_moved(&folder, old.as_deref());
                }
            }
            ListAction::AskFolder(task) => self.ask_folder(task),
            ListAction::NewFolder(path) => self.new_folder(&path),
            ListAction::RenameFolder(from, to) => self.rename_folder(&from, &to),
            ListAction::DeleteFolder(path) => self.delete_folder(&path),
            ListAction::SetFolderOpen(path, is_open) => self.set_folder_open(&path, is_open),
            ListAction::OpenImport(path) => self.views.dialogs.show(None, Dialog::import(path)),
            ListAction::Import(imported, choices) => self.import(*imported, &choices),
            ListAction::OpenExport(ids, what) => self.open_export(&ids, what),
            ListAction::OpenNewFromCommand => {
                self.views.dialogs.show(None, Dialog::new_from_command());
            }
            ListAction::AddFromCommand(command, fills) => self.add_from_command(*command, fills),
        }
    }

    fn new_profile_in(&mut self, folder: String) {
        let profile = Profile {
            name: unique_name(&self.data.profiles, &Profile::default().name),
            folder,
            ..Profile::default()
        };
        let (id, folder) = (profile.id.clone(), profile.folder.clone());
        self.data.profiles.push(profile);
        self.profiles_moved(&folder, None);
        self.edit_name(id);
    }

    /// Opens the folders that a profile lies in, so that its row is there.
    pub(super) fn open_folders_of(&mut self, id: &ProfileId) {
        let Some(folder) = self.data.profile(id).map(|it| folder_path(&it.folder)) else {
            return;
        };
        let closed = &mut self.data.window.list.closed;
        let before = closed.len();
        closed.retain(|closed| !is_within(&folder, closed));
        if closed.len() != before {
            self.list_changed();
        }
    }

    fn place(&mut self, id: &ProfileId, folder: &str, before: Option<&ProfileId>) {
        let old = self.data.profile(id).map(|it| it.folder.clone());
        if place_in_folder(&mut self.data.profiles, id, folder, before) {
            self.profiles_moved(folder, old.as_deref());
        }
    }

    /// Profiles came into `folder`, perhaps out of `old`: it is open, and is no longer an empty one. The folder that
    /// they left stays, even if they were the last in it.
    fn profiles_moved(&mut self, folder: &str, old: Option<&str>) {
        self.data.tell_all_open();
        self.data.unsaved.profiles = true;
        let path = folder_path(folder);
        let there = folders(&self.data.profiles);
        let list = &mut self.data.window.list;
        list.closed.retain(|closed| !is_within(&path, closed));
        list.empty
            .retain(|empty| there.iter().all(|it| it.path != *empty));
        if let Some(old) = old.map(folder_path).filter(|it| !it.is_empty())
            && there.iter().all(|it| it.path != old)
            && !list.empty.contains(&old)
        {
            list.empty.push(old);
        }
        self.list_changed();
    }

    fn ask_folder(&mut self, task: FolderTask) {
        self.views
            .dialogs
            .show(None, Dialog::folder(task, &self.data.profiles));
    }

    fn new_folder(&mut self, path: &str) {
        let path = folder_path(path);
        let is_there = folders(&self.data.profiles)
            .iter()
            .any(|it| it.path == path);
        let list = &mut self.data.window.list;
        if !is_there && !list.empty.contains(&path) {
            list.empty.push(path.clone());
        }
        list.closed.retain(|closed| !is_within(&path, closed));
        self.list_changed();
    }

    fn rename_folder(&mut self, from: &str, to: &str) {
        let (from, to) = (folder_path(from), folder_path(to));
        if from.is_empty() || to.is_empty() || from == to {
            return;
        }
        if is_within(&to, &from) {
            let text = "A folder cannot be put into itself. Choose another name.".to_owned();
            return self.say(Level::Warning, "Canopy", text, None);
        }
        self.data.unsaved.profiles |= rename_folder(&mut self.data.profiles, &from, &to);
        self.data.tell_all_open();
        self.rename_in_list(&from, &to);
    }

    fn delete_folder(&mut self, path: &str) {
        let path = folder_path(path);
        if path.is_empty() {
            return;
        }
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let held = folders(&self.data.profiles)
            .iter()
            .find(|it| it.path == path)
            .map_or(0, |it| it.total);
        self.data.unsaved.profiles |= delete_folder(&mut self.data.profiles, &path);
        self.data.tell_all_open();
        self.rename_in_list(&path, parent);
        let there = folders(&self.data.profiles);
        let empty = &mut self.data.window.list.empty;
        empty.retain(|it| !it.is_empty() && it != parent && there.iter().all(|f| f.path != *it));
        if !parent.is_empty() && there.iter().all(|f| f.path != parent) {
            empty.push(parent.to_owned());
        }
        let text = match (held, parent) {
            (0, _) => format!("Folder “{path}” deleted"),
            (_, "") => format!("Folder “{path}” deleted. What was in it is at the top now."),
            _ => format!("Folder “{path}” deleted. What was in it is in “{parent}” now."),
        };
        self.say(Level::Info, "Canopy", text, None);
    }

    /// What is remembered of folders follows one that has another path now.
    fn rename_in_list(&mut self, from: &str, to: &str) {
        let renamed = |path: &String| {
            if is_within(path, from) {
                folder_path(&format!("{to}/{}", &path[from.len()..]))
            } else {
                path.clone()
            }
        };
        let list = &mut self.data.window.list;
        list.closed = list.closed.iter().map(renamed).collect();
        list.closed.remove("");
        list.empty = list.empty.iter().map(renamed).collect();
        list.empty.dedup();
        self.list_changed();
    }

    fn set_folder_open(&mut self, path: &str, is_open: bool) {
        let closed = &mut self.data.window.list.closed;
        if is_open {
            closed.remove(path);
        } else {
            closed.insert(path.to_owned());
        }
        self.list_changed();
    }

    fn list_changed(&mut self) {
        self.data.unsaved.window = Some(crate::client::now());
    }
}
