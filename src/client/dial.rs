//! Opens the socket: name resolution, TCP with a time limit and `TCP_NODELAY`, and where it failed.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

/// How far dialing has come. It is read when an attempt has failed, to tell where.
#[derive(Debug, Default)]
pub(super) struct Progress {
    phase: Mutex<Phase>,
}

/// The steps of an attempt.
#[derive(Debug, Default)]
pub(super) enum Phase {
    /// Looking up the host name.
    #[default]
    Resolving,
    /// The name is not known, with the system's words.
    NameUnknown(String),
    /// Waiting for TCP.
    Dialing,
    /// TCP failed, with the system's error.
    DialFailed(io::Error),
    /// TCP is there; CONNACK is not.
    Open,
}

impl Progress {
    fn set(&self, phase: Phase) {
        *self.phase.lock() = phase;
    }

    /// Whether the socket is there, so that CONNECT is on its way or will be at once.
    pub(super) fn is_open(&self) -> bool {
        matches!(*self.phase.lock(), Phase::Open)
    }

    /// Takes the phase reached, and begins anew.
    pub(super) fn take(&self) -> Phase {
        std::mem::take(&mut *self.phase.lock())
    }
}

/// Connects to `host` and `port` within `limit`, trying each address that the name has.
///
/// # Errors
/// The system's error; `progress` holds the step it happened at.
pub(super) async fn dial(
    host: &str,
    port: u16,
    limit: Duration,
    progress: Arc<Progress>,
) -> io::Result<TcpStream> {
    let deadline = Instant::now() + limit;
    progress.set(Phase::Resolving);
    let addresses = match lookup_host((host, port)).await {
        Ok(addresses) => addresses.collect::<Vec<_>>(),
        Err(err) => {
            progress.set(Phase::NameUnknown(err.to_string()));
            return Err(err);
        }
    };
    progress.set(Phase::Dialing);
    match dial_each(&addresses, deadline).await {
        Ok(stream) => {
            progress.set(Phase::Open);
            Ok(stream)
        }
        Err(err) => {
            progress.set(Phase::DialFailed(io::Error::new(
                err.kind(),
                err.to_string(),
            )));
            Err(err)
        }
    }
}

/// Tries the addresses one after the other; each gets its share of the time, so that a silent one (IPv6 without a
/// route) does not use up the time of the next.
async fn dial_each(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (tried, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let shares = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        match timeout(left / shares, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // without it every acknowledgement waits for the one before (Nagle): QoS 1 is 30 times slower
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(err)) => failure = err,
            Err(_elapsed) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failure)
}
