//! The tab of the inspector with the chart of the connection: what can be drawn at the left, what is drawn at the right.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Align, Id, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use super::super::action::Action;
use super::super::chart_action::ChartAction;
use super::super::context::Context;
use super::super::icons;
use super::super::session::Session;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, icon_button, segmented};
use super::super::words::counted;
use super::Charts;
use super::drawn::{Drawn, Request};
use super::export::{Kind, Source};
use super::gatherer::ViewId;
use super::legend::{self, legend_ui};
use super::plot::{PlotStyle, plot_ui};
use super::strip::columns;
use crate::model::Message;
use crate::payload::format::thousands;
use crate::profile::{Chart, ChartAxis, ChartWindow, SeriesKey};

/// Narrowest and widest list of values, and its share of the width.
const LIST: (f32, f32, f32) = (140.0, 230.0, 0.27);
/// Lowest chart.
const LOWEST: f32 = 64.0;
/// Width from which all times stand side by side.
const WIDE: f32 = 520.0;
/// Rows of the table that are seen at once.
const ROWS: usize = 5;

impl Charts {
    /// Draws the tab for the topic at `topic` with this message.
    pub fn tab_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
        (topic, message): (&str, Option<&Message>),
    ) {
        self.pause(session.is_paused);
        self.offered.prepare(ui, session, topic, message);
        let preview = self.preview();
        let keys = match &preview {
            Some(chart) => chart.series.iter().map(|it| it.key.clone()).collect(),
            None => self.keys(),
        };
        // not copied: it may have thousands of lines
        let own = std::mem::take(&mut self.chart);
        let shown = preview.as_ref().unwrap_or(&own);
        let area = ui.available_rect_before_wrap();
        let width = (area.width() * LIST.2).clamp(LIST.0, LIST.1);
        let list = area.with_max_x(area.left() + width).shrink2(vec2(0.0, 4.0));
        let rest = area.with_min_x(list.right() + theme::SPACE[2]);
        ui.scope_builder(UiBuilder::new().max_rect(list).id_salt("values"), |ui| {
            self.offered.ui(ui, context, &own);
        });
        let line = (1.0, Palette::of(ui).line);
        let x = list.right() + theme::SPACE[0];
        ui.painter().vline(x, area.y_range(), line);
        ui.scope_builder(UiBuilder::new().max_rect(rest).id_salt("chart"), |ui| {
            ui.spacing_mut().item_spacing.y = theme::SPACE[0];
            self.chart_ui(ui, context, (shown, preview.is_some()), keys);
        });
        self.chart = own;
    }

    /// Holds the chart while the tree is paused.
    fn pause(&mut self, is_paused: bool) {
        if is_paused && self.sight.is_following() {
            self.sight.hold();
            self.is_held_by_pause = true;
        } else if !is_paused && std::mem::take(&mut self.is_held_by_pause) {
            self.sight.follow();
        }
    }

    /// While nothing was chosen, the first number of the topic is drawn.
    fn preview(&mut self) -> Option<Chart> {
        if !self.chart.series.is_empty() {
            return None;
        }
        let key = self.offered.first()?;
        self.beside.push(key.clone());
        let mut chart = Chart {
            window: self.chart.window,
            ..Chart::default()
        };
        chart.add(key);
        Some(chart)
    }

    fn chart_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        (chart, is_preview): (&Chart, bool),
        keys: Arc<[SeriesKey]>,
    ) {
        self.controls_ui(ui, context, chart, is_preview);
        if !is_preview {
            self.shared_ui(ui, context, chart);
        }
        // the topmost value of an axis stands half above it
        ui.add_space(theme::SPACE[0]);
        let rows = chart.series.len().min(ROWS);
        let legend = legend::height(rows).min(ui.available_height() * 0.45);
        let size = vec2(
            ui.available_width(),
            (ui.available_height() - legend - theme::SPACE[1]).max(LOWEST),
        );
        let request = Request {
            keys,
            span: self.sight.span(chart.window),
            columns: columns(size.x),
        };
        let drawn = (!chart.series.is_empty())
            .then(|| self.gatherer.view(ui.ctx(), ViewId::Chart, request))
            .flatten();
        let source = Source {
            chart,
            drawn: drawn.as_ref(),
            store: self.gatherer.store(),
        };
        self.export.ui(ui, context, &source);
        if chart.series.is_empty() {
            return empty_ui(ui);
        }
        let size = vec2(
            size.x,
            (ui.available_height() - legend - theme::SPACE[1]).max(LOWEST),
        );
        let top = ui.cursor().min;
        self.lines_ui(ui, context, chart, drawn.as_deref(), size);
        if let Some(drawn) = &drawn {
            coarse_ui(ui, chart, drawn);
            for key in self.placing.placed(chart, drawn) {
                context.ask(Action::Chart(ChartAction::SetAxis(key, ChartAxis::Right)));
            }
        }
        legend_ui(ui, context, (chart, is_preview), drawn.as_deref());
        let all = Rect::from_min_max(top, ui.max_rect().max);
        self.export.picture(ui, context, all);
    }

    fn lines_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        chart: &Chart,
        drawn: Option<&Drawn>,
        size: egui::Vec2,
    ) {
        let Some(drawn) = drawn else {
            ui.allocate_ui(size, |ui| {
                ui.set_min_size(size);
                let color = Palette::of(ui).muted;
                let text = RichText::new("Reading the history…").font(theme::label());
                ui.label(text.color(color));
            });
            return;
        };
        let style = PlotStyle {
            id: Id::unique(("chart", context.session.map(|it| it.profile.id.clone()))),
            size,
            is_movable: true,
            label: format!("Chart of {}", chart.suggested_name()),
        };
        plot_ui(ui, context, (chart, drawn), &mut self.sight, style);
    }

    /// Says that the chart is shared by topics, and offers the selected one's first number while none of its is drawn.
    fn shared_ui(&self, ui: &mut Ui, context: &Context<'_>, chart: &Chart) {
        let topics: HashSet<&str> = (chart.series.iter().map(|it| it.key.topic.as_str())).collect();
        let missing = self.offered.first();
        let missing = missing.filter(|key| !topics.contains(key.topic.as_str()));
        if topics.is_empty() || (topics.len() == 1 && missing.is_none()) {
            return;
        }
        ui.horizontal(|ui| {
            let values = counted(chart.series.len() as u64, "value", "values");
            let from = counted(topics.len() as u64, "topic", "topics");
            let text = RichText::new(format!("Chart of {values} from {from}")).font(theme::label());
            ui.label(text.color(Palette::of(ui).muted));
            if let Some(key) = missing {
                let text = format!("Add {}", key.short_label());
                if button(ui, Some(icons::PLUS), &text, Look::Plain).clicked() {
                    let SeriesKey { topic, path } = key;
                    context.ask(Action::Chart(ChartAction::Add { topic, path }));
                }
            }
        });
    }

    /// How long a time, and what can be done with the chart.
    fn controls_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chart: &Chart, is_preview: bool) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[0];
            let mut window = chart.window;
            let is_paused = context.session.is_some_and(|it| it.is_paused);
            let was_held = !self.sight.is_following() && !is_paused;
            time_ui(ui, &mut window);
            if window != chart.window {
                context.ask(Action::Chart(ChartAction::SetWindow(window)));
            }
            if was_held
                && button(ui, Some(icons::PLAY), "Follow", Look::Primary)
                    .on_hover_text("Show what comes in again")
                    .clicked()
            {
                self.sight.follow();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.deeds_ui(ui, context, chart, is_preview);
            });
        });
    }

    fn deeds_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chart: &Chart, is_preview: bool) {
        ui.spacing_mut().item_spacing.x = theme::SPACE[0];
        let pinned = context.session.map_or(0, |it| it.profile.charts.len());
        let tip = match pinned {
            0 => "Show dashboard".to_owned(),
            count => format!("Show dashboard ({count})"),
        };
        if icon_button(ui, icons::DASHBOARD, &tip, Look::Plain).clicked() {
            context.ask(Action::Chart(ChartAction::ShowDashboard(true)));
        }
        if chart.series.is_empty() {
            return;
        }
        if !is_preview && icon_button(ui, icons::ERASER, "Empty the chart", Look::Plain).clicked() {
            context.ask(Action::Chart(ChartAction::Clear));
        }
        if icon_button(ui, icons::PICTURE, "Export as PNG", Look::Plain).clicked() {
            self.export.start(Kind::Png, chart);
        }
        if icon_button(ui, icons::TABLE, "Export as CSV", Look::Plain).clicked() {
            self.export.start(Kind::Csv, chart);
        }
        if !is_preview
            && icon_button(ui, icons::PUSH_PIN, "Pin to dashboard", Look::Plain).clicked()
        {
            context.ask(Action::Chart(ChartAction::Pin));
        }
    }
}

/// The times to choose from: side by side, or in a menu where there is little room.
fn time_ui(ui: &mut Ui, window: &mut ChartWindow) {
    let windows = ChartWindow::ALL.map(|window| (window, window.label()));
    if ui.available_width() >= WIDE {
        segmented(ui, "Time", window, &windows);
        return;
    }
    egui::ComboBox::from_id_salt("time")
        .width(76.0)
        .selected_text(window.label())
        .show_ui(ui, |ui| {
            for (value, label) in windows {
                ui.selectable_value(window, value, label);
            }
        });
}

fn empty_ui(ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).min(90.0));
        let title = RichText::new("Nothing to draw yet").font(theme::title(15.0));
        ui.label(title.color(palette.text));
        let text = "Tick values at the left. Numbers of other topics can join them: select a topic in the tree.";
        ui.label(RichText::new(text).font(theme::label()).color(palette.muted));
    });
}

/// Says so when there are more lines than can be drawn column by column.
fn coarse_ui(ui: &mut Ui, chart: &Chart, drawn: &Drawn) {
    if !drawn.is_coarse {
        return;
    }
    let lines = thousands(chart.series.len() as u64);
    let text = format!(
        "{lines} lines share the points of the picture: each keeps its extremes and loses detail. Take lines out to see more."
    );
    let color = Palette::of(ui).amber;
    ui.add(egui::Label::new(RichText::new(text).font(theme::caption()).color(color)).truncate());
}
