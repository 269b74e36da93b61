//! Scrolling without a mouse.

use egui::{EventFilter, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::super::theme::Palette;

/// Makes `area` something that the keyboard can reach and scroll with arrows, Page, Home and End. Returns by how many
/// points the content is to move; hand it to [`Ui::scroll_with_delta`] inside the scroll area.
pub fn scroll_keys(ui: &mut Ui, area: Rect, (role, label): (Role, &str), row_height: f32) -> Vec2 {
    let id = ui.scope_id().with(("scroll keys", label));
    let response = ui.interact(area, id, Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(role, true, label));
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
    scroll_step(ui, area.height(), row_height)
}

/// By how many points the keys pressed in this frame scroll a window of this height over rows of that height. For what
/// owns the keyboard without a focus of its own, such as a dialog that only shows something.
pub fn scroll_step(ui: &Ui, height: f32, row_height: f32) -> Vec2 {
    let page = (height - row_height).max(row_height);
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
