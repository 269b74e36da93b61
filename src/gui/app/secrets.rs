//! The secrets of a profile (password, passphrase of the key, password for the proxy): found in this run or in the
//! keyring, asked for one after the other, kept, forgotten, and asked for again when they did not fit.

use std::collections::BTreeMap;

use crate::client::{DialError, Failure, ProxyError, Step, now};
use crate::profile::{
    Fingerprint, HeaderSecrets, Profile, ProfileId, ProxyKind, Secret, SecretError, SecretKind,
    SecretStore, Verify,
};

use super::super::action::{Keep, Level, SecretKey};
use super::super::dialogs::Dialog;
use super::super::jobs::{Done, Lookup};
use super::super::session::Session;
use super::App;

/// Whether connecting with `profile` takes this secret. For the passphrase the key is read, so not in a frame.
pub(super) fn is_needed(profile: &Profile, kind: SecretKind) -> bool {
    match kind {
        SecretKind::Password => profile.use_password,
        SecretKind::KeyPassphrase => profile.transport.uses_tls() && profile.needs_passphrase(),
        SecretKind::ProxyPassword => {
            profile.transport.uses_network()
                && profile.proxy.kind != ProxyKind::None
                && profile.proxy.use_password
        }
        SecretKind::Headers => profile.secret_headers().next().is_some(),
    }
}

/// The headers that are in a secret.
fn headers_of(secret: Option<&Secret>) -> HeaderSecrets {
    secret.map(HeaderSecrets::from_secret).unwrap_or_default()
}

/// Of [`SecretKind::Headers`] the first header whose value `secret` lacks.
fn missing_header(profile: &Profile, kind: SecretKind, secret: Option<&Secret>) -> Option<String> {
    if kind != SecretKind::Headers {
        return None;
    }
    headers_of(secret).missing_for(profile).map(str::to_owned)
}

/// The headers that the keyring keeps, with those of this run in their place.
fn all_headers(
    store: &dyn SecretStore,
    id: &ProfileId,
    of_run: Option<&Secret>,
) -> Result<Option<Secret>, SecretError> {
    match store.get(id, SecretKind::Headers) {
        Ok(kept) => {
            let mut headers = headers_of(kept.as_ref());
            headers.update(headers_of(of_run));
            Ok(headers.to_secret())
        }
        Err(_) if of_run.is_some() => Ok(of_run.cloned()),
        Err(err) => Err(err),
    }
}

/// Puts the values of headers that let somebody in where they are sent from.
pub(super) fn fill_headers(profile: &mut Profile, secret: Option<&Secret>) {
    profile.fill_header_secrets(&headers_of(secret));
}

impl App {
    /// Takes values that let somebody in out of the headers of an edited profile, and keeps them as secrets.
    pub(super) fn keep_header_secrets(&mut self, profile: &mut Profile) {
        let typed = profile.take_header_secrets();
        if typed.is_empty() {
            return;
        }
        let key = (profile.id.clone(), SecretKind::Headers);
        let mut headers = headers_of(self.data.passwords.get(&key));
        headers.update(typed);
        headers.retain_those_of(profile);
        let Some(secret) = headers.to_secret() else {
            return;
        };
        self.data.known_passwords.insert(key.clone());
        self.data.passwords.insert(key.clone(), secret.clone());
        let (store, profile) = (self.data.secrets.clone(), profile.clone());
        self.jobs.run_blocking(move || {
            let result = all_headers(store.as_ref(), &profile.id, Some(&secret)).and_then(|all| {
                let mut all = headers_of(all.as_ref());
                all.retain_those_of(&profile);
                let all = all.to_secret().unwrap_or_default();
                store.set(&profile.id, SecretKind::Headers, &all)
            });
            Done::SecretKept(key, result)
        });
    }

    /// Values that let somebody in and stand in the file of the profiles, as earlier versions wrote them, go to the
    /// keyring.
    pub(super) fn move_header_secrets(&mut self) {
        let mut profiles = std::mem::take(&mut self.data.profiles);
        for profile in &mut profiles {
            let before = profile.web_socket.clone();
            self.keep_header_secrets(profile);
            self.data.unsaved.profiles |= profile.web_socket != before;
        }
        self.data.profiles = profiles;
    }

    /// Looks up what `profile` needs, away from the window's thread, and opens the connection with it.
    pub(super) fn find_secrets(&mut self, profile: Profile) {
        let has_identity =
            profile.transport.uses_tls() && profile.tls.identity != crate::profile::Identity::None;
        let at_once = [
            SecretKind::Password,
            SecretKind::ProxyPassword,
            SecretKind::Headers,
        ]
        .into_iter()
        .filter(|kind| is_needed(&profile, *kind));
        let mut secrets = BTreeMap::new();
        let mut is_complete = !has_identity;
        for kind in at_once {
            let key = (profile.id.clone(), kind);
            if self.data.rejected.contains(&key) {
                let dialog = Dialog::password(&profile, kind, None);
                return self.views.dialogs.show(Some(&profile.id), dialog);
            }
            match self.data.passwords.get(&key) {
                Some(secret) if missing_header(&profile, kind, Some(secret)).is_none() => {
                    secrets.insert(kind, secret.clone());
                }
                _ => is_complete = false,
            }
        }
        if is_complete {
            return self.open(profile, secrets);
        }
        let of_run: Vec<SecretKind> = SecretKind::ALL
            .into_iter()
            .filter(|kind| {
                self.data
                    .passwords
                    .contains_key(&(profile.id.clone(), *kind))
            })
            .collect();
        let kept = self.data.passwords.clone();
        let rejected = self
            .data
            .rejected
            .contains(&(profile.id.clone(), SecretKind::KeyPassphrase));
        let store = self.data.secrets.clone();
        let Some(number) = self.data.lookups.begin(&profile, now()) else {
            return;
        };
        self.jobs.run_blocking(move || {
            let needed = SecretKind::ALL
                .into_iter()
                .filter(|kind| is_needed(&profile, *kind));
            let found = needed
                .map(|kind| {
                    let key = (profile.id.clone(), kind);
                    let result = if kind == SecretKind::Headers {
                        all_headers(store.as_ref(), &profile.id, kept.get(&key))
                    } else if of_run.contains(&kind) {
                        Ok(kept.get(&key).cloned())
                    } else if rejected && kind == SecretKind::KeyPassphrase {
                        Ok(None)
                    } else {
                        store.get(&profile.id, kind)
                    };
                    (kind, result)
                })
                .collect();
            Done::SecretsFound(profile.id, number, found)
        });
    }

    /// The keyring answered. The first secret that is missing is asked for; the answer connects again.
    pub(super) fn secrets_found(&mut self, id: &ProfileId, found: Vec<Lookup>) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        let mut secrets = BTreeMap::new();
        let mut missing = None;
        let mut missing_headers = None;
        let mut no_keyring = None;
        for (kind, result) in found {
            let key = (id.clone(), kind);
            if let Ok(secret) = &result {
                missing_headers =
                    missing_headers.or(missing_header(&profile, kind, secret.as_ref()));
            }
            match result {
                Ok(Some(secret)) => {
                    self.data.known_passwords.insert(key.clone());
                    self.data.passwords.insert(key, secret.clone());
                    secrets.insert(kind, secret);
                }
                Ok(None) if kind == SecretKind::Headers => {}
                Ok(None) => missing = missing.or(Some((kind, None))),
                Err(err) => {
                    self.note(Level::Info, &profile.name, err.to_string());
                    if kind == SecretKind::Headers {
                        missing_headers = missing_header(&profile, kind, None);
                        no_keyring = Some(err.to_string());
                    } else {
                        missing = missing.or(Some((kind, Some(err.to_string()))));
                    }
                }
            }
        }
        let dialog = match (missing, missing_headers) {
            (Some((kind, why)), _) => Dialog::password(&profile, kind, why),
            (None, Some(header)) => Dialog::header_value(&profile, &header, no_keyring),
            (None, None) => return self.open(profile, secrets),
        };
        self.views.dialogs.show(Some(id), dialog);
    }

    /// Connects with a secret that was just typed.
    pub(super) fn connect_with(&mut self, key: SecretKey, mut secret: Secret, keep: Keep) {
        if key.1 == SecretKind::Headers {
            let mut headers = headers_of(self.data.passwords.get(&key));
            headers.update(HeaderSecrets::from_secret(&secret));
            secret = headers.to_secret().unwrap_or_default();
        }
        self.data.rejected.remove(&key);
        let id = key.0.clone();
        self.data.lookups.cancel(&id);
        match keep {
            Keep::InKeyring => self.set_secret(key, Some(secret)),
            Keep::ThisRun => {
                self.data.passwords.insert(key, secret);
            }
        }
        self.connect_anew(&id);
    }

    /// Forgets every secret of a deleted profile. The keyring is not asked when it never kept one.
    pub(super) fn forget_secrets(&mut self, profile: &Profile) {
        for kind in SecretKind::ALL {
            let key = (profile.id.clone(), kind);
            self.data.rejected.remove(&key);
            self.data.known_passwords.remove(&key);
            self.data.passwords.remove(&key);
        }
        if profile.has_secrets() {
            let (secrets, id) = (self.data.secrets.clone(), profile.id.clone());
            self.jobs.run_blocking(move || {
                let result = secrets.forget(&id);
                Done::SecretKept((id, SecretKind::Password), result)
            });
        }
    }

    /// Gives a copy of a profile the secrets that are known of the first one.
    pub(super) fn copy_secrets(&mut self, from: &ProfileId, to: &ProfileId) {
        for kind in SecretKind::ALL {
            let (old, new) = ((from.clone(), kind), (to.clone(), kind));
            match self.data.passwords.get(&old).cloned() {
                Some(secret) if self.data.known_passwords.contains(&old) => {
                    self.set_secret(new, Some(secret));
                }
                Some(secret) => {
                    self.data.passwords.insert(new, secret);
                }
                None => {}
            }
        }
    }

    /// Keeps a secret in the keyring (and for this run), or forgets it.
    pub(super) fn set_secret(&mut self, key: SecretKey, secret: Option<Secret>) {
        self.data.lookups.outdate(&key.0);
        self.data.rejected.remove(&key);
        match &secret {
            Some(secret) => {
                self.data.known_passwords.insert(key.clone());
                self.data.passwords.insert(key.clone(), secret.clone());
            }
            None => {
                self.data.known_passwords.remove(&key);
                self.data.passwords.remove(&key);
            }
        }
        let secrets = self.data.secrets.clone();
        self.jobs.run_blocking(move || {
            let (id, kind) = &key;
            let result = match &secret {
                Some(secret) => secrets.set(id, *kind, secret),
                None => secrets.delete(id, *kind),
            };
            Done::SecretKept(key, result)
        });
    }

    /// The keyring kept a secret, or did not.
    pub(super) fn secret_kept(&mut self, key: &SecretKey, result: Result<(), SecretError>) {
        let Err(err) = result else { return };
        self.data.known_passwords.remove(key);
        // forgetting something that no keyring could hold is no news
        if self.data.passwords.contains_key(key) {
            let name = self
                .data
                .profile(&key.0)
                .map_or_else(|| "Canopy".to_owned(), |profile| profile.name.clone());
            self.say(Level::Warning, &name, err.to_string(), None);
        }
    }

    /// Why the last dial of an open connection failed, and where.
    fn dial_error(&self, id: &ProfileId) -> Option<(Step, DialError)> {
        let report = self.data.open.get(Some(id))?.live.dial_report();
        let last = report.steps.last()?;
        let err = last.outcome.as_ref().err()?;
        Some((last.step, err.clone()))
    }

    /// A secret that did not fit is asked for again at the next attempt.
    pub(super) fn forget_wrong_secret(&mut self, id: &ProfileId, failure: &Failure) {
        // what the broker says on a connection that stood is about something else than who connects
        let stood = self.data.open.get(Some(id)).is_some_and(Session::has_stood);
        let is_refused = failure
            .reason
            .is_some_and(|reason| !stood && matches!(reason.0, 0x86 | 0x87));
        let kind = match self.dial_error(id) {
            _ if is_refused => SecretKind::Password,
            Some((_, DialError::Proxy(ProxyError::Authentication))) => SecretKind::ProxyPassword,
            Some((_, DialError::File(problem))) if problem.is_about_passphrase() => {
                SecretKind::KeyPassphrase
            }
            _ => return,
        };
        let key = (id.clone(), kind);
        if self.data.passwords.remove(&key).is_some() {
            self.data.known_passwords.remove(&key);
            self.data.rejected.insert(key);
        }
    }

    /// After a connect that failed on the broker's certificate: shows it and offers to trust it.
    pub(super) fn explain_certificate(&mut self, id: &ProfileId, failure: &Failure) {
        let Some(session) = self.data.open.get(Some(id)) else {
            return;
        };
        let certificates = session.live.dial_report().certificates;
        let is_certificate = matches!(self.dial_error(id), Some((_, DialError::Certificate(_))));
        if !is_certificate || certificates.is_empty() {
            return;
        }
        if let Some(profile) = self.data.profile(id) {
            let dialog = Dialog::certificate(profile, failure, certificates);
            self.views.dialogs.show(Some(id), dialog);
        }
    }

    /// From now on exactly this certificate is trusted (besides those pinned before), and the connection tried again.
    pub(super) fn trust_certificate(&mut self, id: &ProfileId, fingerprint: Fingerprint) {
        let Some(mut profile) = self.data.profile(id).cloned() else {
            return;
        };
        match &mut profile.tls.verify {
            Verify::Pinned(pinned) if pinned.contains(&fingerprint) => {}
            Verify::Pinned(pinned) => pinned.push(fingerprint),
            verify => *verify = Verify::Pinned(vec![fingerprint]),
        }
        self.edit_profile(profile);
        self.connect_anew(id);
    }
}
