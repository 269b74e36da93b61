//! Rows of equal height of which only the visible ones exist. Positions are computed in `f64`: in `f32` rows of a list
//! with a million entries would land a point off.

use std::ops::Range;

use egui::{Rect, ScrollArea, Ui, pos2, vec2};

/// Where rows go on the screen in this frame.
pub struct Place {
    top: f64,
    left: f32,
    width: f32,
    row_height: f32,
}

impl Place {
    /// The area of `row`.
    pub fn row(&self, row: usize) -> Rect {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rows that are placed are on the screen"
        )]
        let top = (self.top + row as f64 * f64::from(self.row_height)) as f32;
        Rect::from_min_size(pos2(self.left, top), vec2(self.width, self.row_height))
    }
}

/// How far a list is scrolled, and how high its window is, in points.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scrolled {
    /// Points above the window.
    pub offset: f32,
    /// Height of the window.
    pub height: f32,
}

/// Scrolls over `total` rows of `row_height` points. `add` is called once with the visible rows and their places.
pub fn virtual_rows(
    ui: &mut Ui,
    scroll: ScrollArea,
    row_height: f32,
    total: usize,
    add: impl FnOnce(&mut Ui, Range<usize>, &Place),
) -> Scrolled {
    // a list that grows above what is looked at is moved past its old end, which must not spring back
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let output = scroll.auto_shrink(false).show_viewport(ui, |ui, viewport| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a scroll bar needs no more precision"
        )]
        let height = (total as f64 * f64::from(row_height)) as f32;
        ui.set_height(height);
        let origin = ui.max_rect().min;
        let place = Place {
            top: f64::from(origin.y),
            left: origin.x,
            width: viewport.width().max(ui.available_width()),
            row_height,
        };
        add(ui, visible(viewport, row_height, total), &place);
    });
    Scrolled {
        offset: output.state.clamped_offset().y,
        height: output.inner_rect.height(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both ends are cut to 0..=total"
)]
fn visible(viewport: Rect, row_height: f32, total: usize) -> Range<usize> {
    let row = |y: f32| (f64::from(y.max(0.0)) / f64::from(row_height)) as usize;
    let last = row(viewport.max.y).saturating_add(1).min(total);
    row(viewport.min.y).min(last)..last
}
