//! QoS 2 messages that come again after a lost connection, told apart by packet identifier until PUBREL.
//!
//! The session behind the tap is not asked: after a lost connection rumqttc 0.34 (MQTT 5) forgets messages that it
//! had acknowledged but not yet handed out, so the tap is the only complete source, and the tap sees repeats.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::mqtt::{Packet, PacketId, Qos};

use super::Direction;

/// Remembers which QoS 2 messages have been taken in and not yet released (MQTT 5, 4.3.3). A clone knows the same and
/// learns the same: a connection that goes on with the session of another begins with it.
#[derive(Debug, Clone, Default)]
pub struct Redelivery {
    unreleased: Arc<Mutex<Ids>>,
}

/// A set of packet identifiers, one bit each.
#[derive(Debug, Default)]
struct Ids {
    /// Empty until the first identifier comes.
    bits: Vec<u64>,
}

impl Ids {
    /// Adds an identifier; whether it is new.
    fn insert(&mut self, id: PacketId) -> bool {
        if self.bits.is_empty() {
            self.bits = vec![0; 1 << 10];
        }
        let (word, bit) = place(id);
        let before = self.bits[word];
        self.bits[word] |= bit;
        before & bit == 0
    }

    fn remove(&mut self, id: PacketId) {
        let (word, bit) = place(id);
        if let Some(bits) = self.bits.get_mut(word) {
            *bits &= !bit;
        }
    }

    fn clear(&mut self) {
        self.bits.fill(0);
    }
}

fn place(id: PacketId) -> (usize, u64) {
    (usize::from(id.get() >> 6), 1 << (id.get() & 63))
}

impl Redelivery {
    /// Notes `packet` and says whether it is a PUBLISH that was taken in before. A successful CONNACK without a
    /// present session forgets everything.
    pub fn is_repeat(&mut self, direction: Direction, packet: &Packet) -> bool {
        if direction != Direction::Incoming {
            return false;
        }
        match packet {
            Packet::Publish(publish) if publish.qos == Qos::ExactlyOnce => publish
                .packet_id
                .is_some_and(|packet_id| !self.unreleased.lock().insert(packet_id)),
            Packet::PubRel(release) => {
                self.unreleased.lock().remove(release.packet_id);
                false
            }
            Packet::ConnAck(connack) => {
                if !connack.session_present && !connack.reason.is_error() {
                    self.unreleased.lock().clear();
                }
                false
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::mqtt::{Ack, ConnAck, Properties, Publish, ReasonCode, TopicName};

    fn publish(id: u16, qos: Qos) -> Packet {
        Packet::Publish(Publish {
            topic: TopicName::new("a").unwrap(),
            payload: Bytes::new(),
            qos,
            retain: false,
            dup: false,
            packet_id: PacketId::new(id),
            properties: None,
        })
    }

    fn release(id: u16) -> Packet {
        Packet::PubRel(Ack {
            packet_id: PacketId::new(id).unwrap(),
            reason: ReasonCode::SUCCESS,
            properties: None,
        })
    }

    fn connack(session_present: bool, reason: ReasonCode) -> Packet {
        Packet::ConnAck(Box::new(ConnAck {
            session_present,
            reason,
            properties: Properties::default(),
        }))
    }

    #[test]
    fn a_qos_2_message_is_new_once_until_its_release() {
        let mut redelivery = Redelivery::default();
        let mut seen = |packet: &Packet| redelivery.is_repeat(Direction::Incoming, packet);
        assert!(!seen(&publish(1, Qos::ExactlyOnce)));
        assert!(seen(&publish(1, Qos::ExactlyOnce)));
        assert!(!seen(&publish(2, Qos::ExactlyOnce)));
        assert!(!seen(&release(1)));
        assert!(!seen(&publish(1, Qos::ExactlyOnce)));
        assert!(seen(&publish(2, Qos::ExactlyOnce)));
    }

    #[test]
    fn a_new_session_forgets_and_a_resumed_or_refused_one_does_not() {
        let mut redelivery = Redelivery::default();
        let mut seen = |packet: &Packet| redelivery.is_repeat(Direction::Incoming, packet);
        assert!(!seen(&publish(1, Qos::ExactlyOnce)));
        assert!(!seen(&connack(true, ReasonCode::SUCCESS)));
        assert!(!seen(&connack(false, ReasonCode(0x88))));
        assert!(seen(&publish(1, Qos::ExactlyOnce)));
        assert!(!seen(&connack(false, ReasonCode::SUCCESS)));
        assert!(!seen(&publish(1, Qos::ExactlyOnce)));
    }

    #[test]
    fn other_qos_and_outgoing_messages_are_never_repeats() {
        let mut redelivery = Redelivery::default();
        for _ in 0..2 {
            assert!(!redelivery.is_repeat(Direction::Incoming, &publish(1, Qos::AtLeastOnce)));
            assert!(!redelivery.is_repeat(Direction::Outgoing, &publish(1, Qos::ExactlyOnce)));
        }
    }
}
