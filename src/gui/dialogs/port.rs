//! Another program listens on the broker's port: use the next free one, choose one, or leave it.

use egui::{Align, Layout, Ui, vec2};

use super::super::action::Action;
use super::super::context::Context;
use super::super::theme;
use super::super::widgets::{Look, button};
use super::frame::{Outcome, heading_ui, is_confirmed, start_here, text_ui};

/// UI state of the dialog.
#[derive(Debug)]
pub struct PortDialog {
    port: u16,
    next_free: Option<u16>,
    is_fresh: bool,
}

impl PortDialog {
    /// `port` is taken, `next_free` is not.
    pub fn new(port: u16, next_free: Option<u16>) -> Self {
        Self {
            port,
            next_free,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, &format!("Port {} is taken", self.port), 460.0);
        text_ui(
            ui,
            &format!(
                "Another program on this machine listens on port {}, perhaps another broker. Stop it and try again, \
                 or let this broker use another port. Clients then have to connect to that port.",
                self.port
            ),
        );
        ui.add_space(theme::SPACE[0]);
        let row = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        let mut outcome = Outcome::Stay;
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            if let Some(port) = self.next_free {
                let use_it = button(ui, None, &format!("Use port {port}"), Look::Primary);
                start_here(&mut self.is_fresh, &use_it);
                if use_it.clicked() || is_confirmed(ui) {
                    context.ask(Action::StartBrokerOn(port));
                    outcome = Outcome::Close;
                }
            }
            let change = button(ui, None, "Change…", Look::Plain);
            start_here(&mut self.is_fresh, &change);
            if change.clicked() {
                context.ask(Action::ReconfigureBroker);
                outcome = Outcome::Close;
            }
            if button(ui, None, "Cancel", Look::Plain).clicked() {
                outcome = Outcome::Close;
            }
        });
        outcome
    }
}
