//! The MQTT 5 properties of a message that is being written (MQTT 5, 3.3.2.3).

use egui::{
    Align, Align2, CornerRadius, FontId, Frame, Layout, Margin, Response, RichText, Stroke,
    TextEdit, Ui,
};

use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button_sized, field, icon_button, muted, switch};
use crate::mqtt::Version;
use crate::profile::PublishProperties;

/// Height of a field with its name inside: all of them, and what adds one more, fit into the dock as it opens first.
const FIELD_HEIGHT: f32 = 26.0;

/// UI state of the fields.
#[derive(Debug, Default)]
pub struct PropertyFields {
    /// A user property was added: the keyboard goes into its name.
    is_row_new: bool,
}

impl PropertyFields {
    /// Draws the fields, or says why there are none.
    pub fn ui(&mut self, ui: &mut Ui, edited: &mut PublishProperties, version: Version) {
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
        let row_height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 20.0);
        if !edited.correlation_data.is_empty() {
            ui.horizontal(|ui| {
                switch(
                    ui,
                    &mut edited.correlation_is_hex,
                    "Correlation data in hexadecimal",
                );
                muted(ui, "Correlation is hexadecimal");
            });
        }
        ui.horizontal(|ui| {
            switch(
                ui,
                &mut edited.payload_is_utf8,
                "Payload format: UTF-8 text",
            );
            muted(ui, "Payload is UTF-8 text");
        });
        ui.spacing_mut().interact_size.y = row_height;
        self.user_properties(ui, &mut edited.user);
    }

    fn user_properties(&mut self, ui: &mut Ui, user: &mut Vec<(String, String)>) {
        let mut removed = None;
        let last = user.len().saturating_sub(1);
        for (index, property) in user.iter_mut().enumerate() {
            ui.push_id(("user property", index), |ui| {
                let (name, is_removed) = user_property(ui, index, property);
                if is_removed {
                    removed = Some(index);
                }
                if index == last && std::mem::take(&mut self.is_row_new) {
                    name.request_focus();
                    // with what adds one more
                    let below = egui::vec2(0.0, theme::CONTROL_HEIGHT + 4.0);
                    ui.scroll_to_rect(name.rect.expand2(below), None);
                }
            });
        }
        if let Some(index) = removed {
            user.remove(index);
        }
        let size = egui::vec2(0.0, 24.0);
        let add = button_sized(ui, Some(icons::PLUS), "User property", Look::Quiet, size);
        if add.clicked() {
            user.push((String::new(), String::new()));
            self.is_row_new = true;
        }
    }
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

/// Name and value of one user property. Returns the field of the name, and whether the property is to go.
fn user_property(
    ui: &mut Ui,
    index: usize,
    (name, value): &mut (String, String),
) -> (Response, bool) {
    let number = index + 1;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let width = (ui.available_width() - 26.0 - 4.0) / 2.0;
        let label = format!("Name of user property {number}");
        let name = bare_field(ui, name, &label, "name", width);
        let label = format!("Value of user property {number}");
        bare_field(ui, value, &label, "value", width);
        let label = format!("Remove user property {number}");
        let is_removed = icon_button(ui, icons::X, &label, Look::Quiet).clicked();
        (name, is_removed)
    })
    .inner
}

fn bare_field(ui: &mut Ui, text: &mut String, label: &str, hint: &str, width: f32) -> Response {
    let edit = TextEdit::singleline(text)
        .hint_text(hint.to_owned())
        .font(theme::mono());
    field(ui, edit, label, width)
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
        let height = FIELD_HEIGHT - 2.0;
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
