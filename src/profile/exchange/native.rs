//! Canopy's own files: the profiles as they are kept, without anything that may be a secret.

use std::path::{Path, PathBuf};

use ron::ser::PrettyConfig;
use ron::value::RawValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::super::{Profile, disk, is_secret_name};
use super::{ImportError, Imported};

/// What an export says that it is.
pub(super) const FORMAT: &str = "canopy connections";
/// What this version of Canopy writes.
const VERSION: u32 = 1;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As the files in the config directory.
    Ron,
    /// For other programs.
    Json,
}

impl Format {
    /// What a file of it ends with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ron => "ron",
            Self::Json => "json",
        }
    }
}

/// Why nothing was exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// RON could not say it.
    #[error("The connections could not be written as RON ({0}). Export them as JSON.")]
    Ron(#[from] ron::Error),
    /// JSON could not say it.
    #[error("The connections could not be written as JSON ({0}). Export them as RON.")]
    Json(#[from] serde_json::Error),
    /// The file could not be written.
    #[error("{path} could not be written: {source}. Choose another place.")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

#[derive(Serialize)]
struct Export {
    format: &'static str,
    version: u32,
    profiles: Vec<Profile>,
}

/// Where an export may go: a file in the user's documents, or at home.
pub fn export_place(format: Format) -> PathBuf {
    let name = format!("canopy-connections.{}", format.extension());
    documents().map_or_else(|| PathBuf::from(&name), |place| place.join(&name))
}

/// The user's documents, or their home; `None` where the system knows of none.
pub fn documents() -> Option<PathBuf> {
    let directories = directories::UserDirs::new()?;
    let documents = directories.document_dir();
    let place = documents.filter(|place| place.is_dir());
    Some(place.unwrap_or_else(|| directories.home_dir()).to_owned())
}

/// Writes the profiles to a file, as [`export`] makes them; what was at `path` is replaced.
///
/// # Errors
/// [`ExportError`]; what was at `path` is untouched then.
pub fn write_export(path: &Path, profiles: &[Profile], format: Format) -> Result<(), ExportError> {
    let text = export(profiles, format)?;
    disk::write_atomically(path, text.as_bytes()).map_err(|source| ExportError::Write {
        path: path.to_owned(),
        source,
    })
}

/// The profiles as text. Passwords are not in profiles; what else may let somebody in is left out by
/// [`Profile::without_secrets`].
///
/// # Errors
/// [`ExportError`].
pub fn export(profiles: &[Profile], format: Format) -> Result<String, ExportError> {
    let export = Export {
        format: FORMAT,
        version: VERSION,
        profiles: profiles.iter().map(Profile::without_secrets).collect(),
    };
    let text = match format {
        Format::Ron => ron::ser::to_string_pretty(&export, PrettyConfig::new().new_line("\n"))?,
        Format::Json => serde_json::to_string_pretty(&export)?,
    };
    Ok(text + "\n")
}

/// What a RON file holds: an export, or `profiles.ron` itself.
#[derive(Deserialize)]
struct RonFile {
    version: u32,
    #[serde(alias = "content")]
    profiles: Vec<Box<RawValue>>,
}

pub(super) fn import_ron(text: &str) -> Result<Imported, ImportError> {
    let file: RonFile = ron::from_str(text).map_err(|err| {
        let start = err.span.start;
        ImportError::Damaged {
            line: start.line,
            column: start.col,
            reason: err.code.to_string(),
        }
    })?;
    let mut imported = newer(file.version);
    for entry in &file.profiles {
        let mut unknown = Vec::new();
        let read = ron::Deserializer::from_str(entry.get_ron())
            .map_err(ron::Error::from)
            .and_then(|mut reader| {
                serde_ignored::deserialize(&mut reader, |path| unknown.push(path.to_string()))
            });
        imported.take(read.map_err(|err| err.to_string()), &unknown);
    }
    Ok(imported)
}

pub(super) fn import_json(value: &Value) -> Result<Imported, ImportError> {
    let version = value.get("version").and_then(Value::as_u64).unwrap_or(0);
    let mut imported = newer(u32::try_from(version).unwrap_or(u32::MAX));
    let profiles = value.get("profiles").and_then(Value::as_array);
    for entry in profiles.ok_or(ImportError::Empty)? {
        let mut unknown = Vec::new();
        let read = serde_ignored::deserialize(entry, |path| unknown.push(path.to_string()));
        imported.take(read.map_err(|err| err.to_string()), &unknown);
    }
    Ok(imported)
}

fn newer(version: u32) -> Imported {
    let mut imported = Imported::default();
    if version > VERSION {
        imported.warnings.push(
            "The file comes from a newer Canopy. Update this one if something is missing."
                .to_owned(),
        );
    }
    imported
}

impl Imported {
    /// Adds one connection that was read, and tells what was wrong with it.
    fn take(&mut self, read: Result<Profile, String>, unknown: &[String]) {
        let mut profile = match read {
            Ok(profile) => profile,
            Err(reason) => {
                return self.warnings.push(format!(
                    "A connection could not be read ({reason}) and is left out. The others are here."
                ));
            }
        };
        let name = profile.name.clone();
        for path in unknown {
            self.warnings.push(format!(
                "“{path}” of “{name}” is not known to this version and left out."
            ));
        }
        let values = profile.named_values();
        let values = values.filter(|(pair, value)| value.is_empty() && is_secret_name(pair));
        let mut emptied: Vec<String> = values.map(|(pair, _)| pair.clone()).collect();
        emptied.extend(profile.emptied_unnamed());
        for pair in emptied {
            self.warnings.push(format!(
                "The value of “{pair}” of “{name}” is not in exports. Type it."
            ));
        }
        self.profiles.push(profile);
    }
}
