//! Labelled fields in one or two columns, with what is wrong beside each.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use crate::profile::{Field, Problem, Severity};

use super::super::theme::{self, Palette};
use super::super::widgets::{labelled, muted};

/// Gap between the two columns.
const GAP: f32 = 14.0;
/// Below this width fields stand in one column.
const TWO_COLUMNS: f32 = 520.0;

/// The measures of a form for the width it is given, and what is wrong with what it edits.
pub struct Form<'a> {
    problems: &'a [Problem],
    is_wide: bool,
    label_width: f32,
    field_width: f32,
}

impl<'a> Form<'a> {
    /// Measures a form as wide as `ui` has room.
    pub fn new(ui: &Ui, problems: &'a [Problem]) -> Self {
        let width = ui.available_width();
        let is_wide = width >= TWO_COLUMNS;
        let column = if is_wide { (width - GAP) / 2.0 } else { width };
        let label_width = if is_wide && column > 380.0 {
            146.0
        } else {
            92.0
        };
        let field_width = column - label_width - theme::SPACE[1];
        Self {
            problems,
            is_wide,
            label_width,
            field_width,
        }
    }

    /// Cells side by side, or one below the other where there is no room.
    pub fn row(&self, ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
        if self.is_wide {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                add(ui);
            });
        } else {
            ui.vertical(add);
        }
    }

    /// A label and what `add` draws, with the problems of `field` below.
    pub fn cell(&self, ui: &mut Ui, label: &str, field: Option<Field>, add: impl FnOnce(&mut Ui)) {
        let width = self.label_width + theme::SPACE[1] + self.field_width;
        self.cell_of(ui, width, label, field, add);
    }

    /// The same as wide as the form.
    pub fn wide_cell(
        &self,
        ui: &mut Ui,
        label: &str,
        field: Option<Field>,
        add: impl FnOnce(&mut Ui),
    ) {
        self.cell_of(ui, ui.available_width(), label, field, add);
    }

    fn cell_of(
        &self,
        ui: &mut Ui,
        width: f32,
        label: &str,
        field: Option<Field>,
        add: impl FnOnce(&mut Ui),
    ) {
        let size = vec2(width, theme::CONTROL_HEIGHT);
        ui.push_id(label, |ui| {
            ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
                ui.set_width(size.x);
                ui.spacing_mut().item_spacing = vec2(theme::SPACE[1], theme::SPACE[0]);
                labelled(ui, label, self.label_width, add);
                self.problems_ui(ui, field);
            });
        });
    }

    fn problems_ui(&self, ui: &mut Ui, field: Option<Field>) {
        let of_field = self
            .problems
            .iter()
            .filter(|problem| Some(problem.field) == field);
        for problem in of_field {
            ui.horizontal_top(|ui| {
                ui.add_space(self.label_width + theme::SPACE[1]);
                problem_ui(ui, problem);
            });
        }
    }
}

/// The sentence of a problem, red or amber, wrapping.
pub fn problem_ui(ui: &mut Ui, problem: &Problem) {
    let palette = Palette::of(ui);
    let color = match problem.severity {
        Severity::Error => palette.red,
        Severity::Hint => palette.amber,
    };
    let text = RichText::new(&problem.text)
        .font(theme::caption())
        .color(color);
    ui.add(Label::new(text).wrap());
}

/// A muted word behind a field, such as its unit.
pub fn unit_ui(ui: &mut Ui, text: &str) {
    muted(ui, text);
}
