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

use super::Captured;
use super::tap::{Direction, Signal};

/// Captured incoming bytes that may wait for the reader; one packet more is let in beyond it.
const INCOMING_LIMIT: usize = 8 * 1024 * 1024;
/// Captured outgoing bytes from which on no further publishes are handed to the session.
const OUTGOING_LIMIT: usize = 8 * 1024 * 1024;
/// Signals that may wait for the driver.
const SIGNAL_LIMIT: usize = 4_096;
/// What a packet costs besides its bytes, so that millions of small ones are bounded too.
const OVERHEAD: usize = size_of::<Captured>();

/// The receiving end of the tap. When it is not read, the socket is not read either (nothing is lost). Dropping it
/// says that nobody wants the packets: they are no longer kept, and the connection goes on.
#[derive(Debug)]
pub struct Captures {
    link: Arc<Link>,
}

impl Captures {
    /// Waits on this thread for the next packets and appends them to `out`; `false` once the connection has ended
    /// for good and everything was read.
    pub fn wait(&mut self, out: &mut Vec<Captured>) -> bool {
        let mut queue = self.link.queue.lock();
        while queue.packets.is_empty() {
            if queue.ended {
                return false;
            }
            self.link.readable.wait(&mut queue);
        }
        self.link.take_packets(&mut queue, out);
        true
    }

    /// The same for an async task.
    pub async fn recv(&mut self, out: &mut Vec<Captured>) -> bool {
        loop {
            {
                let mut queue = self.link.queue.lock();
                if !queue.packets.is_empty() {
                    self.link.take_packets(&mut queue, out);
                    return true;
                }
                if queue.ended {
                    return false;
                }
            }
            self.link.readable_async.notified().await;
        }
    }

    /// Appends what is there to `out` without waiting, and says whether there was anything.
    pub fn try_take(&mut self, out: &mut Vec<Captured>) -> bool {
        let mut queue = self.link.queue.lock();
        let any = !queue.packets.is_empty();
        self.link.take_packets(&mut queue, out);
        any
    }
}

impl Drop for Captures {
    fn drop(&mut self) {
        let mut queue = self.link.queue.lock();
        queue.reader_gone = true;
        self.link.take_packets(&mut queue, &mut Vec::new());
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
    packets: VecDeque<Captured>,
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

    /// Takes in what the tap saw, and empties both vectors.
    pub(super) fn push(&self, packets: &mut Vec<Captured>, signals: &mut Vec<Signal>) {
        let mut queue = self.queue.lock();
        if !signals.is_empty() {
            queue.signals.extend(signals.drain(..));
            self.signals_ready.notify_one();
        }
        if queue.reader_gone {
            packets.clear();
        }
        if packets.is_empty() {
            return;
        }
        for packet in packets.drain(..) {
            let cost = packet.frame.len() + OVERHEAD;
            match packet.direction {
                Direction::Incoming => queue.incoming_bytes += cost,
                Direction::Outgoing => queue.outgoing_bytes += cost,
            }
            queue.packets.push_back(packet);
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

    fn take_packets(&self, queue: &mut Queue, out: &mut Vec<Captured>) {
        let was_full = queue.outgoing_bytes >= OUTGOING_LIMIT;
        out.extend(queue.packets.drain(..));
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
