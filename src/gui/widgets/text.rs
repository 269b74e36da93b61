//! Small pieces of text: muted labels, badges for QoS and retained, dots for states.

use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Response, RichText, Sense, StrokeKind, Ui, vec2,
};

use super::super::theme::Palette;
use super::super::{icons, theme};
use crate::mqtt::Qos;

/// One line of text, laid out but not yet painted.
pub fn galley(ui: &Ui, text: &str, font: FontId, color: Color32) -> Arc<Galley> {
    ui.painter().layout_no_wrap(text.to_owned(), font, color)
}

/// One line of text that ends with “…” where it would be wider than `width`.
pub fn galley_within(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let format = egui::TextFormat::simple(font, color);
    let mut job = egui::text::LayoutJob::single_section(text.to_owned(), format);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// An icon beside words that say the same: seen, and not read out by screen readers.
pub fn icon_mark(ui: &mut Ui, icon: &str, font: FontId, color: Color32) -> Response {
    let icon = galley(ui, icon, font, color);
    let (rect, response) = ui.allocate_exact_size(icon.size(), Sense::hover());
    ui.painter().galley(rect.min, icon, color);
    response
}

/// A label in the muted colour, size 12.
pub fn muted(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).muted;
    ui.add(
        egui::Label::new(RichText::new(text).font(theme::label()).color(color)).selectable(false),
    )
}

/// Text that a person may want to select and copy, in the body font, wrapping.
pub fn kept_label(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    ui.add(
        egui::Label::new(RichText::new(text).font(font).color(color))
            .selectable(true)
            .wrap(),
    )
}

/// A small filled chip: soft background, text in the same colour.
pub fn badge(ui: &mut Ui, icon: Option<&str>, text: &str, color: Color32) -> Response {
    let palette = Palette::of(ui);
    let label = galley(ui, text, theme::badge(), color);
    let icon = icon.map(|icon| galley(ui, icon, theme::icon_fill(10.0), color));
    let icon_width = icon.as_ref().map_or(0.0, |icon| icon.size().x + 3.0);
    let size = vec2(label.size().x + icon_width + 10.0, 16.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let strength = if ui.visuals().dark_mode { 0.22 } else { 0.14 };
    ui.painter().rect(
        rect,
        CornerRadius::same(3),
        palette.tint(color, strength),
        egui::Stroke::NONE,
        StrokeKind::Inside,
    );
    let mut area = rect.shrink2(vec2(5.0, 0.0));
    if let Some(icon) = icon {
        let at = Align2::LEFT_CENTER
            .align_size_within_rect(icon.size(), area)
            .min;
        ui.painter().galley(at, icon, color);
        area.min.x += icon_width;
    }
    let at = Align2::LEFT_CENTER
        .align_size_within_rect(label.size(), area)
        .min;
    ui.painter().galley(at, label, color);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    response
}

/// `QoS 1` in its colour.
pub fn qos_badge(ui: &mut Ui, qos: Qos) -> Response {
    let color = Palette::of(ui).qos(qos);
    badge(ui, None, &format!("QoS {qos}"), color)
}

/// The mark of a retained message.
pub fn retained_badge(ui: &mut Ui) -> Response {
    let color = Palette::of(ui).violet;
    badge(ui, Some(icons::PIN), "Retained", color)
}

/// A filled circle of 8 points: the state of a connection.
pub fn dot(ui: &mut Ui, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(8.0, 16.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, color);
    response
}
