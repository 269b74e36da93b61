//! What the inspector says when there is nothing to show, or when what it shows does not move.

use egui::{RichText, Ui};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::shown::Shown;
use crate::payload::format;

/// Says that nothing moves here, and since when.
pub fn paused_notice(ui: &mut Ui, context: &Context<'_>, shown: &Shown) {
    let palette = Palette::of(ui);
    let time = format::clock_seconds(shown.at, context.zone);
    ui.horizontal(|ui| {
        let icon = RichText::new(icons::PAUSE).font(theme::icon(12.0));
        ui.label(icon.color(palette.amber));
        let text = RichText::new(format!("Paused: as of {time}"));
        ui.label(text.font(theme::label()).color(palette.amber));
    });
}

/// Says why nothing is shown.
pub fn nothing_selected(ui: &mut Ui, context: &Context<'_>) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.38).max(20.0));
        let (title, text) = match context.session {
            Some(_) => (
                "No topic selected",
                "Click a topic in the tree to see its messages, history and properties.",
            ),
            None => ("Not connected", "Connect to a broker to see its topics."),
        };
        ui.label(
            RichText::new(title)
                .font(theme::title(15.0))
                .color(palette.text),
        );
        ui.label(
            RichText::new(text)
                .font(theme::label())
                .color(palette.muted),
        );
    });
}
