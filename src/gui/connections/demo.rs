//! Below the list of connections: the offer to try the demo.

use egui::{Label, RichText, Ui, vec2};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button_sized, card, icon_mark};

/// Height that the card needs, and that its button alone does.
const ROOM_FOR_CARD: f32 = 160.0;
const ROOM_FOR_BUTTON: f32 = 48.0;

/// Draws the card where all profiles leave it `room`, else its button alone; where they leave none for that either,
/// nothing: the demo is among the commands too.
pub fn demo_card_ui(ui: &mut Ui, context: &Context<'_>, room: f32) {
    if room >= ROOM_FOR_CARD || context.profiles.is_empty() {
        card_ui(ui, context);
    } else if room >= ROOM_FOR_BUTTON {
        button_ui(ui, context);
    }
}

fn card_ui(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[1];
            icon_mark(ui, icons::PLAY, theme::icon_fill(13.0), palette.accent);
            ui.label(RichText::new("Try it in ten seconds").font(theme::strong()));
        });
        let is_running = context.broker.demo.is_some();
        let text = if is_running {
            "The demo devices are running on the broker of this machine."
        } else {
            "Starts the broker on this machine and demo devices: one sends commands, one reports its status."
        };
        let text = RichText::new(text)
            .font(theme::label())
            .color(palette.muted);
        ui.add(Label::new(text).wrap());
        button_ui(ui, context);
    });
}

fn button_ui(ui: &mut Ui, context: &Context<'_>) {
    let wide = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    if context.broker.demo.is_some() {
        if button_sized(ui, Some(icons::STOP), "Stop the demo", Look::Plain, wide).clicked() {
            context.ask(Action::StopDemo);
        }
        return;
    }
    ui.add_enabled_ui(!context.broker.is_changing, |ui| {
        if button_sized(ui, None, "Start broker and demo", Look::Primary, wide).clicked() {
            context.ask(Action::StartDemo);
        }
    });
}
