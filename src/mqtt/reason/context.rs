//! What a reason code means in one kind of packet, where that differs from the table.

use super::{Meaning, ReasonCode};

const fn says(what: &'static str, cure: &'static str) -> Meaning {
    Meaning { what, cure }
}

impl ReasonCode {
    /// In CONNACK (MQTT 5, 3.2.2.2).
    pub fn connack_meaning(self) -> Meaning {
        match self.0 {
            0x00 => says("Connected.", ""),
            0x80 => says(
                "The broker refused the connection without saying why.",
                "Look into the broker's log.",
            ),
            0x81 | 0x82 => says(
                "The broker could not make sense of the CONNECT packet.",
                "Choose the other MQTT version in the profile.",
            ),
            0x87 => says(
                "The broker does not let this client in.",
                "Enter a user name and password in the profile, or ask whoever runs the broker for access.",
            ),
            0x90 => says(
                "The broker does not accept the topic of the last will.",
                "Change the will's topic in the profile.",
            ),
            0x95 => says(
                "The CONNECT packet is larger than the broker accepts.",
                "Shorten the last will in the profile.",
            ),
            0x99 => says(
                "The last will does not have the format that its properties promise.",
                "Change the will's message in the profile.",
            ),
            0x9a => says(
                "The broker keeps no retained messages, but the last will is to be retained.",
                "Turn off the will's retain in the profile.",
            ),
            0x9b => says(
                "The broker does not support the QoS of the last will.",
                "Choose a lower QoS for the will in the profile.",
            ),
            _ => self.general(),
        }
    }

    /// In DISCONNECT (MQTT 5, 3.14.2.1).
    pub fn disconnect_meaning(self) -> Meaning {
        match self.0 {
            0x00 => says("Disconnected normally.", ""),
            0x04 => says("Disconnected, and the last will is published.", ""),
            0x80 => says(
                "The broker closed the connection without saying why.",
                "Look into the broker's log.",
            ),
            0x87 => says(
                "The broker closed the connection because something was not allowed.",
                "Remove subscriptions such as “$SYS/#” or “#” from the profile, or publish only where you may.",
            ),
            0x89 => says(
                "The broker closed the connection because it is busy.",
                "Try again later.",
            ),
            0x8f => says(
                "The broker closed the connection because of a topic filter that it does not accept.",
                "Remove or change the last subscription.",
            ),
            0x90 => says(
                "The broker closed the connection because of a topic that it does not accept.",
                "Publish to another topic, and check the will's topic in the profile.",
            ),
            0x9a => says(
                "The broker closed the connection because it keeps no retained messages.",
                "Publish without retain.",
            ),
            0x9b => says(
                "The broker closed the connection because it does not support the QoS of a message.",
                "Publish with a lower QoS.",
            ),
            _ => self.general(),
        }
    }

    /// In SUBACK (MQTT 5, 3.9.3). MQTT 3.1.1 has only 0x80 for every refusal (3.9.3).
    pub fn suback_meaning(self) -> Meaning {
        match self.0 {
            0x00 => says("Subscribed, with QoS 0 at most.", ""),
            0x01 => says("Subscribed, with QoS 1 at most.", ""),
            0x02 => says("Subscribed, with QoS 2 at most.", ""),
            0x80 => says(
                "The broker refused this filter without saying why.",
                "Its access rules may not allow it: try a narrower filter.",
            ),
            0x83 => says(
                "The broker refused this filter for a reason of its own.",
                "Try a narrower filter, or look into the broker's log.",
            ),
            0x87 => says(
                "The broker's access rules do not allow this filter.",
                "Try a narrower filter.",
            ),
            0x97 => says(
                "The broker allows this client no more subscriptions.",
                "Remove one that you do not need.",
            ),
            0xa2 => says(
                "The broker does not support “+” and “#”.",
                "Subscribe to full topics.",
            ),
            _ => self.general(),
        }
    }

    /// In UNSUBACK (MQTT 5, 3.11.3).
    pub fn unsuback_meaning(self) -> Meaning {
        match self.0 {
            0x00 => says("Unsubscribed.", ""),
            0x11 => says("The broker knew of no such subscription.", ""),
            0x80 | 0x83 => says(
                "The broker did not remove the subscription.",
                "Connect again with a clean start.",
            ),
            0x87 => says(
                "The broker's access rules do not allow unsubscribing from this filter.",
                "Connect again with a clean start.",
            ),
            _ => self.general(),
        }
    }

    /// In PUBACK, PUBREC, PUBREL and PUBCOMP (MQTT 5, 3.4.2.1 to 3.7.2.1).
    pub fn publish_meaning(self) -> Meaning {
        match self.0 {
            0x00 => says("The broker has the message.", ""),
            0x80 => says(
                "The broker refused the message without saying why.",
                "Look into the broker's log.",
            ),
            0x83 => says(
                "The broker refused the message for a reason of its own.",
                "Look into the broker's log.",
            ),
            0x87 => says(
                "The broker's access rules do not allow publishing to this topic.",
                "Publish to another topic, or ask whoever runs the broker for access.",
            ),
            0x97 => says(
                "The broker takes no more messages from this client for now.",
                "Wait, or ask whoever runs the broker to raise the limit.",
            ),
            _ => self.general(),
        }
    }
}
