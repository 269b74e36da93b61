//! Reason codes (MQTT 5, 2.4) with their names and what they mean to a person, with the cure.
//!
//! One number can mean different things in different packets, so each answer of a broker has its own words; what
//! is the same everywhere stands in the table.

mod context;
mod table;

use std::fmt;

/// A reason code as it stands on the wire. Below 0x80 is success of some kind, from 0x80 on a refusal or error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReasonCode(pub u8);

/// What a reason code says to the person who reads it, in two sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What happened: "The broker refused the user name or password."
    pub what: &'static str,
    /// What to do about it: "Check both in the profile." Empty where nothing is to be done.
    pub cure: &'static str,
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        if self.cure.is_empty() {
            return Ok(());
        }
        write!(f, " {}", self.cure)
    }
}

impl ReasonCode {
    /// 0x00: success, granted QoS 0, or a normal disconnection.
    pub const SUCCESS: Self = Self(0x00);

    /// Whether this refuses or reports an error (0x80 and above).
    pub fn is_error(self) -> bool {
        self.0 >= 0x80
    }

    /// The MQTT 5 code that says the same as a CONNACK return code of MQTT 3.1.1 (MQTT 3.1.1, 3.2.2.3). Numbers
    /// from 0x80 on stay what they are: some brokers send MQTT 5 codes to everybody.
    pub fn from_connect_return_code(code: u8) -> Self {
        Self(match code {
            0 => 0x00,
            1 => 0x84,
            2 => 0x85,
            3 => 0x88,
            4 => 0x86,
            5 => 0x87,
            6..0x80 => 0x80,
            mqtt5 => mqtt5,
        })
    }

    /// The standard's own name, for example `Not authorized`; `Unknown reason code` for a number it does not list.
    /// 0x00 is `Success`, which the standard also calls `Granted QoS 0` and `Normal disconnection`.
    pub fn name(self) -> &'static str {
        table::find(self).map_or("Unknown reason code", |entry| entry.name)
    }

    /// A sentence for the person who reads it, ending with what to do about it. Where the packet is known, one of
    /// the other functions says it better.
    pub fn meaning(self) -> &'static str {
        table::find(self).map_or(
            "The broker gave a reason that the standard does not list. Look for it in the broker's documentation.",
            |entry| entry.sentence,
        )
    }

    /// The two sentences of [`ReasonCode::meaning`].
    fn general(self) -> Meaning {
        table::find(self).map_or(
            Meaning {
                what: "The broker gave a reason that the standard does not list.",
                cure: "Look for it in the broker's documentation.",
            },
            |entry| entry.meaning,
        )
    }
}

/// The number as the standard writes it, with its name: `0x87 Not authorized`.
impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:02X} {}", self.0, self.name())
    }
}

#[cfg(test)]
mod tests;
