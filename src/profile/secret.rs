//! Passwords: kept by the operating system's keyring, never in our files, logs or messages.

use std::fmt;

use thiserror::Error;

use super::ProfileId;

/// A password that prints as `***`. It cannot be serialised, so that it reaches no file by accident.
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
    /// There is a keyring, but it is locked or refused.
    #[error(
        "The system keyring did not give access ({0}). Unlock it, or type the password at each connect."
    )]
    Locked(String),
}

/// Somewhere that keeps passwords.
pub trait SecretStore: Send + Sync {
    /// The password of `profile`, if one is kept.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn get(&self, profile: &ProfileId) -> Result<Option<Secret>, SecretError>;

    /// Keeps `secret` for `profile`.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn set(&self, profile: &ProfileId, secret: &Secret) -> Result<(), SecretError>;

    /// Forgets the password of `profile`; fine when there is none.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn delete(&self, profile: &ProfileId) -> Result<(), SecretError>;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new("hunter2");
        let store = MemorySecrets::default();
        let id = ProfileId("a".to_owned());
        store.set(&id, &secret).unwrap();
        let printed = format!(
            "{secret} {secret:?} {secret:#?} {:?} {store:?}",
            Some(&secret)
        );
        assert!(
            !printed.contains("hunter2") && printed.contains("***"),
            "{printed}"
        );
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn memory_forgets_what_it_is_told_to() {
        let store = MemorySecrets::default();
        let id = ProfileId("a".to_owned());
        assert_eq!(store.get(&id).unwrap(), None);
        store.set(&id, &Secret::new("one")).unwrap();
        store.set(&id, &Secret::new("two")).unwrap();
        assert_eq!(store.get(&id).unwrap(), Some(Secret::new("two")));
        store.delete(&id).unwrap();
        store.delete(&id).unwrap();
        assert_eq!(store.get(&id).unwrap(), None);
    }
}
