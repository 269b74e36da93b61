//! Which topics are read as what, in order: the first rule that matches counts.

use egui::{RichText, TextEdit, Ui};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, card, field, icon_button, is_entered, muted};
use super::format_choice::FormatChoice;
use crate::mqtt::TopicFilter;
use crate::payload::Format;
use crate::payload::schema::Schemas;
use crate::profile::{FormatRule, Profile};

/// Room for the arrows and the cross behind a rule.
const CONTROLS_WIDTH: f32 = 96.0;

/// UI state: the rule that is about to be added.
#[derive(Debug)]
pub struct Rules {
    typed: String,
    format: Format,
    choice: FormatChoice,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            typed: String::new(),
            format: Format::Json,
            choice: FormatChoice::default(),
        }
    }
}

/// What the user wants done with one row.
enum Edit {
    Remove,
    Swap(usize),
}

impl Rules {
    /// Whether a filter was typed that is not added yet.
    pub fn has_input(&self) -> bool {
        !self.typed.trim().is_empty()
    }

    /// Draws the card and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, schemas: &Schemas, profile: &mut Profile) {
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = theme::SPACE[1];
            ui.horizontal(|ui| {
                ui.label(RichText::new("Formats by topic filter").font(theme::strong()));
                muted(ui, "the first one that matches counts");
            });
            let rules = &mut profile.reading.formats;
            if rules.is_empty() {
                let text = "No rules: each payload is read as what it looks like. Add one for topics that Canopy cannot guess.";
                muted(ui, text);
            }
            self.rows_ui(ui, schemas, rules);
            self.new_ui(ui, schemas, rules);
        });
    }

    fn rows_ui(&mut self, ui: &mut Ui, schemas: &Schemas, rules: &mut Vec<FormatRule>) {
        let last = rules.len().saturating_sub(1);
        let mut wanted = None;
        for index in 0..rules.len() {
            ui.push_id(index, |ui| {
                let is_double = is_double(rules, index);
                if let Some(rule) = rules.get_mut(index) {
                    let edit = self.row_ui(ui, schemas, rule, (index, last));
                    wanted = wanted.take().or(edit.map(|edit| (index, edit)));
                    problem_ui(ui, schemas, rule, is_double);
                }
            });
        }
        match wanted {
            Some((index, Edit::Remove)) => drop(rules.remove(index)),
            Some((index, Edit::Swap(other))) => rules.swap(index, other),
            None => {}
        }
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        schemas: &Schemas,
        rule: &mut FormatRule,
        (index, last): (usize, usize),
    ) -> Option<Edit> {
        let mut wanted = None;
        let (filter_width, format_width) = widths(ui);
        let number = index + 1;
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut rule.filter).font(theme::mono());
            field(
                ui,
                edit,
                &format!("Rule {number}, topic filter"),
                filter_width,
            );
            let label = format!("Rule {number}, format");
            let format = &mut rule.format;
            self.choice.ui(ui, schemas, format, (&label, format_width));
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.add_enabled_ui(index > 0, |ui| {
                let label = format!("Move rule {number} up");
                if icon_button(ui, icons::ARROW_UP, &label, Look::Quiet).clicked() {
                    wanted = Some(Edit::Swap(index - 1));
                }
            });
            ui.add_enabled_ui(index < last, |ui| {
                let label = format!("Move rule {number} down");
                if icon_button(ui, icons::ARROW_DOWN, &label, Look::Quiet).clicked() {
                    wanted = Some(Edit::Swap(index + 1));
                }
            });
            let label = format!("Remove rule {number}");
            if icon_button(ui, icons::X, &label, Look::Quiet).clicked() {
                wanted = Some(Edit::Remove);
            }
        });
        wanted
    }

    fn new_ui(&mut self, ui: &mut Ui, schemas: &Schemas, rules: &mut Vec<FormatRule>) {
        let checked = TopicFilter::new(self.typed.as_str());
        let is_there = rules.iter().any(|rule| rule.filter == self.typed);
        let (filter_width, format_width) = widths(ui);
        let mut is_wanted = false;
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.typed)
                .id_salt("new rule")
                .hint_text("plant/+/status")
                .font(theme::mono());
            let response = field(ui, edit, "New rule, topic filter", filter_width);
            is_wanted = is_entered(ui, &response);
            let place = ("New rule, format", format_width);
            self.choice.ui(ui, schemas, &mut self.format, place);
            ui.add_enabled_ui(checked.is_ok() && !is_there, |ui| {
                let add = button(ui, Some(icons::PLUS), "Add rule", Look::Plain);
                is_wanted |= add.clicked();
            });
        });
        match checked {
            Err(err) if !self.typed.is_empty() => note_ui(ui, &err.to_string()),
            Ok(_) if is_there => note_ui(ui, "This filter has a rule already."),
            Ok(_) if is_wanted => {
                let filter = std::mem::take(&mut self.typed);
                let format = self.format.clone();
                rules.push(FormatRule { filter, format });
            }
            _ => {}
        }
    }
}

/// Width of filter and format, so that the rows line up.
fn widths(ui: &Ui) -> (f32, f32) {
    let room = ui.available_width() - CONTROLS_WIDTH - 3.0 * theme::SPACE[1];
    let format = (room * 0.42).clamp(120.0, 300.0);
    ((room - format).max(80.0), format)
}

/// Whether a rule before this one has the same filter, so that this one never counts.
fn is_double(rules: &[FormatRule], index: usize) -> bool {
    let (before, rest) = rules.split_at(index);
    let own = rest.first().map(|rule| &rule.filter);
    before.iter().any(|rule| Some(&rule.filter) == own)
}

/// What is wrong with a rule, and what to do.
fn problem_ui(ui: &mut Ui, schemas: &Schemas, rule: &FormatRule, is_double: bool) {
    if let Err(err) = TopicFilter::new(rule.filter.as_str()) {
        return note_ui(ui, &err.to_string());
    }
    if is_double {
        note_ui(
            ui,
            "A rule above has the same filter: this one never counts. Remove one of them.",
        );
    }
    let missing = match &rule.format {
        Format::Protobuf(name) if !schemas.protobuf_types().contains(name) => name,
        Format::Avro(name) if !name.is_empty() && !schemas.avro_schemas().contains(name) => name,
        _ => return,
    };
    let text = format!(
        "No schema file describes “{missing}”. Add its file below, or choose another format."
    );
    note_ui(ui, &text);
}

fn note_ui(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).red;
    ui.label(RichText::new(text).font(theme::caption()).color(color));
}
