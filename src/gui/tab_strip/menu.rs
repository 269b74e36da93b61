//! What can be done with a tab: its context menu, and its keys while it has the keyboard.

use egui::{Key, Ui};

use super::super::action::{Action, TabAction};
use super::super::context::Context;
use super::face::Face;

/// Keys of the tab that has the keyboard.
pub fn keys(ui: &Ui, context: &Context<'_>, face: &Face, id: egui::Id) {
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        ..egui::EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let index = context
        .tabs()
        .iter()
        .position(|it| it.profile.id == face.id);
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let step = isize::from(pressed(Key::ArrowRight)) - isize::from(pressed(Key::ArrowLeft));
    let next = index.and_then(|index| index.checked_add_signed(step));
    let next = next
        .filter(|_| step != 0)
        .and_then(|next| context.tabs().get(next));
    if let Some(next) = next {
        let parent = ui.scope_id();
        ui.memory_mut(|memory| memory.request_focus(parent.with(&next.profile.id.0)));
        context.ask(Action::Tab(TabAction::Show(next.profile.id.clone())));
    }
    if pressed(Key::Delete) {
        context.ask(Action::Tab(TabAction::Close(face.id.clone())));
    }
}

/// The menu.
pub fn menu_ui(ui: &mut Ui, context: &Context<'_>, face: &Face) {
    ui.set_min_width(180.0);
    let index = context
        .tabs()
        .iter()
        .position(|it| it.profile.id == face.id);
    let Some(index) = index else { return };
    let last = context.tabs().len() - 1;
    let mut entry = |is_enabled: bool, text: &str| {
        let entry = ui.add_enabled(
            is_enabled,
            egui::Button::new(text).frame_when_inactive(false),
        );
        entry.clicked()
    };
    if face.is_open {
        if entry(true, "Disconnect") {
            context.ask_for(&face.id, Action::Disconnect);
        }
    } else if entry(true, "Connect") {
        context.ask(Action::Connect(face.id.clone()));
    }
    if entry(true, "Edit connection") {
        context.ask(Action::SelectProfile(face.id.clone()));
        context.ask(Action::ShowConnections);
    }
    if entry(index > 0, "Move to the left") {
        context.ask(Action::Tab(TabAction::Move(face.id.clone(), index - 1)));
    }
    if entry(index < last, "Move to the right") {
        context.ask(Action::Tab(TabAction::Move(face.id.clone(), index + 1)));
    }
    if entry(true, "Move to a new window") {
        context.ask(Action::Tab(TabAction::Detach(face.id.clone())));
    }
    if entry(last > 0, "Close the other tabs") {
        for other in context.tabs().iter().filter(|it| it.profile.id != face.id) {
            context.ask(Action::Tab(TabAction::Close(other.profile.id.clone())));
        }
    }
    if entry(true, "Close tab") {
        context.ask(Action::Tab(TabAction::Close(face.id.clone())));
    }
}
