//! The menu of a value: copying it and the way to it, folding, opening, charting.

use egui::{Button, Id, OpenUrl, Popup, PopupCloseBehavior, PopupKind, Pos2, Ui};

use super::super::super::action::Action;
use super::super::super::chart_action::ChartAction;
use super::super::super::context::Context;
use super::memory::Fold;
use super::value::{Use, copied, use_of};
use crate::payload::Format;
use crate::payload::document::rows::Rows;
use crate::payload::document::{Document, Kind, Path, ValueId};
use crate::payload::format;

/// A menu that is open.
#[derive(Debug, Clone)]
pub struct ValueMenu {
    /// The value, found by its path in whatever message is shown by then.
    pub path: Path,
    /// Where the menu was asked for.
    pub at: Pos2,
    /// Whether only the question is shown whether to open a link.
    pub asks_link: bool,
}

/// What was chosen in the menu that the payload itself has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// Fold or unfold it.
    Fold(Fold),
    /// Show what is inside, read so.
    Open(Option<Format>),
    /// Copy it; may take long.
    Copy(Copied),
}

/// What is copied of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The value: text without quotes, what holds others as JSON.
    Value,
    /// As JSON on one line.
    Compact,
    /// As JSON with a line for each value.
    Pretty,
}

/// Copies a value. Returns it with its name for the toast.
pub fn copy(document: &Document, id: ValueId, what: Copied) -> (String, &'static str) {
    let (text, losses) = match what {
        Copied::Value => copied(document, id),
        Copied::Compact | Copied::Pretty => {
            let (text, losses) = document.json(id, what == Copied::Pretty);
            (text, losses.sentence())
        }
    };
    let name = match (what, losses.is_empty(), losses.starts_with("bytes")) {
        (Copied::Value, true, _) => "Value",
        (_, true, _) => "JSON",
        (_, _, true) => "Value (bytes as hexadecimal digits)",
        _ => "Value (words that JSON does not know as text)",
    };
    (text, name)
}

/// Draws the menu. Returns what was chosen, and whether the menu stays open.
pub fn value_menu(
    ui: &Ui,
    context: &Context<'_>,
    menu: &ValueMenu,
    (document, rows): (&Document, &Rows),
    topic: Option<&str>,
) -> (Option<Chosen>, bool) {
    let Some(id) = document.find(&menu.path) else {
        return (None, false);
    };
    let mut is_open = true;
    let mut chosen = None;
    Popup::new(
        Id::unique("value menu"),
        ui.ctx().clone(),
        menu.at,
        ui.layer_id(),
    )
    .kind(PopupKind::Menu)
    .style(egui::containers::menu::menu_style)
    .layout(egui::Layout::top_down_justified(egui::Align::Min))
    .open_bool(&mut is_open)
    .close_behavior(PopupCloseBehavior::CloseOnClick)
    .show(|ui| {
        ui.set_min_width(210.0);
        let what = use_of(document, id);
        if let Use::Link(link) = &what {
            link_items(ui, context, link);
        }
        if menu.asks_link {
            return;
        }
        if matches!(what, Use::Link(_)) {
            ui.separator();
        }
        if let (Use::Chart, Some(topic)) = (&what, topic)
            && ui.button("Chart it").clicked()
        {
            chart(context, topic, &menu.path);
        }
        open_items(ui, &what, (document, id), &mut chosen);
        copy_items(ui, context, (document, id), menu, &mut chosen);
        if rows.is_foldable(id) {
            ui.separator();
            fold_items(ui, rows.is_folded(id), &mut chosen);
        }
    });
    (chosen, is_open)
}

fn link_items(ui: &mut Ui, context: &Context<'_>, link: &str) {
    let short: String = link.chars().take(60).collect();
    let more = if short.len() < link.len() { "…" } else { "" };
    let open = ui.button(format!("Open {short}{more} in the browser"));
    if open.on_hover_text(link).clicked() {
        ui.ctx().open_url(OpenUrl::new_tab(link));
    }
    if ui.button("Copy link").clicked() {
        context.copy(link, "Link");
    }
}

fn open_items(
    ui: &mut Ui,
    what: &Use,
    (document, id): (&Document, ValueId),
    chosen: &mut Option<Chosen>,
) {
    if !matches!(document.kind(id), Kind::String | Kind::Bytes) {
        return;
    }
    let is_text = document.kind(id) == Kind::String;
    let fitting = match what {
        Use::Inside(format) => format.clone(),
        _ => is_text.then_some(Format::Text),
    };
    let is_base64 = fitting == Some(Format::Base64);
    let open = Button::new("Open inside").shortcut_text("Enter");
    if ui.add(open).clicked() {
        *chosen = Some(Chosen::Open(fitting));
    }
    if is_text && !is_base64 && ui.button("Open inside as base64").clicked() {
        *chosen = Some(Chosen::Open(Some(Format::Base64)));
    }
    ui.separator();
}

/// Draws a value in the chart of the connection.
pub fn chart(context: &Context<'_>, topic: &str, path: &Path) {
    context.ask(Action::Chart(ChartAction::Add {
        topic: topic.to_owned(),
        path: path.clone(),
    }));
}

fn copy_items(
    ui: &mut Ui,
    context: &Context<'_>,
    (document, id): (&Document, ValueId),
    menu: &ValueMenu,
    chosen: &mut Option<Chosen>,
) {
    if document.kind(id).is_container() {
        if ui
            .add(Button::new("Copy as JSON").shortcut_text("Ctrl+C"))
            .clicked()
        {
            *chosen = Some(Chosen::Copy(Copied::Pretty));
        }
        if ui.button("Copy as JSON on one line").clicked() {
            *chosen = Some(Chosen::Copy(Copied::Compact));
        }
    } else {
        if ui
            .add(Button::new("Copy value").shortcut_text("Ctrl+C"))
            .clicked()
        {
            *chosen = Some(Chosen::Copy(Copied::Value));
        }
        if document.kind(id) == Kind::String && ui.button("Copy as JSON").clicked() {
            *chosen = Some(Chosen::Copy(Copied::Compact));
        }
    }
    if let Some(key) = document.key_text(id)
        && ui.button("Copy key").clicked()
    {
        context.copy(key.into_owned(), "Key");
    }
    let paths = [
        ("Copy path (JSONPath)", menu.path.json_path()),
        ("Copy path (jq)", menu.path.jq()),
    ];
    for (label, path) in paths {
        let button = ui.add_enabled(path.is_some(), Button::new(label));
        let button = match &path {
            Some(path) => button.on_hover_text(path),
            None => button.on_disabled_hover_text(
                "A key on the way stands several times, which such a path cannot tell apart",
            ),
        };
        if let Some(path) = path.filter(|_| button.clicked()) {
            context.copy(path, "Path");
        }
    }
    if document.kind(id) == Kind::Bytes {
        let size = document.text(id).len().saturating_sub(3) / 2;
        let label = format!("{} of bytes", format::format_bytes(size as u64));
        ui.add_enabled(false, Button::new(label));
    }
}

fn fold_items(ui: &mut Ui, is_folded: bool, chosen: &mut Option<Chosen>) {
    let (one, all) = if is_folded {
        ("Unfold", "Unfold all below")
    } else {
        ("Fold", "Fold all below")
    };
    if ui.add(Button::new(one)).clicked() {
        *chosen = Some(Chosen::Fold(Fold::one(!is_folded)));
    }
    if ui
        .add(Button::new(all).shortcut_text("Alt+click"))
        .clicked()
    {
        *chosen = Some(Chosen::Fold(Fold::all(!is_folded)));
    }
    if !is_folded && ui.button("Unfold all below").clicked() {
        *chosen = Some(Chosen::Fold(Fold::all(false)));
    }
}
