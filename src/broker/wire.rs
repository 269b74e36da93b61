//! The socket of one client of the broker inside, watched: counts what passes in both directions and can end the
//! connection from our side.
//!
//! The broker of the `mqtt5` crate tells neither how many QoS 0 messages went to a client nor ends a connection with
//! a reason of ours. Its [`WebSocketTransport`] accepts any byte stream, so this one stands in front of the socket.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use mqtt5::broker::transport::WebSocketTransport;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::mqtt::Version;

use super::clients::Clients;
use super::frames::{Frames, Passed};
use super::line::Line;
use super::pressure::STUCK;
use super::quiet::{self, PINGREQ, Quiet};

/// How often a publisher that is held back looks whether a subscriber is stuck.
const RETRY: Duration = Duration::from_millis(250);
/// The keep alive in seconds that `mqtt5` 0.49 begins with.
const BEFORE_CONNECT: u16 = 60;
/// First byte of a DISCONNECT packet.
const DISCONNECT: u8 = 0xe0;

/// Why a connection is ended from our side: the reason of DISCONNECT (MQTT 5, 3.14.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// The user wants it, or it has stood still for too long.
    AdministrativeAction,
    /// Another connection came with the same client identifier.
    SessionTakenOver,
}

impl Farewell {
    /// The DISCONNECT packet.
    fn packet(self) -> [u8; 4] {
        let reason = match self {
            Self::AdministrativeAction => 0x98,
            Self::SessionTakenOver => 0x8e,
        };
        [DISCONNECT, 2, reason, 0]
    }
}

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
    /// Counts on. Only one task writes to a connection's counters, so nothing needs to be locked for adding.
    fn add(&self, passed: Passed, bytes: usize) {
        let grow = |counter: &AtomicU64, by| {
            counter.store(counter.load(Ordering::Relaxed) + by, Ordering::Relaxed);
        };
        grow(&self.packets, passed.packets);
        grow(&self.messages, passed.messages);
        grow(&self.bytes, bytes as u64);
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

/// Both directions of one connection, seen from the broker.
#[derive(Debug, Default)]
pub(super) struct Both {
    /// From the client.
    pub(super) incoming: Traffic,
    /// To the client.
    pub(super) outgoing: Traffic,
}

/// What is known of one network connection, shared between its socket and the list of clients.
#[derive(Debug)]
pub(super) struct Link {
    /// The other end.
    pub(super) address: SocketAddr,
    /// What passed on this connection.
    pub(super) traffic: Both,
    /// Protocol level of CONNECT; 0 before it.
    level: AtomicU8,
    /// Seconds; 0 is none.
    keep_alive: AtomicU16,
    /// Set once by [`Link::end`].
    ended: OnceLock<Farewell>,
    /// How much had come to the broker when the handler last rested, see [`super::pressure`].
    mark: AtomicU64,
    /// Whether the handler has done all it can: it waits for the socket to bring something.
    rests: AtomicBool,
    /// Since when the client takes nothing of what waits for it.
    stuck: Mutex<Option<Instant>>,
    /// Wakes the task of this connection.
    waker: Mutex<Option<Waker>>,
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
        self.keep_alive.store(keep_alive, Ordering::Relaxed);
    }

    /// Ends the connection at its next read or write, in MQTT 5 with DISCONNECT. The first reason stays.
    pub(super) fn end(&self, why: Farewell) {
        self.ended.get_or_init(|| why);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.lock() {
            waker.wake_by_ref();
        }
    }

    /// How much had come to the broker when nothing waited for this client.
    pub(super) fn mark(&self) -> u64 {
        self.mark.load(Ordering::SeqCst)
    }

    /// Moves the mark.
    pub(super) fn set_mark(&self, came: u64) {
        self.mark.store(came, Ordering::SeqCst);
    }

    /// Whether the handler, if it waits now, has sent everything that waited for its client.
    pub(super) fn rests(&self) -> bool {
        self.rests.load(Ordering::Relaxed)
    }

    /// Publishers wait for this client: lets its task tell whether it rests, or ends a connection that is stuck.
    pub(super) fn hurry(&self) {
        let stuck = *self.stuck.lock();
        if stuck.is_some_and(|since| since.elapsed() >= STUCK) {
            self.end(Farewell::AdministrativeAction);
        } else {
            self.wake();
        }
    }

    /// Notes whom [`Link::end`] has to wake. Returns whether it came before, and nobody would be woken.
    fn has_ended(&self, cx: &Context<'_>) -> bool {
        let mut waker = self.waker.lock();
        match &mut *waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        drop(waker);
        self.ended.get().is_some()
    }
}

/// A client's socket that counts and can be ended.
pub(super) struct Wire {
    /// Shared with the task around the handler, which writes what waits, and closes in order after this is dropped.
    line: Arc<Line>,
    link: Arc<Link>,
    clients: Arc<Clients>,
    /// When to look again whether publishers may go on.
    retry: Option<Pin<Box<Sleep>>>,
    /// Whether the client was told that its connection was ended.
    farewell: bool,
    /// Whether nothing is read because subscribers cannot keep up.
    is_held: bool,
    /// Of what waits, how much the socket had taken when it took no more.
    stuck_at: Option<usize>,
    incoming: Frames,
    outgoing: Frames,
    quiet: Quiet,
}

impl Wire {
    /// Watches `socket`; reads from publishers only when `clients` can take more.
    pub(super) fn new(
        socket: Arc<Line>,
        address: SocketAddr,
        clients: Arc<Clients>,
    ) -> (Self, Arc<Link>) {
        let link = Arc::new(Link {
            address,
            traffic: Both::default(),
            level: AtomicU8::new(0),
            keep_alive: AtomicU16::new(BEFORE_CONNECT),
            ended: OnceLock::new(),
            mark: AtomicU64::new(0),
            rests: AtomicBool::new(false),
            stuck: Mutex::default(),
            waker: Mutex::default(),
        });
        let wire = Self {
            line: socket,
            link: Arc::clone(&link),
            clients,
            retry: None,
            farewell: false,
            is_held: false,
            stuck_at: None,
            incoming: Frames::default(),
            outgoing: Frames::default(),
            quiet: Quiet::new(quiet::LIMIT),
        };
        (wire, link)
    }

    /// Whether [`Link::end`] was called. Tells the client why when it is noticed, as far as its version and the
    /// state of the stream allow.
    fn is_ended(&mut self) -> bool {
        let Some(why) = self.link.ended.get() else {
            return false;
        };
        if !self.farewell {
            self.farewell = true;
            if self.link.version() == Some(Version::V5) && self.outgoing.between_packets() {
                self.line.put_farewell(&why.packet());
            }
        }
        true
    }

    /// Reads what has come, unless the client publishes and subscribers cannot keep up. A packet that has begun is read to
    /// its end even so: nothing could be slipped in within one.
    fn poll_socket(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let publishes = self.link.traffic.incoming.messages() > 0;
        self.is_held = false;
        while publishes && self.clients.poll_open(cx).is_pending() {
            let missing = self.incoming.missing().min(buf.len());
            if missing > 0 {
                let rest = buf.get_mut(..missing).unwrap_or_default();
                return self.line.poll_read(cx, rest);
            }
            self.is_held = true;
            let retry = self.retry.get_or_insert_with(|| Box::pin(sleep(RETRY)));
            ready!(retry.as_mut().poll(cx));
            self.retry = None;
        }
        self.is_held = false;
        self.retry = None;
        self.line.poll_read(cx, buf)
    }

    /// Whether a PINGREQ has to be slipped in for a client that was quiet for long, or was not read from.
    fn poll_quiet(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.incoming.between_packets() {
            return false;
        }
        match self.link.keep_alive.load(Ordering::Relaxed) {
            0 => self.quiet.poll_due(cx),
            seconds if self.is_held => {
                let keep_alive = Duration::from_secs(u64::from(seconds));
                self.quiet.poll_due_unread(cx, keep_alive)
            }
            _ => false,
        }
    }

    /// Keeps [`Link::stuck`]. A client that takes a little now and then is slow, and not stuck.
    fn note_stuck(&mut self, is_stuck: bool) {
        let stuck_at = is_stuck.then(|| self.line.taken());
        if self.stuck_at != stuck_at {
            self.stuck_at = stuck_at;
            *self.link.stuck.lock() = is_stuck.then(Instant::now);
        }
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

impl Wire {
    /// `packet` as a 3.1.1 client has to get it, if that is not how `mqtt5` 0.49 would send it: in that version no
    /// acknowledgement has a reason (MQTT 3.1.1, 3.7), but the crate adds one to PUBCOMP when PUBREL comes again.
    fn without_reason(&self, packet: &[u8]) -> Option<[u8; 4]> {
        let (&[first, _, high, low], reason) = packet.split_first_chunk()?;
        let is_acknowledgement = matches!(first >> 4, 4..=7);
        let has_reason = is_acknowledgement && !reason.is_empty();
        let is_old = self.link.version() == Some(Version::V311);
        (has_reason && is_old && self.outgoing.between_packets()).then_some([first, 2, high, low])
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        // What came before another connection took over still counts: messages, and the DISCONNECT that stops the will.
        let is_taken_over = wire.link.ended.get() == Some(&Farewell::SessionTakenOver);
        if !is_taken_over && wire.is_ended() {
            return Poll::Ready(Ok(()));
        }
        let polled = wire.poll_socket(cx, buf.initialize_unfilled());
        wire.link
            .rests
            .store(polled.is_pending(), Ordering::Relaxed);
        match polled {
            Poll::Ready(Ok(count)) => {
                let start = buf.filled().len();
                buf.advance(count);
                let came = buf.filled().get(start..).unwrap_or_default();
                let passed = wire.incoming.feed(came);
                wire.link.traffic.incoming.add(passed, count);
                wire.clients.pressure.add(passed.messages, count);
                wire.quiet.heard();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(err)) => Poll::Ready(Err(err)),
            Poll::Pending if buf.remaining() >= PINGREQ.len() && wire.poll_quiet(cx) => {
                buf.put_slice(&PINGREQ);
                Poll::Ready(Ok(()))
            }
            Poll::Pending if wire.link.has_ended(cx) && wire.is_ended() => Poll::Ready(Ok(())),
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
        if wire.is_ended() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if wire.is_withheld(buf) {
            return Poll::Ready(Ok(buf.len()));
        }
        wire.link.rests.store(false, Ordering::Relaxed);
        let plain = wire.without_reason(buf);
        let packet = plain.as_ref().map_or(buf, |plain| &plain[..]);
        let polled = wire.line.poll_put(cx, packet);
        wire.note_stuck(polled.is_pending());
        match polled {
            Poll::Ready(Ok(count)) => {
                let passed = wire.outgoing.feed(packet.get(..count).unwrap_or_default());
                wire.link.traffic.outgoing.add(passed, count);
                Poll::Ready(Ok(if plain.is_some() { buf.len() } else { count }))
            }
            Poll::Ready(Err(err)) => Poll::Ready(Err(err)),
            Poll::Pending if wire.link.has_ended(cx) && wire.is_ended() => {
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The handler flushes after each packet. The task around it writes when the handler waits for something.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whoever shares the line closes it.
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
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::clients::Hello;
    use super::*;

    async fn pair() -> (Wire, Arc<Link>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, address) = listener.accept().await.unwrap();
        let (wire, link) = Wire::new(Line::new(stream), address, Arc::default());
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
        poll_fn(|cx| wire.line.poll_drain(cx)).await.unwrap();
        client.read_exact(&mut read[..2]).await.unwrap();
        assert_eq!(read[..2], [0xd0, 0x00]);
        assert_eq!(link.traffic.outgoing.bytes(), 2);
    }

    #[tokio::test]
    async fn a_3_1_1_client_gets_no_reasons() {
        for (level, expected) in [
            (4, &b"\x70\x02\x00\x07\x40\x02\x00\x08"[..]),
            (5, b"\x70\x04\x00\x07\x92\x00\x40\x02\x00\x08"),
        ] {
            let (mut wire, link, mut client) = pair().await;
            link.set_terms(level, 60);
            wire.write_all(b"\x70\x04\x00\x07\x92\x00").await.unwrap();
            wire.write_all(b"\x40\x02\x00\x08").await.unwrap();
            poll_fn(|cx| wire.line.poll_drain(cx)).await.unwrap();
            let mut read = vec![0; expected.len()];
            client.read_exact(&mut read).await.unwrap();
            assert_eq!(read, expected);
            assert_eq!(link.traffic.outgoing.bytes(), expected.len() as u64);
        }
    }

    #[tokio::test]
    async fn publishers_of_large_messages_are_held_back_by_bytes() {
        const MIB: usize = 1 << 20;
        let (mut wire, _link, mut client) = pair().await;
        let (_slow_wire, slow, _slow_client) = pair().await;
        let clients = Arc::clone(&wire.clients);
        clients.opened(&slow);
        let hello = Hello {
            client_id: "slow".to_owned(),
            level: 4,
            keep_alive: 60,
            will_topic: None,
        };
        clients.identified(slow.address, hello);
        clients.connected("slow", vec!["#".to_owned()]);
        let flood = tokio::spawn(async move {
            let mut message = b"\x30\x80\x80\x40\x00\x01a".to_vec();
            message.resize(4 + MIB, b'.');
            while client.write_all(&message).await.is_ok() {}
        });
        let (mut read, mut came) = (vec![0; 64 * 1024], 0);
        while poll_fn(|cx| Poll::Ready(clients.poll_open(cx)))
            .await
            .is_ready()
        {
            came += wire.read(&mut read).await.unwrap();
            assert!(came <= 32 * MIB, "not held back");
        }
        assert!(came >= 8 * MIB, "held back after {came} bytes");

        // its PINGREQ would stand behind all of that: one is slipped in between two messages, and it gets the answer
        wire.link.set_terms(4, 1);
        while !wire.incoming.between_packets() {
            came += wire.read(&mut read).await.unwrap();
        }
        for _ in 0..2 {
            assert_eq!(wire.read(&mut read).await.unwrap(), 2);
            assert_eq!(read[..2], PINGREQ);
            wire.write_all(&[0xd0, 0x00]).await.unwrap();
        }
        assert_eq!(wire.link.traffic.incoming.bytes(), came as u64);
        assert_eq!(wire.link.traffic.outgoing.bytes(), 4);
        drop(wire);
        flood.abort();
    }

    async fn after_its_end(level: u8, why: Farewell) -> Vec<u8> {
        let (mut wire, link, mut client) = pair().await;
        link.set_terms(level, 60);
        let reader = tokio::spawn(async move {
            let count = wire.read(&mut [0; 16]).await.unwrap();
            assert!(wire.write(&[0xd0, 0x00]).await.is_err());
            (count, wire)
        });
        link.end(why);
        let (count, wire) = reader.await.unwrap();
        assert_eq!(count, 0);
        Arc::into_inner(wire.line).unwrap().close().await;
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
        rest
    }

    #[tokio::test]
    async fn ending_wakes_the_reader_and_says_why() {
        let (user, other) = (Farewell::AdministrativeAction, Farewell::SessionTakenOver);
        assert_eq!(after_its_end(5, user).await, [0xe0, 0x02, 0x98, 0x00]);
        assert_eq!(after_its_end(5, other).await, [0xe0, 0x02, 0x8e, 0x00]);
        for why in [user, other] {
            assert_eq!(after_its_end(4, why).await, [0; 0]);
        }
    }

    #[tokio::test]
    async fn what_came_before_a_takeover_is_read() {
        let (mut wire, link, mut client) = pair().await;
        link.set_terms(5, 60);
        client.write_all(&[0xe0, 0x00]).await.unwrap();
        wire.line.stream_readable().await;
        link.end(Farewell::SessionTakenOver);
        let mut read = [0; 16];
        assert_eq!(wire.read(&mut read).await.unwrap(), 2);
        assert_eq!(wire.read(&mut read).await.unwrap(), 0);
    }
}
