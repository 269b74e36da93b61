//! All keys, by where they work.

use egui::{Label, RichText, ScrollArea, Ui, vec2};

use super::super::theme::{self, Palette};
use super::super::widgets::{badge, scroll_by_keys};
use super::frame::{Outcome, heading_ui, room_for_contents};

/// A place in the window, and its keys with what they do.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 5] = [
    (
        "Everywhere",
        &[
            ("Ctrl+K", "Commands: find anything by typing"),
            ("Ctrl+F or /", "Filter topics and payloads; Esc clears it"),
            ("Ctrl+O", "Show the connections"),
            ("Ctrl+E", "Show the topics"),
            ("Ctrl+N", "New connection"),
            ("Ctrl+B", "Start or stop the broker on this machine"),
            ("Ctrl+P", "Pause or resume the tree"),
            ("Ctrl+1 … Ctrl+3", "Show Publish, Broker, Log"),
            ("Ctrl+,", "Settings"),
            ("F1", "This list"),
            ("Tab, Shift+Tab", "To the next or previous control"),
            ("Esc", "Close what is open on top"),
        ],
    ),
    (
        "Topic tree",
        &[
            ("↑ ↓, Home, End, Page ↑ ↓", "Select"),
            ("→ ←", "Open or close a branch, then go in or out"),
            ("Alt+→, Alt+←", "Open or close with everything below"),
            ("Space", "Open or close a branch"),
            ("Enter", "Publish to this topic"),
            ("Delete", "Clear the retained message (asks first)"),
            ("Ctrl+C", "Copy the topic"),
        ],
    ),
    ("Publish", &[("Ctrl+Enter", "Publish the message")]),
    (
        "Connections",
        &[
            ("↑ ↓, Home, End", "Select a profile"),
            ("Enter", "Connect"),
            ("Alt+↑, Alt+↓", "Move the profile up or down"),
            ("Delete", "Delete the profile (can be undone)"),
        ],
    ),
    ("Choices and tabs", &[("→ ←", "The next or previous one")]),
];

/// Draws the list.
pub fn keys_ui(ui: &mut Ui) -> Outcome {
    let is_closed = heading_ui(ui, "Keys", 560.0);
    ScrollArea::vertical()
        .max_height(room_for_contents(ui) + 60.0)
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 6.0;
            scroll_by_keys(ui);
            for (place, keys) in GROUPS {
                ui.add_space(theme::SPACE[0]);
                ui.label(
                    RichText::new(place)
                        .font(theme::strong())
                        .color(Palette::of(ui).text),
                );
                ui.spacing_mut().interact_size.y = 20.0;
                for (key, what) in keys {
                    ui.horizontal(|ui| key_ui(ui, key, what));
                }
            }
        });
    if is_closed {
        Outcome::Close
    } else {
        Outcome::Stay
    }
}

fn key_ui(ui: &mut Ui, key: &str, what: &str) {
    let palette = Palette::of(ui);
    let size = vec2(190.0, 20.0);
    ui.allocate_ui_with_layout(
        size,
        egui::Layout::left_to_right(egui::Align::Center),
        |ui| {
            ui.set_min_size(size);
            badge(ui, None, key, palette.muted);
        },
    );
    ui.add(Label::new(RichText::new(what).color(palette.text)).wrap());
}
