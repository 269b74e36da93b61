//! What lies between the tap and its readers: captured packets for whoever looks at them, bounded in bytes, and
//! signals (the few packets that decide how the connection is doing) for the driver.
//!
//! Nothing is dropped. When the reader falls behind, the socket is no longer read until there is room again, and no
//! further publishes are handed to the session. Writing itself never waits here: what is already under way is
//! bounded by the in-flight window, and PINGREQ must go out while a reader sleeps.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

use super::batch::{Batch, Captured, Direction};
use super::tap::Signal;

/// Captured incoming bytes that may wait for the reader; one packet more is let in beyond it.
const INCOMING_LIMIT: usize = 8 * 1024 * 1024;
/// Captured outgoing bytes from which on no further publishes are handed to the session.
const OUTGOING_LIMIT: usize = 8 * 1024 * 1024;
/// Signals that may wait for the driver.
const SIGNAL_LIMIT: usize = 4_096;

/// The receiving end of the tap. When it is not read, the socket is not read either (nothing is lost). Dropping it
/// says that nobody wants the packets: they are no longer kept, and the connection goes on.
#[derive(Debug)]
pub struct Captures {
    link: Arc<Link>,
}

impl Captures {
    /// Bytes of incoming packets that may wait before the socket is no longer read. One read more is let in beyond it:
    /// 256 KiB, or the packet that is larger.
    pub const LIMIT: usize = INCOMING_LIMIT;

    /// Waits on this thread for the next packets and appends them to `out`; `false` once the connection has ended
    /// for good and everything was read.
    pub fn wait(&mut self, out: &mut Vec<Captured>) -> bool {
        let mut batches = Vec::new();
        let more = self.wait_batches(&mut batches);
        out.extend(batches.iter().flat_map(Batch::captured));
        more
    }

    /// The same without taking the packets apart.
    pub fn wait_batches(&mut self, out: &mut Vec<Batch>) -> bool {
        let mut queue = self.link.queue.lock();
        while queue.batches.is_empty() {
            if queue.ended {
                return false;
            }
            self.link.readable.wait(&mut queue);
        }
        self.link.take_batches(&mut queue, out);
        true
    }

    /// [`Captures::wait`] for an async task.
    pub async fn recv(&mut self, out: &mut Vec<Captured>) -> bool {
        loop {
            if self.try_take(out) {
                return true;
            }
            if self.link.has_ended() {
                return false;
            }
            self.link.readable_async.notified().await;
        }
    }

    /// Appends what is there to `out` without waiting, and says whether there was anything.
    pub fn try_take(&mut self, out: &mut Vec<Captured>) -> bool {
        let mut batches = Vec::new();
        self.link
            .take_batches(&mut self.link.queue.lock(), &mut batches);
        out.extend(batches.iter().flat_map(Batch::captured));
        !batches.is_empty()
    }
}

impl Drop for Captures {
    fn drop(&mut self) {
        let mut queue = self.link.queue.lock();
        queue.reader_gone = true;
        self.link.take_batches(&mut queue, &mut Vec::new());
    }
}

/// The queue that tap, driver and [`Captures`] share.
#[derive(Debug, Default)]
pub(super) struct Link {
    queue: Mutex<Queue>,
    readable: Condvar,
    readable_async: Notify,
    /// Wakes the driver: signals are there.
    pub(super) signals_ready: Notify,
    /// Wakes the driver: publishes may be handed over again.
    pub(super) outgoing_room: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    batches: VecDeque<Batch>,
    incoming_bytes: usize,
    outgoing_bytes: usize,
    signals: VecDeque<Signal>,
    tap: Option<Waker>,
    reader_gone: bool,
    ended: bool,
}

impl Queue {
    fn has_incoming_room(&self) -> bool {
        self.incoming_bytes < INCOMING_LIMIT && self.signals.len() < SIGNAL_LIMIT
    }
}

impl Link {
    /// The reader's end.
    pub(super) fn captures(self: &Arc<Self>) -> Captures {
        Captures {
            link: Arc::clone(self),
        }
    }

    /// Ready when the socket may be read; otherwise the task is woken once it may.
    pub(super) fn poll_incoming_room(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.queue.lock();
        if queue.has_incoming_room() {
            return Poll::Ready(());
        }
        queue.tap = Some(context.waker().clone());
        Poll::Pending
    }

    /// Whether publishes may be handed to the session.
    pub(super) fn has_outgoing_room(&self) -> bool {
        self.queue.lock().outgoing_bytes < OUTGOING_LIMIT
    }

    /// Bytes of incoming packets that wait for the reader.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.queue.lock().incoming_bytes
    }

    /// Takes in what the tap saw, and empties both vectors.
    pub(super) fn push(&self, batches: &mut Vec<Batch>, signals: &mut Vec<Signal>) {
        let mut queue = self.queue.lock();
        if !signals.is_empty() {
            queue.signals.extend(signals.drain(..));
            self.signals_ready.notify_one();
        }
        if queue.reader_gone {
            batches.clear();
        }
        if batches.is_empty() {
            return;
        }
        for batch in batches.drain(..) {
            match batch.direction {
                Direction::Incoming => queue.incoming_bytes += batch.cost(),
                Direction::Outgoing => queue.outgoing_bytes += batch.cost(),
            }
            queue.batches.push_back(batch);
        }
        self.readable.notify_one();
        self.readable_async.notify_one();
    }

    /// Moves all waiting signals to `out`.
    pub(super) fn take_signals(&self, out: &mut Vec<Signal>) {
        let mut queue = self.queue.lock();
        out.extend(queue.signals.drain(..));
        Self::wake_tap(&mut queue);
    }

    /// The connection has ended for good: readers get what is left and then the end.
    pub(super) fn end(&self) {
        self.queue.lock().ended = true;
        self.readable.notify_all();
        self.readable_async.notify_one();
    }

    fn has_ended(&self) -> bool {
        let queue = self.queue.lock();
        queue.ended && queue.batches.is_empty()
    }

    fn take_batches(&self, queue: &mut Queue, out: &mut Vec<Batch>) {
        let was_full = queue.outgoing_bytes >= OUTGOING_LIMIT;
        out.extend(queue.batches.drain(..));
        queue.incoming_bytes = 0;
        queue.outgoing_bytes = 0;
        if was_full {
            self.outgoing_room.notify_one();
        }
        Self::wake_tap(queue);
    }

    fn wake_tap(queue: &mut Queue) {
        if queue.has_incoming_room()
            && let Some(tap) = queue.tap.take()
        {
            tap.wake();
        }
    }
}
