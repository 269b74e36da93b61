//! SOCKS 5 (RFC 1928) with user name and password (RFC 1929). The proxy looks the broker's name up.

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::super::error::{DialError, ProxyError};
use super::super::first_bytes::FirstBytes;
use super::super::lost;
use super::super::steps::Step;
use super::Request;

const VERSION: u8 = 5;
const WITHOUT_AUTHENTICATION: u8 = 0;
const WITH_PASSWORD: u8 = 2;
const NOTHING_ACCEPTABLE: u8 = 0xff;

pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &Request<'_>,
) -> Result<(), DialError> {
    let methods: &[u8] = match request.credentials {
        Some(_) => &[WITHOUT_AUTHENTICATION, WITH_PASSWORD],
        None => &[WITHOUT_AUTHENTICATION],
    };
    let count = u8::try_from(methods.len()).unwrap_or(u8::MAX);
    send(stream, &[&[VERSION, count], methods].concat()).await?;
    let [version, method] = receive::<2, _>(stream).await?;
    if version != VERSION {
        let mut bytes = vec![version, method];
        bytes.extend(rest(stream).await);
        let speech = FirstBytes::speech_of(&bytes);
        return Err(ProxyError::NotAProxy(speech).into());
    }
    match (method, request.credentials) {
        (WITHOUT_AUTHENTICATION, _) => {}
        (WITH_PASSWORD, Some(credentials)) => authenticate(stream, credentials).await?,
        (NOTHING_ACCEPTABLE | WITH_PASSWORD, _) => {
            return Err(ProxyError::Authentication.into());
        }
        _ => return Err(ProxyError::NotAProxy(FirstBytes::speech_of(&[version])).into()),
    }
    ask(stream, request).await
}

async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    (user_name, password): (&str, &str),
) -> Result<(), DialError> {
    let mut message = vec![1];
    field(&mut message, "user name for the proxy", user_name)?;
    field(&mut message, "password for the proxy", password)?;
    send(stream, &message).await?;
    match receive::<2, _>(stream).await {
        Ok([_, 0]) => Ok(()),
        // a refusing proxy may close without a word
        Ok(_) | Err(DialError::Closed(_)) => Err(ProxyError::Authentication.into()),
        Err(err) => Err(err),
    }
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &Request<'_>,
) -> Result<(), DialError> {
    const CONNECT: u8 = 1;
    let mut message = vec![VERSION, CONNECT, 0];
    match request.host.parse() {
        Ok(IpAddr::V4(address)) => {
            message.push(1);
            message.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            message.push(4);
            message.extend(address.octets());
        }
        Err(_a_name) => {
            message.push(3);
            field(&mut message, "host name", request.host)?;
        }
    }
    message.extend(request.port.to_be_bytes());
    send(stream, &message).await?;
    let [_, code, _, kind] = receive::<4, _>(stream).await?;
    if code != 0 {
        return Err(ProxyError::Socks(code).into());
    }
    // the proxy's own address, which nobody needs
    let length = match kind {
        1 => 4,
        4 => 16,
        _ => usize::from(receive::<1, _>(stream).await?[0]),
    };
    let mut address = vec![0; length + 2];
    let read = stream.read_exact(&mut address).await;
    read.map(|_length| ())
        .map_err(|err| lost(Step::Proxy, &err))
}

fn field(message: &mut Vec<u8>, what: &'static str, text: &str) -> Result<(), ProxyError> {
    let length = u8::try_from(text.len()).map_err(|_too_long| ProxyError::TooLong(what))?;
    message.push(length);
    message.extend(text.as_bytes());
    Ok(())
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, message: &[u8]) -> Result<(), DialError> {
    let written: io::Result<()> = stream.write_all(message).await;
    written.map_err(|err| lost(Step::Proxy, &err))
}

async fn receive<const LENGTH: usize, S: AsyncRead + Unpin>(
    stream: &mut S,
) -> Result<[u8; LENGTH], DialError> {
    let mut message = [0; LENGTH];
    let read = stream.read_exact(&mut message).await;
    read.map_err(|err| lost(Step::Proxy, &err))?;
    Ok(message)
}

/// What else has come of a strange answer.
async fn rest<S: AsyncRead + Unpin>(stream: &mut S) -> Vec<u8> {
    let mut bytes = vec![0; 62];
    let read = stream.read(&mut bytes).await.unwrap_or_default();
    bytes.truncate(read);
    bytes
}
