//! Looks at the broker's certificate, decides, and keeps both the chain and the reason, which rustls would forget.

use std::sync::Arc;

use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::mqtt::Timestamp;
use crate::profile::Fingerprint;

use super::super::error::CertificateProblem;
use super::certificate::{PeerCertificate, fingerprint};

/// Whom to trust.
#[derive(Debug)]
pub(super) enum Trust {
    /// Whoever these vouch for; a certificate that is itself in the user's own file needs nobody to vouch for it.
    Authorities {
        roots: Arc<RootCertStore>,
        own: Vec<CertificateDer<'static>>,
        /// Whether the name in the certificate does not matter.
        any_host: bool,
    },
    /// Exactly these.
    Pinned(Vec<Fingerprint>),
    /// Everybody.
    Nothing,
}

/// A verifier that remembers.
#[derive(Debug)]
pub(super) struct Witness {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    chain: Vec<PeerCertificate>,
    problem: Option<CertificateProblem>,
}

impl Witness {
    pub(super) fn new(trust: Trust, provider: Arc<CryptoProvider>) -> Self {
        Self {
            trust,
            provider,
            seen: Mutex::default(),
        }
    }

    /// What the broker sent, its own certificate first.
    pub(super) fn certificates(&self) -> Vec<PeerCertificate> {
        self.seen.lock().chain.clone()
    }

    /// Why the certificate was not accepted, if it was not.
    pub(super) fn problem(&self) -> Option<CertificateProblem> {
        self.seen.lock().problem.clone()
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), CertificateProblem> {
        match &self.trust {
            Trust::Nothing => Ok(()),
            Trust::Pinned(trusted) => {
                let own = fingerprint(end_entity);
                if trusted.contains(&own) {
                    return Ok(());
                }
                Err(CertificateProblem::NotPinned(own))
            }
            Trust::Authorities {
                roots,
                own,
                any_host,
            } => {
                let judged = if own.iter().any(|known| known == end_entity) {
                    judge_time(end_entity, now)
                } else {
                    self.judge_by(roots, end_entity, intermediates, now)
                };
                judged
                    .and_then(|()| match any_host {
                        true => Ok(()),
                        false => {
                            verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)
                        }
                    })
                    .map_err(|err| self.explain(&err, name))
            }
        }
    }

    fn judge_by(
        &self,
        roots: &RootCertStore,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            roots,
            intermediates,
            now,
            algorithms,
        )
    }

    /// Whether the broker has the key of its certificate, which does not matter where nothing does.
    fn judge_signature(
        &self,
        verify: impl FnOnce(&WebPkiSupportedAlgorithms) -> Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trust {
            Trust::Nothing => Ok(HandshakeSignatureValid::assertion()),
            _ => verify(&self.provider.signature_verification_algorithms),
        }
    }

    fn explain(&self, err: &Error, name: &ServerName<'_>) -> CertificateProblem {
        use CertificateError as E;
        let chain = self.seen.lock().chain.clone();
        let leaf = chain.first();
        let Error::InvalidCertificate(err) = err else {
            return CertificateProblem::Other(err.to_string());
        };
        let is_self_signed = leaf.is_some_and(PeerCertificate::is_self_issued);
        match err {
            E::ExpiredContext { not_after, .. } => CertificateProblem::Expired {
                on: timestamp(*not_after),
            },
            E::NotValidYetContext { not_before, .. } => CertificateProblem::NotYetValid {
                from: timestamp(*not_before),
            },
            E::NotValidForName | E::NotValidForNameContext { .. } => {
                CertificateProblem::WrongHost {
                    host: name.to_str().into_owned(),
                    issued_for: leaf.map(|leaf| leaf.names.clone()).unwrap_or_default(),
                }
            }
            E::InvalidPurpose | E::InvalidPurposeContext { .. } => CertificateProblem::WrongPurpose,
            // an authority's certificate that is used by a server itself, too
            E::UnknownIssuer | E::Other(_) if is_self_signed => CertificateProblem::SelfSigned,
            E::UnknownIssuer => CertificateProblem::UnknownIssuer {
                issuer: missing_issuer(&chain),
            },
            other => CertificateProblem::Other(other.to_string()),
        }
    }
}

/// A certificate that the user's own file holds: nobody has to vouch for it, but it has to be valid now.
fn judge_time(end_entity: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let Some(own) = PeerCertificate::from_der(end_entity) else {
        return Err(CertificateError::BadEncoding.into());
    };
    let (not_before, not_after) = (unix_time(own.not_before), unix_time(own.not_after));
    if now.as_secs() > not_after.as_secs() {
        return Err(CertificateError::ExpiredContext {
            time: now,
            not_after,
        }
        .into());
    }
    if now.as_secs() < not_before.as_secs() {
        return Err(CertificateError::NotValidYetContext {
            time: now,
            not_before,
        }
        .into());
    }
    Ok(())
}

/// The name of whoever would have to be known: the issuer of the last certificate that is linked to the first.
fn missing_issuer(chain: &[PeerCertificate]) -> String {
    let Some(mut last) = chain.first() else {
        return String::new();
    };
    for _ in chain {
        let issuer = chain
            .iter()
            .find(|other| other.subject == last.issuer && *other != last);
        match issuer {
            Some(issuer) if !last.is_self_issued() => last = issuer,
            _ => break,
        }
    }
    last.issuer_name().to_owned()
}

fn timestamp(time: UnixTime) -> Timestamp {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

fn unix_time(time: Timestamp) -> UnixTime {
    let seconds = u64::try_from(time.as_micros() / 1_000_000).unwrap_or(0);
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen.lock().chain = std::iter::once(end_entity)
            .chain(intermediates)
            .filter_map(|der| PeerCertificate::from_der(der))
            .collect();
        match self.judge(end_entity, intermediates, server_name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(problem) => {
                self.seen.lock().problem = Some(problem);
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge_signature(|known| verify_tls12_signature(message, cert, signature, known))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge_signature(|known| verify_tls13_signature(message, cert, signature, known))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
