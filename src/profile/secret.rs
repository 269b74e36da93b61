//! Passwords: kept by the operating system's keyring, never in our files, logs or messages.

use std::fmt;

use thiserror::Error;

use super::ProfileId;

/// A password that prints as `***`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Why the keyring did not help.
#[derive(Debug, Error)]
pub enum SecretError {
    /// No keyring answers on this machine.
    #[error("No system keyring answers here ({0}). Canopy asks for the password at each connect.")]
    Unavailable(String),
}

/// Somewhere that keeps passwords.
pub trait SecretStore: Send + Sync {
    /// The password of `profile`, if one is kept.
    ///
    /// # Errors
    /// [`SecretError::Unavailable`] when no keyring answers.
    fn get(&self, profile: &ProfileId) -> Result<Option<Secret>, SecretError>;

    /// Keeps `secret` for `profile`.
    ///
    /// # Errors
    /// [`SecretError::Unavailable`] when no keyring answers.
    fn set(&self, profile: &ProfileId, secret: &Secret) -> Result<(), SecretError>;

    /// Forgets the password of `profile`; fine when there is none.
    ///
    /// # Errors
    /// [`SecretError::Unavailable`] when no keyring answers.
    fn delete(&self, profile: &ProfileId) -> Result<(), SecretError>;
}

/// The operating system's keyring. Calls block (it may ask the user to unlock it): never on the UI thread.
#[derive(Debug, Default)]
pub struct KeyringSecrets {}

impl SecretStore for KeyringSecrets {
    fn get(&self, _profile: &ProfileId) -> Result<Option<Secret>, SecretError> {
        Err(SecretError::Unavailable("not written yet".to_owned()))
    }
    fn set(&self, _profile: &ProfileId, _secret: &Secret) -> Result<(), SecretError> {
        Err(SecretError::Unavailable("not written yet".to_owned()))
    }
    fn delete(&self, _profile: &ProfileId) -> Result<(), SecretError> {
        Err(SecretError::Unavailable("not written yet".to_owned()))
    }
}

/// Passwords for as long as the program runs, for tests and for machines without a keyring.
#[derive(Debug, Default)]
pub struct MemorySecrets {
    kept: parking_lot::Mutex<std::collections::BTreeMap<ProfileId, Secret>>,
}

impl SecretStore for MemorySecrets {
    fn get(&self, profile: &ProfileId) -> Result<Option<Secret>, SecretError> {
        Ok(self.kept.lock().get(profile).cloned())
    }
    fn set(&self, profile: &ProfileId, secret: &Secret) -> Result<(), SecretError> {
        self.kept.lock().insert(profile.clone(), secret.clone());
        Ok(())
    }
    fn delete(&self, profile: &ProfileId) -> Result<(), SecretError> {
        self.kept.lock().remove(profile);
        Ok(())
    }
}
