//! Every reason code of MQTT 5, 2.4 with the standard's name and what it means wherever it appears.

use super::{Meaning, ReasonCode};

/// One row of the table.
pub(super) struct Entry {
    code: u8,
    /// The standard's name.
    pub(super) name: &'static str,
    /// What it means and what to do.
    pub(super) meaning: Meaning,
    /// Both sentences as one text.
    pub(super) sentence: &'static str,
}

/// The row of `code`, if the standard lists it.
pub(super) fn find(code: ReasonCode) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.code == code.0)
}

macro_rules! table {
    ($($code:literal $name:literal, $what:literal, $cure:literal;)*) => {
        /// In the order of the standard.
        pub(super) const TABLE: &[Entry] = &[$(Entry {
            code: $code,
            name: $name,
            meaning: Meaning { what: $what, cure: $cure },
            sentence: concat!($what, " ", $cure),
        },)*];
    };
}

table! {
    0x00 "Success", "It worked.", "Nothing is to be done.";
    0x01 "Granted QoS 1", "Subscribed, with QoS 1 at most.", "Nothing is to be done.";
    0x02 "Granted QoS 2", "Subscribed, with QoS 2 at most.", "Nothing is to be done.";
    0x04 "Disconnect with Will Message",
        "The client left and asked the broker to publish its last will.", "Nothing is to be done.";
    0x10 "No matching subscribers",
        "The broker took the message, but nobody is subscribed to its topic.",
        "Subscribe to the topic to see such messages arrive.";
    0x11 "No subscription existed",
        "There was no subscription to this topic filter.", "Nothing is to be done.";
    0x18 "Continue authentication",
        "The authentication goes on with another step.", "Nothing is to be done.";
    0x19 "Re-authenticate", "The client starts a new authentication.", "Nothing is to be done.";
    0x80 "Unspecified error",
        "The broker refused without saying why.", "Look into the broker's log.";
    0x81 "Malformed Packet",
        "The other side received a packet that it could not read.",
        "Choose the other MQTT version in the profile, and check that this is an MQTT port.";
    0x82 "Protocol Error",
        "The other side received a packet that it did not expect.",
        "Choose the other MQTT version in the profile, or look into the broker's log.";
    0x83 "Implementation specific error",
        "The broker refused for a reason of its own.", "Look into the broker's log.";
    0x84 "Unsupported Protocol Version",
        "The broker does not speak this version of MQTT.",
        "Choose MQTT 3.1.1 in the profile, or MQTT 5 if it is set to 3.1.1.";
    0x85 "Client Identifier not valid",
        "The broker does not accept this client id.",
        "Enter another one in the profile, or leave it empty for a random one.";
    0x86 "Bad User Name or Password",
        "The broker refused the user name or password.", "Check both in the profile.";
    0x87 "Not authorized",
        "The broker's access rules do not allow this.",
        "Use another user name, or ask whoever runs the broker for access.";
    0x88 "Server unavailable",
        "The broker is not available at the moment.", "Try again later.";
    0x89 "Server busy", "The broker is busy.", "Try again later.";
    0x8A "Banned",
        "The broker has banned this client.", "Ask whoever runs the broker to lift the ban.";
    0x8B "Server shutting down",
        "The broker is shutting down.", "Connect again when it is back.";
    0x8C "Bad authentication method",
        "The broker does not know this authentication method, or it is not the one of the connection.",
        "Ask whoever runs the broker which method it wants.";
    0x8D "Keep Alive timeout",
        "The broker heard nothing for one and a half times the keep alive.",
        "Check the network, or set a longer keep alive in the profile.";
    0x8E "Session taken over",
        "Another client connected with the same client id.", "Give each client its own client id.";
    0x8F "Topic Filter invalid",
        "The broker does not accept this topic filter.", "Try a simpler filter.";
    0x90 "Topic Name invalid",
        "The broker does not accept this topic.",
        "Use another topic; some brokers allow only certain ones.";
    0x91 "Packet Identifier in use",
        "The packet identifier is still in use on the broker.",
        "Connect again with a clean start.";
    0x92 "Packet Identifier not found",
        "The other side does not know this packet identifier any more.",
        "Connect again with a clean start if it happens again.";
    0x93 "Receive Maximum exceeded",
        "More messages were in flight than the other side allows.",
        "Send fewer QoS 1 and 2 messages at once.";
    0x94 "Topic Alias invalid",
        "A topic alias was used that the other side does not allow.",
        "Send the message without a topic alias.";
    0x95 "Packet too large",
        "The packet is larger than the other side accepts.",
        "Send a smaller payload, or raise the limit on the broker.";
    0x96 "Message rate too high",
        "Messages came faster than the broker allows.", "Publish more slowly.";
    0x97 "Quota exceeded",
        "A limit that the broker sets for this client is used up.",
        "Wait, or ask whoever runs the broker to raise the limit.";
    0x98 "Administrative action",
        "Whoever runs the broker ended this connection.",
        "Ask them why before you connect again.";
    0x99 "Payload format invalid",
        "The payload does not have the format that its properties promise.",
        "Correct the payload, or turn off the payload format indicator.";
    0x9A "Retain not supported",
        "The broker keeps no retained messages.", "Turn off retain.";
    0x9B "QoS not supported",
        "The broker does not support this QoS.", "Choose a lower QoS.";
    0x9C "Use another server",
        "The broker asks to use another server for now.",
        "Connect to the server it names, or ask whoever runs it.";
    0x9D "Server moved",
        "The broker has moved to another address.",
        "Enter the new address in the profile.";
    0x9E "Shared Subscriptions not supported",
        "The broker does not support shared subscriptions.",
        "Subscribe without “$share/group/” in front.";
    0x9F "Connection rate exceeded",
        "Too many connections were opened in a short time.",
        "Wait a little before you connect again.";
    0xA0 "Maximum connect time",
        "The longest time that the broker allows for one connection is over.",
        "Connect again.";
    0xA1 "Subscription Identifiers not supported",
        "The broker does not support subscription identifiers.",
        "Subscribe without one.";
    0xA2 "Wildcard Subscriptions not supported",
        "The broker does not support “+” and “#”.",
        "Subscribe to full topics.";
}
