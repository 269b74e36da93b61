//! Names with values in rows that are added and removed: headers, user properties. Values that let somebody in by their
//! names are typed into a field for secrets and go to the system keyring.

use egui::{TextEdit, Ui};

use crate::profile::{Field, Problem, ProfileId, is_secret_name};

use super::super::context::Context;
use super::super::icons;
use super::super::theme;
use super::super::widgets::{Look, button, field, icon_button};
use super::form::problem_ui;
use super::kept_fields::{KeptField, where_they_go_ui};

/// UI state of the rows.
#[derive(Debug, Default)]
pub struct Pairs {
    secret: KeptField,
}

/// What the rows are.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Names one of them ("user property").
    pub what: &'a str,
    /// Whose they are.
    pub id: &'a ProfileId,
    /// What is wrong with the profile.
    pub problems: &'a [Problem],
    /// The field of the row with this number.
    pub place: fn(usize) -> Field,
}

impl Pairs {
    /// Draws the rows and changes `pairs`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        rows: Rows<'_>,
        pairs: &mut Vec<(String, String)>,
    ) {
        let mut removed = None;
        for index in 0..pairs.len() {
            ui.push_id((rows.what, index), |ui| {
                if self.row_ui(ui, context, rows, (index, pairs)) {
                    removed = Some(index);
                }
                let here = |it: &&Problem| it.field == (rows.place)(index);
                for problem in rows.problems.iter().filter(here) {
                    problem_ui(ui, problem);
                }
            });
        }
        if let Some(index) = removed {
            self.secret = KeptField::default();
            pairs.remove(index);
        }
        if pairs.iter().any(|(name, _)| is_secret_name(name)) {
            where_they_go_ui(ui, context);
        }
        let add = format!("Add a {}", rows.what);
        if button(ui, Some(icons::PLUS), &add, Look::Plain).clicked() {
            pairs.push(Default::default());
        }
    }

    /// Hands over what was typed into a field for a secret.
    pub fn keep(&mut self, id: &ProfileId, pairs: &mut [(String, String)]) {
        if let Some((index, secret)) = self.secret.take(id)
            && let Some((_, value)) = pairs.get_mut(index)
        {
            secret.reveal().clone_into(value);
        }
    }

    /// Says whether the row is to be removed.
    fn row_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        rows: Rows<'_>,
        (index, pairs): (usize, &mut [(String, String)]),
    ) -> bool {
        let Some((name, value)) = pairs.get_mut(index) else {
            return false;
        };
        let (what, number) = (rows.what, index + 1);
        let mut is_left = false;
        let row = ui.horizontal(|ui| {
            let width = ui.available_width() - 40.0;
            let edit = TextEdit::singleline(name)
                .hint_text("name")
                .font(theme::mono());
            let label = capital(&format!("{what} {number}, name"));
            field(ui, edit, &label, width * 0.36);
            let label = capital(&format!("{what} {number}, value"));
            if is_secret_name(name) {
                let named = (label.as_str(), width * 0.64);
                let secret = &mut self.secret;
                is_left = secret.ui(ui, context, (rows.id, index), true, named);
            } else {
                let edit = TextEdit::singleline(value)
                    .hint_text("value")
                    .font(theme::mono());
                field(ui, edit, &label, width * 0.64);
            }
            let label = format!("Remove {what} {number}");
            icon_button(ui, icons::X, &label, Look::Quiet).clicked()
        });
        if is_left {
            self.keep(rows.id, pairs);
        }
        row.inner
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
