//! The words of a command line, and how a shell gets them unchanged.

use thiserror::Error;

use super::super::is_secret_name;
use super::PROPERTY_VARIABLE;

/// Why there is no command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommandError {
    /// A terminal takes control characters in pasted text for keys, so that text from elsewhere could run anything;
    /// and arguments of programs end at a null character.
    #[error(
        "“{0}” contains control characters, which a terminal could take for keys. Remove them from the connection or the message."
    )]
    Control(String),
    /// Its options take text only.
    #[error(
        "mosquitto_pub cannot send correlation data that is given in hexadecimal. Type it as text, or leave it out."
    )]
    Correlation,
}

/// A piece of a word.
enum Piece {
    /// Text that arrives as it is.
    Text(String),
    /// A variable of the shell, filled in when the command runs.
    Variable(&'static str),
}

/// The words of a command, not yet quoted.
pub(super) struct Words(Vec<Vec<Piece>>);

impl Words {
    /// A command that runs `program`.
    pub(super) fn new(program: &str) -> Self {
        let mut words = Self(Vec::new());
        words.word(program);
        words
    }

    pub(super) fn word(&mut self, word: &str) {
        self.0.push(vec![Piece::Text(word.to_owned())]);
    }

    pub(super) fn pair(&mut self, flag: &str, value: &(impl ToString + ?Sized)) {
        self.word(flag);
        self.word(&value.to_string());
    }

    /// `-D packet name value`.
    pub(super) fn property(&mut self, packet: &str, name: &str, value: &(impl ToString + ?Sized)) {
        self.pair("-D", packet);
        self.pair(name, value);
    }

    /// `-D packet user-property name value`, for each of them. A value that lets somebody in by its name is left to the
    /// shell.
    pub(super) fn user_properties(&mut self, packet: &str, properties: &[(String, String)]) {
        for (name, value) in properties {
            self.property(packet, "user-property", name);
            if is_secret_name(name) {
                self.0.push(vec![Piece::Variable(PROPERTY_VARIABLE)]);
            } else {
                self.word(value);
            }
        }
    }

    /// A flag and a value with the shell's `variable` between `before` and `after`.
    pub(super) fn variable(
        &mut self,
        flag: &str,
        before: String,
        variable: &'static str,
        after: String,
    ) {
        self.word(flag);
        let variable = Piece::Variable(variable);
        self.0
            .push(vec![Piece::Text(before), variable, Piece::Text(after)]);
    }

    /// The line for a POSIX shell.
    ///
    /// # Errors
    /// [`CommandError::Control`].
    pub(super) fn join(&self) -> Result<String, CommandError> {
        let words: Result<Vec<String>, _> = self.0.iter().map(|word| quoted(word)).collect();
        Ok(words?.join(" "))
    }
}

fn quoted(word: &[Piece]) -> Result<String, CommandError> {
    let mut quoted = String::new();
    for piece in word {
        match piece {
            Piece::Text(text) if !is_printable(text) => {
                return Err(CommandError::Control(text.escape_debug().to_string()));
            }
            Piece::Text(text) if text.is_empty() && word.len() > 1 => {}
            Piece::Text(text) => {
                let text =
                    shlex::try_quote(text).map_err(|err| CommandError::Control(err.to_string()))?;
                quoted.push_str(&text);
            }
            Piece::Variable(name) => {
                quoted.push_str("\"$");
                quoted.push_str(name);
                quoted.push('"');
            }
        }
    }
    Ok(quoted)
}

/// Whether `text` can be pasted into a terminal; line ends are harmless between quotes.
pub(super) fn is_printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}
