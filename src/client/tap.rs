//! The tap around the socket: every byte of both directions, cut into packets and stamped with the time.
//!
//! The stream's owner (rumqttc) reads and writes through it unchanged. One copy of the bytes is cut into packets:
//! all of them go to [`super::Captures`], the few that decide how the connection is doing go to the driver as
//! [`Signal`]s as well, because rumqttc keeps reason strings and properties of refusals to itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::mqtt::{Packet, Timestamp, Version, codec};

use super::captures::Link;
use super::mask::mask_password;
use super::now;

/// How long a stream is read to its end after DISCONNECT, so that unread bytes do not turn the close into a reset.
const LINGER: Duration = Duration::from_secs(1);

/// Which way a packet went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the broker.
    Incoming,
    /// To the broker.
    Outgoing,
}

/// One whole control packet as it stood on the wire; [`crate::mqtt::codec::decode`] reads it. Only the password in
/// CONNECT is replaced by asterisks.
#[derive(Debug, Clone)]
pub struct Captured {
    /// When its last byte passed.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Protocol version of the connection.
    pub version: Version,
    /// Fixed header and all. Many packets share one allocation: copy what is to be kept.
    pub frame: Bytes,
}

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
}

/// A stream that is listened in on.
pub(super) struct Tap<S: Stream> {
    stream: Option<S>,
    link: Arc<Link>,
    incoming: Cutter,
    outgoing: Cutter,
    packets: Vec<Captured>,
    signals: Vec<Signal>,
    awaits_pingresp: bool,
    said_goodbye: bool,
}

/// What the tap can be put around.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static> Stream for S {}

impl<S: Stream> Tap<S> {
    /// Puts a tap around `stream`. `max_packet_size` is the largest incoming packet that will be taken in, in bytes.
    pub(super) fn new(
        stream: S,
        link: Arc<Link>,
        version: Version,
        max_packet_size: usize,
    ) -> Self {
        let cutter = |direction, limit| Cutter {
            direction,
            version,
            limit,
            bytes: BytesMut::new(),
            awaits_gain: false,
            is_first: true,
            gave_up: false,
        };
        Self {
            stream: Some(stream),
            link,
            incoming: cutter(Direction::Incoming, max_packet_size),
            outgoing: cutter(Direction::Outgoing, usize::MAX),
            packets: Vec::new(),
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
        if !self.packets.is_empty() || !self.signals.is_empty() {
            self.link.push(&mut self.packets, &mut self.signals);
        }
    }

    fn poll_read_all(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.stream()?.poll_read(context, buffer))?;
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        self.incoming
            .feed(fresh, &mut self.packets, &mut self.signals);
        self.hand_over();
        Poll::Ready(Ok(()))
    }

    /// The reader of the captures is behind. The packet that has begun is still read to its end. Between packets
    /// nothing is read, so a PINGRESP cannot come through: it is answered here, because rumqttc takes its absence for
    /// a dead broker. The captures show only what really came.
    fn poll_read_behind(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        const PINGRESP: [u8; 2] = [0xd0, 0];
        let missing = self.incoming.missing();
        if missing > 0 {
            let mut part = [0; 4_096];
            let limit = missing.min(part.len()).min(buffer.remaining());
            let mut part = ReadBuf::new(part.get_mut(..limit).unwrap_or_default());
            ready!(self.poll_read_all(context, &mut part))?;
            buffer.put_slice(part.filled());
            return Poll::Ready(Ok(()));
        }
        if self.awaits_pingresp && buffer.remaining() >= PINGRESP.len() {
            self.awaits_pingresp = false;
            buffer.put_slice(&PINGRESP);
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl<S: Stream> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.link.poll_incoming_room(context).is_pending() {
            return self.poll_read_behind(context, buffer);
        }
        self.poll_read_all(context, buffer)
    }
}

impl<S: Stream> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tap = &mut *self;
        let written = ready!(tap.stream()?.poll_write(context, buffer))?;
        let fresh = buffer.get(..written).unwrap_or_default();
        tap.outgoing.feed(fresh, &mut tap.packets, &mut tap.signals);
        tap.hand_over();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
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

/// Cuts one direction into packets.
struct Cutter {
    direction: Direction,
    version: Version,
    limit: usize,
    bytes: BytesMut,
    /// The session was resumed, and no message of it has come so far.
    awaits_gain: bool,
    is_first: bool,
    gave_up: bool,
}

impl Cutter {
    fn feed(&mut self, fresh: &[u8], packets: &mut Vec<Captured>, signals: &mut Vec<Signal>) {
        if self.gave_up || fresh.is_empty() {
            return;
        }
        let at = now();
        self.bytes.extend_from_slice(fresh);
        while let Some(length) = self.next_length(at, signals) {
            let frame = self.bytes.split_to(length).freeze();
            let frame = mask_password(self.version, self.direction, frame);
            signals.extend(self.signal(at, &frame));
            packets.push(Captured {
                at,
                direction: self.direction,
                version: self.version,
                frame,
            });
        }
    }

    /// How many bytes of the packet that has begun are still to come, as far as is known; 0 between packets.
    fn missing(&self) -> usize {
        if self.bytes.is_empty() {
            return 0;
        }
        match codec::frame_length(&self.bytes) {
            Ok(Some(length)) => length.saturating_sub(self.bytes.len()),
            Ok(None) | Err(_) => 1,
        }
    }

    /// The length of the packet at the front, once all of it is there.
    fn next_length(&mut self, at: Timestamp, signals: &mut Vec<Signal>) -> Option<usize> {
        let first = *self.bytes.first()?;
        let may_begin = !self.is_first || may_come_first(self.direction, first);
        self.is_first = false;
        let seen = match codec::frame_length(&self.bytes) {
            _ if !may_begin => Seen::Malformed("the first packet is not CONNACK".to_owned()),
            Ok(None) => return None,
            Ok(Some(length)) if length > self.limit => Seen::TooLarge(length),
            Ok(Some(length)) => return (self.bytes.len() >= length).then_some(length),
            Err(err) => Seen::Malformed(err.to_string()),
        };
        self.gave_up = true;
        self.bytes = BytesMut::new();
        signals.push(Signal {
            at,
            direction: self.direction,
            seen,
        });
        None
    }

    fn signal(&mut self, at: Timestamp, frame: &Bytes) -> Option<Signal> {
        let first = *frame.first()?;
        let seen = if self.awaits_gain && is_gain(first) {
            self.awaits_gain = false;
            Seen::Gain
        } else if matters(self.direction, first) {
            self.read(frame)
        } else {
            return None;
        };
        Some(Signal {
            at,
            direction: self.direction,
            seen,
        })
    }

    /// Reads a packet that matters, and learns from CONNACK whether the session goes on.
    fn read(&mut self, frame: &Bytes) -> Seen {
        let seen = match codec::decode(self.version, frame.clone()) {
            Ok(packet) => Seen::Packet(Box::new(packet)),
            Err(err) => self
                .as_older_connack(frame)
                .unwrap_or_else(|| Seen::Malformed(err.to_string())),
        };
        if let Seen::Packet(packet) = &seen
            && let Packet::ConnAck(connack) = packet.as_ref()
        {
            self.awaits_gain = connack.session_present;
        }
        seen
    }

    /// A broker that speaks only MQTT 3.1.1 refuses an MQTT 5 CONNECT with a CONNACK of its own version.
    fn as_older_connack(&self, frame: &Bytes) -> Option<Seen> {
        let is_short_connack = frame.len() == 4 && frame.first() == Some(&0x20);
        (self.version == Version::V5 && is_short_connack)
            .then(|| codec::decode(Version::V311, frame.clone()).ok())
            .flatten()
            .map(|connack| Seen::Packet(Box::new(connack)))
    }
}

/// Whether a connection may begin with this byte: from the broker only CONNACK or AUTH may come first.
fn may_come_first(direction: Direction, first: u8) -> bool {
    direction == Direction::Outgoing || matches!(first >> 4, 2 | 15)
}

/// Whether a packet with this first byte is a PUBLISH above QoS 0 without RETAIN: retained messages come again with
/// every new subscription. Repetitions count, because they are acknowledged now (mosquitto 2.0 marks nearly everything
/// that waited in a session with DUP).
fn is_gain(first: u8) -> bool {
    first >> 4 == 3 && first & 1 == 0 && first & 0b0110 != 0
}

/// Whether the driver has to know of a packet with this first byte.
fn matters(direction: Direction, first: u8) -> bool {
    let packet_type = first >> 4;
    match direction {
        // CONNACK, PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT
        Direction::Incoming => matches!(packet_type, 2 | 4 | 5 | 7 | 9 | 11 | 13 | 14),
        // PUBLISH above QoS 0
        Direction::Outgoing if packet_type == 3 => first & 0b0110 != 0,
        // SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT
        Direction::Outgoing => matches!(packet_type, 8 | 10 | 12 | 14),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many gains the tap sees in `bytes` from an MQTT 3.1.1 broker.
    fn gains(bytes: &[u8]) -> usize {
        let mut cutter = Cutter {
            direction: Direction::Incoming,
            version: Version::V311,
            limit: 1_000,
            bytes: BytesMut::new(),
            awaits_gain: false,
            is_first: true,
            gave_up: false,
        };
        let (mut packets, mut signals) = (Vec::new(), Vec::new());
        cutter.feed(bytes, &mut packets, &mut signals);
        let is_gain = |signal: &&Signal| matches!(signal.seen, Seen::Gain);
        signals.iter().filter(is_gain).count()
    }

    #[test]
    fn only_what_waited_in_a_resumed_session_is_a_gain() {
        const CLEAN: &[u8] = b"\x20\x02\x00\x00";
        const RESUMED: &[u8] = b"\x20\x02\x01\x00";
        const NEW: &[u8] = b"\x32\x05\x00\x01a\x00\x01";
        const RETAINED: &[u8] = b"\x33\x05\x00\x01a\x00\x01";
        const REPEATED: &[u8] = b"\x3a\x05\x00\x01a\x00\x01";
        const QOS_0: &[u8] = b"\x30\x03\x00\x01a";
        assert_eq!(gains(&[CLEAN, NEW].concat()), 0);
        assert_eq!(gains(&[RESUMED, RETAINED, QOS_0].concat()), 0);
        assert_eq!(gains(&[RESUMED, RETAINED, NEW, NEW].concat()), 1);
        assert_eq!(gains(&[RESUMED, REPEATED].concat()), 1);
    }
}
