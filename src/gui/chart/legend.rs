//! The table below a chart: what each line is, its figures within the time shown, its axis, and its end.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use super::super::action::Action;
use super::super::chart_action::ChartAction;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button_sized, galley_within, icon_button, virtual_rows};
use super::drawn::{Drawn, Figures, Line};
use crate::payload::format::thousands;
use crate::profile::{Chart, ChartAxis, ChartSeries};

/// Width of a figure.
const FIGURE: f32 = 66.0;
/// Names of the figures.
const TITLES: [&str; 4] = ["Last", "Min", "Max", "Mean"];
/// Width of the buttons at the right, and of the one for the axis.
const BUTTONS: f32 = 104.0;
const AXIS: f32 = 62.0;

/// Height of so many rows with their head.
pub fn height(rows: usize) -> f32 {
    (rows as f32 + 1.0) * theme::ROW_HEIGHT
}

/// Draws it into the room that is left.
pub fn legend_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    (chart, is_preview): (&Chart, bool),
    drawn: Option<&Drawn>,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width() - 12.0;
    let figures = figures_in(width);
    head_ui(ui, width, figures);
    let scroll = ScrollArea::vertical()
        .id_salt("lines")
        .auto_shrink([false, false])
        .min_scrolled_height(theme::ROW_HEIGHT);
    let count = chart.series.len();
    virtual_rows(ui, scroll, theme::ROW_HEIGHT, count, |ui, rows, place| {
        for row in rows {
            let line = drawn.and_then(|drawn| drawn.lines.get(row));
            let area = place.row(row);
            let builder = egui::UiBuilder::new()
                .max_rect(area.with_max_x(area.left() + width))
                .id_salt(row)
                .layout(Layout::right_to_left(Align::Center));
            ui.scope_builder(builder, |ui| {
                let what = (row, chart, is_preview);
                row_ui(ui, context, what, line, figures);
            });
        }
    });
}

/// How many figures there is room for, beside the name.
fn figures_in(width: f32) -> usize {
    let room = width - BUTTONS - 130.0;
    (0..=TITLES.len())
        .rev()
        .find(|count| *count as f32 * FIGURE <= room)
        .unwrap_or(0)
}

fn head_ui(ui: &mut Ui, width: f32, figures: usize) {
    let palette = Palette::of(ui);
    let size = vec2(width, theme::ROW_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.add_space(BUTTONS);
        ui.spacing_mut().item_spacing.x = 0.0;
        for title in TITLES.iter().take(figures).rev() {
            figure_ui(ui, title, theme::caption(), palette.faint);
        }
    });
}

fn figure_ui(ui: &mut Ui, text: &str, font: egui::FontId, color: egui::Color32) {
    let size = vec2(FIGURE, theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let galley = galley_within(ui, text, font, color, FIGURE - 8.0);
    let at = egui::Align2::RIGHT_CENTER.align_size_within_rect(galley.size(), rect);
    let is_cut = galley.elided;
    ui.painter().galley(at.min, galley, color);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    if is_cut {
        response.on_hover_text(text);
    }
}

fn row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    (place, chart, is_preview): (usize, &Chart, bool),
    line: Option<&Line>,
    figures: usize,
) {
    let palette = Palette::of(ui);
    let Some(series) = chart.series.get(place) else {
        return;
    };
    let label = chart.label(place);
    ui.spacing_mut().item_spacing.x = 0.0;
    if is_preview {
        ui.add_space(BUTTONS);
    } else {
        let size = vec2(BUTTONS, theme::ROW_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_size(size);
            row_buttons(ui, context, series, &label);
        });
    }
    for figure in (0..figures).rev() {
        let text = line.and_then(|line| line.figures.as_ref());
        let text = text.map_or_else(String::new, |it| figure_of(it, figure));
        figure_ui(ui, &text, theme::number_small(), palette.muted);
    }
    name_ui(ui, (place, &label), series, line);
}

/// The axis, and the end of a line.
fn row_buttons(ui: &mut Ui, context: &Context<'_>, series: &ChartSeries, label: &str) {
    if icon_button(
        ui,
        icons::X,
        &format!("Take {label} out of the chart"),
        Look::Quiet,
    )
    .clicked()
    {
        context.ask(Action::Chart(ChartAction::Remove(series.key.clone())));
    }
    let (text, other) = match series.axis {
        ChartAxis::Left => ("Left", ChartAxis::Right),
        ChartAxis::Right => ("Right", ChartAxis::Left),
    };
    let axis = button_sized(ui, None, text, Look::Plain, vec2(AXIS, 20.0));
    let tip = format!(
        "{label} is measured by the axis at the {}. Click for the other one",
        text.to_lowercase()
    );
    if axis.on_hover_text(tip).clicked() {
        context.ask(Action::Chart(ChartAction::SetAxis(
            series.key.clone(),
            other,
        )));
    }
}

fn figure_of(figures: &Figures, place: usize) -> String {
    match place {
        0 => figures.last.1.clone(),
        1 => figures.min.1.clone(),
        2 => figures.max.1.clone(),
        _ => figures.mean.clone(),
    }
}

/// Colour, value and topic at the left end of a row.
fn name_ui(ui: &mut Ui, (place, label): (usize, &str), series: &ChartSeries, line: Option<&Line>) {
    let palette = Palette::of(ui);
    let color = palette.line_of_chart(place);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (dot, _) = ui.allocate_exact_size(vec2(12.0, 12.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, color);
        let label = RichText::new(label).font(theme::body());
        ui.add(egui::Label::new(label.color(palette.text)).truncate());
        let remark = remark(line);
        let beside = remark.unwrap_or_else(|| series.key.topic.clone());
        let text = RichText::new(beside)
            .font(theme::caption())
            .color(palette.faint);
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(tip(series, line));
    });
}

/// What stands in the place of the topic, when there is something to say.
fn remark(line: Option<&Line>) -> Option<String> {
    let line = line?;
    if !line.is_seen {
        return Some("waiting for its first message".to_owned());
    }
    line.figures
        .is_none()
        .then(|| "no value in this time".to_owned())
}

fn tip(series: &ChartSeries, line: Option<&Line>) -> String {
    let mut lines = vec![series.key.topic.clone()];
    if let Some(figures) = line.and_then(|line| line.figures.as_ref()) {
        let values = thousands(figures.count as u64);
        lines.push(format!("{values} values in the time shown"));
    }
    if let Some(line) = line.filter(|line| line.left_out > 0) {
        let left_out = thousands(line.left_out);
        lines.push(format!("{left_out} older messages are not in the chart"));
    }
    lines.join("\n")
}
