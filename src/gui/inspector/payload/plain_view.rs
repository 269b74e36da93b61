//! Text and bytes as rows that can be selected and copied.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Color32, CornerRadius, Label, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2};

use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Scrolled, virtual_rows};
use super::compared::LineMark;
use super::document_view::character_width;
use super::text_rows::TextRow;
use crate::payload::diff::Blocks;
use crate::payload::text::visible;
use crate::payload::{format, hex};

/// Most bytes of a row of a dump.
const WIDEST: usize = 32;

/// Ranges of text or bytes that are marked, in order.
#[derive(Debug, Clone, Copy, Default)]
pub struct FoundRanges<'a> {
    /// All of them.
    pub all: &'a [Range<usize>],
    /// The one that is looked at.
    pub current: Option<&'a Range<usize>>,
}

impl FoundRanges<'_> {
    /// Those within `part`, counted from its start; with each whether it is the one that is looked at.
    fn within(&self, part: &Range<usize>) -> Vec<(Range<usize>, bool)> {
        let first = self.all.partition_point(|range| range.end <= part.start);
        let found = self.all[first..]
            .iter()
            .take_while(|range| range.start < part.end);
        found
            .map(|range| {
                let start = range.start.max(part.start) - part.start;
                let end = range.end.min(part.end) - part.start;
                (start..end, Some(range) == self.current)
            })
            .collect()
    }
}

/// Text in rows.
pub struct TextView<'a> {
    /// The text.
    pub text: &'a str,
    /// Its rows.
    pub rows: &'a [TextRow],
    /// What was found in it.
    pub found: FoundRanges<'a>,
    /// Width of the column of numbers.
    pub gutter: f32,
}

impl TextView<'_> {
    /// Draws it.
    pub fn ui(&self, ui: &mut Ui, scroll: ScrollArea, keys: egui::Vec2) -> Scrolled {
        virtual_rows(
            ui,
            scroll,
            theme::LINE_HEIGHT,
            self.rows.len(),
            |ui, rows, place| {
                ui.scroll_with_delta(keys);
                for at in rows {
                    self.row_ui(ui, at, place.row(at));
                }
            },
        )
    }

    fn row_ui(&self, ui: &mut Ui, at: usize, rect: Rect) {
        let palette = Palette::of(ui);
        let row = self.rows[at];
        let tint = match row.mark {
            LineMark::Same => None,
            LineMark::Added => Some(palette.accent),
            LineMark::Removed => Some(palette.red),
        };
        let strip = rect.with_min_x(rect.left() + self.gutter - 4.0);
        if let Some(color) = tint {
            let fill = palette.tint(color, 0.14);
            ui.painter().rect_filled(strip, CornerRadius::same(4), fill);
        }
        if row.line > 0 {
            let at = pos2(rect.left() + self.gutter - 20.0, rect.center().y);
            let text = row.line.to_string();
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, text, theme::mono(), palette.faint);
        }
        let job = self.job(palette, &row);
        selectable(
            ui,
            ("text row", at),
            strip.with_min_x(rect.left() + self.gutter),
            job,
        );
    }

    fn job(&self, palette: &Palette, row: &TextRow) -> LayoutJob {
        let part = row.start..row.end;
        let text = self.text.get(part.clone()).unwrap_or_default();
        let mut plain = TextFormat::simple(theme::mono_large(), palette.text);
        if row.mark == LineMark::Removed {
            plain.strikethrough = Stroke::new(1.0, palette.red);
            plain.color = palette.muted;
        }
        let mut job = LayoutJob::default();
        let mut from = 0;
        for (range, is_current) in self.found.within(&part) {
            append(&mut job, text.get(from..range.start), &plain);
            append(
                &mut job,
                text.get(range.clone()),
                &found(palette, &plain, is_current),
            );
            from = range.end;
        }
        append(&mut job, text.get(from..), &plain);
        if row.left_out > 0 {
            let size = format::format_bytes(row.left_out as u64);
            let text = format!("… {size} more on this line: wrap lines to see it");
            job.append(
                &text,
                8.0,
                TextFormat::simple(theme::mono_large(), palette.faint),
            );
        }
        job
    }
}

/// Bytes in rows.
pub struct HexView<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// How many stand in a row.
    pub per_row: usize,
    /// What was found in them.
    pub found: FoundRanges<'a>,
    /// What differs from older bytes, and those.
    pub compared: Option<(&'a [u8], &'a Blocks)>,
}

impl HexView<'_> {
    /// Draws it.
    pub fn ui(&self, ui: &mut Ui, scroll: ScrollArea, keys: egui::Vec2) -> Scrolled {
        let rows = hex::line_count(self.bytes.len(), self.per_row);
        virtual_rows(ui, scroll, theme::LINE_HEIGHT, rows, |ui, rows, place| {
            ui.scroll_with_delta(keys);
            for at in rows {
                self.row_ui(ui, at, place.row(at));
            }
        })
    }

    fn row_ui(&self, ui: &mut Ui, at: usize, rect: Rect) {
        let palette = Palette::of(ui);
        let start = at.saturating_mul(self.per_row);
        let end = (start + self.per_row).min(self.bytes.len());
        let mut backs = vec![None; end.saturating_sub(start)];
        self.mark_differing(palette, start..end, &mut backs);
        for (range, is_current) in self.found.within(&(start..end)) {
            let strength = if is_current { 0.6 } else { 0.25 };
            backs[range].fill(Some(palette.tint(palette.blue, strength)));
        }
        let text = hex::line(self.bytes, at, self.per_row);
        let job = hex_job(palette, &text, self.per_row, &backs);
        let was = self.was(start..end);
        let response = selectable(ui, ("hex row", at), rect, job);
        if let Some(was) = was {
            response.on_hover_text(was);
        }
    }

    fn mark_differing(&self, palette: &Palette, part: Range<usize>, backs: &mut [Option<Color32>]) {
        let Some((_, blocks)) = self.compared else {
            return;
        };
        for block in blocks.within_new(&part) {
            let from = block.new.start.clamp(part.start, part.end) - part.start;
            let to = block.new.end.clamp(part.start, part.end) - part.start;
            let color = if block.old.is_empty() {
                palette.accent
            } else {
                palette.amber
            };
            backs[from..to.max(from)].fill(Some(palette.tint(color, 0.22)));
        }
    }

    /// What the bytes that differ in a row were.
    fn was(&self, part: Range<usize>) -> Option<String> {
        const SHOWN: usize = 32;
        let (old, blocks) = self.compared?;
        let block = blocks.within_new(&part).iter().find(|block| {
            block.new.start < part.end && (block.new.end > part.start || block.new.is_empty())
        })?;
        if block.old.is_empty() {
            return Some("New bytes".to_owned());
        }
        let bytes = old.get(block.old.clone())?;
        let shown = hex::pairs(&bytes[..bytes.len().min(SHOWN)]);
        let more = if bytes.len() > SHOWN { " …" } else { "" };
        let verb = if block.new.is_empty() { "Gone" } else { "Was" };
        Some(format!("{verb}: {shown}{more}"))
    }
}

/// How many bytes fit a row of so many characters: 8, 16, 24 or 32.
pub fn bytes_per_row(columns: usize) -> usize {
    let fits = |bytes: &usize| hex::line_width(*bytes) <= columns;
    [WIDEST, 24, hex::WIDE]
        .into_iter()
        .find(fits)
        .unwrap_or(hex::NARROW)
}

/// Colours the pairs and the characters of the bytes that have a background.
fn hex_job(palette: &Palette, text: &str, per_row: usize, backs: &[Option<Color32>]) -> LayoutJob {
    const OFFSET: usize = 8;
    let groups = per_row.div_ceil(8);
    let letters = OFFSET + 1 + groups + 3 * per_row + 2;
    let mut ranges = vec![(
        0..OFFSET.min(text.len()),
        palette.faint,
        Color32::TRANSPARENT,
    )];
    for (nth, back) in backs.iter().enumerate() {
        if let Some(back) = back {
            let pair = OFFSET + 1 + nth / 8 + 1 + 3 * nth;
            ranges.push((pair..pair + 2, palette.text, *back));
        }
    }
    for (nth, back) in backs.iter().enumerate() {
        if let Some(back) = back {
            ranges.push((letters + nth..letters + nth + 1, palette.text, *back));
        }
    }
    let mut job = LayoutJob::default();
    let plain = TextFormat::simple(theme::mono_large(), palette.text);
    let mut from = 0;
    for (range, color, back) in ranges {
        append(&mut job, text.get(from..range.start), &plain);
        let marked = TextFormat {
            color,
            background: back,
            ..plain.clone()
        };
        append(&mut job, text.get(range.clone()), &marked);
        from = range.end;
    }
    append(&mut job, text.get(from..), &plain);
    job
}

fn found(palette: &Palette, plain: &TextFormat, is_current: bool) -> TextFormat {
    let strength = if is_current { 0.6 } else { 0.25 };
    TextFormat {
        background: palette.tint(palette.blue, strength),
        ..plain.clone()
    }
}

fn append(job: &mut LayoutJob, text: Option<&str>, format: &TextFormat) {
    let text = text.map(printable).unwrap_or_default();
    if !text.is_empty() {
        job.append(&text, 0.0, format.clone());
    }
}

/// A piece of a row: tabs as spaces, no carriage return at the end, and nothing hidden.
fn printable(text: &str) -> String {
    let text = text.strip_suffix('\r').unwrap_or(text);
    visible(text.as_bytes()).replace('\t', "    ")
}

fn selectable(
    ui: &mut Ui,
    salt: (&'static str, usize),
    area: Rect,
    job: LayoutJob,
) -> egui::Response {
    let builder = UiBuilder::new()
        .max_rect(area)
        .id_salt(salt)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let label = Label::new(job).selectable(true).extend();
    ui.scope_builder(builder, |ui| ui.add(label)).inner
}

/// Width of the column of numbers for so many lines, with room for the folds.
pub fn gutter(ui: &Ui, lines: usize) -> f32 {
    let digits = lines.max(1).ilog10() + 1;
    digits as f32 * character_width(ui) + 20.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_row_is_hidden() {
        assert_eq!(printable("a\tb\u{0}c\u{202e}\r"), "a    b\\x00c\\u{202e}");
    }

    #[test]
    fn a_dump_is_as_wide_as_the_room() {
        let bytes = [30, 60, 80, 110, 140, 400].map(bytes_per_row);
        assert_eq!(bytes, [8, 8, 16, 16, 24, 32]);
    }

    #[test]
    fn found_ranges_are_cut_to_the_row() {
        let all = [2..5, 8..12, 20..21];
        let found = FoundRanges {
            all: &all,
            current: Some(&all[1]),
        };
        assert_eq!(found.within(&(4..10)), [(0..1, false), (4..6, true)]);
    }
}
