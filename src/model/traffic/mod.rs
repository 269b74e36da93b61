//! Who floods the broker: messages and bytes of topics and branches over the last 10 seconds, the last minute, and since
//! the first message.
//!
//! Taking in messages knows nothing of this. While somebody looks, a worker copies from the log what came since it looked
//! last ([`Lens::copy`], under the lock, a slice at a time) and adds it up by half seconds ([`Lens::count`], without the
//! lock); figures since the start are copied from the nodes. So a lens that is closed costs nothing, one that is opened
//! knows at once what the log still tells, and what the log forgets later does not make it wrong.
//!
//! Bytes are those of topic name and payload: what a publisher makes go over the network, without the few bytes of header
//! and properties.
//!
//! | file | what it holds |
//! |---|---|
//! | `slots` | what came in each half second, and the sums over a window |
//! | `shape` | of each node: parent, level, length of the name |
//! | `table` | the busiest, and what the others add up to |

mod shape;
mod slots;
mod table;
#[cfg(test)]
mod tests;

pub use table::{Asked, Level, Measure, Rest, Row, Table};

use std::time::Duration;

use super::names::{Names, number};
use super::{MessageId, Model, NodeId};
use crate::mqtt::Timestamp;
use shape::Shape;
use slots::Slots;

/// Which part of the past is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Span {
    /// The last ten seconds.
    #[default]
    Seconds,
    /// The last minute.
    Minute,
    /// All since the first message.
    Start,
}

impl Span {
    /// How long it is; `None` where that depends.
    pub fn length(self) -> Option<Duration> {
        match self {
            Self::Seconds => Some(Duration::from_secs(10)),
            Self::Minute => Some(Duration::from_mins(1)),
            Self::Start => None,
        }
    }
}

/// Messages and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub messages: u64,
    /// Bytes of topic names and payloads.
    pub bytes: u64,
}

impl Tally {
    /// Counts these too.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }

    fn take(&mut self, other: Self) {
        self.messages = self.messages.saturating_sub(other.messages);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }
}

/// Why the figures do not reach back as far as they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// They do.
    #[default]
    Whole,
    /// The first message is younger: nothing is missing.
    Begun,
    /// Older messages are no longer in the history.
    Trimmed,
    /// More topics carry messages than the lens keeps figures of.
    Crowded,
}

/// What is stamped later than this from now came before the clock was set back: it is in no window.
const AHEAD: Duration = Duration::from_secs(1);

/// What a message of the log adds.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    node: u32,
    payload: u32,
}

/// What somebody who looks at the traffic knows so far. Dropped when nobody looks any more; with a million topics that
/// frees 40 MB and more, which is not for a frame.
#[derive(Debug, Default)]
pub struct Lens {
    names: Names,
    shape: Shape,
    slots: Slots,
    /// The message of the log that is looked at next; `None` before the first look.
    next: Option<u64>,
    /// The end of the log as this look found it: what comes in meanwhile is for the next one.
    end: Option<u64>,
    seen: Vec<Seen>,
    /// Figures of each topic itself since the start.
    totals: Vec<Tally>,
    /// The next node whose totals are copied in this look.
    next_node: usize,
    first_message: Option<Timestamp>,
}

impl Lens {
    /// A look begins, at `now`.
    pub fn look(&mut self, now: Timestamp) {
        self.next_node = 0;
        self.end = None;
        if self.slots.is_later_than(now) {
            // the clock was set back: what is known belongs to another time
            self.slots = Slots::default();
            self.next = None;
        }
    }

    /// Copies more of what came in since the last look: at most `most` messages of the log, or nodes. Returns whether
    /// there is more to copy in this look; the lock may be released in between, for [`Lens::count`].
    pub fn copy(&mut self, model: &Model, span: Span, now: Timestamp, most: usize) -> bool {
        if self.names.nodes() != model.tree.names().nodes() {
            self.names = model.tree.names().clone();
        }
        let has_more = self.copy_log(model, now, most);
        has_more || span == Span::Start && self.copy_totals(model, most)
    }

    fn copy_log(&mut self, model: &Model, now: Timestamp, most: usize) -> bool {
        let next = match self.next {
            Some(next) if next >= model.log.first_id().0 => next,
            // new, or so slow that the log forgot what comes next
            _ => self.begin(model, now),
        };
        let last = *self.end.get_or_insert(model.log.next_id().0);
        let end = last.min(next.saturating_add(most as u64)).max(next);
        let latest = now.plus(AHEAD);
        self.seen.extend((next..end).filter_map(|id| {
            let (node, at, payload) = model.log.outline(MessageId(id))?;
            (at <= latest).then_some(Seen { at, node, payload })
        }));
        self.next = Some(end);
        end < last
    }

    /// Finds the first message of the log within the longest window.
    fn begin(&mut self, model: &Model, now: Timestamp) -> u64 {
        let (first, end) = (model.log.first_id().0, model.log.next_id().0);
        let begin = slots::begin_of_longest(now);
        let at = |id: u64| model.log.outline(MessageId(id)).map(|(_, at, _)| at);
        let (mut low, mut high) = (first, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle).is_some_and(|at| at < begin) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let oldest = at(low).unwrap_or(now).min(now);
        let reach = match low {
            0 => Reach::Begun,
            low if low > first => Reach::Whole,
            _ => Reach::Trimmed,
        };
        self.slots = Slots::beginning(begin, oldest, reach);
        self.seen.clear();
        low
    }

    fn copy_totals(&mut self, model: &Model, most: usize) -> bool {
        let nodes = model.tree.len();
        let end = nodes.min(self.next_node.saturating_add(most));
        self.totals.resize(nodes, Tally::default());
        for index in self.next_node..end {
            let node = NodeId(number(index));
            if !model.tree.node(node).is_topic() {
                continue;
            }
            let own = model.tree.own_of(node);
            self.totals[index] = Tally {
                messages: own.messages,
                bytes: own.bytes,
            };
            // nodes are numbered in order of arrival
            self.first_message
                .get_or_insert_with(|| model.tree.first_seen(node));
        }
        self.next_node = end;
        end < nodes
    }

    /// Adds up what was copied. Takes its time; without the lock.
    pub fn count(&mut self) {
        self.shape.follow(&self.names);
        for seen in self.seen.drain(..) {
            let bytes = u64::from(self.shape.length(seen.node)) + u64::from(seen.payload);
            self.slots.count(seen.at, seen.node, bytes);
        }
    }

    /// What somebody asks for, as of `now`. Takes its time; without the lock, after [`Lens::count`].
    pub fn table(&mut self, asked: &Asked, now: Timestamp) -> Table {
        self.slots.advance(now);
        let (sums, covered, reach) = match asked.span.length() {
            Some(length) => {
                let (covered, reach) = self.slots.covered(length);
                (self.slots.sums(length).to_vec(), covered, reach)
            }
            None => (self.sums_since_start(), self.since_start(now), Reach::Whole),
        };
        table::of(&self.names, &self.shape, sums, asked).covering(
            covered,
            reach,
            self.first_message,
        )
    }

    fn sums_since_start(&self) -> Vec<Tally> {
        let with_names = |(node, tally): (usize, &Tally)| Tally {
            messages: tally.messages,
            bytes: tally.bytes + tally.messages * u64::from(self.shape.length(number(node))),
        };
        self.totals.iter().enumerate().map(with_names).collect()
    }

    fn since_start(&self, now: Timestamp) -> Duration {
        let first = self.first_message.unwrap_or(now);
        now.since(first)
    }
}
