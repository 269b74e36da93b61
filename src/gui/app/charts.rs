//! What views ask for about charts, done: the chart of a connection lives in its pane, those of the dashboard in its
//! profile.

use std::sync::Arc;

use crate::client::now;
use crate::payload::document::Path;
use crate::payload::format::thousands;
use crate::profile::{Chart, ProfileId, SeriesKey};

use super::super::action::{Action, Level};
use super::super::chart::{Charts, MAX_SERIES};
use super::super::chart_action::{ChartAction, Replaced};
use super::open::Of;
use super::{App, Screen};

impl App {
    /// Does what was asked about the charts of a connection.
    pub(super) fn apply_to_charts(&mut self, of: Of<'_>, action: ChartAction) {
        match action {
            ChartAction::Add { topic, path } => self.add_to_chart(of, topic, path),
            ChartAction::Remove(key) => self.on_charts(of, |charts| charts.remove(&key)),
            ChartAction::AddBelow(topic) => self.chart_below(of, &topic),
            ChartAction::Clear => self.clear_chart(of),
            ChartAction::PutBack(id, replaced) => {
                self.on_charts(Some(&id), |charts| charts.put_back(&replaced));
            }
            ChartAction::SetAxis(key, axis) => {
                self.on_charts(of, |charts| charts.set_axis(&key, axis));
            }
            ChartAction::SetWindow(window) => {
                self.on_charts(of, |charts| charts.set_window(window));
            }
            ChartAction::Show => self.show_chart(of),
            ChartAction::Pin => self.pin_chart(of),
            ChartAction::ShowDashboard(is_shown) => self.show_dashboard(of, is_shown),
            ChartAction::ShowOf(id) => {
                self.show_tab(&id);
                self.show_chart(Some(&id));
            }
            ChartAction::ShowDashboardOf(id) => {
                self.show_tab(&id);
                self.show_dashboard(Some(&id), true);
            }
            ChartAction::Rename(place, name) => self.on_pinned(of, |pinned| {
                if let Some(chart) = pinned.get_mut(place) {
                    chart.name = name;
                }
            }),
            ChartAction::Unpin(place) => self.unpin(of, place),
            ChartAction::PinAgain(id, place, chart) => self.on_pinned(Some(&id), |pinned| {
                pinned.insert(place.min(pinned.len()), Arc::unwrap_or_clone(chart));
            }),
            ChartAction::Move(from, to) => self.on_pinned(of, |pinned| {
                if from < pinned.len() {
                    let chart = pinned.remove(from);
                    pinned.insert(to.min(pinned.len()), chart);
                }
            }),
            ChartAction::Open(place) => self.open_pinned(of, place),
        }
    }

    fn on_charts<T>(&mut self, of: Of<'_>, change: impl FnOnce(&mut Charts) -> T) {
        if let Some(pane) = self.views.panes.get_mut(of) {
            change(&mut pane.inspector.charts);
        }
    }

    fn add_to_chart(&mut self, of: Of<'_>, topic: String, path: Path) {
        let Some(pane) = self.views.panes.get_mut(of) else {
            return;
        };
        let key = SeriesKey { topic, path };
        let label = key.short_label();
        let is_seen = pane.inspector.is_chart_shown();
        let charts = &mut pane.inspector.charts;
        let (level, text) = if charts.chart().has(&key) {
            (Level::Info, format!("“{label}” is in the chart already"))
        } else if charts.add(key) {
            if is_seen {
                return;
            }
            (Level::Success, format!("“{label}” is in the chart"))
        } else {
            let most = thousands(MAX_SERIES as u64);
            let text = format!("A chart draws at most {most} values. Take some out first.");
            (Level::Warning, text)
        };
        let offer = |id| ("Show chart", ChartAction::ShowOf(id));
        self.say_of(of, level, text, Some(&offer));
    }

    fn clear_chart(&mut self, of: Of<'_>) {
        let mut replaced = None;
        self.on_charts(of, |charts| replaced = Some(charts.clear()));
        self.offer_put_back(of, replaced, "The chart was emptied".to_owned());
    }

    /// Says that the chart draws something else now, and offers to draw again what it drew before.
    fn offer_put_back(&mut self, of: Of<'_>, replaced: Option<Replaced>, text: String) {
        let Some(replaced) = replaced.filter(|it| !it.before.series.is_empty()) else {
            return;
        };
        let replaced = Arc::new(replaced);
        let undo = |id| ("Undo", ChartAction::PutBack(id, Arc::clone(&replaced)));
        self.say_of(of, Level::Info, text, Some(&undo));
    }

    fn chart_below(&mut self, of: Of<'_>, topic: &str) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        if let Some(pane) = self.views.panes.get_mut(of) {
            let context = self.waker.context();
            pane.inspector.charts.add_below(context, session, topic);
        }
        self.show_chart(of);
    }

    /// A frame begins: goes on with the charts of all connections, seen or not.
    pub(super) fn work_on_charts(&mut self, context: &egui::Context) {
        let mut left_out = Vec::new();
        for session in self.data.open.all() {
            let of = Some(&session.profile.id);
            if let Some(pane) = self.views.panes.get_mut(of) {
                let charts = &mut pane.inspector.charts;
                charts.work(context, session, now());
                left_out.push((session.profile.id.clone(), charts.take_left_out()));
            }
        }
        for (id, count) in left_out.into_iter().filter(|(_, count)| *count > 0) {
            let (most, count) = (thousands(MAX_SERIES as u64), thousands(count as u64));
            let text = format!(
                "{count} more numbers are not drawn: a chart draws at most {most}. Choose a branch with fewer topics."
            );
            self.say_of(Some(&id), Level::Warning, text, None);
        }
    }

    fn show_chart(&mut self, of: Of<'_>) {
        self.show_explorer_of(of);
        if let Some(pane) = self.views.panes.get_mut(of) {
            pane.is_dashboard = false;
            pane.inspector.show_chart();
        }
    }

    fn show_dashboard(&mut self, of: Of<'_>, is_shown: bool) {
        self.show_explorer_of(of);
        if let Some(pane) = self.views.panes.get_mut(of) {
            pane.is_dashboard = is_shown;
        }
    }

    fn show_explorer_of(&mut self, of: Of<'_>) {
        if self.data.open.shown_id() == of && of.is_some() {
            self.views.screen = Screen::Explorer;
        }
    }

    fn pin_chart(&mut self, of: Of<'_>) {
        let Some(pane) = self.views.panes.get(of) else {
            return;
        };
        let mut chart = pane.inspector.charts.chart().clone();
        if chart.series.is_empty() {
            return;
        }
        chart.name = chart.suggested_name();
        let text = format!("“{}” is on the dashboard", chart.name);
        self.on_pinned(of, |pinned| pinned.push(chart));
        let show = |id| ("Show dashboard", ChartAction::ShowDashboardOf(id));
        self.say_of(of, Level::Success, text, Some(&show));
    }

    fn unpin(&mut self, of: Of<'_>, place: usize) {
        let mut removed: Option<Chart> = None;
        self.on_pinned(of, |pinned| {
            removed = (place < pinned.len()).then(|| pinned.remove(place));
        });
        let Some(chart) = removed else {
            return;
        };
        let text = format!("“{}” is off the dashboard", chart.name);
        let chart = Arc::new(chart);
        let undo = |id| ("Undo", ChartAction::PinAgain(id, place, Arc::clone(&chart)));
        self.say_of(of, Level::Info, text, Some(&undo));
    }

    fn open_pinned(&mut self, of: Of<'_>, place: usize) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        if let Some(chart) = session.profile.charts.get(place).cloned() {
            let text = format!("The chart draws “{}” now", chart.name);
            let mut replaced = None;
            self.on_charts(of, |charts| replaced = charts.open(chart));
            self.show_chart(of);
            self.offer_put_back(of, replaced, text);
        }
    }

    /// Changes the charts of a profile's dashboard, and keeps them.
    fn on_pinned(&mut self, of: Of<'_>, change: impl FnOnce(&mut Vec<Chart>)) {
        let Some(id) = of else {
            return;
        };
        let Some(profile) = self.data.profiles.iter_mut().find(|it| it.id == *id) else {
            return;
        };
        change(&mut profile.charts);
        self.data.unsaved.profiles = true;
        self.data.tell_open(id);
    }

    /// A toast about a connection. Its offer names the connection: another one may be shown when it is taken.
    fn say_of(
        &mut self,
        of: Of<'_>,
        level: Level,
        text: String,
        offer: Option<&dyn Fn(ProfileId) -> (&'static str, ChartAction)>,
    ) {
        let name = self.data.open.get(of).map(|it| it.profile.name.clone());
        let name = name.unwrap_or_else(|| "Canopy".to_owned());
        let offer = offer.zip(of).map(|(offer, id)| offer(id.clone()));
        let offer = offer.map(|(label, action)| (label, Action::Chart(action)));
        self.say(level, &name, text, offer);
    }
}
