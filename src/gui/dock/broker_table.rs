//! The table of connected clients. Columns go as the room shrinks; rows are virtual.

use egui::{
    Align2, Color32, FontId, Rangef, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use crate::broker::ClientInfo;
use crate::payload::format;

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, badge, galley_within, icon_button, virtual_rows};
use super::broker::Shown;

/// Subscriptions that a tooltip lists.
const LISTED: usize = 20;
/// The least room for the client's id.
const LEAST_ID: f32 = 90.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Client,
    Address,
    Protocol,
    Received,
    Sent,
    Subscriptions,
    Since,
    Marks,
    Cross,
}

/// Column, title, width, whether it is a number.
const COLUMNS: [(Column, &str, f32, bool); 9] = [
    (Column::Client, "Client", 0.0, false),
    (Column::Address, "Address", 130.0, false),
    (Column::Protocol, "Protocol", 80.0, false),
    (Column::Received, "Received", 98.0, true),
    (Column::Sent, "Sent", 90.0, true),
    (Column::Subscriptions, "Subs", 44.0, true),
    (Column::Since, "For", 70.0, true),
    (Column::Marks, "", 78.0, false),
    (Column::Cross, "", 28.0, false),
];

/// Which columns go first when there is no room.
const LEAST_WANTED: [Column; 6] = [
    Column::Subscriptions,
    Column::Protocol,
    Column::Address,
    Column::Since,
    Column::Marks,
    Column::Sent,
];

/// A column in its place.
struct Cell {
    column: Column,
    title: &'static str,
    range: Rangef,
    is_number: bool,
}

/// The columns that have room in `range`, from left to right; the client's id takes what is left.
fn cells(range: Rangef) -> Vec<Cell> {
    let mut gone: Vec<Column> = Vec::new();
    let fixed = |gone: &[Column]| -> f32 {
        let shown = COLUMNS.iter().filter(|(column, ..)| !gone.contains(column));
        shown.map(|(_, _, width, _)| width).sum()
    };
    for column in LEAST_WANTED {
        if fixed(&gone) + LEAST_ID > range.span() {
            gone.push(column);
        }
    }
    let id_width = (range.span() - fixed(&gone)).clamp(LEAST_ID, 340.0);
    let spare = (range.span() - fixed(&gone) - id_width).max(0.0);
    let mut left = range.min;
    let mut cells = Vec::new();
    for (column, title, width, is_number) in COLUMNS
        .into_iter()
        .filter(|(column, ..)| !gone.contains(column))
    {
        let width = match column {
            Column::Client => id_width,
            Column::Marks => width + spare,
            _ => width,
        };
        cells.push(Cell {
            column,
            title,
            range: Rangef::new(left, left + width),
            is_number,
        });
        left += width;
    }
    cells
}

/// Draws titles and rows.
pub fn table_ui(ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
    let palette = Palette::of(ui);
    let range = ui.available_rect_before_wrap().x_range();
    let cells = cells(Rangef::new(range.min, range.max - 10.0));
    ui.spacing_mut().item_spacing.y = 2.0;
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    for cell in &cells {
        paint(ui, cell, head, cell.title, (theme::label(), palette.muted));
    }
    let scroll = ScrollArea::vertical().id_salt("clients");
    virtual_rows(
        ui,
        scroll,
        theme::ROW_HEIGHT,
        shown.clients.len(),
        |ui, rows, place| {
            for row in rows {
                if let Some(client) = shown.clients.get(row) {
                    let is_own = shown.own_id == Some(client.client_id.as_str());
                    row_ui(ui, context, client, is_own, (place.row(row), &cells));
                }
            }
        },
    );
}

fn paint(ui: &Ui, cell: &Cell, row: Rect, text: &str, (font, color): (FontId, Color32)) {
    let area = Rect::from_x_y_ranges(cell.range, row.y_range()).shrink2(vec2(4.0, 0.0));
    let text = galley_within(ui, text, font, color, area.width());
    let align = if cell.is_number {
        Align2::RIGHT_CENTER
    } else {
        Align2::LEFT_CENTER
    };
    let at = align.align_size_within_rect(text.size(), area).min;
    ui.painter().galley(at, text, color);
}

fn row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    client: &ClientInfo,
    is_own: bool,
    (rect, cells): (Rect, &[Cell]),
) {
    let palette = Palette::of(ui);
    let id = ui.scope_id().with(("client", &client.client_id));
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, spoken(client)));
    if response.hovered() || response.context_menu_opened() {
        ui.painter().rect_filled(rect, theme::RADIUS, palette.hover);
    }
    for cell in cells {
        match cell.column {
            Column::Marks => marks_ui(ui, cell, rect, client, is_own),
            Column::Cross => cross_ui(ui, context, cell, rect, client),
            _ => {
                let (text, font, color) = text_of(context, client, cell.column, palette);
                paint(ui, cell, rect, &text, (font, color));
            }
        }
    }
    response.context_menu(|ui| menu_ui(ui, context, client));
    response.on_hover_ui(|ui| {
        ui.label(tip(client));
    });
}

fn text_of(
    context: &Context<'_>,
    client: &ClientInfo,
    column: Column,
    palette: &Palette,
) -> (String, FontId, Color32) {
    let unknown = || "—".to_owned();
    match column {
        Column::Client => (client.client_id.clone(), theme::strong(), palette.text),
        Column::Address => {
            let address = client
                .address
                .map_or_else(unknown, |address| address.to_string());
            (address, theme::mono(), palette.text)
        }
        Column::Protocol => {
            let version = client
                .version
                .map_or_else(unknown, |version| version.to_string());
            (version, theme::body(), palette.muted)
        }
        // seen from the client: what goes out of the broker is what it receives
        Column::Received => {
            let count = format::thousands(client.messages_out);
            (format!("{count} ↓"), theme::number(), palette.text)
        }
        Column::Sent => {
            let count = format::thousands(client.messages_in);
            (format!("{count} ↑"), theme::number(), palette.text)
        }
        Column::Subscriptions => (
            client.subscriptions.len().to_string(),
            theme::number(),
            palette.text,
        ),
        Column::Since => (
            format::uptime(context.now.since(client.since)),
            theme::number(),
            palette.text,
        ),
        Column::Marks | Column::Cross => (String::new(), theme::body(), palette.text),
    }
}

fn marks_ui(ui: &mut Ui, cell: &Cell, row: Rect, client: &ClientInfo, is_own: bool) {
    let palette = Palette::of(ui);
    let area = Rect::from_min_max(
        pos2(cell.range.min + 8.0, row.top() + 4.0),
        pos2(cell.range.max, row.bottom()),
    );
    let id = ui.scope_id().with(("marks", &client.client_id));
    let mut ui = ui.new_child(
        UiBuilder::new()
            .scope_id(id)
            .max_rect(area)
            .layout(egui::Layout::left_to_right(egui::Align::Min)),
    );
    ui.spacing_mut().item_spacing.x = 4.0;
    if is_own {
        badge(&mut ui, None, "you", palette.blue).on_hover_text("This window's own connection");
    }
    if let Some(topic) = &client.will_topic {
        badge(&mut ui, None, "will", palette.violet).on_hover_text(format!("Last will on {topic}"));
    }
}

fn cross_ui(ui: &mut Ui, context: &Context<'_>, cell: &Cell, row: Rect, client: &ClientInfo) {
    let center = pos2(cell.range.center(), row.center().y);
    let area = Rect::from_center_size(center, vec2(22.0, 22.0));
    let id = ui.scope_id().with(("disconnect", &client.client_id));
    let mut ui = ui.new_child(UiBuilder::new().scope_id(id).max_rect(area));
    let label = format!("Disconnect {}", client.client_id);
    let response = icon_button(&mut ui, icons::X, &label, Look::Quiet);
    if response.gained_focus() {
        // brings the next rows into being, so that the keyboard reaches every client
        ui.scroll_to_rect(row.expand2(vec2(0.0, row.height())), None);
    }
    if response.clicked() {
        context.ask(Action::DisconnectClient(client.client_id.clone()));
    }
}

fn menu_ui(ui: &mut Ui, context: &Context<'_>, client: &ClientInfo) {
    if ui.button("Copy client ID").clicked() {
        context.copy(client.client_id.as_str(), "Client ID");
    }
    if let Some(address) = client.address
        && ui.button("Copy address").clicked()
    {
        context.copy(address.to_string(), "Address");
    }
    if !client.subscriptions.is_empty() && ui.button("Copy subscriptions").clicked() {
        context.copy(client.subscriptions.join("\n"), "Subscriptions");
    }
    ui.separator();
    if ui.button("Disconnect").clicked() {
        context.ask(Action::DisconnectClient(client.client_id.clone()));
    }
}

fn spoken(client: &ClientInfo) -> String {
    let mut text = client.client_id.clone();
    if let Some(version) = client.version {
        text = format!("{text}, {version}");
    }
    let (received, sent) = (client.messages_out, client.messages_in);
    format!("{text}, received {received}, sent {sent}")
}

fn tip(client: &ClientInfo) -> String {
    let mut lines = vec![client.client_id.clone()];
    lines.extend(
        client
            .will_topic
            .iter()
            .map(|topic| format!("Last will on {topic}")),
    );
    let count = client.subscriptions.len();
    lines.push(match count {
        0 => "No subscriptions".to_owned(),
        _ => format!("{} subscriptions:", format::thousands(count as u64)),
    });
    lines.extend(client.subscriptions.iter().take(LISTED).cloned());
    if count > LISTED {
        lines.push(format!(
            "and {} more",
            format::thousands((count - LISTED) as u64)
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn columns_go_as_the_room_shrinks_and_never_overlap() {
        for width in [240_u16, 356, 420, 560, 800, 1400] {
            let width = f32::from(width);
            let cells = cells(Rangef::new(0.0, width));
            for pair in cells.windows(2) {
                assert!(pair[0].range.max <= pair[1].range.min + 0.01);
            }
            let last = cells.last().unwrap();
            assert_eq!(last.column, Column::Cross);
            assert!(last.range.max <= width, "{width}");
        }
        assert_eq!(cells(Rangef::new(0.0, 1400.0)).len(), COLUMNS.len());
    }
}
