//! What all dialogs share: frame, heading, the row of buttons at the bottom, where the keyboard starts.

use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, Response, RichText, Stroke, Ui, vec2,
};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button};

/// What becomes of a dialog after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stays open.
    Stay,
    /// It closes.
    Close,
    /// The list of keys takes its place.
    ShowKeys,
    /// Version and licences take its place.
    ShowAbout,
}

/// The frame around a dialog.
pub fn outer(ui: &Ui) -> Frame {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(10))
        .shadow(ui.visuals().window_shadow)
        .inner_margin(Margin::same(20))
}

/// Gives the dialog its width (less where the window is small), its heading and a cross. Says whether to close it.
pub fn heading_ui(ui: &mut Ui, title: &str, width: f32) -> bool {
    let room = ui.ctx().content_rect().width() - 60.0;
    ui.set_width(width.min(room));
    ui.spacing_mut().item_spacing = vec2(theme::SPACE[1], 10.0);
    let row = vec2(ui.available_width(), 26.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let is_closed = icon_button(ui, icons::X, "Close", Look::Quiet).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = RichText::new(title)
                .font(theme::title(16.0))
                .color(Palette::of(ui).text);
            ui.add(Label::new(title).truncate());
        });
        is_closed
    })
    .inner
}

/// How high the part between heading and buttons may get before it scrolls.
pub fn room_for_contents(ui: &Ui) -> f32 {
    (ui.ctx().content_rect().height() - 200.0).clamp(120.0, 520.0)
}

/// A sentence, wrapping.
pub fn text_ui(ui: &mut Ui, text: &str) {
    let text = RichText::new(text)
        .font(theme::body())
        .color(Palette::of(ui).muted);
    ui.add(Label::new(text).wrap());
}

/// The row at the bottom: what is asked for on the right, with Cancel before it.
#[derive(Debug, Clone, Copy)]
pub struct Buttons<'a> {
    /// What the button that confirms says.
    pub confirm: &'a str,
    /// How it looks.
    pub look: Look,
    /// Why it cannot be pressed; `None` when it can.
    pub obstacle: Option<&'a str>,
}

/// What was pressed.
pub struct Pressed {
    /// The button that confirms.
    pub confirm: Response,
    /// Cancel.
    pub cancel: Response,
    /// Whether Cancel was pressed.
    pub is_cancelled: bool,
}

/// Draws the row.
pub fn buttons_ui(ui: &mut Ui, buttons: &Buttons<'_>) -> Pressed {
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.add_space(theme::SPACE[0]);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let is_enabled = buttons.obstacle.is_none();
        let confirm = ui
            .add_enabled_ui(is_enabled, |ui| {
                button(ui, None, buttons.confirm, buttons.look)
            })
            .inner;
        let confirm = match buttons.obstacle {
            Some(obstacle) => confirm.on_disabled_hover_text(obstacle),
            None => confirm,
        };
        let cancel = button(ui, None, "Cancel", Look::Plain);
        Pressed {
            is_cancelled: cancel.clicked(),
            confirm,
            cancel,
        }
    })
    .inner
}

/// Puts the keyboard on `response` in the first frame of a dialog. `is_fresh` is true until then.
pub fn start_here(is_fresh: &mut bool, response: &Response) {
    if *is_fresh {
        response.request_focus();
        *is_fresh = false;
    }
}
