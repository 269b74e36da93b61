//! What all dialogs share: frame, heading, the row of buttons at the bottom, where the keyboard starts.

use egui::{
    Align, CornerRadius, Event, Frame, Id, Key, Label, Layout, Margin, Rect, Response, RichText,
    Sense, Stroke, Ui, UiBuilder, Vec2, vec2,
};

use crate::profile::ProfileColor;

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, button_width, icon_button};

/// Side of the cross in the heading.
const CROSS: f32 = 26.0;
/// The keys of the button that confirms.
const KEYS: &str = if cfg!(target_os = "macos") {
    "⌘Enter"
} else {
    "Ctrl+Enter"
};

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

/// What the heading knows and the end of the dialog needs.
#[derive(Debug, Clone, Copy)]
struct Begun {
    /// Where the cross goes.
    cross: Rect,
    /// Whether Ctrl+Enter was pressed: it does what the button that confirms does.
    is_confirmed: bool,
}

fn begun_id() -> Id {
    Id::unique("dialog begun")
}

/// Whether Ctrl+Enter goes down now. It is taken away, so that no button with the keyboard is pressed by it; a key that
/// is held since before the dialog confirms nothing.
fn take_confirmation(ui: &Ui) -> bool {
    ui.input_mut(|input| {
        let mut is_confirmed = false;
        input.events.retain(|event| match event {
            Event::Key {
                key: Key::Enter,
                pressed: true,
                repeat,
                modifiers,
                ..
            } if modifiers.command && !modifiers.shift && !modifiers.alt => {
                is_confirmed |= !repeat;
                false
            }
            _ => true,
        });
        is_confirmed
    })
}

/// Gives the dialog its width (less where the window is small) and its heading, with room for the cross.
pub fn heading_ui(ui: &mut Ui, title: &str, width: f32) {
    let room = ui.ctx().content_rect().width() - 60.0;
    ui.set_width(width.min(room));
    ui.spacing_mut().item_spacing = vec2(theme::SPACE[1], 10.0);
    let row = vec2(ui.available_width(), 26.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let (cross, _) = ui.allocate_exact_size(Vec2::splat(CROSS), Sense::hover());
        let begun = Begun {
            cross,
            is_confirmed: take_confirmation(ui),
        };
        ui.data_mut(|data| data.insert_temp(begun_id(), begun));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = RichText::new(title)
                .font(theme::title(16.0))
                .color(Palette::of(ui).text);
            ui.add(Label::new(title).truncate());
        });
    });
}

/// Whether Ctrl+Enter went down in the dialog whose heading was drawn in this frame.
pub fn is_confirmed(ui: &Ui) -> bool {
    let begun = ui.data(|data| data.get_temp::<Begun>(begun_id()));
    begun.is_some_and(|it| it.is_confirmed)
}

/// Draws the cross in the heading, after everything else: the Tab key reaches it last. Says whether to close.
pub fn cross_ui(ui: &mut Ui) -> bool {
    let Some(begun) = ui.data(|data| data.get_temp::<Begun>(begun_id())) else {
        return false;
    };
    let corner = UiBuilder::new().max_rect(begun.cross).id_salt("cross");
    let mut corner = ui.new_child(corner);
    icon_button(&mut corner, icons::X, "Close", Look::Quiet).clicked()
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

/// A box with a strip in the colour of the connection that something is done to, red where it has none.
pub fn beside_color(ui: &mut Ui, color: Option<ProfileColor>, add: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    let color = color.map_or(palette.red, |it| theme::profile_color(it, palette));
    let shown = Frame::new()
        .fill(palette.background)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin {
            left: 16,
            right: 12,
            top: 8,
            bottom: 8,
        })
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            add(ui);
        });
    let mut strip = shown.response.rect;
    strip.max.x = strip.left() + 4.0;
    ui.painter()
        .rect_filled(strip, CornerRadius::same(2), color);
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
    /// Whether it was pressed, or Ctrl+Enter instead.
    pub is_confirmed: bool,
    /// Cancel.
    pub cancel: Response,
    /// Whether Cancel was pressed.
    pub is_cancelled: bool,
}

/// Draws the row: Cancel before the other for the eye and for the Tab key.
pub fn buttons_ui(ui: &mut Ui, buttons: &Buttons<'_>) -> Pressed {
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.add_space(theme::SPACE[0]);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let is_enabled = buttons.obstacle.is_none();
        let width = button_width(ui, buttons.confirm, buttons.look);
        let (right, _) = ui.allocate_exact_size(vec2(width, theme::CONTROL_HEIGHT), Sense::hover());
        let cancel = button(ui, None, "Cancel", Look::Plain);
        let mut place = ui.new_child(UiBuilder::new().max_rect(right).id_salt("confirm"));
        let confirm = place
            .add_enabled_ui(is_enabled, |ui| {
                button(ui, None, buttons.confirm, buttons.look)
            })
            .inner;
        let confirm = match buttons.obstacle {
            Some(obstacle) => confirm.on_disabled_hover_text(obstacle),
            None => confirm.on_hover_text(KEYS),
        };
        let is_by_key = is_enabled && is_confirmed(ui);
        Pressed {
            is_cancelled: cancel.clicked(),
            is_confirmed: confirm.clicked() || is_by_key,
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
