//! The first bytes that came from the other side, and which protocol they belong to: that tells a wrong port.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes are kept: enough for a status line or a greeting.
const KEPT: usize = 64;

/// The first bytes of a stream.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstBytes(Arc<Mutex<Vec<u8>>>);

impl FirstBytes {
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }

    /// Whose they are; `None` when nothing came.
    pub(super) fn speech(&self) -> Option<Speech> {
        let bytes = self.0.lock();
        (!bytes.is_empty()).then(|| Speech::of(&bytes))
    }

    /// Whose `bytes` are.
    pub(super) fn speech_of(bytes: &[u8]) -> Speech {
        Speech::of(bytes)
    }

    /// Keeps what is still missing, and says whether that is enough.
    fn take(&self, fresh: &[u8]) -> bool {
        let mut bytes = self.0.lock();
        let room = KEPT.saturating_sub(bytes.len()).min(fresh.len());
        bytes.extend_from_slice(fresh.get(..room).unwrap_or_default());
        bytes.len() >= KEPT
    }
}

/// What somebody speaks, as far as the first bytes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    /// TLS.
    Tls,
    /// HTTP, with the status of the answer where it could be read.
    Http(Option<u16>),
    /// MQTT.
    Mqtt,
    /// SSH.
    Ssh,
    /// SOCKS.
    Socks,
    /// AMQP, as brokers with more than one protocol do on another port.
    Amqp,
    /// A line of text, as from a mail server.
    Text(String),
    /// Something else.
    Unknown,
}

impl Speech {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x14..=0x17, 3, ..] => Self::Tls,
            [b'H', b'T', b'T', b'P', b'/', ..] => Self::Http(http_status(bytes)),
            // a page without a head is what old HTTP answers to a request that it cannot read
            _ if is_page(bytes) => Self::Http(None),
            [b'S', b'S', b'H', b'-', ..] => Self::Ssh,
            [b'A', b'M', b'Q', b'P', ..] => Self::Amqp,
            [0x20, length, ..] if (2..=127).contains(length) => Self::Mqtt,
            [5, 0..=2 | 0xff] => Self::Socks,
            _ => text(bytes).map_or(Self::Unknown, Self::Text),
        }
    }
}

impl fmt::Display for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls => f.write_str("TLS"),
            Self::Http(Some(status)) => write!(f, "HTTP, status {status}"),
            Self::Http(None) => f.write_str("HTTP"),
            Self::Mqtt => f.write_str("MQTT"),
            Self::Ssh => f.write_str("SSH"),
            Self::Socks => f.write_str("SOCKS"),
            Self::Amqp => f.write_str("AMQP"),
            Self::Text(line) => write!(f, "“{line}”"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// 404 of `HTTP/1.1 404 Not found`.
fn http_status(bytes: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(bytes.get(..12)?).ok()?;
    line.split(' ').nth(1)?.parse().ok()
}

fn is_page(bytes: &[u8]) -> bool {
    let begins = |with: &[u8]| {
        bytes
            .get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    begins(b"<!doctype html") || begins(b"<html")
}

/// The first line when it is printable.
fn text(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let is_text = line.len() >= 4 && line.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_text.then(|| String::from_utf8_lossy(line).into_owned())
}

/// A stream whose first incoming bytes are kept.
pub(super) struct Watched<S> {
    stream: S,
    bytes: FirstBytes,
    has_enough: bool,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, bytes: FirstBytes) -> Self {
        Self {
            stream,
            bytes,
            has_enough: false,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_enough {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        self.has_enough = self.bytes.take(fresh);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_protocol() {
        let greeting = "220 mail.example ESMTP";
        for (bytes, expected) in [
            (&b"\x15\x03\x01\x00\x02\x02\x46"[..], Speech::Tls),
            (b"\x16\x03\x03\x00\x7a", Speech::Tls),
            (
                b"HTTP/1.1 404 Not Found\r\nServer: x",
                Speech::Http(Some(404)),
            ),
            (b"HTTP/1.1", Speech::Http(None)),
            (b"<!DOCTYPE HTML>\n<html", Speech::Http(None)),
            (b"<html><body>400", Speech::Http(None)),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Speech::Ssh),
            (b"AMQP\x00\x00\x09\x01", Speech::Amqp),
            (b"\x20\x02\x00\x00", Speech::Mqtt),
            (b"\x05\xff", Speech::Socks),
            (
                b"220 mail.example ESMTP\r\n",
                Speech::Text(greeting.to_owned()),
            ),
            (b"\x00\x01\x02", Speech::Unknown),
            (b"a", Speech::Unknown),
        ] {
            assert_eq!(Speech::of(bytes), expected);
        }
    }
}
