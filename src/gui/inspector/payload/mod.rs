//! The payload of one message as numbered, coloured lines, of which only the visible ones are laid out.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Label, Rect, Role, ScrollArea, Ui, UiBuilder, pos2};

use super::super::theme::{self, Palette};
use super::super::widgets::{scroll_keys, virtual_rows};
use super::decode::{Decoded, Decoder, Room, View};
use crate::model::Message;
use crate::payload::Kind;
use crate::payload::{format, hex};

/// UI state of the payload view.
#[derive(Debug, Default)]
pub struct PayloadView {
    decoder: Decoder,
    /// What the user chose for the topic shown; `None` shows what fits.
    pub wanted: Option<View>,
}

impl PayloadView {
    /// Another topic is shown.
    pub fn clear(&mut self) {
        self.decoder.clear();
        self.wanted = None;
    }

    /// Decodes `message` for a view of `width` points, or shows what is there while that goes on.
    pub fn prepare(&mut self, ui: &Ui, message: &Message, width: f32) -> Option<&Decoded> {
        self.decoder
            .get(ui.ctx(), message, self.wanted, room(ui, width))
    }

    /// How the payload is shown now: the user's choice, else what fits the payload that was decoded last.
    pub fn view(&self) -> Option<View> {
        let fitting = self.decoder.current().map(|decoded| decoded.view);
        self.wanted.or(fitting)
    }

    /// What was decoded last.
    pub fn decoded(&self) -> Option<&Decoded> {
        self.decoder.current()
    }
}

/// Height that `decoded` takes when all its rows are shown.
pub fn full_height(decoded: &Decoded) -> f32 {
    let notice = if decoded.notice.is_some() {
        theme::LINE_HEIGHT
    } else {
        0.0
    };
    decoded.row_count() as f32 * theme::LINE_HEIGHT + notice + 18.0
}

/// What fits into a row of `width` points, the scroll bar left out.
fn room(ui: &Ui, width: f32) -> Room {
    let row = width - 16.0;
    let is_wide = characters(ui, row) >= hex::line_width(hex::WIDE);
    Room {
        columns: characters(ui, row - gutter(ui, 999)).max(8),
        bytes: if is_wide { hex::WIDE } else { hex::NARROW },
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window's width in characters"
)]
fn characters(ui: &Ui, width: f32) -> usize {
    (width / character_width(ui)).max(0.0) as usize
}

fn character_width(ui: &Ui) -> f32 {
    ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono_large(), '0'))
}

/// Width of the column of line numbers.
fn gutter(ui: &Ui, lines: usize) -> f32 {
    let digits = lines.max(1).ilog10() + 1;
    digits as f32 * character_width(ui) + 16.0
}

/// Draws the rows into the room that is left.
pub fn payload_rows(ui: &mut Ui, decoded: &Decoded) {
    if decoded.format == Kind::Empty {
        empty(ui);
        return;
    }
    if let Some(notice) = decoded.notice {
        let color = Palette::of(ui).amber;
        ui.label(
            egui::RichText::new(notice)
                .font(theme::label())
                .color(color),
        );
    }
    ui.add_space(4.0);
    let gutter = match decoded.view {
        View::Hex => 0.0,
        View::Json | View::Text => gutter(ui, decoded.line_count()),
    };
    let keys = scroll_keys(
        ui,
        ui.available_rect_before_wrap(),
        (Role::ScrollView, "Payload"),
        theme::LINE_HEIGHT,
    );
    let scroll = ScrollArea::both()
        .id_salt("payload")
        .min_scrolled_height(theme::LINE_HEIGHT);
    virtual_rows(
        ui,
        scroll,
        theme::LINE_HEIGHT,
        decoded.row_count(),
        |ui, rows, place| {
            ui.scroll_with_delta(keys);
            for row in rows {
                row_ui(ui, decoded, row, place.row(row), gutter);
            }
        },
    );
}

fn row_ui(ui: &mut Ui, decoded: &Decoded, row: usize, rect: Rect, gutter: f32) {
    let palette = Palette::of(ui);
    if let Some(number) = decoded.line_number(row) {
        let at = pos2(rect.left() + gutter - 14.0, rect.center().y);
        let text = number.to_string();
        ui.painter()
            .text(at, Align2::RIGHT_CENTER, text, theme::mono(), palette.faint);
    }
    let mut job = LayoutJob::default();
    for (text, kind) in decoded.pieces(row) {
        let color = kind.map_or(palette.text, |kind| palette.json(kind));
        job.append(&text, 0.0, TextFormat::simple(theme::mono_large(), color));
    }
    let area = Rect::from_min_max(pos2(rect.left() + gutter, rect.top()), rect.max);
    let builder = UiBuilder::new()
        .max_rect(area)
        .id_salt(("row", row))
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.add(Label::new(job).selectable(true).extend());
    });
}

fn empty(ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.add_space(8.0);
    ui.label(
        egui::RichText::new("Empty payload")
            .font(theme::strong())
            .color(palette.text),
    );
    let text = "No bytes at all. Published with the retain flag, it clears the retained message of its topic.";
    ui.label(
        egui::RichText::new(text)
            .font(theme::label())
            .color(palette.muted),
    );
}

/// What is shown while a large payload is decoded for the first time.
pub fn decoding(ui: &mut Ui, size: usize) {
    let text = format!("Decoding {}", format::format_bytes(size as u64));
    let color = Palette::of(ui).muted;
    ui.label(egui::RichText::new(text).font(theme::label()).color(color));
}
