//! The settings of the program. Every change is kept at once.

use egui::{RichText, ScrollArea, Ui};

use crate::profile::{Settings, Theme};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, icon_button, labelled, muted, number_field, segmented, switch,
};
use super::frame::{Outcome, heading_ui, is_confirmed, room_for_contents, start_here};

/// Bytes of a MiB.
const MIB: u64 = 1024 * 1024;
/// Width of the labels.
const LABEL_WIDTH: f32 = 130.0;
/// Enlargements to choose from, in percent.
const ZOOMS: [(u32, &str); 6] = [
    (75, "75 %"),
    (100, "100 %"),
    (125, "125 %"),
    (150, "150 %"),
    (175, "175 %"),
    (200, "200 %"),
];

/// UI state of the dialog.
#[derive(Debug)]
pub struct SettingsDialog {
    is_fresh: bool,
}

impl Default for SettingsDialog {
    fn default() -> Self {
        Self { is_fresh: true }
    }
}

impl SettingsDialog {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, "Settings", 560.0);
        let mut edited = context.settings.clone();
        ScrollArea::vertical()
            .max_height(room_for_contents(ui))
            .show(ui, |ui| {
                fields_ui(ui, &mut edited);
                files_ui(ui, context);
            });
        if edited != *context.settings {
            context.ask(Action::SaveSettings(Box::new(edited)));
        }
        let mut outcome = Outcome::Stay;
        ui.horizontal(|ui| {
            if button(ui, Some(icons::KEYBOARD), "Keys", Look::Plain).clicked() {
                outcome = Outcome::ShowKeys;
            }
            if button(ui, Some(icons::INFO), "About Canopy", Look::Plain).clicked() {
                outcome = Outcome::ShowAbout;
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let done = button(ui, None, "Done", Look::Primary);
                start_here(&mut self.is_fresh, &done);
                if done.clicked() || is_confirmed(ui) {
                    outcome = Outcome::Close;
                }
            });
        });
        outcome
    }
}

fn fields_ui(ui: &mut Ui, settings: &mut Settings) {
    labelled(ui, "Theme", LABEL_WIDTH, |ui| {
        segmented(
            ui,
            "Theme",
            &mut settings.theme,
            &[(Theme::Dark, "Dark"), (Theme::Light, "Light")],
        );
    });
    labelled(ui, "Enlarge", LABEL_WIDTH, |ui| zoom_ui(ui, settings));
    labelled(ui, "Changed rows", LABEL_WIDTH, |ui| {
        switch(ui, &mut settings.flash_changes, "Changed rows glow");
        muted(ui, "glow for a moment");
    });
    labelled(ui, "Sparklines", LABEL_WIDTH, |ui| {
        switch(ui, &mut settings.sparklines, "Sparklines in the tree");
        muted(ui, "show the last values of numbers in the tree");
    });
    labelled(ui, "History", LABEL_WIDTH, |ui| {
        let mut mebibytes = u32::try_from(settings.history_budget / MIB).unwrap_or(u32::MAX);
        if number_field(ui, &mut mebibytes, 1..=65_536, "History in MiB", 80.0).is_changed {
            settings.history_budget = u64::from(mebibytes) * MIB;
        }
        muted(ui, "MiB for each open connection").on_hover_text(
            "Every tab has as much for itself. The oldest messages are trimmed; the last one of every topic is always \
             kept.",
        );
    });
}

fn zoom_ui(ui: &mut Ui, settings: &mut Settings) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 50 and 300"
    )]
    let now = (settings.zoom * 100.0).round().clamp(50.0, 300.0) as u32;
    let mut percent = now;
    segmented(ui, "Enlarge", &mut percent, &ZOOMS);
    if percent != now {
        settings.zoom = percent as f32 / 100.0;
    }
}

fn files_ui(ui: &mut Ui, context: &Context<'_>) {
    labelled(ui, "Files", LABEL_WIDTH, |ui| {
        let path = context.config_path.display().to_string();
        if icon_button(ui, icons::COPY, "Copy the path of the files", Look::Quiet).clicked() {
            context.copy(path.as_str(), "Path");
        }
        let text = RichText::new(path)
            .font(theme::mono())
            .color(Palette::of(ui).muted);
        ui.add(egui::Label::new(text).truncate().selectable(true));
    });
}
