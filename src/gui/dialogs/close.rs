//! Asks before a tab is closed whose connection has something under way.

use egui::Ui;

use crate::profile::{Profile, ProfileId};

use super::super::action::Action;
use super::super::context::Context;
use super::super::widgets::Look;
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// UI state of the dialog.
#[derive(Debug)]
pub struct CloseDialog {
    id: ProfileId,
    title: String,
    /// Sentences that say what is cut short.
    unfinished: Vec<String>,
    is_fresh: bool,
}

impl CloseDialog {
    /// Asks about the tab of `profile`.
    pub fn new(profile: &Profile, unfinished: Vec<String>) -> Self {
        Self {
            id: profile.id.clone(),
            title: format!("Close “{}”?", profile.name),
            unfinished,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let is_closed = heading_ui(ui, &self.title, 420.0);
        for sentence in &self.unfinished {
            text_ui(ui, sentence);
        }
        text_ui(
            ui,
            "The connection says DISCONNECT, and what was seen on it is forgotten.",
        );
        let buttons = Buttons {
            confirm: "Close tab",
            look: Look::Danger,
            obstacle: None,
        };
        let pressed = buttons_ui(ui, &buttons);
        // what cannot be undone is not one careless Enter away
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.confirm.clicked() {
            context.ask(Action::CloseTabConfirmed(self.id.clone()));
            return Outcome::Close;
        }
        if is_closed || pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }
}
