//! Folders of the list of connections: moving a profile into one, making one, renaming one.

use egui::{Role, ScrollArea, Ui, WidgetInfo};

use crate::profile::{Profile, folder_path, folders_with};

use super::super::action::Action;
use super::super::connections::display_name;
use super::super::context::Context;
use super::super::list_action::{FolderTask, ListAction};
use super::super::theme;
use super::super::widgets::{Look, is_entered, muted, text_field};
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// UI state of the dialog.
#[derive(Debug)]
pub struct FolderDialog {
    task: FolderTask,
    /// The profile that is moved, or the folder that is concerned, as a person reads it.
    what: String,
    path: String,
    /// The path that it opened with.
    begun_with: String,
    is_fresh: bool,
}

impl FolderDialog {
    /// Does this task.
    pub fn new(task: FolderTask, profiles: &[Profile]) -> Self {
        let (what, path) = match &task {
            FolderTask::Move(id) => {
                let profile = profiles.iter().find(|profile| profile.id == *id);
                profile.map_or_else(Default::default, |it| {
                    (display_name(it), folder_path(&it.folder))
                })
            }
            FolderTask::New(parent) if parent.is_empty() => (String::new(), String::new()),
            FolderTask::New(parent) => (parent.clone(), format!("{parent}/")),
            FolderTask::Rename(path) => (path.clone(), path.clone()),
        };
        Self {
            task,
            what,
            begun_with: path.clone(),
            path,
            is_fresh: true,
        }
    }

    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        self.path != self.begun_with
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let (title, confirm) = match &self.task {
            FolderTask::Move(_) => (format!("Move “{}” to a folder", self.what), "Move"),
            FolderTask::New(_) => ("New folder".to_owned(), "Create"),
            FolderTask::Rename(_) => (format!("Rename the folder “{}”", self.what), "Rename"),
        };
        heading_ui(ui, &title, 420.0);
        text_ui(
            ui,
            "A slash puts one folder into another: Work/Plant. Without a name it is the top of the list.",
        );
        let hint = match self.task {
            FolderTask::Move(_) => "the top of the list",
            FolderTask::New(_) | FolderTask::Rename(_) => "Work/Plant",
        };
        let response = text_field(ui, &mut self.path, "Folder", hint, theme::body());
        start_here(&mut self.is_fresh, &response);
        let is_entered = is_entered(ui, &response);
        if matches!(self.task, FolderTask::Move(_)) {
            self.folders_ui(ui, context);
        }
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm,
                look: Look::Primary,
                obstacle: self.obstacle(),
            },
        );
        if (pressed.is_confirmed || is_entered) && self.obstacle().is_none() {
            context.ask(Action::List(self.action()));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    /// The folders there are, to choose from.
    fn folders_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let there = folders_with(context.profiles, &context.list.empty);
        if there.len() < 2 {
            return;
        }
        muted(ui, "Folders there are");
        let chosen = folder_path(&self.path);
        ScrollArea::vertical().max_height(200.0).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            for folder in &there {
                let name = if folder.path.is_empty() {
                    "The top of the list"
                } else {
                    &folder.path
                };
                let is_chosen = folder.path == chosen;
                let response = ui.selectable_label(is_chosen, name);
                response
                    .widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
                if response.clicked() {
                    self.path.clone_from(&folder.path);
                }
            }
        });
    }

    fn obstacle(&self) -> Option<&'static str> {
        let needs_name = !matches!(self.task, FolderTask::Move(_));
        (needs_name && folder_path(&self.path).is_empty()).then_some("Type a name")
    }

    fn action(&self) -> ListAction {
        let path = folder_path(&self.path);
        match &self.task {
            FolderTask::Move(id) => ListAction::MoveTo(id.clone(), path),
            FolderTask::New(_) => ListAction::NewFolder(path),
            FolderTask::Rename(from) => ListAction::RenameFolder(from.clone(), path),
        }
    }
}
