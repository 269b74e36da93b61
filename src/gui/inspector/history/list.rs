//! The rows of the list, of which only the visible ones exist.

use std::ops::Range;

use egui::{
    Id, Modifiers, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use super::super::super::app::LOOK_AGAIN;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::virtual_rows;
use super::super::compare::Compare;
use super::super::message_row::{Columns, RowFace, column_names, gone_row, message_row};
use super::super::shown::Shown;
use super::row_texts::Missing;
use super::{Choice, HistoryView, Stage, chosen};
use crate::model::{Message, MessageId, Model, NodeId};
use crate::mqtt::Timestamp;

/// A row as it was copied.
#[derive(Debug, Clone)]
pub struct ListedRow {
    /// Its topic's node.
    pub node: NodeId,
    /// Its topic.
    pub topic: String,
    /// The message; `None` when it is no longer kept.
    pub message: Option<Message>,
    /// Time since the one below it.
    pub delta: Option<std::time::Duration>,
}

/// A row without text, and the message before it.
type Wordless = (Message, Option<Message>, String);

impl HistoryView {
    pub(super) fn list_ui(
        &mut self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        compare: &mut Compare,
    ) -> Option<Choice> {
        let has_topics = stage.target.as_ref().is_some_and(|target| target.is_below);
        let columns = Columns::for_width(ui.available_width(), has_topics);
        column_names(ui, columns);
        let height = (ui.available_height() - 20.0).max(40.0);
        let area = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
        let id = Id::unique("history list");
        let list = ui.interact(area, id, Sense::FOCUSABLE);
        list.widget_info(|| WidgetInfo::labeled(Role::List, true, "History"));
        let scroll = self.scroll_area(ui, stage, height);
        let held_back = self.new_since_held(stage);
        let total = self.all(stage) - held_back;
        let mut choice = None;
        self.scrolled = virtual_rows(
            ui,
            scroll,
            theme::HISTORY_ROW_HEIGHT,
            total,
            |ui, rows, place| {
                self.copy_visible(ui, stage, &rows, held_back);
                let (first, copied) = std::mem::take(&mut self.copied);
                for (row, listed) in (first..).zip(&copied) {
                    if row >= total {
                        break;
                    }
                    let rect = place.row(row);
                    choice = self
                        .row_ui(ui, stage, (rect, columns), listed, (id, compare))
                        .or(choice.take());
                }
                if self.copied.1.is_empty() {
                    self.copied = (first, copied);
                }
            },
        );
        if list.has_focus() {
            let line = Stroke::new(1.0, Palette::of(ui).accent);
            ui.painter()
                .rect_stroke(area.expand(1.0), 4.0, line, StrokeKind::Inside);
            choice = self.keys(ui, id, stage, total).or(choice);
        }
        self.footer_ui(ui, stage);
        choice
    }

    /// Keeps the rows under the pointer where they are when messages came in above them.
    fn scroll_area(&mut self, ui: &Ui, stage: &Stage<'_>, height: f32) -> ScrollArea {
        let now = self.arrived(stage);
        let arrived = now.saturating_sub(self.arrived.unwrap_or(now));
        self.arrived = Some(now);
        let scroll = ScrollArea::vertical().id_salt("history").max_height(height);
        let mut offset = self.scrolled.offset;
        let mut is_moved = false;
        if arrived > 0 && offset > 0.0 && self.held.is_none() {
            offset += arrived as f32 * theme::HISTORY_ROW_HEIGHT;
            is_moved = true;
        }
        if let Some(row) = self.bring_into_view.take() {
            let top = row as f32 * theme::HISTORY_ROW_HEIGHT;
            let window = self.scrolled.height;
            let lowest = (top + theme::HISTORY_ROW_HEIGHT - window).max(0.0);
            offset = offset.clamp(lowest, top.max(lowest));
            is_moved = true;
        }
        if is_moved {
            ui.ctx().request_repaint();
            return scroll.vertical_scroll_offset(offset);
        }
        scroll
    }

    /// Copies what is visible, unless the model is busy; and asks for what changed there.
    fn copy_visible(&mut self, ui: &Ui, stage: &Stage<'_>, rows: &Range<usize>, held_back: usize) {
        let Some(model) = stage.session.live.lock_soon() else {
            ui.ctx().request_repaint_after(LOOK_AGAIN);
            return;
        };
        let range = rows.start + held_back..rows.end + held_back;
        let copied = match stage.target {
            Some(_) => self.gathered_rows(&model, &range),
            None => topic_rows(&model, stage.shown, &range),
        };
        self.copied = (rows.start, copied);
        let wordless = self.wordless(&model);
        drop(model);
        let missing = wordless.into_iter().map(|(message, previous, topic)| {
            let reading = stage.session.reading(&topic, &message);
            Missing {
                message,
                previous,
                reading,
            }
        });
        let missing = missing.collect();
        self.texts.ask(ui.ctx(), missing);
    }

    /// The copied rows of which it is not known yet what changed.
    fn wordless(&self, model: &Model) -> Vec<Wordless> {
        if !self.texts.is_free() {
            return Vec::new();
        }
        let rows = self.copied.1.iter();
        let messages = rows.filter_map(|row| Some((row.message.as_ref()?, &row.topic)));
        let unknown = messages.filter(|(message, _)| self.texts.get(message.id).is_none());
        let unknown = unknown.map(|(message, topic)| {
            let previous = model.message_before(message.id);
            (message.clone(), previous, topic.clone())
        });
        unknown.collect()
    }

    fn gathered_rows(&self, model: &Model, rows: &Range<usize>) -> Vec<ListedRow> {
        let at = |row: usize| {
            let entry = self.gather.entry(row)?;
            Some((entry, model.message(entry.id)))
        };
        let mut listed = Vec::with_capacity(rows.len());
        let mut next = at(rows.start);
        for row in rows.clone() {
            let Some((entry, message)) = next else {
                break;
            };
            next = at(row + 1);
            let below = next.as_ref().and_then(|(_, message)| message.as_ref());
            let since = |message: &Message| Some(message.at.since(below?.at));
            listed.push(ListedRow {
                node: entry.node,
                topic: model.path(entry.node),
                delta: message.as_ref().and_then(since),
                message,
            });
        }
        listed
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        (rect, columns): (Rect, Columns),
        listed: &ListedRow,
        (list, compare): (Id, &mut Compare),
    ) -> Option<Choice> {
        let Some(message) = &listed.message else {
            gone_row(ui, rect);
            return None;
        };
        let top = &stage.shown.facts.path;
        let face = RowFace {
            message,
            topic: columns.topic.map(|_| relative(top, &listed.topic)),
            delta: listed.delta,
            text: self.texts.get(message.id).map(|text| &**text),
            is_selected: self.is_chosen_or_selected(stage, message.id),
        };
        let response = message_row(ui, stage.context, rect, &face, columns);
        let mut choice = self.menu(&response, stage, listed, compare);
        if response.secondary_clicked() && !self.selection.contains(message.id) {
            self.selection.set(message.id);
            self.anchor = Some(message.id);
        }
        if response.clicked() {
            ui.memory_mut(|memory| memory.request_focus(list));
            let modifiers = ui.input(|input| input.modifiers);
            if self.select(modifiers, message.id, stage) {
                let chosen = chosen(stage, listed.node, &listed.topic, message.clone());
                choice = Some(Choice::Message(chosen));
            }
        }
        if response.double_clicked() {
            let chosen = chosen(stage, listed.node, &listed.topic, message.clone());
            choice = Some(Choice::Open(chosen));
        }
        choice
    }

    /// Selects as the held keys say; returns whether the message is to be shown too.
    fn select(&mut self, modifiers: Modifiers, id: MessageId, stage: &Stage<'_>) -> bool {
        let shown = stage.chosen.map(|chosen| chosen.message.id);
        let from = self.anchor.or(shown).unwrap_or(id);
        if modifiers.shift {
            self.selection.set_range(from, id);
            self.anchor = Some(from);
            return false;
        }
        if modifiers.command {
            if let Some(shown) = shown.filter(|_| self.selection.is_empty()) {
                self.selection.set(shown);
            }
            self.selection.toggle(id);
            self.anchor = Some(id);
            return false;
        }
        self.selection.set(id);
        self.anchor = Some(id);
        true
    }
}

/// Copies rows as they were numbered when `shown` was copied, though messages may have come since.
pub fn topic_rows(model: &Model, shown: &Shown, rows: &Range<usize>) -> Vec<ListedRow> {
    let newest = model.last_message(shown.node).map(|message| message.id);
    let is_same = newest == shown.newest.as_ref().map(|message| message.id);
    let came_since = if is_same {
        0
    } else {
        let now = model.facts(shown.node, Timestamp::default()).own_messages;
        usize::try_from(now.saturating_sub(shown.facts.own_messages)).unwrap_or(0)
    };
    let mut messages = Vec::with_capacity(rows.len());
    model.history(
        shown.node,
        rows.start + came_since,
        rows.len(),
        &mut messages,
    );
    let listed = messages.into_iter().map(|message| ListedRow {
        node: shown.node,
        topic: shown.facts.path.clone(),
        delta: message.since_previous,
        message: Some(message),
    });
    listed.collect()
}

/// A topic as seen from the branch above it.
fn relative<'a>(top: &str, topic: &'a str) -> &'a str {
    match topic.strip_prefix(top) {
        Some("") => "(this topic)",
        Some(rest) => rest.strip_prefix('/').unwrap_or(topic),
        None => topic,
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn topics_are_told_from_the_branch_on() {
        assert_eq!(relative("a/b", "a/b/c/d"), "c/d");
        assert_eq!(relative("a/b", "a/b"), "(this topic)");
        assert_eq!(relative("a/b", "a/bc"), "a/bc");
        assert_eq!(relative("", "/x"), "x");
    }
}
