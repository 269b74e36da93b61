//! Which messages of a list are selected: ranges of their numbers, so that a hundred thousand take no more room than one.

use crate::model::MessageId;

/// Ranges of message numbers, first and last, ascending; they never touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    ranges: Vec<(u64, u64)>,
}

impl Selection {
    /// Everything up to this message.
    pub fn up_to(last: MessageId) -> Self {
        Self {
            ranges: vec![(0, last.0)],
        }
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether more than one may be selected.
    pub fn is_several(&self) -> bool {
        self.ranges.len() > 1 || self.ranges.iter().any(|range| range.0 < range.1)
    }

    /// Whether a message is selected.
    pub fn contains(&self, id: MessageId) -> bool {
        let at = self.ranges.partition_point(|range| range.1 < id.0);
        self.ranges.get(at).is_some_and(|range| range.0 <= id.0)
    }

    /// First and last of each range, ascending.
    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    /// Selects this one only.
    pub fn set(&mut self, id: MessageId) {
        self.ranges = vec![(id.0, id.0)];
    }

    /// Selects everything between two messages, whichever comes first.
    pub fn set_range(&mut self, from: MessageId, to: MessageId) {
        self.ranges = vec![(from.0.min(to.0), from.0.max(to.0))];
    }

    /// Adds a message, or takes it out.
    pub fn toggle(&mut self, id: MessageId) {
        let at = self.ranges.partition_point(|range| range.1 < id.0);
        if !self.contains(id) {
            self.ranges.insert(at, (id.0, id.0));
            return;
        }
        let (first, last) = self.ranges.remove(at);
        let rest = [(first, id.0.wrapping_sub(1)), (id.0 + 1, last)];
        let sides = [first < id.0, id.0 < last];
        let left = rest.into_iter().zip(sides).filter(|(_, is_left)| *is_left);
        self.ranges.splice(at..at, left.map(|(range, _)| range));
    }

    /// Takes out all of it.
    pub fn clear(&mut self) {
        self.ranges.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_are_like_a_set(from in 0_u64..20, to in 0_u64..20, toggles in proptest::collection::vec(0_u64..24, 0..40)) {
            let mut selection = Selection::default();
            selection.set_range(MessageId(from), MessageId(to));
            let mut naive: std::collections::BTreeSet<u64> = (from.min(to)..=from.max(to)).collect();
            for id in toggles {
                selection.toggle(MessageId(id));
                if !naive.remove(&id) {
                    naive.insert(id);
                }
                for id in 0..25 {
                    prop_assert_eq!(selection.contains(MessageId(id)), naive.contains(&id));
                }
            }
            prop_assert_eq!(selection.is_empty(), naive.is_empty());
        }
    }
}
