//! Cuts the bytes of one direction into control packets, and finds those that decide something.

use bytes::{Bytes, BytesMut};

use crate::mqtt::{Packet, Timestamp, Version, codec};

use super::super::batch::{Batch, Direction};
use super::super::mask::mask_password;
use super::super::now;
use super::aliases::{Aliases, complete, length_with};
use super::{Seen, Setup, Signal};

/// First byte of CONNECT.
const CONNECT: u8 = 0x10;
/// A batch ends once the topics put in for aliases make it so much longer, in bytes: seven bytes may stand for 64 KiB.
const MOST_ADDED: usize = 256 * 1024;

/// Cuts one direction into packets.
pub(super) struct Cutter {
    direction: Direction,
    version: Version,
    /// Largest packet that is taken in, in bytes.
    limit: usize,
    /// What has come of the packet that has begun.
    pub(super) bytes: BytesMut,
    /// The session was resumed, and no message of it has come so far.
    awaits_gain: bool,
    is_first: bool,
    gave_up: bool,
    aliases: Aliases,
    /// Bytes that the topics put in have added to the last batch.
    added: usize,
}

impl Cutter {
    /// For what the broker sends.
    pub(super) fn incoming(setup: Setup) -> Self {
        Self {
            limit: setup.max_packet_size,
            aliases: Aliases::new(setup.topic_alias_maximum),
            ..Self::new(Direction::Incoming, setup.version)
        }
    }

    /// For what is sent to the broker.
    pub(super) fn outgoing(version: Version) -> Self {
        Self::new(Direction::Outgoing, version)
    }

    fn new(direction: Direction, version: Version) -> Self {
        Self {
            direction,
            version,
            limit: usize::MAX,
            bytes: BytesMut::new(),
            awaits_gain: false,
            is_first: true,
            gave_up: false,
            aliases: Aliases::default(),
            added: 0,
        }
    }

    /// Bytes that are there although nothing more was read, which [`Cutter::cut`] has to look at.
    pub(super) fn waiting_bytes(&self) -> usize {
        if self.added < MOST_ADDED {
            return 0;
        }
        self.bytes.len()
    }

    /// Whether what came cannot be cut into packets, from [`Cutter::bytes`] on.
    pub(super) fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// Whether the last packet that has begun has also ended.
    pub(super) fn is_between_packets(&self) -> bool {
        self.bytes.is_empty() || self.gave_up
    }

    /// Adds what passed.
    pub(super) fn add(&mut self, fresh: &[u8]) {
        if !self.gave_up {
            self.bytes.extend_from_slice(fresh);
        }
    }

    /// The whole packets that are there; `None` when there is none.
    pub(super) fn cut(&mut self, signals: &mut Vec<Signal>) -> Option<Batch> {
        if self.gave_up || self.bytes.is_empty() {
            return None;
        }
        let at = now();
        let mut ends = Vec::new();
        let mut missing = Vec::new();
        let end = self.measure(at, (&mut ends, &mut missing), signals);
        if end == 0 {
            return None;
        }
        let block = self.bytes.split_to(end).freeze();
        let mut block = mask_password(self.version, self.direction, block);
        if !missing.is_empty() {
            (block, ends) = complete(&block, &ends, &missing);
        }
        let batch = Batch::new(at, (self.direction, self.version), block, ends);
        for frame in batch.frames() {
            signals.extend(self.signal(at, frame, &batch));
        }
        Some(batch)
    }

    /// Notes the end of each whole packet, and the topics that are missing in some; returns the end of the last one.
    fn measure(
        &mut self,
        at: Timestamp,
        (ends, missing): (&mut Vec<u32>, &mut Vec<(usize, Bytes)>),
        signals: &mut Vec<Signal>,
    ) -> usize {
        let mut end = 0;
        self.added = 0;
        while let Some(length) = self.next_length(end, at, signals) {
            // the password in CONNECT is only looked for at the start of a batch
            if end > 0 && self.direction == Direction::Outgoing && self.bytes[end] == CONNECT {
                break;
            }
            let Ok(next) = u32::try_from(end + length) else {
                break;
            };
            match self.missing_topic(end, length) {
                Ok(None) => {}
                Ok(Some(topic)) => {
                    self.added += topic.len();
                    missing.push((ends.len(), topic));
                }
                Err(seen) => {
                    self.give_up(at, seen, signals);
                    break;
                }
            }
            end += length;
            ends.push(next);
            if self.added >= MOST_ADDED {
                break;
            }
        }
        end
    }

    /// The topic that an alias stands for in the packet of `length` bytes at `start`.
    fn missing_topic(&mut self, start: usize, length: usize) -> Result<Option<Bytes>, Seen> {
        if self.direction == Direction::Outgoing || self.version == Version::V311 {
            return Ok(None);
        }
        let frame = self.bytes.get(start..start + length).unwrap_or_default();
        let topic = self.aliases.note(frame).map_err(Seen::BadAlias)?;
        match topic {
            Some(topic) if length_with(frame, &topic).is_none() => Err(Seen::TooLarge(length)),
            topic => Ok(topic),
        }
    }

    fn give_up(&mut self, at: Timestamp, seen: Seen, signals: &mut Vec<Signal>) {
        self.gave_up = true;
        signals.push(Signal {
            at,
            direction: self.direction,
            seen,
        });
    }

    /// The length of the packet that begins at `start`, once all of it is there.
    fn next_length(
        &mut self,
        start: usize,
        at: Timestamp,
        signals: &mut Vec<Signal>,
    ) -> Option<usize> {
        let rest = self.bytes.get(start..)?;
        let first = *rest.first()?;
        let may_begin = !self.is_first || may_come_first(self.direction, first);
        self.is_first = false;
        let seen = match codec::frame_length(rest) {
            _ if !may_begin => Seen::Malformed("the first packet is not CONNACK".to_owned()),
            Ok(None) => return None,
            Ok(Some(length)) if length > self.limit => Seen::TooLarge(length),
            Ok(Some(length)) => return (rest.len() >= length).then_some(length),
            Err(err) => Seen::Malformed(err.to_string()),
        };
        self.give_up(at, seen, signals);
        None
    }

    fn signal(&mut self, at: Timestamp, frame: &[u8], batch: &Batch) -> Option<Signal> {
        let first = *frame.first()?;
        let seen = if self.awaits_gain && is_gain(first) {
            self.awaits_gain = false;
            Seen::Gain
        } else if matters(self.direction, first) {
            self.read(&batch.share(frame))
        } else {
            return None;
        };
        Some(Signal {
            at,
            direction: self.direction,
            seen,
        })
    }

    /// Reads a packet that matters, and learns from CONNACK whether the session goes on.
    fn read(&mut self, frame: &Bytes) -> Seen {
        let seen = match codec::decode(self.version, frame.clone()) {
            Ok(packet) => Seen::Packet(Box::new(packet)),
            Err(err) => self
                .as_older_connack(frame)
                .unwrap_or_else(|| Seen::Malformed(err.to_string())),
        };
        if let Seen::Packet(packet) = &seen
            && let Packet::ConnAck(connack) = packet.as_ref()
        {
            self.awaits_gain = connack.session_present;
        }
        seen
    }

    /// A broker that speaks only MQTT 3.1.1 refuses an MQTT 5 CONNECT with a CONNACK of its own version.
    fn as_older_connack(&self, frame: &Bytes) -> Option<Seen> {
        let is_short_connack = frame.len() == 4 && frame.first() == Some(&0x20);
        (self.version == Version::V5 && is_short_connack)
            .then(|| codec::decode(Version::V311, frame.clone()).ok())
            .flatten()
            .map(|connack| Seen::Packet(Box::new(connack)))
    }
}

/// Whether a connection may begin with this byte: from the broker only CONNACK or AUTH may come first.
fn may_come_first(direction: Direction, first: u8) -> bool {
    direction == Direction::Outgoing || matches!(first >> 4, 2 | 15)
}

/// Whether a packet with this first byte is a PUBLISH above QoS 0 without RETAIN: retained messages come again with
/// every new subscription. Repetitions count, because they are acknowledged now (mosquitto 2.0 marks nearly everything
/// that waited in a session with DUP).
fn is_gain(first: u8) -> bool {
    first >> 4 == 3 && first & 1 == 0 && first & 0b0110 != 0
}

/// Whether the driver has to know of a packet with this first byte.
fn matters(direction: Direction, first: u8) -> bool {
    let packet_type = first >> 4;
    match direction {
        // CONNACK, PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT
        Direction::Incoming => matches!(packet_type, 2 | 4 | 5 | 7 | 9 | 11 | 13 | 14),
        // PUBLISH above QoS 0
        Direction::Outgoing if packet_type == 3 => first & 0b0110 != 0,
        // SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT
        Direction::Outgoing => matches!(packet_type, 8 | 10 | 12 | 14),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many gains the tap sees in `bytes` from an MQTT 3.1.1 broker.
    fn gains(bytes: &[u8]) -> usize {
        let mut cutter = Cutter::new(Direction::Incoming, Version::V311);
        let mut signals = Vec::new();
        cutter.add(bytes);
        cutter.cut(&mut signals);
        let is_gain = |signal: &&Signal| matches!(signal.seen, Seen::Gain);
        signals.iter().filter(is_gain).count()
    }

    #[test]
    fn only_what_waited_in_a_resumed_session_is_a_gain() {
        const CLEAN: &[u8] = b"\x20\x02\x00\x00";
        const RESUMED: &[u8] = b"\x20\x02\x01\x00";
        const NEW: &[u8] = b"\x32\x05\x00\x01a\x00\x01";
        const RETAINED: &[u8] = b"\x33\x05\x00\x01a\x00\x01";
        const REPEATED: &[u8] = b"\x3a\x05\x00\x01a\x00\x01";
        const QOS_0: &[u8] = b"\x30\x03\x00\x01a";
        assert_eq!(gains(&[CLEAN, NEW].concat()), 0);
        assert_eq!(gains(&[RESUMED, RETAINED, QOS_0].concat()), 0);
        assert_eq!(gains(&[RESUMED, RETAINED, NEW, NEW].concat()), 1);
        assert_eq!(gains(&[RESUMED, REPEATED].concat()), 1);
    }
}
