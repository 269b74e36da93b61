//! The connections screen: the list of profiles on the left, the editor of the selected one on the right.

mod advanced;
mod demo;
mod drop;
mod editor;
mod entries;
mod files;
mod filters;
mod folder_row;
mod footer;
mod form;
mod general;
mod granted;
mod host_field;
mod kept_fields;
mod list;
mod marks;
mod menu;
mod mqtt5;
mod network;
mod pairs;
mod row;
mod secret_field;
mod security;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_settings;
mod will;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use crate::client::State;
use crate::profile::ProfileId;

use super::context::Context;
use super::theme::Palette;
use editor::Editor;
pub use editor::display_name;
pub use entries::in_list_order;
use list::ProfileList;
pub use menu::copy_sub_command;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct Connections {
    list: ProfileList,
    editor: Editor,
}

impl Connections {
    /// Gives the list the keyboard, with the selected profile in view.
    pub fn take_focus(&mut self) {
        self.list.take_focus();
    }

    /// Gives the name of this profile, which is about to be selected, the keyboard.
    pub fn edit_name(&mut self, id: ProfileId) {
        self.list.reveal_profile(id.clone());
        self.editor.edit_name(id);
    }

    /// After the name was edited the list gets the keyboard.
    pub fn come_back_to_list(&mut self) {
        self.editor.come_back_to_list();
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let palette = Palette::of(ui);
        Panel::left("profiles")
            .resizable(true)
            .default_size(320.0)
            .size_range(NARROWEST_LIST..=widest_list(ui.available_width()))
            .frame(
                Frame::new()
                    .fill(palette.panel)
                    .inner_margin(Margin::same(12)),
            )
            .show(ui, |ui| self.list.ui(ui, context));
        CentralPanel::default()
            .frame(Frame::new().fill(palette.background))
            .show(ui, |ui| self.editor.ui(ui, context));
    }
}

/// Narrowest and widest list; in a narrow window it leaves the form its room.
const NARROWEST_LIST: f32 = 240.0;
const WIDEST_LIST: f32 = 480.0;
const LIST_SHARE: f32 = 0.34;

fn widest_list(room: f32) -> f32 {
    (room * LIST_SHARE).clamp(NARROWEST_LIST, WIDEST_LIST)
}

/// What the connection with a profile does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Activity {
    /// Nothing.
    Idle,
    /// It is being connected, or waits to be tried again.
    Opening,
    /// It is connected.
    Open,
}

impl Activity {
    fn of(context: &Context<'_>, id: &ProfileId) -> Self {
        match context.session_of(id).map(super::session::Session::state) {
            Some(State::Connected { .. }) => Self::Open,
            Some(State::Connecting { .. } | State::Waiting { .. }) => Self::Opening,
            Some(State::Idle | State::Ended(_)) | None => Self::Idle,
        }
    }
}
