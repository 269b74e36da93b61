//! Passwords in the operating system's keyring: Secret Service (over D-Bus, in pure Rust) on Linux and the BSDs,
//! Keychain on macOS, Credential Manager on Windows.
//!
//! A keyring may ask its owner to unlock it, and a D-Bus without an answer has no time limit of its own. So every
//! question runs on a short-lived thread and the asker stops waiting after a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error};

use super::{ProfileId, Secret, SecretError, SecretKind, SecretStore};

/// The name under which the keyring files our passwords; its manager shows it to the user.
const SERVICE: &str = "canopy-mqtt";
/// How long the keyring may take to say that it is there.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// How long one question may take, with time for a person to type the keyring's password.
const ANSWER_LIMIT: Duration = Duration::from_secs(90);

/// The operating system's keyring. Calls block (it may ask the user to unlock it): never on the UI thread.
/// Clones share their state.
#[derive(Debug, Clone)]
pub struct KeyringSecrets {
    hello_limit: Duration,
    answer_limit: Duration,
    /// Questions still open that nobody waits for any more; while there are some, new ones are refused instead of queued.
    unanswered: Arc<AtomicUsize>,
}

impl Default for KeyringSecrets {
    fn default() -> Self {
        Self::with_limits(HELLO_LIMIT, ANSWER_LIMIT)
    }
}

impl KeyringSecrets {
    /// One that gives up sooner or later than usual: after `hello` when no keyring is there, after `answer` when
    /// it does not answer a question.
    pub fn with_limits(hello: Duration, answer: Duration) -> Self {
        Self {
            hello_limit: hello,
            answer_limit: answer,
            unanswered: Arc::default(),
        }
    }

    /// Opens the entry of this secret of `profile` and puts `question` to it.
    fn ask<T: Send + 'static>(
        &self,
        profile: &ProfileId,
        kind: SecretKind,
        question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, SecretError> {
        self.check()?;
        let account = account(profile, kind);
        let answer = self.wait(self.answer_limit, move || {
            Entry::new(SERVICE, &account).and_then(|entry| question(&entry))
        })?;
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(err) => Err(explain(&err)),
        }
    }

    /// The result of `work`, which runs on a thread of its own, unless it takes longer than `limit`.
    fn wait<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SecretError> {
        if self.unanswered.load(Ordering::Acquire) > 0 {
            return unavailable("it has not answered an earlier question yet");
        }
        // Without a buffer an answer is either taken or comes back as an error: none is lost in between.
        let (sender, receiver) = sync_channel(0);
        let unanswered = Arc::clone(&self.unanswered);
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                if sender.send(work()).is_err() {
                    unanswered.fetch_sub(1, Ordering::AcqRel);
                }
            })
            .map_err(|err| SecretError::Unavailable(err.to_string()))?;
        receiver.recv_timeout(limit).or_else(|err| match err {
            RecvTimeoutError::Timeout => {
                self.unanswered.fetch_add(1, Ordering::AcqRel);
                unavailable("it did not answer in time")
            }
            RecvTimeoutError::Disconnected => unavailable("it failed while answering"),
        })
    }
}

impl SecretStore for KeyringSecrets {
    fn check(&self) -> Result<(), SecretError> {
        // Whether a keyring is there is decided once for the whole program, at its first use.
        self.wait(self.hello_limit, || match Entry::store_status() {
            Ok(()) => Ok(()),
            Err(err) => Err(err.to_string()),
        })?
        .map_err(SecretError::Unavailable)
    }

    fn get(&self, profile: &ProfileId, kind: SecretKind) -> Result<Option<Secret>, SecretError> {
        let password = self.ask(profile, kind, Entry::get_password)?;
        Ok(password.map(Secret::new))
    }

    fn set(
        &self,
        profile: &ProfileId,
        kind: SecretKind,
        secret: &Secret,
    ) -> Result<(), SecretError> {
        let secret = secret.clone();
        self.ask(profile, kind, move |entry| {
            entry.set_password(secret.reveal())
        })?;
        Ok(())
    }

    fn delete(&self, profile: &ProfileId, kind: SecretKind) -> Result<(), SecretError> {
        self.ask(profile, kind, Entry::delete_credential)?;
        Ok(())
    }
}

/// The name of one entry. Passwords have the profile's identifier alone, as they had before there were other secrets.
fn account(profile: &ProfileId, kind: SecretKind) -> String {
    let suffix = match kind {
        SecretKind::Password => "",
        SecretKind::KeyPassphrase => "/key-passphrase",
        SecretKind::ProxyPassword => "/proxy-password",
        // the first of those values were headers
        SecretKind::Values => "/headers",
    };
    format!("{}{suffix}", profile.0)
}

fn unavailable<T>(reason: &str) -> Result<T, SecretError> {
    Err(SecretError::Unavailable(reason.to_owned()))
}

/// Sorts the keyring's errors. The texts of some carry the stored bytes: those are replaced.
fn explain(err: &Error) -> SecretError {
    match err {
        Error::NoStorageAccess(reason) => SecretError::Locked(reason.to_string()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Locked("what it keeps for this connection is no password".to_owned())
        }
        Error::Ambiguous(_) => {
            SecretError::Locked("it keeps several passwords for this connection".to_owned())
        }
        err => SecretError::Unavailable(err.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_without_an_answer_ends_and_the_next_is_not_queued_behind_it() {
        let keyring = KeyringSecrets::default();
        let (answer, late) = sync_channel::<()>(0);
        let soon = Duration::from_millis(20);
        let err = keyring.wait(soon, move || late.recv()).unwrap_err();
        assert!(err.to_string().contains("did not answer in time"), "{err}");
        let err = keyring.clone().wait(soon, || 1).unwrap_err();
        assert!(err.to_string().contains("earlier question"), "{err}");

        answer.send(()).unwrap();
        while keyring.unanswered.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
        let long = Duration::from_mins(1);
        assert_eq!(keyring.wait(long, || 2).unwrap(), 2);
    }

    #[test]
    fn a_keyring_that_fails_is_an_error_and_not_a_hang() {
        let keyring = KeyringSecrets::default();
        let long = Duration::from_mins(1);
        let failed: Result<(), _> = keyring.wait(long, || std::panic::resume_unwind(Box::new(())));
        assert!(failed.unwrap_err().to_string().contains("failed"));
        assert_eq!(keyring.wait(long, || 2).unwrap(), 2);
    }

    #[test]
    fn a_password_keeps_the_name_it_always_had() {
        let profile = ProfileId("a".to_owned());
        let names = SecretKind::ALL.map(|kind| account(&profile, kind));
        assert_eq!(
            names,
            ["a", "a/key-passphrase", "a/proxy-password", "a/headers"]
        );
    }

    #[test]
    fn errors_never_carry_what_is_stored() {
        let err = explain(&Error::BadEncoding(b"hunter2".to_vec()));
        assert!(matches!(err, SecretError::Locked(_)), "{err}");
        assert!(!format!("{err} {err:?}").contains("hunter2"));
    }
}
