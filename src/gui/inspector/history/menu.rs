//! The menu of a row: copy, compare, publish again, export, delete.

use egui::{Button, Response};

use super::super::super::action::Action;
use super::super::compare::{Compare, Pinned};
use super::deeds::CopyAs;
use super::list::ListedRow;
use super::{Choice, HistoryView, Stage, chosen};
use crate::model::Message;

impl HistoryView {
    /// Attaches the menu to a row.
    pub(super) fn menu(
        &mut self,
        response: &Response,
        stage: &Stage<'_>,
        listed: &ListedRow,
        compare: &mut Compare,
    ) -> Option<Choice> {
        let message = listed.message.as_ref()?;
        let mut choice = None;
        response.context_menu(|ui| {
            ui.set_min_width(240.0);
            choice = Self::look_items(ui, stage, (listed, message), compare);
            ui.separator();
            self.copy_items(ui, stage);
            ui.separator();
            if ui.button("Put into the publish panel").clicked() {
                Self::resend(stage, &listed.topic, message);
            }
            if listed.node != stage.shown.node && ui.button("Select its topic").clicked() {
                stage.context.ask(Action::SelectPath(listed.topic.clone()));
            }
            ui.separator();
            if ui
                .add(Button::new("Export…").shortcut_text("Ctrl+S"))
                .clicked()
            {
                self.open_export(stage);
            }
            let delete = Button::new("Delete from the history").shortcut_text("Del");
            if ui.add(delete).clicked() {
                self.delete(ui, stage);
            }
        });
        choice
    }

    fn copy_items(&mut self, ui: &mut egui::Ui, stage: &Stage<'_>) {
        let text = if self.selection.is_several() {
            "Copy payloads"
        } else {
            "Copy payload"
        };
        if ui.add(Button::new(text).shortcut_text("Ctrl+C")).clicked() {
            self.copy(ui, stage, CopyAs::Payloads);
        }
        if ui.button("Copy as JSON Lines").clicked() {
            self.copy(ui, stage, CopyAs::JsonLines);
        }
    }

    fn look_items(
        ui: &mut egui::Ui,
        stage: &Stage<'_>,
        (listed, message): (&ListedRow, &Message),
        compare: &mut Compare,
    ) -> Option<Choice> {
        let open = || {
            let chosen = chosen(stage, listed.node, &listed.topic, message.clone());
            Some(Choice::Open(chosen))
        };
        if ui
            .add(Button::new("Show payload").shortcut_text("Enter"))
            .clicked()
        {
            return open();
        }
        if ui.button("Compare with the one before").clicked() {
            *compare = Compare::Previous;
            return open();
        }
        if ui.button("Pin for comparing").clicked() {
            *compare = Compare::With(Box::new(Pinned {
                topic: listed.topic.clone(),
                message: message.clone(),
            }));
            return None;
        }
        let other = match compare {
            Compare::With(pinned) if pinned.message.id != message.id => Some(pinned),
            _ => None,
        };
        let is_clicked = other.is_some() && ui.button("Compare with the pinned one").clicked();
        is_clicked.then(open).flatten()
    }
}
