//! The socket of one client of the broker inside, watched: counts what passes in both directions and can end the
//! connection from our side.
//!
//! The broker of the `mqtt5` crate tells neither how many QoS 0 messages went to a client nor ends a connection with
//! a reason of ours. Its [`WebSocketTransport`] accepts any byte stream, so this one stands in front of the socket.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};

use mqtt5::broker::transport::WebSocketTransport;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::mqtt::Version;

use super::frames::{Frames, Passed};

/// DISCONNECT with reason 0x98, Administrative action (MQTT 5, 3.14.2.1).
const DISCONNECT_ADMINISTRATIVE: [u8; 4] = [0xe0, 0x02, 0x98, 0x00];
/// First byte of a DISCONNECT packet.
const DISCONNECT: u8 = 0xe0;

/// What passed in one direction.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Control packets of every kind.
    packets: AtomicU64,
    /// PUBLISH packets.
    messages: AtomicU64,
    /// Bytes.
    bytes: AtomicU64,
}

impl Traffic {
    fn add(&self, passed: Passed, bytes: usize) {
        self.packets.fetch_add(passed.packets, Ordering::Relaxed);
        self.messages.fetch_add(passed.messages, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Control packets so far.
    pub(super) fn packets(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }

    /// PUBLISH packets so far.
    pub(super) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Bytes so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Both directions, seen from the broker.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// From clients.
    pub(super) incoming: Traffic,
    /// To clients.
    pub(super) outgoing: Traffic,
}

/// What is known of one network connection, shared between its socket and the list of clients.
#[derive(Debug)]
pub(super) struct Link {
    /// The other end.
    pub(super) address: SocketAddr,
    /// What passed on this connection.
    pub(super) traffic: Totals,
    totals: Arc<Totals>,
    /// Protocol level of CONNECT; 0 before it.
    level: AtomicU8,
    end: Mutex<Option<oneshot::Sender<()>>>,
}

impl Link {
    /// The protocol version; `None` before CONNECT was accepted.
    pub(super) fn version(&self) -> Option<Version> {
        match self.level.load(Ordering::Relaxed) {
            4 => Some(Version::V311),
            5 => Some(Version::V5),
            _ => None,
        }
    }

    /// Notes the protocol level that CONNECT asked for.
    pub(super) fn set_level(&self, level: u8) {
        self.level.store(level, Ordering::Relaxed);
    }

    /// Ends the connection at its next read or write, with DISCONNECT 0x98 in MQTT 5.
    pub(super) fn end(&self) {
        if let Some(end) = self.end.lock().take() {
            // An error only says that the connection has ended already.
            end.send(()).ok();
        }
    }
}

/// A client's socket that counts and can be ended.
pub(super) struct Wire {
    stream: TcpStream,
    link: Arc<Link>,
    end: oneshot::Receiver<()>,
    ended: bool,
    incoming: Frames,
    outgoing: Frames,
}

impl Wire {
    /// Watches `stream`; `totals` counts for all connections together.
    pub(super) fn new(
        stream: TcpStream,
        address: SocketAddr,
        totals: Arc<Totals>,
    ) -> (Self, Arc<Link>) {
        let (sender, end) = oneshot::channel();
        let link = Arc::new(Link {
            address,
            traffic: Totals::default(),
            totals,
            level: AtomicU8::new(0),
            end: Mutex::new(Some(sender)),
        });
        let wire = Self {
            stream,
            link: Arc::clone(&link),
            end,
            ended: false,
            incoming: Frames::default(),
            outgoing: Frames::default(),
        };
        (wire, link)
    }

    /// Whether [`Link::end`] was called; wakes the task when it is.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> bool {
        // An `Err` cannot come: the link, which holds the sender, lives as long as this.
        self.ended = self.ended || matches!(Pin::new(&mut self.end).poll(cx), Poll::Ready(Ok(())));
        self.ended
    }

    /// Says why, as far as the client's version and the state of the stream allow.
    fn poll_farewell(&mut self, cx: &mut Context<'_>) {
        if self.link.version() == Some(Version::V5) && self.outgoing.between_packets() {
            // What cannot be written at once is left out: the connection ends either way.
            let _unwritten = Pin::new(&mut self.stream).poll_write(cx, &DISCONNECT_ADMINISTRATIVE);
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let was_ended = wire.ended;
        if wire.poll_ended(cx) {
            if !was_ended {
                wire.poll_farewell(cx);
            }
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let result = Pin::new(&mut wire.stream).poll_read(cx, buf);
        if let Some(read) = buf.filled().get(before..)
            && !read.is_empty()
        {
            let passed = wire.incoming.feed(read);
            wire.link.traffic.incoming.add(passed, read.len());
            wire.link.totals.incoming.add(passed, read.len());
        }
        result
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.poll_ended(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        // `mqtt5` 0.49 sends DISCONNECT to a 3.1.1 client whose session is taken over; that version has none from
        // the broker (MQTT 3.1.1, 3.14), so the client would report a protocol error.
        if wire.outgoing.between_packets()
            && buf.first() == Some(&DISCONNECT)
            && wire.link.version() == Some(Version::V311)
        {
            return Poll::Ready(Ok(buf.len()));
        }
        let result = Pin::new(&mut wire.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(count)) = &result {
            let passed = wire.outgoing.feed(buf.get(..*count).unwrap_or_default());
            wire.link.traffic.outgoing.add(passed, *count);
            wire.link.totals.outgoing.add(passed, *count);
        }
        result
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl WebSocketTransport for Wire {
    fn peer_addr(&self) -> mqtt5::Result<SocketAddr> {
        Ok(self.link.address)
    }
}
