//! The messages of one topic, newest first. What is looked at stays where it is while new ones arrive above it.

use egui::{
    Align2, EventFilter, Id, Key, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
};

use super::super::app::LOOK_AGAIN;
use super::super::context::Context;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{Scrolled, muted, virtual_rows};
use super::message_row::{Columns, column_names, message_row};
use super::shown::Shown;
use crate::gui::words;
use crate::model::{Message, MessageId, Model};

/// A message that the user chose to look at.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The message itself; stays readable after it was trimmed.
    pub message: Message,
    /// How many messages of its topic came before it: its place for ever.
    pub ordinal: u64,
}

/// What the history was asked for.
#[derive(Debug, Clone)]
pub enum Choice {
    /// Look at this message.
    Message(Chosen),
    /// Follow the newest one again.
    Newest,
}

/// UI state of the history.
#[derive(Debug, Default)]
pub struct HistoryView {
    scrolled: Scrolled,
    /// Messages of the topic when it was drawn last.
    total: Option<u64>,
    /// The rows that were copied last and the first one's number, to be shown again while the model is busy.
    copied: (usize, Vec<Message>),
    bring_into_view: Option<usize>,
}

impl HistoryView {
    /// Another topic is shown: begin at its newest message.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Draws the list.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        shown: &Shown,
        chosen: Option<&Chosen>,
    ) -> Option<Choice> {
        if shown.history_len == 0 {
            ui.add_space(8.0);
            muted(ui, "No message on this topic yet");
            return None;
        }
        let columns = Columns::for_width(ui.available_width());
        column_names(ui, columns);
        let footer = if shown.facts.trimmed > 0 { 20.0 } else { 0.0 };
        let height = (ui.available_height() - footer).max(40.0);
        let mut choice = None;
        let area = Rect::from_min_size(ui.cursor().min, egui::vec2(ui.available_width(), height));
        let id = Id::unique("history list");
        let list = ui.interact(area, id, Sense::FOCUSABLE);
        list.widget_info(|| WidgetInfo::labeled(Role::List, true, "History"));
        let scroll = self.scroll_area(ui, shown, height);
        let selected = chosen.map(|chosen| chosen.message.id);
        let (mut first, mut messages) = std::mem::take(&mut self.copied);
        self.scrolled = virtual_rows(
            ui,
            scroll,
            theme::HISTORY_ROW_HEIGHT,
            shown.history_len,
            |ui, rows, place| {
                if let Some(model) = session.live.lock_soon() {
                    (first, messages) = (rows.start, copy_rows(&model, shown, &rows));
                } else {
                    ui.ctx().request_repaint_after(LOOK_AGAIN);
                }
                for (row, message) in (first..).zip(&messages) {
                    let response =
                        message_row(ui, context, place.row(row), message, columns, selected);
                    if response.clicked() {
                        ui.memory_mut(|memory| memory.request_focus(id));
                        choice = Some(chosen_at(shown, row, message.clone()));
                    }
                }
            },
        );
        self.copied = (first, messages);
        if list.has_focus() {
            let line = Stroke::new(1.0, Palette::of(ui).accent);
            ui.painter()
                .rect_stroke(area.expand(1.0), 4.0, line, StrokeKind::Inside);
            choice = self.keys(ui, id, session, shown, chosen).or(choice);
        }
        trimmed_note(ui, shown);
        choice
    }

    /// Keeps the rows under the pointer where they are when messages came in above them.
    fn scroll_area(&mut self, ui: &Ui, shown: &Shown, height: f32) -> ScrollArea {
        let total = shown.facts.own_messages;
        let arrived = total.saturating_sub(self.total.unwrap_or(total));
        self.total = Some(total);
        let scroll = ScrollArea::vertical().id_salt("history").max_height(height);
        let mut offset = self.scrolled.offset;
        let mut is_moved = false;
        if arrived > 0 && offset > 0.0 {
            offset += arrived as f32 * theme::HISTORY_ROW_HEIGHT;
            is_moved = true;
        }
        if let Some(row) = self.bring_into_view.take() {
            let top = row as f32 * theme::HISTORY_ROW_HEIGHT;
            let window = self.scrolled.height;
            offset = offset.clamp(
                (top + theme::HISTORY_ROW_HEIGHT - window).max(0.0),
                top.max(0.0),
            );
            is_moved = true;
        }
        if is_moved {
            ui.ctx().request_repaint();
            return scroll.vertical_scroll_offset(offset);
        }
        scroll
    }

    fn keys(
        &mut self,
        ui: &Ui,
        id: Id,
        session: &Session,
        shown: &Shown,
        chosen: Option<&Chosen>,
    ) -> Option<Choice> {
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let page = (self.scrolled.height / theme::HISTORY_ROW_HEIGHT).max(1.0);
        let step = ui.input(|input| {
            let keys = [
                (Key::ArrowDown, 1.0),
                (Key::ArrowUp, -1.0),
                (Key::PageDown, page),
                (Key::PageUp, -page),
                (Key::End, f32::MAX),
                (Key::Home, -f32::MAX),
            ];
            keys.into_iter().find(|(key, _)| input.key_pressed(*key))
        });
        let (_, step) = step?;
        let current = chosen.map(|chosen| row_of(shown, chosen));
        let row = moved(current, step, shown.history_len);
        self.bring_into_view = Some(row);
        if row == 0 && step < 0.0 {
            return Some(Choice::Newest);
        }
        let message = copy_rows(&session.live.lock(), shown, &(row..row + 1))
            .into_iter()
            .next()?;
        Some(chosen_at(shown, row, message))
    }
}

/// The row that `step` leads to from the chosen one, or from the newest message.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut to the rows there are"
)]
fn moved(current: Option<usize>, step: f32, rows: usize) -> usize {
    let from = current.unwrap_or(0) as f64;
    let row = (from + f64::from(step)).clamp(0.0, rows.saturating_sub(1) as f64);
    row as usize
}

/// Copies these rows as they were numbered when `shown` was copied, though messages may have come since.
fn copy_rows(model: &Model, shown: &Shown, rows: &std::ops::Range<usize>) -> Vec<Message> {
    let mut messages = Vec::with_capacity(rows.len());
    let newest = model.last_message(shown.node).map(|message| message.id);
    let is_same = newest == shown.newest.as_ref().map(|message| message.id);
    let came_since = if is_same {
        0
    } else {
        let now = model
            .facts(shown.node, crate::mqtt::Timestamp::default())
            .own_messages;
        usize::try_from(now.saturating_sub(shown.facts.own_messages)).unwrap_or(0)
    };
    model.history(
        shown.node,
        rows.start + came_since,
        rows.len(),
        &mut messages,
    );
    messages
}

/// The choice of the message in `row`.
pub fn chosen_at(shown: &Shown, row: usize, message: Message) -> Choice {
    let newer = u64::try_from(row).unwrap_or(u64::MAX);
    let ordinal = shown.facts.own_messages.saturating_sub(newer + 1);
    Choice::Message(Chosen { message, ordinal })
}

fn row_of(shown: &Shown, chosen: &Chosen) -> usize {
    let newer = shown.facts.own_messages.saturating_sub(chosen.ordinal + 1);
    usize::try_from(newer).unwrap_or(usize::MAX)
}

fn trimmed_note(ui: &mut Ui, shown: &Shown) {
    let trimmed = shown.facts.trimmed;
    if trimmed == 0 {
        return;
    }
    let what = words::counted(trimmed, "older message", "older messages");
    let text = format!("{what} trimmed to stay within the history budget");
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let color = Palette::of(ui).faint;
    ui.painter().text(
        rect.left_center(),
        Align2::LEFT_CENTER,
        &text,
        theme::caption(),
        color,
    );
}

/// The newest messages as a short list without scrolling: as many as there is room for.
pub fn recent_list(
    ui: &mut Ui,
    context: &Context<'_>,
    shown: &Shown,
    selected: Option<MessageId>,
) -> Option<Choice> {
    let mut choice = None;
    for (row, message) in shown.recent.iter().enumerate() {
        if ui.available_height() < theme::HISTORY_ROW_HEIGHT {
            break;
        }
        let size = egui::vec2(ui.available_width(), theme::HISTORY_ROW_HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let response = message_row(ui, context, rect, message, Columns::SHORT, selected);
        if response.clicked() {
            choice = Some(chosen_at(shown, row, message.clone()));
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn keys_stay_within_the_rows() {
        assert_eq!(moved(None, 1.0, 10), 1);
        assert_eq!(moved(Some(9), 1.0, 10), 9);
        assert_eq!(moved(Some(0), -1.0, 10), 0);
        assert_eq!(moved(Some(4), f32::MAX, 10), 9);
        assert_eq!(moved(Some(4), -f32::MAX, 10), 0);
        assert_eq!(moved(Some(4), 1.0, 0), 0);
    }
}
