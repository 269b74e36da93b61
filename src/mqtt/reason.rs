//! Reason codes (MQTT 5, 2.4) with their names and what they mean to a person, with the cure.

/// A reason code as it stands on the wire. Below 0x80 is success of some kind, from 0x80 on a refusal or error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReasonCode(pub u8);

/// Code, the standard's name, and a sentence for everyone.
const CODES: [(u8, &str, &str); 43] = [
    (0x00, "Success", "It worked."),
    (0x01, "Granted QoS 1", "The subscription was granted with QoS 1."),
    (0x02, "Granted QoS 2", "The subscription was granted with QoS 2."),
    (0x04, "Disconnect with Will Message", "The client left and asked the broker to publish its will."),
    (0x10, "No matching subscribers", "The broker took the message, but nobody is subscribed to its topic."),
    (0x11, "No subscription existed", "There was no such subscription to end."),
    (0x18, "Continue authentication", "The authentication goes on."),
    (0x19, "Re-authenticate", "The authentication begins anew."),
    (0x80, "Unspecified error", "The broker gives no reason. Its log may say more."),
    (0x81, "Malformed packet", "The broker could not read a packet. Try the other protocol version."),
    (0x82, "Protocol error", "The broker saw a packet that breaks a rule of the protocol. Try the other protocol version."),
    (0x83, "Implementation specific error", "The broker does not support this. Its documentation or log may say why."),
    (0x84, "Unsupported protocol version", "The broker does not speak this version. Choose the other protocol version in the profile."),
    (0x85, "Client identifier not valid", "The broker does not accept this client ID. Choose another one, or leave it empty."),
    (0x86, "Bad user name or password", "The broker does not know this user name with this password. Check both."),
    (0x87, "Not authorized", "The broker's access rules do not allow this. Ask for the rights, or use another account."),
    (0x88, "Server unavailable", "The broker cannot serve right now. Try again later."),
    (0x89, "Server busy", "The broker is busy. Try again later."),
    (0x8a, "Banned", "The broker has banned this client. Ask who runs it."),
    (0x8b, "Server shutting down", "The broker is being shut down. Connect again once it is back."),
    (0x8c, "Bad authentication method", "The broker does not support this authentication method. Use user name and password."),
    (0x8d, "Keep alive timeout", "The broker heard nothing for one and a half times the keep alive. Check the network, or raise the keep alive."),
    (0x8e, "Session taken over", "Another client connected with the same client ID. Give each client its own."),
    (0x8f, "Topic filter invalid", "The broker does not accept this topic filter. Try a narrower one."),
    (0x90, "Topic name invalid", "The broker does not accept this topic. Choose another one."),
    (0x91, "Packet identifier in use", "A message with this packet identifier is still under way. Connect again with a clean start."),
    (0x92, "Packet identifier not found", "The other side does not know this message any more. Nothing needs to be done."),
    (0x93, "Receive maximum exceeded", "More messages were under way than the other side allows. Publish more slowly."),
    (0x94, "Topic alias invalid", "A topic alias is not known to the other side. Connect again."),
    (0x95, "Packet too large", "The packet is larger than the other side accepts. Publish a smaller payload."),
    (0x96, "Message rate too high", "Messages come faster than the broker allows. Publish more slowly."),
    (0x97, "Quota exceeded", "A limit of the broker is used up. Ask who runs it, or remove something."),
    (0x98, "Administrative action", "Somebody ended this connection on the broker. Connect again, or ask who runs it."),
    (0x99, "Payload format invalid", "The payload is not what its format indicator says. Send UTF-8 text, or leave the indicator out."),
    (0x9a, "Retain not supported", "The broker keeps no retained messages. Publish without retain."),
    (0x9b, "QoS not supported", "The broker does not support this QoS. Choose a lower one."),
    (0x9c, "Use another server", "The broker asks to use another one for now. Connect to that one."),
    (0x9d, "Server moved", "The broker has moved for good. Change host and port in the profile."),
    (0x9e, "Shared subscriptions not supported", "The broker has no shared subscriptions. Subscribe without $share."),
    (0x9f, "Connection rate exceeded", "Connections come faster than the broker allows. Wait before the next attempt."),
    (0xa0, "Maximum connect time", "The time allowed for a connection is over. Connect again."),
    (0xa1, "Subscription identifiers not supported", "The broker has no subscription identifiers. Subscribe without one."),
    (0xa2, "Wildcard subscriptions not supported", "The broker does not allow + and #. Subscribe to whole topics."),
];

impl ReasonCode {
    /// 0x00: success, granted QoS 0, or a normal disconnection.
    pub const SUCCESS: Self = Self(0x00);

    /// Whether this refuses or reports an error (0x80 and above).
    pub fn is_error(self) -> bool {
        self.0 >= 0x80
    }

    /// The standard's own name, for example `Not authorized`; `Unknown reason code` for a number it does not list.
    pub fn name(self) -> &'static str {
        self.entry().map_or("Unknown reason code", |(_, name, _)| name)
    }

    /// A sentence for the person who reads it; where something went wrong, it ends with what to do about it.
    pub fn meaning(self) -> &'static str {
        self.entry().map_or("The broker gave a reason that the standard does not list. Its log may say more.", |(_, _, meaning)| {
            meaning
        })
    }

    /// What a code of SUBACK means for the subscription (MQTT 5, 3.9.3). MQTT 3.1.1 knows only 0x80, so that one
    /// names the usual cause.
    pub fn suback_meaning(self) -> &'static str {
        match self.0 {
            0x00 => "The subscription was granted with QoS 0.",
            0x80 => "The broker gives no reason; usually its access rules do not allow this filter. Try a narrower one.",
            0x87 => "The broker's access rules do not allow this filter. Try a narrower one, or use another account.",
            _ => self.meaning(),
        }
    }

    /// The MQTT 5 counterpart of a return code of MQTT 3.1.1's CONNACK (3.2.2.3, table 3.1).
    pub fn from_connect_return_code(code: u8) -> Self {
        Self(match code {
            1 => 0x84,
            2 => 0x85,
            3 => 0x88,
            4 => 0x86,
            5 => 0x87,
            other => other,
        })
    }

    fn entry(self) -> Option<(u8, &'static str, &'static str)> {
        CODES.into_iter().find(|(code, ..)| *code == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_in_order() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn every_text_is_a_sentence() {
        for (code, name, meaning) in CODES {
            assert!(!name.is_empty() && meaning.ends_with('.'), "{code:#x}");
        }
    }

    #[test]
    fn return_codes_of_3_1_1_get_their_counterparts() {
        let mapped: Vec<_> = (0..=5).map(|code| ReasonCode::from_connect_return_code(code).name()).collect();
        assert_eq!(
            mapped,
            [
                "Success",
                "Unsupported protocol version",
                "Client identifier not valid",
                "Server unavailable",
                "Bad user name or password",
                "Not authorized"
            ]
        );
    }

    #[test]
    fn unlisted_codes_are_errors_with_a_text() {
        assert!(ReasonCode(0xff).is_error());
        assert_eq!(ReasonCode(0xff).name(), "Unknown reason code");
    }
}
