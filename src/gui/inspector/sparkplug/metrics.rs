//! The metrics of a message as a table that can be narrowed down.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align, Label, Layout, RichText, TextEdit, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::super::super::action::Action;
use super::super::super::chart_action::ChartAction;
use super::super::super::context::Context;
use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, field, icon_button, muted};
use super::super::super::words::counted;
use crate::mqtt::Timestamp;
use crate::payload::document::{Path, Step};
use crate::payload::format::{clock, date_clock};
use crate::payload::sparkplug::{MetricRow, Table};

const COLUMNS: [&str; 6] = ["Metric", "Alias", "Type", "Value", "Time", ""];
/// Below this width alias and time are left to the hover.
const ROOM_FOR_ALL: f32 = 520.0;
/// Characters of a name or a value that are shown in its row.
const SHOWN: usize = 400;
/// Characters of a value that the hover shows.
const SHOWN_BY_HOVER: usize = 2_000;

/// UI state of the table.
#[derive(Debug, Default)]
pub struct MetricTable {
    typed: String,
    /// Which rows match what was typed: found once, as values may be long.
    matching: Option<(String, Arc<[usize]>)>,
}

impl MetricTable {
    /// Another table is shown from now on.
    pub fn forget(&mut self) {
        self.matching = None;
    }

    /// Draws it into the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, topic: &str, table: &Table) {
        let shown = self.matching(table);
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.typed).hint_text("Filter metrics");
            field(ui, edit, "Filter metrics", 200.0);
            let all = table.rows.len() as u64;
            let count = counted(all, "metric", "metrics");
            let count = if shown.len() as u64 == all {
                count
            } else {
                format!(
                    "{} of {count}",
                    crate::payload::format::thousands(shown.len() as u64)
                )
            };
            muted(ui, &count);
        });
        let is_wide = ui.available_width() >= ROOM_FOR_ALL;
        let value_width = (ui.available_width() * 0.3).max(100.0);
        let narrow = |width| Column::exact(if is_wide { width } else { 0.0 }).clip(true);
        ui.spacing_mut().item_spacing.y = 0.0;
        TableBuilder::new(ui)
            .auto_shrink([false, false])
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::remainder().at_least(100.0).clip(true))
            .column(narrow(50.0))
            .column(Column::exact(84.0).clip(true))
            .column(Column::exact(value_width).clip(true))
            .column(narrow(96.0))
            .column(Column::exact(26.0))
            .header(theme::ROW_HEIGHT, |mut header| {
                for name in COLUMNS {
                    header.col(|ui| drop(muted(ui, name)));
                }
            })
            .body(|body| {
                body.rows(theme::ROW_HEIGHT, shown.len(), |mut row| {
                    let metric = shown
                        .get(row.index())
                        .and_then(|&at| Some((at, table.rows.get(at)?)));
                    if let Some((place, metric)) = metric {
                        row_ui(&mut row, context, metric, || path_of(topic, table, place));
                    }
                });
            });
    }

    /// Places of the metrics whose name, alias or value contains what was typed.
    fn matching(&mut self, table: &Table) -> Arc<[usize]> {
        let typed = self.typed.trim().to_lowercase();
        if let Some((of, places)) = &self.matching
            && *of == typed
        {
            return Arc::clone(places);
        }
        let places = places_of(table, &typed);
        self.matching = Some((typed, Arc::clone(&places)));
        places
    }
}

/// Places of the metrics whose name, alias or value contains this text in lower case; of all when it is empty.
fn places_of(table: &Table, typed: &str) -> Arc<[usize]> {
    let is_match = |row: &MetricRow| {
        let name = row.name.as_deref().unwrap_or_default();
        let alias = row.alias.map(|it| it.to_string());
        typed.is_empty()
            || name.to_lowercase().contains(typed)
            || row.value.to_lowercase().contains(typed)
            || alias.is_some_and(|it| it == typed)
    };
    let rows = table.rows.iter().enumerate();
    rows.filter(|(_, row)| is_match(row))
        .map(|(at, _)| at)
        .collect()
}

/// The beginning of a text, to be laid out in each frame.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Topic and path of a metric: `metrics`, then its name, counted where it stands several times.
fn path_of(topic: &str, table: &Table, place: usize) -> (String, Path) {
    let key = |row: &MetricRow| match (&row.name, row.alias) {
        (Some(name), _) => name.clone(),
        (None, Some(alias)) => format!("alias {alias}"),
        (None, None) => "without a name".to_owned(),
    };
    let name = table.rows.get(place).map(key).unwrap_or_default();
    let before = table.rows.iter().take(place).filter(|row| key(row) == name);
    let nth = u32::try_from(before.count()).unwrap_or(0);
    let steps = vec![Step::Key("metrics".to_owned(), 0), Step::Key(name, nth)];
    (topic.to_owned(), Path(steps))
}

fn row_ui(
    row: &mut TableRow<'_, '_>,
    context: &Context<'_>,
    metric: &MetricRow,
    path: impl FnOnce() -> (String, Path),
) {
    let name = match (&metric.name, metric.alias) {
        (Some(name), _) => cut(name, SHOWN),
        (None, Some(alias)) => format!("alias {alias}").into(),
        (None, None) => "without a name".into(),
    };
    row.col(|ui| {
        let palette = Palette::of(ui);
        let color = if metric.name.is_some() {
            palette.text
        } else {
            palette.amber
        };
        let text = RichText::new(&*name).font(theme::mono()).color(color);
        ui.add(Label::new(text).truncate())
            .on_hover_text(more(metric, &name, context));
    });
    row.col(|ui| {
        let text = metric
            .alias
            .map_or_else(String::new, |alias| alias.to_string());
        let color = Palette::of(ui).muted;
        ui.label(RichText::new(text).font(theme::number()).color(color));
    });
    row.col(|ui| drop(muted(ui, &metric.kind)));
    row.col(|ui| {
        let palette = Palette::of(ui);
        let color = if metric.value == "null" {
            palette.faint
        } else {
            palette.text
        };
        let text = RichText::new(cut(&metric.value, SHOWN))
            .font(theme::mono())
            .color(color);
        ui.add(Label::new(text).truncate())
            .on_hover_ui(|ui| drop(ui.label(cut(&metric.value, SHOWN_BY_HOVER))));
        if !metric.flags.is_empty() && metric.flags != "null" {
            let text = RichText::new(&metric.flags).font(theme::caption());
            ui.label(text.color(palette.amber));
        }
    });
    row.col(|ui| {
        let text = time(metric).map_or_else(String::new, |at| clock(at, context.zone));
        let color = Palette::of(ui).muted;
        ui.label(RichText::new(text).font(theme::number()).color(color));
    });
    row.col(|ui| {
        let is_short = metric.value.len() <= SHOWN;
        let is_number = is_short && metric.value.parse::<f64>().is_ok_and(f64::is_finite);
        let is_drawn = is_number || matches!(metric.value.as_str(), "true" | "false");
        if is_drawn {
            let label = format!("Chart {name}");
            if icon_button(ui, icons::CHART_LINE, &label, Look::Quiet).clicked() {
                let (topic, path) = path();
                context.ask(Action::Chart(ChartAction::Add { topic, path }));
            }
        }
    });
}

/// Everything about a metric, for the hover.
fn more(metric: &MetricRow, name: &str, context: &Context<'_>) -> String {
    let mut text = format!("{name}\n{}", metric.kind);
    if let Some(alias) = metric.alias {
        text.extend([format!(", alias {alias}")]);
    }
    if let Some(at) = time(metric) {
        text.extend([format!("\n{}", date_clock(at, context.zone))]);
    }
    if !metric.flags.is_empty() {
        text.extend([format!("\n{}", metric.flags)]);
    }
    text
}

fn time(metric: &MetricRow) -> Option<Timestamp> {
    let micros = i64::try_from(metric.timestamp?).ok()?.checked_mul(1_000)?;
    Some(Timestamp::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, alias: u64, value: &str) -> MetricRow {
        MetricRow {
            name: Some(name.to_owned()),
            alias: Some(alias),
            kind: "String".to_owned(),
            value: value.to_owned(),
            timestamp: None,
            flags: String::new(),
            id: None,
        }
    }

    #[test]
    fn rows_are_matched_once_for_a_table_and_a_text() {
        let table = Table {
            rows: vec![
                row("Temp", 1, "21.4"),
                row("Mode", 2, "Eco"),
                row("Door", 12, "open"),
            ],
            unnamed: 0,
        };
        let mut shown = MetricTable::default();
        assert_eq!(*shown.matching(&table), [0, 1, 2]);
        shown.typed = " ECO".to_owned();
        let found = shown.matching(&table);
        assert_eq!(*found, [1]);
        assert!(Arc::ptr_eq(&found, &shown.matching(&table)));
        let next = Table {
            rows: vec![row("Eco", 1, "")],
            unnamed: 0,
        };
        shown.forget();
        assert_eq!(*shown.matching(&next), [0]);
        shown.typed = "12".to_owned();
        assert_eq!(*shown.matching(&table), [2]);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(
            cut(&"x".repeat(1_000_000), SHOWN).chars().count(),
            SHOWN + 1
        );
    }
}
