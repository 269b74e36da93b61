//! Topics to measure with: as a plant names them, and as a flat list.

/// How the topics of a bench hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Five levels: `plant-3/hall-7/line-12/machine-0042/temperature`, ten topics to each machine.
    Deep,
    /// All of them children of one branch: `device/000042`.
    Flat,
}

impl Shape {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Deep => "deep",
            Self::Flat => "flat",
        }
    }

    /// The topic with this number; different numbers are different topics.
    pub(super) fn topic(self, number: usize) -> String {
        const READINGS: [&str; 10] = [
            "temperature",
            "humidity",
            "pressure",
            "voltage",
            "current",
            "power",
            "speed",
            "vibration",
            "status",
            "alarm",
        ];
        match self {
            Self::Deep => {
                let machine = number / READINGS.len();
                format!(
                    "plant-{}/hall-{}/line-{}/machine-{machine:04}/{}",
                    machine % 5,
                    machine / 5 % 10,
                    machine / 50 % 20,
                    READINGS[number % READINGS.len()]
                )
            }
            Self::Flat => format!("device/{number:06}"),
        }
    }

    /// The first `count` topics.
    pub(super) fn topics(self, count: usize) -> Vec<String> {
        (0..count).map(|number| self.topic(number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn topics_differ() {
        for shape in [Shape::Deep, Shape::Flat] {
            let topics: BTreeSet<String> = shape.topics(20_000).into_iter().collect();
            assert_eq!(topics.len(), 20_000);
        }
    }
}
