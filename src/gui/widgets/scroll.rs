//! Scrolling without a mouse.

use egui::{Key, Modifiers, Ui, vec2};

/// Points that an arrow key scrolls.
const STEP: f32 = 48.0;

/// Scrolls the area around `ui` with the arrow, page, Home and End keys. Call it inside the area, while the keyboard
/// belongs to it.
pub fn scroll_by_keys(ui: &Ui) {
    let page = ui.clip_rect().height() - STEP;
    let whole = ui.max_rect().height().max(ui.min_rect().height()) + 100_000.0;
    let keys = [
        (Key::ArrowDown, -STEP),
        (Key::ArrowUp, STEP),
        (Key::PageDown, -page),
        (Key::PageUp, page),
        (Key::End, -whole),
        (Key::Home, whole),
    ];
    for (key, distance) in keys {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            ui.scroll_with_delta(vec2(0.0, distance));
        }
    }
}
