//! Charts of numbers: the chart of a connection in the inspector, and the dashboard of its profile.

use egui::{RichText, Ui};

use crate::profile::{Chart, ChartAxis, ChartWindow, SeriesKey};

use super::action::Action;
use super::chart_action::ChartAction;
use super::context::Context;
use super::icons;
use super::theme::Palette;
use super::widgets::{Look, icon_button};

/// Most lines in one chart.
pub const MAX_SERIES: usize = 5_000;

/// The chart of a connection, and what was gathered for it and for the dashboard.
#[derive(Debug, Default)]
pub struct Charts {
    chart: Chart,
    /// The chart that was taken off the dashboard last, and where it was.
    pub unpinned: Option<(usize, Chart)>,
}

impl Charts {
    /// What the chart of the connection draws.
    pub fn chart(&self) -> &Chart {
        &self.chart
    }

    /// Draws this value too; `false` when there are too many already, or it is there.
    pub fn add(&mut self, key: SeriesKey) -> bool {
        self.chart.series.len() < MAX_SERIES && self.chart.add(key)
    }

    /// Draws this value no longer.
    pub fn remove(&mut self, key: &SeriesKey) {
        self.chart.remove(key);
    }

    /// Draws nothing.
    pub fn clear(&mut self) {
        self.chart.series.clear();
    }

    /// Measures a series by this axis.
    pub fn set_axis(&mut self, key: &SeriesKey, axis: ChartAxis) {
        let mut series = self.chart.series.iter_mut();
        if let Some(series) = series.find(|series| series.key == *key) {
            series.axis = axis;
        }
    }

    /// Shows this much time up to now.
    pub fn set_window(&mut self, window: ChartWindow) {
        self.chart.window = window;
    }

    /// Draws what this chart draws.
    pub fn open(&mut self, chart: Chart) {
        self.chart = chart;
    }

    /// Draws the chart tab.
    pub fn ui(&self, ui: &mut Ui, context: &Context<'_>) {
        for series in &self.chart.series {
            let topic = RichText::new(&series.key.topic).color(Palette::of(ui).muted);
            ui.horizontal(|ui| {
                ui.label(series.key.short_label());
                ui.label(topic);
                if icon_button(ui, icons::X, "Take out of the chart", Look::Quiet).clicked() {
                    context.ask(Action::Chart(ChartAction::Remove(series.key.clone())));
                }
            });
        }
    }
}
