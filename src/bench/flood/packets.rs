//! PUBLISH packets for a list of topics, encoded once and sent again and again.

use std::ops::Range;

use crate::mqtt::{Qos, Version};

/// Bytes that are written at once.
const CHUNK: usize = 256 * 1024;

/// The packets one behind the other.
#[derive(Debug)]
pub(super) struct Packets {
    bytes: Vec<u8>,
    /// Where each begins, and the end of the last one.
    starts: Vec<usize>,
    /// From the end of a packet back to its packet identifier.
    id_from_end: usize,
}

impl Packets {
    pub(super) fn new(topics: &[String], size: usize, qos: Qos, version: Version) -> Self {
        let payload: Vec<u8> = (b'a'..=b'z').cycle().take(size).collect();
        let properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
        let mut bytes = Vec::new();
        let mut starts = vec![0];
        for topic in topics {
            let id: &[u8] = if qos == Qos::AtMostOnce { &[] } else { &[0, 1] };
            let remaining = 2 + topic.len() + id.len() + properties.len() + size;
            bytes.push(0x30 | qos.as_u8() << 1);
            push_variable(&mut bytes, remaining);
            let length = u16::try_from(topic.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            for part in [topic.as_bytes(), id, properties, &payload] {
                bytes.extend_from_slice(part);
            }
            starts.push(bytes.len());
        }
        Self {
            bytes,
            starts,
            id_from_end: size + properties.len() + 2,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// As many packets from number `first` on as are written at once, but at most `limit` and at least one: their
    /// bytes, and how many they are.
    pub(super) fn chunk(&self, first: usize, limit: u64) -> (&[u8], usize) {
        let from = self.starts[first];
        let most = first.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX));
        let until = self.starts.partition_point(|&start| start <= from + CHUNK) - 1;
        let until = until.clamp(first + 1, most.clamp(first + 1, self.len()));
        (&self.bytes[from..self.starts[until]], until - first)
    }

    /// Appends packet number `index` with this packet identifier to `out`.
    pub(super) fn append(&self, index: usize, id: u16, out: &mut Vec<u8>) {
        let range: Range<usize> = self.starts[index]..self.starts[index + 1];
        out.extend_from_slice(&self.bytes[range]);
        let at = out.len() - self.id_from_end;
        out[at..at + 2].copy_from_slice(&id.to_be_bytes());
    }
}

/// Variable Byte Integer (MQTT 5, 1.5.5).
fn push_variable(bytes: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        bytes.push(if value > 0 { low | 0x80 } else { low });
        if value == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::mqtt::{Packet, codec};

    fn topics(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("a/{number}")).collect()
    }

    #[test]
    fn packets_are_what_they_should_be() {
        for version in [Version::V311, Version::V5] {
            let packets = Packets::new(&topics(3), 300, Qos::ExactlyOnce, version);
            let mut out = Vec::new();
            packets.append(2, 4711, &mut out);
            let Packet::Publish(publish) = codec::decode(version, Bytes::from(out)).unwrap() else {
                panic!("no PUBLISH");
            };
            assert_eq!(publish.topic.as_str(), "a/2");
            assert_eq!(publish.payload.len(), 300);
            assert_eq!(publish.qos, Qos::ExactlyOnce);
            assert_eq!(publish.packet_id.unwrap().get(), 4711);
        }
    }

    #[test]
    fn chunks_end_between_packets() {
        let packets = Packets::new(&topics(1_000), 1_000, Qos::AtMostOnce, Version::V311);
        let (mut next, mut sent) = (0, 0);
        while next < packets.len() {
            let (bytes, count) = packets.chunk(next, 600);
            assert!(bytes.len() <= CHUNK && (1..=600).contains(&count));
            next += count;
            sent += bytes.len();
        }
        assert_eq!(sent, packets.bytes.len());
        assert_eq!(packets.chunk(0, 1).1, 1);
    }
}
