//! Publish by hand: topic, QoS, retain, payload, properties, saved publishes, repetition, and what became of it.

use egui::Ui;

use super::super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct PublishPanel {}

impl PublishPanel {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
