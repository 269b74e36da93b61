//! Holds publishers back while a subscriber is slower than they are.
//!
//! `mqtt5` 0.49 keeps what waits for a client in a queue of fixed length, and drops QoS 0 messages without a word when
//! it is full. A queue cannot be looked into from outside, but a handler that waits for something has emptied its own.
//! So each connection carries a mark: how much had come to the broker when its handler last rested. Before publishers
//! get [`AHEAD`] ahead of any subscriber's mark, nothing is read from them, and TCP does the rest. A message counts for
//! one, and for one more with each [`WEIGHT`] bytes, because large ones fill the memory long before the queue.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use parking_lot::Mutex;

/// How far publishers may be ahead of a subscriber: messages, or 16 MiB; a quarter of what the crate is told to keep for it, because
/// what handlers have read and not yet routed comes on top.
pub(super) const AHEAD: u64 = super::serve::CLIENT_CHANNEL_CAPACITY as u64 / 4;
/// Bytes that count as much as a message.
const WEIGHT: usize = 256;
/// The least of it for a client with many subscriptions, all of which may fit the same message.
const LEAST: u64 = 64;
/// How long a subscriber may take nothing while others wait for it. Then its connection is ended: it gets no further
/// message, and whoever looks sees why, instead of a gap that nobody sees.
pub(super) const STUCK: Duration = Duration::from_secs(10);

/// Who waits, and until when nobody has to.
#[derive(Debug, Default)]
pub(super) struct Pressure {
    /// What has come from all clients, as the module counts it.
    came: AtomicU64,
    /// Up to so much nobody has to wait. Only ever too low.
    limit: AtomicU64,
    /// Whether somebody waits.
    parked: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Pressure {
    /// So many messages began in so many bytes that came from a client.
    pub(super) fn add(&self, messages: u64, bytes: usize) {
        let more = messages + (bytes / WEIGHT) as u64;
        if more > 0 {
            self.came.fetch_add(more, Ordering::SeqCst);
        }
    }

    /// How much has come.
    pub(super) fn came(&self) -> u64 {
        self.came.load(Ordering::SeqCst)
    }

    /// Whether more may be read.
    pub(super) fn is_open(&self) -> bool {
        self.came() < self.limit.load(Ordering::SeqCst)
    }

    /// Has this task woken at the next [`Pressure::release`].
    pub(super) fn park(&self, cx: &Context<'_>) {
        let mut waiting = self.waiting.lock();
        if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
        self.parked.store(true, Ordering::SeqCst);
    }

    /// Sets the limit to what the marks allow.
    pub(super) fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Ordering::SeqCst);
    }

    /// A mark has moved or is gone: whoever waits looks again.
    pub(super) fn release(&self) {
        if self.parked.swap(false, Ordering::SeqCst) {
            let waiting = std::mem::take(&mut *self.waiting.lock());
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

/// How far publishers may be ahead of a client with so many subscriptions.
pub(super) fn ahead(subscriptions: usize) -> u64 {
    (AHEAD / subscriptions.max(1) as u64).max(LEAST)
}
