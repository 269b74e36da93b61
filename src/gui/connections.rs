//! The list of profiles and the editor of the selected one.

use egui::Ui;

use super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct Connections {}

impl Connections {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
