//! Names with values in rows that are added and removed: user properties.

use egui::{TextEdit, Ui};

use crate::profile::{Field, Problem};

use super::super::icons;
use super::super::theme;
use super::super::widgets::{Look, button, field, icon_button};
use super::form::problem_ui;

/// Draws the rows and changes `pairs`. `what` names one of them ("user property"), `place` its field.
pub fn pairs_ui(
    ui: &mut Ui,
    what: &str,
    pairs: &mut Vec<(String, String)>,
    problems: &[Problem],
    place: impl Fn(usize) -> Field,
) {
    let mut removed = None;
    for (index, pair) in pairs.iter_mut().enumerate() {
        ui.push_id((what, index), |ui| {
            if row_ui(ui, what, index, pair) {
                removed = Some(index);
            }
            for problem in problems.iter().filter(|it| it.field == place(index)) {
                problem_ui(ui, problem);
            }
        });
    }
    if let Some(index) = removed {
        pairs.remove(index);
    }
    if button(ui, Some(icons::PLUS), &format!("Add a {what}"), Look::Plain).clicked() {
        pairs.push(Default::default());
    }
}

/// Says whether the row is to be removed.
fn row_ui(ui: &mut Ui, what: &str, index: usize, (name, value): &mut (String, String)) -> bool {
    let number = index + 1;
    ui.horizontal(|ui| {
        let width = ui.available_width() - 40.0;
        let edit = TextEdit::singleline(name)
            .hint_text("name")
            .font(theme::mono());
        field(
            ui,
            edit,
            &capital(&format!("{what} {number}, name")),
            width * 0.36,
        );
        let edit = TextEdit::singleline(value)
            .hint_text("value")
            .font(theme::mono());
        field(
            ui,
            edit,
            &capital(&format!("{what} {number}, value")),
            width * 0.64,
        );
        icon_button(
            ui,
            icons::X,
            &format!("Remove {what} {number}"),
            Look::Quiet,
        )
        .clicked()
    })
    .inner
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
