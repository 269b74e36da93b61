//! The connection doctor: each step with its outcome and time as it comes, what to do, and a report to copy.

use std::collections::BTreeSet;

use egui::{Align, Label, Layout, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

use crate::client::doctor::{Check, Examination, Examined, Outcome as Health, Report};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button, icon_mark, kept_label, muted};
use super::frame::{Outcome, heading_ui, is_confirmed, room_for_contents};

const WIDTH: f32 = 720.0;
/// Widths of the columns before the words.
const NAME: f32 = 132.0;
const TIME: f32 = 78.0;

/// A test of a connection, which ends with the dialog.
#[derive(Debug)]
pub struct DoctorDialog {
    name: String,
    examination: Examination,
    unfolded: BTreeSet<Check>,
}

impl DoctorDialog {
    /// Shows `examination` of the profile with this name.
    pub fn new(name: String, examination: Examination) -> Self {
        Self {
            name,
            examination,
            unfolded: BTreeSet::new(),
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let report = self.examination.report();
        heading_ui(ui, &format!("Test of “{}”", self.name), WIDTH);
        muted(ui, &format!("{} · {}", report.place, report.client));
        ScrollArea::vertical()
            .max_height(room_for_contents(ui))
            .show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 6.0;
                for step in &report.steps {
                    self.step_ui(ui, step);
                }
            });
        if buttons_ui(ui, context, &report) {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    fn step_ui(&mut self, ui: &mut Ui, step: &Examined) {
        let palette = Palette::of(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[1];
            self.fold_ui(ui, step);
            let (icon, color) = mark(palette, step.outcome);
            icon_mark(ui, icon, theme::icon(16.0), color)
                .widget_info(|| WidgetInfo::labeled(Role::Label, true, step.outcome.name()));
            let name_color = match step.outcome {
                Health::Pending | Health::Skipped => palette.muted,
                _ => palette.text,
            };
            let name = RichText::new(step.check.to_string())
                .font(theme::strong())
                .color(name_color);
            column_ui(ui, NAME, Layout::left_to_right(Align::Min), |ui| {
                ui.add(Label::new(name).truncate());
            });
            let time = RichText::new(step.time())
                .font(theme::number())
                .color(palette.muted);
            column_ui(ui, TIME, Layout::right_to_left(Align::Min), |ui| {
                ui.add(Label::new(time));
            });
            ui.vertical(|ui| self.words_ui(ui, step));
        });
    }

    /// The triangle before a step that has more to say, or the room for it.
    fn fold_ui(&mut self, ui: &mut Ui, step: &Examined) {
        if step.details.is_empty() {
            ui.add_space(22.0 + ui.spacing().item_spacing.x);
            return;
        }
        let is_open = self.unfolded.contains(&step.check);
        let (icon, verb) = if is_open {
            (icons::CARET_DOWN, "Hide")
        } else {
            (icons::CARET_RIGHT, "Show")
        };
        let label = format!("{verb} details of {}", step.check);
        if icon_button(ui, icon, &label, Look::Quiet).clicked() {
            if is_open {
                self.unfolded.remove(&step.check);
            } else {
                self.unfolded.insert(step.check);
            }
        }
    }

    fn words_ui(&self, ui: &mut Ui, step: &Examined) {
        let palette = Palette::of(ui);
        ui.spacing_mut().item_spacing.y = 3.0;
        if !step.what.is_empty() {
            kept_label(ui, &step.what, theme::body(), palette.text);
        }
        if !step.cure.is_empty() {
            kept_label(ui, &step.cure, theme::body(), palette.muted);
        }
        if self.unfolded.contains(&step.check) {
            for line in &step.details {
                kept_label(ui, line, theme::mono(), palette.muted);
            }
        }
    }
}

fn mark(palette: &Palette, outcome: Health) -> (&'static str, egui::Color32) {
    match outcome {
        Health::Pending | Health::Skipped => (icons::DOTS, palette.faint),
        Health::Running => (icons::REFRESH, palette.blue),
        Health::Passed => (icons::CHECK_CIRCLE, palette.accent),
        Health::Finding => (icons::WARNING, palette.amber),
        Health::Failed => (icons::WARNING_CIRCLE, palette.red),
    }
}

fn column_ui(ui: &mut Ui, width: f32, layout: Layout, add: impl FnOnce(&mut Ui)) {
    let size = vec2(width, 18.0);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        add(ui);
    });
}

/// How it went, and the buttons. Says whether to close.
fn buttons_ui(ui: &mut Ui, context: &Context<'_>, report: &Report) -> bool {
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let close = if report.is_over() { "Close" } else { "Cancel" };
        let is_closed = button(ui, None, close, Look::Plain).clicked();
        let is_closed = is_closed || report.is_over() && is_confirmed(ui);
        if button(ui, Some(icons::COPY), "Copy report", Look::Plain).clicked() {
            context.copy(report.text(), "Report");
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let summary = RichText::new(report.summary()).font(theme::strong());
            ui.add(Label::new(summary).truncate());
        });
        is_closed
    })
    .inner
}
