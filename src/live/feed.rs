//! The thread that turns captured packets into model updates, at most 256 messages per lock.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use super::flags::Flags;
use super::search::Search;
use super::sort::Sort;
use super::written::WrittenRetained;
use crate::client::{Batch, Captures, Direction, Redelivery, Wake};
use crate::model::{FlagsKept, Model};
use crate::mqtt::{Packet, PacketId, Publish, Timestamp, codec};

/// Packets taken in for each time the model is locked: the window waits for a fraction of a millisecond at most.
const PER_LOCK: usize = 256;
/// After a batch of fewer packets than this the thread lets more gather before it looks again: a message that comes
/// alone is taken in at once, ten thousand a second wake the thread 250 times and not ten thousand.
const FULL_BATCH: usize = 1024;
/// How long it lets them gather. The window draws every 33 ms at most.
const GATHER: Duration = Duration::from_millis(4);
/// Notes that wait to be read; beyond it the oldest make room, and the count stays right.
const NOTES: usize = 32;

/// Packets that could not be read, in words and as a count.
#[derive(Debug, Default)]
pub(super) struct Notes {
    waiting: Mutex<VecDeque<String>>,
    undecodable: AtomicU64,
}

impl Notes {
    pub(super) fn next(&self) -> Option<String> {
        self.waiting.lock().pop_front()
    }

    pub(super) fn undecodable(&self) -> u64 {
        self.undecodable.load(Ordering::Relaxed)
    }

    fn add(&self, direction: Direction, length: usize, err: &codec::DecodeError) {
        self.undecodable.fetch_add(1, Ordering::Relaxed);
        let from = match direction {
            Direction::Incoming => "from",
            Direction::Outgoing => "to",
        };
        let mut waiting = self.waiting.lock();
        if waiting.len() == NOTES {
            waiting.pop_front();
        }
        waiting.push_back(format!(
            "A packet of {length} bytes {from} the broker could not be read and is left out: {err}"
        ));
    }
}

/// What a packet means to the model when it is not a new message.
enum Update {
    Repeat,
    Sent(Publish, Timestamp),
    Refused(PacketId),
    NewSession,
    Resumed(Timestamp),
    Flags(FlagsKept),
}

impl Update {
    fn apply(self, model: &mut Model, written: &mut WrittenRetained) {
        match self {
            Self::Repeat => model.count_redelivery(),
            Self::NewSession => {
                model.forget_retained();
                written.clear();
            }
            Self::Resumed(at) => model.note_resumed(at),
            Self::Flags(kept) => model.note_flags_kept(kept),
            Self::Refused(packet_id) => written.refuse(model, packet_id),
            Self::Sent(message, at) => {
                model.count_sent(at);
                written.note(model, &message, at);
            }
        }
    }
}

/// What was read and is not in the model so far.
#[derive(Default)]
struct Pending {
    messages: Vec<(Publish, Timestamp)>,
    /// Each comes after so many of the messages.
    updates: Vec<(usize, Update)>,
}

impl Pending {
    fn len(&self) -> usize {
        self.messages.len() + self.updates.len()
    }

    fn update(&mut self, update: Update) {
        self.updates.push((self.messages.len(), update));
    }

    /// Brings everything into the model in the order it came.
    fn apply(&mut self, model: &mut Model, written: &mut WrittenRetained) {
        let mut done = 0;
        for (after, update) in self.updates.drain(..) {
            model.insert_batch(self.messages.get(done..after).unwrap_or_default());
            update.apply(model, written);
            done = after;
        }
        model.insert_batch(self.messages.get(done..).unwrap_or_default());
    }
}

/// Takes packets in. Decoding happens without the lock.
pub(super) struct Feeder {
    model: Arc<Mutex<Model>>,
    notes: Arc<Notes>,
    search: Arc<Search>,
    sort: Arc<Sort>,
    wake: Wake,
    redelivery: Redelivery,
    written: WrittenRetained,
    flags: Flags,
    pending: Pending,
}

impl Feeder {
    pub(super) fn new(
        model: Arc<Mutex<Model>>,
        notes: Arc<Notes>,
        (search, sort): (Arc<Search>, Arc<Sort>),
        redelivery: Redelivery,
        wake: Wake,
    ) -> Self {
        Self {
            model,
            notes,
            search,
            sort,
            wake,
            redelivery,
            written: WrittenRetained::default(),
            flags: Flags::default(),
            pending: Pending::default(),
        }
    }

    /// Takes in all packets of `batches` and says that something is new.
    pub(super) fn take(&mut self, batches: &mut Vec<Batch>) {
        let mut changed = false;
        for batch in batches.drain(..) {
            for frame in batch.frames() {
                self.read(&batch, frame);
                if self.pending.len() >= PER_LOCK {
                    changed |= self.apply();
                }
            }
        }
        changed |= self.apply();
        if changed {
            self.search.note_change();
            self.sort.note_change();
            (self.wake)();
        }
    }

    fn read(&mut self, batch: &Batch, frame: &[u8]) {
        if is_short_ack(batch.direction, frame) {
            return;
        }
        match codec::decode(batch.version, batch.share(frame)) {
            Ok(packet) => self.note(batch.direction, packet, batch.at),
            Err(err) => self.notes.add(batch.direction, frame.len(), &err),
        }
    }

    fn note(&mut self, direction: Direction, packet: Packet, at: Timestamp) {
        let is_repeat = self.redelivery.is_repeat(direction, &packet);
        let message = match packet {
            Packet::Publish(message) => message,
            other => return self.note_other(direction, other, at),
        };
        match direction {
            Direction::Incoming if is_repeat => self.pending.update(Update::Repeat),
            Direction::Incoming => self.pending.messages.push((message, at)),
            // with DUP it has been counted when it went out first
            Direction::Outgoing if message.dup => {}
            Direction::Outgoing => self.pending.update(Update::Sent(message, at)),
        }
    }

    /// Takes in a packet that is no message.
    fn note_other(&mut self, direction: Direction, packet: Packet, at: Timestamp) {
        if let Some(kept) = self.flags.take(direction, &packet) {
            self.pending.update(Update::Flags(kept));
        }
        match packet {
            Packet::ConnAck(connack) if !connack.session_present && !connack.reason.is_error() => {
                self.pending.update(Update::NewSession);
            }
            Packet::ConnAck(connack) if !connack.reason.is_error() => {
                self.pending.update(Update::Resumed(at));
            }
            Packet::PubAck(ack) | Packet::PubRec(ack)
                if direction == Direction::Incoming && ack.reason.is_error() =>
            {
                self.pending.update(Update::Refused(ack.packet_id));
            }
            _ => {}
        }
    }

    /// Brings what was read into the model; returns whether there was anything.
    fn apply(&mut self) -> bool {
        if self.pending.len() == 0 {
            return false;
        }
        let mut model = self.model.lock();
        self.pending.apply(&mut model, &mut self.written);
        MutexGuard::unlock_fair(model);
        // given back to the allocator without the lock
        self.pending.messages.clear();
        true
    }
}

/// Whether this is an acknowledgement to the broker without a reason, which the model has no use for. They go out by the
/// million.
fn is_short_ack(direction: Direction, frame: &[u8]) -> bool {
    direction == Direction::Outgoing && matches!(frame, [0x40 | 0x50 | 0x70, 2, _, _])
}

/// Starts the thread; it ends with the connection.
///
/// # Errors
/// The system's error when it gives no thread.
pub(super) fn start(mut captures: Captures, mut feeder: Feeder) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("canopy-model".to_owned())
        .spawn(move || {
            let mut batches = Vec::new();
            while captures.wait_batches(&mut batches) {
                let is_full = batches.iter().map(Batch::len).sum::<usize>() >= FULL_BATCH;
                feeder.take(&mut batches);
                if !is_full {
                    std::thread::sleep(GATHER);
                }
            }
        })
}
