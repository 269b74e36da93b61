//! The dashboard of a profile: its pinned charts side by side, all of them live. Only those on the screen are drawn.

use egui::{Align, Layout, Margin, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use super::super::action::Action;
use super::super::chart_action::ChartAction;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button};
use super::Charts;
use super::card::Cards;

/// Least width of a chart, its least and greatest height, and the room between two.
const NARROWEST: f32 = 400.0;
const HEIGHT: f32 = 250.0;
const HIGHEST: f32 = 480.0;
const GAP: f32 = 12.0;

/// UI state of the dashboard.
#[derive(Debug, Default)]
pub struct Dashboard {
    cards: Cards,
}

impl Charts {
    /// Draws the dashboard into the room that is left.
    pub fn dashboard_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(session) = context.session else {
            return;
        };
        let frame = egui::Frame::new().inner_margin(Margin::symmetric(16, 10));
        frame.show(ui, |ui| {
            let pinned = &session.profile.charts;
            head_ui(ui, context, pinned.len());
            ui.add_space(theme::SPACE[1]);
            if pinned.is_empty() {
                return empty_ui(ui);
            }
            let width = ui.available_width() - 12.0;
            let columns = columns_in(width).min(pinned.len());
            let rows = pinned.len().div_ceil(columns);
            // few charts share the height that there is
            let height = ui.available_height() / rows as f32 - GAP;
            let height = height.clamp(HEIGHT, HIGHEST);
            let card = vec2(
                (width - GAP * (columns as f32 - 1.0)) / columns as f32,
                height,
            );
            ScrollArea::vertical()
                .id_salt("dashboard")
                .auto_shrink(false)
                .show_viewport(ui, |ui, viewport| {
                    ui.set_height(rows as f32 * (height + GAP));
                    let origin = ui.max_rect().min;
                    for (place, chart) in pinned.iter().enumerate() {
                        let (row, column) = (place / columns, place % columns);
                        let offset =
                            vec2(column as f32 * (card.x + GAP), row as f32 * (height + GAP));
                        let is_seen =
                            offset.y < viewport.max.y && offset.y + height > viewport.min.y;
                        if !is_seen {
                            continue;
                        }
                        let area = Rect::from_min_size(origin + offset, card);
                        let builder = UiBuilder::new().max_rect(area).id_salt(("card", place));
                        ui.scope_builder(builder, |ui| {
                            let what = (place, pinned.len(), chart);
                            self.dashboard.cards.card_ui(
                                ui,
                                context,
                                &mut self.gatherer,
                                what,
                                card,
                            );
                        });
                    }
                });
        });
    }
}

/// How many charts stand side by side.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number"
)]
fn columns_in(width: f32) -> usize {
    (((width + GAP) / (NARROWEST + GAP)) as usize).clamp(1, 6)
}

fn head_ui(ui: &mut Ui, context: &Context<'_>, count: usize) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        let title = RichText::new("Dashboard").font(theme::title(18.0));
        ui.label(title.color(palette.text));
        let text = super::super::words::counted(count as u64, "chart", "charts");
        ui.label(
            RichText::new(text)
                .font(theme::label())
                .color(palette.muted),
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // above the right edge of the charts, which leave room for the scroll bar
            ui.add_space(12.0);
            if button(ui, Some(icons::X), "Back to the topics", Look::Plain).clicked() {
                context.ask(Action::Chart(ChartAction::ShowDashboard(false)));
            }
        });
    });
}

fn empty_ui(ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).max(20.0));
        let title = RichText::new("No chart is pinned").font(theme::title(15.0));
        ui.label(title.color(palette.text));
        let text = "Select a topic, tick its numbers in the Chart tab, and press “Pin to dashboard” there.";
        ui.label(RichText::new(text).font(theme::label()).color(palette.muted));
    });
}
