//! Charts of numbers: the chart of a connection in the inspector, the small one below a payload, and the dashboard of its
//! profile.
//!
//! | file | what it does |
//! |---|---|
//! | `collect` | numbers out of the history, then out of what is new |
//! | `drawn` | thinned out to what a view shows |
//! | `gatherer` | runs both on a worker when there is a reason |
//! | `sight`, `scale` | which time and values are shown; axes |
//! | `placing` | which axis measures a value that was added |
//! | `plot`, `legend`, `offered`, `tab` | the chart of the connection |
//! | `strip` | the small chart below a payload |
//! | `below` | every number below a branch |
//! | `dashboard`, `card` | what is pinned |
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
mod placing;
mod plot;
mod scale;
mod sight;
mod strip;
mod tab;

use std::sync::Arc;

use crate::mqtt::Timestamp;
use crate::profile::{Chart, ChartAxis, ChartSeries, ChartWindow, SeriesKey};

use super::session::Session;
use below::Below;
use dashboard::Dashboard;
use export::ExportBar;
use gatherer::Gatherer;
use offered::OfferedList;
use placing::Placing;
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
    /// What was drawn before it was emptied.
    emptied: Vec<ChartSeries>,
    /// Series of this frame that are drawn without being in the chart.
    beside: Vec<SeriesKey>,
    gatherer: Gatherer,
    sight: Sight,
    /// Whether it stands still because the tree is paused.
    is_held_by_pause: bool,
    offered: OfferedList,
    placing: Placing,
    export: ExportBar,
    below: Below,
    dashboard: Dashboard,
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
        let is_added = self.chart.series.len() < MAX_SERIES && self.chart.add(key.clone());
        if is_added {
            self.placing.add(key);
        }
        self.is_changed |= is_added;
        is_added
    }

    /// Draws this value no longer.
    pub fn remove(&mut self, key: &SeriesKey) {
        self.chart.remove(key);
        self.is_changed = true;
    }

    /// Draws nothing.
    pub fn clear(&mut self) {
        self.emptied = std::mem::take(&mut self.chart.series);
        self.sight.follow();
        self.is_changed = true;
    }

    /// Draws again what was drawn before [`Charts::clear`], before what was added since.
    pub fn undo_clear(&mut self) {
        let since = std::mem::take(&mut self.chart.series);
        self.chart.series = std::mem::take(&mut self.emptied);
        let is_new = |it: &ChartSeries| !self.chart.has(&it.key);
        let since: Vec<_> = since.into_iter().filter(is_new).collect();
        self.chart.series.extend(since);
        self.chart.series.truncate(MAX_SERIES);
        self.is_changed = true;
    }

    /// Measures a series by this axis.
    pub fn set_axis(&mut self, key: &SeriesKey, axis: ChartAxis) {
        self.placing.forget(key);
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

    /// Draws what this chart draws.
    pub fn open(&mut self, chart: Chart) {
        self.chart = chart;
        self.sight.follow();
        self.is_changed = true;
    }

    /// A frame begins: goes on gathering.
    pub fn work(&mut self, ctx: &egui::Context, session: &Session, now: Timestamp) {
        if let Some(keys) = self.below.poll() {
            self.add_found(keys);
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
