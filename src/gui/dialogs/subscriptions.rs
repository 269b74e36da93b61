//! All subscriptions of the open connection as a table: what was asked and granted, what came, change and remove.

use egui::{Align, Label, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use crate::client::SubscribeOutcome;
use crate::payload::format::thousands;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::subscriptions::{
    Counts, Editor, Limits, SubscriptionState, options_in_words, outcome_in_words,
};
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, dot, icon_button, muted};
use super::super::words::{counted, rate};
use super::frame::{Outcome, heading_ui, room_for_contents, text_ui};

const WIDTH: f32 = 940.0;
const ROW_GAP: f32 = 2.0;
const COLUMNS: [(&str, bool); 7] = [
    ("Topic filter", false),
    ("QoS", false),
    ("Options", false),
    ("Answer", false),
    ("Messages", true),
    ("Rate", true),
    ("", true),
];

/// UI state of the table.
#[derive(Debug, Default)]
pub struct SubscriptionsDialog {
    editor: Editor,
    counts: Counts,
}

impl SubscriptionsDialog {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let Some(session) = context.session else {
            return Outcome::Close;
        };
        self.counts.look(session, context.now);
        let title = format!("Subscriptions of “{}”", session.profile.name);
        heading_ui(ui, &title, WIDTH);
        let all = session.subscriptions.as_slice();
        if all.is_empty() {
            text_ui(ui, "Nothing is subscribed. Add “#” to see every topic.");
        } else {
            ui.scope(|ui| self.table_ui(ui, context, session));
        }
        ui.horizontal(|ui| {
            let new = button(ui, Some(icons::PLUS), "Subscribe…", Look::Plain);
            self.editor.popup(&new, context, None);
            let count = counted(all.len() as u64, "subscription", "subscriptions");
            muted(ui, &count);
        });
        Outcome::Stay
    }

    fn table_ui(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session) {
        let all = session.subscriptions.as_slice();
        let has_options = Limits::of(session).no_options().is_none();
        ui.spacing_mut().item_spacing.y = ROW_GAP;
        // else the dialog grows to it over many frames
        let height = (theme::CONTROL_HEIGHT + ROW_GAP) * all.len() as f32;
        let height = height.min(room_for_contents(ui));
        TableBuilder::new(ui)
            .min_scrolled_height(height)
            .max_scroll_height(height)
            .auto_shrink([false, true])
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::remainder().at_least(140.0).clip(true))
            .column(Column::exact(64.0))
            .column(Column::exact(220.0).clip(true))
            .column(Column::exact(150.0).clip(true))
            .column(Column::exact(90.0))
            .column(Column::exact(80.0))
            .column(Column::exact(56.0))
            .header(theme::ROW_HEIGHT, |mut row| {
                for (name, is_right) in COLUMNS {
                    row.col(|ui| aligned(ui, is_right, |ui| drop(muted(ui, name))));
                }
            })
            .body(|body| {
                body.rows(theme::CONTROL_HEIGHT, all.len(), |mut row| {
                    if let Some(subscription) = all.get(row.index()) {
                        self.row_ui(&mut row, context, subscription, has_options);
                    }
                });
            });
    }

    fn row_ui(
        &mut self,
        row: &mut TableRow<'_, '_>,
        context: &Context<'_>,
        subscription: &SubscriptionState,
        has_options: bool,
    ) {
        let asked = &subscription.asked;
        row.col(|ui| {
            let palette = Palette::of(ui);
            if let Some(color) = asked.color {
                dot(ui, theme::profile_color(color, palette)).on_hover_text(color.name());
            }
            let text = RichText::new(&asked.filter).font(theme::mono());
            ui.add(Label::new(text).truncate())
                .on_hover_text(&asked.filter);
        });
        row.col(|ui| {
            let palette = Palette::of(ui);
            let (text, color) = match subscription.outcome {
                SubscribeOutcome::Granted(granted) if granted < asked.qos => {
                    (format!("{granted} of {}", asked.qos), palette.amber)
                }
                _ => (asked.qos.to_string(), palette.text),
            };
            ui.label(RichText::new(text).font(theme::number()).color(color));
        });
        row.col(|ui| {
            let text = options_in_words(asked, has_options);
            let label = Label::new(RichText::new(&text).font(theme::label())).truncate();
            ui.add(label).on_hover_text(text);
        });
        row.col(|ui| answer_ui(ui, subscription));
        let count = self.counts.of(&asked.filter);
        let count = count.filter(|_| subscription.is_granted());
        row.col(|ui| {
            aligned(ui, true, |ui| {
                let text = count.map_or_else(String::new, |count| thousands(count.messages));
                ui.label(RichText::new(text).font(theme::number()));
            });
        });
        row.col(|ui| {
            aligned(ui, true, |ui| {
                let text = count.map_or_else(String::new, |count| rate(count.rate));
                let color = Palette::of(ui).muted;
                ui.label(RichText::new(text).font(theme::number()).color(color));
            });
        });
        row.col(|ui| {
            aligned(ui, true, |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let label = format!("Unsubscribe from {}", asked.filter);
                if icon_button(ui, icons::X, &label, Look::Quiet).clicked() {
                    context.ask(Action::Unsubscribe(asked.filter.clone()));
                }
                let label = format!("Change {}", asked.filter);
                let change = icon_button(ui, icons::SLIDERS, &label, Look::Quiet);
                self.editor.popup(&change, context, Some(asked));
            });
        });
    }
}

/// What the broker said, in a word where it said yes.
fn answer_ui(ui: &mut Ui, subscription: &SubscriptionState) {
    let palette = Palette::of(ui);
    let said = outcome_in_words(subscription);
    let (text, color) = match &subscription.outcome {
        SubscribeOutcome::Granted(qos) if *qos < subscription.asked.qos => {
            ("granted, lower QoS".to_owned(), palette.amber)
        }
        SubscribeOutcome::Granted(_) => ("granted".to_owned(), palette.accent),
        SubscribeOutcome::Refused(reason, _) => (reason.name().to_lowercase(), palette.red),
        SubscribeOutcome::Unanswered => ("connection closed".to_owned(), palette.red),
        SubscribeOutcome::Pending | SubscribeOutcome::Removed => {
            ("waits".to_owned(), palette.muted)
        }
    };
    let text = RichText::new(text).font(theme::label()).color(color);
    ui.add(Label::new(text).truncate()).on_hover_text(said);
}

fn aligned(ui: &mut Ui, is_right: bool, add: impl FnOnce(&mut Ui)) {
    if is_right {
        ui.with_layout(Layout::right_to_left(Align::Center), add);
    } else {
        add(ui);
    }
}
