//! A pasted `mosquitto_sub` or `mosquitto_pub` line as a profile. Its options are read one after the other, as the
//! program reads them; what has no counterpart here is told.

use std::collections::BTreeSet;
use std::vec::IntoIter;

use thiserror::Error;

use crate::mqtt::{Qos, Version};

use super::super::{Profile, PublishDraft, RetainHandling, Secret, SecretKind, Subscription};
use super::shell::{self, Word};

/// What a pasted line amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromCommand {
    /// The connection; the message of a `mosquitto_pub` is its saved publish.
    pub profile: Profile,
    /// Passwords of the line, for the keyring.
    pub secrets: Vec<(SecretKind, Secret)>,
    /// What could not be taken over or means something else here, as sentences.
    pub warnings: Vec<String>,
}

/// Why a line is no command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FromCommandError {
    /// None of the programs is in it.
    #[error("This is no line for mosquitto_sub or mosquitto_pub. Paste one that runs either.")]
    NoProgram,
    /// An odd number of quotes.
    #[error("A quote is opened and not closed. Copy the whole line.")]
    OpenQuote,
}

/// Reads a line as somebody would type it into a shell: with quotes, continued lines, and other commands before and
/// after. Nothing is run: variables of the shell stay as they are and are told in the warnings.
///
/// # Errors
/// [`FromCommandError`].
pub fn from_command(line: &str) -> Result<FromCommand, FromCommandError> {
    let words = shell::split(line).ok_or(FromCommandError::OpenQuote)?;
    let mut words = words.into_iter();
    let program = words.by_ref().find_map(|word| program(&word));
    let mut reader = Reader::new(program.ok_or(FromCommandError::NoProgram)?, words);
    reader.read();
    Ok(reader.finish())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Subscribe,
    Publish,
}

fn program(word: &Word) -> Option<Program> {
    let text = word.text();
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.strip_suffix(".exe").unwrap_or(name) {
        "mosquitto_sub" => Some(Program::Subscribe),
        "mosquitto_pub" => Some(Program::Publish),
        _ => None,
    }
}

/// Options that only say how the program behaves, without a value.
const QUIET_FLAGS: [&str; 14] = [
    "-d",
    "--debug",
    "-E",
    "-N",
    "-v",
    "--verbose",
    "--quiet",
    "--pretty",
    "--nodelay",
    "--message-rate",
    "-w",
    "--watch",
    "--help",
    "--version",
];
/// The same with a value.
const QUIET_VALUES: [&str; 5] = ["-C", "-F", "-W", "--random-filter", "-M"];

/// What has been read so far.
pub(super) struct Reader {
    words: IntoIter<Word>,
    pub(super) program: Program,
    pub(super) profile: Profile,
    pub(super) secrets: Vec<(SecretKind, Secret)>,
    pub(super) warnings: Vec<String>,
    told: BTreeSet<String>,
    pub(super) draft: PublishDraft,
    /// Whether the line says what to send.
    pub(super) has_message: bool,
    pub(super) topics: Vec<String>,
    pub(super) version: Version,
    pub(super) port: Option<u16>,
    pub(super) resumes: bool,
    pub(super) expiry: Option<u32>,
    pub(super) tls: Tls,
    pub(super) is_web_socket: bool,
    /// The options that all filters get, and the QoS of a message.
    pub(super) subscription: Subscription,
}

/// What the line says about TLS.
#[derive(Default)]
pub(super) struct Tls {
    /// Switched on by a URL or by trusting something.
    pub(super) is_on: bool,
    /// `--no-tls`
    pub(super) is_off: bool,
    /// Some setting that has no effect alone.
    pub(super) has_settings: bool,
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

impl Reader {
    fn new(program: Program, words: IntoIter<Word>) -> Self {
        Self {
            words,
            program,
            profile: Profile {
                host: "localhost".to_owned(),
                ..Profile::default()
            },
            secrets: Vec::new(),
            warnings: Vec::new(),
            told: BTreeSet::new(),
            draft: PublishDraft::default(),
            has_message: false,
            topics: Vec::new(),
            // The programs' default.
            version: Version::V311,
            port: None,
            resumes: false,
            expiry: None,
            tls: Tls::default(),
            is_web_socket: false,
            subscription: Subscription::default(),
        }
    }

    fn read(&mut self) {
        while let Some(word) = self.words.next() {
            if word.is_end() {
                break;
            }
            let option = word.text();
            let known = self.address(&option)
                || self.account(&option)
                || self.session(&option)
                || self.tls(&option)
                || self.message(&option)
                || self.subscription(&option)
                || self.without_effect(&option);
            if !known {
                self.warn(format!("“{option}” is not known here and left out."));
            }
        }
    }

    fn address(&mut self, option: &str) -> bool {
        match option {
            "-h" | "--host" => self.set(option, |it, host| it.profile.host = host),
            "-p" | "--port" => {
                if let Some(port) = self.number(option) {
                    self.port = Some(port);
                }
            }
            "-L" | "--url" => self.url(option),
            "--unix" => self.set(option, |it, path| it.profile.unix_path = path),
            "--ws" => self.is_web_socket = true,
            "--proxy" => self.proxy(option),
            _ => return false,
        }
        true
    }

    fn account(&mut self, option: &str) -> bool {
        match option {
            "-u" | "--username" => self.set(option, |it, user| it.profile.user_name = user),
            "-P" | "--pw" => {
                if let Some(word) = self.word(option) {
                    self.password(SecretKind::Password, &word);
                    self.profile.use_password = true;
                }
            }
            "-i" | "--id" => self.set(option, |it, id| it.profile.client_id = id),
            "-I" | "--id-prefix" => {
                if let Some(prefix) = self.value(option) {
                    self.warn(format!(
                        "The client id “{prefix}” with a number behind it becomes a random one at each start."
                    ));
                }
            }
            _ => return false,
        }
        true
    }

    fn session(&mut self, option: &str) -> bool {
        match option {
            "-V" | "--protocol-version" => self.protocol_version(option),
            "-c" | "--disable-clean-session" => self.resumes = true,
            "-x" => self.expiry(option),
            "-k" | "--keepalive" => {
                if let Some(seconds) = self.number(option) {
                    self.profile.keep_alive = seconds;
                }
            }
            "-D" | "--property" => self.property(option),
            "--will-topic" => self.set(option, |it, topic| {
                it.profile.will.topic = topic;
                it.profile.will.enabled = true;
            }),
            "--will-payload" => self.set(option, |it, text| it.profile.will.message = text),
            "--will-qos" => {
                if let Some(qos) = self.qos(option) {
                    self.profile.will.qos = qos;
                }
            }
            "--will-retain" => self.profile.will.retain = true,
            _ => return false,
        }
        true
    }

    fn subscription(&mut self, option: &str) -> bool {
        match option {
            "-t" | "--topic" => self.set(option, |it, topic| it.topics.push(topic)),
            "-q" | "--qos" => {
                if let Some(qos) = self.qos(option) {
                    self.subscription.qos = qos;
                }
            }
            "-R" => self.subscription.retain_handling = RetainHandling::DoNotSend,
            "--retain-as-published" => self.subscription.retain_as_published = true,
            "--retain-handling" => match self.value(option).as_deref() {
                Some("always") => self.subscription.retain_handling = RetainHandling::SendRetained,
                Some("new") => self.subscription.retain_handling = RetainHandling::SendIfNew,
                Some("never") => self.subscription.retain_handling = RetainHandling::DoNotSend,
                Some(other) => self.warn(not_taken(option, other)),
                None => {}
            },
            "-T" | "--filter-out" | "-U" | "--unsubscribe" => {
                if let Some(filter) = self.value(option) {
                    self.warn(format!(
                        "{option} {filter} is left out: subscribe to less, or mute the topic."
                    ));
                }
            }
            "--retained-only" | "--remove-retained" => {
                self.warn(format!("{option} is left out: Canopy shows every message."));
            }
            _ => return false,
        }
        true
    }

    /// Options that Canopy has no use for.
    fn without_effect(&mut self, option: &str) -> bool {
        if QUIET_FLAGS.contains(&option) {
            return true;
        }
        if QUIET_VALUES.contains(&option) {
            self.value(option);
            return true;
        }
        match option {
            "-A" | "-o" | "--tls-keylog" => {
                let value = self.value(option).unwrap_or_default();
                self.warn(format!(
                    "{option} {value} is left out: Canopy has no such option."
                ));
            }
            "-S" => self.warn("-S is left out: Canopy looks up no SRV records.".to_owned()),
            _ => return false,
        }
        true
    }

    /// Tells something, once.
    pub(super) fn warn(&mut self, text: String) {
        if self.told.insert(text.clone()) {
            self.warnings.push(text);
        }
    }

    /// The word after `option`; told when it is missing.
    pub(super) fn word(&mut self, option: &str) -> Option<Word> {
        let word = self.words.next().filter(|word| !word.is_end());
        if word.is_none() {
            self.warn(format!("{option} has no value behind it and is left out."));
            // What ended here ends the command.
            self.words = Vec::new().into_iter();
        }
        word
    }

    /// The text after `option`; a variable in it is told and stays.
    pub(super) fn value(&mut self, option: &str) -> Option<String> {
        let word = self.word(option)?;
        if let Some(variable) = word.variable() {
            self.warn(format!(
                "“{variable}” after {option} is filled in by a shell, not here. Put its value in its place."
            ));
        }
        Some(word.text())
    }

    pub(super) fn set(&mut self, option: &str, set: impl FnOnce(&mut Self, String)) {
        if let Some(value) = self.value(option) {
            set(self, value);
        }
    }

    /// The number after `option`; told and left out when it is none.
    pub(super) fn number<T: std::str::FromStr>(&mut self, option: &str) -> Option<T> {
        let value = self.value(option)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warn(not_taken(option, &value));
        }
        number
    }

    fn qos(&mut self, option: &str) -> Option<Qos> {
        let number = self.number(option)?;
        let qos = Qos::from_u8(number);
        if qos.is_none() {
            self.warn(not_taken(option, &number.to_string()));
        }
        qos
    }

    /// Keeps a secret, unless a variable of the shell stands in its place.
    pub(super) fn password(&mut self, kind: SecretKind, word: &Word) {
        if let Some(variable) = word.variable() {
            let what = kind.name();
            self.warn(format!(
                "The {what} is in the shell's variable “{variable}”. Canopy asks for it."
            ));
        } else {
            self.secrets.push((kind, Secret::new(word.text())));
        }
    }
}

/// That a value does not fit.
pub(super) fn not_taken(option: &str, value: &str) -> String {
    format!("“{value}” does not fit {option} and is left out.")
}
