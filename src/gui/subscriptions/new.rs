//! “+ Subscribe”: the chip that opens the form for one more subscription.

use std::sync::Arc;

use egui::{
    Align2, CornerRadius, Galley, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::galley;
use super::chip;

/// How wide it is without its word.
pub const SHORT_WIDTH: f32 = 34.0;

/// How wide it is.
pub fn width(ui: &Ui) -> f32 {
    let (icon, text) = texts(ui);
    text.size().x + icon.size().x + 26.0
}

fn texts(ui: &Ui) -> (Arc<Galley>, Arc<Galley>) {
    let palette = Palette::of(ui);
    let icon = galley(ui, icons::PLUS, theme::icon(13.0), palette.muted);
    (icon, galley(ui, "Subscribe", theme::body(), palette.muted))
}

/// Draws it, this wide: a chip with a dashed line around. Where its word has no room, the pointer gets it.
pub fn new_ui(ui: &mut Ui, width: f32) -> Response {
    let palette = Palette::of(ui);
    let (icon, text) = texts(ui);
    let is_short = width <= SHORT_WIDTH;
    let size = vec2(width, chip::HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Subscribe…"));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect, CornerRadius::same(12), palette.hover);
    }
    let line = if response.has_focus() {
        palette.accent
    } else {
        palette.faint
    };
    ui.painter().extend(Shape::dashed_line(
        &outline(rect.shrink(0.5)),
        Stroke::new(1.0, line),
        3.0,
        3.0,
    ));
    let left = if is_short {
        rect.center().x - icon.size().x / 2.0
    } else {
        rect.left() + 10.0
    };
    let icon_width = icon.size().x;
    ui.painter().galley(
        pos2(left, rect.center().y - icon.size().y / 2.0),
        icon,
        palette.muted,
    );
    if is_short {
        return response.on_hover_text("Subscribe…");
    }
    let at = pos2(
        left + icon_width + 5.0,
        rect.center().y - text.size().y / 2.0,
    );
    ui.painter().galley(at, text, palette.muted);
    response
}

/// “+14”: opens the list of all subscriptions, where so many have no chip.
pub fn more_ui(ui: &mut Ui, hidden: usize, width: f32) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, chip::HEIGHT), Sense::click());
    let label = format!("Show {hidden} more subscriptions");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let is_lit = response.hovered() || response.has_focus();
    let fill = if is_lit {
        palette.hover
    } else {
        palette.raised
    };
    let radius = CornerRadius::same(12);
    ui.painter().rect_filled(rect, radius, fill);
    let text = galley(
        ui,
        &format!("+{hidden}"),
        theme::number_small(),
        palette.text,
    );
    let at = Align2::CENTER_CENTER
        .align_size_within_rect(text.size(), rect)
        .min;
    ui.painter().galley(at, text, palette.text);
    response.on_hover_text(label)
}

/// The outline of a chip as a closed path: two half circles and the lines between them.
fn outline(rect: Rect) -> Vec<Pos2> {
    let radius = rect.height() / 2.0;
    let half = |center: Pos2, from: f32| {
        (0..=12_u8).map(move |step| {
            let angle = from + std::f32::consts::PI * f32::from(step) / 12.0;
            center + radius * vec2(angle.cos(), angle.sin())
        })
    };
    let right = half(
        rect.right_center() - vec2(radius, 0.0),
        -std::f32::consts::FRAC_PI_2,
    );
    let left = half(
        rect.left_center() + vec2(radius, 0.0),
        std::f32::consts::FRAC_PI_2,
    );
    let mut path: Vec<Pos2> = right.chain(left).collect();
    path.extend(path.first().copied());
    path
}
