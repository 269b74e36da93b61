//! Keeps clients connected that `mqtt5` 0.49 would take for dead.
//!
//! Keep alive 0 turns the mechanism off (MQTT 5, 3.1.2.10), but the crate drops a client that sends nothing for
//! 300 seconds even so. Before that, a PINGREQ is slipped in as if the client had sent it, and the answer is kept
//! from the client. The same is done for a client that nothing is read from because subscribers cannot keep up: its own
//! PINGREQ stands behind its messages. It gets the answer, so that it does not take the broker for dead either.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// PINGREQ (MQTT 5, 3.12).
pub(super) const PINGREQ: [u8; 2] = [0xc0, 0x00];
/// PINGRESP (MQTT 5, 3.13).
const PINGRESP: [u8; 2] = [0xd0, 0x00];
/// How long a client without keep alive may be quiet.
pub(super) const LIMIT: Duration = Duration::from_mins(2);

/// The clock of one connection.
#[derive(Debug)]
pub(super) struct Quiet {
    /// How long a client without keep alive may be quiet.
    longest: Duration,
    /// What the alarm is set to.
    limit: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
    unanswered: u32,
}

impl Quiet {
    /// Rings when nothing was heard for `longest` of a client without keep alive.
    pub(super) fn new(longest: Duration) -> Self {
        Self {
            longest,
            limit: longest,
            alarm: None,
            unanswered: 0,
        }
    }

    /// The client sent something.
    pub(super) fn heard(&mut self) {
        if let Some(alarm) = &mut self.alarm {
            alarm.as_mut().reset(Instant::now() + self.limit);
        }
    }

    /// Whether a PINGREQ is due now from a client without keep alive; wakes the task when it is. The client will not see
    /// the answer.
    pub(super) fn poll_due(&mut self, cx: &mut Context<'_>) -> bool {
        let is_due = self.poll_rings(cx, self.longest);
        self.unanswered += u32::from(is_due);
        is_due
    }

    /// The same for a client with a keep alive that is not read from. It will see the answer.
    pub(super) fn poll_due_unread(&mut self, cx: &mut Context<'_>, keep_alive: Duration) -> bool {
        self.poll_rings(cx, keep_alive / 2)
    }

    fn poll_rings(&mut self, cx: &mut Context<'_>, limit: Duration) -> bool {
        self.limit = limit;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(limit)));
        let rings = alarm.as_mut().poll(cx).is_ready();
        if rings {
            self.heard();
        }
        rings
    }

    /// Whether `packet` answers a PINGREQ that the client does not know of.
    pub(super) fn is_answer(&mut self, packet: &[u8]) -> bool {
        let is_answer = self.unanswered > 0 && packet == PINGRESP;
        self.unanswered -= u32::from(is_answer);
        is_answer
    }
}
