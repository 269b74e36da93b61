//! The table of the traffic: rows are virtual, and stand still under the pointer.

use egui::{
    Align2, Color32, CornerRadius, FontId, Rangef, Rect, Response, Role, ScrollArea, Sense, Stroke,
    Ui, WidgetInfo, pos2, vec2,
};

use crate::model::NodeId;
use crate::model::traffic::{Row, Table, Tally};
use crate::payload::format;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::traffic_action::TrafficAction;
use super::super::widgets::{galley, galley_within, scroll_keys, virtual_rows};
use super::columns::{Cell, Column, Order, cells};
use super::watch::Wants;
use super::words;

/// UI state of the table.
#[derive(Debug, Default)]
pub struct TableView {
    /// Whether the pointer or the keyboard is on a row: then none may move.
    is_held: bool,
}

/// A line of the table.
struct Line<'a> {
    name: String,
    tally: Tally,
    /// Whether it is a part of the sums.
    has_share: bool,
    row: Option<&'a Row>,
}

impl TableView {
    /// The rows that must stay where they are.
    pub fn held(&self, table: &Table) -> Vec<NodeId> {
        let rows = table.rows.iter().filter(|_| self.is_held);
        rows.map(|row| row.node).collect()
    }

    /// Draws headings and rows. Returns the order that was asked for.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        (table, answered): (&Table, &Wants),
    ) -> Option<Order> {
        let range = ui.available_rect_before_wrap().x_range();
        let cells = cells(Rangef::new(range.min, range.max - 10.0));
        ui.spacing_mut().item_spacing.y = 2.0;
        let order = headings_ui(ui, &cells, answered.order);
        let rests = words::rests(table, answered.level, answered.search.trim());
        let total = table.rows.len() + rests.len();
        let area = ui.available_rect_before_wrap();
        let keys = scroll_keys(ui, area, (Role::List, "Traffic"), theme::ROW_HEIGHT);
        let scroll = ScrollArea::vertical().id_salt("traffic");
        let mut has_focus = false;
        virtual_rows(ui, scroll, theme::ROW_HEIGHT, total, |ui, rows, place| {
            ui.scroll_with_delta(keys);
            for index in rows {
                let line = match table.rows.get(index) {
                    Some(row) => of_row(row, table),
                    None => match rests.get(index - table.rows.len()) {
                        Some((name, rest, has_share)) => Line {
                            name: name.clone(),
                            tally: rest.tally,
                            has_share: *has_share,
                            row: None,
                        },
                        None => continue,
                    },
                };
                let response = line_ui(ui, (&line, table), (place.row(index), &cells), session);
                has_focus |= response.has_focus();
                if let Some(row) = line.row {
                    clicks_ui(context, &response, row, &line.name);
                }
            }
        });
        let is_over = ui.rect_contains_pointer(area);
        self.is_held = is_over || has_focus || egui::Popup::is_any_open(ui.ctx()) && self.is_held;
        order
    }
}

fn of_row<'a>(row: &'a Row, table: &Table) -> Line<'a> {
    Line {
        name: words::name(row),
        tally: row.tally,
        has_share: !row.path.starts_with('$') || table.reserved.rows == 0,
        row: Some(row),
    }
}

/// The headings; a click on one asks for another order.
fn headings_ui(ui: &mut Ui, cells: &[Cell], order: Order) -> Option<Order> {
    let palette = Palette::of(ui);
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let mut clicked = None;
    for cell in cells {
        let is_sorted = cell.column == order.column;
        let color = if is_sorted {
            palette.text
        } else {
            palette.muted
        };
        let title = if cell.column == Column::Name {
            "Topic"
        } else {
            cell.title
        };
        let area = Rect::from_x_y_ranges(cell.range, head.y_range()).shrink2(vec2(4.0, 0.0));
        let text = galley(ui, title, theme::label(), color);
        let align = align_of(cell.column);
        let text_rect = align.align_size_within_rect(text.size(), area);
        ui.painter().galley(text_rect.min, text, color);
        if is_sorted {
            let icon = if order.is_reversed {
                icons::ARROW_UP
            } else {
                icons::ARROW_DOWN
            };
            let (at, anchor) = match cell.column {
                Column::Name => (
                    text_rect.right_center() + vec2(3.0, 0.0),
                    Align2::LEFT_CENTER,
                ),
                _ => (
                    text_rect.left_center() - vec2(3.0, 0.0),
                    Align2::RIGHT_CENTER,
                ),
            };
            ui.painter()
                .text(at, anchor, icon, theme::icon(10.0), color);
        }
        let response = ui.interact(area, ui.scope_id().with(cell.spoken), Sense::click());
        response.widget_info(|| {
            let label = format!("Sort the traffic by {}", cell.spoken);
            WidgetInfo::selected(Role::Button, true, is_sorted, label)
        });
        focus_ring(ui, &response);
        if response.on_hover_text(cell.column.tip()).clicked() {
            clicked = Some(order.clicked(cell.column));
        }
    }
    let line = Stroke::new(1.0, palette.line);
    ui.painter().hline(head.x_range(), head.bottom(), line);
    clicked
}

fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let line = Stroke::new(1.5, Palette::of(ui).accent);
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter()
            .rect_stroke(response.rect, radius, line, egui::StrokeKind::Inside);
    }
}

fn align_of(column: Column) -> Align2 {
    match column {
        Column::Name => Align2::LEFT_CENTER,
        _ => Align2::RIGHT_CENTER,
    }
}

fn line_ui(
    ui: &mut Ui,
    (line, table): (&Line<'_>, &Table),
    (rect, cells): (Rect, &[Cell]),
    session: &Session,
) -> Response {
    let palette = Palette::of(ui);
    let id = match line.row {
        Some(row) => ui.scope_id().with(("traffic of", row.node)),
        None => ui.scope_id().with(("traffic of", &line.name)),
    };
    let sense = if line.row.is_some() {
        Sense::CLICK
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, id, sense);
    let spoken = || words::spoken(&line.name, line.tally, (table, line.has_share));
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, spoken()));
    let is_selected = line
        .row
        .is_some_and(|row| session.selected == Some(row.node));
    let fill = if is_selected {
        palette.selection
    } else if line.row.is_some() && response.hovered() || response.context_menu_opened() {
        palette.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    focus_ring(ui, &response);
    for cell in cells {
        cell_ui(ui, (line, table), (rect, cell), is_selected);
    }
    response
}

fn cell_ui(
    ui: &Ui,
    (line, table): (&Line<'_>, &Table),
    (row, cell): (Rect, &Cell),
    is_selected: bool,
) {
    let palette = Palette::of(ui);
    let tally = line.tally;
    let (messages, bytes) = (table.total.messages, table.total.bytes);
    let (text, part) = match cell.column {
        Column::Name => (line.name.clone(), None),
        Column::Messages => (format::thousands(tally.messages), None),
        Column::MessageRate => (words::message_rate(tally.messages, table), None),
        Column::MessageShare => (
            words::percent(tally.messages, messages),
            Some((tally.messages, messages)),
        ),
        Column::Bytes => (format::format_bytes(tally.bytes), None),
        Column::ByteRate => (words::byte_rate(tally.bytes, table), None),
        Column::ByteShare => (
            words::percent(tally.bytes, bytes),
            Some((tally.bytes, bytes)),
        ),
    };
    let area = Rect::from_x_y_ranges(cell.range, row.y_range()).shrink2(vec2(4.0, 0.0));
    if let Some((part, whole)) = part {
        if !line.has_share {
            return paint(ui, area, "—", (theme::number(), palette.faint), cell.column);
        }
        share_ui(ui, area, words::share(part, whole));
    }
    let (font, color) = match cell.column {
        Column::Name if is_selected => (theme::strong(), palette.accent),
        Column::Name if line.row.is_none() => (theme::body(), palette.muted),
        Column::Name => (theme::mono(), palette.text),
        Column::Messages | Column::Bytes => (theme::number(), palette.muted),
        _ => (theme::number(), palette.text),
    };
    paint(ui, area, &text, (font, color), cell.column);
}

/// A bar behind a share.
fn share_ui(ui: &Ui, area: Rect, share: f64) {
    let palette = Palette::of(ui);
    #[expect(clippy::cast_possible_truncation, reason = "a width in points")]
    let width = area.width() * share.clamp(0.0, 1.0) as f32;
    let bar = Rect::from_min_max(
        pos2(area.left(), area.top() + 3.0),
        pos2(area.left() + width, area.bottom() - 3.0),
    );
    let fill = palette.tint(palette.blue, 0.22);
    ui.painter().rect_filled(bar, CornerRadius::same(2), fill);
}

fn paint(ui: &Ui, area: Rect, text: &str, (font, color): (FontId, Color32), column: Column) {
    let text = galley_within(ui, text, font, color, area.width());
    let at = align_of(column)
        .align_size_within_rect(text.size(), area)
        .min;
    ui.painter().galley(at, text, color);
}

/// A click selects in the tree; the menu copies.
fn clicks_ui(context: &Context<'_>, response: &Response, row: &Row, name: &str) {
    if response.clicked() {
        context.ask(Action::Traffic(TrafficAction::Select(row.node)));
    }
    response.context_menu(|ui| {
        if ui.button("Select in the tree").clicked() {
            context.ask(Action::Traffic(TrafficAction::Select(row.node)));
        }
        if ui.button("Show only this in the tree").clicked() {
            context.ask(Action::Filter(name.to_owned()));
        }
        if ui.button("Copy topic").clicked() {
            context.copy(row.path.as_str(), "Topic");
        }
    });
}
