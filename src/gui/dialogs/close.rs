//! Asks before a tab is closed, or its profile deleted, whose connection has something under way.

use egui::Ui;

use crate::profile::Profile;

use super::super::action::{Action, TabAction};
use super::super::context::Context;
use super::super::widgets::Look;
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// UI state of the dialog.
#[derive(Debug)]
pub struct CloseDialog {
    title: String,
    confirm: &'static str,
    action: Action,
    /// Sentences that say what is cut short.
    unfinished: Vec<String>,
    is_fresh: bool,
}

impl CloseDialog {
    /// Asks about the tab of `profile`.
    pub fn new(profile: &Profile, unfinished: Vec<String>) -> Self {
        Self {
            title: format!("Close “{}”?", profile.name),
            confirm: "Close tab",
            action: Action::Tab(TabAction::CloseConfirmed(profile.id.clone())),
            unfinished,
            is_fresh: true,
        }
    }

    /// Asks about deleting `profile`, which closes its tab.
    pub fn delete(profile: &Profile, unfinished: Vec<String>) -> Self {
        Self {
            title: format!("Delete “{}”?", profile.name),
            confirm: "Delete and close its tab",
            action: Action::DeleteProfileConfirmed(profile.id.clone()),
            ..Self::new(profile, unfinished)
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, &self.title, 420.0);
        for sentence in &self.unfinished {
            text_ui(ui, sentence);
        }
        text_ui(
            ui,
            "The connection says DISCONNECT, and what was seen on it is forgotten.",
        );
        let buttons = Buttons {
            confirm: self.confirm,
            look: Look::Danger,
            obstacle: None,
        };
        let pressed = buttons_ui(ui, &buttons);
        // what cannot be undone is not one careless Enter away
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed {
            context.ask(self.action.clone());
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }
}
