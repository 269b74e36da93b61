//! Certificates and keys that were inside an imported file: they become files of their own, beside the profiles and
//! for their owner only.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::super::{ConfigDir, Identity, Profile, ProfileId, StoreError, disk};
use super::Imported;

/// Where the files are, in the config directory.
const DIRECTORY: &str = "certificates";

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificatePart {
    /// An authority to trust.
    Authority,
    /// The client's certificate.
    Certificate,
    /// The client's key.
    Key,
}

impl CertificatePart {
    fn suffix(self) -> &'static str {
        match self {
            Self::Authority => "ca",
            Self::Certificate => "client",
            Self::Key => "key",
        }
    }
}

/// One file that was inside another.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateFile {
    /// The connection that it belongs to.
    pub profile: ProfileId,
    /// What it is for.
    pub part: CertificatePart,
    /// What it was called.
    pub name: String,
    /// Its bytes.
    pub contents: Vec<u8>,
}

/// A key is a secret, so only the length is printed.
impl fmt::Debug for CertificateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateFile")
            .field("profile", &self.profile)
            .field("part", &self.part)
            .field("name", &self.name)
            .field("bytes", &self.contents.len())
            .finish()
    }
}

impl Imported {
    /// Writes the certificates into `certificates/` in the config directory, readable for their owner only, and names
    /// them in the profiles. To be called before the profiles are kept.
    ///
    /// # Errors
    /// [`StoreError::Write`] for the first file that could not be written; the profiles name those that were.
    pub fn keep_certificates(&mut self, config: &ConfigDir) -> Result<(), StoreError> {
        let directory = config.path().join(DIRECTORY);
        let mut identities: BTreeMap<ProfileId, (Option<PathBuf>, Option<PathBuf>)> =
            BTreeMap::new();
        for file in std::mem::take(&mut self.certificates) {
            let path = directory.join(format!("{}-{}.pem", file.profile.0, file.part.suffix()));
            disk::write_atomically(&path, &file.contents).map_err(|source| StoreError::Write {
                path: path.clone(),
                source,
            })?;
            let identity = identities.entry(file.profile.clone()).or_default();
            match file.part {
                CertificatePart::Authority => {
                    let owner = self.profiles.iter_mut().find(|it| it.id == file.profile);
                    if let Some(profile) = owner {
                        profile.tls.ca_file = Some(path);
                    }
                }
                CertificatePart::Certificate => identity.0 = Some(path),
                CertificatePart::Key => identity.1 = Some(path),
            }
        }
        for profile in &mut self.profiles {
            if let Some((Some(certificate), Some(key))) = identities.remove(&profile.id) {
                profile.tls.identity = Identity::Pem { certificate, key };
            }
        }
        Ok(())
    }
}

impl ConfigDir {
    /// Deletes the certificates that were imported with `removed`, once its removal can no longer be taken back, unless
    /// one of the `others` names them too. Files elsewhere are the user's and stay.
    ///
    /// # Errors
    /// [`StoreError::Delete`] for the first file that could not be deleted.
    pub fn delete_certificates(
        &self,
        removed: &Profile,
        others: &[Profile],
    ) -> Result<(), StoreError> {
        let directory = self.path().join(DIRECTORY);
        for path in files(removed) {
            let is_ours = path.parent() == Some(directory.as_path());
            if !is_ours || others.iter().any(|other| files(other).contains(&path)) {
                continue;
            }
            match std::fs::remove_file(path) {
                Err(err) if err.kind() != ErrorKind::NotFound => {
                    let path = path.clone();
                    return Err(StoreError::Delete { path, source: err });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// The files that a profile names.
fn files(profile: &Profile) -> Vec<&PathBuf> {
    let mut files: Vec<&PathBuf> = profile.tls.ca_file.iter().collect();
    match &profile.tls.identity {
        Identity::None => {}
        Identity::Pem { certificate, key } => files.extend([certificate, key]),
        Identity::Pkcs12 { file } => files.push(file),
    }
    files
}
