//! One row of the tree, painted: caret, name, how much is below, value, pin, numbers. Texts come out of [`Cells`], keyed
//! by what they say, so that a row which shows what was shown before is neither written nor laid out again.

use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Rect, Response, Role, Sense, Ui, WidgetInfo,
    pos2, text::LayoutJob, text::TextFormat, vec2,
};

use crate::model::{LastValue, Query, Row};
use crate::mqtt::Timestamp;
use crate::payload::{self, format};
use crate::profile::ProfileColor;

use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::traffic::SharesShown;
use super::Columns;
use super::cells::Cells;
use super::share_bar::share_bar;
use super::sparkline::{self, Heights};

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
    /// Whether any menu is open, perhaps that of this row.
    pub has_menu: bool,
    /// The line behind its value.
    pub spark: Option<Heights>,
    /// What to highlight.
    pub query: Option<&'a Query>,
    /// What the row shows of the traffic.
    pub shares: Option<&'a SharesShown>,
}

/// What a cell shows, and in which style: the key of its text.
#[derive(Hash)]
enum Text<'a> {
    Icon(&'static str),
    Pin,
    Name(&'a str, bool),
    Below(u32, bool),
    Value(&'a [u8]),
    Preview(&'a str),
    Count(u64),
    Rate(&'a str),
    Age(std::time::Duration),
}

/// Characters of a value that are laid out.
const VALUE_CHARS: usize = 120;
/// Middle of the colour of a subscription, from the left.
const MARK_X: f32 = 7.0;
/// Up to this many bytes a value is known by its bytes, beyond by what shows of it.
const SHORT_VALUE: usize = 512;

/// Middle of the caret of a row at this depth.
pub fn caret_x(rect: Rect, depth: u32) -> f32 {
    rect.left() + 18.0 + indent(rect, depth)
}

/// Deep levels stop moving right before they leave the topic column.
fn indent(rect: Rect, depth: u32) -> f32 {
    (depth as f32 * theme::INDENT).min(rect.width() * 0.2)
}

/// Paints a row and returns how the pointer touches it.
pub fn row_ui(
    ui: &mut Ui,
    cells: &mut Cells,
    rect: Rect,
    (row, now): (&Row, Timestamp),
    style: &Style<'_>,
) -> Response {
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
    share_ui(ui, rect, response.id, (row, style));
    mark_ui(ui, rect, row);
    let name_x = caret_x(rect, row.depth) + 12.0;
    if let Some(open) = row.open {
        let icon = if open {
            icons::CARET_DOWN
        } else {
            icons::CARET_RIGHT
        };
        let center = pos2(caret_x(rect, row.depth), rect.center().y);
        let galley = cells.text((Text::Icon(icon), palette.muted), || {
            plain(ui, icon.to_owned(), theme::icon(11.0), palette.muted)
        });
        paint(ui, galley, center, Align2::CENTER_CENTER);
    }
    let name_right = name_ui(ui, cells, rect, (name_x, row), style);
    below_ui(ui, cells, rect, (name_right, row), style);
    if let Some(last) = &row.last {
        value_ui(ui, cells, rect, last, style);
    }
    numbers_ui(ui, cells, rect, (row, now), style.columns);
    response
}

/// The row's share of the traffic, while that is shown.
fn share_ui(ui: &Ui, rect: Rect, id: egui::Id, (row, style): (&Row, &Style<'_>)) {
    let Some((share, spoken)) = style.shares.and_then(|shares| shares.of(row.node)) else {
        return;
    };
    share_bar(ui, rect, style.columns.value - 12.0, share);
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_description(spoken));
}

/// The colour of the first coloured subscription that brings this topic.
fn mark_ui(ui: &Ui, rect: Rect, row: &Row) {
    let color = row
        .mark
        .and_then(|mark| ProfileColor::ALL.get(usize::from(mark)));
    if let Some(color) = color {
        let fill = theme::profile_color(*color, Palette::of(ui));
        let center = pos2(rect.left() + MARK_X, rect.center().y);
        ui.painter().circle_filled(center, 2.5, fill);
    }
}

/// One line of text, as wide as it is.
fn plain(ui: &Ui, text: String, font: FontId, color: Color32) -> Arc<Galley> {
    ui.painter().layout_no_wrap(text, font, color)
}

/// Paints a text whose colour is its own.
fn paint(ui: &Ui, galley: Arc<Galley>, at: egui::Pos2, anchor: Align2) {
    let area = anchor.anchor_size(at, galley.size());
    ui.painter().galley(area.min, galley, Color32::PLACEHOLDER);
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
        fill = palette.tint(palette.blue, 0.13 * style.glow);
    } else if response.hovered() || style.has_menu && response.context_menu_opened() {
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
) -> Arc<Galley> {
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
fn name_ui(
    ui: &Ui,
    cells: &mut Cells,
    rect: Rect,
    (x, row): (f32, &Row),
    style: &Style<'_>,
) -> f32 {
    let palette = Palette::of(ui);
    let color = match row {
        _ if style.is_selected => palette.accent,
        row if row.name.is_empty() => palette.faint,
        _ => palette.text,
    };
    let name = shown_name(&row.name);
    let width = style.columns.value - x - 8.0;
    let text = Text::Name(name, style.is_selected);
    let galley = cells.text((text, color, known(width, style)), || {
        let font = if style.is_selected {
            theme::strong()
        } else {
            theme::body()
        };
        // a name of thousands of characters is cut before it is laid out
        let name: String = name.chars().take(200).collect();
        line(ui, &name, (font, color), width, style.query)
    });
    let right = x + galley.size().x;
    paint(ui, galley, pos2(x, rect.center().y), Align2::LEFT_CENTER);
    right
}

/// What the text of a cell depends on besides itself.
fn known<'a>(width: f32, style: &Style<'a>) -> (u32, Option<&'a str>) {
    (width.to_bits(), style.query.map(Query::text))
}

/// Paints how much a branch holds, if there is room beside its name.
fn below_ui(
    ui: &Ui,
    cells: &mut Cells,
    rect: Rect,
    (name_right, row): (f32, &Row),
    style: &Style<'_>,
) {
    let is_closed = row.open == Some(false);
    let is_root = row.depth == 0 && row.open.is_some();
    if !is_closed && !is_root {
        return;
    }
    let palette = Palette::of(ui);
    let is_reserved = row.depth == 0 && row.name.starts_with('$');
    let text = Text::Below(row.topics, is_reserved);
    let galley = cells.text((text, palette.faint), || {
        let topics = format::thousands(u64::from(row.topics));
        let unit = if row.topics == 1 { "topic" } else { "topics" };
        let reserved = if is_reserved { "reserved · " } else { "" };
        let text = format!("{reserved}{topics} {unit}");
        plain(ui, text, theme::caption(), palette.faint)
    });
    let limit = if row.last.is_some() {
        style.columns.value
    } else {
        style.columns.messages
    };
    if name_right + 8.0 + galley.size().x < limit - 8.0 {
        let at = pos2(name_right + 8.0, rect.center().y);
        paint(ui, galley, at, Align2::LEFT_CENTER);
    }
}

fn value_ui(ui: &Ui, cells: &mut Cells, rect: Rect, last: &LastValue, style: &Style<'_>) {
    let palette = Palette::of(ui);
    let pin_width = if last.retained { 18.0 } else { 0.0 };
    let width = style.columns.messages - style.columns.value - 8.0 - pin_width;
    if width < 16.0 {
        return;
    }
    let galley = value_galley(ui, cells, &last.payload, width, style);
    let y = rect.center().y;
    let right = style.columns.value + galley.size().x;
    let at = pos2(style.columns.value, y);
    paint(ui, galley, at, Align2::LEFT_CENTER);
    if last.retained {
        let pin = cells.text((Text::Pin, palette.violet), || {
            let font = theme::icon_fill(11.0);
            plain(ui, icons::PIN.to_owned(), font, palette.violet)
        });
        paint(ui, pin, pos2(right + 12.0, y), Align2::CENTER_CENTER);
    }
    if let Some(heights) = &style.spark {
        let limit = style.columns.messages - 8.0;
        let room = (style.columns.value, right + pin_width, limit);
        sparkline::paint(ui, rect, room, heights);
    }
}

fn value_galley(
    ui: &Ui,
    cells: &mut Cells,
    payload: &[u8],
    width: f32,
    style: &Style<'_>,
) -> Arc<Galley> {
    let palette = Palette::of(ui);
    let known = known(width, style);
    let lay_out =
        |text: &str, color: Color32| line(ui, text, (theme::mono(), color), width, style.query);
    let preview = || payload::preview(payload, VALUE_CHARS);
    if payload.is_empty() {
        let key = (Text::Value(payload), palette.faint, known);
        return cells.text(key, || lay_out("(empty)", palette.faint));
    }
    if payload.len() <= SHORT_VALUE {
        let key = (Text::Value(payload), palette.muted, known);
        return cells.text(key, || lay_out(&preview(), palette.muted));
    }
    let shown = preview();
    let key = (Text::Preview(&shown), palette.muted, known);
    cells.text(key, || lay_out(&shown, palette.muted))
}

fn numbers_ui(
    ui: &Ui,
    cells: &mut Cells,
    rect: Rect,
    (row, now): (&Row, Timestamp),
    columns: Columns,
) {
    let palette = Palette::of(ui);
    let y = rect.center().y;
    let mut number = |right: f32, key: Text<'_>, text: &dyn Fn() -> String, color: Color32| {
        let galley = cells.text((key, color), || plain(ui, text(), theme::number(), color));
        paint(ui, galley, pos2(right, y), Align2::RIGHT_CENTER);
    };
    let count = || format::thousands(row.messages);
    let key = Text::Count(row.messages);
    number(columns.messages_right, key, &count, palette.muted);
    if let Some(right) = columns.rate_right.filter(|_| row.rate >= 0.05) {
        let shown = rate(row.rate);
        let key = Text::Rate(&shown);
        number(right, key, &|| shown.clone(), palette.muted);
    }
    if let (Some(right), Some(newest)) = (columns.age_right, row.newest) {
        let shown = rounded(now.since(newest));
        let age = || format::age(shown);
        number(right, Text::Age(shown), &age, palette.faint);
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

/// Seconds after which an age of so many seconds reads differently: it is shown in seconds up to ten, then in tens of
/// seconds, minutes, hours. It stays true while nobody repaints: a quiet window does not wake up every second.
pub fn age_step(seconds: u64) -> u64 {
    match seconds {
        0..10 => 1,
        10..60 => 10,
        60..3_600 => 60,
        _ => 3_600,
    }
}

/// The age as the tree shows it.
fn rounded(age: std::time::Duration) -> std::time::Duration {
    let seconds = age.as_secs();
    std::time::Duration::from_secs(seconds - seconds % age_step(seconds))
}
