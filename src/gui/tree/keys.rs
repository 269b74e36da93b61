//! The tree by keyboard: one widget with the focus, arrows inside it.

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use crate::model::{NodeId, Row};

use super::super::action::Action;
use super::super::context::Context;
use super::super::retained::RetainedAction;
use super::super::session::Session;
use super::{TreeView, scroll};

impl TreeView {
    /// Handles the keys of this frame while the tree has the focus.
    pub(super) fn keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        session: &Session,
        id: Id,
        row_count: usize,
    ) {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let is_key =
            |event: &Event| matches!(event, Event::Key { pressed: true, .. } | Event::Copy);
        if !ui.input(|input| input.events.iter().any(is_key)) {
            return;
        }
        let page = scroll::rows_in(ui.available_rect_before_wrap().height().max(240.0));
        // a slow frame may have gathered several presses of one key
        let presses = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let current = session
            .selected
            .and_then(|node| session.live.lock().row_of(node));
        let last = row_count.saturating_sub(1);
        let down = presses(Key::ArrowDown) + page * presses(Key::PageDown);
        let up = presses(Key::ArrowUp) + page * presses(Key::PageUp);
        let target = if presses(Key::Home) > 0 {
            Some(down.min(last))
        } else if presses(Key::End) > 0 {
            Some(last.saturating_sub(up))
        } else if down + up > 0 {
            // the first press of a tree without a selection selects its first row
            let from = current.map_or(0, |row| row + down);
            let from = if current.is_none() {
                down.saturating_sub(1)
            } else {
                from
            };
            Some(from.saturating_sub(up).min(last))
        } else {
            None
        };
        if let Some(row) = target.and_then(|row| row_at(session, context, row)) {
            self.select(context, row.node);
        }
        if let Some(row) = current.and_then(|row| row_at(session, context, row)) {
            self.branch_keys(ui, context, session, &row);
        }
    }

    fn select(&mut self, context: &Context<'_>, node: NodeId) {
        context.ask(Action::Select(node));
        self.reveal_selected();
    }

    fn branch_keys(&mut self, ui: &Ui, context: &Context<'_>, session: &Session, row: &Row) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let with_alt = |key| ui.input_mut(|input| input.consume_key(Modifiers::ALT, key));
        if with_alt(Key::ArrowRight) {
            context.ask(Action::SetOpenBelow(Some(row.node), true));
        } else if with_alt(Key::ArrowLeft) {
            context.ask(Action::SetOpenBelow(Some(row.node), false));
        } else if pressed(Key::ArrowRight) {
            match row.open {
                Some(false) => context.ask(Action::SetOpen(row.node, true)),
                Some(true) => self.select_neighbour(context, session, row, 1),
                None => {}
            }
        } else if pressed(Key::ArrowLeft) {
            if row.open == Some(true) {
                context.ask(Action::SetOpen(row.node, false));
            } else {
                self.select_parent(context, session, row.node);
            }
        } else if pressed(Key::Enter) {
            let path = session.live.lock().path(row.node);
            context.ask(Action::PublishHere(path));
        } else if pressed(Key::Space) && row.open.is_some() {
            context.ask(Action::SetOpen(row.node, row.open == Some(false)));
        } else if pressed(Key::Delete) && row.last.as_ref().is_some_and(|last| last.retained) {
            let path = session.live.lock().path(row.node);
            if let Ok(topic) = crate::mqtt::TopicName::new(path) {
                let clear = RetainedAction::AskClear(vec![topic]);
                context.ask(Action::Retained(clear));
            }
        }
        if ui.input(|input| {
            input
                .events
                .iter()
                .any(|event| matches!(event, egui::Event::Copy))
        }) {
            context.copy(session.live.lock().path(row.node), "Topic");
        }
    }

    fn select_neighbour(
        &mut self,
        context: &Context<'_>,
        session: &Session,
        row: &Row,
        step: usize,
    ) {
        let next = session
            .live
            .lock()
            .row_of(row.node)
            .map(|index| index + step);
        if let Some(row) = next.and_then(|index| row_at(session, context, index)) {
            self.select(context, row.node);
        }
    }

    fn select_parent(&mut self, context: &Context<'_>, session: &Session, node: NodeId) {
        let parent = session.live.lock().parent(node);
        if let Some(parent) = parent {
            self.select(context, parent);
        }
    }
}

fn row_at(session: &Session, context: &Context<'_>, index: usize) -> Option<Row> {
    let mut rows = Vec::with_capacity(1);
    session.live.lock().rows(index, 1, context.now, &mut rows);
    rows.pop()
}
