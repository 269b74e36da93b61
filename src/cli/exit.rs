//! Exit codes, the same as those of mosquitto's clients, so that a script need not know which of them ran.

use std::process::ExitCode;

use crate::mqtt::{ReasonCode, Version};

/// Usage errors, and a broker that could not be reached at all.
pub const ERROR: u8 = 1;
/// The connection was lost before the work was done.
pub const LOST: u8 = 7;
/// What answers does not speak TLS.
pub const TLS: u8 = 8;
/// `-W` ran out.
pub const TIMED_OUT: u8 = 27;

/// The exit code for a refused CONNACK: its code as it stood on the wire.
pub fn refused(version: Version, reason: ReasonCode) -> u8 {
    connack_code(version, reason)
}

/// The CONNACK code on the wire. For MQTT 3.1.1 the MQTT 5 reason is mapped back to the return code it came from
/// (MQTT 3.1.1, 3.2.2.3).
pub fn connack_code(version: Version, reason: ReasonCode) -> u8 {
    match (version, reason.0) {
        (Version::V311, 0x84) => 1,
        (Version::V311, 0x85) => 2,
        (Version::V311, 0x88) => 3,
        (Version::V311, 0x86) => 4,
        (Version::V311, 0x87) => 5,
        (_, code) => code,
    }
}

/// How a subcommand ended: the code, and a sentence for the person where there is something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Exit code of the process.
    pub code: u8,
    /// What to say on standard error, unless `--quiet`.
    pub message: Option<String>,
}

impl Outcome {
    /// Everything was done.
    pub const SUCCESS: Self = Self {
        code: 0,
        message: None,
    };

    /// Ended with `code`, and why.
    pub fn new(code: u8, message: impl std::fmt::Display) -> Self {
        Self {
            code,
            message: Some(message.to_string()),
        }
    }

    /// A general failure, and why.
    pub fn error(message: impl std::fmt::Display) -> Self {
        Self::new(ERROR, message)
    }

    /// Says the message on standard error, unless `quiet`, and gives the code to the process.
    pub fn report(self, quiet: bool) -> ExitCode {
        if let Some(message) = self.message.filter(|_| !quiet) {
            super::complain(&message);
        }
        ExitCode::from(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_3_1_1_refusal_keeps_its_return_code() {
        let codes = [0x84, 0x85, 0x88, 0x86, 0x87].map(ReasonCode);
        assert_eq!(
            codes.map(|reason| connack_code(Version::V311, reason)),
            [1, 2, 3, 4, 5]
        );
        assert_eq!(connack_code(Version::V5, ReasonCode(0x87)), 135);
    }
}
