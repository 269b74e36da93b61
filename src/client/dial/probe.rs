//! Finding out which transport a port has after all, when the chosen one was not answered: some brokers close the
//! connection without a word when somebody speaks the wrong protocol to them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::profile::{Identity, Transport};

use super::super::plan::Target;
use super::error::{DialError, WebSocketError};
use super::first_bytes::{FirstBytes, Speech, Watched};
use super::steps::{Phase, Progress, Step};
use super::{BoxedStream, tcp, tls, web_socket};

/// How long one question may take.
const LIMIT: Duration = Duration::from_millis(1_500);

/// Whether an attempt that ended in `phase` may have met another protocol than the chosen one.
pub(in crate::client) fn may_speak_otherwise(phase: &Phase) -> bool {
    match phase {
        Phase::Open | Phase::At(Step::Tls | Step::WebSocket) => true,
        Phase::Failed(err) => matches!(
            err,
            DialError::Closed(Step::Tls | Step::WebSocket)
                | DialError::TimedOut(Step::Tls | Step::WebSocket)
                | DialError::NotTls(Speech::Http(_) | Speech::Unknown)
                | DialError::WebSocket(WebSocketError::Status(400))
        ),
        Phase::Idle | Phase::At(_) => false,
    }
}

/// The transport that the port of `target` answers to, where it is another than the chosen one. Nothing of the
/// profile's secrets is sent, except to the proxy.
pub(in crate::client) async fn what_answers(target: &Target) -> Option<Transport> {
    use Transport as T;
    let candidates: &[T] = match target.transport {
        T::Tcp => &[T::Tls, T::WebSocket],
        T::Tls => &[T::Tls, T::Tcp, T::WebSocket],
        T::WebSocket => &[T::Tcp, T::Tls],
        T::SecureWebSocket => &[T::WebSocket, T::Tcp],
        T::Unix => &[],
    };
    for candidate in candidates {
        let asked = timeout(LIMIT, ask(target, *candidate)).await;
        if let Ok(Some(found)) = asked {
            return (found != target.transport).then_some(found);
        }
    }
    None
}

/// Tries one transport on a connection of its own.
async fn ask(target: &Target, transport: Transport) -> Option<Transport> {
    let mut target = target.clone();
    target.transport = transport;
    target.tls.identity = Identity::None;
    let stream = tcp(&target, Instant::now() + LIMIT, &Progress::default())
        .await
        .ok()?;
    let heard = FirstBytes::default();
    let stream: BoxedStream = Box::new(Watched::new(stream, heard.clone()));
    match transport {
        Transport::Tcp => speaks_mqtt(stream, &heard).await,
        Transport::Tls => speaks_tls(stream, &heard, &target).await,
        Transport::WebSocket => is_web_socket(stream, &heard, &target)
            .await
            .then_some(transport),
        Transport::SecureWebSocket | Transport::Unix => None,
    }
}

/// Sends an MQTT 3.1.1 CONNECT without a client id, a name or a password: whatever a broker thinks of it, it answers
/// with CONNACK.
async fn speaks_mqtt(mut stream: BoxedStream, heard: &FirstBytes) -> Option<Transport> {
    const CONNECT: &[u8] = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00";
    const DISCONNECT: &[u8] = b"\xe0\x00";
    stream.write_all(CONNECT).await.ok()?;
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).await.ok()?;
    // a broker that refused is gone already
    stream.write_all(DISCONNECT).await.ok();
    (heard.speech() == Some(Speech::Mqtt)).then_some(Transport::Tcp)
}

/// Whether TLS answers, and a WebSocket within it.
async fn speaks_tls(stream: BoxedStream, heard: &FirstBytes, target: &Target) -> Option<Transport> {
    let Some(stream) = tls::answers(stream, heard).await else {
        // an alert is an answer, too
        return (heard.speech() == Some(Speech::Tls)).then_some(Transport::Tls);
    };
    let mut secured = target.clone();
    secured.transport = Transport::SecureWebSocket;
    let heard = FirstBytes::default();
    let stream: BoxedStream = Box::new(Watched::new(stream, heard.clone()));
    let upgraded = timeout(LIMIT / 2, is_web_socket(stream, &heard, &secured)).await;
    Some(match upgraded {
        Ok(true) => Transport::SecureWebSocket,
        Ok(false) | Err(_) => Transport::Tls,
    })
}

async fn is_web_socket(stream: BoxedStream, heard: &FirstBytes, target: &Target) -> bool {
    web_socket::connect(stream, target, heard).await.is_ok()
}
