//! Opens the broker's port, and says in plain words why that is not possible.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

use super::{BrokerConfig, BrokerError};

/// How many ports after a taken one are tried for a free one.
const PORTS_TRIED: u16 = 200;

/// Checks that strangers need a password, and opens the port.
pub(super) async fn listen(config: &BrokerConfig) -> Result<TcpListener, BrokerError> {
    let has_password = config
        .credentials
        .as_ref()
        .is_some_and(|(name, secret)| !name.is_empty() && !secret.reveal().is_empty());
    if !config.address.is_loopback() && !has_password {
        return Err(BrokerError::NeedsPassword);
    }
    let (address, port) = (config.address, config.port);
    match TcpListener::bind((address, port)).await {
        Ok(listener) => Ok(listener),
        Err(err) => Err(match err.kind() {
            ErrorKind::AddrInUse => BrokerError::PortTaken {
                port,
                next_free: next_free(address, port).await,
            },
            ErrorKind::PermissionDenied => BrokerError::NotPermitted { port },
            ErrorKind::AddrNotAvailable => BrokerError::NoSuchAddress { address },
            _ => BrokerError::Other(err.to_string()),
        }),
    }
}

/// The next port after `taken` that can be opened now.
async fn next_free(address: IpAddr, taken: u16) -> Option<u16> {
    for port in taken.checked_add(1)?..=taken.saturating_add(PORTS_TRIED) {
        if TcpListener::bind(SocketAddr::new(address, port))
            .await
            .is_ok()
        {
            return Some(port);
        }
    }
    None
}
