//! Windows over the window: settings, the broker's settings, a password, confirmations, the list of keys.

use egui::Ui;

use super::context::Context;

/// Which dialog is open, with its state.
#[derive(Debug, Default)]
pub enum Dialog {
    /// None.
    #[default]
    Closed,
}

impl Dialog {
    /// Draws the open dialog, if any.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
