//! The chips above the tree: subscriptions with their QoS, add, change, remove.

use egui::Ui;

use super::context::Context;

/// UI state of this view.
#[derive(Debug, Default)]
pub struct SubscriptionBar {}

impl SubscriptionBar {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let _ = (ui, context);
    }
}
