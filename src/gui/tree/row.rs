//! One row of the tree, painted: caret, name, how much is below, value, pin, numbers.

use egui::{
    Align2, Color32, CornerRadius, FontId, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2,
    text::LayoutJob, text::TextFormat, vec2,
};

use crate::model::{LastValue, Query, Row};
use crate::mqtt::Timestamp;
use crate::payload::{self, format};

use super::super::icons;
use super::super::theme::{self, Palette};
use super::Columns;

/// How a row is drawn.
pub struct Style<'a> {
    /// Where the columns are.
    pub columns: Columns,
    /// Whether the inspector shows it.
    pub is_selected: bool,
    /// Whether the tree has the keyboard.
    pub has_focus: bool,
    /// 1 just changed … 0.
    pub glow: f32,
    /// What to highlight.
    pub query: Option<&'a Query>,
}

/// Middle of the caret of a row at this depth.
pub fn caret_x(rect: Rect, depth: u32) -> f32 {
    rect.left() + 18.0 + indent(rect, depth)
}

/// Deep levels stop moving right before they leave the topic column.
fn indent(rect: Rect, depth: u32) -> f32 {
    (depth as f32 * theme::INDENT).min(rect.width() * 0.2)
}

/// Paints a row and returns how the pointer touches it.
pub fn row_ui(ui: &mut Ui, rect: Rect, row: &Row, now: Timestamp, style: &Style<'_>) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(row.node), Sense::CLICK);
    response
        .widget_info(|| WidgetInfo::selected(Role::TreeItem, true, style.is_selected, spoken(row)));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_level(row.depth as usize + 1);
        if let Some(open) = row.open {
            node.set_expanded(open);
        }
    });
    let palette = Palette::of(ui);
    background(ui, rect, &response, style);
    let name_x = caret_x(rect, row.depth) + 12.0;
    if let Some(open) = row.open {
        let icon = if open {
            icons::CARET_DOWN
        } else {
            icons::CARET_RIGHT
        };
        let center = pos2(caret_x(rect, row.depth), rect.center().y);
        ui.painter().text(
            center,
            Align2::CENTER_CENTER,
            icon,
            theme::icon(11.0),
            palette.muted,
        );
    }
    let name_right = name_ui(ui, rect, name_x, row, style);
    below_ui(ui, rect, name_right, row, style);
    if let Some(last) = &row.last {
        value_ui(ui, rect, last, style);
    }
    numbers_ui(ui, rect, row, now, style.columns);
    response
}

/// What a screen reader says, and what tests look for.
fn spoken(row: &Row) -> String {
    let name = shown_name(&row.name);
    match &row.last {
        Some(last) => format!("{name} = {}", payload::preview(&last.payload, 80)),
        None => name.to_owned(),
    }
}

/// An empty level needs something to point at.
fn shown_name(name: &str) -> &str {
    if name.is_empty() {
        "(empty level)"
    } else {
        name
    }
}

fn background(ui: &Ui, rect: Rect, response: &Response, style: &Style<'_>) {
    let palette = Palette::of(ui);
    let mut fill = Color32::TRANSPARENT;
    if style.is_selected {
        fill = palette.selection;
    } else if style.glow > 0.0 {
        fill = palette.tint(palette.blue, 0.2 * style.glow);
    } else if response.hovered() || response.context_menu_opened() {
        fill = palette.hover;
    }
    ui.painter().rect_filled(rect, CornerRadius::ZERO, fill);
    if style.is_selected && style.has_focus {
        let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter()
            .rect_filled(bar, CornerRadius::ZERO, palette.accent);
    }
}

/// One line of text, cut with an ellipsis at `width`, matches of the query marked.
fn line(
    ui: &Ui,
    text: &str,
    (font, color): (FontId, Color32),
    width: f32,
    query: Option<&Query>,
) -> std::sync::Arc<egui::Galley> {
    let palette = Palette::of(ui);
    let mut job = LayoutJob::default();
    let plain = TextFormat {
        font_id: font,
        color,
        ..TextFormat::default()
    };
    let marked = TextFormat {
        background: palette.tint(palette.amber, 0.4),
        ..plain.clone()
    };
    let mut end = 0;
    for range in query
        .map(|query| query.highlights(text))
        .unwrap_or_default()
    {
        job.append(
            text.get(end..range.start).unwrap_or_default(),
            0.0,
            plain.clone(),
        );
        job.append(
            text.get(range.clone()).unwrap_or_default(),
            0.0,
            marked.clone(),
        );
        end = range.end;
    }
    job.append(text.get(end..).unwrap_or_default(), 0.0, plain);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// Paints the name and returns where it ends.
fn name_ui(ui: &Ui, rect: Rect, x: f32, row: &Row, style: &Style<'_>) -> f32 {
    let palette = Palette::of(ui);
    let color = match row {
        _ if style.is_selected => palette.accent,
        row if row.name.is_empty() => palette.faint,
        _ => palette.text,
    };
    let font = if style.is_selected {
        theme::strong()
    } else {
        theme::body()
    };
    let name = shown_name(&row.name);
    // a name of thousands of characters is cut before it is laid out
    let name: String = name.chars().take(200).collect();
    let width = style.columns.value - x - 8.0;
    let galley = line(ui, &name, (font, color), width, style.query);
    let right = x + galley.size().x;
    let at = pos2(x, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, color);
    right
}

/// Paints how much a branch holds, if there is room beside its name.
fn below_ui(ui: &Ui, rect: Rect, name_right: f32, row: &Row, style: &Style<'_>) {
    let is_closed = row.open == Some(false);
    let is_root = row.depth == 0 && row.open.is_some();
    if !is_closed && !is_root {
        return;
    }
    let topics = format::thousands(u64::from(row.topics));
    let unit = if row.topics == 1 { "topic" } else { "topics" };
    let text = if row.depth == 0 && row.name.starts_with('$') {
        format!("reserved · {topics} {unit}")
    } else {
        format!("{topics} {unit}")
    };
    let palette = Palette::of(ui);
    let limit = if row.last.is_some() {
        style.columns.value
    } else {
        style.columns.messages
    };
    let galley = line(
        ui,
        &text,
        (theme::caption(), palette.faint),
        f32::INFINITY,
        None,
    );
    if name_right + 8.0 + galley.size().x < limit - 8.0 {
        let at = pos2(name_right + 8.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, palette.faint);
    }
}

fn value_ui(ui: &Ui, rect: Rect, last: &LastValue, style: &Style<'_>) {
    let palette = Palette::of(ui);
    let pin_width = if last.retained { 18.0 } else { 0.0 };
    let width = style.columns.messages - style.columns.value - 8.0 - pin_width;
    if width < 16.0 {
        return;
    }
    let text = payload::preview(&last.payload, 120);
    let color = if last.payload.is_empty() {
        palette.faint
    } else {
        palette.muted
    };
    let text = if last.payload.is_empty() {
        "(empty)"
    } else {
        text.as_str()
    };
    let galley = line(ui, text, (theme::mono(), color), width, style.query);
    let size = galley.size();
    let at = pos2(style.columns.value, rect.center().y - size.y / 2.0);
    ui.painter().galley(at, galley, color);
    if last.retained {
        let at = pos2(style.columns.value + size.x + 12.0, rect.center().y);
        ui.painter().text(
            at,
            Align2::CENTER_CENTER,
            icons::PIN,
            theme::icon_fill(11.0),
            palette.violet,
        );
    }
}

fn numbers_ui(ui: &Ui, rect: Rect, row: &Row, now: Timestamp, columns: Columns) {
    let palette = Palette::of(ui);
    let y = rect.center().y;
    let number = |right: f32, text: String, color: Color32| {
        ui.painter().text(
            pos2(right, y),
            Align2::RIGHT_CENTER,
            text,
            theme::number(),
            color,
        );
    };
    number(
        columns.messages_right,
        format::thousands(row.messages),
        palette.muted,
    );
    if let Some(right) = columns.rate_right.filter(|_| row.rate >= 0.05) {
        number(right, rate(row.rate), palette.muted);
    }
    if let (Some(right), Some(newest)) = (columns.age_right, row.newest) {
        number(right, age(now.since(newest)), palette.faint);
    }
}

/// `0.4`, `18.2`, `812`, `4,051`.
pub fn rate(per_second: f32) -> String {
    if per_second < 99.95 {
        format!("{per_second:.1}")
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive and rounded"
        )]
        format::thousands(per_second.round() as u64)
    }
}

/// The age as the tree shows it: seconds up to ten, then tens of seconds, minutes, hours, days. It stays true while
/// nobody repaints: a quiet window does not wake up every second.
pub fn age(age: std::time::Duration) -> String {
    let seconds = age.as_secs();
    let rounded = if (10..60).contains(&seconds) {
        seconds - seconds % 10
    } else {
        seconds
    };
    format::age(std::time::Duration::from_secs(rounded))
}
