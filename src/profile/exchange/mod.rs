//! Connections to take along and to hand on: export and import as RON and JSON without secrets, and import of what
//! MQTT Explorer and MQTTX keep. The kind of a file shows in its content, not in its name.

mod base64;
mod certificates;
mod color;
mod explorer;
#[cfg(test)]
mod fixtures;
mod json;
mod merge;
mod mqttx;
mod native;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use super::{LOCAL_BROKER, Profile, ProfileId, Secret, SecretKind};

pub use certificates::{CertificateFile, CertificatePart};
pub use merge::Choice;
pub use native::{ExportError, Format, documents, export, export_place, write_export};

/// What came out of a file. Nothing is kept yet: passwords go to the keyring, certificates to
/// [`Imported::keep_certificates`], profiles to the list.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The connections, each with an identifier that the list does not have yet.
    pub profiles: Vec<Profile>,
    /// What could not be taken over, as sentences.
    pub warnings: Vec<String>,
    /// Passwords for the keyring.
    pub passwords: Vec<(ProfileId, SecretKind, Secret)>,
    /// Certificates and keys that were inside the file.
    pub certificates: Vec<CertificateFile>,
}

/// Why nothing could be imported.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Neither ours nor one that is known.
    #[error(
        "This is no file with connections. Choose an export of Canopy, settings.json of MQTT Explorer or a JSON export of MQTTX."
    )]
    Unknown,
    /// Another export of MQTTX.
    #[error("MQTTX's connections are read as JSON. Export them again with the format JSON.")]
    NotJson,
    /// A broken file.
    #[error(
        "The file breaks off or is damaged (line {line}, column {column}: {reason}). Export it again."
    )]
    Damaged {
        /// Where, counted from 1.
        line: usize,
        /// Where, counted from 1.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// The right kind of file, with nothing in it.
    #[error("There are no connections in this file. Choose another.")]
    Empty,
}

/// Reads connections out of `text`. Identifiers that `existing` has already are replaced by fresh ones.
///
/// # Errors
/// [`ImportError`]. A single connection that cannot be read is told in the warnings instead.
pub fn import(text: &str, existing: &[Profile]) -> Result<Imported, ImportError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut imported = match text.chars().next() {
        Some('{' | '[') => import_json(text)?,
        Some('<') => return Err(ImportError::NotJson),
        Some('(' | '/') => native::import_ron(text)?,
        _ => return Err(ImportError::Unknown),
    };
    if imported.profiles.is_empty() && imported.warnings.is_empty() {
        return Err(ImportError::Empty);
    }
    imported.keep_values();
    imported.tell_apart(existing);
    Ok(imported)
}

fn import_json(text: &str) -> Result<Imported, ImportError> {
    let value: Value = serde_json::from_str(text).map_err(|err| ImportError::Damaged {
        line: err.line(),
        column: err.column(),
        reason: json::reason(&err),
    })?;
    if let Some(connections) = value.get("ConnectionManager_connections") {
        return explorer::import(connections);
    }
    if value.get("format").and_then(Value::as_str) == Some(native::FORMAT) {
        return native::import_json(&value);
    }
    mqttx::import(&value)
}

impl Imported {
    /// Values that let somebody in, such as headers, go with the passwords.
    fn keep_values(&mut self) {
        for profile in &mut self.profiles {
            if let Some(secret) = profile.take_kept_values().to_secret() {
                self.passwords
                    .push((profile.id.clone(), SecretKind::Values, secret));
            }
        }
    }

    /// Gives fresh identifiers to profiles whose own is taken, with their passwords and certificates.
    fn tell_apart(&mut self, existing: &[Profile]) {
        let mut taken: BTreeSet<ProfileId> = existing.iter().map(|it| it.id.clone()).collect();
        taken.insert(ProfileId(LOCAL_BROKER.to_owned()));
        taken.insert(ProfileId(String::new()));
        for profile in &mut self.profiles {
            if !taken.insert(profile.id.clone()) {
                // Only our own files bring identifiers, and those hold no certificates.
                let fresh = ProfileId::random();
                rename(&mut self.passwords, &profile.id, &fresh);
                profile.id = fresh.clone();
                taken.insert(fresh);
            }
        }
    }
}

/// Gives the secrets of `from` to `to`.
fn rename(passwords: &mut [(ProfileId, SecretKind, Secret)], from: &ProfileId, to: &ProfileId) {
    for (id, _, _) in passwords.iter_mut().filter(|(id, _, _)| id == from) {
        *id = to.clone();
    }
}
