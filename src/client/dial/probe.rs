//! Finding out what a port speaks after all, when what was chosen was not answered: some brokers close the connection
//! without a word when somebody speaks the wrong protocol, or the wrong version of it, to them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::profile::{Identity, ProxyKind, Transport};

use super::super::plan::Target;
use super::error::{DialError, WebSocketError};
use super::first_bytes::{FirstBytes, Speech, Watched};
use super::steps::{Phase, Progress, Step};
use super::{BoxedStream, tcp, tls, web_socket};

/// How long one question may take.
const LIMIT: Duration = Duration::from_millis(1_500);

/// What a port was found to answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Answer {
    /// MQTT on another transport than the chosen one.
    Transport(Transport),
    /// HTTP without a WebSocket, with the status where it could be read.
    Web(Option<u16>),
    /// MQTT 3.1.1, where MQTT 5 was not answered.
    OlderVersion,
    /// The protocol of the other kind of proxy, in place of the proxy.
    Proxy(ProxyKind),
}

/// Whether an attempt that ended in `phase` may have met another protocol than the chosen one.
pub(in crate::client) fn may_speak_otherwise(phase: &Phase) -> bool {
    if is_about_proxy(phase) {
        return true;
    }
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

fn is_about_proxy(phase: &Phase) -> bool {
    let in_vain = [
        DialError::Closed(Step::Proxy),
        DialError::TimedOut(Step::Proxy),
    ];
    match phase {
        Phase::At(step) => *step == Step::Proxy,
        Phase::Failed(err) => in_vain.contains(err),
        Phase::Idle | Phase::Open => false,
    }
}

/// What the port of `target` answers to, where it is something else than what was chosen. Nothing of the profile's
/// secrets is sent, except to the proxy.
pub(in crate::client) async fn what_answers(target: &Target, phase: &Phase) -> Option<Answer> {
    use Transport as T;
    if is_about_proxy(phase) {
        let asked = timeout(LIMIT, which_proxy(target)).await;
        return asked.ok().flatten();
    }
    let candidates: &[T] = match target.transport {
        T::Tcp => &[T::Tls, T::WebSocket],
        T::Tls => &[T::Tls, T::Tcp, T::WebSocket],
        T::WebSocket => &[T::Tcp, T::Tls],
        T::SecureWebSocket => &[T::WebSocket, T::Tcp],
        T::Unix => &[],
    };
    let mut web = None;
    for candidate in candidates {
        let asked = timeout(LIMIT, ask(target, *candidate)).await;
        match asked {
            Ok(Some(Answer::Transport(found))) if found == target.transport => return None,
            Ok(Some(found @ Answer::Transport(_))) => return Some(found),
            // a broker's WebSocket may still be there, with TLS
            Ok(Some(found)) => web = Some(found),
            Ok(None) | Err(_) => {}
        }
    }
    web.filter(|_| !target.transport.uses_websocket())
}

/// Whether MQTT 3.1.1 is answered on the way that was chosen, where MQTT 5 was not: with the user name and password that
/// MQTT 5 would have sent there, without which some brokers say nothing.
pub(in crate::client) async fn answers_to_older_version(
    target: &Target,
    account: (Option<&str>, Option<&str>),
) -> bool {
    let ask = async {
        let progress = Progress::default();
        let stream = super::dial(target, Instant::now() + LIMIT, &progress)
            .await
            .ok()?;
        let heard = FirstBytes::default();
        let stream: BoxedStream = Box::new(Watched::new(stream, heard.clone()));
        speaks_mqtt(stream, &heard, account).await
    };
    matches!(timeout(LIMIT, ask).await, Ok(Some(_)))
}

/// The kind of proxy that answers in place of the chosen one. Nothing of the profile's secrets is sent.
async fn which_proxy(target: &Target) -> Option<Answer> {
    let mut direct = target.clone();
    direct.proxy.kind = ProxyKind::None;
    (direct.host, direct.port) = (target.proxy.host.clone(), target.proxy.port);
    let (other, question): (_, &[u8]) = match target.proxy.kind {
        ProxyKind::Socks5 => (
            ProxyKind::HttpConnect,
            b"CONNECT localhost:1883 HTTP/1.1\r\nHost: localhost:1883\r\n\r\n",
        ),
        ProxyKind::HttpConnect => (ProxyKind::Socks5, b"\x05\x01\x00"),
        ProxyKind::None => return None,
    };
    let mut stream = tcp(&direct, Instant::now() + LIMIT, &Progress::default())
        .await
        .ok()?;
    stream.write_all(question).await.ok()?;
    let mut answer = [0; 64];
    let count = stream.read(&mut answer).await.ok()?;
    let found = match FirstBytes::speech_of(answer.get(..count)?) {
        Speech::Http(_) => ProxyKind::HttpConnect,
        Speech::Socks => ProxyKind::Socks5,
        _ => return None,
    };
    (found == other).then_some(Answer::Proxy(found))
}

/// `target` for a question on `transport`, where anybody may listen: without what lets somebody in. Of the headers only
/// `Host` is needed to reach the same server; the query of a path may be a token or a signature.
fn asking(target: &Target, transport: Transport) -> Target {
    let mut asking = target.clone();
    asking.transport = transport;
    asking.tls.identity = Identity::None;
    let web_socket = &mut asking.web_socket;
    let is_host = |name: &str| name.trim().eq_ignore_ascii_case("host");
    web_socket.headers.retain(|(name, _)| is_host(name));
    if let Some(query) = web_socket.path.find('?') {
        web_socket.path.truncate(query);
    }
    asking
}

/// Tries one transport on a connection of its own.
async fn ask(target: &Target, transport: Transport) -> Option<Answer> {
    let target = asking(target, transport);
    let stream = tcp(&target, Instant::now() + LIMIT, &Progress::default())
        .await
        .ok()?;
    let heard = FirstBytes::default();
    let stream: BoxedStream = Box::new(Watched::new(stream, heard.clone()));
    match transport {
        Transport::Tcp => speaks_mqtt(stream, &heard, (None, None))
            .await
            .map(Answer::Transport),
        Transport::Tls => (speaks_tls(stream, &heard, &target).await).map(Answer::Transport),
        Transport::WebSocket => {
            if is_web_socket(stream, &heard, &target).await {
                return Some(Answer::Transport(transport));
            }
            match heard.speech() {
                Some(Speech::Http(status)) => Some(Answer::Web(status)),
                _ => None,
            }
        }
        Transport::SecureWebSocket | Transport::Unix => None,
    }
}

/// Sends an MQTT 3.1.1 CONNECT without a client id: whatever a broker thinks of it, it answers with CONNACK.
async fn speaks_mqtt(
    mut stream: BoxedStream,
    heard: &FirstBytes,
    account: (Option<&str>, Option<&str>),
) -> Option<Transport> {
    const DISCONNECT: &[u8] = b"\xe0\x00";
    stream.write_all(&connect(account)?).await.ok()?;
    stream.flush().await.ok()?;
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).await.ok()?;
    // a broker that refused is gone already
    stream.write_all(DISCONNECT).await.ok();
    (heard.speech() == Some(Speech::Mqtt)).then_some(Transport::Tcp)
}

/// CONNECT of MQTT 3.1.1 (3.1), for a clean session; `None` where it gets too long for this.
fn connect((user_name, password): (Option<&str>, Option<&str>)) -> Option<Vec<u8>> {
    // a password goes only with a user name (3.1.2.9)
    let password = password.filter(|_| user_name.is_some());
    let flags = 0x02
        | if user_name.is_some() { 0x80 } else { 0 }
        | if password.is_some() { 0x40 } else { 0 };
    let mut body = b"\x00\x04MQTT\x04".to_vec();
    body.extend([flags, 0, 10, 0, 0]);
    for field in [user_name, password].into_iter().flatten() {
        body.extend(u16::try_from(field.len()).ok()?.to_be_bytes());
        body.extend(field.as_bytes());
    }
    let length = u16::try_from(body.len()).ok().filter(|it| *it < 16_384)?;
    let mut packet = vec![0x10];
    match u8::try_from(length).ok().filter(|it| *it < 128) {
        Some(length) => packet.push(length),
        // the lower seven bits first (2.2.3)
        None => packet.extend([
            length.to_le_bytes()[0] | 0x80,
            u8::try_from(length >> 7).ok()?,
        ]),
    }
    packet.extend(body);
    Some(packet)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_carries_the_account_and_its_length() {
        let bare = connect((None, Some("not without a name"))).unwrap();
        assert_eq!(bare, b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00");
        let ann = connect((Some("ann"), Some("pw"))).unwrap();
        assert_eq!(
            ann,
            b"\x10\x15\x00\x04MQTT\x04\xc2\x00\x0a\x00\x00\x00\x03ann\x00\x02pw"
        );
        let name = "n".repeat(300);
        let long = connect((Some(&name), None)).unwrap();
        // 12 + 2 + 300 = 2 × 128 + 0x3a
        assert_eq!(long[..3], [0x10, 0xba, 2]);
        assert_eq!(long.len(), 3 + 314);
        assert_eq!(connect((Some(&"n".repeat(20_000)), None)), None);
    }
}
