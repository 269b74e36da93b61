//! The controls above the list: which messages, a text to find, hold still, copy, export, delete.

use egui::{Key, TextEdit, Ui};

use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::session::Session;
use super::super::super::theme;
use super::super::super::widgets::{
    Look, button, field_with_button, icon_button, keep_escape, segmented,
};
use super::super::shown::Shown;
use super::{Held, HistoryView, Scope, Stage};
use crate::payload::format::thousands;

/// Below this width the scope has a row of its own.
const ONE_ROW: f32 = 640.0;

impl HistoryView {
    pub(super) fn bar_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
    ) {
        let can_choose = shown.facts.is_topic && shown.facts.children > 0;
        let is_narrow = ui.available_width() < ONE_ROW;
        if can_choose && is_narrow {
            ui.horizontal(|ui| self.scope_ui(ui, shown));
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[1];
            if can_choose && !is_narrow {
                self.scope_ui(ui, shown);
            }
            let stage = Stage {
                context,
                session,
                shown,
                chosen: None,
                target: self.target(shown),
            };
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                self.deed_buttons(ui, &stage);
                self.hold_ui(ui, &stage);
                self.search_ui(ui);
            });
        });
    }

    fn scope_ui(&mut self, ui: &mut Ui, shown: &Shown) {
        let mut scope = self.scope(shown);
        let options = [
            (Scope::Topic, "This topic"),
            (Scope::Below, "With all below"),
        ];
        if segmented(ui, "Messages of", &mut scope, &options).changed() {
            self.scope = Some(scope);
            self.rearrange();
        }
    }

    fn search_ui(&mut self, ui: &mut Ui) {
        let before = self.search.clone();
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text("Search these messages")
            .font(theme::body());
        let width = ui.available_width();
        let icon = if before.is_empty() {
            icons::SEARCH
        } else {
            icons::X
        };
        let tip = if before.is_empty() {
            "Search"
        } else {
            "Clear the search"
        };
        let (field, is_clicked) =
            field_with_button(ui, edit, "Search these messages", width, (icon, tip));
        if field.has_focus() {
            keep_escape(ui);
        }
        let is_escaped = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
        if is_clicked && before.is_empty() {
            field.request_focus();
        } else if is_clicked || is_escaped {
            self.search.clear();
        }
        if self.search.trim() != before.trim() {
            self.rearrange();
        }
    }

    /// The button that holds the list still, or lets it follow again and says how many have come.
    fn hold_ui(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        if self.held.is_none() {
            if icon_button(ui, icons::PAUSE, "Hold this list still", Look::Plain).clicked() {
                let arrived = self.arrived(stage);
                self.held = Some(Held { arrived });
            }
            return;
        }
        let new = self.new_since_held(stage) as u64;
        let text = match new {
            0 => "Follow".to_owned(),
            new => format!("{} new", thousands(new)),
        };
        let follow = button(ui, Some(icons::PLAY), &text, Look::Plain);
        if follow
            .on_hover_text("Held still. Follow what comes")
            .clicked()
        {
            self.held = None;
            self.arrived = None;
            self.bring_into_view = Some(0);
        }
    }
}
