//! Which secrets a connection takes, and where they come from: typed in this run, or kept in the keyring. Connecting,
//! testing and the command line look them up in this one way.

use std::collections::BTreeMap;

use super::{KeptValues, Place, Profile, ProxyKind, Secret, SecretError, SecretKind, SecretStore};

/// What this run knows of a profile's secrets: a secret, or `None` for one that did not fit and is not to be looked for
/// in the keyring either.
pub type OfRun = BTreeMap<SecretKind, Option<Secret>>;

/// What was found for a profile.
#[derive(Debug, Default)]
pub struct FoundSecrets {
    /// The secrets that are there; [`SecretKind::Values`] also when some values are missing.
    pub secrets: BTreeMap<SecretKind, Secret>,
    /// What is nowhere to be found, in the order of [`SecretKind::ALL`].
    pub missing: Vec<MissingSecret>,
}

/// A secret that is nowhere to be found.
#[derive(Debug)]
pub struct MissingSecret {
    /// Which one.
    pub kind: SecretKind,
    /// For [`SecretKind::Values`] the places without a value.
    pub places: Vec<Place>,
    /// Why the keyring did not help, if it should have.
    pub error: Option<SecretError>,
}

impl Profile {
    /// Whether connecting takes this secret. For the passphrase the key is read, so not in a frame.
    pub fn needs_secret(&self, kind: SecretKind) -> bool {
        match kind {
            SecretKind::Password => self.use_password,
            SecretKind::KeyPassphrase => self.transport.uses_tls() && self.needs_passphrase(),
            SecretKind::ProxyPassword => {
                self.transport.uses_network()
                    && self.proxy.kind != ProxyKind::None
                    && self.proxy.use_password
            }
            SecretKind::Values => self.sends_kept_values(),
        }
    }

    /// Looks up what connecting takes: what `of_run` knows, then what stands in the profile, then what `store` keeps. It
    /// may block.
    pub fn look_up_secrets(&self, of_run: &OfRun, store: &dyn SecretStore) -> FoundSecrets {
        let mut found = FoundSecrets::default();
        for kind in SecretKind::ALL {
            if self.needs_secret(kind) {
                match kind {
                    SecretKind::Values => self.look_up_values(of_run, store, &mut found),
                    _ => self.look_up_one(kind, of_run, store, &mut found),
                }
            }
        }
        found
    }

    fn look_up_one(
        &self,
        kind: SecretKind,
        of_run: &OfRun,
        store: &dyn SecretStore,
        found: &mut FoundSecrets,
    ) {
        let looked_up = match of_run.get(&kind) {
            Some(known) => Ok(known.clone()),
            None => store.get(&self.id, kind),
        };
        let error = match looked_up {
            Ok(Some(secret)) => {
                found.secrets.insert(kind, secret);
                return;
            }
            Ok(None) => None,
            Err(err) => Some(err),
        };
        found.missing.push(MissingSecret {
            kind,
            places: Vec::new(),
            error,
        });
    }

    /// Values come from everywhere: one may be typed in this run and another one kept. The keyring is asked only when
    /// one is missing.
    fn look_up_values(&self, of_run: &OfRun, store: &dyn SecretStore, found: &mut FoundSecrets) {
        let kind = SecretKind::Values;
        let of_run = of_run.get(&kind).and_then(Option::as_ref);
        let mut values = KeptValues::of(of_run);
        values.update(self.clone().take_kept_values());
        let mut error = None;
        if !values.missing_for(self).is_empty() {
            match store.get(&self.id, kind) {
                Ok(kept) => {
                    let known = std::mem::replace(&mut values, KeptValues::of(kept.as_ref()));
                    values.update(known);
                }
                Err(err) => error = Some(err),
            }
        }
        let places = values.missing_for(self);
        if !places.is_empty() {
            found.missing.push(MissingSecret {
                kind,
                places,
                error,
            });
        }
        if let Some(secret) = values.to_secret() {
            found.secrets.insert(kind, secret);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MemorySecrets, ProfileId, Transport};
    use super::*;

    fn gate() -> Profile {
        let mut profile = Profile {
            transport: Transport::SecureWebSocket,
            use_password: true,
            ..Profile::default()
        };
        profile.web_socket.headers = ["Authorization", "X-Api-Key", "X-Tenant"]
            .map(|name| (name.to_owned(), String::new()))
            .to_vec();
        profile
    }

    fn headers(values: &[(&str, &str)]) -> Secret {
        let mut headers = KeptValues::default();
        for (name, value) in values {
            headers.set(&name.to_lowercase(), Secret::new(*value));
        }
        headers.to_secret().unwrap()
    }

    #[test]
    fn headers_of_the_run_and_of_the_keyring_come_together() {
        let (profile, store) = (gate(), MemorySecrets::default());
        let kept = headers(&[("Authorization", "kept"), ("X-Api-Key", "old")]);
        store.set(&profile.id, SecretKind::Values, &kept).unwrap();
        let typed = headers(&[("X-Api-Key", "typed")]);
        let of_run = OfRun::from([
            (SecretKind::Values, Some(typed)),
            (SecretKind::Password, Some(Secret::new("pw"))),
        ]);
        let found = profile.look_up_secrets(&of_run, &store);
        assert!(found.missing.is_empty(), "{:?}", found.missing);
        let both = headers(&[("Authorization", "kept"), ("X-Api-Key", "typed")]);
        assert_eq!(found.secrets[&SecretKind::Values], both);
    }

    #[test]
    fn what_is_missing_is_named_and_what_did_not_fit_is_not_looked_for() {
        let (mut profile, store) = (gate(), MemorySecrets::default());
        let id = &profile.id;
        let password = Secret::new("wrong");
        store.set(id, SecretKind::Password, &password).unwrap();
        let typed = headers(&[("Authorization", "typed")]);
        let of_run = OfRun::from([
            (SecretKind::Values, Some(typed)),
            (SecretKind::Password, None),
        ]);
        let found = profile.look_up_secrets(&of_run, &store);
        let missing: Vec<_> = found.missing.into_iter().collect();
        assert_eq!(missing[0].kind, SecretKind::Password);
        assert_eq!(missing[1].places[0].name, "X-Api-Key");
        // as the command line has it
        "given".clone_into(&mut profile.web_socket.headers[1].1);
        let found = profile.look_up_secrets(&of_run, &store);
        assert_eq!(found.missing.len(), 1);
    }

    #[test]
    fn a_locked_keyring_is_asked_only_for_what_is_missing() {
        struct Locked;
        impl SecretStore for Locked {
            fn get(&self, _: &ProfileId, _: SecretKind) -> Result<Option<Secret>, SecretError> {
                Err(SecretError::Locked("no".to_owned()))
            }
            fn set(&self, _: &ProfileId, _: SecretKind, _: &Secret) -> Result<(), SecretError> {
                Ok(())
            }
            fn delete(&self, _: &ProfileId, _: SecretKind) -> Result<(), SecretError> {
                Ok(())
            }
        }
        let profile = gate();
        let typed = headers(&[("Authorization", "a"), ("X-Api-Key", "b")]);
        let of_run = OfRun::from([(SecretKind::Values, Some(typed))]);
        let found = profile.look_up_secrets(&of_run, &Locked);
        assert_eq!(found.missing.len(), 1, "{:?}", found.missing);
        assert!(found.missing[0].error.is_some());
        assert!(found.secrets.contains_key(&SecretKind::Values));
    }
}
