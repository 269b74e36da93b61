//! All keys, by where they work.

use egui::{Label, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder};

use super::super::theme::{self, Palette};
use super::super::widgets::{badge, scroll_step};
use super::frame::{Outcome, heading_ui, room_for_contents};

/// A place in the window, and its keys with what they do.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 7] = [
    (
        "Everywhere",
        &[
            ("Ctrl+K", "Commands: find anything by typing"),
            ("Ctrl+F or /", "Filter topics and payloads; Esc clears it"),
            (
                "Ctrl+O",
                "Show the connections, with the profile of this one",
            ),
            ("Ctrl+E", "Show the topics"),
            ("Ctrl+G", "Show or leave the dashboard of charts"),
            ("Ctrl+N", "New connection"),
            ("Ctrl+Tab, Ctrl+Page ↓", "The next open connection"),
            (
                "Ctrl+Shift+Tab, Ctrl+Page ↑",
                "The previous open connection",
            ),
            ("Ctrl+W", "Close the tab of the connection"),
            ("Ctrl+B", "Start or stop the broker on this machine"),
            ("Ctrl+P", "Pause or resume the tree"),
            ("Ctrl+R", "Ask the broker what it retains on the topic"),
            ("Ctrl+1 … Ctrl+4", "Show Publish, Broker, Log, Traffic"),
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
    (
        "Payload",
        &[
            ("Ctrl+Shift+F", "Find in the payload"),
            ("Enter, Shift+Enter", "The next or previous place"),
            ("Ctrl+D", "Compare with the message before, or no longer"),
            ("↑ ↓, Home, End, Page ↑ ↓", "Select a value"),
            ("→ ←", "Unfold or fold, go in or out"),
            ("Enter", "Chart a number, open a link or what is inside"),
            ("Space", "The menu of the value"),
            ("Ctrl+C", "Copy the value"),
            ("Alt+click", "Fold or unfold with everything below"),
        ],
    ),
    (
        "History",
        &[
            (
                "↑ ↓, Home, End, Page ↑ ↓",
                "Show a message; with Shift select from here",
            ),
            ("Enter", "Show its payload"),
            ("Ctrl+A", "Select all"),
            ("Ctrl+C", "Copy the selected payloads"),
            ("Ctrl+S", "Export to a file"),
            ("Delete", "Delete from the history here"),
        ],
    ),
    ("Publish", &[("Ctrl+Enter", "Publish the message")]),
    (
        "Connections",
        &[
            ("↑ ↓, Home, End", "Select a profile"),
            ("Enter", "Connect"),
            ("Alt+↑, Alt+↓", "Move the profile, also through folders"),
            ("→ ←", "Open or close a folder"),
            ("F2", "Rename the profile or the folder"),
            ("Delete", "Delete the profile (can be undone)"),
        ],
    ),
    ("Choices and tabs", &[("→ ←", "The next or previous one")]),
];

/// Draws the list.
pub fn keys_ui(ui: &mut Ui) -> Outcome {
    heading_ui(ui, "Keys", 560.0);
    ScrollArea::vertical()
        .max_height(room_for_contents(ui) + 60.0)
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.scroll_with_delta(scroll_step(ui, ui.clip_rect().height(), theme::ROW_HEIGHT));
            table_ui(ui);
        });
    Outcome::Stay
}

fn table_ui(ui: &mut Ui) {
    let palette = Palette::of(ui);
    TableBuilder::new(ui)
        .vscroll(false)
        .column(Column::exact(190.0))
        .column(Column::remainder().clip(true))
        .body(|mut body| {
            for (place, keys) in GROUPS {
                body.row(theme::TAB_HEIGHT, |mut row| {
                    row.col(|ui| {
                        ui.label(
                            RichText::new(place)
                                .font(theme::strong())
                                .color(palette.text),
                        );
                    });
                    row.col(|_ui| {});
                });
                for (key, what) in keys {
                    body.row(theme::ROW_HEIGHT, |mut row| {
                        row.col(|ui| {
                            badge(ui, None, key, palette.muted);
                        });
                        row.col(|ui| {
                            ui.add(Label::new(RichText::new(*what).color(palette.text)).truncate());
                        });
                    });
                }
            }
        });
}
