//! HTTP CONNECT (RFC 9110, 9.3.6) with Basic authentication (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::super::error::{DialError, ProxyError};
use super::super::first_bytes::FirstBytes;
use super::super::lost;
use super::super::steps::Step;
use super::Request;

/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &Request<'_>,
) -> Result<(), DialError> {
    let sent = stream.write_all(head(request).as_bytes()).await;
    sent.map_err(|err| lost(Step::Proxy, &err))?;
    let answer = read_head(stream).await?;
    let (status, words) = status_line(&answer)?;
    match status {
        200..=299 => Ok(()),
        // 401 is for web pages, and still what tinyproxy says of a wrong password
        401 | 407 => Err(ProxyError::Authentication.into()),
        _ => Err(ProxyError::Refused { status, words }.into()),
    }
}

fn head(request: &Request<'_>) -> String {
    let place = if request.host.contains(':') {
        format!("[{}]:{}", request.host, request.port)
    } else {
        format!("{}:{}", request.host, request.port)
    };
    let authorization = request.credentials.map(|(user_name, password)| {
        let token = STANDARD.encode(format!("{user_name}:{password}"));
        format!("Proxy-Authorization: Basic {token}\r\n")
    });
    let authorization = authorization.unwrap_or_default();
    format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{authorization}\r\n")
}

/// Reads up to the empty line and no byte more: what follows belongs to the broker.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, DialError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(err) if head.is_empty() => return Err(lost(Step::Proxy, &err)),
            Err(_cut_short) => break,
        }
        let is_http = head
            .iter()
            .zip(b"HTTP/")
            .all(|(byte, wanted)| byte == wanted);
        let is_over = !is_http && head.len() >= 8;
        if is_over || head.len() >= LONGEST_HEAD {
            break;
        }
    }
    Ok(head)
}

fn status_line(head: &[u8]) -> Result<(u16, String), ProxyError> {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut parts = line.trim_end().splitn(3, ' ');
    let version = parts.next().unwrap_or_default();
    let status = parts.next().and_then(|status| status.parse().ok());
    match status {
        Some(status) if version.starts_with("HTTP/") => {
            Ok((status, parts.next().unwrap_or_default().to_owned()))
        }
        _ => Err(ProxyError::NotAProxy(FirstBytes::speech_of(head))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::first_bytes::Speech;
    use super::*;

    #[test]
    fn the_request_names_the_broker_and_the_credentials() {
        let request = Request {
            host: "broker.example",
            port: 8883,
            credentials: Some(("me", "secret")),
        };
        assert_eq!(
            head(&request),
            "CONNECT broker.example:8883 HTTP/1.1\r\nHost: broker.example:8883\r\nProxy-Authorization: Basic \
             bWU6c2VjcmV0\r\n\r\n"
        );
        let v6 = Request {
            host: "::1",
            port: 1,
            credentials: None,
        };
        assert_eq!(
            head(&v6),
            "CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n\r\n"
        );
    }

    #[test]
    fn status_lines_are_read_and_other_things_recognised() {
        let read = |line: &[u8]| status_line(line);
        assert_eq!(
            read(b"HTTP/1.0 502 Bad Gateway\r\nVia: x\r\n\r\n"),
            Ok((502, "Bad Gateway".to_owned()))
        );
        assert_eq!(read(b"HTTP/1.1 200\r\n\r\n"), Ok((200, String::new())));
        assert_eq!(
            read(b"SSH-2.0-x\r\n"),
            Err(ProxyError::NotAProxy(Speech::Ssh))
        );
    }

    #[tokio::test]
    async fn no_byte_behind_the_head_is_taken() {
        let mut answer: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nbroker";
        let head = read_head(&mut answer).await.unwrap();
        assert!(head.ends_with(b"\r\n\r\n"));
        assert_eq!(answer, b"broker");
    }
}
