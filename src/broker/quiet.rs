//! Keeps a client without keep alive connected.
//!
//! Keep alive 0 turns the mechanism off (MQTT 5, 3.1.2.10), but `mqtt5` 0.49 drops a client that sends nothing for
//! 300 seconds even so. Before that, a PINGREQ is slipped in as if the client had sent it, and the answer is kept
//! from the client.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// PINGREQ (MQTT 5, 3.12).
pub(super) const PINGREQ: [u8; 2] = [0xc0, 0x00];
/// PINGRESP (MQTT 5, 3.13).
const PINGRESP: [u8; 2] = [0xd0, 0x00];
/// How long a client may be quiet.
pub(super) const LIMIT: Duration = Duration::from_mins(2);

/// The clock of one connection.
#[derive(Debug)]
pub(super) struct Quiet {
    limit: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
    unanswered: u32,
}

impl Quiet {
    /// Rings when nothing was heard for `limit`.
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
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

    /// Whether a PINGREQ is due now; wakes the task when it is.
    pub(super) fn poll_due(&mut self, cx: &mut Context<'_>) -> bool {
        let limit = self.limit;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(limit)));
        if alarm.as_mut().poll(cx) == Poll::Pending {
            return false;
        }
        self.unanswered += 1;
        self.heard();
        true
    }

    /// Whether `packet` answers a PINGREQ that the client does not know of.
    pub(super) fn is_answer(&mut self, packet: &[u8]) -> bool {
        let is_answer = self.unanswered > 0 && packet == PINGRESP;
        self.unanswered -= u32::from(is_answer);
        is_answer
    }
}
