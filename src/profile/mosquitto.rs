//! A profile as a line for a shell: `mosquitto_sub` and `mosquitto_pub` with every value quoted. The password is
//! never in it, only a placeholder to type over.

use std::fmt::Write as _;

use thiserror::Error;

use crate::mqtt::{Qos, Version};

use super::{PayloadKind, Profile, PublishDraft, PublishProperties, Session};

/// What stands in a command where the password belongs.
const PASSWORD_PLACEHOLDER: &str = "<password>";
/// Longer payloads go through a pipe: Linux takes 128 KiB for one argument.
const LONGEST_ARGUMENT: usize = 100_000;

/// Why there is no command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommandError {
    /// A terminal takes control characters in pasted text for keys, so that text from elsewhere could run anything;
    /// and arguments of programs end at a null character.
    #[error(
        "“{0}” contains control characters, which a terminal could take for keys. Remove them from the connection or the message."
    )]
    Control(String),
}

impl Profile {
    /// The `mosquitto_sub` line that connects as this profile does and prints what its subscriptions bring, with
    /// the highest of their QoS, since the program has one for all. With a client id it takes over from a
    /// connection that uses the same one (MQTT 5, 3.1.4).
    ///
    /// # Errors
    /// [`CommandError::Control`].
    pub fn mosquitto_sub_command(&self) -> Result<String, CommandError> {
        let mut words = self.connect_words("mosquitto_sub");
        self.add_session(&mut words);
        self.add_will(&mut words);
        let subscriptions = &self.subscriptions;
        if subscriptions.is_empty() {
            words.pair("-t", "#");
        }
        for subscription in subscriptions {
            words.pair("-t", &subscription.filter);
        }
        let qos = subscriptions.iter().map(|subscription| subscription.qos);
        words.pair("-q", &qos.max().unwrap_or(Qos::AtMostOnce));
        words.word("-v");
        words.join()
    }

    /// The `mosquitto_pub` line that sends `draft`. `payload` is what the draft's text amounts to once
    /// placeholders are filled in and digits are bytes; for [`PayloadKind::File`] the path is used and `payload`
    /// ignored. Anything but printable text goes through `printf` and a pipe. The line has no client id and no will, so
    /// that it does not disturb a connection that has.
    ///
    /// # Errors
    /// [`CommandError::Control`].
    pub fn publish_command(
        &self,
        draft: &PublishDraft,
        payload: &[u8],
    ) -> Result<String, CommandError> {
        let mut words = self.connect_words("mosquitto_pub");
        words.pair("-t", &draft.topic);
        words.pair("-q", &draft.qos);
        if draft.retain {
            words.word("-r");
        }
        if self.version == Version::V5 {
            add_properties(&draft.properties, &mut words);
        }
        if draft.kind == PayloadKind::File {
            words.pair("-f", &draft.payload);
            return words.join();
        }
        match std::str::from_utf8(payload) {
            Ok("") => words.word("-n"),
            Ok(text) if text.len() <= LONGEST_ARGUMENT && is_printable(text) => {
                words.pair("-m", text);
            }
            _ => {
                words.word("-s");
                return Ok(format!(
                    "printf '{}' | {}",
                    printf_format(payload),
                    words.join()?
                ));
            }
        }
        words.join()
    }

    /// Program, version, address and account.
    fn connect_words(&self, program: &str) -> Words {
        let mut words = Words(vec![program.to_owned()]);
        words.pair(
            "-V",
            match self.version {
                Version::V311 => "mqttv311",
                Version::V5 => "mqttv5",
            },
        );
        words.pair("-h", &self.host);
        words.pair("-p", &self.port);
        if !self.user_name.is_empty() {
            words.pair("-u", &self.user_name);
        }
        if self.use_password {
            words.pair("-P", PASSWORD_PLACEHOLDER);
        }
        words
    }

    /// Client id, keep alive, session and the largest packet.
    fn add_session(&self, words: &mut Words) {
        if !self.client_id.is_empty() {
            words.pair("-i", &self.client_id);
        }
        // The program takes 5 to 65,535 seconds and cannot turn the keep alive off.
        let keep_alive = match self.keep_alive {
            0 => u16::MAX,
            seconds => seconds.max(5),
        };
        words.pair("-k", &keep_alive);
        let resumes = self.session == Session::Resume && !self.client_id.is_empty();
        if resumes {
            words.word("-c");
        }
        if self.version == Version::V5 {
            if resumes {
                words.pair("-x", &self.session_expiry);
            }
            if self.max_packet_size != Self::default().max_packet_size {
                words.property("connect", "maximum-packet-size", &self.max_packet_size);
            }
        }
    }

    fn add_will(&self, words: &mut Words) {
        let will = &self.will;
        if !will.enabled {
            return;
        }
        words.pair("--will-topic", &will.topic);
        if !will.message.is_empty() {
            words.pair("--will-payload", &will.message);
        }
        words.pair("--will-qos", &will.qos);
        if will.retain {
            words.word("--will-retain");
        }
        if will.delay > 0 && self.version == Version::V5 {
            words.property("will", "will-delay-interval", &will.delay);
        }
    }
}

fn add_properties(properties: &PublishProperties, words: &mut Words) {
    if properties.payload_is_utf8 {
        words.property("publish", "payload-format-indicator", &1);
    }
    if let Some(seconds) = properties.message_expiry {
        words.property("publish", "message-expiry-interval", &seconds);
    }
    for (name, value) in [
        ("content-type", &properties.content_type),
        ("response-topic", &properties.response_topic),
        ("correlation-data", &properties.correlation_data),
    ] {
        if !value.is_empty() {
            words.property("publish", name, value);
        }
    }
    for (name, value) in &properties.user {
        words.property("publish", "user-property", name);
        words.word(value);
    }
}

/// The format string with which every POSIX `printf` prints `bytes`, to stand between single quotes: only octal
/// escapes are portable.
fn printf_format(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len() * 4);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b" .,:;_-+/=@#".contains(&byte) {
            format.push(char::from(byte));
        } else if let Err(err) = write!(format, "\\{byte:03o}") {
            // A String takes every write.
            debug_assert!(false, "{err}");
        }
    }
    format
}

/// The words of a command, not yet quoted.
struct Words(Vec<String>);

impl Words {
    fn word(&mut self, word: &str) {
        self.0.push(word.to_owned());
    }

    fn pair(&mut self, flag: &str, value: &(impl ToString + ?Sized)) {
        self.word(flag);
        self.0.push(value.to_string());
    }

    fn property(&mut self, packet: &str, name: &str, value: &(impl ToString + ?Sized)) {
        self.pair("-D", packet);
        self.pair(name, value);
    }

    fn join(&self) -> Result<String, CommandError> {
        if let Some(word) = self.0.iter().find(|word| !is_printable(word)) {
            return Err(CommandError::Control(word.escape_debug().to_string()));
        }
        let words = self.0.iter().map(String::as_str);
        shlex::try_join(words).map_err(|err| CommandError::Control(err.to_string()))
    }
}

/// Whether `text` can be pasted into a terminal; line ends are harmless between quotes.
fn is_printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::super::{Subscription, WillSettings};
    use super::*;

    fn example() -> Profile {
        Profile {
            host: "broker.example".to_owned(),
            client_id: "bench 1".to_owned(),
            session: Session::Resume,
            user_name: "ann".to_owned(),
            use_password: true,
            will: WillSettings {
                enabled: true,
                topic: "status/online".to_owned(),
                message: "it's off".to_owned(),
                qos: Qos::AtLeastOnce,
                retain: true,
                delay: 5,
                ..WillSettings::default()
            },
            subscriptions: vec![Subscription::new("$SYS/#", Qos::ExactlyOnce)],
            ..Profile::default()
        }
    }

    #[test]
    fn a_subscription_as_a_command() {
        assert_eq!(
            example().mosquitto_sub_command().unwrap(),
            "mosquitto_sub -V mqttv5 -h broker.example -p 1883 -u ann -P '<password>' -i 'bench 1' -k 60 -c -x 3600 \
             --will-topic status/online --will-payload \"it's off\" --will-qos 1 --will-retain \
             -D will will-delay-interval 5 -t '$SYS/#' -q 2 -v"
        );
        let old = Profile {
            version: Version::V311,
            ..example()
        };
        let command = old.mosquitto_sub_command().unwrap();
        assert!(
            command.starts_with("mosquitto_sub -V mqttv311 "),
            "{command}"
        );
        assert!(
            !command.contains("-D") && !command.contains("-x"),
            "{command}"
        );
    }

    #[test]
    fn what_the_program_refuses_is_not_written() {
        let profile = Profile {
            session: Session::Resume,
            keep_alive: 0,
            subscriptions: Vec::new(),
            ..Profile::default()
        };
        let command = profile.mosquitto_sub_command().unwrap();
        assert_eq!(
            command,
            "mosquitto_sub -V mqttv5 -h 127.0.0.1 -p 1883 -k 65535 -t '#' -q 0 -v"
        );
    }

    #[test]
    fn bytes_that_are_no_text_go_through_a_pipe() {
        let draft = PublishDraft {
            topic: "a".to_owned(),
            ..PublishDraft::default()
        };
        let command = |payload: &[u8]| Profile::default().publish_command(&draft, payload).unwrap();
        assert!(command(b"").ends_with(" -t a -q 0 -n"));
        assert!(command(b"-x").ends_with(" -m -x"));
        let piped = command(b"%'\\\x00\xff a");
        assert!(
            piped.starts_with(r"printf '\045\047\134\000\377 a' | mosquitto_pub "),
            "{piped}"
        );
        assert!(piped.ends_with(" -s"));
    }

    #[test]
    fn control_characters_never_reach_a_terminal() {
        let escape = "a\x1b[201~\n";
        let draft = PublishDraft {
            topic: escape.to_owned(),
            ..PublishDraft::default()
        };
        let err = Profile::default()
            .publish_command(&draft, b"x")
            .unwrap_err();
        assert!(err.to_string().contains(r"\u{1b}"), "{err}");
        let draft = PublishDraft {
            topic: "a".to_owned(),
            ..PublishDraft::default()
        };
        let command = Profile::default().publish_command(&draft, escape.as_bytes());
        assert!(!command.unwrap().contains('\x1b'));
        let lines = Profile::default().publish_command(&draft, b"two\nlines");
        assert!(lines.unwrap().ends_with(" -m 'two\nlines'"));
    }
}
