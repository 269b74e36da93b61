//! The files that describe messages, with what was found in each and what is wrong.

use egui::{Label, RichText, TextEdit, Ui};

use super::super::action::Action;
use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::icons;
use super::super::reading_action::ReadingAction;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, card, field_with_button, icon_button, is_entered, muted,
};
use super::super::words::counted;
use crate::payload::schema::{FileReport, SchemaKind, Schemas};
use crate::profile::{Profile, ProfileId};

/// Message types of a file that its hover names.
const NAMED: usize = 40;

/// UI state: the file that is about to be added.
#[derive(Debug, Default)]
pub struct SchemaFiles {
    typed: String,
    choice: FileChoice,
    /// The profile for which a file is being chosen.
    target: Option<ProfileId>,
}

impl SchemaFiles {
    /// Whether a path was typed that is not added yet.
    pub fn has_input(&self) -> bool {
        !self.typed.trim().is_empty()
    }

    /// Draws the card and changes `profile`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        schemas: &Schemas,
        profile: &mut Profile,
    ) {
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = theme::SPACE[1];
            heading_ui(ui, context, profile);
            let mut removed = None;
            for (index, path) in profile.reading.schema_files.iter().enumerate() {
                let report = schemas.files().iter().find(|it| it.path == *path);
                ui.push_id(index, |ui| {
                    if file_ui(ui, path, report) {
                        removed = Some(index);
                    }
                });
            }
            if let Some(index) = removed {
                profile.reading.schema_files.remove(index);
            }
            self.new_ui(ui, profile);
        });
    }

    fn new_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let mut is_wanted = false;
        ui.horizontal(|ui| {
            let width = ui.available_width() - 110.0;
            let edit = TextEdit::singleline(&mut self.typed)
                .hint_text("path of the file")
                .font(theme::mono());
            let tip = (icons::FOLDER, "Choose a schema file");
            let (response, is_clicked) = field_with_button(ui, edit, "New schema file", width, tip);
            is_wanted = is_entered(ui, &response);
            if is_clicked {
                self.choice.open(ui.ctx(), "Schema file");
                self.target = Some(profile.id.clone());
            }
            ui.add_enabled_ui(!self.typed.trim().is_empty(), |ui| {
                let add = button(ui, Some(icons::PLUS), "Add file", Look::Plain);
                is_wanted |= add.clicked();
            });
        });
        if self.target.as_ref() == Some(&profile.id)
            && let Some(path) = self.choice.chosen()
        {
            add(profile, path.to_string_lossy().into_owned());
        }
        if is_wanted && !self.typed.trim().is_empty() {
            add(profile, self.typed.trim().to_owned());
            self.typed.clear();
        }
    }
}

/// The heading with the button that reads the files again.
fn heading_ui(ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
    let is_empty = profile.reading.schema_files.is_empty();
    ui.horizontal(|ui| {
        ui.label(RichText::new("Schema files").font(theme::strong()));
        if context.schemas.is_reading(&profile.id) {
            ui.spinner();
            muted(ui, "Reading…");
        } else if is_empty {
            muted(ui, ".proto, descriptor sets, .avsc");
        } else if button(ui, Some(icons::REFRESH), "Reload", Look::Quiet)
            .on_hover_text("Read the files again")
            .clicked()
        {
            let reload = Action::Reading(ReadingAction::ReloadSchemas);
            context.ask_for(&profile.id, reload);
        }
    });
    if is_empty {
        let text = "Protobuf and Avro need a description of their messages. Imports are looked for among these files.";
        muted(ui, text);
    }
}

fn add(profile: &mut Profile, path: String) {
    if !profile.reading.schema_files.contains(&path) {
        profile.reading.schema_files.push(path);
    }
}

/// Draws one file; says whether it is to be removed from the list.
fn file_ui(ui: &mut Ui, path: &str, report: Option<&FileReport>) -> bool {
    let mut is_removed = false;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
            let label = format!("Remove schema file {name}");
            is_removed = icon_button(ui, icons::X, &label, Look::Quiet).clicked();
            if let Some(report) = report.filter(|it| it.kind != SchemaKind::Unknown) {
                let types = counted(report.types.len() as u64, "type", "types");
                let text = format!("{} · {types}", report.kind.name());
                muted(ui, &text).on_hover_text(type_names(report));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let text = RichText::new(path).font(theme::mono());
                ui.add(Label::new(text).truncate()).on_hover_text(path);
            });
        });
    });
    let Some(report) = report else {
        return is_removed;
    };
    if !report.types.is_empty() {
        let palette = Palette::of(ui);
        let text = RichText::new(report.types.join(", ")).font(theme::caption());
        let label = Label::new(text.color(palette.muted)).truncate();
        ui.add(label).on_hover_text(type_names(report));
    }
    for problem in &report.problems {
        let color = Palette::of(ui).red;
        let text = RichText::new(problem).font(theme::caption()).color(color);
        ui.add(Label::new(text).wrap());
    }
    is_removed
}

/// The first message types of a file, one a line, and how many more there are.
fn type_names(report: &FileReport) -> String {
    let mut lines: Vec<String> = report.types.iter().take(NAMED).cloned().collect();
    let left = report.types.len().saturating_sub(NAMED);
    if left > 0 {
        lines.push(format!("and {left} more"));
    }
    if lines.is_empty() {
        lines.push("No message types".to_owned());
    }
    lines.join("\n")
}
