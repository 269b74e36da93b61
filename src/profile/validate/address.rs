//! Where a profile leads: host and port, WebSocket, Unix socket and proxy.

use super::super::url::{is_ipv6, split_port};
use super::super::{Profile, ProxyKind, Transport};
use super::{Field, Problem, error, hint};

/// Linux takes 107 bytes for the path of a socket, macOS 103.
const MAX_SOCKET_PATH: usize = 103;
/// What a WebSocket's request has already (RFC 6455, 4.1).
const RESERVED: [&str; 7] = [
    "host",
    "upgrade",
    "connection",
    "content-length",
    "transfer-encoding",
    "sec-websocket-key",
    "sec-websocket-version",
];

impl Profile {
    pub(super) fn check_address(&self, found: &mut Vec<Problem>) {
        if self.name.trim().is_empty() {
            found.push(hint(
                Field::Name,
                "Without a name the list shows the address. Give it one.",
            ));
        }
        if self.transport == Transport::Unix {
            return check_unix_path(&self.unix_path, found);
        }
        if let Some(text) = host_problem(&self.host, "the broker") {
            found.push(error(Field::Host, text));
        }
        if self.port == 0 {
            let usual = self.transport.default_port();
            found.push(error(
                Field::Port,
                format!("Port 0 cannot be connected to. MQTT usually has {usual}."),
            ));
        }
        if self.transport.uses_websocket() {
            self.check_web_socket(found);
        }
    }

    fn check_web_socket(&self, found: &mut Vec<Problem>) {
        let path = &self.web_socket.path;
        if !path.is_empty() && !path.starts_with('/') {
            found.push(error(
                Field::WebSocketPath,
                format!("A path begins with a slash. Write “/{path}”."),
            ));
        }
        if path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
            found.push(error(
                Field::WebSocketPath,
                "A path has neither blanks nor “#”. Write a blank as %20 and “#” as %23.",
            ));
        }
        for (index, (name, value)) in self.web_socket.headers.iter().enumerate() {
            check_header(Field::Header(index), name, value, found);
        }
    }

    pub(super) fn check_proxy(&self, found: &mut Vec<Problem>) {
        let proxy = &self.proxy;
        if proxy.kind == ProxyKind::None {
            return;
        }
        if self.transport == Transport::Unix {
            found.push(hint(
                Field::ProxyHost,
                "A Unix socket needs no proxy: it is not used. Choose “none”.",
            ));
            return;
        }
        if let Some(text) = host_problem(&proxy.host, "the proxy") {
            found.push(error(Field::ProxyHost, text));
        }
        if proxy.port == 0 {
            let usual = proxy.kind.default_port();
            found.push(error(
                Field::ProxyPort,
                format!("Port 0 cannot be connected to. Such proxies often have {usual}."),
            ));
        }
        self.check_proxy_account(found);
    }

    fn check_proxy_account(&self, found: &mut Vec<Problem>) {
        let proxy = &self.proxy;
        let user = &proxy.user_name;
        if proxy.use_password && user.is_empty() {
            found.push(error(
                Field::ProxyUserName,
                "A proxy's password belongs to a user name. Give one, or use no password.",
            ));
        }
        if proxy.kind == ProxyKind::Socks5 && user.len() > 255 {
            found.push(error(
                Field::ProxyUserName,
                "SOCKS takes at most 255 bytes as user name. Shorten it.",
            ));
        }
        let breaks = |c: char| c.is_control() || c == ':' && proxy.kind == ProxyKind::HttpConnect;
        if user.contains(breaks) {
            found.push(error(
                Field::ProxyUserName,
                "An HTTP proxy's user name has no colon, and none has control characters. Correct it.",
            ));
        }
    }
}

fn check_unix_path(path: &str, found: &mut Vec<Problem>) {
    let text = if path.is_empty() {
        "Give the path of the socket, such as /run/mosquitto/mosquitto.sock."
    } else if path.contains('\0') {
        "A path has no null character. Remove it."
    } else if path.len() > MAX_SOCKET_PATH {
        "The path of a socket has at most 103 bytes. Make a shorter link to it."
    } else if !path.starts_with('/') {
        found.push(hint(
            Field::UnixPath,
            "This path depends on where Canopy is started. Write it from the root, with a “/” in front.",
        ));
        return;
    } else {
        return;
    };
    found.push(error(Field::UnixPath, text));
}

fn check_header(field: Field, name: &str, value: &str, found: &mut Vec<Problem>) {
    let lower = name.to_ascii_lowercase();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        found.push(error(
            field,
            "A header's name has letters, digits and hyphens, as in “X-Tenant”. Correct it.",
        ));
    } else if RESERVED.contains(&lower.as_str()) {
        found.push(error(
            field,
            format!("“{name}” is set by the connection itself. Remove it."),
        ));
    } else if lower == "sec-websocket-protocol" {
        found.push(error(
            field,
            "The sub-protocol is always “mqtt” (MQTT 5, 6.0). Remove this header.",
        ));
    }
    if value.contains(|c: char| c.is_control() && c != '\t') {
        found.push(error(
            field,
            "A header's value is one line without control characters. Remove them.",
        ));
    }
}

/// Why `host` cannot be connected to, with the cure.
fn host_problem(host: &str, whose: &str) -> Option<String> {
    if host.is_empty() {
        return Some(format!("Give {whose}'s host name or address."));
    }
    if let Some((scheme, _rest)) = host.split_once("://") {
        return Some(format!("Write only the host, without “{scheme}://”."));
    }
    if host.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("A host has no blanks. Remove them.".to_owned());
    }
    if host.starts_with('[') || host.ends_with(']') {
        return Some(
            "Write an IPv6 address without brackets, the port in its own field.".to_owned(),
        );
    }
    if host.contains(['/', '@', '?', '#']) {
        return Some("Write only the host: no user name, slash or path.".to_owned());
    }
    if is_ipv6(host) || !host.contains(':') {
        return None;
    }
    Some(match split_port(host) {
        Ok((name, Some(port))) => {
            format!("Write “{name}” here and {port} in the field for the port.")
        }
        _ => "This is neither a host name nor an IPv6 address. Correct it.".to_owned(),
    })
}
