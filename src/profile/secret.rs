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

/// Which of a profile's secrets is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKind {
    /// The password for the broker.
    Password,
    /// The passphrase of the client's key or PKCS#12 file.
    KeyPassphrase,
    /// The password for the proxy.
    ProxyPassword,
    /// All other values that let somebody in, such as headers, in one; see [`super::KeptValues`].
    Values,
}

impl SecretKind {
    /// All four.
    pub const ALL: [Self; 4] = [
        Self::Password,
        Self::KeyPassphrase,
        Self::ProxyPassword,
        Self::Values,
    ];

    /// What a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::KeyPassphrase => "passphrase of the key",
            Self::ProxyPassword => "password for the proxy",
            Self::Values => "values of headers and properties",
        }
    }
}

/// Somewhere that keeps passwords.
pub trait SecretStore: Send + Sync {
    /// Whether passwords can be kept at all, without a question to anybody. May block.
    ///
    /// # Errors
    /// [`SecretError::Unavailable`] when no keyring answers.
    fn check(&self) -> Result<(), SecretError> {
        Ok(())
    }

    /// The secret of `profile`, if one is kept.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn get(&self, profile: &ProfileId, kind: SecretKind) -> Result<Option<Secret>, SecretError>;

    /// Keeps `secret` for `profile`.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn set(
        &self,
        profile: &ProfileId,
        kind: SecretKind,
        secret: &Secret,
    ) -> Result<(), SecretError>;

    /// Forgets the secret of `profile`; fine when there is none.
    ///
    /// # Errors
    /// [`SecretError`] when no keyring answers or it is locked.
    fn delete(&self, profile: &ProfileId, kind: SecretKind) -> Result<(), SecretError>;

    /// Forgets every secret of `profile`, as when it is deleted. All are tried even when one fails.
    ///
    /// # Errors
    /// The first [`SecretError`].
    fn forget(&self, profile: &ProfileId) -> Result<(), SecretError> {
        let mut result = Ok(());
        for kind in SecretKind::ALL {
            result = result.and(self.delete(profile, kind));
        }
        result
    }
}

/// Passwords for as long as the program runs, for tests and for machines without a keyring.
#[derive(Debug, Default)]
pub struct MemorySecrets {
    kept: parking_lot::Mutex<std::collections::BTreeMap<(ProfileId, SecretKind), Secret>>,
}

impl SecretStore for MemorySecrets {
    fn get(&self, profile: &ProfileId, kind: SecretKind) -> Result<Option<Secret>, SecretError> {
        Ok(self.kept.lock().get(&(profile.clone(), kind)).cloned())
    }
    fn set(
        &self,
        profile: &ProfileId,
        kind: SecretKind,
        secret: &Secret,
    ) -> Result<(), SecretError> {
        self.kept
            .lock()
            .insert((profile.clone(), kind), secret.clone());
        Ok(())
    }
    fn delete(&self, profile: &ProfileId, kind: SecretKind) -> Result<(), SecretError> {
        self.kept.lock().remove(&(profile.clone(), kind));
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
        store.set(&id, SecretKind::Password, &secret).unwrap();
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
        assert_eq!(store.get(&id, SecretKind::Password).unwrap(), None);
        store
            .set(&id, SecretKind::Password, &Secret::new("one"))
            .unwrap();
        store
            .set(&id, SecretKind::Password, &Secret::new("two"))
            .unwrap();
        assert_eq!(
            store.get(&id, SecretKind::Password).unwrap(),
            Some(Secret::new("two"))
        );
        store.delete(&id, SecretKind::Password).unwrap();
        store.delete(&id, SecretKind::Password).unwrap();
        assert_eq!(store.get(&id, SecretKind::Password).unwrap(), None);
    }

    #[test]
    fn the_secrets_of_a_profile_are_kept_apart_and_forgotten_together() {
        let store = MemorySecrets::default();
        let id = ProfileId("a".to_owned());
        for kind in SecretKind::ALL {
            store.set(&id, kind, &Secret::new(kind.name())).unwrap();
        }
        for kind in SecretKind::ALL {
            let kept = store.get(&id, kind).unwrap();
            assert_eq!(kept, Some(Secret::new(kind.name())));
        }
        store.forget(&id).unwrap();
        for kind in SecretKind::ALL {
            assert_eq!(store.get(&id, kind).unwrap(), None);
        }
    }
}
