//! The log: what happened, newest last.

use egui::{
    Align2, Button, Color32, Popup, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::payload::format;

use super::super::action::{Action, Level};
use super::super::context::Context;
use super::super::icons;
use super::super::log::{Line, Log};
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, field, galley_within, icon_button, muted, scroll_keys, segmented, virtual_rows,
};

/// Where the columns of a line begin, counted from its left end.
const ICON_AT: f32 = 98.0;
const SOURCE_AT: f32 = 120.0;
const TEXT_AT: f32 = 240.0;
/// Room from which the levels are segments instead of a menu.
const LEVELS_FROM: f32 = 300.0;
/// Below this width a line goes without its source.
const SOURCE_WIDTH: f32 = 560.0;

/// Which lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum LevelFilter {
    #[default]
    All,
    Warnings,
    Errors,
}

impl LevelFilter {
    fn lets_through(self, level: Level) -> bool {
        match self {
            Self::All => true,
            Self::Warnings => matches!(level, Level::Warning | Level::Error),
            Self::Errors => level == Level::Error,
        }
    }
}

/// UI state of this view.
#[derive(Debug, Default)]
pub struct LogPanel {
    search: String,
    level: LevelFilter,
    found: Found,
}

/// The lines that pass the filters, kept until the log or a filter changes.
#[derive(Debug, Default)]
struct Found {
    key: (u64, String, LevelFilter),
    lines: Vec<usize>,
}

impl LogPanel {
    /// On the right of the strip, from right to left: clear, copy, find, levels.
    pub fn controls_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if icon_button(ui, icons::TRASH, "Clear the log", Look::Quiet).clicked() {
            context.ask(Action::ClearLog);
        }
        if icon_button(ui, icons::COPY, "Copy the lines shown", Look::Quiet).clicked() {
            self.refresh(context.log);
            context.copy(self.as_text(context), "Log");
        }
        let options = [
            (LevelFilter::All, "All"),
            (LevelFilter::Warnings, "Warnings"),
            (LevelFilter::Errors, "Errors"),
        ];
        if ui.available_width() > LEVELS_FROM {
            segmented(ui, "Log level", &mut self.level, &options);
        } else {
            self.level_menu(ui, &options);
        }
        let room = ui.available_width();
        if room > 90.0 {
            let icon = RichText::new(icons::SEARCH)
                .font(theme::icon(14.0))
                .color(Palette::of(ui).muted);
            let edit = TextEdit::singleline(&mut self.search)
                .hint_text("Find")
                .prefix(icon);
            field(ui, edit, "Find in the log", room.min(200.0));
        }
    }

    /// The levels where segments have no room.
    fn level_menu(&mut self, ui: &mut Ui, options: &[(LevelFilter, &str)]) {
        let look = if self.level == LevelFilter::All {
            Look::Quiet
        } else {
            Look::Plain
        };
        let open = icon_button(ui, icons::SLIDERS, "Which lines are shown", look);
        Popup::menu(&open).show(|ui| {
            for (level, text) in options {
                let is_chosen = *level == self.level;
                if ui.add(Button::selectable(is_chosen, *text)).clicked() {
                    self.level = *level;
                }
            }
        });
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.refresh(context.log);
        ui.spacing_mut().item_spacing.y = 0.0;
        let left_out = context.log.left_out();
        if left_out > 0 {
            muted(
                ui,
                &format!("{} older lines left out", format::thousands(left_out)),
            );
        }
        if self.found.lines.is_empty() {
            ui.add_space(theme::SPACE[1]);
            let is_empty = context.log.lines().is_empty();
            muted(
                ui,
                if is_empty {
                    "Nothing has happened yet"
                } else {
                    "No line passes the filter"
                },
            );
            return;
        }
        let area = ui.available_rect_before_wrap();
        let row_height = theme::ROW_HEIGHT - 2.0;
        let keys = scroll_keys(ui, area, (Role::List, "Lines of the log"), row_height);
        let scroll = ScrollArea::vertical().id_salt("log").stick_to_bottom(true);
        virtual_rows(
            ui,
            scroll,
            row_height,
            self.found.lines.len(),
            |ui, rows, place| {
                ui.scroll_with_delta(keys);
                for row in rows {
                    let line = self
                        .found
                        .lines
                        .get(row)
                        .and_then(|&index| context.log.lines().get(index));
                    if let Some(line) = line {
                        line_ui(ui, context, line, (row, place.row(row)));
                    }
                }
            },
        );
    }

    fn refresh(&mut self, log: &Log) {
        let total = log.left_out() + log.lines().len() as u64;
        let key = (total, self.search.clone(), self.level);
        if self.found.key == key && !self.found.lines.is_empty() {
            return;
        }
        let needle = self.search.trim().to_lowercase();
        let passes = |line: &Line| {
            self.level.lets_through(line.level)
                && (needle.is_empty()
                    || line.text.to_lowercase().contains(&needle)
                    || line.source.to_lowercase().contains(&needle))
        };
        let lines = log
            .lines()
            .iter()
            .enumerate()
            .filter(|(_, line)| passes(line));
        self.found = Found {
            lines: lines.map(|(index, _)| index).collect(),
            key,
        };
    }

    fn as_text(&self, context: &Context<'_>) -> String {
        let lines = self
            .found
            .lines
            .iter()
            .filter_map(|&index| context.log.lines().get(index));
        lines.map(|line| plain(context, line) + "\n").collect()
    }
}

fn plain(context: &Context<'_>, line: &Line) -> String {
    let level = match line.level {
        Level::Info => "info",
        Level::Success => "ok",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    format!(
        "{} {level} {}: {}",
        format::clock(line.at, context.zone),
        line.source,
        line.text
    )
}

fn look(palette: &Palette, level: Level) -> (&'static str, Color32, Color32) {
    match level {
        Level::Info => (icons::INFO, palette.blue, palette.text),
        Level::Success => (icons::CHECK_CIRCLE, palette.accent, palette.text),
        Level::Warning => (icons::WARNING, palette.amber, palette.text),
        Level::Error => (icons::WARNING_CIRCLE, palette.red, palette.red),
    }
}

fn line_ui(ui: &Ui, context: &Context<'_>, line: &Line, (row, rect): (usize, egui::Rect)) {
    let palette = Palette::of(ui);
    let (icon, icon_color, color) = look(palette, line.level);
    let response = ui.interact(rect, ui.scope_id().with(("line", row)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, plain(context, line)));
    if response.hovered() || response.context_menu_opened() {
        ui.painter().rect_filled(rect, theme::RADIUS, palette.hover);
    }
    let cell = |at: f32, text: &str, width: f32, font, color| {
        let text = galley_within(ui, text, font, color, width);
        let at = pos2(rect.left() + at, rect.center().y - text.size().y / 2.0);
        ui.painter().galley(at, text, color);
    };
    let time = format::clock(line.at, context.zone);
    cell(4.0, &time, ICON_AT - 8.0, theme::mono(), palette.muted);
    let center = rect.left_center() + vec2(ICON_AT + 8.0, 0.0);
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        icon,
        theme::icon(14.0),
        icon_color,
    );
    let text_at = if rect.width() < SOURCE_WIDTH {
        SOURCE_AT
    } else {
        TEXT_AT
    };
    if text_at > SOURCE_AT {
        cell(
            SOURCE_AT,
            &line.source,
            TEXT_AT - SOURCE_AT - 10.0,
            theme::label(),
            palette.muted,
        );
    }
    cell(
        text_at,
        &line.text,
        rect.width() - text_at - 14.0,
        theme::body(),
        color,
    );
    response.context_menu(|ui| {
        if ui.button("Copy line").clicked() {
            context.copy(plain(context, line), "Line");
        }
    });
    response.on_hover_text(format!("{}: {}", line.source, line.text));
}
