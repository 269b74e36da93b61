//! Formats and schemas of the connection's profile, reached from the inspector.

use egui::{Align, Layout, ScrollArea, Ui, vec2};

use super::super::action::Action;
use super::super::context::Context;
use super::super::reading_rules::ReadingRules;
use super::frame::{Outcome, heading_ui, room_for_contents};

const WIDTH: f32 = 820.0;

/// UI state of the dialog.
#[derive(Debug, Default)]
pub struct ReadingRulesDialog {
    rules: ReadingRules,
}

impl ReadingRulesDialog {
    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        self.rules.has_input()
    }

    /// Draws it. Every change is kept at once.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let id = context.session.map(|session| &session.profile.id);
        let profile = context.profiles.iter().find(|it| Some(&it.id) == id);
        let Some(profile) = profile else {
            return Outcome::Close;
        };
        heading_ui(ui, "Formats and schemas", WIDTH);
        let mut edited = profile.clone();
        // always as high, so that nothing jumps when a rule or a file is added
        let size = vec2(ui.available_width(), room_for_contents(ui));
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.set_min_size(size);
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| self.rules.ui(ui, context, &mut edited));
        });
        if edited != *profile {
            context.ask(Action::EditProfile(Box::new(edited)));
        }
        Outcome::Stay
    }
}
