//! The tap around the socket: every byte of both directions, cut into packets and stamped with the time.
//!
//! | file | what it does |
//! |---|---|
//! | `cutter` | cuts one direction into packets |
//! | `aliases` | puts topics in the place of topic aliases |
//! | `route` | says which incoming packets rumqttc gets, and acknowledges the messages that it does not get |
//!
//! The socket is read in big blocks. All packets go to [`super::Captures`]; the few that decide how the connection is
//! doing go to the driver as [`Signal`]s as well, because rumqttc keeps reason strings and properties of refusals to
//! itself. What rumqttc writes passes unchanged; acknowledgements are put between its packets.

mod aliases;
mod cutter;
mod route;

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::mqtt::{Packet, Timestamp, Version};

use super::batch::{Batch, Direction};
use super::captures::Link;
pub(super) use aliases::AliasError;
use cutter::Cutter;
use route::{Route, route};

/// How long a stream is read to its end after DISCONNECT, so that unread bytes do not turn the close into a reset.
const LINGER: Duration = Duration::from_secs(1);
/// Memory for what is read, taken at once, in bytes.
const BLOCK: usize = 256 * 1024;
/// A read has room for at least so many bytes.
const LEAST_ROOM: usize = 64 * 1024;
/// Reads in a row before other tasks get their turn.
const READS: usize = 8;
/// Acknowledgements that may wait for the socket, in bytes, before no more messages are read.
const ANSWERS_LIMIT: usize = 64 * 1024;

/// Something the driver has to know.
#[derive(Debug)]
pub(super) struct Signal {
    /// When it passed.
    pub(super) at: Timestamp,
    /// Which way.
    pub(super) direction: Direction,
    /// What it was.
    pub(super) seen: Seen,
}

/// What the tap saw.
#[derive(Debug)]
pub(super) enum Seen {
    /// A packet that decides something.
    Packet(Box<Packet>),
    /// The first message of a resumed session that is not retained.
    Gain,
    /// A packet of this many bytes, more than the profile accepts.
    TooLarge(usize),
    /// Bytes that are not MQTT, with the rule they break.
    Malformed(String),
    /// A message whose topic alias means nothing.
    BadAlias(AliasError),
}

/// How a tap is set up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setup {
    pub(super) version: Version,
    /// The largest incoming packet that will be taken in, in bytes.
    pub(super) max_packet_size: usize,
    /// The highest topic alias that the broker may use.
    pub(super) topic_alias_maximum: u16,
    /// Whether messages are acknowledged by commands; else the tap does it.
    pub(super) acknowledge_by_hand: bool,
}

/// A stream that is listened in on.
pub(super) struct Tap<S: Stream> {
    stream: Option<S>,
    link: Arc<Link>,
    incoming: Cutter,
    outgoing: Cutter,
    /// What rumqttc will read next: whole packets, as long as they can be told apart.
    for_session: BytesMut,
    answers: Answers,
    /// A packet of rumqttc is written in part.
    is_amid_packet: bool,
    batches: Vec<Batch>,
    signals: Vec<Signal>,
    awaits_pingresp: bool,
    said_goodbye: bool,
}

/// Acknowledgements on their way to the broker.
#[derive(Debug, Default)]
struct Answers {
    /// Others write them.
    by_hand: bool,
    /// Those that will be written next.
    waiting: BytesMut,
    /// Some were written that the stream may still hold: WebSocket gathers, and TLS when the socket is full.
    is_unflushed: bool,
    /// Why they could not be written.
    broken: Option<io::Error>,
}

/// What the tap can be put around.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static> Stream for S {}

impl<S: Stream> Tap<S> {
    /// Puts a tap around `stream`.
    pub(super) fn new(stream: S, link: Arc<Link>, setup: Setup) -> Self {
        Self {
            stream: Some(stream),
            link,
            incoming: Cutter::incoming(setup),
            outgoing: Cutter::outgoing(setup.version),
            for_session: BytesMut::new(),
            answers: Answers {
                by_hand: setup.acknowledge_by_hand,
                ..Answers::default()
            },
            is_amid_packet: false,
            batches: Vec::new(),
            signals: Vec::new(),
            awaits_pingresp: false,
            said_goodbye: false,
        }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut S>> {
        self.stream
            .as_mut()
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn hand_over(&mut self) {
        for signal in &self.signals {
            let Seen::Packet(packet) = &signal.seen else {
                continue;
            };
            match (signal.direction, packet.as_ref()) {
                (Direction::Outgoing, Packet::Disconnect(_)) => self.said_goodbye = true,
                (Direction::Outgoing, Packet::PingReq) => self.awaits_pingresp = true,
                (Direction::Incoming, Packet::PingResp) => self.awaits_pingresp = false,
                _ => {}
            }
        }
        if !self.batches.is_empty() || !self.signals.is_empty() {
            self.link.push(&mut self.batches, &mut self.signals);
        }
    }

    /// Reads what the socket has, at most one block; returns how many bytes came. 0 is the end. What was left over from
    /// the last time comes first.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let waiting = self.incoming.waiting_bytes();
        let count = if waiting > 0 {
            waiting
        } else {
            make_room(&mut self.incoming.bytes);
            let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            ready!(pin!(stream.read_buf(&mut self.incoming.bytes)).poll(context))?
        };
        let batch = self.incoming.cut(&mut self.signals);
        if let Some(batch) = batch {
            self.direct(&batch);
            self.batches.push(batch);
        }
        if self.incoming.gave_up() {
            self.for_session.unsplit(self.incoming.bytes.split());
        }
        self.hand_over();
        Poll::Ready(Ok(count))
    }

    /// Sends each packet where it belongs.
    fn direct(&mut self, batch: &Batch) {
        for frame in batch.frames() {
            match route(frame, !self.answers.by_hand) {
                Route::Session => self.for_session.extend_from_slice(frame),
                Route::Captures => {}
                Route::Answer(answer) => self.answers.waiting.extend_from_slice(&answer),
            }
        }
    }

    /// Writes the acknowledgements that wait, between two packets of rumqttc.
    fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.answers.waiting.is_empty() {
            let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            let written = ready!(Pin::new(stream).poll_write(context, &self.answers.waiting))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            let taken = self.answers.waiting.split_to(written);
            self.outgoing.add(&taken);
            self.answers.is_unflushed = true;
            self.batches.extend(self.outgoing.cut(&mut self.signals));
            self.hand_over();
        }
        Poll::Ready(Ok(()))
    }

    /// Has the stream pass on the acknowledgements that it took.
    fn poll_flush_answers(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.answers.is_unflushed {
            ready!(self.stream()?.poll_flush(context))?;
            self.answers.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes what acknowledgements the socket takes now. When it takes none any more, what it still has to say is read
    /// first: the broker may have told why it closed the connection.
    fn answer_if_possible(&mut self, context: &mut Context<'_>) {
        if self.is_amid_packet {
            return;
        }
        if self.said_goodbye {
            // nothing may follow DISCONNECT (MQTT 5, 3.14.4)
            self.answers.waiting.clear();
        }
        if self.answers.broken.is_none() {
            let mut written = self.poll_answer(context);
            if matches!(written, Poll::Ready(Ok(()))) {
                written = self.poll_flush_answers(context);
            }
            if let Poll::Ready(Err(err)) = written {
                self.answers.broken = Some(err);
            }
        }
        if self.answers.broken.is_some() {
            self.answers.waiting.clear();
        }
    }

    /// The reader of the captures is behind, and nothing is read. So no PINGRESP can come through: it is answered
    /// here, because rumqttc takes its absence for a dead broker. The captures show only what really came.
    fn answer_ping(&mut self) {
        const PINGRESP: [u8; 2] = [0xd0, 0];
        if self.awaits_pingresp && !self.incoming.gave_up() {
            self.awaits_pingresp = false;
            self.for_session.extend_from_slice(&PINGRESP);
        }
    }
}

/// Makes room for another read. What was cut off shares the old block.
fn make_room(bytes: &mut BytesMut) {
    if bytes.capacity() - bytes.len() >= LEAST_ROOM {
        return;
    }
    // a packet larger than a block is copied each time its size has doubled
    let mut block = BytesMut::with_capacity(BLOCK.max(bytes.len() * 2));
    block.extend_from_slice(bytes);
    *bytes = block;
}

impl<S: Stream> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        for _ in 0..READS {
            let has_room = tap.link.poll_incoming_room(context).is_ready();
            if !has_room {
                tap.answer_ping();
            }
            // before an error of the socket comes up: CONNACK decides what that error means
            if !tap.for_session.is_empty() {
                let count = tap.for_session.len().min(buffer.remaining());
                buffer.put_slice(&tap.for_session.split_to(count));
                return Poll::Ready(Ok(()));
            }
            tap.answer_if_possible(context);
            // whoever makes room in the captures or the socket wakes this task
            if !has_room || tap.answers.waiting.len() >= ANSWERS_LIMIT {
                return Poll::Pending;
            }
            match (tap.poll_fill(context)?, tap.answers.broken.take()) {
                (Poll::Ready(0), _) => return Poll::Ready(Ok(())),
                (Poll::Ready(_), broken) => tap.answers.broken = broken,
                (Poll::Pending, Some(err)) => return Poll::Ready(Err(err)),
                (Poll::Pending, None) => return Poll::Pending,
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: Stream> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tap = &mut *self;
        // acknowledgements that have begun are finished first
        if !tap.is_amid_packet {
            ready!(tap.poll_answer(context))?;
        }
        let written = ready!(tap.stream()?.poll_write(context, buffer))?;
        tap.outgoing.add(buffer.get(..written).unwrap_or_default());
        while let Some(batch) = tap.outgoing.cut(&mut tap.signals) {
            tap.batches.push(batch);
        }
        tap.is_amid_packet = !tap.outgoing.is_between_packets();
        tap.hand_over();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream()?.poll_flush(context))?;
        self.answers.is_unflushed = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}

impl<S: Stream> Drop for Tap<S> {
    /// After DISCONNECT the stream is closed in order: closing a socket with unread bytes resets it, and a reset can
    /// overtake DISCONNECT, so that the broker would publish the will after all.
    fn drop(&mut self) {
        if !self.said_goodbye {
            return;
        }
        if let (Some(stream), Ok(runtime)) =
            (self.stream.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(tokio::time::timeout(LINGER, close_in_order(stream)));
        }
    }
}

async fn close_in_order<S: Stream>(mut stream: S) {
    let mut rest = [0; 4_096];
    if stream.shutdown().await.is_ok() {
        while matches!(stream.read(&mut rest).await, Ok(count) if count > 0) {}
    }
}

#[cfg(test)]
mod tests;
