//! What is noted each second of a flood, and how far that is off the history's budget.

/// Bytes of a mebibyte.
pub(super) const MIB: u64 = 1 << 20;

/// One look at the model and the process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Seconds since the first sample.
    pub(super) seconds: f64,
    pub(super) topics: u32,
    pub(super) messages: u64,
    pub(super) trimmed: u64,
    /// Bytes that the model counts as history.
    pub(super) history: u64,
    /// Resident memory of the process, bytes.
    pub(super) resident: u64,
}

impl Sample {
    /// Speed since `before`.
    pub(super) fn messages_per_second(&self, before: &Self) -> f64 {
        let seconds = self.seconds - before.seconds;
        let messages = self.messages.saturating_sub(before.messages) as f64;
        if seconds > 0.0 {
            messages / seconds
        } else {
            0.0
        }
    }
}

/// All samples of a run.
#[derive(Debug)]
pub(super) struct Samples {
    budget: u64,
    before: Sample,
    all: Vec<Sample>,
}

impl Samples {
    /// `before` was taken when all topics had been seen and hardly anything was kept. Its seconds begin again at 0.
    pub(super) fn new(budget: u64, before: Sample) -> Self {
        Self {
            budget,
            before: Sample {
                seconds: 0.0,
                ..before
            },
            all: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, sample: Sample) {
        self.all.push(sample);
    }

    pub(super) fn budget(&self) -> u64 {
        self.budget
    }

    pub(super) fn before(&self) -> &Sample {
        &self.before
    }

    pub(super) fn all(&self) -> &[Sample] {
        &self.all
    }

    /// Seconds of the whole run, never 0.
    pub(super) fn seconds(&self) -> f64 {
        self.all
            .last()
            .map_or(1.0, |last| last.seconds)
            .max(f64::MIN_POSITIVE)
    }

    /// Messages a second over the whole run.
    pub(super) fn speed(&self) -> f64 {
        self.all
            .last()
            .map_or(0.0, |last| last.messages_per_second(&self.before))
    }

    /// Bytes by which the process has grown since before there was a history.
    pub(super) fn grown(&self, sample: &Sample) -> f64 {
        let before = self.before.resident as f64 - self.before.history as f64;
        sample.resident as f64 - before
    }

    /// Least and most bytes of history once the budget was used up; `None` if it never was.
    pub(super) fn full_history(&self) -> Option<(f64, f64)> {
        range(self.full().map(|sample| sample.history as f64))
    }

    /// The same of [`Samples::grown`].
    pub(super) fn full_grown(&self) -> Option<(f64, f64)> {
        range(self.full().map(|sample| self.grown(sample)))
    }

    fn full(&self) -> impl Iterator<Item = &Sample> {
        self.all.iter().filter(|sample| sample.trimmed > 0)
    }
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (least, most) = range.unwrap_or((value, value));
        Some((least.min(value), most.max(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seconds: u32, history: u64, resident: u64, trimmed: u64) -> Sample {
        Sample {
            seconds: f64::from(seconds),
            topics: 1,
            messages: 1_000 * u64::from(seconds),
            trimmed,
            history: history * MIB,
            resident: resident * MIB,
        }
    }

    #[test]
    fn growth_is_counted_from_an_empty_history() {
        let mut samples = Samples::new(100 * MIB, sample(0, 2, 32, 0));
        samples.add(sample(1, 60, 91, 0));
        samples.add(sample(2, 99, 140, 5));
        samples.add(sample(4, 101, 125, 9));
        let mib = |(least, most): (f64, f64)| (least / MIB as f64, most / MIB as f64);
        assert_eq!(samples.full_history().map(mib), Some((99.0, 101.0)));
        assert_eq!(samples.full_grown().map(mib), Some((95.0, 110.0)));
        assert!((samples.speed() - 1_000.0).abs() < 1e-9);
    }

    #[test]
    fn a_history_that_never_filled_has_no_deviation() {
        let mut samples = Samples::new(100 * MIB, sample(0, 0, 30, 0));
        assert!((samples.seconds() - 1.0).abs() < f64::EPSILON);
        samples.add(sample(1, 10, 41, 0));
        assert_eq!(samples.full_grown(), None);
    }
}
