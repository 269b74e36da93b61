//! The values of a document by keyboard: arrows move and fold, Enter opens, Ctrl+C copies.

use egui::{Event, Key, Modifiers, Ui, pos2};

use super::super::super::context::Context;
use super::super::super::theme;
use super::document_view::Wish;
use super::memory::Fold;
use super::value::use_of;
use super::value_menu::Copied;
use super::{PayloadView, Subject};
use crate::payload::document::rows::Part;
use crate::payload::document::{Document, ValueId};

impl PayloadView {
    /// Does what the keys of this frame mean.
    pub(super) fn document_keys(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        subject: Subject<'_>,
        selected: Option<ValueId>,
    ) {
        if self.menu.is_some() {
            return;
        }
        let copies = ui.input(|input| input.events.contains(&Event::Copy));
        if copies && let Some(id) = selected {
            self.copy_value(ui, context, id, Copied::Value);
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let page = (self.scrolled.height / theme::LINE_HEIGHT).max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "rows of a window")]
        let page = page as isize - 1;
        let steps = [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, page),
            (Key::PageUp, -page),
            (Key::End, isize::MAX / 2),
            (Key::Home, isize::MIN / 2),
        ];
        if let Some((_, step)) = steps.into_iter().find(|(key, _)| pressed(*key)) {
            self.move_cursor(selected, step);
        } else if pressed(Key::ArrowRight) {
            self.go_in(selected);
        } else if pressed(Key::ArrowLeft) {
            self.go_out(selected);
        } else if let Some(id) = selected {
            let at = ui.max_rect().left_top() + egui::vec2(80.0, self.row_offset(id));
            let at = pos2(
                at.x,
                at.y.clamp(ui.max_rect().top(), ui.max_rect().bottom()),
            );
            if pressed(Key::Enter) {
                self.enter(context, subject, id, at);
            } else if pressed(Key::Space) {
                self.show_menu(id, at, false);
            }
        }
    }

    /// How far below the top of the rows the row of a value is drawn.
    fn row_offset(&self, id: ValueId) -> f32 {
        let row = self
            .shown_document()
            .map_or(0, |(_, rows, _)| rows.row_of(id));
        (row + 1) as f32 * theme::LINE_HEIGHT - self.scrolled.offset
    }

    fn enter(&mut self, context: &Context<'_>, subject: Subject<'_>, id: ValueId, at: egui::Pos2) {
        let Some((document, rows, _)) = self.shown_document() else {
            return;
        };
        if rows.is_foldable(id) {
            let is_folded = rows.is_folded(id);
            return self.fold(id, Fold::one(!is_folded));
        }
        let wish = match use_of(document, id) {
            super::value::Use::Nothing if document.string(id).is_some() => Wish::Open(id),
            what => Wish::Use(id, what, at),
        };
        self.fulfil(context, subject, wish);
    }

    /// To the row so many further, as far as there are rows.
    fn move_cursor(&mut self, selected: Option<ValueId>, step: isize) {
        let Some((_, rows, _)) = self.shown_document() else {
            return;
        };
        let last = isize::try_from(rows.len()).unwrap_or(isize::MAX) - 1;
        let from = selected.map_or(-step.signum(), |id| {
            isize::try_from(rows.row_of(id)).unwrap_or(0)
        });
        let mut at = from.saturating_add(step).clamp(0, last.max(0));
        let is_stop = |at: isize| {
            let row = usize::try_from(at).ok().and_then(|at| rows.row(at));
            row.is_some_and(|row| !matches!(row.part, Part::Close | Part::Removed))
        };
        // over rows without a value of their own; back again at the end
        while !is_stop(at) && (0..=last).contains(&(at + step.signum())) {
            at += step.signum();
        }
        while !is_stop(at) && at != from && (0..=last).contains(&(at - step.signum())) {
            at -= step.signum();
        }
        let row = usize::try_from(at).ok().and_then(|at| rows.row(at));
        if let Some(row) = row.filter(|_| is_stop(at)) {
            self.select(row.value);
            self.scroll_to = usize::try_from(at).ok();
        }
    }

    /// Right: unfolds, else goes to the first value inside, else to the next on the same line.
    fn go_in(&mut self, selected: Option<ValueId>) {
        let Some((document, rows, _)) = self.shown_document() else {
            return;
        };
        let id = selected.unwrap_or(ValueId::ROOT);
        if rows.is_folded(id) {
            return self.fold(id, Fold::one(false));
        }
        let first = document.children(id).next();
        let next = first.or_else(|| on_same_line(document, rows, id, 1));
        if let Some(next) = next {
            self.reveal(next);
        }
    }

    /// Left: goes to the one before on the same line, else folds, else goes to what it stands in.
    fn go_out(&mut self, selected: Option<ValueId>) {
        let Some((document, rows, _)) = self.shown_document() else {
            return;
        };
        let id = selected.unwrap_or(ValueId::ROOT);
        if rows.is_foldable(id) && !rows.is_folded(id) && id != ValueId::ROOT {
            return self.fold(id, Fold::one(true));
        }
        let before = on_same_line(document, rows, id, -1);
        if let Some(before) = before.or_else(|| document.parent(id)) {
            self.reveal(before);
        }
    }
}

/// The value beside it in a container that takes one line.
fn on_same_line(
    document: &Document,
    rows: &crate::payload::document::rows::Rows,
    id: ValueId,
    step: i8,
) -> Option<ValueId> {
    let above = document.parent(id)?;
    if rows.is_foldable(above) {
        return None;
    }
    let mut children = document.children(above);
    if step > 0 {
        children.find(|child| *child > id)
    } else {
        children.take_while(|child| *child < id).last()
    }
}
