//! Version, licence, and what ships inside.

use egui::{Label, RichText, Ui};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::icon_mark;
use super::frame::{Outcome, heading_ui, text_ui};

/// Draws it.
pub fn about_ui(ui: &mut Ui) -> Outcome {
    let palette = Palette::of(ui);
    heading_ui(ui, "About Canopy", 460.0);
    ui.horizontal(|ui| {
        icon_mark(ui, icons::TREE, theme::icon_fill(40.0), palette.accent);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let version = format!("Canopy {}", env!("CARGO_PKG_VERSION"));
            ui.add(Label::new(RichText::new(version).font(theme::title(15.0))).selectable(true));
            text_ui(ui, env!("CARGO_PKG_DESCRIPTION"));
        });
    });
    text_ui(
        ui,
        "Free software under the MIT licence or the Apache License 2.0, as you choose.",
    );
    ui.spacing_mut().interact_size.y = 18.0;
    let parts = [
        ("Inter", "text", "SIL Open Font License 1.1"),
        (
            "JetBrains Mono",
            "values and payloads",
            "SIL Open Font License 1.1",
        ),
        ("Phosphor Icons", "icons", "MIT"),
    ];
    for (name, what, licence) in parts {
        ui.horizontal(|ui| {
            ui.label(
                RichText::new(name)
                    .font(theme::strong())
                    .color(palette.text),
            );
            text_ui(ui, &format!("{what} · {licence}"));
        });
    }
    text_ui(
        ui,
        "Nothing is sent anywhere but to the brokers that you connect to.",
    );
    Outcome::Stay
}
