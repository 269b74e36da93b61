//! What is wrong with a profile before anything is sent, field by field, so that the editor can say it beside the
//! field and the Connect button can wait.

mod address;
mod files;
mod protocol;
mod subscriptions;
#[cfg(test)]
mod tests;
mod tls;

use super::Profile;

/// The longest string of the protocol in bytes (MQTT 5, 1.5.4).
const MAX_STRING: usize = 65_535;

/// A part of the connection editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The profile's name.
    Name,
    /// The host.
    Host,
    /// The port.
    Port,
    /// The path of the Unix socket.
    UnixPath,
    /// The WebSocket's path.
    WebSocketPath,
    /// The WebSocket's header at this place in the list.
    Header(usize),
    /// The proxy's host.
    ProxyHost,
    /// The proxy's port.
    ProxyPort,
    /// The user name for the proxy.
    ProxyUserName,
    /// Which certificates are trusted.
    Verify,
    /// The pinned certificate at this place in the list.
    Fingerprint(usize),
    /// The file of authorities.
    CaFile,
    /// The client's certificate, or its PKCS#12 file.
    Certificate,
    /// The client's key.
    Key,
    /// The protocol offered by ALPN at this place in the list.
    Alpn(usize),
    /// The name sent as SNI.
    ServerName,
    /// The client identifier.
    ClientId,
    /// The connect timeout.
    ConnectTimeout,
    /// The largest packet.
    MaxPacketSize,
    /// The user name.
    UserName,
    /// How many messages may be under way.
    ReceiveMaximum,
    /// The user property of CONNECT at this place in the list.
    UserProperty(usize),
    /// The authentication method.
    AuthenticationMethod,
    /// The authentication data.
    AuthenticationData,
    /// The topic of the last will.
    WillTopic,
    /// The message of the last will.
    WillMessage,
    /// How long the last will waits.
    WillDelay,
    /// The content type of the last will.
    WillContentType,
    /// The response topic of the last will.
    WillResponseTopic,
    /// The correlation data of the last will.
    WillCorrelationData,
    /// The user property of the last will at this place in the list.
    WillUserProperty(usize),
    /// The subscription at this place in the list.
    Subscription(usize),
}

/// Whether a connection can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It cannot work.
    Error,
    /// It may work; the user should know.
    Hint,
}

/// One thing to say about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// How bad.
    pub severity: Severity,
    /// What, ending with the cure.
    pub text: String,
}

impl Profile {
    /// Everything that is wrong or surprising, in the order of the editor's fields; empty when all is well. Only what
    /// counts with the chosen transport and version is looked at. Files are not: see [`Profile::check_files`].
    pub fn validate(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check_address(&mut found);
        self.check_proxy(&mut found);
        self.check_tls(&mut found);
        self.check_client_id(&mut found);
        self.check_limits(&mut found);
        self.check_account(&mut found);
        self.check_mqtt5(&mut found);
        self.check_will(&mut found);
        self.check_subscriptions(&mut found);
        found
    }

    /// Whether a connection can be tried: nothing found is an error.
    pub fn is_connectable(&self) -> bool {
        self.validate()
            .iter()
            .all(|problem| problem.severity == Severity::Hint)
    }
}

fn check_string(field: Field, what: &str, text: &str, found: &mut Vec<Problem>) {
    if text.len() > MAX_STRING {
        let length = text.len();
        found.push(error(
            field,
            format!("A {what} has at most 65,535 bytes, this one has {length}. Shorten it."),
        ));
    }
    if text.contains('\0') {
        found.push(error(
            field,
            format!("A {what} cannot contain the null character. Remove it."),
        ));
    }
}

/// Pairs of strings on the wire.
fn check_properties(
    properties: &[(String, String)],
    field: impl Fn(usize) -> Field,
    found: &mut Vec<Problem>,
) {
    for (index, (name, value)) in properties.iter().enumerate() {
        check_string(field(index), "user property's name", name, found);
        check_string(field(index), "user property's value", value, found);
    }
}

fn check_bytes(field: Field, what: &str, bytes: &[u8], found: &mut Vec<Problem>) {
    if bytes.len() > MAX_STRING {
        let length = bytes.len();
        found.push(error(
            field,
            format!("The {what} has at most 65,535 bytes, this has {length}. Shorten it."),
        ));
    }
}

fn error(field: Field, text: impl Into<String>) -> Problem {
    problem(field, Severity::Error, text)
}

fn hint(field: Field, text: impl Into<String>) -> Problem {
    problem(field, Severity::Hint, text)
}

fn problem(field: Field, severity: Severity, text: impl Into<String>) -> Problem {
    let text = text.into();
    Problem {
        field,
        severity,
        text,
    }
}
