//! Formats and schemas of a profile: which topics are read as what, and the files that describe their messages.
//! The same part stands in the connection editor and in a dialog.

mod files;
mod format_choice;
mod rules;

use egui::Ui;

use super::action::Action;
use super::context::Context;
use super::reading_action::ReadingAction;
use super::theme;
use crate::profile::Profile;
use files::SchemaFiles;
use rules::Rules;

/// UI state.
#[derive(Debug, Default)]
pub struct ReadingRules {
    rules: Rules,
    files: SchemaFiles,
}

impl ReadingRules {
    /// Whether something was typed that is not in the profile yet.
    pub fn has_input(&self) -> bool {
        self.rules.has_input() || self.files.has_input()
    }

    /// Draws it and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, profile: &mut Profile) {
        if !context
            .schemas
            .has(&profile.id, &profile.reading.schema_files)
        {
            let load = Action::Reading(ReadingAction::LoadSchemas);
            context.ask_for(&profile.id, load);
        }
        let schemas = context.schemas.of(&profile.id);
        self.rules.ui(ui, &schemas, profile);
        ui.add_space(theme::SPACE[0]);
        self.files.ui(ui, context, &schemas, profile);
    }
}
