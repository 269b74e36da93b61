//! The broker inside: where it listens, sums, connected clients.

use egui::Ui;

use super::super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct BrokerPanel {}

impl BrokerPanel {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
