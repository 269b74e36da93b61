//! The thread that reads what passed the socket: it prints packets and messages, and says when there was enough.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, StdoutLock, Write};

use tokio::sync::mpsc;

use crate::client::{Captured, Captures, Direction};
use crate::mqtt::{Packet, PacketId, Publish, Qos, Timestamp, TopicName, codec};

use super::output::{Trace, write_message};
use super::subscribe_args::{Retained, Selection};

/// What the reader tells the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Enough messages, or the first one that is not retained with `--retained-only`.
    Enough,
    /// This retained message is to be cleared.
    Clear(TopicName),
    /// This message was taken in and is to be acknowledged.
    Acknowledge(PacketId, Qos),
    /// Nobody reads the output any more.
    OutputClosed,
}

/// A QoS 2 message that waits for its PUBREL.
struct Held {
    message: Publish,
    at: Timestamp,
    /// PUBREC was written: the broker will not send the message again.
    is_received: bool,
}

/// Reads packets and messages off a connection.
pub struct Reader {
    captures: Captures,
    /// Messages to print; `None` for a publisher.
    selection: Option<Selection>,
    trace: Option<Trace>,
    notices: mpsc::Sender<Notice>,
    /// Acknowledgements that were asked for and not yet written; `None` when the connection acknowledges by itself.
    awaited: Option<BTreeSet<PacketId>>,
    /// QoS 2 messages that were taken in and not yet released.
    unreleased: BTreeMap<PacketId, Held>,
    /// Messages that were taken in, also those that are not yet released.
    taken: u64,
    /// Nothing more is taken in, whatever the count.
    stopped: bool,
    /// The program knows that there was enough.
    told_enough: bool,
}

impl Reader {
    /// A reader; [`Reader::spawn`] starts its work.
    pub fn new(
        captures: Captures,
        selection: Option<Selection>,
        trace: Option<Trace>,
        notices: mpsc::Sender<Notice>,
    ) -> Self {
        Self {
            captures,
            selection,
            trace,
            notices,
            awaited: None,
            unreleased: BTreeMap::new(),
            taken: 0,
            stopped: false,
            told_enough: false,
        }
    }

    /// The same for a connection that leaves acknowledging to its owner: what is not taken in is not acknowledged.
    #[must_use]
    pub fn acknowledging(self) -> Self {
        Self {
            awaited: Some(BTreeSet::new()),
            ..self
        }
    }

    /// Runs on a thread of its own until the connection has ended.
    ///
    /// # Errors
    /// The system's error when no thread could be started.
    pub fn spawn(mut self) -> io::Result<std::thread::JoinHandle<()>> {
        std::thread::Builder::new()
            .name("packets".to_owned())
            .spawn(move || self.run())
    }

    fn run(&mut self) {
        let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        let mut batch = Vec::new();
        let mut is_open = true;
        while self.captures.wait(&mut batch) {
            for captured in batch.drain(..) {
                let written = self.take(&captured, &mut out);
                is_open = is_open && self.still_open(&written);
            }
            let flushed = out.flush();
            is_open = is_open && self.still_open(&flushed);
        }
        self.unreleased.retain(|_, held| held.is_received);
        // Nobody waits for the output any more who could be told that it is closed.
        self.print_held(&mut out).and_then(|()| out.flush()).ok();
    }

    /// A closed output ends the program once, quietly; what follows is read and dropped.
    fn still_open(&mut self, written: &io::Result<()>) -> bool {
        if written.is_ok() {
            return true;
        }
        self.stopped = true;
        self.trace = None;
        self.tell(Notice::OutputClosed);
        false
    }

    fn take(&mut self, captured: &Captured, out: &mut BufWriter<StdoutLock>) -> io::Result<()> {
        let Ok(packet) = codec::decode(captured.version, captured.frame.clone()) else {
            // The connection itself ends over a malformed packet, and says so.
            return Ok(());
        };
        if let Some(trace) = &mut self.trace {
            trace.write(out, captured.direction, &packet)?;
        }
        match captured.direction {
            Direction::Outgoing => self.sent(&packet),
            Direction::Incoming => self.received(packet, captured.at, out)?,
        }
        self.finish_if_due();
        Ok(())
    }

    fn sent(&mut self, packet: &Packet) {
        match packet {
            Packet::Connect(_) => {
                self.awaited.iter_mut().for_each(BTreeSet::clear);
            }
            Packet::PubAck(ack) | Packet::PubRec(ack) => {
                if let Some(held) = self.unreleased.get_mut(&ack.packet_id) {
                    held.is_received = true;
                }
                if let Some(awaited) = &mut self.awaited {
                    awaited.remove(&ack.packet_id);
                }
            }
            _ => {}
        }
    }

    fn received(
        &mut self,
        packet: Packet,
        at: Timestamp,
        out: &mut BufWriter<StdoutLock>,
    ) -> io::Result<()> {
        match packet {
            // The broker has forgotten them, so that they come neither again nor twice.
            Packet::ConnAck(connack) if !connack.session_present && !connack.reason.is_error() => {
                return self.print_held(out);
            }
            Packet::Publish(message) => return self.message(message, at, out),
            Packet::PubRel(release) => {
                if let Some(held) = self.unreleased.remove(&release.packet_id) {
                    return self.print(&held.message, held.at, out);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a message in, unless there is enough. One of QoS 2 is printed when the broker releases it, so that a
    /// repeated one is printed once (MQTT 5, 4.3.3).
    fn message(
        &mut self,
        message: Publish,
        at: Timestamp,
        out: &mut BufWriter<StdoutLock>,
    ) -> io::Result<()> {
        let is_repeat = message
            .packet_id
            .is_some_and(|id| self.unreleased.contains_key(&id));
        if !is_repeat && self.has_enough() {
            return Ok(());
        }
        self.acknowledge(&message);
        if is_repeat || !self.selects(&message) {
            return Ok(());
        }
        self.taken += 1;
        match message.packet_id {
            Some(id) if message.qos == Qos::ExactlyOnce => {
                let held = Held {
                    message,
                    at,
                    is_received: false,
                };
                self.unreleased.insert(id, held);
                Ok(())
            }
            _ => self.print(&message, at, out),
        }
    }

    fn acknowledge(&mut self, message: &Publish) {
        if let (Some(awaited), Some(id)) = (&mut self.awaited, message.packet_id) {
            awaited.insert(id);
            self.tell(Notice::Acknowledge(id, message.qos));
        }
    }

    /// Whether a message is one of those asked for. A retained one that is to be cleared is cleared here.
    fn selects(&mut self, message: &Publish) -> bool {
        let Some(selection) = &self.selection else {
            return false;
        };
        if selection.retained == Retained::Only && !message.retain {
            self.stopped = true;
            return false;
        }
        let topic = message.topic.as_str();
        if selection
            .filter_out
            .iter()
            .any(|filter| filter.matches(topic))
        {
            return false;
        }
        if selection.remove_retained && message.retain && !message.payload.is_empty() {
            self.tell(Notice::Clear(message.topic.clone()));
        }
        !(selection.retained == Retained::Hidden && message.retain)
    }

    fn print(
        &self,
        message: &Publish,
        at: Timestamp,
        out: &mut BufWriter<StdoutLock>,
    ) -> io::Result<()> {
        let Some(selection) = &self.selection else {
            return Ok(());
        };
        let is_drawn = |percent| rand::random_range(0.0..100.0) < percent;
        if selection.percent.is_none_or(is_drawn) {
            write_message(out, &selection.form, selection.newline, message, at)?;
        }
        Ok(())
    }

    /// Prints what waits for a PUBREL that will not come any more, oldest first.
    fn print_held(&mut self, out: &mut BufWriter<StdoutLock>) -> io::Result<()> {
        let mut held: Vec<Held> = std::mem::take(&mut self.unreleased).into_values().collect();
        held.sort_by_key(|held| held.at);
        held.iter()
            .try_for_each(|held| self.print(&held.message, held.at, out))
    }

    fn has_enough(&self) -> bool {
        let count = self
            .selection
            .as_ref()
            .and_then(|selection| selection.count);
        self.stopped || count.is_some_and(|count| self.taken >= count)
    }

    /// There was enough once everything taken in is printed and acknowledged.
    fn finish_if_due(&mut self) {
        let is_settled =
            self.unreleased.is_empty() && self.awaited.as_ref().is_none_or(BTreeSet::is_empty);
        if !self.told_enough && is_settled && self.has_enough() {
            self.told_enough = true;
            self.tell(Notice::Enough);
        }
    }

    /// The program may have stopped listening when it is about to end.
    fn tell(&self, notice: Notice) {
        self.notices.blocking_send(notice).ok();
    }
}
