//! Rows of equal height of which only the visible ones exist. Positions are computed in `f64`: in `f32` rows of a list
//! with a million entries would land a point off.

use std::ops::Range;

use egui::{
    EventFilter, Key, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::super::theme::Palette;

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

/// Makes `area` something that the keyboard can reach and scroll with arrows, Page, Home and End. Returns by how many
/// points the content is to move; hand it to [`Ui::scroll_with_delta`] inside the scroll area.
pub fn scroll_keys(ui: &mut Ui, area: Rect, label: &str, row_height: f32) -> Vec2 {
    let id = ui.scope_id().with(("scroll keys", label));
    let response = ui.interact(area, id, Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollView, true, label));
    if !response.has_focus() {
        return Vec2::ZERO;
    }
    let line = Stroke::new(1.0, Palette::of(ui).accent);
    ui.painter()
        .rect_stroke(area, 4.0, line, StrokeKind::Inside);
    let filter = EventFilter {
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let page = (area.height() - row_height).max(row_height);
    let steps = [
        (Key::ArrowDown, -row_height),
        (Key::ArrowUp, row_height),
        (Key::PageDown, -page),
        (Key::PageUp, page),
        (Key::Home, f32::MAX / 4.0),
        (Key::End, -f32::MAX / 4.0),
    ];
    let pressed = ui.input(|input| {
        let mut pressed = steps.iter().filter(|(key, _)| input.key_pressed(*key));
        pressed.next().map(|(_, step)| *step)
    });
    vec2(0.0, pressed.unwrap_or(0.0))
}
