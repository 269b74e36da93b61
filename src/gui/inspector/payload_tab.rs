//! The tab with the payload of the message that is shown, and the newest messages below it.

use egui::{Layout, RichText, Ui};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button, segmented};
use super::decode::View;
use super::history::recent_list;
use super::payload::{decoding, full_height, payload_rows};
use super::shown::Shown;
use super::{Inspector, InspectorTab};
use crate::gui::words;
use crate::model::Message;

/// Room kept for the newest messages below a long payload.
const RECENT_HEIGHT: f32 = 5.0 * theme::HISTORY_ROW_HEIGHT;

impl Inspector {
    /// Copy button and format segments, from the right.
    pub(super) fn format_controls(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.x = theme::SPACE[1];
        if icon_button(ui, icons::COPY, "Copy payload as shown", Look::Plain).clicked()
            && let Some(decoded) = self.payload.decoded()
        {
            context.copy(decoded.all_text(), "Payload");
        }
        let Some(mut view) = self.payload.view() else {
            return;
        };
        let options = [
            (View::Json, "JSON"),
            (View::Text, "Text"),
            (View::Hex, "Hex"),
        ];
        if segmented(ui, "Show as", &mut view, &options).changed() {
            self.payload.wanted = Some(view);
        }
    }

    /// Draws it into the room that is left.
    pub(super) fn payload_tab(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        shown: &Shown,
        message: Option<&Message>,
    ) {
        let Some(message) = message else {
            return self.no_message(ui, shown);
        };
        let area = ui.available_size();
        let Some(decoded) = self.payload.prepare(ui, message, area.x) else {
            return decoding(ui, message.payload.len());
        };
        let recent = if area.y > 2.0 * RECENT_HEIGHT && shown.recent.len() > 1 {
            RECENT_HEIGHT + 10.0
        } else {
            0.0
        };
        let height = full_height(decoded).min(area.y - recent).max(40.0);
        let size = egui::vec2(area.x, height);
        ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            payload_rows(ui, decoded);
        });
        if recent > 0.0 {
            let line = ui.max_rect().x_range().expand(16.0);
            ui.painter()
                .hline(line, ui.cursor().top() + 2.0, (1.0, Palette::of(ui).line));
            ui.add_space(6.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            let selected = self.chosen.as_ref().map(|chosen| chosen.message.id);
            let choice = recent_list(ui, context, shown, selected);
            self.choose(choice);
        }
    }

    fn no_message(&mut self, ui: &mut Ui, shown: &Shown) {
        let palette = Palette::of(ui);
        ui.add_space(12.0);
        let title = RichText::new("No message on this level itself");
        ui.label(title.font(theme::strong()).color(palette.text));
        let topics = words::counted(u64::from(shown.facts.subtree_topics), "topic", "topics");
        let text = format!("It is a branch with {topics} below it.");
        ui.label(
            RichText::new(text)
                .font(theme::label())
                .color(palette.muted),
        );
        ui.add_space(4.0);
        if button(ui, None, "Show subtree", Look::Plain).clicked() {
            self.tab = InspectorTab::Subtree;
        }
    }
}
