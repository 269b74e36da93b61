//! The box in the top bar that filters the tree: a piece of a topic or payload, or a topic filter.

use egui::{Key, RichText, TextEdit, Ui};

use crate::model::Query;
use crate::payload::format::thousands;

use super::action::Action;
use super::context::Context;
use super::icons;
use super::theme::{self, Palette};
use super::widgets::{field, focus_whole_of};

/// Widest box, and the room that it leaves free beside itself.
const WIDEST: f32 = 420.0;
const MARGIN: f32 = 24.0;
/// Width from which the box says what it can do, and from which it has room for what it found.
const ROOM_FOR_HINT: f32 = 250.0;
const ROOM_FOR_FOUND: f32 = 200.0;

/// UI state of the box.
#[derive(Debug, Default)]
pub struct FilterBox {
    /// Its text.
    pub text: String,
    /// What the text asks for.
    pub query: Option<Query>,
    /// Put the keyboard into it when it is drawn next, with its text selected.
    pub wants_focus: bool,
}

impl FilterBox {
    /// Sets text and query.
    pub fn set(&mut self, text: &str) {
        if self.text != text {
            text.clone_into(&mut self.text);
        }
        self.query = Query::new(text);
    }

    /// Draws it in the middle of what is left of the row.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let room = ui.available_width();
        let width = (room - MARGIN).clamp(80.0, WIDEST);
        ui.add_space(((room - width) / 2.0).max(0.0));
        let palette = Palette::of(ui);
        let hint_text = |text: &str| {
            RichText::new(text)
                .font(theme::caption())
                .color(palette.faint)
        };
        let icon = RichText::new(icons::SEARCH)
            .font(theme::icon(14.0))
            .color(palette.muted);
        let hint = if width > ROOM_FOR_HINT {
            "Filter topics and payloads"
        } else {
            "Filter"
        };
        let is_empty = self.text.is_empty();
        let id = ui.scope_id().with("filter");
        let wants_focus = std::mem::take(&mut self.wants_focus);
        if wants_focus {
            focus_whole_of(ui.ctx(), id, &self.text);
        }
        let mut edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .hint_text(hint)
            .prefix(icon);
        let result = context
            .session
            .and_then(|session| session.live.search_result())
            .filter(|_| !is_empty);
        if width > ROOM_FOR_FOUND {
            edit = edit.suffix(match result {
                Some((found, _)) => hint_text(&format!("{} found", thousands(found as u64))),
                None => hint_text("Ctrl F"),
            });
        }
        let response = field(ui, edit, "Filter topics and payloads", width);
        if wants_focus && !response.has_focus() {
            // a dialog that has just closed still kept the keyboard while the field was drawn
            response.request_focus();
        }
        let goes_on = [Key::Enter, Key::ArrowDown];
        let is_left = response.has_focus() || response.lost_focus();
        if is_left && ui.input(|input| goes_on.iter().any(|key| input.key_pressed(*key))) {
            context.ask(Action::FocusTree);
        }
        if response.changed() {
            context.ask(Action::Filter(self.text.clone()));
        }
        if let Some((found, took)) = result {
            let count = thousands(found as u64);
            response.on_hover_text(format!(
                "{count} found in {:.1} ms. A piece of a topic or payload, or a topic filter with + and #. Esc clears.",
                took.as_secs_f64() * 1_000.0
            ));
        }
    }
}
