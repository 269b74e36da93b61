//! The small chart below a payload: the number that is charted of it, or that it is.

use std::sync::Arc;

use egui::{Align, Align2, Layout, Pos2, Rect, RichText, Role, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::icon_mark;
use super::Charts;
use super::drawn::{Drawn, Figures, Line, Request, before, seconds};
use super::gatherer::ViewId;
use super::scale::Scale;
use crate::mqtt::Timestamp;
use crate::payload::format;
use crate::payload::series::number_of;
use crate::profile::{ChartWindow, SeriesKey};

/// Its height.
pub const STRIP_HEIGHT: f32 = 148.0;
/// Height of the lines of its text.
const TEXT: f32 = 20.0;
/// Room for the line.
const PLOT: f32 = 78.0;

impl Charts {
    /// What the small chart below a payload draws: the first value of the topic that is charted, or the payload where it is
    /// a number itself.
    pub fn strip_of(&self, topic: &str, payload: &[u8]) -> Option<SeriesKey> {
        let mut series = self.chart().series.iter().map(|series| &series.key);
        let charted = series.find(|key| key.topic == topic);
        let is_number = || {
            number_of(payload).map(|_| SeriesKey {
                topic: topic.to_owned(),
                ..SeriesKey::default()
            })
        };
        charted.cloned().or_else(is_number)
    }

    /// Draws it, [`STRIP_HEIGHT`] high.
    pub fn strip_ui(&mut self, ui: &mut Ui, context: &Context<'_>, key: &SeriesKey) {
        let window = self.chart().window;
        let size = vec2(ui.available_width(), STRIP_HEIGHT);
        let keys: Arc<[SeriesKey]> = Arc::from([key.clone()]);
        let request = Request {
            keys,
            span: super::sight::Sight::default().span(window),
            columns: columns(size.x),
        };
        self.beside.push(key.clone());
        let drawn = self.gatherer.view(ui.ctx(), ViewId::Strip, request);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.set_min_size(size);
            ui.spacing_mut().item_spacing.y = 0.0;
            title_ui(ui, key, window, drawn.as_deref());
            plot_ui(ui, context, key, window, drawn.as_deref());
        });
    }
}

/// Columns of pixels in so many points.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a width on the screen"
)]
pub fn columns(width: f32) -> u32 {
    // a window that is dragged wider is drawn anew only now and then
    ((width / 32.0).ceil().max(1.0) as u32) * 32
}

fn title_ui(ui: &mut Ui, key: &SeriesKey, window: ChartWindow, drawn: Option<&Drawn>) {
    let palette = Palette::of(ui);
    let size = vec2(ui.available_width(), 26.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 6.0;
        icon_mark(ui, icons::CHART_LINE, theme::icon(15.0), palette.muted);
        let name = RichText::new(key.short_label()).font(theme::strong());
        ui.label(name.color(palette.text));
        let line = drawn.and_then(|drawn| drawn.lines.first());
        let figures = line.and_then(|line| Some(in_words(line.figures.as_ref()?, line.is_state)));
        let figures = figures.unwrap_or_else(|| "no value in this time".to_owned());
        let time = drawn.map_or_else(String::new, |drawn| time_text(drawn, window));
        let text = RichText::new(format!("· {time} · {figures}")).font(theme::label());
        ui.add(egui::Label::new(text.color(palette.muted)).truncate());
    });
}

/// `min 19.8 max 21.4 mean 20.6`; of a state `now off`, or `always off`: it has no mean.
fn in_words(figures: &Figures, is_state: bool) -> String {
    let Figures {
        min,
        max,
        last,
        mean,
        ..
    } = figures;
    if !is_state {
        format!("min {} max {} mean {mean}", min.1, max.1)
    } else if min.1 == max.1 {
        format!("always {}", last.1)
    } else {
        format!("now {}", last.1)
    }
}

/// `last 65 s`, `last 5 min`.
fn time_text(drawn: &Drawn, window: ChartWindow) -> String {
    let shown = drawn.to.since(drawn.from).as_secs();
    match window.length() {
        Some(length) if length.as_secs() <= shown + 1 => format!("last {}", window.label()),
        _ if shown < 120 => format!("last {shown} s"),
        _ if shown < 7_200 => format!("last {} min", shown / 60),
        _ => format!("last {} h", shown / 3_600),
    }
}

fn plot_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    key: &SeriesKey,
    window: ChartWindow,
    drawn: Option<&Drawn>,
) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    let (area, response) =
        ui.allocate_exact_size(vec2(width, TEXT + PLOT + TEXT), egui::Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Image,
            true,
            format!("Small chart of {}", key.short_label()),
        )
    });
    let frame =
        Rect::from_min_size(area.min + vec2(0.0, TEXT), vec2(width, PLOT)).shrink2(vec2(0.0, 2.0));
    for share in [0.0, 0.5, 1.0] {
        let y = frame.top() + share * frame.height();
        ui.painter()
            .hline(frame.x_range(), y, Stroke::new(1.0, palette.line));
    }
    let Some((drawn, line)) = drawn.and_then(|drawn| Some((drawn, drawn.lines.first()?))) else {
        return;
    };
    let first = window.length();
    let first = first.map_or(drawn.from, |length| before(context.now, length));
    let from = drawn.from.max(first);
    let times = (seconds(from), seconds(context.now));
    let values = line.figures.iter().map(|it| (it.min.0, it.max.0));
    let Some(scale) = Scale::around(values) else {
        return;
    };
    line_ui(ui, line, (times, scale), frame);
    let caption = |at: Pos2, align: Align2, text: String| {
        ui.painter()
            .text(at, align, text, theme::caption(), palette.faint);
    };
    if let Some(figures) = &line.figures {
        let text = format!("{} {}", key.short_label(), figures.last.1);
        caption(area.min + vec2(0.0, TEXT / 2.0), Align2::LEFT_CENTER, text);
    }
    let time = |at: Timestamp| format::clock_seconds(at, context.zone);
    let y = area.bottom() - TEXT / 2.0;
    caption(pos2(area.left(), y), Align2::LEFT_CENTER, time(from));
    caption(
        pos2(area.right(), y),
        Align2::RIGHT_CENTER,
        time(context.now),
    );
}

fn line_ui(ui: &Ui, line: &Line, ((from, to), scale): ((f64, f64), Scale), frame: Rect) {
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    let place = |point: &[f64; 2]| {
        let x = (point[0] - from) / (to - from).max(1e-6);
        let y = 1.0 - scale.share(point[1]);
        pos2(
            frame.left() + (x as f32).clamp(-2.0, 2.0) * frame.width(),
            frame.top() + (y as f32).clamp(-1.0, 2.0) * frame.height(),
        )
    };
    let color = Palette::of(ui).accent;
    let painter = ui.painter().with_clip_rect(frame.expand2(vec2(0.0, 3.0)));
    let mut path: Vec<Pos2> = Vec::with_capacity(line.points.len());
    let finish = |path: &mut Vec<Pos2>| {
        if let [point] = path.as_slice() {
            painter.circle_filled(*point, 2.0, color);
        }
        painter.line(std::mem::take(path), Stroke::new(1.5, color));
    };
    for (number, point) in line.points.iter().enumerate() {
        if line.breaks.binary_search(&number).is_ok() {
            finish(&mut path);
        }
        let point = place(point);
        if let Some(before) = path.last().filter(|_| line.is_state).copied() {
            path.push(pos2(point.x, before.y));
        }
        path.push(point);
    }
    if let Some(last) = path
        .last()
        .copied()
        .filter(|it| line.is_state && it.x < frame.right())
    {
        path.push(pos2(frame.right(), last.y));
    }
    finish(&mut path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_no_mean() {
        let figure = |value: f64, text: &str| (value, text.to_owned());
        let mut figures = Figures {
            count: 2,
            min: figure(0.0, "off"),
            max: figure(0.0, "off"),
            last: figure(0.0, "off"),
            mean: "0.0".to_owned(),
        };
        assert_eq!(in_words(&figures, true), "always off");
        figures.max = figure(1.0, "on");
        assert_eq!(in_words(&figures, true), "now off");
        figures.min.1 = "0".to_owned();
        figures.max.1 = "1".to_owned();
        assert_eq!(in_words(&figures, false), "min 0 max 1 mean 0.0");
    }
}
