//! Publishing a message again and again: when the next one is due, and how many are still to come.

use std::time::Duration;

use bytes::Bytes;

use crate::mqtt::Timestamp;
use crate::profile::PublishDraft;

/// Messages that one call may send, so that catching up never holds up the window.
const BURST: usize = 200;

/// What the user sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatSettings {
    /// Milliseconds from one message to the next, at least 1.
    pub every_ms: u32,
    /// How many messages; 0 goes on until stopped.
    pub count: u32,
}

impl Default for RepeatSettings {
    fn default() -> Self {
        Self {
            every_ms: 1_000,
            count: 10,
        }
    }
}

/// A repetition under way.
#[derive(Debug, Clone)]
pub struct Repetition {
    /// The message as it was when the repetition began.
    pub draft: PublishDraft,
    /// The bytes of its file, if it has one.
    pub file: Option<Bytes>,
    /// Messages sent so far.
    pub sent: u32,
    settings: RepeatSettings,
    next: Timestamp,
}

impl Repetition {
    /// Begins at `now` with the first message.
    pub fn start(
        draft: PublishDraft,
        file: Option<Bytes>,
        settings: RepeatSettings,
        now: Timestamp,
    ) -> Self {
        Self {
            draft,
            file,
            sent: 0,
            settings,
            next: now,
        }
    }

    /// The same, beginning at another time.
    #[must_use]
    pub fn starting(self, now: Timestamp) -> Self {
        Self { next: now, ..self }
    }

    /// How many messages are due at `now`, at most a burst. They count as sent.
    pub fn due(&mut self, now: Timestamp, room: usize) -> usize {
        let interval = Duration::from_millis(u64::from(self.settings.every_ms.max(1)));
        let mut due = 0;
        while due < BURST.min(room) && self.next <= now && !self.is_done() {
            self.next = self.next.plus(interval);
            self.sent = self.sent.saturating_add(1);
            due += 1;
        }
        due
    }

    /// Whether the last message was sent.
    pub fn is_done(&self) -> bool {
        self.settings.count != 0 && self.sent >= self.settings.count
    }

    /// The time from `now` to the next message.
    pub fn wait(&self, now: Timestamp) -> Duration {
        self.next.since(now)
    }

    /// How many there will be; `None` when it goes on until stopped.
    pub fn count(&self) -> Option<u32> {
        (self.settings.count != 0).then_some(self.settings.count)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{RepeatSettings, Repetition};
    use crate::mqtt::Timestamp;
    use crate::profile::PublishDraft;

    fn every(every_ms: u32, count: u32) -> Repetition {
        let settings = RepeatSettings { every_ms, count };
        Repetition::start(
            PublishDraft::default(),
            None,
            settings,
            Timestamp::from_micros(0),
        )
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    #[test]
    fn the_first_message_goes_at_once_and_the_rest_in_time() {
        let mut repetition = every(500, 3);
        assert_eq!(repetition.due(at(0), 1_000), 1);
        assert_eq!(repetition.due(at(499), 1_000), 0);
        assert_eq!(repetition.wait(at(499)), Duration::from_millis(1));
        assert_eq!(repetition.due(at(500), 1_000), 1);
        assert_eq!(repetition.due(at(9_000), 1_000), 1);
        assert!(repetition.is_done());
        assert_eq!(repetition.due(at(99_000), 1_000), 0);
    }

    #[test]
    fn rare_frames_are_caught_up_in_bursts() {
        let mut repetition = every(1, 0);
        assert_eq!(repetition.due(at(1_000), 1_000), 200);
        assert_eq!(repetition.due(at(1_000), 1_000), 200);
        assert_eq!(repetition.wait(at(1_000)), Duration::ZERO);
        assert_eq!(repetition.due(at(1_000), 7), 7);
        assert_eq!(repetition.count(), None);
    }
}
