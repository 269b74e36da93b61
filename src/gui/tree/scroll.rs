//! Scrolling over rows of equal height with an offset in `f64`, and a bar to drag.

use egui::{CornerRadius, Rect, Sense, Ui, pos2, vec2};

use crate::model::{NodeId, Row};

use super::super::theme::{self, Palette};

/// Where the tree is scrolled to.
#[derive(Debug, Default)]
pub struct Scroll {
    /// Points between the top of the tree and the top of the view.
    offset: f64,
    /// A row that must not move on screen when rows appear above it, and where its top was.
    anchor: Option<(NodeId, f64)>,
}

const ROW: f64 = theme::ROW_HEIGHT as f64;

/// Rows that fit into `height` points, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window has few rows"
)]
pub fn rows_in(height: f32) -> usize {
    ((height / theme::ROW_HEIGHT) as usize).max(1)
}

impl Scroll {
    /// The first row that is at least partly visible.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the offset is never negative"
    )]
    pub fn first_row(&self) -> usize {
        (self.offset / ROW) as usize
    }

    /// Top of a row relative to the top of the view.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "close to the view the difference is small"
    )]
    pub fn y_of(&self, row: usize) -> f32 {
        (row as f64 * ROW - self.offset) as f32
    }

    /// Scrolls as little as needed to show `row` whole.
    pub fn bring_into_view(&mut self, row: usize, height: f32) {
        self.anchor = None;
        let top = row as f64 * ROW;
        if top < self.offset {
            self.offset = top;
        } else if top + ROW > self.offset + f64::from(height) {
            self.offset = top + ROW - f64::from(height);
        }
    }

    /// Puts the row at this share of all rows (0 to 1) at the top.
    pub fn jump_to(&mut self, share: f64, row_count: usize) {
        self.anchor = None;
        self.offset = (row_count as f64 * share).floor() * ROW;
    }

    /// Corrects the offset so that the anchored row stays where it was.
    pub fn keep_anchor(&mut self, row_of: impl Fn(NodeId) -> Option<usize>) {
        if let Some((node, y)) = self.anchor
            && let Some(row) = row_of(node)
        {
            self.offset = (row as f64 * ROW - y).max(0.0);
        }
    }

    /// Remembers which row must stay where it is: the selected one if it is visible, else the first one unless the
    /// tree stands at its very top.
    pub fn set_anchor(&mut self, rows: &[Row], selected: Option<NodeId>) {
        let first = self.first_row();
        let anchor = rows
            .iter()
            .position(|row| Some(row.node) == selected)
            .or_else(|| (self.offset > 0.0 && rows.len() > 1).then_some(1));
        self.anchor = anchor.and_then(|index| {
            let y = (first + index) as f64 * ROW - self.offset;
            rows.get(index).map(|row| (row.node, y))
        });
        if self.offset <= 0.0 {
            self.anchor = None;
        }
    }

    /// Moves with the wheel while the pointer is over `body`, within the tree's bounds.
    pub fn wheel(&mut self, ui: &Ui, body: Rect, row_count: usize) {
        let delta = if ui.rect_contains_pointer(body) {
            ui.input(|input| input.smooth_scroll_delta().y)
        } else {
            0.0
        };
        let limit = (row_count as f64 * ROW - f64::from(body.height())).max(0.0);
        let before = self.offset;
        self.offset = (before - f64::from(delta)).clamp(0.0, limit);
        if let Some((_, y)) = &mut self.anchor {
            *y -= self.offset - before;
        }
    }

    /// Draws the bar and lets it be dragged.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "fractions of the view's height"
    )]
    pub fn bar_ui(&mut self, ui: &mut Ui, body: Rect, row_count: usize) {
        let total = row_count as f64 * ROW;
        let height = f64::from(body.height());
        if total <= height {
            return;
        }
        let track = Rect::from_min_max(pos2(body.right() - 10.0, body.top()), body.max);
        let handle_height = (height * height / total).max(24.0);
        let room = height - handle_height;
        let top = self.offset / (total - height) * room;
        let handle = Rect::from_min_size(
            pos2(track.left() + 2.0, track.top() + top as f32),
            vec2(6.0, handle_height as f32),
        );
        let response = ui.interact(
            track,
            ui.scope_id().with("tree scroll bar"),
            Sense::DRAG | Sense::CLICK,
        );
        if let Some(pos) = response
            .interact_pointer_pos()
            .filter(|_| response.dragged() || response.clicked())
        {
            let grabbed = f64::from(pos.y - track.top()) - handle_height / 2.0;
            self.offset = (grabbed / room).clamp(0.0, 1.0) * (total - height);
            self.anchor = None;
        }
        let palette = Palette::of(ui);
        let color = if response.hovered() || response.dragged() {
            palette.muted
        } else {
            palette.hover
        };
        ui.painter()
            .rect_filled(handle, CornerRadius::same(3), color);
    }
}
