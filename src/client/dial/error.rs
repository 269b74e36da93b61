//! Why a dial failed: which step, and what was learnt there. `client/failure` makes the sentences for the person.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::mqtt::Timestamp;
use crate::profile::Fingerprint;

use super::first_bytes::Speech;
use super::steps::Step;

/// Why there is no byte stream to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DialError {
    /// The name has no address, with the system's words.
    #[error("The name “{name}” is not known ({words})")]
    NameUnknown {
        /// The broker's or the proxy's name.
        name: String,
        /// The system's words.
        words: String,
    },
    /// TCP did not come about: refused, unreachable, forbidden.
    #[error("TCP failed: {words}")]
    Tcp {
        /// What kind of failure.
        kind: io::ErrorKind,
        /// The system's words.
        words: String,
    },
    /// The Unix socket could not be opened.
    #[error("The Unix socket could not be opened: {words}")]
    Unix {
        /// What kind of failure.
        kind: io::ErrorKind,
        /// The system's words.
        words: String,
    },
    /// The time for connecting was up in this step.
    #[error("The time was up during {0}")]
    TimedOut(Step),
    /// The other side closed the connection in this step.
    #[error("The connection was closed during {0}")]
    Closed(Step),
    /// The connection broke in this step.
    #[error("The connection was lost during {step}: {words}")]
    Lost {
        /// Where.
        step: Step,
        /// The system's words.
        words: String,
    },
    /// The proxy did not help.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// A file of the profile cannot be used.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// This system has no list of authorities.
    #[error("No certificate authorities were found on this system ({0})")]
    NoAuthorities(String),
    /// The broker's certificate is not trusted.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// The broker ended TLS with an alert.
    #[error("The broker sent the TLS alert: {0}")]
    Alert(Alert),
    /// The host is no name that TLS can ask for.
    #[error("“{0}” cannot be the name of a TLS server")]
    ServerName(String),
    /// What answers does not speak TLS.
    #[error("The answer is not TLS: {0}")]
    NotTls(Speech),
    /// TLS failed otherwise, in the library's words.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The WebSocket was not opened.
    #[error(transparent)]
    WebSocket(#[from] WebSocketError),
    /// This system has no such transport.
    #[error("{0} are not there on this system")]
    Unsupported(&'static str),
}

/// Why the proxy did not lead to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProxyError {
    /// It wants a user name and a password, or others.
    #[error("The proxy wants other credentials")]
    Authentication,
    /// An HTTP proxy refused with this status.
    #[error("The proxy answered {status} {words}")]
    Refused {
        /// Status of the answer.
        status: u16,
        /// Its reason phrase.
        words: String,
    },
    /// A SOCKS proxy refused with this code (RFC 1928, 6).
    #[error("The proxy answered with code {0}")]
    Socks(u8),
    /// It does not speak the protocol that was chosen.
    #[error("The proxy does not answer as one: {0}")]
    NotAProxy(Speech),
    /// SOCKS cannot carry a name or credentials of this length.
    #[error("The {0} is longer than the 255 bytes that SOCKS can carry")]
    TooLong(&'static str),
}

/// A file of the profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("“{}” {what} {cure}", path.display())]
pub struct FileProblem {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, as the rest of a sentence that begins with the file.
    pub what: String,
    /// What to do, as a sentence.
    pub cure: String,
}

impl FileProblem {
    /// Whether the passphrase is missing or wrong, so that another one may help.
    pub fn is_about_passphrase(&self) -> bool {
        self.cure.contains("passphrase")
    }
}

/// Why the broker's certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateProblem {
    /// It was valid until then.
    #[error("The certificate has expired")]
    Expired {
        /// Since when.
        on: Timestamp,
    },
    /// It will be valid from then on.
    #[error("The certificate is not valid yet")]
    NotYetValid {
        /// From when on.
        from: Timestamp,
    },
    /// It belongs to other hosts.
    #[error("The certificate is for {} and not for {host}", issued_for.join(", "))]
    WrongHost {
        /// The name asked for.
        host: String,
        /// The names it is for; may be empty.
        issued_for: Vec<String>,
    },
    /// Nobody here knows who issued it.
    #[error("The certificate's issuer {issuer} is unknown")]
    UnknownIssuer {
        /// The issuer's name.
        issuer: String,
    },
    /// It vouches only for itself.
    #[error("The certificate is self-signed")]
    SelfSigned,
    /// It is not for servers.
    #[error("The certificate is not meant for servers")]
    WrongPurpose,
    /// It is not one of those that the profile trusts.
    #[error("The certificate {0} is not one of those that are trusted")]
    NotPinned(Fingerprint),
    /// Anything else, in the library's words.
    #[error("The certificate cannot be checked: {0}")]
    Other(String),
}

/// What a broker says when it ends TLS.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Alert {
    /// It wants a client certificate, and none was sent.
    #[error("a client certificate is required")]
    CertificateRequired,
    /// It does not trust the client certificate.
    #[error("the client certificate is not accepted ({0})")]
    CertificateRejected(Rejection),
    /// It speaks no version of TLS that is allowed here.
    #[error("no common version of TLS")]
    Version,
    /// It speaks none of the protocols offered by ALPN.
    #[error("no common application protocol")]
    Protocol,
    /// It does not know the server name.
    #[error("unknown server name")]
    ServerName,
    /// Anything else, in the standard's words.
    #[error("{0}")]
    Other(String),
}

/// Why a broker does not accept a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {
    /// It is no longer valid.
    #[error("it has expired")]
    Expired,
    /// Its issuer has taken it back.
    #[error("it has been revoked")]
    Revoked,
    /// The broker does not know who issued it.
    #[error("its issuer is unknown there")]
    UnknownIssuer,
    /// The signature of its key is wrong.
    #[error("its key does not fit")]
    WrongKey,
    /// The broker does not say why.
    #[error("it does not say why")]
    Unsaid,
}

/// Why the WebSocket was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebSocketError {
    /// The server answered with this HTTP status instead of 101.
    #[error("The server answered with HTTP status {0}")]
    Status(u16),
    /// What answers does not speak HTTP.
    #[error("The answer is not HTTP: {0}")]
    NotHttp(Speech),
    /// There is a WebSocket, but not for MQTT.
    #[error("The server does not offer the sub-protocol mqtt")]
    NotMqtt,
    /// A header of the profile cannot be sent.
    #[error("The header “{0}” cannot be sent")]
    Header(String),
    /// The path cannot be requested.
    #[error("The path “{0}” cannot be requested")]
    Path(String),
    /// Anything else, in the library's words.
    #[error("The WebSocket was not opened: {0}")]
    Other(String),
}
