//! The thread that turns captured packets into model updates, at most 256 messages per lock.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use super::search::Search;
use super::sort::Sort;
use crate::client::{Captured, Captures, Direction, Redelivery, Wake};
use crate::model::Model;
use crate::mqtt::{Packet, PacketId, Publish, Timestamp, TopicName, codec};

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

    fn add(&self, captured: &Captured, err: &codec::DecodeError) {
        self.undecodable.fetch_add(1, Ordering::Relaxed);
        let from = match captured.direction {
            Direction::Incoming => "from",
            Direction::Outgoing => "to",
        };
        let length = captured.frame.len();
        let mut waiting = self.waiting.lock();
        if waiting.len() == NOTES {
            waiting.pop_front();
        }
        waiting.push_back(format!(
            "A packet of {length} bytes {from} the broker could not be read and is left out: {err}"
        ));
    }
}

/// What a packet means to the model.
enum Update {
    Insert(Publish, Timestamp),
    Repeat,
    Sent(Publish, Timestamp),
    Refused(PacketId),
    NewSession,
}

impl Update {
    fn apply(self, model: &mut Model, written: &mut WrittenRetained) {
        match self {
            Self::Insert(message, at) => model.insert(&message, at),
            Self::Repeat => model.count_redelivery(),
            Self::NewSession => {
                model.forget_retained();
                written.topics.clear();
            }
            Self::Refused(packet_id) => written.refuse(model, packet_id),
            Self::Sent(message, at) => {
                model.count_sent(at);
                written.note(model, &message);
            }
        }
    }
}

/// Retained messages of this client as they were written, until their packet identifier is used again: one that the
/// broker refuses leaves what it kept before (MQTT 5, 3.4.2.1 and 3.5.2.1).
#[derive(Debug, Default)]
struct WrittenRetained {
    /// Topic, and whether something was known to be retained there before.
    topics: BTreeMap<PacketId, (TopicName, bool)>,
}

impl WrittenRetained {
    fn note(&mut self, model: &mut Model, message: &Publish) {
        if let Some(packet_id) = message.packet_id
            && !self.topics.is_empty()
        {
            self.topics.remove(&packet_id);
        }
        if !message.retain {
            return;
        }
        let was_retained = model.note_retained_publish(&message.topic, message.payload.is_empty());
        // a copy: the text may share a big buffer with other packets
        let own = TopicName::new(message.topic.as_str().to_owned());
        if let (Some(packet_id), Ok(topic)) = (message.packet_id, own) {
            self.topics.insert(packet_id, (topic, was_retained));
        }
    }

    fn refuse(&mut self, model: &mut Model, packet_id: PacketId) {
        if let Some((topic, was_retained)) = self.topics.remove(&packet_id) {
            model.note_retained_publish(&topic, !was_retained);
        }
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
    updates: Vec<Update>,
    written: WrittenRetained,
}

impl Feeder {
    pub(super) fn new(
        model: Arc<Mutex<Model>>,
        notes: Arc<Notes>,
        (search, sort): (Arc<Search>, Arc<Sort>),
        wake: Wake,
    ) -> Self {
        Self {
            model,
            notes,
            search,
            sort,
            wake,
            redelivery: Redelivery::default(),
            updates: Vec::with_capacity(PER_LOCK),
            written: WrittenRetained::default(),
        }
    }

    /// Takes in all packets of `batch` and says that something is new.
    pub(super) fn take(&mut self, batch: &mut Vec<Captured>) {
        let mut changed = false;
        let mut packets = batch.drain(..);
        loop {
            let some = packets.by_ref().take(PER_LOCK);
            let before = some.len();
            for captured in some {
                self.read(&captured);
            }
            changed |= self.apply();
            if before < PER_LOCK {
                break;
            }
        }
        drop(packets);
        if changed {
            self.search.note_change();
            self.sort.note_change();
            (self.wake)();
        }
    }

    fn read(&mut self, captured: &Captured) {
        match codec::decode(captured.version, captured.frame.clone()) {
            Ok(packet) => self.note(captured.direction, packet, captured.at),
            Err(err) => self.notes.add(captured, &err),
        }
    }

    fn note(&mut self, direction: Direction, packet: Packet, at: Timestamp) {
        let is_repeat = self.redelivery.is_repeat(direction, &packet);
        let message = match packet {
            Packet::Publish(message) => message,
            Packet::ConnAck(connack) if !connack.session_present && !connack.reason.is_error() => {
                return self.updates.push(Update::NewSession);
            }
            Packet::PubAck(ack) | Packet::PubRec(ack)
                if direction == Direction::Incoming && ack.reason.is_error() =>
            {
                return self.updates.push(Update::Refused(ack.packet_id));
            }
            _ => return,
        };
        match direction {
            Direction::Incoming if is_repeat => self.updates.push(Update::Repeat),
            Direction::Incoming => self.updates.push(Update::Insert(message, at)),
            // with DUP it has been counted when it went out first
            Direction::Outgoing if message.dup => {}
            Direction::Outgoing => self.updates.push(Update::Sent(message, at)),
        }
    }

    /// Brings what was read into the model; returns whether there was anything.
    fn apply(&mut self) -> bool {
        if self.updates.is_empty() {
            return false;
        }
        let mut model = self.model.lock();
        for update in self.updates.drain(..) {
            update.apply(&mut model, &mut self.written);
        }
        MutexGuard::unlock_fair(model);
        true
    }
}

/// Starts the thread; it ends with the connection.
///
/// # Errors
/// The system's error when it gives no thread.
pub(super) fn start(mut captures: Captures, mut feeder: Feeder) -> io::Result<()> {
    std::thread::Builder::new()
        .name("canopy-model".to_owned())
        .spawn(move || {
            let mut batch = Vec::new();
            while captures.wait(&mut batch) {
                let is_full = batch.len() >= FULL_BATCH;
                feeder.take(&mut batch);
                if !is_full {
                    std::thread::sleep(GATHER);
                }
            }
        })
        .map(drop)
}
