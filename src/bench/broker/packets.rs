//! The few control packets that the load of this bench is made of, encoded by hand, so that the load costs as little
//! as possible beside the broker that is measured.

use crate::mqtt::{Qos, Version, codec};

/// Bytes at the start of each payload: which message it is.
pub(super) const STAMP: usize = 8;
/// PINGREQ has no use here; DISCONNECT of both versions is this (MQTT 5, 3.14).
pub(super) const DISCONNECT: [u8; 2] = [0xe0, 0x00];

/// Types of acknowledgements, with their flags (MQTT 5, 2.1.3).
pub(super) mod kind {
    pub(in super::super) const CONNACK: u8 = 0x20;
    pub(in super::super) const PUBLISH: u8 = 0x30;
    pub(in super::super) const PUBACK: u8 = 0x40;
    pub(in super::super) const PUBREC: u8 = 0x50;
    pub(in super::super) const PUBREL: u8 = 0x62;
    pub(in super::super) const PUBCOMP: u8 = 0x70;
    pub(in super::super) const SUBACK: u8 = 0x90;
}

/// CONNECT with a clean start and no keep alive.
pub(super) fn connect(version: Version, client_id: &str, receive_maximum: u16) -> Vec<u8> {
    let mut body = Vec::new();
    push_string(&mut body, "MQTT");
    body.push(level(version));
    body.push(0x02);
    body.extend([0, 0]);
    if version == Version::V5 {
        let [high, low] = receive_maximum.to_be_bytes();
        body.extend([3, 0x21, high, low]);
    }
    push_string(&mut body, client_id);
    packet(0x10, &body)
}

/// SUBSCRIBE with one filter and packet identifier 1.
pub(super) fn subscribe(version: Version, filter: &str, qos: Qos) -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend(no_properties(version));
    push_string(&mut body, filter);
    body.push(qos.as_u8());
    packet(0x82, &body)
}

/// An acknowledgement without reason and properties, which says success in both versions.
pub(super) fn acknowledgement(kind: u8, id: u16) -> [u8; 4] {
    let [high, low] = id.to_be_bytes();
    [kind, 2, high, low]
}

/// A PUBLISH that differs from one message to the next only in its packet identifier and its stamp.
#[derive(Debug)]
pub(super) struct Template {
    bytes: Vec<u8>,
    /// Where the packet identifier stands, from QoS 1 on.
    id: Option<usize>,
    stamp: usize,
}

impl Template {
    /// A message to `topic` whose payload is `size` bytes, at least [`STAMP`].
    pub(super) fn new(version: Version, topic: &str, qos: Qos, retain: bool, size: usize) -> Self {
        let mut body = Vec::new();
        push_string(&mut body, topic);
        let id = (qos != Qos::AtMostOnce).then_some(body.len());
        if id.is_some() {
            body.extend([0, 0]);
        }
        body.extend(no_properties(version));
        let stamp = body.len();
        body.resize(stamp + size.max(STAMP), b'.');
        let bytes = packet(kind::PUBLISH | qos.as_u8() << 1 | u8::from(retain), &body);
        let header = bytes.len() - body.len();
        Self {
            id: id.map(|at| at + header),
            stamp: stamp + header,
            bytes,
        }
    }

    /// Appends the message that `stamp` names.
    pub(super) fn push(&self, out: &mut Vec<u8>, id: u16, stamp: u64) {
        let start = out.len();
        out.extend_from_slice(&self.bytes);
        if let Some(at) = self.id {
            out[start + at..start + at + 2].copy_from_slice(&id.to_be_bytes());
        }
        let at = start + self.stamp;
        out[at..at + STAMP].copy_from_slice(&stamp.to_be_bytes());
    }
}

/// What a subscriber has to know of a PUBLISH.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// From QoS 1 on.
    pub(super) id: Option<u16>,
    pub(super) qos: u8,
    pub(super) stamp: u64,
}

/// Reads a whole PUBLISH. `None` when it is not one of [`Template`]'s.
pub(super) fn arrival(version: Version, frame: &[u8]) -> Option<Arrival> {
    let qos = frame.first()? >> 1 & 3;
    let (_, mut rest) = codec::variable_integer(frame.get(1..)?)?;
    let topic = usize::from(number(rest)?);
    rest = rest.get(2 + topic..)?;
    let id = if qos > 0 { Some(number(rest)?) } else { None };
    rest = rest.get(if qos > 0 { 2 } else { 0 }..)?;
    if version == Version::V5 {
        let (properties, after) = codec::variable_integer(rest)?;
        rest = after.get(properties..)?;
    }
    let stamp = u64::from_be_bytes(*rest.first_chunk()?);
    Some(Arrival { id, qos, stamp })
}

/// The packet identifier of an acknowledgement.
pub(super) fn acknowledged(frame: &[u8]) -> Option<u16> {
    number(frame.get(2..)?)
}

fn number(bytes: &[u8]) -> Option<u16> {
    bytes.first_chunk().copied().map(u16::from_be_bytes)
}

fn level(version: Version) -> u8 {
    match version {
        Version::V311 => 4,
        Version::V5 => 5,
    }
}

fn no_properties(version: Version) -> &'static [u8] {
    match version {
        Version::V311 => &[],
        Version::V5 => &[0],
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the bench's own strings are short"
)]
fn push_string(body: &mut Vec<u8>, text: &str) {
    body.extend((text.len() as u16).to_be_bytes());
    body.extend(text.as_bytes());
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut rest = body.len();
    loop {
        #[expect(clippy::cast_possible_truncation, reason = "the lowest seven bits")]
        let low = (rest % 128) as u8;
        rest /= 128;
        bytes.push(if rest > 0 { low | 0x80 } else { low });
        if rest == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::mqtt::codec::{decode, frame_length};
    use crate::mqtt::{Packet, PacketId};

    #[test]
    fn the_codec_reads_what_is_written_here() {
        for version in [Version::V311, Version::V5] {
            for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
                let template = Template::new(version, "bench/1", qos, true, 300);
                let mut bytes = Vec::new();
                template.push(&mut bytes, 7, 1 << 40);
                assert_eq!(frame_length(&bytes).unwrap(), Some(bytes.len()));
                let seen = arrival(version, &bytes).unwrap();
                assert_eq!((seen.qos, seen.stamp), (qos.as_u8(), 1 << 40));
                let Packet::Publish(publish) = decode(version, Bytes::from(bytes)).unwrap() else {
                    panic!("not a PUBLISH");
                };
                assert_eq!((publish.qos, publish.retain), (qos, true));
                assert_eq!(publish.topic.as_str(), "bench/1");
                assert_eq!(publish.payload.len(), 300);
                assert_eq!(publish.packet_id.map(PacketId::get), seen.id);
            }
        }
    }

    #[test]
    fn a_client_introduces_itself() {
        for version in [Version::V311, Version::V5] {
            let bytes = Bytes::from(connect(version, "bench", 64));
            assert!(matches!(decode(version, bytes), Ok(Packet::Connect(_))));
            let bytes = Bytes::from(subscribe(version, "bench/#", Qos::ExactlyOnce));
            assert!(matches!(decode(version, bytes), Ok(Packet::Subscribe(_))));
        }
        assert_eq!(acknowledged(&acknowledgement(kind::PUBACK, 513)), Some(513));
    }
}
