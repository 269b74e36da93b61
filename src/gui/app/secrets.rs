//! The secrets of a profile (password, passphrase of the key, password for the proxy): found in this run or in the
//! keyring, asked for one after the other, kept, forgotten, and asked for again when they did not fit.

use crate::client::{DialError, Failure, ProxyError, Step, now};
use crate::profile::{
    Fingerprint, FoundSecrets, Identity, KeptValues, MemorySecrets, MissingSecret, OfRun, Profile,
    ProfileId, Secret, SecretError, SecretKind, SecretStore, Verify,
};

use super::super::action::{Keep, SecretKey};
use super::super::dialogs::{Dialog, Purpose};
use super::super::jobs::Done;
use super::super::session::Session;
use super::App;

/// Keeps typed values beside those that the keyring has, and forgets those of places that `profile` does not have any
/// more.
fn keep_values(
    store: &dyn SecretStore,
    profile: &Profile,
    typed: KeptValues,
) -> Result<(), SecretError> {
    let kept = match store.get(&profile.id, SecretKind::Values) {
        // what cannot be read can still be replaced
        Err(_) if !typed.is_empty() => None,
        kept => kept?,
    };
    let mut all = KeptValues::of(kept.as_ref());
    all.update(typed);
    all.retain_those_of(profile);
    match all.to_secret() {
        all if all == kept => Ok(()),
        Some(all) => store.set(&profile.id, SecretKind::Values, &all),
        None => store.delete(&profile.id, SecretKind::Values),
    }
}

/// Puts values that let somebody in where they are sent from.
pub(super) fn fill_values(profile: &mut Profile, secret: Option<&Secret>) {
    profile.fill_kept_values(&KeptValues::of(secret));
}

impl App {
    /// Takes values that let somebody in (headers, properties, a query, authentication data) out of an edited profile,
    /// and keeps them as secrets. What belongs to a place or a key that the profile has no more is forgotten.
    pub(super) fn keep_values(&mut self, profile: &mut Profile) {
        let typed = profile.take_kept_values();
        let before = self.data.profile(&profile.id);
        let drops_place = before.is_some_and(|it| profile.drops_kept_place_of(it));
        let drops_key = profile.tls.identity == Identity::None
            && before.is_some_and(|it| it.tls.identity != Identity::None);
        if drops_key {
            self.set_secret((profile.id.clone(), SecretKind::KeyPassphrase), None);
        }
        if typed.is_empty() && !drops_place {
            return;
        }
        let key = (profile.id.clone(), SecretKind::Values);
        let mut values = KeptValues::of(self.data.passwords.get(&key));
        values.update(typed.clone());
        values.retain_those_of(profile);
        if !typed.is_empty() {
            self.data.known_passwords.insert(key.clone());
        }
        match values.to_secret() {
            Some(secret) => {
                self.data.passwords.insert(key.clone(), secret);
            }
            None => {
                self.data.known_passwords.remove(&key);
                self.data.passwords.remove(&key);
            }
        }
        let (store, profile) = (self.data.secrets.clone(), profile.clone());
        self.jobs.run_in_order(move || {
            Done::SecretKept(key, keep_values(store.as_ref(), &profile, typed))
        });
    }

    /// Values that let somebody in and stand in the file of the profiles, as earlier versions wrote them, go to the
    /// keyring.
    pub(super) fn move_values(&mut self) {
        let mut profiles = std::mem::take(&mut self.data.profiles);
        for profile in &mut profiles {
            let before = profile.clone();
            self.keep_values(profile);
            self.data.unsaved.profiles |= *profile != before;
        }
        self.data.profiles = profiles;
    }

    /// What this run knows of a profile's secrets.
    pub(super) fn secrets_of_run(&self, id: &ProfileId) -> OfRun {
        let of_run = SecretKind::ALL.into_iter().filter_map(|kind| {
            let key = (id.clone(), kind);
            let is_known = self.data.rejected.contains(&key);
            let secret = self.data.passwords.get(&key).cloned();
            (is_known || secret.is_some()).then_some((kind, secret))
        });
        of_run.collect()
    }

    /// Looks up what `profile` needs, away from the window's thread, and opens the connection with it.
    pub(super) fn find_secrets(&mut self, profile: Profile) {
        let of_run = self.secrets_of_run(&profile.id);
        for kind in [SecretKind::Password, SecretKind::ProxyPassword] {
            if profile.needs_secret(kind) && of_run.get(&kind) == Some(&None) {
                let dialog = Dialog::password(&profile, kind, None);
                return self.views.dialogs.show(Some(&profile.id), dialog);
            }
        }
        let reads_key = profile.transport.uses_tls() && profile.tls.identity != Identity::None;
        if !reads_key {
            // mostly nothing is needed, or all of it was typed
            let found = profile.look_up_secrets(&of_run, &MemorySecrets::default());
            if found.missing.is_empty() {
                return self.open(profile, found.secrets);
            }
        }
        let store = self.data.secrets.clone();
        let Some(number) = self.data.lookups.begin(&profile, now()) else {
            return;
        };
        self.jobs.run_blocking(move || {
            let found = profile.look_up_secrets(&of_run, store.as_ref());
            Done::SecretsFound(profile.id, number, found)
        });
    }

    /// The keyring answered. The first secret that is missing is asked for; the answer connects again.
    pub(super) fn secrets_found(&mut self, id: &ProfileId, found: FoundSecrets) {
        let Some(profile) = self.data.profile(id).cloned() else {
            return;
        };
        for (kind, secret) in &found.secrets {
            let key = (id.clone(), *kind);
            let is_news = self.data.passwords.get(&key) != Some(secret);
            if is_news {
                self.data.known_passwords.insert(key.clone());
                self.data.passwords.insert(key, secret.clone());
            }
        }
        match found.missing.into_iter().next() {
            Some(missing) => self.ask_secret(&profile, missing, Purpose::Connect),
            None => self.open(profile, found.secrets),
        }
    }

    /// Asks for a secret that is missing.
    pub(super) fn ask_secret(
        &mut self,
        profile: &Profile,
        missing: MissingSecret,
        purpose: Purpose,
    ) {
        let why = missing.error.as_ref();
        let no_keyring = why.map(|err| self.why_not_kept(&profile.name, err));
        let dialog = match missing.places.into_iter().next() {
            Some(place) => Dialog::kept_value(profile, place, no_keyring),
            None => Dialog::password(profile, missing.kind, no_keyring),
        };
        self.views
            .dialogs
            .show(Some(&profile.id), dialog.asked_for(purpose));
    }

    /// Connects with a secret that was just typed.
    pub(super) fn connect_with(&mut self, key: SecretKey, secret: Secret, keep: Keep) {
        let id = key.0.clone();
        self.keep_typed(key, secret, keep);
        self.connect_anew(&id);
    }

    /// Keeps a secret that was just typed into a dialog.
    pub(super) fn keep_typed(&mut self, key: SecretKey, mut secret: Secret, keep: Keep) {
        if key.1 == SecretKind::Values {
            let mut values = KeptValues::of(self.data.passwords.get(&key));
            values.update(KeptValues::from_secret(&secret));
            secret = values.to_secret().unwrap_or_default();
        }
        self.data.rejected.remove(&key);
        self.data.lookups.cancel(&key.0);
        match keep {
            Keep::InKeyring => self.set_secret(key, Some(secret)),
            Keep::ThisRun => {
                self.data.passwords.insert(key, secret);
            }
        }
    }

    /// Forgets every secret of a deleted profile. The keyring is always told: it may keep one that the profile, as it was
    /// at last, did not take.
    pub(super) fn forget_secrets(&mut self, profile: &Profile) {
        for kind in SecretKind::ALL {
            let key = (profile.id.clone(), kind);
            self.data.rejected.remove(&key);
            self.data.known_passwords.remove(&key);
            self.data.passwords.remove(&key);
        }
        let (secrets, id) = (self.data.secrets.clone(), profile.id.clone());
        self.jobs.run_in_order(move || {
            let result = secrets.forget(&id);
            Done::SecretKept((id, SecretKind::Password), result)
        });
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
        self.jobs.run_in_order(move || {
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
        if !self.note_keyring(&err) {
            self.data.known_passwords.remove(key);
        }
        // forgetting something that no keyring could hold is no news
        if self.data.passwords.contains_key(key) {
            let name = self
                .data
                .profile(&key.0)
                .map_or_else(|| "Canopy".to_owned(), |profile| profile.name.clone());
            self.say_not_kept(&name, &err);
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
