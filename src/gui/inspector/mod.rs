//! The selected topic: breadcrumb, facts, and tabs for payload, history, properties and subtree.

use egui::Ui;

use super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct Inspector {}

impl Inspector {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
