//! The TLS handshake, and what it has shown: version, cipher, the broker's certificates, and why it failed.

mod certificate;
mod files;
mod identity;
mod keys;
mod trust;
mod verifier;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, KeyLogFile, PeerIncompatible};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::profile::TlsVersion;

use super::super::plan::Target;
use super::error::{Alert, DialError, Rejection};
use super::first_bytes::{FirstBytes, Speech};
use super::lost;
use super::steps::{Progress, Step};
use verifier::{Trust, Witness};

pub use certificate::PeerCertificate;

/// What a handshake has agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// Version, such as `TLS 1.3`.
    pub version: String,
    /// Cipher suite by its standard name.
    pub cipher: String,
    /// The protocol chosen by ALPN, where there is one.
    pub protocol: Option<String>,
    /// Whether the broker asked for a client certificate.
    pub asked_for_certificate: bool,
}

/// Where the keys of every TLS connection are written for Wireshark, when the environment variable `SSLKEYLOGFILE` is
/// set.
pub(in crate::client) fn key_log_file() -> Option<std::path::PathBuf> {
    std::env::var_os("SSLKEYLOGFILE")
        .filter(|path| !path.is_empty())
        .map(Into::into)
}

/// Shakes hands over `stream`, whose first bytes are in `heard`.
///
/// # Errors
/// [`DialError`] of the step [`Step::Tls`].
pub(super) async fn connect<S>(
    stream: S,
    target: &Target,
    heard: FirstBytes,
    deadline: Instant,
    progress: &Progress,
) -> Result<TlsStream<S>, DialError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let mut seen = None;
    let work = shake_hands(stream, target, &heard, &mut seen);
    let result = progress
        .step(Step::Tls, deadline, work, |stream| {
            let facts = facts(stream, false);
            format!("{}, {}", facts.version, facts.cipher)
        })
        .await;
    if let Some(seen) = seen {
        let facts = result
            .as_ref()
            .ok()
            .map(|stream| facts(stream, seen.asked()));
        progress.note_tls(seen.witness.certificates(), facts);
    }
    result
}

/// What is looked at after the handshake, whether it succeeded or not.
struct Seen {
    witness: Arc<Witness>,
    asked: Arc<AtomicBool>,
}

impl Seen {
    fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn shake_hands<S>(
    stream: S,
    target: &Target,
    heard: &FirstBytes,
    seen: &mut Option<Seen>,
) -> Result<TlsStream<S>, DialError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = server_name(target)?;
    let settings = target.clone();
    let prepared = tokio::task::spawn_blocking(move || config(&settings)).await;
    let (config, after) = prepared.map_err(|err| DialError::Tls(err.to_string()))??;
    let (witness, asked) = (Arc::clone(&after.witness), Arc::clone(&after.asked));
    *seen = Some(after);
    let connected = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    connected.map_err(|err| {
        if let Some(problem) = witness.problem() {
            return problem.into();
        }
        let has_identity = target.tls.identity != crate::profile::Identity::None;
        let lacks_certificate = asked.load(Ordering::Relaxed) && !has_identity;
        explain(&err, heard.speech(), lacks_certificate)
    })
}

fn server_name(target: &Target) -> Result<ServerName<'static>, DialError> {
    let name = target.server_name();
    ServerName::try_from(name.to_owned()).map_err(|_invalid| DialError::ServerName(name.to_owned()))
}

/// The settings for rustls. Reads files, so it may block.
fn config(target: &Target) -> Result<(ClientConfig, Seen), DialError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let witness = Arc::new(Witness::new(
        Trust::from_settings(&target.tls)?,
        Arc::clone(&provider),
    ));
    let asked = Arc::new(AtomicBool::new(false));
    let identity = identity::load(target, &provider, Arc::clone(&asked))?;
    let mut config = config_with(&provider, Arc::clone(&witness) as _, target.tls.minimum)?
        .with_client_cert_resolver(Arc::new(identity));
    config.alpn_protocols = target
        .tls
        .alpn
        .iter()
        .map(|protocol| protocol.as_bytes().to_vec())
        .collect();
    if key_log_file().is_some() {
        config.key_log = Arc::new(KeyLogFile::new());
    }
    Ok((config, Seen { witness, asked }))
}

type ReadyForIdentity = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn config_with(
    provider: &Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
    minimum: TlsVersion,
) -> Result<ReadyForIdentity, DialError> {
    let versions: &[_] = match minimum {
        TlsVersion::V1_2 => &[&rustls::version::TLS12, &rustls::version::TLS13],
        TlsVersion::V1_3 => &[&rustls::version::TLS13],
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(versions)
        .map_err(|err| DialError::Tls(err.to_string()))?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(verifier))
}

/// Whether TLS answers on `stream`, whatever its certificate is like.
pub(super) async fn answers<S>(stream: S, heard: &FirstBytes) -> Option<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let witness = Arc::new(Witness::new(Trust::Nothing, Arc::clone(&provider)));
    let config = config_with(&provider, witness, TlsVersion::V1_2).ok()?;
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let name = ServerName::try_from("localhost").ok()?;
    let stream = connector.connect(name, stream).await.ok();
    stream.filter(|_stream| heard.speech() == Some(Speech::Tls))
}

fn facts<S>(stream: &TlsStream<S>, asked_for_certificate: bool) -> TlsFacts {
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = session.negotiated_cipher_suite();
    let cipher = cipher.map(|suite| format!("{:?}", suite.suite()));
    TlsFacts {
        version,
        cipher: cipher.unwrap_or_default().replace("TLS13_", "TLS_"),
        protocol: session
            .alpn_protocol()
            .map(|protocol| String::from_utf8_lossy(protocol).into_owned()),
        asked_for_certificate,
    }
}

/// The alert in an error of an open TLS stream: with TLS 1.3 a broker refuses a client certificate only after the
/// client's part of the handshake is over (RFC 8446, 4.4.2.4).
pub(in crate::client) fn alert_in(err: &io::Error, lacks_certificate: bool) -> Option<Alert> {
    match rustls_error(err)? {
        rustls::Error::AlertReceived(description) => Some(alert(*description, lacks_certificate)),
        _ => None,
    }
}

fn rustls_error(err: &io::Error) -> Option<&rustls::Error> {
    err.get_ref()?.downcast_ref()
}

fn explain(err: &io::Error, heard: Option<Speech>, lacks_certificate: bool) -> DialError {
    let is_tls = heard.as_ref().is_none_or(|speech| *speech == Speech::Tls);
    if let (false, Some(speech)) = (is_tls, heard) {
        return DialError::NotTls(speech);
    }
    match rustls_error(err) {
        Some(rustls::Error::AlertReceived(description)) => {
            DialError::Alert(alert(*description, lacks_certificate))
        }
        Some(rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )) => DialError::Alert(Alert::Version),
        Some(rustls::Error::NoApplicationProtocol) => DialError::Alert(Alert::Protocol),
        Some(err) => DialError::Tls(err.to_string()),
        None => lost(Step::Tls, err),
    }
}

fn alert(description: AlertDescription, lacks_certificate: bool) -> Alert {
    use AlertDescription as A;
    match description {
        A::CertificateRequired | A::NoCertificate => Alert::CertificateRequired,
        A::HandshakeFailure | A::AccessDenied | A::BadCertificate if lacks_certificate => {
            Alert::CertificateRequired
        }
        A::BadCertificate | A::UnsupportedCertificate | A::CertificateUnknown => {
            Alert::CertificateRejected(Rejection::Unsaid)
        }
        A::CertificateRevoked => Alert::CertificateRejected(Rejection::Revoked),
        A::CertificateExpired => Alert::CertificateRejected(Rejection::Expired),
        A::UnknownCA => Alert::CertificateRejected(Rejection::UnknownIssuer),
        A::DecryptError => Alert::CertificateRejected(Rejection::WrongKey),
        A::ProtocolVersion => Alert::Version,
        A::NoApplicationProtocol => Alert::Protocol,
        A::UnrecognisedName => Alert::ServerName,
        other => Alert::Other(format!("{other:?}")),
    }
}
