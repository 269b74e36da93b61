//! The MQTT 5 properties of a message that is being written (MQTT 5, 3.3.2.3).

use egui::{
    Align, Align2, CornerRadius, FontId, Frame, Layout, Margin, Response, RichText, Stroke,
    TextEdit, Ui,
};

use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button, field, icon_button, muted, switch};
use crate::mqtt::Version;
use crate::profile::PublishProperties;

/// Draws the fields, or says why there are none.
pub fn properties_ui(ui: &mut Ui, edited: &mut PublishProperties, version: Version) {
    ui.spacing_mut().item_spacing.y = 4.0;
    muted(ui, "MQTT 5 properties");
    if version == Version::V311 {
        let palette = Palette::of(ui);
        let text = "This connection speaks MQTT 3.1.1, which has no properties.";
        ui.label(
            RichText::new(text)
                .font(theme::label())
                .color(palette.faint),
        );
        return;
    }
    expiry(ui, edited);
    let texts = [
        ("Content type", &mut edited.content_type, "application/json"),
        ("Response topic", &mut edited.response_topic, "reply/to"),
        ("Correlation", &mut edited.correlation_data, "data"),
    ];
    for (name, text, hint) in texts {
        named_field(ui, name, text, hint, theme::mono());
    }
    ui.horizontal(|ui| {
        switch(
            ui,
            &mut edited.payload_is_utf8,
            "Payload format: UTF-8 text",
        );
        muted(ui, "Payload is UTF-8 text");
    });
    user_properties(ui, &mut edited.user);
}

/// The message expiry interval in seconds; what is not a number is not taken.
fn expiry(ui: &mut Ui, edited: &mut PublishProperties) {
    let mut text = edited
        .message_expiry
        .map(|seconds| seconds.to_string())
        .unwrap_or_default();
    if named_field(ui, "Expiry in s", &mut text, "never", theme::mono()).changed() {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            edited.message_expiry = None;
        } else if let Ok(seconds) = digits.parse() {
            edited.message_expiry = Some(seconds);
        }
    }
}

fn user_properties(ui: &mut Ui, user: &mut Vec<(String, String)>) {
    let mut removed = None;
    for (index, (name, value)) in user.iter_mut().enumerate() {
        ui.push_id(("user property", index), |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let width = (ui.available_width() - 26.0 - 4.0) / 2.0;
                bare_field(
                    ui,
                    name,
                    &format!("Name of user property {}", index + 1),
                    "name",
                    width,
                );
                bare_field(
                    ui,
                    value,
                    &format!("Value of user property {}", index + 1),
                    "value",
                    width,
                );
                let label = format!("Remove user property {}", index + 1);
                if icon_button(ui, icons::X, &label, Look::Quiet).clicked() {
                    removed = Some(index);
                }
            });
        });
    }
    if let Some(index) = removed {
        user.remove(index);
    }
    if button(ui, Some(icons::PLUS), "User property", Look::Quiet).clicked() {
        user.push((String::new(), String::new()));
    }
}

fn bare_field(ui: &mut Ui, text: &mut String, label: &str, hint: &str, width: f32) {
    let edit = TextEdit::singleline(text)
        .hint_text(hint.to_owned())
        .font(theme::mono());
    field(ui, edit, label, width);
}

/// A field with its name inside at the left and the value at the right.
fn named_field(ui: &mut Ui, name: &str, text: &mut String, hint: &str, font: FontId) -> Response {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.background)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(Margin::symmetric(8, 0));
    let shown = frame.show(ui, |ui| {
        let height = theme::CONTROL_HEIGHT - 2.0;
        ui.spacing_mut().interact_size.y = height;
        ui.horizontal(|ui| {
            muted(ui, name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let width = ui.available_width();
                let edit = TextEdit::singleline(text)
                    .hint_text(hint.to_owned())
                    .font(font)
                    .frame(Frame::NONE)
                    .margin(Margin::ZERO)
                    .desired_width(width)
                    .min_size(egui::vec2(0.0, height))
                    .align(Align2::RIGHT_CENTER);
                ui.add(edit)
            })
            .inner
        })
        .inner
    });
    let response = shown.inner;
    let label = name.to_owned();
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(label));
    if response.has_focus() {
        let line = Stroke::new(1.0, palette.accent);
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter()
            .rect_stroke(shown.response.rect, radius, line, egui::StrokeKind::Inside);
    }
    response
}
