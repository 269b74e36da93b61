//! RON files in the config directory: read with care, written atomically (temporary file, flush, rename).
//!
//! Each file is `(version: 1, content: …)`. Fields that this version does not know are skipped, missing ones take
//! their defaults. What cannot be read is always kept beside under another name, never overwritten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use ron::ser::PrettyConfig;
use ron::value::RawValue;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Profile, ProfileId, Settings, WindowState, disk};

/// What this version of Canopy writes. A higher number in a file means that a newer Canopy wrote it.
const FORMAT_VERSION: u32 = 1;

const PROFILES: &str = "profiles.ron";
const SETTINGS: &str = "settings.ron";
const WINDOW: &str = "window.ron";

/// Why a file could not be written or the directory not be found.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The platform names no config directory.
    #[error(
        "This system names no directory for settings. Start Canopy with --config-dir DIRECTORY."
    )]
    NoDirectory,
    /// Writing failed; what was there before is untouched.
    #[error(
        "Could not save {path}: {source}. What was saved before is untouched; free some space or check who owns the directory."
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file that is not needed any more is still there.
    #[error("Could not delete {path}: {source}. Delete it yourself.")]
    Delete {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file could neither be read nor be kept under another name, so that nothing may be written over it.
    #[error(
        "Nothing is saved to {path}: it could not be read and not be kept under another name. Repair or move it, then start Canopy again."
    )]
    Protected {
        /// The file.
        path: PathBuf,
    },
}

/// Something the user must be told about a file that was read; shown as a toast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

/// The directory that holds `profiles.ron`, `settings.ron` and `window.ron`.
///
/// Clones share what they know of files that must not be overwritten. Two programs may save to one directory at
/// once: the last one wins, and no file is ever torn.
#[derive(Debug, Clone)]
pub struct ConfigDir {
    path: PathBuf,
    protected: Arc<Mutex<BTreeSet<&'static str>>>,
}

/// What every file looks like.
#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    content: T,
}

impl ConfigDir {
    /// The platform's directory for Canopy, or `chosen` (from `--config-dir`). It is created by the first save.
    ///
    /// # Errors
    /// [`StoreError::NoDirectory`] when the platform names none.
    pub fn open(chosen: Option<&Path>) -> Result<Self, StoreError> {
        let path = match chosen {
            Some(path) => path.to_owned(),
            None => directories::ProjectDirs::from("", "", "Canopy")
                .ok_or(StoreError::NoDirectory)?
                .config_dir()
                .to_owned(),
        };
        Ok(Self {
            path,
            protected: Arc::default(),
        })
    }

    /// Where the files are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All profiles, in the user's order. A file that cannot be read is renamed beside itself
    /// (`profiles.broken-2026-11-22T16-20-00.ron`) and named in the warning; an empty list is returned then. When
    /// only some profiles cannot be read, the others are returned and the whole file is kept beside.
    pub fn load_profiles(&self) -> (Vec<Profile>, Option<Warning>) {
        let (entries, warning) = self.load::<Vec<Box<RawValue>>>(PROFILES);
        let mut profiles = Vec::new();
        let mut reasons = Vec::new();
        for entry in entries.unwrap_or_default() {
            match entry.into_rust::<Profile>() {
                Ok(profile) => profiles.push(profile),
                Err(err) => reasons.push(err.to_string()),
            }
        }
        tell_apart(&mut profiles);
        match reasons.first() {
            None => (profiles, warning),
            Some(reason) => {
                let warning = self.keep_unreadable(&profiles, reasons.len(), reason);
                (profiles, Some(warning))
            }
        }
    }

    /// Writes all profiles. Values that let somebody in, such as headers, are left out, whatever became of them in the
    /// keyring, and so is an account before a host's name, as in an address that is being typed.
    ///
    /// # Errors
    /// [`StoreError::Write`]; the old file is untouched then. [`StoreError::Protected`] as said there.
    pub fn save_profiles(&self, profiles: &[Profile]) -> Result<(), StoreError> {
        let kept = profiles.iter().map(Profile::without_kept_secrets);
        let profiles: Vec<Profile> = kept.collect();
        self.save(PROFILES, &profiles)
    }

    /// The settings, or the defaults; broken files as in [`ConfigDir::load_profiles`].
    pub fn load_settings(&self) -> (Settings, Option<Warning>) {
        let (settings, warning) = self.load::<Settings>(SETTINGS);
        (settings.unwrap_or_default().within_limits(), warning)
    }

    /// Writes the settings.
    ///
    /// # Errors
    /// [`StoreError::Write`]; the old file is untouched then. [`StoreError::Protected`] as said there.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.save(SETTINGS, settings)
    }

    /// The window's state, or the defaults; broken files as in [`ConfigDir::load_profiles`].
    pub fn load_window(&self) -> (WindowState, Option<Warning>) {
        let (window, warning) = self.load::<WindowState>(WINDOW);
        (window.unwrap_or_default().within_limits(), warning)
    }

    /// Writes the window's state.
    ///
    /// # Errors
    /// [`StoreError::Write`]; the old file is untouched then. [`StoreError::Protected`] as said there.
    pub fn save_window(&self, window: &WindowState) -> Result<(), StoreError> {
        self.save(WINDOW, window)
    }

    fn save<T: Serialize + ?Sized>(
        &self,
        file: &'static str,
        content: &T,
    ) -> Result<(), StoreError> {
        let path = self.path.join(file);
        if self.protected.lock().contains(file) {
            return Err(StoreError::Protected { path });
        }
        let versioned = Versioned {
            version: FORMAT_VERSION,
            content,
        };
        ron::ser::to_string_pretty(&versioned, PrettyConfig::new().new_line("\n"))
            .map_err(std::io::Error::other)
            .and_then(|text| disk::write_atomically(&path, (text + "\n").as_bytes()))
            .map_err(|source| StoreError::Write { path, source })
    }

    /// The content of `file`; `None` when it does not exist (no warning) or cannot be read (it is set aside).
    fn load<T: DeserializeOwned>(&self, file: &'static str) -> (Option<T>, Option<Warning>) {
        let path = self.path.join(file);
        let text = match disk::read(&path) {
            Ok(None) => return (None, None),
            Ok(Some(text)) => Ok(text),
            Err(err) => Err(err.to_string()),
        };
        let parsed = text.and_then(|text| {
            ron::from_str::<Versioned<T>>(&text).map_err(|err| {
                let start = err.span.start;
                format!("line {}, column {}: {}", start.line, start.col, err.code)
            })
        });
        match parsed {
            Ok(versioned) => {
                let warning = (versioned.version > FORMAT_VERSION)
                    .then(|| self.keep_newer(file))
                    .flatten();
                (Some(versioned.content), warning)
            }
            Err(reason) => {
                let kept = disk::move_aside(&path, "broken");
                (None, Some(self.set_aside_warning(file, &reason, kept)))
            }
        }
    }

    /// What to tell about `file`, which could not be read because of `reason`; never to be written over when it
    /// could not be `kept`.
    fn set_aside_warning(
        &self,
        file: &'static str,
        reason: &str,
        kept: std::io::Result<PathBuf>,
    ) -> Warning {
        let path = self.path.join(file);
        let path = path.display();
        Warning(match kept {
            Ok(kept) => format!(
                "{path} could not be read ({reason}). It is kept as {}: repair it there, rename it back and start Canopy again.",
                kept.display()
            ),
            Err(err) => {
                self.protected.lock().insert(file);
                format!(
                    "{path} could not be read ({reason}) and not be kept under another name ({err}). Canopy leaves it as it is and saves nothing there: repair or move it, then start Canopy again."
                )
            }
        })
    }

    /// Keeps the whole file beside, so that the `count` unreadable profiles in it are not lost, and writes the
    /// good ones so that the next start is quiet.
    fn keep_unreadable(&self, good: &[Profile], count: usize, reason: &str) -> Warning {
        let path = self.path.join(PROFILES);
        let kept = match disk::copy_aside(&path, "broken") {
            Ok(kept) => kept,
            Err(err) => return self.set_aside_warning(PROFILES, reason, Err(err)),
        };
        let what = match count {
            1 => "One connection".to_owned(),
            _ => format!("{count} connections"),
        };
        let mut text = format!(
            "{what} in {} could not be read ({reason}); the others are here. The whole file is kept as {}: repair it there.",
            path.display(),
            kept.display()
        );
        if let Err(err) = self.save_profiles(good) {
            text = format!("{text} {err}");
        }
        Warning(text)
    }

    /// Keeps a file of a newer Canopy beside, since saving drops what this version does not know.
    fn keep_newer(&self, file: &'static str) -> Option<Warning> {
        if file == WINDOW {
            return None;
        }
        let path = self.path.join(file);
        let told = path.display();
        Some(match disk::copy_aside(&path, "newer") {
            Ok(kept) => Warning(format!(
                "{told} comes from a newer Canopy. What this version does not know is lost at the next save, so a copy is kept as {}: update Canopy to use it.",
                kept.display()
            )),
            Err(err) => self.set_aside_warning(file, "it comes from a newer Canopy", Err(err)),
        })
    }
}

/// Gives a fresh identifier to every profile whose identifier an earlier one has, as after copying by hand.
fn tell_apart(profiles: &mut [Profile]) {
    let mut seen = BTreeSet::new();
    for profile in profiles {
        if profile.id.0.is_empty() || !seen.insert(profile.id.clone()) {
            profile.id = ProfileId::random();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_kept_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let config = ConfigDir::open(Some(dir.path())).unwrap();
        std::fs::write(dir.path().join(PROFILES), "precious").unwrap();
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let warning = config.set_aside_warning(PROFILES, "line 1, column 1", Err(denied));
        assert!(warning.0.contains("saves nothing there"), "{}", warning.0);
        let err = config.clone().save_profiles(&[]).unwrap_err();
        assert!(matches!(err, StoreError::Protected { .. }), "{err}");
        config.save_settings(&Settings::default()).unwrap();
        let text = std::fs::read_to_string(dir.path().join(PROFILES)).unwrap();
        assert_eq!(text, "precious");
    }

    #[test]
    fn the_platform_names_a_directory_for_canopy() {
        let Ok(config) = ConfigDir::open(None) else {
            return;
        };
        let name = config.path().to_string_lossy().to_lowercase();
        assert!(name.contains("canopy"), "{name}");
    }
}
