//! Formats and schemas of a profile: which topics are read as what, and the files that describe their messages.
//! The same part stands in the connection editor and in a dialog.

use egui::Ui;

use super::context::Context;
use super::icons;
use super::widgets::{Look, icon_button, muted};
use crate::profile::Profile;

/// UI state.
#[derive(Debug, Default)]
pub struct ReadingRules {}

impl ReadingRules {
    /// Whether something was typed that is not in the profile yet.
    pub fn has_input(&self) -> bool {
        false
    }

    /// Draws it and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, _context: &Context<'_>, profile: &mut Profile) {
        let mut removed = None;
        for (index, rule) in profile.reading.formats.iter().enumerate() {
            ui.horizontal(|ui| {
                muted(ui, &rule.filter);
                let label = format!("Forget the format of {}", rule.filter);
                if icon_button(ui, icons::X, &label, Look::Quiet).clicked() {
                    removed = Some(index);
                }
            });
        }
        if let Some(index) = removed {
            profile.reading.formats.remove(index);
        }
    }
}
