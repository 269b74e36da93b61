//! Whom to trust: the system's authorities, those of a file, exactly these certificates, or everybody.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;

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
        match (&settings.verify, &settings.ca_file) {
            (Verify::Nothing, _) => Ok(Self::Nothing),
            (Verify::Pinned(fingerprints), _) => Ok(Self::Pinned(fingerprints.clone())),
            (Verify::Full, Some(path)) => Ok(from_file(path)?),
            (Verify::Full, None) => from_system(),
        }
    }
}

fn from_file(path: &Path) -> Result<Trust, FileProblem> {
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
    Ok(Trust::Authorities {
        roots: Arc::new(roots),
        own,
    })
}

fn from_system() -> Result<Trust, DialError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _ignored) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let words: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(DialError::NoAuthorities(words.join("; ")));
    }
    Ok(Trust::Authorities {
        roots: Arc::new(roots),
        own: Vec::new(),
    })
}
