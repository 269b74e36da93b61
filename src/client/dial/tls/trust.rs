//! Whom to trust: the system's authorities, those of a file, exactly these certificates, or everybody.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::profile::{TlsSettings, Verify};

use super::super::error::{DialError, FileProblem};
use super::files::{certificates, problem};
use super::verifier::Trust;

impl Trust {
    /// What the profile says. Reads files, so it may block.
    ///
    /// # Errors
    /// A sentence about the file that cannot be used, or that the system has no authorities.
    pub(super) fn from_settings(settings: &TlsSettings) -> Result<Self, DialError> {
        let (roots, own) = match (&settings.verify, &settings.ca_file) {
            (Verify::Nothing, _) => return Ok(Self::Nothing),
            (Verify::Pinned(fingerprints), _) => return Ok(Self::Pinned(fingerprints.clone())),
            (Verify::Full | Verify::AnyHost, Some(path)) => from_file(path)?,
            (Verify::Full | Verify::AnyHost, None) => (from_system()?, Vec::new()),
        };
        Ok(Self::Authorities {
            roots: Arc::new(roots),
            own,
            any_host: settings.verify == Verify::AnyHost,
        })
    }
}

/// The authorities of a file, and the certificates in it.
fn from_file(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), FileProblem> {
    let own = certificates(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in &own {
        roots.add(certificate.clone()).map_err(|err| {
            problem(
                path,
                format!("holds a certificate that cannot be trusted as an authority ({err})."),
                "Choose the certificate of the authority in the profile.",
            )
        })?;
    }
    Ok((roots, own))
}

fn from_system() -> Result<RootCertStore, DialError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _ignored) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let words: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(DialError::NoAuthorities(words.join("; ")));
    }
    Ok(roots)
}
