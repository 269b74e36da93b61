//! The thread that reads what passed the socket: it prints packets and messages, and says when there was enough.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::HashMap;
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
    /// Nobody reads the output any more.
    OutputClosed,
}

/// Reads packets and messages off a connection.
pub struct Reader {
    captures: Captures,
    /// Messages to print; `None` for a publisher.
    selection: Option<Selection>,
    trace: Option<Trace>,
    reached: Arc<AtomicBool>,
    notices: mpsc::Sender<Notice>,
    /// QoS 2 messages that were received and not yet released, with the time of their arrival.
    unreleased: HashMap<PacketId, (Publish, Timestamp)>,
    printed: u64,
    done: bool,
}

impl Reader {
    /// A reader; [`Reader::run`] does its work.
    pub fn new(
        captures: Captures,
        selection: Option<Selection>,
        trace: Option<Trace>,
        reached: Arc<AtomicBool>,
        notices: mpsc::Sender<Notice>,
    ) -> Self {
        Self {
            captures,
            selection,
            trace,
            reached,
            notices,
            unreleased: HashMap::new(),
            printed: 0,
            done: false,
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
    }

    /// A closed output ends the program once, quietly; what follows is read and dropped.
    fn still_open(&mut self, written: &io::Result<()>) -> bool {
        if written.is_ok() {
            return true;
        }
        self.done = true;
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
        match (captured.direction, packet) {
            (Direction::Outgoing, Packet::Connect(_)) => {
                self.reached.store(true, Ordering::Relaxed);
                Ok(())
            }
            (Direction::Incoming, packet) => self.receive(packet, captured.at, out),
            _ => Ok(()),
        }
    }

    /// QoS 2 messages are printed when the broker releases them, so that a repeated one is printed once
    /// (MQTT 5, 4.3.3).
    fn receive(
        &mut self,
        packet: Packet,
        at: Timestamp,
        out: &mut BufWriter<StdoutLock>,
    ) -> io::Result<()> {
        match packet {
            Packet::ConnAck(connack) if !connack.session_present => self.unreleased.clear(),
            Packet::Publish(message) => match message.packet_id {
                Some(id) if message.qos == Qos::ExactlyOnce => {
                    self.unreleased.insert(id, (message, at));
                }
                _ => self.message(&message, at, out)?,
            },
            Packet::PubRel(release) => {
                if let Some((message, at)) = self.unreleased.remove(&release.packet_id) {
                    self.message(&message, at, out)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn message(
        &mut self,
        message: &Publish,
        at: Timestamp,
        out: &mut BufWriter<StdoutLock>,
    ) -> io::Result<()> {
        let Some(selection) = self.selection.as_ref().filter(|_| !self.done) else {
            return Ok(());
        };
        if selection.retained == Retained::Only && !message.retain {
            self.done = true;
            self.tell(Notice::Enough);
            return Ok(());
        }
        let topic = message.topic.as_str();
        if selection
            .filter_out
            .iter()
            .any(|filter| filter.matches(topic))
        {
            return Ok(());
        }
        if selection.remove_retained && message.retain && !message.payload.is_empty() {
            self.tell(Notice::Clear(message.topic.clone()));
        }
        if selection.retained == Retained::Hidden && message.retain {
            return Ok(());
        }
        if selection
            .percent
            .is_none_or(|percent| rand::random_range(0.0..100.0) < percent)
        {
            write_message(out, &selection.form, selection.newline, message, at)?;
        }
        self.printed += 1;
        if selection.count == Some(self.printed) {
            self.done = true;
            self.tell(Notice::Enough);
        }
        Ok(())
    }

    /// The program may have stopped listening when it is about to end.
    fn tell(&self, notice: Notice) {
        self.notices.blocking_send(notice).ok();
    }
}
