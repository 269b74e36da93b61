//! Opens the byte stream that MQTT is spoken on: addresses, proxy, TLS, WebSocket or Unix socket, each step with its
//! share of one time limit, and what was learnt where it failed.
//!
//! | file | what it does |
//! |---|---|
//! | `steps`, `error` | how far a dial has come, and why it went no further |
//! | `addresses` | name resolution, and TCP to whichever address answers first |
//! | `proxy/` | HTTP CONNECT and SOCKS 5 |
//! | `tls/` | trust, the client's identity, the handshake, certificates in plain words |
//! | `web_socket` | the HTTP upgrade, and frames as a byte stream |
//! | `first_bytes`, `probe` | what a wrong port speaks instead |

mod addresses;
mod error;
mod first_bytes;
mod probe;
mod proxy;
mod steps;
mod tls;
mod web_socket;

pub use error::{
    Alert, CertificateProblem, DialError, FileProblem, ProxyError, Rejection, WebSocketError,
};
pub use first_bytes::Speech;
pub use steps::{DialReport, Step, StepReport};
pub use tls::{PeerCertificate, TlsFacts};

pub(super) use probe::{Answer, answers_to_older_version, may_speak_otherwise, what_answers};
pub(super) use steps::{Phase, Progress};
pub(super) use tls::{alert_in, key_log_file};

use std::io;

use tokio::time::Instant;

use crate::profile::{ProxyKind, Transport, path_to_show};

use super::plan::Target;
use super::tap::Stream;
use first_bytes::{FirstBytes, Watched};

/// A stream of whatever kind.
pub(super) type BoxedStream = Box<dyn Stream>;

/// Opens the stream to `target` before `deadline`, and keeps in `progress` what happened.
///
/// # Errors
/// [`DialError`]; `progress` has it, too.
pub(super) async fn dial(
    target: &Target,
    deadline: Instant,
    progress: &Progress,
) -> Result<BoxedStream, DialError> {
    progress.begin();
    let result = open(target, deadline, progress).await;
    progress.finish(&result);
    result
}

async fn open(
    target: &Target,
    deadline: Instant,
    progress: &Progress,
) -> Result<BoxedStream, DialError> {
    let heard = if target.transport.uses_tls() {
        FirstBytes::default()
    } else {
        progress.answer.clone()
    };
    let mut stream: BoxedStream = if target.transport == Transport::Unix {
        let unix = unix(&target.unix_path);
        let path = || target.unix_path.clone();
        let unix = progress.step(Step::Unix, deadline, unix, |_| path());
        Box::new(Watched::new(unix.await?, heard.clone()))
    } else {
        let tcp = tcp(target, deadline, progress).await?;
        Box::new(Watched::new(tcp, heard.clone()))
    };
    if target.transport.uses_tls() {
        let secured = tls::connect(stream, target, heard, deadline, progress).await?;
        stream = Box::new(Watched::new(secured, progress.answer.clone()));
    }
    if target.transport.uses_websocket() {
        let heard = progress.answer.clone();
        let upgraded = web_socket::connect(stream, target, &heard);
        let upgraded = progress
            .step(Step::WebSocket, deadline, upgraded, |_| {
                path_to_show(&target.web_socket.path)
            })
            .await?;
        heard.clear();
        stream = Box::new(Watched::new(upgraded, heard));
    }
    Ok(stream)
}

/// TCP to the broker, through the proxy if there is one.
async fn tcp(
    target: &Target,
    deadline: Instant,
    progress: &Progress,
) -> Result<tokio::net::TcpStream, DialError> {
    let (host, port) = target.first_hop();
    let addresses = addresses::resolve(host, port);
    let addresses = progress
        .step(Step::Resolve, deadline, addresses, |found| {
            let found: Vec<_> = found
                .iter()
                .map(|address| address.ip().to_string())
                .collect();
            found.join(", ")
        })
        .await?;
    let stream = addresses::connect(addresses);
    let mut stream = progress
        .step(Step::Tcp, deadline, stream, |stream| {
            stream
                .peer_addr()
                .map_or_else(|_gone| String::new(), |address| address.to_string())
        })
        .await?;
    if target.proxy.kind != ProxyKind::None {
        let through = proxy::connect(&mut stream, target);
        progress
            .step(Step::Proxy, deadline, through, |()| target.place())
            .await?;
    }
    Ok(stream)
}

#[cfg(unix)]
async fn unix(path: &str) -> Result<tokio::net::UnixStream, DialError> {
    let stream = tokio::net::UnixStream::connect(path).await;
    stream.map_err(|err| DialError::Unix {
        kind: err.kind(),
        words: err.to_string(),
    })
}

#[cfg(not(unix))]
async fn unix(_path: &str) -> Result<tokio::io::DuplexStream, DialError> {
    std::future::ready(Err(DialError::Unsupported("Unix sockets"))).await
}

/// What an error of the stream says about `step`.
fn lost(step: Step, err: &io::Error) -> DialError {
    use io::ErrorKind as Kind;
    match err.kind() {
        Kind::UnexpectedEof
        | Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::BrokenPipe
        | Kind::NotConnected => DialError::Closed(step),
        _ => DialError::Lost {
            step,
            words: err.to_string(),
        },
    }
}
