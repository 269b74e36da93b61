//! The files that a profile names: whether they are there and what they should be. This reads the disk, so it is no
//! part of the checks that run at every key.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::super::{Identity, Profile, Transport, Verify};
use super::{Field, Problem, error, hint};

/// No certificate, key or list of authorities is longer, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

impl Profile {
    /// What is wrong with the files that this profile needs. Reads them, so it may take a while on a network's disk.
    pub fn check_files(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.transport == Transport::Unix {
            found.extend(check_socket(Path::new(&self.unix_path)));
        }
        if !self.transport.uses_tls() {
            return found;
        }
        let tls = &self.tls;
        if let (Verify::Full | Verify::AnyHost, Some(file)) = (&tls.verify, &tls.ca_file) {
            found.extend(check_pem(Field::CaFile, file, "CERTIFICATE-----"));
        }
        match &tls.identity {
            Identity::None => {}
            Identity::Pem { certificate, key } => {
                found.extend(check_pem(
                    Field::Certificate,
                    certificate,
                    "CERTIFICATE-----",
                ));
                found.extend(check_pem(Field::Key, key, "PRIVATE KEY-----"));
            }
            Identity::Pkcs12 { file } => found.extend(check_pkcs12(file)),
        }
        found
    }

    /// Whether a passphrase opens the client's key: a PKCS#12 file always has one, if only an empty one.
    pub fn needs_passphrase(&self) -> bool {
        match &self.tls.identity {
            Identity::None => false,
            Identity::Pkcs12 { .. } => true,
            Identity::Pem { key, .. } => read(key).is_ok_and(|bytes| {
                let text = String::from_utf8_lossy(&bytes);
                text.contains("BEGIN ENCRYPTED PRIVATE KEY")
                    || text.contains("Proc-Type: 4,ENCRYPTED")
            }),
        }
    }
}

fn check_socket(path: &Path) -> Option<Problem> {
    if path.as_os_str().is_empty() || path.exists() {
        return None;
    }
    Some(hint(
        Field::UnixPath,
        "There is no such socket now. Start the broker, or correct the path.",
    ))
}

fn check_pem(field: Field, path: &Path, label: &str) -> Option<Problem> {
    let bytes = match read_checked(field, path)? {
        Ok(bytes) => bytes,
        Err(problem) => return Some(problem),
    };
    let text = String::from_utf8_lossy(&bytes);
    if text.contains(label) {
        return None;
    }
    let (what, other) = match field {
        Field::Key => ("a private key", "CERTIFICATE-----"),
        _ => ("a certificate", "PRIVATE KEY-----"),
    };
    Some(error(
        field,
        if text.contains(other) && field == Field::Key {
            "This file holds a certificate and no key. Choose the file with the private key."
                .to_owned()
        } else if text.contains(other) {
            "This file holds a key and no certificate. Choose the file with the certificate."
                .to_owned()
        } else if bytes.first() == Some(&0x30) {
            format!(
                "This file holds {what} in binary form. Choose a PEM file, as made by “openssl … -outform PEM”, or PKCS#12."
            )
        } else {
            format!(
                "This file holds no {} in PEM form (“-----BEGIN …”). Choose another.",
                &what[2..]
            )
        },
    ))
}

fn check_pkcs12(path: &Path) -> Option<Problem> {
    let bytes = match read_checked(Field::Certificate, path)? {
        Ok(bytes) => bytes,
        Err(problem) => return Some(problem),
    };
    // PFX is a DER sequence (RFC 7292, 4).
    (bytes.first() != Some(&0x30)).then(|| {
        error(
            Field::Certificate,
            "This is no PKCS#12 file (.p12, .pfx). Choose another, or PEM files.",
        )
    })
}

/// The bytes of `path`, or what is wrong with it; `None` when no file is chosen, which is said elsewhere.
fn read_checked(field: Field, path: &Path) -> Option<Result<Vec<u8>, Problem>> {
    if path.as_os_str().is_empty() {
        return None;
    }
    Some(read(path).map_err(|err| {
        let cure = match err.kind() {
            ErrorKind::NotFound => "There is no such file. Choose another.".to_owned(),
            ErrorKind::PermissionDenied => {
                "This file cannot be read by you. Ask its owner for access, or choose another."
                    .to_owned()
            }
            _ => format!("This file cannot be read ({err}). Choose another."),
        };
        error(field, cure)
    }))
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
