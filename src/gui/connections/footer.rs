//! Below the cards: connect, where it is saved, and why the last attempt failed.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui, vec2};

use crate::client::Failure;
use crate::profile::{Profile, Severity};

use super::super::action::{Action, TabAction};
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, button_sized, icon_mark, kept_label, muted};
use super::Activity;

/// Height of the button that connects.
const CONNECT_SIZE: egui::Vec2 = vec2(110.0, 34.0);

/// Draws it. With `applies_at_once` nothing is said about when changes apply. Says whether the user wants to connect.
pub fn footer_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &Profile,
    applies_at_once: bool,
) -> bool {
    let activity = Activity::of(context, &profile.id);
    let wants_to_connect = ui
        .horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[1];
            let is_clicked = connect_ui(ui, context, profile, activity);
            muted(ui, "Saved automatically · profiles.ron");
            is_clicked
        })
        .inner;
    if activity != Activity::Idle && !applies_at_once {
        muted(ui, "Changes apply when it connects the next time");
    }
    let failure = context.failures.get(&profile.id);
    if let Some(failure) = failure.filter(|_| activity != Activity::Open) {
        failure_ui(ui, failure);
    }
    wants_to_connect
}

fn connect_ui(ui: &mut Ui, context: &Context<'_>, profile: &Profile, activity: Activity) -> bool {
    match activity {
        Activity::Idle => {
            let problems = profile.validate();
            let obstacle = problems
                .iter()
                .find(|problem| problem.severity == Severity::Error);
            let response = ui
                .add_enabled_ui(obstacle.is_none(), |ui| {
                    button_sized(
                        ui,
                        Some(icons::PLUGS_CONNECTED),
                        "Connect",
                        Look::Primary,
                        CONNECT_SIZE,
                    )
                })
                .inner;
            let is_clicked = response.clicked();
            if obstacle.is_none()
                && button_sized(
                    ui,
                    Some(icons::CHECK_CIRCLE),
                    "Test",
                    Look::Plain,
                    vec2(0.0, CONNECT_SIZE.y),
                )
                .clicked()
            {
                context.ask(Action::Examine(profile.id.clone()));
            }
            if let Some(problem) = obstacle {
                response.on_disabled_hover_text(&problem.text);
            }
            is_clicked
        }
        Activity::Opening | Activity::Open => {
            let text = if activity == Activity::Open {
                "Disconnect"
            } else {
                "Cancel"
            };
            if button_sized(ui, Some(icons::PLUGS), text, Look::Plain, CONNECT_SIZE).clicked() {
                context.ask_for(&profile.id, Action::Disconnect);
            }
            if button(ui, Some(icons::TREE), "Show topics", Look::Plain).clicked() {
                context.ask(Action::Tab(TabAction::Show(profile.id.clone())));
            }
            false
        }
    }
}

/// Why the last attempt failed: what, cure, and the other side's own words.
fn failure_ui(ui: &mut Ui, failure: &Failure) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.tint(palette.red, 0.12))
        .stroke(Stroke::new(1.0, palette.tint(palette.red, 0.5)))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(16, 12))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = theme::SPACE[0];
            ui.horizontal_top(|ui| {
                icon_mark(ui, icons::WARNING_CIRCLE, theme::icon(16.0), palette.red);
                ui.vertical(|ui| {
                    kept_label(ui, &failure.what, theme::strong(), palette.text);
                    kept_label(ui, &failure.cure, theme::body(), palette.text);
                    if let Some(detail) = &failure.detail {
                        kept_label(ui, detail, theme::mono(), palette.muted);
                    }
                });
            });
        });
}
