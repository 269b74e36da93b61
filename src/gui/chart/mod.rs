//! Charts of numbers: the chart of a connection in the inspector, the small one below a payload, and the dashboard of its
//! profile.
//!
//! | file | what it does |
//! |---|---|
//! | `collect` | numbers out of the history, then out of what is new |
//! | `drawn` | thinned out to what a view shows |
//! | `gatherer` | runs both on a worker when there is a reason |
//! | `sight`, `scale` | which time and values are shown; axes |
//! | `plot`, `legend`, `offered`, `tab` | the chart of the connection |
//! | `strip` | the small chart below a payload |
//! | `below` | every number below a branch |
//! | `dashboard`, `card`, `pinned` | what is pinned |
//! | `export` | CSV and PNG |

mod below;
mod card;
mod collect;
mod dashboard;
mod drawn;
mod export;
mod gatherer;
mod legend;
mod offered;
mod pinned;
mod plot;
mod scale;
mod sight;
mod strip;
mod tab;

use std::collections::HashSet;
use std::sync::Arc;

use crate::mqtt::Timestamp;
use crate::profile::{Chart, ChartAxis, ChartWindow, SeriesKey};

use super::chart_action::Replaced;
use super::context::Context;
use super::session::Session;
use below::Below;
use dashboard::Dashboard;
use export::ExportBar;
use gatherer::Gatherer;
use offered::OfferedList;
pub use pinned::Pinned;
use sight::Sight;
pub use strip::STRIP_HEIGHT;

/// Most lines in one chart.
pub const MAX_SERIES: usize = 5_000;

/// The chart of a connection, and what was gathered for it and for the dashboard.
#[derive(Debug, Default)]
pub struct Charts {
    chart: Chart,
    keys: Arc<[SeriesKey]>,
    /// Whether `keys` has to be copied anew.
    is_changed: bool,
    /// Series of this frame that are drawn without being in the chart.
    beside: Vec<SeriesKey>,
    gatherer: Gatherer,
    sight: Sight,
    /// Whether it stands still because the tree is paused.
    is_held_by_pause: bool,
    offered: OfferedList,
    export: ExportBar,
    below: Below,
    dashboard: Dashboard,
}

impl Charts {
    /// What the chart of the connection draws.
    pub fn chart(&self) -> &Chart {
        &self.chart
    }

    /// Draws this value too; `false` when there are too many already, or it is there.
    pub fn add(&mut self, key: SeriesKey) -> bool {
        let is_added = self.chart.series.len() < MAX_SERIES && self.chart.add(key);
        self.is_changed |= is_added;
        is_added
    }

    /// Draws this value no longer.
    pub fn remove(&mut self, key: &SeriesKey) {
        self.chart.remove(key);
        self.is_changed = true;
    }

    /// Draws nothing. What was drawn is for [`Charts::put_back`].
    pub fn clear(&mut self) -> Replaced {
        let empty = Chart {
            series: Vec::new(),
            ..self.chart.clone()
        };
        self.replace(empty)
    }

    /// Draws again what was drawn before [`Charts::clear`] or [`Charts::open`], before what was added since.
    pub fn put_back(&mut self, replaced: &Replaced) {
        let known = replaced.before.series.iter().chain(&replaced.by);
        let known: HashSet<_> = known.map(|it| &it.key).collect();
        let mut since = std::mem::replace(&mut self.chart, replaced.before.clone()).series;
        since.retain(|it| !known.contains(&it.key));
        self.chart.series.extend(since);
        self.chart.series.truncate(MAX_SERIES);
        self.sight.follow();
        self.is_changed = true;
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
        self.sight.follow();
    }

    /// Draws what this chart draws. What was drawn is for [`Charts::put_back`], unless it was the same.
    pub fn open(&mut self, chart: Chart) -> Option<Replaced> {
        let is_same = self.chart.series == chart.series;
        let replaced = self.replace(chart);
        (!is_same).then_some(replaced)
    }

    fn replace(&mut self, chart: Chart) -> Replaced {
        let by = chart.series.clone();
        let before = std::mem::replace(&mut self.chart, chart);
        self.sight.follow();
        self.is_changed = true;
        Replaced { before, by }
    }

    /// Says what came of a writing. Called in every frame, whatever is shown.
    pub fn tick(&mut self, context: &Context<'_>) {
        self.export.tick(context);
    }

    /// A frame begins: goes on gathering.
    pub fn work(&mut self, ctx: &egui::Context, session: &Session, now: Timestamp) {
        if let Some(found) = self.below.poll() {
            self.add_found(found);
        }
        let beside = std::mem::take(&mut self.beside);
        let keys = self.keys();
        self.gatherer.work(ctx, session, (&keys, &beside), now);
    }

    /// The keys of the chart, copied when they have changed.
    fn keys(&mut self) -> Arc<[SeriesKey]> {
        if std::mem::take(&mut self.is_changed) {
            let keys = self.chart.series.iter().map(|series| series.key.clone());
            self.keys = keys.collect();
        }
        Arc::clone(&self.keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(topic: &str) -> SeriesKey {
        SeriesKey {
            topic: topic.to_owned(),
            ..SeriesKey::default()
        }
    }

    fn chart(topics: &[&str]) -> Chart {
        let mut chart = Chart::default();
        for topic in topics {
            chart.add(key(topic));
        }
        chart
    }

    fn topics(charts: &Charts) -> Vec<&str> {
        let series = charts.chart().series.iter();
        series.map(|it| it.key.topic.as_str()).collect()
    }

    #[test]
    fn what_was_replaced_comes_back_with_what_was_added_since() {
        let mut charts = Charts::default();
        for topic in ["a", "b"] {
            assert!(charts.add(key(topic)));
        }
        let replaced = charts.open(chart(&["b", "c"])).unwrap();
        assert!(charts.open(chart(&["b", "c"])).is_none());
        assert!(charts.add(key("d")));
        assert_eq!(topics(&charts), ["b", "c", "d"]);
        charts.put_back(&replaced);
        assert_eq!(topics(&charts), ["a", "b", "d"]);
        let emptied = charts.clear();
        assert_eq!(topics(&charts), [""; 0]);
        assert!(charts.add(key("e")) && charts.add(key("a")));
        charts.put_back(&emptied);
        assert_eq!(topics(&charts), ["a", "b", "d", "e"]);
    }
}
