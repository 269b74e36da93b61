//! Counts MQTT packets in a stream of bytes without keeping any of them.

/// Packet type PUBLISH (MQTT 5, 2.1.2).
const PUBLISH: u8 = 3;
/// Bytes that a remaining length may take (MQTT 5, 1.5.5).
const MAX_LENGTH_BYTES: u32 = 4;

/// How many packets began in the bytes that were fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Passed {
    /// Control packets of every kind.
    pub(super) packets: u64,
    /// PUBLISH packets among them.
    pub(super) messages: u64,
}

/// Where in a packet the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// The next byte begins a packet.
    #[default]
    Between,
    /// In the remaining length, after `count` of its bytes.
    Length { value: u64, count: u32 },
    /// This many bytes of the packet are still to come.
    Body(u64),
    /// The remaining length was malformed; where packets begin is not known any more.
    Lost,
}

/// Follows one direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Frames {
    place: Place,
}

impl Frames {
    /// Whether everything fed so far ends with a whole packet.
    pub(super) fn between_packets(&self) -> bool {
        self.place == Place::Between
    }

    /// How many bytes belong to the packet that has begun, as far as that is known; 0 between packets.
    pub(super) fn missing(&self) -> usize {
        match self.place {
            Place::Between => 0,
            Place::Length { .. } => 1,
            Place::Body(missing) => usize::try_from(missing).unwrap_or(usize::MAX),
            Place::Lost => usize::MAX,
        }
    }

    /// Follows `bytes` and counts the packets that begin in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Passed {
        let mut passed = Passed::default();
        while let Some((&first, rest)) = bytes.split_first() {
            (self.place, bytes) = match self.place {
                Place::Between => {
                    passed.packets += 1;
                    passed.messages += u64::from(first >> 4 == PUBLISH);
                    (Place::Length { value: 0, count: 0 }, rest)
                }
                Place::Length { value, count } => (after_length_byte(first, value, count), rest),
                Place::Body(missing) => {
                    let skipped = bytes
                        .len()
                        .min(usize::try_from(missing).unwrap_or(usize::MAX));
                    let missing = missing - skipped as u64;
                    (body(missing), bytes.get(skipped..).unwrap_or_default())
                }
                Place::Lost => return passed,
            };
        }
        passed
    }
}

fn after_length_byte(byte: u8, value: u64, count: u32) -> Place {
    let value = value + (u64::from(byte & 0x7f) << (7 * count));
    if byte & 0x80 == 0 {
        body(value)
    } else if count + 1 < MAX_LENGTH_BYTES {
        Place::Length {
            value,
            count: count + 1,
        }
    } else {
        Place::Lost
    }
}

fn body(missing: u64) -> Place {
    if missing == 0 {
        Place::Between
    } else {
        Place::Body(missing)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(kind: u8, body: usize) -> Vec<u8> {
        let mut bytes = vec![kind << 4];
        let mut rest = body;
        loop {
            let low = u8::try_from(rest % 128).unwrap();
            rest /= 128;
            bytes.push(if rest > 0 { low | 0x80 } else { low });
            if rest == 0 {
                break;
            }
        }
        bytes.resize(bytes.len() + body, 0x30);
        bytes
    }

    #[test]
    fn a_malformed_length_stops_the_count_and_nothing_else() {
        let mut frames = Frames::default();
        let passed = frames.feed(&[0x30, 0xff, 0xff, 0xff, 0xff, 0x30, 0x00]);
        assert_eq!(passed.messages, 1);
        assert_eq!(frames.feed(&[0x30, 0x00]), Passed::default());
        assert!(!frames.between_packets());
    }

    proptest! {
        #[test]
        fn packets_are_counted_however_the_bytes_are_cut(
            packets in prop::collection::vec((1u8..15, 0usize..20_000), 1..12),
            cut in 1usize..5_000,
        ) {
            let bytes: Vec<u8> = packets.iter().flat_map(|(kind, body)| packet(*kind, *body)).collect();
            let mut frames = Frames::default();
            let mut seen = Passed::default();
            for piece in bytes.chunks(cut) {
                prop_assert_eq!(frames.missing() == 0, frames.between_packets());
                let passed = frames.feed(piece);
                seen.packets += passed.packets;
                seen.messages += passed.messages;
            }
            prop_assert_eq!(seen.packets, packets.len() as u64);
            prop_assert_eq!(seen.messages, packets.iter().filter(|(kind, _)| *kind == 3).count() as u64);
            prop_assert!(frames.between_packets());
        }
    }
}
