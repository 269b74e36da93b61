//! Buttons: with an icon, with text, with both; plain, primary or without a frame.

use egui::{
    Align2, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::super::theme::{self, Palette};
use super::text::galley;

/// How much a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Raised, with a line around.
    Plain,
    /// Filled with the accent colour: the main thing to do here.
    Primary,
    /// Raised, with red text: something is lost.
    Danger,
    /// No frame until the pointer is over it.
    Quiet,
}

/// A button with an optional icon before its text. Disabled inside `ui.add_enabled_ui(false, …)`.
pub fn button(ui: &mut Ui, icon: Option<&str>, text: &str, look: Look) -> Response {
    button_sized(ui, icon, text, look, vec2(0.0, theme::CONTROL_HEIGHT))
}

/// How wide a button with this text and no icon is.
pub fn button_width(ui: &Ui, text: &str, look: Look) -> f32 {
    galley(ui, text, font_of(look), egui::Color32::PLACEHOLDER)
        .size()
        .x
        + 2.0 * 11.0
}

fn font_of(look: Look) -> egui::FontId {
    if look == Look::Primary {
        theme::strong()
    } else {
        theme::body()
    }
}

/// A button of at least this size, wider when its text needs it.
pub fn button_sized(
    ui: &mut Ui,
    icon: Option<&str>,
    text: &str,
    look: Look,
    least: Vec2,
) -> Response {
    let palette = Palette::of(ui);
    let ink = ink(palette, look, ui.is_enabled());
    let text_galley = galley(ui, text, font_of(look), ink);
    let icon_galley = icon.map(|icon| galley(ui, icon, theme::icon(15.0), ink));
    let gap = if icon_galley.is_some() && !text.is_empty() {
        6.0
    } else {
        0.0
    };
    let icon_width = icon_galley.as_ref().map_or(0.0, |icon| icon.size().x);
    let width = icon_width + gap + text_galley.size().x + 2.0 * 11.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 0.0).max(least), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if ui.is_rect_visible(rect) {
        paint_frame(ui, &response, look);
        let mut x = rect.center().x - (icon_width + gap + text_galley.size().x) / 2.0;
        if let Some(icon) = icon_galley {
            let at = Align2::LEFT_CENTER
                .align_size_within_rect(icon.size(), rect.with_min_x(x))
                .min;
            ui.painter().galley(at, icon, ink);
        }
        x += icon_width + gap;
        let at = Align2::LEFT_CENTER
            .align_size_within_rect(text_galley.size(), rect.with_min_x(x))
            .min;
        ui.painter().galley(at, text_galley, ink);
    }
    response
}

/// A button that stays pressed while something is on.
pub fn toggle(ui: &mut Ui, text: &str, is_on: bool) -> Response {
    let palette = Palette::of(ui);
    let (font, ink) = if is_on {
        (theme::strong(), palette.text)
    } else {
        (theme::body(), palette.muted)
    };
    let text_galley = galley(ui, text, font, ink);
    let size = vec2(text_galley.size().x + 22.0, theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), is_on, text));
    let is_lit = response.hovered() || response.has_focus();
    let fill = match (is_on, is_lit) {
        (true, _) => palette.hover,
        (false, true) => palette.raised,
        (false, false) => palette.panel,
    };
    let line = if response.has_focus() {
        Stroke::new(1.5, palette.accent)
    } else {
        Stroke::new(1.0, palette.line)
    };
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter()
        .rect(rect, radius, fill, line, StrokeKind::Inside);
    let at = Align2::CENTER_CENTER
        .align_size_within_rect(text_galley.size(), rect)
        .min;
    ui.painter().galley(at, text_galley, ink);
    response
}

/// A primary button that also shows the keys that do the same.
pub fn button_with_key(ui: &mut Ui, icon: &str, text: &str, keys: &str) -> Response {
    let palette = Palette::of(ui);
    let ink = ink(palette, Look::Primary, ui.is_enabled());
    let icon = galley(ui, icon, theme::icon(15.0), ink);
    let text_galley = galley(ui, text, theme::strong(), ink);
    let faded = if ui.is_enabled() {
        ink.gamma_multiply(0.7)
    } else {
        ink
    };
    let keys = galley(ui, keys, theme::caption(), faded);
    let parts = [icon, text_galley, keys];
    let width: f32 = parts.iter().map(|part| part.size().x + 6.0).sum();
    let size = vec2(width + 18.0, theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    paint_frame(ui, &response, Look::Primary);
    let mut x = rect.left() + 12.0;
    for part in parts {
        let width = part.size().x;
        let at = Align2::LEFT_CENTER
            .align_size_within_rect(part.size(), rect.with_min_x(x))
            .min;
        ui.painter().galley(at, part, ink);
        x += width + 6.0;
    }
    response
}

/// A square button that shows only an icon; `label` is its tooltip and its name for screen readers.
pub fn icon_button(ui: &mut Ui, icon: &str, label: &str, look: Look) -> Response {
    let palette = Palette::of(ui);
    let side = if look == Look::Quiet {
        22.0
    } else {
        theme::CONTROL_HEIGHT
    };
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), label));
    if ui.is_rect_visible(rect) {
        paint_frame(ui, &response, look);
        let mut color = ink(palette, look, ui.is_enabled());
        if look == Look::Quiet && !response.hovered() && !response.has_focus() {
            color = palette.muted;
        }
        let font = theme::icon(if look == Look::Quiet { 14.0 } else { 16.0 });
        ui.painter()
            .text(rect.center(), Align2::CENTER_CENTER, icon, font, color);
    }
    response.on_hover_text(label)
}

fn ink(palette: &Palette, look: Look, enabled: bool) -> egui::Color32 {
    match look {
        // what is disabled is faded on top
        _ if !enabled => palette.muted,
        Look::Plain | Look::Quiet => palette.text,
        Look::Primary => palette.on_accent,
        Look::Danger => palette.red,
    }
}

fn paint_frame(ui: &Ui, response: &Response, look: Look) {
    let palette = Palette::of(ui);
    let is_lit = ui.is_enabled() && (response.hovered() || response.has_focus());
    let fill = match look {
        Look::Primary if !ui.is_enabled() => palette.raised,
        Look::Primary if is_lit => palette.tint(palette.accent, 0.88),
        Look::Primary => palette.accent,
        Look::Plain | Look::Danger | Look::Quiet if is_lit => palette.hover,
        Look::Plain | Look::Danger => palette.raised,
        Look::Quiet => egui::Color32::TRANSPARENT,
    };
    let line = match look {
        Look::Primary if response.has_focus() => Stroke::new(2.0, palette.text),
        _ if response.has_focus() => Stroke::new(1.5, palette.accent),
        Look::Plain | Look::Danger => Stroke::new(1.0, palette.line),
        Look::Primary | Look::Quiet => Stroke::NONE,
    };
    ui.painter().rect(
        response.rect,
        CornerRadius::same(theme::RADIUS),
        fill,
        line,
        StrokeKind::Inside,
    );
}
