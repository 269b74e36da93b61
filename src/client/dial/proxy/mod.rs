//! Through a proxy: it looks the broker's name up, and from then on passes bytes.

mod http_connect;
mod socks;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::profile::ProxyKind;

use super::super::plan::Target;
use super::error::DialError;

/// What a proxy has to be told.
struct Request<'a> {
    host: &'a str,
    port: u16,
    /// User name and password.
    credentials: Option<(&'a str, &'a str)>,
}

/// Asks the proxy at the other end of `stream` to go on to the broker.
///
/// # Errors
/// [`super::ProxyError`], or that the connection was lost.
pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    target: &Target,
) -> Result<(), DialError> {
    let password = target.proxy_password.as_ref();
    let user_name = target.proxy.user_name.as_str();
    let request = Request {
        host: &target.host,
        port: target.port,
        credentials: (!user_name.is_empty() || password.is_some()).then(|| {
            let password = password.map_or("", |password| password.reveal());
            (user_name, password)
        }),
    };
    match target.proxy.kind {
        ProxyKind::None => Ok(()),
        ProxyKind::HttpConnect => http_connect::connect(stream, &request).await,
        ProxyKind::Socks5 => socks::connect(stream, &request).await,
    }
}
