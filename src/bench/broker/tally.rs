//! Exactly which messages came: lost, twice, out of order.

/// Bits of a stamp that number the messages of one publisher.
const SEQUENCE_BITS: u32 = 48;

/// The stamp of a publisher's message.
pub(super) fn stamp(publisher: usize, sequence: u64) -> u64 {
    (publisher as u64) << SEQUENCE_BITS | sequence
}

/// What one subscriber has seen.
#[derive(Debug)]
pub(super) struct Tally {
    seen: Vec<Vec<bool>>,
    next: Vec<usize>,
    distinct: usize,
    /// Messages that came again, or that nobody sent.
    pub(super) surplus: usize,
    /// Messages that came after a later one of the same publisher.
    pub(super) disordered: usize,
}

impl Tally {
    /// Nothing yet of `messages` of each of the publishers.
    pub(super) fn new(publishers: usize, messages: usize) -> Self {
        Self {
            seen: vec![vec![false; messages]; publishers],
            next: vec![0; publishers],
            distinct: 0,
            surplus: 0,
            disordered: 0,
        }
    }

    /// A message came.
    pub(super) fn note(&mut self, stamp: u64) {
        let publisher = usize::try_from(stamp >> SEQUENCE_BITS).unwrap_or(usize::MAX);
        let sequence = stamp & ((1 << SEQUENCE_BITS) - 1);
        let sequence = usize::try_from(sequence).unwrap_or(usize::MAX);
        let place = self.seen.get_mut(publisher);
        match place.and_then(|seen| seen.get_mut(sequence)) {
            Some(seen) if !*seen => {
                *seen = true;
                self.distinct += 1;
                let next = &mut self.next[publisher];
                self.disordered += usize::from(sequence < *next);
                *next = sequence + 1;
            }
            _ => self.surplus += 1,
        }
    }

    /// How many different messages came.
    pub(super) fn distinct(&self) -> usize {
        self.distinct
    }

    /// How many did not come.
    pub(super) fn missing(&self) -> usize {
        self.seen.iter().map(Vec::len).sum::<usize>() - self.distinct
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_counted() {
        let mut tally = Tally::new(2, 3);
        for (publisher, sequence) in [(0, 0), (1, 1), (1, 0), (0, 2), (0, 2), (0, 3), (2, 0)] {
            tally.note(stamp(publisher, sequence));
        }
        assert_eq!((tally.distinct(), tally.missing()), (4, 2));
        assert_eq!((tally.surplus, tally.disordered), (3, 1));
    }
}
