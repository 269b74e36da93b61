//! What is kept of charts: which values are drawn, on which axis, over how long a time. A profile keeps those that are
//! pinned to its dashboard.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::payload::document::Path;

/// Names the numbers of one value: a topic, and where the value stands in its messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesKey {
    /// The topic.
    pub topic: String,
    /// The steps to the value; empty for a payload that is a number itself.
    pub path: Path,
}

impl SeriesKey {
    /// The last level of the topic, or the steps to the value: `temperature`, `author.id`.
    pub fn short_label(&self) -> String {
        let label = self.path.label();
        if label.is_empty() {
            self.topic.rsplit('/').next().unwrap_or_default().to_owned()
        } else {
            label
        }
    }

    /// The last two levels of the topic, with the steps to the value: `bath/temperature`, `research/news score`.
    fn label(&self) -> String {
        let mut levels: Vec<&str> = self.topic.rsplitn(3, '/').take(2).collect();
        levels.reverse();
        with_path(levels.join("/"), &self.path)
    }

    /// The whole topic, with the steps to the value.
    pub fn full_label(&self) -> String {
        with_path(self.topic.clone(), &self.path)
    }
}

fn with_path(topic: String, path: &Path) -> String {
    let label = path.label();
    if label.is_empty() {
        topic
    } else {
        format!("{topic} {label}")
    }
}

/// The axis that a series is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ChartAxis {
    /// The one at the left.
    #[default]
    Left,
    /// The one at the right, with a scale of its own.
    Right,
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartSeries {
    /// What it shows.
    pub key: SeriesKey,
    /// How it is measured.
    pub axis: ChartAxis,
}

/// How long a time a chart shows, up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ChartWindow {
    /// 30 seconds.
    HalfMinute,
    /// One minute.
    Minute,
    /// Five minutes.
    #[default]
    FiveMinutes,
    /// A quarter of an hour.
    QuarterHour,
    /// One hour.
    Hour,
    /// Everything that is known.
    All,
}

impl ChartWindow {
    /// All of them, the shortest first.
    pub const ALL: [Self; 6] = [
        Self::HalfMinute,
        Self::Minute,
        Self::FiveMinutes,
        Self::QuarterHour,
        Self::Hour,
        Self::All,
    ];

    /// How long it is; `None` for everything.
    pub fn length(self) -> Option<Duration> {
        let seconds = match self {
            Self::HalfMinute => 30,
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::QuarterHour => 900,
            Self::Hour => 3_600,
            Self::All => return None,
        };
        Some(Duration::from_secs(seconds))
    }

    /// `30 s`, `5 min`, `All`.
    pub fn label(self) -> &'static str {
        match self {
            Self::HalfMinute => "30 s",
            Self::Minute => "1 min",
            Self::FiveMinutes => "5 min",
            Self::QuarterHour => "15 min",
            Self::Hour => "1 h",
            Self::All => "All",
        }
    }
}

/// A chart: its name, its lines and its time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Chart {
    /// What the dashboard calls it.
    pub name: String,
    /// Its lines, in the order in which they were added.
    pub series: Vec<ChartSeries>,
    /// How long a time it shows.
    pub window: ChartWindow,
}

impl Chart {
    /// Whether a series is in it.
    pub fn has(&self, key: &SeriesKey) -> bool {
        self.series.iter().any(|series| series.key == *key)
    }

    /// Adds a series on the left axis; `false` when it was there.
    pub fn add(&mut self, key: SeriesKey) -> bool {
        let is_new = !self.has(&key);
        if is_new {
            let axis = ChartAxis::Left;
            self.series.push(ChartSeries { key, axis });
        }
        is_new
    }

    /// Takes a series out; `false` when it was not there.
    pub fn remove(&mut self, key: &SeriesKey) -> bool {
        let before = self.series.len();
        self.series.retain(|series| series.key != *key);
        self.series.len() < before
    }

    /// What the series at this place is called, so that it differs from the others: `temperature`, or `bath/temperature`
    /// beside that of another room.
    pub fn label(&self, place: usize) -> String {
        let Some(series) = self.series.get(place) else {
            return String::new();
        };
        let key = &series.key;
        let labels: [fn(&SeriesKey) -> String; 2] = [SeriesKey::short_label, SeriesKey::label];
        let is_own = |label: &fn(&SeriesKey) -> String| {
            let own = label(key);
            let same = self.series.iter().filter(|it| label(&it.key) == own);
            same.take(2).count() < 2
        };
        // with very many lines that would be looked for too long
        let is_few = self.series.len() <= 64;
        let found = labels.iter().find(|label| is_few && is_own(label));
        found.map_or_else(|| key.full_label(), |label| label(key))
    }

    /// A name made of what it shows: `score`, or `score, author.id and 3 more`.
    pub fn suggested_name(&self) -> String {
        // “and 1 more” would be no shorter than its name
        let count = match self.series.len() {
            count @ 0..=3 => count,
            _ => 2,
        };
        let named = 0..count;
        let labels: Vec<String> = named.map(|place| self.label(place)).collect();
        let labels = labels.join(", ");
        match self.series.len().saturating_sub(count) {
            0 => labels,
            more => format!("{labels} and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::document::Step;

    fn key(topic: &str, steps: &[&str]) -> SeriesKey {
        let steps = steps.iter().map(|step| Step::Key((*step).to_owned(), 0));
        SeriesKey {
            topic: topic.to_owned(),
            path: Path(steps.collect()),
        }
    }

    #[test]
    fn a_series_is_in_a_chart_once() {
        let mut chart = Chart::default();
        assert!(chart.add(key("a/b", &[])));
        assert!(!chart.add(key("a/b", &[])));
        assert!(chart.add(key("a/b", &["author", "id"])));
        assert_eq!(chart.suggested_name(), "b, author.id");
        assert!(chart.add(key("c", &[])));
        assert_eq!(chart.suggested_name(), "b, author.id, c");
        assert!(chart.remove(&key("a/b", &[])));
        assert!(!chart.remove(&key("a/b", &[])));
        assert_eq!(chart.series.len(), 2);
    }

    #[test]
    fn lines_of_the_same_name_are_told_apart() {
        let mut chart = Chart::default();
        let topics = ["home/bath/temp", "home/hall/temp", "shed/hall/temp", "a"];
        for topic in topics {
            chart.add(key(topic, &[]));
        }
        chart.add(key("b/c", &["temp"]));
        let labels: Vec<String> = (0..5).map(|place| chart.label(place)).collect();
        let expected = [
            "bath/temp",
            "home/hall/temp",
            "shed/hall/temp",
            "a",
            "b/c temp",
        ];
        assert_eq!(labels, expected);
    }

    #[test]
    fn a_chart_is_read_as_it_was_written() {
        let mut chart = Chart {
            name: "News".to_owned(),
            window: ChartWindow::Hour,
            ..Chart::default()
        };
        chart.add(key("a/b", &["first name"]));
        let text = ron::to_string(&chart).unwrap();
        assert_eq!(ron::from_str::<Chart>(&text).unwrap(), chart);
        let old = ron::from_str::<Chart>("(name: \"x\")").unwrap();
        assert_eq!(old.window, ChartWindow::FiveMinutes);
    }
}
