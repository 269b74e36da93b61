//! Whether the system has a keyring: asked once, said once, in plain words; what the system says goes to the log.

use crate::profile::SecretError;

use super::super::action::Level;
use super::super::jobs::Done;
use super::App;

/// What is known of the keyring. Before it was asked it is taken to be there.
#[derive(Debug, Default)]
pub struct KeyringState {
    is_missing: bool,
    is_said: bool,
}

impl KeyringState {
    /// Whether passwords can be kept beyond this run, as far as is known.
    pub fn is_there(&self) -> bool {
        !self.is_missing
    }
}

/// What a person reads where no keyring answers.
const MISSING: &str = "No system keyring answers here, so passwords are kept only until you quit. Start a keyring \
                       service, such as GNOME Keyring or KWallet, and Canopy again to keep them.";

impl App {
    /// Asks whether there is a keyring, away from the window's thread and without a question to its owner.
    pub(super) fn look_for_keyring(&self) {
        let store = self.data.secrets.clone();
        self.jobs
            .run_blocking(move || Done::KeyringLookedFor(store.check()));
    }

    /// The keyring was looked for. Nobody is told before a password has to be kept.
    pub(super) fn keyring_looked_for(&mut self, result: Result<(), SecretError>) {
        if let Err(err) = result {
            self.note_keyring(&err);
        }
    }

    /// Writes once to the log that there is no keyring; says whether that is what `err` means.
    pub(super) fn note_keyring(&mut self, err: &SecretError) -> bool {
        let is_missing = matches!(err, SecretError::Unavailable(_));
        if is_missing && !std::mem::replace(&mut self.data.keyring.is_missing, true) {
            self.note(Level::Info, "Canopy", err.to_string());
        }
        is_missing
    }

    /// A password could not be kept: says so, once where there is no keyring at all.
    pub(super) fn say_not_kept(&mut self, name: &str, err: &SecretError) {
        if !self.note_keyring(err) {
            self.say(Level::Warning, name, err.to_string(), None);
        } else if !std::mem::replace(&mut self.data.keyring.is_said, true) {
            self.say(Level::Warning, "Canopy", MISSING.to_owned(), None);
        }
    }

    /// Why a password cannot be kept, for the dialog that asks for it.
    pub(super) fn why_not_kept(&mut self, name: &str, err: &SecretError) -> String {
        if self.note_keyring(err) {
            // the dialog says it
            self.data.keyring.is_said = true;
        } else {
            self.note(Level::Info, name, err.to_string());
        }
        match err {
            SecretError::Unavailable(_) => MISSING.to_owned(),
            SecretError::Locked(_) => err.to_string(),
        }
    }
}
