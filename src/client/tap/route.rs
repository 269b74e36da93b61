//! Which incoming packets the session behind the tap gets to see.
//!
//! Messages come out of [`crate::client::Captures`] and not out of rumqttc, so rumqttc does not need them; without them a message costs
//! a fraction. What it would do with one is done here: QoS 1 is answered with PUBACK, QoS 2 with PUBREC, and PUBREL with
//! PUBCOMP, in the order they came (MQTT 5, 4.6). That takes no memory: which QoS 2 messages are new is known to
//! [`crate::client::Redelivery`], and a repeated one gets the same answer (4.3.3). All else goes on to rumqttc, also a
//! PUBLISH without a topic, whole topic or packet identifier, so that it ends the connection. What breaks a rule further
//! inside is not looked at here: it is acknowledged, so that it does not come again after each reconnect, and whoever
//! decodes it says that it cannot be read.

use crate::mqtt::PacketId;

/// Where an incoming packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// To rumqttc.
    Session,
    /// No further.
    Captures,
    /// No further, and the broker gets this answer.
    Answer([u8; 4]),
}

const PUBACK: u8 = 0x40;
const PUBREC: u8 = 0x50;
const PUBREL: u8 = 0x62;
const PUBCOMP: u8 = 0x70;

/// Decides for one whole packet. `answers` says whether acknowledging is done here.
pub(super) fn route(frame: &[u8], answers: bool) -> Route {
    let decided = match frame.first() {
        Some(first) if first >> 4 == 3 => publish(*first, frame, answers),
        Some(&PUBREL) if answers => id_at(frame, body(frame)).map(|id| answer(PUBCOMP, id)),
        _ => None,
    };
    decided.unwrap_or(Route::Session)
}

/// `None` for a PUBLISH that rumqttc has to see.
fn publish(first: u8, frame: &[u8], answers: bool) -> Option<Route> {
    let topic = body(frame);
    let length = frame.get(topic..)?.first_chunk().copied()?;
    let length = usize::from(u16::from_be_bytes(length));
    let behind = topic + 2 + length;
    if length == 0 || behind > frame.len() {
        return None;
    }
    match first >> 1 & 3 {
        0 => Some(Route::Captures),
        1 if answers => id_at(frame, behind).map(|id| answer(PUBACK, id)),
        2 if answers => id_at(frame, behind).map(|id| answer(PUBREC, id)),
        _ => None,
    }
}

/// Where the fixed header ends.
pub(super) fn body(frame: &[u8]) -> usize {
    let more = frame.iter().skip(1).take_while(|byte| **byte & 0x80 != 0);
    2 + more.count()
}

fn id_at(frame: &[u8], at: usize) -> Option<PacketId> {
    let bytes = frame.get(at..)?.first_chunk().copied()?;
    PacketId::new(u16::from_be_bytes(bytes))
}

fn answer(kind: u8, id: PacketId) -> Route {
    let [high, low] = id.get().to_be_bytes();
    Route::Answer([kind, 2, high, low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_answered_by_their_qos() {
        const QOS_0: &[u8] = b"\x30\x03\x00\x01a";
        const QOS_1: &[u8] = b"\x32\x05\x00\x01a\x00\x07";
        const QOS_2: &[u8] = b"\x3c\x05\x00\x01a\x12\x34";
        const PUBREL: &[u8] = b"\x62\x02\x12\x34";
        assert_eq!(route(QOS_0, true), Route::Captures);
        assert_eq!(route(QOS_1, true), Route::Answer([0x40, 2, 0, 7]));
        assert_eq!(route(QOS_2, true), Route::Answer([0x50, 2, 0x12, 0x34]));
        assert_eq!(route(PUBREL, true), Route::Answer([0x70, 2, 0x12, 0x34]));
        let long = [b"\x32\xc8\x01\x00\x01a\x00\x07".as_slice(), &[0; 195]].concat();
        assert_eq!(route(&long, true), Route::Answer([0x40, 2, 0, 7]));
    }

    #[test]
    fn by_hand_only_qos_0_stays_away_from_the_session() {
        assert_eq!(route(b"\x30\x03\x00\x01a", false), Route::Captures);
        assert_eq!(route(b"\x32\x05\x00\x01a\x00\x07", false), Route::Session);
        assert_eq!(route(b"\x62\x02\x00\x07", false), Route::Session);
    }

    #[test]
    fn what_breaks_a_rule_and_what_is_no_message_goes_to_the_session() {
        let packets: [&[u8]; 9] = [
            b"",
            b"\x30\x00",
            b"\x30\x02\x00\x00",
            b"\x30\x03\x00\x05a",
            b"\x32\x05\x00\x01a\x00\x00",
            b"\x32\x03\x00\x01a",
            b"\x36\x05\x00\x01a\x00\x01",
            b"\x62\x02\x00\x00",
            b"\xd0\x00",
        ];
        for packet in packets {
            assert_eq!(route(packet, true), Route::Session, "{packet:?}");
        }
    }
}
