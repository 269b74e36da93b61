//! What came in each half second of the last minute, and the sums over the end of it. A window moves by half seconds: its
//! figures are exact, and its end is at most that old.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Reach, Tally};
use crate::mqtt::Timestamp;

/// Length of a slot in microseconds.
const SLOT: i64 = 500_000;
/// Slots in the longest window.
const LONGEST: i64 = 60_000_000 / SLOT;
/// Time that a message may take from the socket to the log, in microseconds, before its slot is closed.
const GRACE: i64 = 50_000;
/// Figures that are kept for all slots together: 128 MB.
const MOST: usize = 8_000_000;

/// What a node carried in one slot.
#[derive(Debug, Clone, Copy)]
struct Entry {
    bytes: u64,
    node: u32,
    messages: u32,
}

impl Entry {
    fn tally(self) -> Tally {
        Tally {
            messages: u64::from(self.messages),
            bytes: self.bytes,
        }
    }
}

/// The slots, and the sums of each node over the window that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Slots {
    closed: VecDeque<Vec<Entry>>,
    /// Number of the slot that is open; those before it are closed.
    now: i64,
    open: Vec<Entry>,
    /// The first slot that is known in full, and why none before it.
    known: i64,
    reach: Reach,
    kept: usize,
    sums: Vec<Tally>,
    /// How many slots the sums are over.
    summed: i64,
}

fn slot_of(at: i64) -> i64 {
    at.div_euclid(SLOT)
}

/// Where the longest window of somebody who begins to look now begins.
pub(super) fn begin_of_longest(now: Timestamp) -> Timestamp {
    Timestamp::from_micros((slot_of(now.as_micros()) - LONGEST) * SLOT)
}

fn slots_in(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX) / SLOT
}

impl Slots {
    /// Slots from `begin` on. The messages that are known begin at `oldest`, for this reason.
    pub(super) fn beginning(begin: Timestamp, oldest: Timestamp, reach: Reach) -> Self {
        let oldest = slot_of(oldest.as_micros());
        let now = slot_of(begin.as_micros());
        let known = match reach {
            Reach::Whole => now,
            Reach::Begun => oldest,
            // of the slot in which the history begins a part is missing
            Reach::Trimmed | Reach::Crowded => oldest + 1,
        };
        Self {
            now,
            known,
            reach,
            ..Self::default()
        }
    }

    /// Whether the slots are those of a time that is still to come.
    pub(super) fn is_later_than(&self, now: Timestamp) -> bool {
        self.now > slot_of(now.as_micros()) + 2
    }

    /// Counts a message. One that comes late counts where it comes.
    pub(super) fn count(&mut self, at: Timestamp, node: u32, bytes: u64) {
        let slot = slot_of(at.as_micros());
        if slot > self.now {
            self.close_before(slot);
        }
        if self.now < self.known {
            return;
        }
        self.open.push(Entry {
            bytes,
            node,
            messages: 1,
        });
    }

    /// Closes what is over by `now`.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.close_before(slot_of(now.as_micros() - GRACE));
    }

    fn count_closed(&self) -> i64 {
        i64::try_from(self.closed.len()).unwrap_or(i64::MAX)
    }

    fn close_before(&mut self, slot: i64) {
        if slot - self.now > LONGEST {
            // nothing of what is known is in any window any more
            self.closed.clear();
            self.open.clear();
            self.sums.clear();
            self.kept = 0;
            self.now = slot - LONGEST;
        }
        while self.now < slot {
            self.close();
        }
    }

    fn close(&mut self) {
        let entries = added_up(std::mem::take(&mut self.open));
        if let Some(highest) = entries.last() {
            let nodes = highest.node as usize + 1;
            self.sums
                .resize(nodes.max(self.sums.len()), Tally::default());
        }
        for entry in &entries {
            self.sums[entry.node as usize].add(entry.tally());
        }
        self.kept += entries.len();
        self.closed.push_back(entries);
        self.now += 1;
        self.leave(self.summed);
        while self.count_closed() > LONGEST {
            self.forget_oldest();
        }
        while self.kept > MOST && self.closed.len() > 1 {
            if self.count_closed() <= self.summed {
                self.leave(self.count_closed() - 1);
            }
            self.forget_oldest();
            self.known = self.now - self.count_closed();
            self.reach = Reach::Crowded;
        }
    }

    /// Takes the slot out of the sums that is just too old for a window of so many slots.
    fn leave(&mut self, window: i64) {
        let place = self.count_closed() - 1 - window;
        let Some(gone) = usize::try_from(place)
            .ok()
            .and_then(|at| self.closed.get(at))
        else {
            return;
        };
        for entry in gone {
            self.sums[entry.node as usize].take(entry.tally());
        }
    }

    fn forget_oldest(&mut self) {
        let gone = self.closed.pop_front();
        self.kept -= gone.map_or(0, |entries| entries.len());
    }

    /// What each node itself carried in a window of this length that ends with the last closed slot.
    pub(super) fn sums(&mut self, length: Duration) -> &[Tally] {
        let window = slots_in(length);
        if self.summed != window {
            self.summed = window;
            self.sums.fill(Tally::default());
            let first = self
                .closed
                .len()
                .saturating_sub(usize::try_from(window).unwrap_or(0));
            for entry in self.closed.range(first..).flatten() {
                self.sums[entry.node as usize].add(entry.tally());
            }
        }
        &self.sums
    }

    /// How much of a window of this length is known, and why not all.
    pub(super) fn covered(&self, length: Duration) -> (Duration, Reach) {
        let window = slots_in(length);
        let known = (self.now - self.known).clamp(0, window);
        let micros = u64::try_from(known * SLOT).unwrap_or(0);
        let reach = if known == window {
            Reach::Whole
        } else {
            self.reach
        };
        (Duration::from_micros(micros), reach)
    }
}

/// One entry for each node, in the order of their numbers.
fn added_up(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_unstable_by_key(|entry| entry.node);
    entries.dedup_by(|next, kept| {
        let is_same = next.node == kept.node;
        if is_same {
            kept.messages += next.messages;
            kept.bytes += next.bytes;
        }
        is_same
    });
    entries.shrink_to_fit();
    entries
}
