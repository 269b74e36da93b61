//! The lines of a chart with their axes, and what the pointer finds on them.

use egui::{Align2, Color32, CornerRadius, Id, Rect, Role, Ui, Vec2, WidgetInfo, pos2, vec2};
use egui_plot::{
    AxisHints, GridMark, HPlacement, Line as PlotLine, Plot, PlotBounds, PlotPoint, PlotPoints,
    PlotTransform, PlotUi, Points,
};

use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::drawn::{Drawn, Line, at_seconds};
use super::scale::{Scale, Scales, axis_number, axis_time, multiples, round_step, round_time};
use super::sight::Sight;
use crate::mqtt::Timestamp;
use crate::payload::format;
use crate::payload::series::Point;
use crate::profile::Chart;

/// Up to so many points a line shows each as a dot.
const DOTS: usize = 60;
/// Lines of which the pointer tells the values.
const TOLD: usize = 8;
/// Lines that get a dot at the pointer's time, those nearest to the pointer first.
const MARKED: usize = 256;
/// Half the width of a time on its axis.
const HALF_LABEL: f32 = 30.0;
/// Room for an axis of values.
const AXIS_WIDTH: f32 = 44.0;

/// How a chart is drawn.
pub struct PlotStyle {
    /// Names it among its siblings.
    pub id: Id,
    /// Its size, axes included.
    pub size: Vec2,
    /// Whether it can be moved and zoomed.
    pub is_movable: bool,
    /// What it is, for screen readers.
    pub label: String,
}

/// Draws a chart and does what the pointer asks for. Returns where its lines are.
pub fn plot_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    (chart, drawn): (&Chart, &Drawn),
    sight: &mut Sight,
    style: PlotStyle,
) -> Rect {
    let palette = Palette::of(ui);
    let scales = Scales::fitting(chart, drawn);
    let times = sight.times(chart.window, drawn.from, context.now);
    let shares = sight.values();
    let plot = plot_of(ui, context, &scales, (times, shares), &style);
    let lines = |plot: &mut PlotUi<'_>| {
        let bounds = PlotBounds::from_min_max([times.0, shares.0], [times.1, shares.1]);
        plot.set_plot_bounds(bounds);
        for (place, (series, line)) in chart.series.iter().zip(&drawn.lines).enumerate() {
            if let Some(scale) = scales.of(series.axis) {
                line_ui(plot, line, scale, palette.line_of_chart(place), times.1);
            }
        }
    };
    let shown = plot.show(ui, lines);
    let frame = *shown.transform.frame();
    let label = style.label;
    (shown.response).widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
    if style.is_movable {
        sight.gestures(ui, &shown.response, frame);
    }
    if let Some(pointer) = shown
        .response
        .hover_pos()
        .filter(|pos| frame.contains(*pos))
    {
        hover_ui(
            ui,
            context,
            (chart, drawn),
            (&scales, &shown.transform),
            pointer,
        );
    }
    frame
}

/// A plot with its axes and grid and nothing on it; what moves it is done by [`Sight`].
fn plot_of<'a>(
    ui: &Ui,
    context: &Context<'_>,
    scales: &Scales,
    (times, shares): ((f64, f64), (f64, f64)),
    style: &PlotStyle,
) -> Plot<'a> {
    let palette = Palette::of(ui);
    let (size, time_size) = (style.size, times.1 - times.0);
    // the grid follows the axis at the left; without one that at the right
    let main = scales.left.or(scales.right).unwrap_or(Scale {
        low: 0.0,
        high: 1.0,
    });
    let shown = main.value(shares.0)..=main.value(shares.1);
    let marks = f64::from(size.y / 48.0).max(2.0);
    let step = round_step(shown.end() - shown.start(), marks);
    let grid = move |_input: egui_plot::GridInput| {
        let mark = |value: f64| GridMark {
            value: main.share(value),
            step_size: step / (main.high - main.low),
        };
        multiples(&shown, step).into_iter().map(mark).collect()
    };
    let time_step = round_time(time_size, f64::from(size.x / 110.0).max(2.0));
    let time_grid = move |_input: egui_plot::GridInput| {
        let mark = |value: f64| GridMark {
            value,
            step_size: time_step,
        };
        let values = multiples(&(times.0..=times.1), time_step);
        values.into_iter().map(mark).collect()
    };
    let time_axis = time_axis(context, palette, times, (time_step, size.x));
    Plot::new(style.id)
        .id(style.id)
        .width(size.x)
        .height(size.y)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .set_margin_fraction(Vec2::ZERO)
        .grid_color(palette.line)
        .x_grid_spacer(time_grid)
        .y_grid_spacer(grid)
        .custom_x_axes(vec![time_axis])
        .custom_y_axes(value_axes(palette, scales, step))
}

fn time_axis<'a>(
    context: &Context<'_>,
    palette: &Palette,
    times: (f64, f64),
    (step, width): (f64, f32),
) -> AxisHints<'a> {
    let zone = context.zone.clone();
    let label_time = (times.1 - times.0) * f64::from(HALF_LABEL / width.max(1.0));
    AxisHints::new_x()
        .formatter(move |mark, _| {
            // a text at the very end would be cut off
            let is_whole = mark.value <= times.1 - label_time;
            let text = || axis_time(mark.value, step, &zone);
            is_whole.then(text).unwrap_or_default()
        })
        .tick_label_font(theme::caption())
        .tick_label_color(palette.faint)
}

/// The axes of values: at the left, and at the right with a scale of its own.
fn value_axes<'a>(palette: &Palette, scales: &Scales, step: f64) -> Vec<AxisHints<'a>> {
    let main = scales.left.or(scales.right);
    let hints = |scale: Scale, step: f64, is_round: bool| {
        // marks stand where they are round at the left: here they need more digits
        let step = if is_round { step } else { step / 10.0 };
        AxisHints::new_y()
            .formatter(move |mark, _| axis_number(scale.value(mark.value), step))
            .min_thickness(AXIS_WIDTH)
            .tick_label_font(theme::caption())
    };
    let mut axes = Vec::new();
    if let Some(left) = scales.left {
        axes.push(hints(left, step, true).tick_label_color(palette.faint));
    }
    if let (Some(right), Some(main)) = (scales.right, main) {
        let size = |scale: Scale| scale.high - scale.low;
        let is_main = scales.left.is_none();
        let step = step * size(right) / size(main);
        let hints = hints(right, step, is_main).placement(HPlacement::Right);
        axes.push(hints.tick_label_color(palette.muted));
    }
    axes
}

fn line_ui(plot: &mut PlotUi<'_>, line: &Line, scale: Scale, color: Color32, to: f64) {
    let mut starts = vec![0];
    starts.extend(&line.breaks);
    let ends = line.breaks.iter().copied().chain([line.points.len()]);
    for (start, end) in starts.iter().copied().zip(ends) {
        let Some(points) = line.points.get(start..end).filter(|it| !it.is_empty()) else {
            continue;
        };
        let is_last = end == line.points.len();
        let place = |point: &[f64; 2]| PlotPoint::new(point[0], scale.share(point[1]));
        let mut path: Vec<PlotPoint> = Vec::with_capacity(points.len());
        for point in points.iter().map(place) {
            if let Some(before) = path.last().filter(|_| line.is_state).copied() {
                path.push(PlotPoint::new(point.x, before.y));
            }
            path.push(point);
        }
        // a state lasts until another comes
        if let Some(last) = path
            .last()
            .copied()
            .filter(|it| line.is_state && is_last && it.x < to)
        {
            path.push(PlotPoint::new(to, last.y));
        }
        if line.points.len() <= DOTS || points.len() == 1 {
            let dots: Vec<PlotPoint> = points.iter().map(place).collect();
            let dots = Points::new("", PlotPoints::Owned(dots));
            plot.points(dots.radius(2.0).color(color).allow_hover(false));
        }
        let path = PlotLine::new("", PlotPoints::Owned(path));
        plot.line(path.color(color).width(1.5).allow_hover(false));
    }
}

/// A value near the pointer's time.
struct Near {
    place: usize,
    /// Where it stands among the values of its line.
    value: usize,
    at: Timestamp,
    pos: egui::Pos2,
}

/// Tells the values nearest to the pointer's time, each digit as it was sent.
fn hover_ui(
    ui: &Ui,
    context: &Context<'_>,
    (chart, drawn): (&Chart, &Drawn),
    (scales, transform): (&Scales, &PlotTransform),
    pointer: egui::Pos2,
) {
    let palette = Palette::of(ui);
    let at = at_seconds(transform.value_from_position(pointer).x);
    let mut near: Vec<Near> = Vec::new();
    let lines = chart.series.iter().zip(&drawn.lines);
    for (place, (series, line)) in lines.enumerate() {
        let Some(scale) = scales.of(series.axis) else {
            continue;
        };
        let Some((value, point)) = nearest(line, at) else {
            continue;
        };
        let plot = PlotPoint::new(super::drawn::seconds(point.at), scale.share(point.value));
        let pos = transform.position_from_point(&plot);
        let is_visible = transform.frame().x_range().contains(pos.x);
        if is_visible {
            near.push(Near {
                place,
                value,
                at: point.at,
                pos,
            });
        }
    }
    let frame = *transform.frame();
    ui.painter()
        .vline(pointer.x, frame.y_range(), (1.0, palette.faint));
    near.sort_by(|left, right| {
        let distance = |near: &Near| (near.pos.y - pointer.y).abs();
        distance(left).total_cmp(&distance(right))
    });
    for near in near.iter().take(MARKED) {
        let color = palette.line_of_chart(near.place);
        ui.painter().circle_filled(near.pos, 3.0, color);
    }
    let more = near.len().saturating_sub(TOLD);
    near.truncate(TOLD);
    near.sort_by_key(|near| near.place);
    let mut rows: Vec<(Color32, String)> = Vec::new();
    for near in &near {
        let label = chart.label(near.place);
        let time = format::clock(near.at, context.zone);
        let value = value_text(drawn, near).unwrap_or_default();
        let text = format!("{time}  {value}  {}", shortened(&label, 28));
        rows.push((palette.line_of_chart(near.place), text));
    }
    if more > 0 {
        rows.push((palette.faint, format!("and {more} more")));
    }
    bubble_ui(ui, frame, pointer, &rows);
}

/// The text of a value as it was sent; `None` when it was given up a moment ago.
fn value_text(drawn: &Drawn, near: &Near) -> Option<String> {
    let track = drawn.lines.get(near.place)?.track.as_ref()?.lock();
    (near.value < track.values.len()).then(|| track.values.text(near.value))
}

/// The value of a line that arrived nearest to this time, and where it stands in the line.
fn nearest(line: &Line, at: Timestamp) -> Option<(usize, Point)> {
    let track = line.track.as_ref()?.lock();
    let values = &track.values;
    let behind = values.places(at, at).start;
    let place = match (
        behind.checked_sub(1),
        (behind < values.len()).then_some(behind),
    ) {
        (Some(before), Some(behind)) => {
            let distance =
                |place: usize| (values.point(place).at.as_micros() - at.as_micros()).abs();
            if distance(before) <= distance(behind) {
                before
            } else {
                behind
            }
        }
        (before, behind) => before.or(behind)?,
    };
    Some((place, values.point(place)))
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{head}…")
}

/// Rows of text beside the pointer, on that side where there is room.
fn bubble_ui(ui: &Ui, frame: Rect, pointer: egui::Pos2, rows: &[(Color32, String)]) {
    if rows.is_empty() {
        return;
    }
    let palette = Palette::of(ui);
    let layer = ui.ctx().layer_painter(egui::LayerId::new(
        egui::Order::Tooltip,
        Id::unique("chart values"),
    ));
    let galleys: Vec<_> = rows
        .iter()
        .map(|(color, text)| {
            let text = shortened(text, 120);
            (
                color,
                layer.layout_no_wrap(text, theme::number_small(), palette.text),
            )
        })
        .collect();
    let width = galleys
        .iter()
        .map(|(_, it)| it.size().x)
        .fold(0.0, f32::max)
        + 30.0;
    let height = rows.len() as f32 * theme::LINE_HEIGHT + 8.0;
    let left = if pointer.x + 14.0 + width > frame.right() {
        pointer.x - 14.0 - width
    } else {
        pointer.x + 14.0
    };
    let top =
        (pointer.y - height / 2.0).clamp(frame.top(), (frame.bottom() - height).max(frame.top()));
    let area = Rect::from_min_size(pos2(left, top), vec2(width, height));
    let radius = CornerRadius::same(theme::RADIUS);
    layer.rect(
        area,
        radius,
        palette.raised,
        (1.0, palette.line),
        egui::StrokeKind::Inside,
    );
    let mut y = top + 4.0 + theme::LINE_HEIGHT / 2.0;
    for (color, galley) in galleys {
        layer.circle_filled(pos2(left + 12.0, y), 3.5, *color);
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left + 22.0, y), galley.size());
        layer.galley(at.min, galley, palette.text);
        y += theme::LINE_HEIGHT;
    }
}
