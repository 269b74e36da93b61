//! The socket of one client, shared between its handler and the task around it, with what waits to be written.
//!
//! The `mqtt5` crate writes and flushes each packet by itself: a system call for each message and each
//! acknowledgement, which was the largest part of what the broker cost. So packets gather here, and are written
//! when the handler has nothing more to do for now ([`Line::poll_drain`]) or much has gathered.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Bytes that may gather before the handler has to wait for the client.
const FULL: usize = 64 * 1024;
/// What an outbox keeps of its memory once it is empty.
const KEPT: usize = 2 * FULL;
/// How long a client gets to take the last bytes and to close its side of an ended connection.
const LINGER: Duration = Duration::from_millis(500);

/// Bytes on their way to the client.
#[derive(Debug, Default)]
struct Outbox {
    bytes: Vec<u8>,
    /// How many of them the socket has taken.
    sent: usize,
}

/// A socket and its outbox.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    outbox: Mutex<Outbox>,
}

impl Line {
    /// Nothing waits yet.
    pub(super) fn new(stream: TcpStream) -> Arc<Self> {
        Arc::new(Self {
            stream,
            outbox: Mutex::default(),
        })
    }

    /// Reads what has come, at most as much as `buf` takes; 0 is the end.
    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            match self.stream.try_read(buf) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Waits until something has come.
    #[cfg(test)]
    pub(super) async fn stream_readable(&self) {
        self.stream.readable().await.unwrap();
    }

    /// Takes as much of `bytes` as there is room for, at least one; waits while there is none.
    pub(super) fn poll_put(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut outbox = self.outbox.lock();
        if outbox.bytes.len() >= FULL {
            ready!(self.poll_send(cx, &mut outbox))?;
        }
        let count = bytes.len().min(FULL);
        outbox
            .bytes
            .extend_from_slice(bytes.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    /// How many of the bytes that wait the socket has taken: while this grows, the client takes something.
    pub(super) fn taken(&self) -> usize {
        self.outbox.lock().sent
    }

    /// Adds the last packet, whether there is room or not.
    pub(super) fn put_farewell(&self, packet: &[u8]) {
        self.outbox.lock().bytes.extend_from_slice(packet);
    }

    /// Writes what waits; wakes the task when the socket takes more of it.
    pub(super) fn poll_drain(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send(cx, &mut self.outbox.lock())
    }

    fn poll_send(&self, cx: &mut Context<'_>, outbox: &mut Outbox) -> Poll<io::Result<()>> {
        while outbox.sent < outbox.bytes.len() {
            ready!(self.stream.poll_write_ready(cx))?;
            let rest = outbox.bytes.get(outbox.sent..).unwrap_or_default();
            match self.stream.try_write(rest) {
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
                Err(err) => return Poll::Ready(Err(err)),
                Ok(count) => outbox.sent += count,
            }
        }
        outbox.bytes.clear();
        outbox.bytes.shrink_to(KEPT);
        outbox.sent = 0;
        Poll::Ready(Ok(()))
    }

    /// Writes what still waits and closes, so that the client can read what was sent last: a socket that is closed
    /// while something of the client is unread is reset, and the DISCONNECT with the reason could be lost.
    pub(super) async fn close(self) {
        let Self { mut stream, outbox } = self;
        let Outbox { bytes, sent } = outbox.into_inner();
        let to_the_end = async {
            stream
                .write_all(bytes.get(sent..).unwrap_or_default())
                .await?;
            stream.shutdown().await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        };
        // Neither a client that closed first nor one that never does needs more.
        timeout(LINGER, to_the_end).await.ok();
    }
}
