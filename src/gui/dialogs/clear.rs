//! Asks before retained messages are cleared, and shows which.

use egui::{CornerRadius, Frame, Margin, ScrollArea, Stroke, Ui, pos2, vec2};

use crate::mqtt::TopicName;
use crate::profile::Profile;

use super::super::action::Action;
use super::super::connections::display_name;
use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, galley_within, kept_label, virtual_rows};
use super::super::words::counted;
use super::frame::{
    Buttons, Outcome, beside_color, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};

/// Height of a topic in the list.
const ROW: f32 = 20.0;

/// UI state of the dialog.
#[derive(Debug)]
pub struct ClearDialog {
    topics: Vec<TopicName>,
    is_fresh: bool,
}

impl ClearDialog {
    /// Asks about these topics.
    pub fn new(topics: Vec<TopicName>) -> Self {
        Self {
            topics,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let count = self.topics.len() as u64;
        let messages = counted(count, "retained message", "retained messages");
        heading_ui(ui, &format!("Clear {messages}?"), 540.0);
        if let Some(profile) = context.session.map(|session| &session.profile) {
            connection_ui(ui, profile);
        }
        text_ui(
            ui,
            "An empty retained message is published to each of these topics. The broker then forgets the last value, \
             for everybody. This cannot be undone.",
        );
        self.list_ui(ui);
        let obstacle = self
            .topics
            .is_empty()
            .then_some("Nothing here is retained.");
        let confirm = format!("Clear {messages}");
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: &confirm,
                look: Look::Danger,
                obstacle,
            },
        );
        // what cannot be undone is not one careless Enter away
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed {
            context.ask(Action::ClearRetainedConfirmed(std::mem::take(
                &mut self.topics,
            )));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    fn list_ui(&self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        let whole = self.topics.len() as f32 * ROW;
        let height = whole.min(room_for_contents(ui) - 60.0).min(260.0);
        Frame::new()
            .fill(palette.background)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(theme::RADIUS))
            .inner_margin(Margin::symmetric(10, 6))
            .show(ui, |ui| {
                let size = vec2(ui.available_width(), height);
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let scroll = ScrollArea::vertical()
                        .max_height(height)
                        .min_scrolled_height(height);
                    virtual_rows(ui, scroll, ROW, self.topics.len(), |ui, rows, place| {
                        for row in rows {
                            let Some(topic) = self.topics.get(row) else {
                                continue;
                            };
                            let rect = place.row(row);
                            let width = rect.width() - 12.0;
                            let text = galley_within(
                                ui,
                                topic.as_str(),
                                theme::mono(),
                                palette.text,
                                width,
                            );
                            let at = pos2(rect.left(), rect.center().y - text.size().y / 2.0);
                            ui.painter().galley(at, text, palette.text);
                        }
                    });
                });
            });
    }
}

/// The connection on which it happens, beside its colour.
fn connection_ui(ui: &mut Ui, profile: &Profile) {
    let palette = Palette::of(ui);
    beside_color(ui, profile.color, |ui| {
        let name = format!("On “{}”", display_name(profile));
        kept_label(ui, &name, theme::strong(), palette.text);
        kept_label(ui, &profile.url(), theme::mono(), palette.muted);
        if profile.ask_before_publish {
            let text = "This connection is marked to ask before publishing.";
            kept_label(ui, text, theme::body(), palette.amber);
        }
    });
}
