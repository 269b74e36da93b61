//! What the pinned charts of a profile draw, copied when the profile changes and shared by whoever needs it in a frame:
//! there may be thousands of lines.

use std::sync::Arc;

use crate::profile::{Chart, ChartSeries, SeriesKey};

/// The series of each chart on a dashboard. A copy is the same list; a list that has changed is another one.
#[derive(Debug, Clone, Default)]
pub struct Pinned(Arc<[Arc<[SeriesKey]>]>);

impl Pinned {
    /// What these charts draw.
    pub fn of(charts: &[Chart]) -> Self {
        Self(charts.iter().map(keys_of).collect())
    }

    /// The charts are these now. What is as it was stays the same, also while charts are renamed.
    pub fn follow(&mut self, charts: &[Chart]) {
        let is_alike = |(kept, chart): (&Arc<[SeriesKey]>, &Chart)| {
            kept.iter().eq(chart.series.iter().map(key))
        };
        if self.0.len() == charts.len() && self.0.iter().zip(charts).all(is_alike) {
            return;
        }
        let next = |chart: &Chart| {
            let kept = self.0.iter().find(|kept| is_alike((*kept, chart)));
            kept.map_or_else(|| keys_of(chart), Arc::clone)
        };
        self.0 = charts.iter().map(next).collect();
    }

    /// The series of the chart at this place.
    pub fn keys(&self, place: usize) -> Arc<[SeriesKey]> {
        self.0.get(place).map(Arc::clone).unwrap_or_default()
    }

    /// The series of all charts.
    pub fn all(&self) -> impl Iterator<Item = &SeriesKey> {
        self.0.iter().flat_map(|keys| keys.iter())
    }

    /// Whether it is the same list, without looking into it.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Whether two lists are equal: at once where they are the same one.
pub fn are_equal(one: &Arc<[SeriesKey]>, other: &Arc<[SeriesKey]>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

fn keys_of(chart: &Chart) -> Arc<[SeriesKey]> {
    chart.series.iter().map(key).cloned().collect()
}

fn key(series: &ChartSeries) -> &SeriesKey {
    &series.key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(topics: &[&str]) -> Chart {
        let mut chart = Chart::default();
        for topic in topics {
            chart.add(SeriesKey {
                topic: (*topic).to_owned(),
                ..SeriesKey::default()
            });
        }
        chart
    }

    #[test]
    fn only_what_has_changed_is_copied() {
        let mut charts = vec![chart(&["a", "b"]), chart(&["c"])];
        let mut pinned = Pinned::of(&charts);
        let before = pinned.clone();
        charts[0].name = "other".to_owned();
        pinned.follow(&charts);
        assert!(pinned.is_same(&before));
        charts.swap(0, 1);
        charts.push(chart(&["d"]));
        pinned.follow(&charts);
        assert!(!pinned.is_same(&before));
        assert!(Arc::ptr_eq(&pinned.keys(0), &before.keys(1)));
        assert!(Arc::ptr_eq(&pinned.keys(1), &before.keys(0)));
        let topics: Vec<_> = pinned.all().map(|key| key.topic.as_str()).collect();
        assert_eq!(topics, ["c", "a", "b", "d"]);
        assert!(pinned.keys(3).is_empty());
        charts.remove(1);
        pinned.follow(&charts);
        assert_eq!(pinned.all().count(), 2);
    }
}
