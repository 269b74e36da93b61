//! MQTT over WebSocket (MQTT 5, 6): the HTTP upgrade with path, headers and the sub-protocol `mqtt`, and after it the
//! binary frames as a plain byte stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::profile::path_to_show;

use super::super::plan::Target;
use super::error::{DialError, WebSocketError};
use super::first_bytes::{FirstBytes, Speech};
use super::steps::Step;
use super::{lost, tls};

/// The most bytes that go into one frame.
const FRAME: usize = 256 * 1024;
/// What a message may have beyond the largest packet: a broker may put several packets into one.
const BEYOND_PACKET: usize = 16 * 1024 * 1024;

/// Opens a WebSocket over `stream`, whose first bytes are in `heard`.
///
/// # Errors
/// [`WebSocketError`], or that the connection was lost.
pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    target: &Target,
    heard: &FirstBytes,
) -> Result<Frames<S>, DialError> {
    let request = request(target)?;
    let limit =
        usize::try_from(target.max_packet_size).map_or(usize::MAX, |size| size + BEYOND_PACKET);
    let config = WebSocketConfig::default()
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((stream, _answer)) => Ok(Frames {
            stream,
            waiting: Bytes::new(),
        }),
        Err(err) => Err(explain(err, heard.speech())),
    }
}

fn request(target: &Target) -> Result<Request, WebSocketError> {
    let scheme = if target.transport.uses_tls() {
        "wss"
    } else {
        "ws"
    };
    let path = target.web_socket.path.as_str();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut request = format!("{scheme}://{}{slash}{path}", target.place())
        .into_client_request()
        .map_err(|_invalid| WebSocketError::Path(path_to_show(path)))?;
    let headers = request.headers_mut();
    for (name, value) in &target.web_socket.headers {
        let invalid = || WebSocketError::Header(name.clone());
        let key = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_invalid| invalid())?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_invalid| invalid())?;
        if key.as_str() == "host" {
            headers.insert(key, value);
        } else {
            headers.append(key, value);
        }
    }
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static("mqtt"));
    Ok(request)
}

fn explain(err: Error, heard: Option<Speech>) -> DialError {
    let status = match heard {
        Some(Speech::Http(status)) => status,
        _ => None,
    };
    let is_http = heard
        .as_ref()
        .is_none_or(|speech| matches!(speech, Speech::Http(_)));
    if let (false, Some(speech)) = (is_http, heard) {
        return WebSocketError::NotHttp(speech).into();
    }
    match err {
        Error::Http(answer) => WebSocketError::Status(answer.status().as_u16()).into(),
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            WebSocketError::NotMqtt.into()
        }
        Error::Protocol(ProtocolError::InvalidHeader(name)) => {
            WebSocketError::Header(name.to_string()).into()
        }
        Error::Protocol(ProtocolError::HandshakeIncomplete) | Error::ConnectionClosed => {
            DialError::Closed(Step::WebSocket)
        }
        Error::Io(err) => match tls::alert_in(&err, false) {
            Some(alert) => DialError::Alert(alert),
            None => lost(Step::WebSocket, &err),
        },
        // also what the library does not read to the end, such as HTTP/1.0
        other => match status {
            Some(status) if status != 101 => WebSocketError::Status(status).into(),
            _ => WebSocketError::Other(other.to_string()).into(),
        },
    }
}

/// The binary frames of a WebSocket as a byte stream.
pub(super) struct Frames<S> {
    stream: WebSocketStream<S>,
    /// What is left of the frame that is being read.
    waiting: Bytes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Frames<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.waiting.is_empty() {
            let next = Pin::new(&mut self.stream).poll_next(context);
            match ready!(next) {
                Some(Ok(Message::Binary(bytes))) => self.waiting = bytes,
                Some(Ok(Message::Text(_))) => return Poll::Ready(Err(text_frame())),
                Some(Ok(Message::Close(frame))) => return Poll::Ready(closed(frame)),
                // tungstenite answers pings itself
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(err)) => return Poll::Ready(ended(err)),
                None => return Poll::Ready(Ok(())),
            }
        }
        let count = self.waiting.len().min(buffer.remaining());
        buffer.put_slice(self.waiting.get(..count).unwrap_or_default());
        self.waiting.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Frames<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.stream).poll_ready(context)).map_err(io_error)?;
        let count = buffer.len().min(FRAME);
        let frame = Bytes::copy_from_slice(buffer.get(..count).unwrap_or_default());
        let sent = Pin::new(&mut self.stream).start_send(Message::Binary(frame));
        Poll::Ready(sent.map(|()| count).map_err(io_error))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream)
            .poll_flush(context)
            .map_err(io_error)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream)
            .poll_close(context)
            .map_err(io_error)
    }
}

fn text_frame() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the broker sent a text frame, which MQTT does not allow (MQTT 5, 6.0)",
    )
}

/// A close frame: the end of the stream when all is well, otherwise an error with the broker's words.
fn closed(frame: Option<CloseFrame>) -> io::Result<()> {
    match frame {
        None => Ok(()),
        Some(frame) if matches!(frame.code, CloseCode::Normal | CloseCode::Away) => Ok(()),
        Some(frame) => {
            let words = format!(
                "the WebSocket was closed with code {}: {}",
                frame.code, frame.reason
            );
            let words = words.trim_end_matches([':', ' ']).to_owned();
            Err(io::Error::new(io::ErrorKind::ConnectionAborted, words))
        }
    }
}

/// A connection that ends without a close frame ends all the same, as TCP does.
fn ended(err: Error) -> io::Result<()> {
    match err {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ok(()),
        err => Err(io_error(err)),
    }
}

fn io_error(err: Error) -> io::Error {
    match err {
        Error::Io(err) => err,
        Error::ConnectionClosed | Error::AlreadyClosed => io::ErrorKind::BrokenPipe.into(),
        err => io::Error::new(io::ErrorKind::InvalidData, err.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt, StreamExt};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    async fn pair() -> (Frames<DuplexStream>, WebSocketStream<DuplexStream>) {
        let (ours, theirs) = duplex(64 * 1024);
        let stream = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let other = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        let waiting = Bytes::new();
        (Frames { stream, waiting }, other)
    }

    #[tokio::test]
    async fn frames_of_any_cut_become_one_stream_and_back() {
        let (mut ours, mut theirs) = pair().await;
        for part in ["ab", "", "cdef"] {
            theirs.send(Message::binary(part)).await.unwrap();
            theirs.send(Message::Ping(Bytes::new())).await.unwrap();
        }
        let mut first = [0; 1];
        ours.read_exact(&mut first).await.unwrap();
        let mut rest = [0; 5];
        ours.read_exact(&mut rest).await.unwrap();
        assert_eq!((&first, &rest), (b"a", b"bcdef"));

        ours.write_all(b"xyz").await.unwrap();
        ours.flush().await.unwrap();
        let sent = loop {
            match theirs.next().await.unwrap().unwrap() {
                Message::Binary(bytes) => break bytes,
                other => assert!(other.is_pong(), "{other}"),
            }
        };
        assert_eq!(&sent[..], b"xyz");
    }

    #[tokio::test]
    async fn text_is_an_error_and_a_close_frame_is_told() {
        let (mut ours, mut theirs) = pair().await;
        theirs.send(Message::text("hello")).await.unwrap();
        let err = ours.read_u8().await.unwrap_err();
        assert!(err.to_string().contains("text frame"), "{err}");

        let (mut ours, mut theirs) = pair().await;
        let frame = CloseFrame {
            code: CloseCode::Policy,
            reason: "not you".into(),
        };
        theirs.close(Some(frame)).await.unwrap();
        let err = ours.read_u8().await.unwrap_err();
        assert!(err.to_string().contains("code 1008: not you"), "{err}");

        let (mut ours, mut theirs) = pair().await;
        theirs.close(None).await.unwrap();
        assert_eq!(ours.read(&mut [0; 8]).await.unwrap(), 0);
    }
}
