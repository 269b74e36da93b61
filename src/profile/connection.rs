//! A connection profile: everything needed to connect, except the secrets.

use serde::{Deserialize, Serialize};

use crate::mqtt::{Qos, Version};

use super::leaving::path_to_show;
use super::url::host_to_keep;
use super::{
    Chart, Mqtt5Settings, ProfileColor, ProxySettings, ReadingSettings, SavedPublish, Subscription,
    TlsSettings, Transport, WebSocketSettings, WillSettings,
};

/// Identifies a profile for ever, also after it is renamed; names its password in the keyring.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(pub String);

impl ProfileId {
    /// A fresh identifier (a random UUID).
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }
}

/// Whether the broker forgets what it knew of this client id (MQTT 5, 3.1.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Session {
    /// Clean start: begin anew.
    #[default]
    CleanStart,
    /// Resume what is left, and ask the broker to keep it afterwards.
    Resume,
}

/// One connection as the user keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, as the editor shows it"
)]
pub struct Profile {
    /// Stays the same for ever.
    pub id: ProfileId,
    /// What the list shows.
    pub name: String,
    /// The folder that the list shows it in: empty is the top, `a/b` is the folder b in the folder a.
    pub folder: String,
    /// The colour that marks it.
    pub color: Option<ProfileColor>,
    /// Whether every publish is asked about first, as for a production system.
    pub ask_before_publish: bool,
    /// Whether to connect when the program starts.
    pub auto_connect: bool,
    /// What carries the packets.
    pub transport: Transport,
    /// Host name or address; without effect with [`Transport::Unix`].
    pub host: String,
    /// TCP port; without effect with [`Transport::Unix`].
    pub port: u16,
    /// Path of the socket, with [`Transport::Unix`].
    pub unix_path: String,
    /// Certificates and trust, where the transport uses TLS.
    pub tls: TlsSettings,
    /// Path and headers, where the transport is a WebSocket.
    pub web_socket: WebSocketSettings,
    /// A proxy on the way.
    pub proxy: ProxySettings,
    /// Protocol version.
    pub version: Version,
    /// Client identifier; empty means a random one at each start of the program, so that two windows do not throw each other out.
    pub client_id: String,
    /// Clean start or resume.
    pub session: Session,
    /// Seconds that the broker keeps the session afterwards (MQTT 5, with `Resume`; 4,294,967,295 is for ever).
    pub session_expiry: u32,
    /// Keep alive in seconds; 0 turns it off.
    pub keep_alive: u16,
    /// Seconds to wait for the connection and its CONNACK.
    pub connect_timeout: u16,
    /// Largest packet accepted, in bytes.
    pub max_packet_size: u32,
    /// Whether to connect again by itself after a loss.
    pub reconnect: bool,
    /// User name; empty sends none.
    pub user_name: String,
    /// Whether a password belongs to this profile: then it is looked up in the keyring or asked for.
    pub use_password: bool,
    /// More properties of CONNECT.
    pub mqtt5: Mqtt5Settings,
    /// The last will.
    pub will: WillSettings,
    /// What to subscribe to.
    pub subscriptions: Vec<Subscription>,
    /// Publishes with names.
    pub saved_publishes: Vec<SavedPublish>,
    /// How payloads are read.
    pub reading: ReadingSettings,
    /// The charts of its dashboard.
    pub charts: Vec<Chart>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            id: ProfileId::random(),
            name: "New connection".to_owned(),
            folder: String::new(),
            color: None,
            ask_before_publish: false,
            auto_connect: false,
            transport: Transport::Tcp,
            host: "127.0.0.1".to_owned(),
            port: Transport::Tcp.default_port(),
            unix_path: String::new(),
            tls: TlsSettings::default(),
            web_socket: WebSocketSettings::default(),
            proxy: ProxySettings::default(),
            version: Version::V5,
            client_id: String::new(),
            session: Session::CleanStart,
            session_expiry: 3_600,
            keep_alive: 60,
            connect_timeout: 10,
            max_packet_size: 268_435_455,
            reconnect: true,
            user_name: String::new(),
            use_password: false,
            mqtt5: Mqtt5Settings::default(),
            will: WillSettings::default(),
            subscriptions: ["#", "$SYS/#"]
                .map(|filter| Subscription::for_window(filter, Qos::AtMostOnce))
                .to_vec(),
            saved_publishes: Vec::new(),
            reading: ReadingSettings::default(),
            charts: Vec::new(),
        }
    }
}

impl Profile {
    /// The address as a person reads it, such as `mqtts://host:8883`, `wss://host:8084/mqtt` or
    /// `mqtt+unix:///run/mosquitto.sock`, with brackets around an IPv6 address. Neither user name nor secret is in it, and
    /// nothing of a path's query. For showing only: see [`Profile::leads_where`].
    pub fn url(&self) -> String {
        let scheme = self.transport.scheme();
        if self.transport == Transport::Unix {
            return format!("{scheme}://{}", self.unix_path);
        }
        let path = if self.transport.uses_websocket() {
            path_to_show(&self.web_socket.path)
        } else {
            String::new()
        };
        let host = host_to_keep(&self.host);
        let (open, close) = if host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        format!("{scheme}://{open}{host}{close}:{}{path}", self.port)
    }

    /// Whether `other` leads to the same place, down to the query of a path.
    pub fn leads_where(&self, other: &Self) -> bool {
        let uses_path = self.transport.uses_websocket();
        self.url() == other.url()
            && self.host == other.host
            && (!uses_path || self.web_socket.path == other.web_socket.path)
    }

    /// Changes the transport. The port follows, unless somebody chose another than the usual one.
    pub fn set_transport(&mut self, transport: Transport) {
        // A Unix socket leaves the port as it was: then any transport's usual one counts as not chosen.
        let was_usual = match self.transport {
            Transport::Unix => Transport::ALL
                .iter()
                .any(|it| it.default_port() == self.port),
            old => self.port == old.default_port(),
        };
        if was_usual && transport.uses_network() {
            self.port = transport.default_port();
        }
        self.transport = transport;
    }
}
