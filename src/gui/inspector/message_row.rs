//! One message as a row: time, time since the one before, size, QoS, flags, properties, what changed, and the payload with
//! the changed part in a box.

use std::borrow::Cow;
use std::time::Duration;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind,
    TextFormat, Ui, WidgetInfo, pos2, vec2,
};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::galley_within;
use super::history::RowText;
use crate::model::Message;
use crate::payload::diff::Line;
use crate::payload::{format, preview};

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
    /// Content type, or how many properties there are.
    pub properties: Option<f32>,
    /// Topic; beginning and width.
    pub topic: Option<(f32, f32)>,
    /// What changed; beginning and width.
    pub change: Option<(f32, f32)>,
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
        properties: None,
        topic: None,
        change: None,
        preview: 200.0,
    };

    /// The history, in a list of this width, perhaps with messages of several topics.
    pub fn for_width(width: f32, has_topics: bool) -> Self {
        let is_wide = width >= if has_topics { 620.0 } else { 470.0 };
        let mut columns = if is_wide {
            Self {
                size: Some(168.0),
                qos: 240.0,
                flags: Some(276.0),
                preview: 336.0,
                ..Self::SHORT
            }
        } else {
            Self {
                flags: Some(192.0),
                preview: 244.0,
                ..Self::SHORT
            }
        };
        if has_topics {
            let room = ((width - columns.preview) * 0.35).clamp(70.0, 240.0);
            columns.topic = Some((columns.preview, room - 12.0));
            columns.preview += room;
        } else if width >= 740.0 {
            columns.properties = Some(columns.preview);
            columns.preview += 64.0;
        }
        let left = width - columns.preview;
        if left >= 280.0 {
            let room = (left * 0.4).min(220.0);
            columns.change = Some((columns.preview, room - 12.0));
            columns.preview += room;
        }
        columns
    }
}

/// What a row shows.
#[derive(Debug, Clone, Copy)]
pub struct RowFace<'a> {
    /// The message.
    pub message: &'a Message,
    /// Its topic, where messages of several are listed.
    pub topic: Option<&'a str>,
    /// Time since the message before it in the list.
    pub delta: Option<Duration>,
    /// What changed, where that is known.
    pub text: Option<&'a RowText>,
    /// Whether it is selected.
    pub is_selected: bool,
}

/// Draws a message into `rect`; clicking it is reported.
pub fn message_row(
    ui: &mut Ui,
    context: &Context<'_>,
    rect: Rect,
    face: &RowFace<'_>,
    columns: Columns,
) -> Response {
    let message = face.message;
    let id = ui.scope_id().with(("message", message.id.0));
    let response = ui.interact(rect, id, Sense::CLICK);
    let characters = preview_characters(rect.width() - columns.preview);
    let marked = face.text.and_then(|text| text.line(characters));
    let plain = || Line {
        text: preview(&message.payload, characters),
        marks: Vec::new(),
    };
    let line = marked.map_or_else(|| Cow::Owned(plain()), Cow::Borrowed);
    let time = format::clock(message.at, context.zone);
    let change = face.text.map_or("", |text| text.change.as_str());
    response.widget_info(|| {
        let topic = face
            .topic
            .map_or_else(String::new, |topic| format!(", {topic}"));
        let shown = if change.is_empty() { "" } else { ", " };
        let text = &line.text;
        let label = format!("{time}{topic}, QoS {}{shown}{change}, {text}", message.qos);
        WidgetInfo::selected(Role::ListItem, ui.is_enabled(), face.is_selected, label)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let palette = Palette::of(ui);
    let is_hovered = response.hovered() || response.context_menu_opened();
    let fill = match (face.is_selected, is_hovered) {
        (true, _) => palette.selection,
        (false, true) => palette.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    let frame = Rect::from_min_max(pos2(rect.left() - 6.0, rect.top()), rect.max);
    ui.painter().rect_filled(frame, CornerRadius::same(4), fill);
    let row = Row { ui, rect };
    row.facts(face, columns, &time);
    if let (Some((x, width)), Some(topic)) = (columns.topic, face.topic) {
        row.text_within(x, width, topic, palette.text);
    }
    if let Some((x, width)) = columns.change {
        row.text_within(x, width, change, palette.muted);
    }
    row.marked(columns.preview, &line);
    response
}

/// A message that is listed, but no longer kept.
pub fn gone_row(ui: &mut Ui, rect: Rect) {
    let text = "No longer in the history";
    let id = ui.scope_id().with(("gone", rect.top().to_bits()));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, text));
    let faint = Palette::of(ui).faint;
    Row { ui, rect }.text(0.0, text, theme::label(), faint);
}

/// The names of the columns, above a list.
pub fn column_names(ui: &mut Ui, columns: Columns) {
    let size = vec2(ui.available_width(), theme::HISTORY_ROW_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let faint = Palette::of(ui).faint;
    let row = Row { ui, rect };
    let names = [
        (Some(0.0), "Time"),
        (Some(columns.delta), "Delta"),
        (columns.size, "Size"),
        (Some(columns.qos), "QoS"),
        (columns.flags, "Flags"),
        (columns.properties, "Props"),
        (columns.topic.map(|(x, _)| x), "Topic"),
        (columns.change.map(|(x, _)| x), "What changed"),
        (Some(columns.preview), "Payload"),
    ];
    for (x, name) in names {
        if let Some(x) = x {
            row.text(x, name, theme::caption(), faint);
        }
    }
}

/// The end of a content type, or how many properties there are; empty for none.
fn properties_hint(message: &Message) -> String {
    let Some(properties) = message.properties.as_deref() else {
        return String::new();
    };
    if let Some(content_type) = &properties.content_type {
        let whole = content_type.split(';').next().unwrap_or_default();
        let end = whole.rsplit(['/', '+']).next().unwrap_or_default();
        return end.chars().take(8).collect();
    }
    match super::properties::count(message) {
        0 => String::new(),
        count => count.to_string(),
    }
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
    /// Everything but topic, change and payload.
    fn facts(&self, face: &RowFace<'_>, columns: Columns, time: &str) {
        let palette = Palette::of(self.ui);
        let (small, muted) = (theme::number_small(), palette.muted);
        self.text(0.0, time, small.clone(), muted);
        if let Some(delta) = face.delta {
            self.text(columns.delta, &format::delta(delta), small.clone(), muted);
        }
        let message = face.message;
        if let Some(x) = columns.size {
            let size = format::format_bytes(message.payload.len() as u64);
            self.text(x, &size, small, muted);
        }
        let color = palette.qos(message.qos);
        self.chip(columns.qos, &message.qos.to_string(), color);
        if let Some(x) = columns.flags {
            self.flags(x, message);
        }
        if let Some(x) = columns.properties {
            self.text(x, &properties_hint(message), theme::caption(), muted);
        }
    }

    fn text_within(&self, x: f32, width: f32, text: &str, color: Color32) {
        let text = galley_within(self.ui, text, theme::label(), color, width);
        let top = self.rect.center().y - text.size().y / 2.0;
        let at = pos2(self.rect.left() + x, top);
        self.ui.painter().galley(at, text, color);
    }

    /// A line with what changed in a box.
    fn marked(&self, x: f32, line: &Line) {
        let palette = Palette::of(self.ui);
        let plain = TextFormat::simple(theme::mono(), palette.text);
        let boxed = TextFormat {
            background: palette.tint(palette.amber, 0.24),
            ..plain.clone()
        };
        let mut job = LayoutJob::default();
        let mut at = 0;
        for mark in &line.marks {
            let before = line.text.get(at..mark.start).unwrap_or_default();
            job.append(before, 0.0, plain.clone());
            let marked = line.text.get(mark.clone()).unwrap_or_default();
            job.append(marked, 0.0, boxed.clone());
            at = mark.end;
        }
        job.append(line.text.get(at..).unwrap_or_default(), 0.0, plain);
        let width = self.rect.width() - x - 4.0;
        job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
        let text = self.ui.painter().layout_job(job);
        let top = self.rect.center().y - text.size().y / 2.0;
        let at = pos2(self.rect.left() + x, top);
        self.ui.painter().galley(at, text, palette.text);
    }

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
