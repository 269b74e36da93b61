//! How the bytes get to the broker: what the connection is made of, a WebSocket's request and a proxy on the way.

use serde::{Deserialize, Serialize};

/// What carries the MQTT packets.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Transport {
    /// Plain TCP.
    #[default]
    Tcp,
    /// TLS over TCP.
    Tls,
    /// A WebSocket (MQTT 5, 6).
    WebSocket,
    /// A WebSocket over TLS.
    SecureWebSocket,
    /// A Unix domain socket.
    Unix,
}

impl Transport {
    /// All five, in the order of a choice.
    pub const ALL: [Self; 5] = [
        Self::Tcp,
        Self::Tls,
        Self::WebSocket,
        Self::SecureWebSocket,
        Self::Unix,
    ];

    /// The port that brokers usually have for it; 0 for a Unix socket, which has none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Tcp => 1883,
            Self::Tls => 8883,
            Self::WebSocket => 8083,
            Self::SecureWebSocket => 8084,
            Self::Unix => 0,
        }
    }

    /// What stands before `://` in an address.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "mqtt",
            Self::Tls => "mqtts",
            Self::WebSocket => "ws",
            Self::SecureWebSocket => "wss",
            Self::Unix => "mqtt+unix",
        }
    }

    /// Whether the connection is encrypted, so that certificates count.
    pub fn uses_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SecureWebSocket)
    }

    /// Whether path and headers count.
    pub fn uses_websocket(self) -> bool {
        matches!(self, Self::WebSocket | Self::SecureWebSocket)
    }

    /// Whether host, port and proxy count.
    pub fn uses_network(self) -> bool {
        self != Self::Unix
    }
}

/// The HTTP request that opens a WebSocket. The sub-protocol is always `mqtt` (MQTT 5, 6.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebSocketSettings {
    /// The path with its query, beginning with `/`. The values in the query are in the keyring and empty here.
    pub path: String,
    /// More headers, in order. The values of those that
    /// let somebody in ([`super::is_secret_name`]) are in the keyring and empty here.
    pub headers: Vec<(String, String)>,
}

impl Default for WebSocketSettings {
    fn default() -> Self {
        Self {
            path: "/mqtt".to_owned(),
            headers: Vec::new(),
        }
    }
}

/// What kind of proxy the connection goes through.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum ProxyKind {
    /// A direct connection.
    #[default]
    None,
    /// An HTTP proxy that takes `CONNECT` (RFC 9110, 9.3.6).
    HttpConnect,
    /// SOCKS 5, which also looks the host's name up (RFC 1928).
    Socks5,
}

impl ProxyKind {
    /// All three, in the order of a choice.
    pub const ALL: [Self; 3] = [Self::None, Self::HttpConnect, Self::Socks5];

    /// The port that such proxies usually have.
    pub fn default_port(self) -> u16 {
        match self {
            Self::None => 0,
            Self::HttpConnect => 3128,
            Self::Socks5 => 1080,
        }
    }
}

/// A proxy on the way to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProxySettings {
    /// Whether there is one at all; the other fields are kept when there is none.
    pub kind: ProxyKind,
    /// The proxy's host name or address.
    pub host: String,
    /// The proxy's port.
    pub port: u16,
    /// User name for the proxy; empty sends none.
    pub user_name: String,
    /// Whether a password belongs to it: then it is looked up in the keyring or asked for.
    pub use_password: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transport_has_its_own_port_and_scheme() {
        let mut seen = std::collections::BTreeSet::new();
        for transport in Transport::ALL {
            assert!(seen.insert((transport.default_port(), transport.scheme())));
            assert_eq!(
                transport.uses_tls(),
                transport.scheme().ends_with('s') && transport != Transport::WebSocket
            );
        }
        assert_eq!(Transport::default().default_port(), 1883);
    }
}
