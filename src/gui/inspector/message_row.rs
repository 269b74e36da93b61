//! One message as a row: time, time since the one before, size, QoS, flags and a preview.

use egui::{
    Align2, Color32, CornerRadius, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::galley_within;
use crate::model::{Message, MessageId};
use crate::payload::format;
use crate::payload::preview;

/// Where the columns of a list begin, in points from its left edge.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Time since the message before.
    pub delta: f32,
    /// Payload size; `None` leaves it out.
    pub size: Option<f32>,
    /// QoS.
    pub qos: f32,
    /// Retain and DUP; `None` leaves them out.
    pub flags: Option<f32>,
    /// Preview of the payload.
    pub preview: f32,
}

impl Columns {
    /// The short list below a payload.
    pub const SHORT: Self = Self {
        delta: 96.0,
        size: None,
        qos: 164.0,
        flags: None,
        preview: 200.0,
    };

    /// The history, in a list of this width.
    pub fn for_width(width: f32) -> Self {
        if width < 470.0 {
            return Self {
                flags: Some(192.0),
                preview: 244.0,
                ..Self::SHORT
            };
        }
        Self {
            delta: 96.0,
            size: Some(168.0),
            qos: 240.0,
            flags: Some(276.0),
            preview: 336.0,
        }
    }
}

/// Draws a message into `rect`; clicking it is reported.
pub fn message_row(
    ui: &mut Ui,
    context: &Context<'_>,
    rect: Rect,
    message: &Message,
    columns: Columns,
    selected: Option<MessageId>,
) -> Response {
    let id = ui.scope_id().with(("message", message.id.0));
    let response = ui.interact(rect, id, Sense::CLICK);
    let is_selected = selected == Some(message.id);
    let characters = preview_characters(rect.width() - columns.preview);
    let text = preview(&message.payload, characters);
    let time = format::clock(message.at, context.zone);
    response.widget_info(|| {
        let label = format!("{time}, QoS {}, {text}", message.qos);
        WidgetInfo::selected(Role::ListItem, ui.is_enabled(), is_selected, label)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let palette = Palette::of(ui);
    let fill = match (is_selected, response.hovered()) {
        (true, _) => palette.selection,
        (false, true) => palette.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    let frame = Rect::from_min_max(pos2(rect.left() - 6.0, rect.top()), rect.max);
    ui.painter().rect_filled(frame, CornerRadius::same(4), fill);
    let row = Row { ui, rect };
    row.text(0.0, &time, theme::number_small(), palette.muted);
    if let Some(delta) = message.since_previous {
        row.text(
            columns.delta,
            &format::delta(delta),
            theme::number_small(),
            palette.muted,
        );
    }
    if let Some(x) = columns.size {
        let size = format::format_bytes(message.payload.len() as u64);
        row.text(x, &size, theme::number_small(), palette.muted);
    }
    row.chip(
        columns.qos,
        &message.qos.to_string(),
        palette.qos(message.qos),
    );
    if let Some(x) = columns.flags {
        row.flags(x, message);
    }
    let width = rect.width() - columns.preview - 4.0;
    let text = galley_within(row.ui, &text, theme::mono(), palette.text, width);
    let at = pos2(
        rect.left() + columns.preview,
        rect.center().y - text.size().y / 2.0,
    );
    row.ui.painter().galley(at, text, palette.text);
    response
}

/// The names of the columns, above a list.
pub fn column_names(ui: &mut Ui, columns: Columns) {
    let size = vec2(ui.available_width(), theme::HISTORY_ROW_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let faint = Palette::of(ui).faint;
    let row = Row { ui, rect };
    row.text(0.0, "Time", theme::caption(), faint);
    row.text(columns.delta, "Delta", theme::caption(), faint);
    if let Some(x) = columns.size {
        row.text(x, "Size", theme::caption(), faint);
    }
    row.text(columns.qos, "QoS", theme::caption(), faint);
    if let Some(x) = columns.flags {
        row.text(x, "Flags", theme::caption(), faint);
    }
    row.text(columns.preview, "Payload", theme::caption(), faint);
}

/// Characters of the preview that are worth laying out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window's width in characters"
)]
fn preview_characters(width: f32) -> usize {
    (width.max(0.0) / 7.0) as usize + 2
}

struct Row<'a> {
    ui: &'a Ui,
    rect: Rect,
}

impl Row<'_> {
    fn text(&self, x: f32, text: &str, font: FontId, color: Color32) {
        let at = pos2(self.rect.left() + x, self.rect.center().y);
        self.ui
            .painter()
            .text(at, Align2::LEFT_CENTER, text, font, color);
    }

    /// A small filled chip; says how wide it is.
    fn chip(&self, x: f32, text: &str, color: Color32) -> f32 {
        let palette = Palette::of(self.ui);
        let painter = self.ui.painter();
        let galley = painter.layout_no_wrap(text.to_owned(), theme::badge(), color);
        let size = vec2(galley.size().x + 9.0, 15.0);
        let left = pos2(self.rect.left() + x, self.rect.center().y - size.y / 2.0);
        let chip = Rect::from_min_size(left, size);
        let fill = palette.tint(color, 0.22);
        painter.rect(
            chip,
            CornerRadius::same(3),
            fill,
            Stroke::NONE,
            StrokeKind::Inside,
        );
        let at = Align2::CENTER_CENTER
            .align_size_within_rect(galley.size(), chip)
            .min;
        painter.galley(at, galley, color);
        size.x
    }

    fn flags(&self, x: f32, message: &Message) {
        let palette = Palette::of(self.ui);
        let mut x = x;
        if message.retain {
            self.text(x, icons::PIN, theme::icon_fill(12.0), palette.violet);
            x += 18.0;
        }
        if message.dup {
            self.chip(x, "DUP", palette.amber);
        }
    }
}
