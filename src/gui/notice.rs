//! The strip above the tree while a connection does not stand: why, what to do, and when it is tried again.

use egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, Ui};

use crate::client::{Failure, State};
use crate::payload::format::thousands;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::session::Session;
use super::theme::{self, Palette};
use super::widgets::{Look, button, icon_mark};

/// Draws the strip when there is something to say.
pub fn notice_ui(ui: &mut Ui, context: &Context<'_>, session: &Session) {
    match session.state() {
        State::Waiting { failure, next, .. } => {
            let seconds = next.since(context.now).as_secs() + 1;
            strip_ui(
                ui,
                &failure,
                &format!("Next attempt in {seconds} s"),
                |ui| {
                    if button(ui, Some(icons::REFRESH), "Connect now", Look::Plain).clicked() {
                        context.ask(Action::ReconnectNow);
                    }
                    test_ui(ui, context, session);
                },
            );
        }
        State::Ended(Some(failure)) => strip_ui(ui, &failure, "", |ui| {
            if button(ui, Some(icons::REFRESH), "Try again", Look::Plain).clicked() {
                context.ask(Action::Connect(session.profile.id.clone()));
            }
            test_ui(ui, context, session);
            if button(ui, Some(icons::PENCIL), "Edit connection", Look::Plain).clicked() {
                context.ask(Action::SelectProfile(session.profile.id.clone()));
                context.ask(Action::ShowConnections);
            }
        }),
        _ => {}
    }
}

/// Says that the tree stands still, and how much came in meanwhile.
pub fn pause_ui(ui: &mut Ui, context: &Context<'_>, session: &Session) {
    let Some(since) = session.glance.since_pause else {
        return;
    };
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.tint(palette.amber, 0.14))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(12, 4))
        .outer_margin(Margin::symmetric(8, 4))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal(|ui| {
                icon_mark(ui, icons::PAUSE, theme::icon(14.0), palette.amber);
                let unit = if since == 1 { "message" } else { "messages" };
                ui.label(format!(
                    "Paused: tree and inspector stand still · {} {unit} since",
                    thousands(since)
                ));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if button(ui, Some(icons::PLAY), "Resume", Look::Quiet).clicked() {
                        context.ask(Action::SetPaused(false));
                    }
                });
            });
        });
}

/// Offers to find out what is wrong.
fn test_ui(ui: &mut Ui, context: &Context<'_>, session: &Session) {
    if button(ui, Some(icons::CHECK_CIRCLE), "Test", Look::Plain).clicked() {
        context.ask(Action::Examine(session.profile.id.clone()));
    }
}

fn strip_ui(ui: &mut Ui, failure: &Failure, when: &str, buttons: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.tint(palette.red, 0.14))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(12, 8))
        .outer_margin(Margin::symmetric(8, 4))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal_top(|ui| {
                icon_mark(ui, icons::WARNING_CIRCLE, theme::icon(16.0), palette.red);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    ui.add(
                        egui::Label::new(RichText::new(&failure.what).font(theme::strong()))
                            .selectable(true)
                            .wrap(),
                    );
                    ui.add(egui::Label::new(&failure.cure).selectable(true).wrap());
                    let detail = failure
                        .detail
                        .iter()
                        .map(String::as_str)
                        .chain(Some(when))
                        .filter(|text| !text.is_empty());
                    let detail = detail.collect::<Vec<_>>().join(" · ");
                    if !detail.is_empty() {
                        let detail = RichText::new(detail)
                            .font(theme::label())
                            .color(palette.muted);
                        ui.add(egui::Label::new(detail).selectable(true).wrap());
                    }
                    ui.horizontal(buttons);
                });
            });
        });
}
