//! What can be done with a profile, and with the list as a whole: menus, and the commands that they copy.

use egui::{Button, Popup, Ui};

use crate::profile::{PayloadKind, Profile, PublishDraft};

use super::super::action::{Action, Level};
use super::super::context::Context;
use super::super::icons;
use super::super::list_action::{FolderTask, ListAction};
use super::super::widgets::{Look, icon_button};
use super::Activity;
use super::editor::display_name;

/// The button beside “New connection” with everything else that concerns the list.
pub fn more_menu(ui: &mut Ui, context: &Context<'_>) {
    let label = "Import, export and more";
    let more = icon_button(ui, icons::DOTS, label, Look::Plain);
    Popup::menu(&more).show(|ui| {
        ui.set_min_width(220.0);
        let mut item = |text: &str, action: ListAction| {
            if ui.button(text).clicked() {
                context.ask(Action::List(action));
            }
        };
        item("New from command…", ListAction::OpenNewFromCommand);
        let top = FolderTask::New(String::new());
        item("New folder…", ListAction::AskFolder(top));
        item("Import…", ListAction::OpenImport(None));
        let all = context.profiles.iter().map(|it| it.id.clone()).collect();
        let what = "all connections".to_owned();
        item("Export all…", ListAction::OpenExport(all, what));
    });
}

/// The menu of a profile in the list.
pub fn profile_menu(ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
    ui.set_min_width(240.0);
    let id = || profile.id.clone();
    if Activity::of(context, &profile.id) == Activity::Idle && ui.button("Connect").clicked() {
        context.ask(Action::Connect(id()));
    }
    if ui.button("Duplicate").clicked() {
        context.ask(Action::DuplicateProfile(id()));
    }
    if ui.add(Button::new("Rename…").shortcut_text("F2")).clicked() {
        context.ask(Action::List(ListAction::Rename(id())));
    }
    if ui.button("Move to folder…").clicked() {
        let task = FolderTask::Move(id());
        context.ask(Action::List(ListAction::AskFolder(task)));
    }
    ui.separator();
    if ui.button("Copy as mosquitto_sub command").clicked() {
        copy_sub_command(context, profile);
    }
    if ui.button("Copy as mosquitto_pub command").clicked() {
        copy_pub_command(context, profile);
    }
    if ui.button("Export…").clicked() {
        let what = format!("“{}”", display_name(profile));
        context.ask(Action::List(ListAction::OpenExport(vec![id()], what)));
    }
    ui.separator();
    if ui
        .add(Button::new("Delete connection").shortcut_text("Del"))
        .clicked()
    {
        context.ask(Action::DeleteProfile(id()));
    }
}

/// Copies the line that connects as the profile does, and says what it leaves out.
pub fn copy_sub_command(context: &Context<'_>, profile: &Profile) {
    match profile.mosquitto_sub_command() {
        Ok(command) => {
            context.copy(command, "Command");
            tell_losses(context, &profile.sub_command_losses());
        }
        Err(err) => context.toast(Level::Error, err.to_string()),
    }
}

/// The same for the first message that is saved in the profile, else for one that says what belongs where.
fn copy_pub_command(context: &Context<'_>, profile: &Profile) {
    let saved = profile.saved_publishes.first().map(|it| it.draft.clone());
    let is_text = |draft: &PublishDraft| draft.kind != PayloadKind::Hex;
    let draft = saved.filter(is_text).unwrap_or_else(|| PublishDraft {
        topic: "topic".to_owned(),
        kind: PayloadKind::Text,
        payload: "message".to_owned(),
        ..PublishDraft::default()
    });
    match profile.publish_command(&draft, draft.payload.as_bytes()) {
        Ok(command) => {
            context.copy(command, "Command");
            tell_losses(context, &profile.pub_command_losses());
        }
        Err(err) => context.toast(Level::Error, err.to_string()),
    }
}

fn tell_losses(context: &Context<'_>, losses: &[String]) {
    if !losses.is_empty() {
        context.toast(Level::Warning, losses.join(" "));
    }
}
