//! The log: what happened, newest last.

use egui::Ui;

use super::super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct LogPanel {}

impl LogPanel {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
