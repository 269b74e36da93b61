//! The socket of one client of the broker inside, watched: counts what passes in both directions and can end the
//! connection from our side.
//!
//! The broker of the `mqtt5` crate tells neither how many QoS 0 messages went to a client nor ends a connection with
//! a reason of ours. Its [`WebSocketTransport`] accepts any byte stream, so this one stands in front of the socket.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use mqtt5::broker::transport::WebSocketTransport;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::mqtt::Version;

use super::frames::{Frames, Passed};
use super::quiet::{self, PINGREQ, Quiet};

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
    no_keep_alive: AtomicBool,
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

    /// Notes what CONNECT asked for: the protocol level, and the keep alive in seconds (0: none).
    pub(super) fn set_terms(&self, level: u8, keep_alive: u16) {
        self.level.store(level, Ordering::Relaxed);
        self.no_keep_alive.store(keep_alive == 0, Ordering::Relaxed);
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
    /// Shared with the task that closes it in order, after this is dropped.
    stream: Arc<TcpStream>,
    link: Arc<Link>,
    end: oneshot::Receiver<()>,
    ended: bool,
    incoming: Frames,
    outgoing: Frames,
    quiet: Quiet,
}

impl Wire {
    /// Watches `stream`; `totals` counts for all connections together.
    pub(super) fn new(
        stream: Arc<TcpStream>,
        address: SocketAddr,
        totals: Arc<Totals>,
    ) -> (Self, Arc<Link>) {
        let (sender, end) = oneshot::channel();
        let link = Arc::new(Link {
            address,
            traffic: Totals::default(),
            totals,
            level: AtomicU8::new(0),
            no_keep_alive: AtomicBool::new(false),
            end: Mutex::new(Some(sender)),
        });
        let wire = Self {
            stream,
            link: Arc::clone(&link),
            end,
            ended: false,
            incoming: Frames::default(),
            outgoing: Frames::default(),
            quiet: Quiet::new(quiet::LIMIT),
        };
        (wire, link)
    }

    /// Whether [`Link::end`] was called; wakes the task when it is. Tells the client why when it is noticed, as far
    /// as its version and the state of the stream allow.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> bool {
        // An `Err` cannot come: the link, which holds the sender, lives as long as this.
        if !self.ended && matches!(Pin::new(&mut self.end).poll(cx), Poll::Ready(Ok(()))) {
            self.ended = true;
            if self.link.version() == Some(Version::V5) && self.outgoing.between_packets() {
                // What cannot be written at once is left out: the connection ends either way.
                self.stream.try_write(&DISCONNECT_ADMINISTRATIVE).ok();
            }
        }
        self.ended
    }

    fn poll_socket(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            match self.stream.try_read(buf.initialize_unfilled()) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Whether a PINGREQ has to be slipped in for a client that was quiet for long.
    fn poll_quiet(&mut self, cx: &mut Context<'_>) -> bool {
        self.link.no_keep_alive.load(Ordering::Relaxed)
            && self.incoming.between_packets()
            && self.quiet.poll_due(cx)
    }

    /// Whether `packet`, which the broker wants to send, must not reach the client: the answer to a PINGREQ that is
    /// not the client's, or DISCONNECT to a 3.1.1 client. `mqtt5` 0.49 sends that when a session is taken over, but
    /// the version has none from the broker (MQTT 3.1.1, 3.14), and the client would report a protocol error.
    fn is_withheld(&mut self, packet: &[u8]) -> bool {
        let is_disconnect = packet.first() == Some(&DISCONNECT);
        self.outgoing.between_packets()
            && (is_disconnect && self.link.version() == Some(Version::V311)
                || self.quiet.is_answer(packet))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.poll_ended(cx) {
            return Poll::Ready(Ok(()));
        }
        match wire.poll_socket(cx, buf) {
            Poll::Ready(Ok(count)) => {
                let start = buf.filled().len();
                buf.advance(count);
                let passed = wire
                    .incoming
                    .feed(buf.filled().get(start..).unwrap_or_default());
                wire.link.traffic.incoming.add(passed, count);
                wire.link.totals.incoming.add(passed, count);
                wire.quiet.heard();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(err)) => Poll::Ready(Err(err)),
            Poll::Pending if buf.remaining() >= PINGREQ.len() && wire.poll_quiet(cx) => {
                buf.put_slice(&PINGREQ);
                Poll::Ready(Ok(()))
            }
            Poll::Pending => Poll::Pending,
        }
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
        if wire.is_withheld(buf) {
            return Poll::Ready(Ok(buf.len()));
        }
        loop {
            ready!(wire.stream.poll_write_ready(cx))?;
            match wire.stream.try_write(buf) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
                Err(err) => return Poll::Ready(Err(err)),
                Ok(count) => {
                    let passed = wire.outgoing.feed(buf.get(..count).unwrap_or_default());
                    wire.link.traffic.outgoing.add(passed, count);
                    wire.link.totals.outgoing.add(passed, count);
                    return Poll::Ready(Ok(count));
                }
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket keeps nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whoever shares the stream closes it.
        Poll::Ready(Ok(()))
    }
}

impl WebSocketTransport for Wire {
    fn peer_addr(&self) -> mqtt5::Result<SocketAddr> {
        Ok(self.link.address)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Wire, Arc<Link>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, address) = listener.accept().await.unwrap();
        let (wire, link) = Wire::new(Arc::new(stream), address, Arc::default());
        (wire, link, client)
    }

    #[tokio::test]
    async fn a_quiet_client_without_keep_alive_seems_to_ping() {
        let (mut wire, link, mut client) = pair().await;
        wire.quiet = Quiet::new(Duration::from_millis(20));
        link.set_terms(5, 0);
        let mut read = [0; 16];
        for _ in 0..2 {
            assert_eq!(wire.read(&mut read).await.unwrap(), 2);
            assert_eq!(read[..2], PINGREQ);
            wire.write_all(&[0xd0, 0x00]).await.unwrap();
        }
        // The next one answers a PINGREQ of the client's own, and arrives.
        client.write_all(&PINGREQ).await.unwrap();
        while link.traffic.incoming.packets() == 0 {
            wire.read_exact(&mut read[..2]).await.unwrap();
            wire.write_all(&[0xd0, 0x00]).await.unwrap();
        }
        client.read_exact(&mut read[..2]).await.unwrap();
        assert_eq!(read[..2], [0xd0, 0x00]);
        assert_eq!(link.traffic.outgoing.bytes(), 2);
    }

    #[tokio::test]
    async fn ending_wakes_the_reader_and_says_why() {
        for (level, farewell) in [(5, &DISCONNECT_ADMINISTRATIVE[..]), (4, &[])] {
            let (mut wire, link, mut client) = pair().await;
            link.set_terms(level, 60);
            let reader = tokio::spawn(async move {
                let count = wire.read(&mut [0; 16]).await.unwrap();
                assert!(wire.write(&[0xd0, 0x00]).await.is_err());
                count
            });
            link.end();
            assert_eq!(reader.await.unwrap(), 0);
            let mut rest = Vec::new();
            client.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest, farewell);
        }
    }
}
