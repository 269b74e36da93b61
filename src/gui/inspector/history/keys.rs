//! The list by keyboard: one widget with the focus, arrows inside it.

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use super::super::super::theme;
use super::deeds::CopyAs;
use super::list::topic_rows;
use super::{Choice, HistoryView, Stage, chosen};
use crate::model::{Message, MessageId, NodeId};

impl HistoryView {
    /// Handles the keys of this frame while the list has the focus.
    pub(super) fn keys(
        &mut self,
        ui: &Ui,
        id: Id,
        stage: &Stage<'_>,
        total: usize,
    ) -> Option<Choice> {
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        self.deed_keys(ui, stage);
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            return stage.chosen.cloned().map(Choice::Open);
        }
        let page = (self.scrolled.height / theme::HISTORY_ROW_HEIGHT).max(1.0);
        let (step, is_extending) = ui.input(|input| {
            let keys = [
                (Key::ArrowDown, 1.0),
                (Key::ArrowUp, -1.0),
                (Key::PageDown, page),
                (Key::PageUp, -page),
                (Key::End, f32::MAX),
                (Key::Home, -f32::MAX),
            ];
            let pressed = keys.into_iter().find(|(key, _)| input.key_pressed(*key));
            (pressed.map(|(_, step)| step), input.modifiers.shift)
        });
        let step = step?;
        let held_back = self.new_since_held(stage);
        let row = moved(self.current_row(stage, held_back), step, total);
        self.bring_into_view = Some(row);
        let (node, topic, message) = self.message_in(stage, row + held_back)?;
        if is_extending {
            let shown = stage.chosen.map(|chosen| chosen.message.id);
            let from = self.anchor.or(shown).unwrap_or(message.id);
            self.selection.set_range(from, message.id);
            self.anchor = Some(from);
        } else {
            self.selection.set(message.id);
            self.anchor = Some(message.id);
        }
        if row == 0 && step < 0.0 && held_back == 0 && node == stage.shown.node && !is_extending {
            return Some(Choice::Newest);
        }
        Some(Choice::Message(chosen(stage, node, &topic, message)))
    }

    fn deed_keys(&mut self, ui: &Ui, stage: &Stage<'_>) {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::COMMAND, Key::A) {
            self.selection = self.everything(stage);
        }
        if pressed(Modifiers::COMMAND, Key::S) {
            self.open_export(stage);
        }
        if pressed(Modifiers::NONE, Key::Delete) && !self.selection.is_empty() {
            self.delete(ui, stage);
        }
        let is_copy = |event: &Event| matches!(event, Event::Copy);
        if ui.input(|input| input.events.iter().any(is_copy)) && !self.selection.is_empty() {
            self.copy(ui, stage, CopyAs::Payloads);
        }
    }

    /// The row of the message that is shown.
    fn current_row(&self, stage: &Stage<'_>, held_back: usize) -> Option<usize> {
        let id: MessageId = stage.chosen?.message.id;
        let row = match stage.target {
            Some(_) => self.gather.row_of(id)?,
            None => stage
                .session
                .live
                .lock()
                .newer_messages(stage.shown.node, id),
        };
        Some(row.saturating_sub(held_back))
    }

    fn message_in(&self, stage: &Stage<'_>, row: usize) -> Option<(NodeId, String, Message)> {
        let model = stage.session.live.lock();
        if stage.target.is_some() {
            let entry = self.gather.entry(row)?;
            return Some((entry.node, model.path(entry.node), model.message(entry.id)?));
        }
        let listed = topic_rows(&model, stage.shown, &(row..row + 1)).pop()?;
        Some((listed.node, listed.topic, listed.message?))
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
