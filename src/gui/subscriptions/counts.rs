//! Messages and rate of each subscription, copied out of the model a few times a second.

use std::time::Duration;

use crate::model::SubscriptionCount;
use crate::mqtt::Timestamp;

use super::super::session::Session;

/// Numbers that change more often cannot be read.
const INTERVAL: Duration = Duration::from_millis(250);

/// The last copy.
#[derive(Debug, Default)]
pub struct Counts {
    counts: Vec<SubscriptionCount>,
    copied: Option<Timestamp>,
}

impl Counts {
    /// Copies them, if that is due and the model has a moment.
    pub fn look(&mut self, session: &Session, now: Timestamp) {
        let is_fresh = |copied: Timestamp| now >= copied && now.since(copied) < INTERVAL;
        let asked = session.subscriptions.as_slice();
        let mut indexed = asked.iter().enumerate();
        let is_complete = indexed.all(|(index, it)| self.at(index, &it.asked.filter).is_some());
        if is_complete && self.copied.is_some_and(is_fresh) {
            return;
        }
        if let Some(model) = session.live.lock_soon() {
            self.counts = model.subscription_counts(now);
            self.copied = Some(now);
        }
    }

    /// What came for this filter.
    pub fn of(&self, filter: &str) -> Option<&SubscriptionCount> {
        let mut counts = self.counts.iter();
        counts.find(|it| it.filter.as_str() == filter)
    }

    /// The same for the subscription at this place of the list, where it mostly is here too.
    pub fn at(&self, index: usize, filter: &str) -> Option<&SubscriptionCount> {
        let here = self.counts.get(index);
        here.filter(|it| it.filter.as_str() == filter)
            .or_else(|| self.of(filter))
    }

    /// Whether a rate still has to come down.
    pub fn are_moving(&self) -> bool {
        self.counts.iter().any(|it| it.rate > 0.0)
    }
}

/// Messages per second in at most four characters: `0`, `0.4`, `18`, `4.1k`.
pub fn short_rate(per_second: f32) -> String {
    match per_second {
        ..0.05 => "0".to_owned(),
        ..9.95 => format!("{per_second:.1}"),
        ..999.5 => format!("{per_second:.0}"),
        ..9_950.0 => format!("{:.1}k", per_second / 1e3),
        ..999_500.0 => format!("{:.0}k", per_second / 1e3),
        _ => format!("{:.1}M", per_second / 1e6),
    }
}

#[cfg(test)]
mod unit {
    use super::short_rate;

    #[test]
    fn a_rate_takes_four_characters_at_most() {
        let cases = [
            (0.0, "0"),
            (0.04, "0"),
            (0.44, "0.4"),
            (9.94, "9.9"),
            (9.96, "10"),
            (999.4, "999"),
            (999.6, "1.0k"),
            (4_096.0, "4.1k"),
            (9_960.0, "10k"),
            (812_000.0, "812k"),
            (1_240_000.0, "1.2M"),
        ];
        for (rate, text) in cases {
            assert_eq!(short_rate(rate), text);
        }
    }
}
