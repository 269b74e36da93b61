//! Topic aliases of the broker (MQTT 5, 3.3.2.3.4): which topic each stands for, and putting it back into the packets that
//! carry only the alias. Whoever reads the packets finds every message with its topic; the alias stays beside it.

use std::collections::HashMap;

use bytes::{BufMut, Bytes, BytesMut};
use thiserror::Error;

use crate::mqtt::codec;

use super::route::body;

/// The largest remaining length (MQTT 5, 2.1.4).
const MAX_REMAINING: usize = 268_435_455;
/// The property (MQTT 5, 2.2.2.2).
const TOPIC_ALIAS: u8 = 0x23;

/// How a broker breaks the rules of topic aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(in crate::client) enum AliasError {
    /// It stands for nothing.
    #[error(
        "The broker used topic alias {0} without saying which topic it stands for (MQTT 5, 3.3.2.3.4)."
    )]
    Unknown(u16),
    /// 0 is none.
    #[error(
        "The broker used topic alias 0, which the protocol does not allow (MQTT 5, 3.3.2.3.4)."
    )]
    Zero,
    /// More than was announced in CONNECT.
    #[error("The broker used topic alias {alias}, and this profile accepts {}.", up_to(*maximum))]
    TooHigh {
        /// The alias.
        alias: u16,
        /// The highest one allowed; 0 allows none.
        maximum: u16,
    },
}

fn up_to(maximum: u16) -> String {
    match maximum {
        0 => "no topic aliases".to_owned(),
        maximum => format!("aliases up to {maximum}"),
    }
}

/// What the broker has said on one network connection; the next one begins anew. It holds at most as many topics as
/// were announced in CONNECT.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    maximum: u16,
    topics: HashMap<u16, Bytes>,
}

impl Aliases {
    pub(super) fn new(maximum: u16) -> Self {
        Self {
            maximum,
            topics: HashMap::new(),
        }
    }

    /// Notes a whole packet, and returns its topic where it has only the alias.
    pub(super) fn note(&mut self, frame: &[u8]) -> Result<Option<Bytes>, AliasError> {
        let is_publish = frame.first().is_some_and(|first| first >> 4 == 3);
        let Some((topic, rest)) = split_topic(frame).filter(|_| is_publish) else {
            return Ok(None);
        };
        if self.maximum == 0 && !topic.is_empty() {
            return Ok(None);
        }
        match alias(frame, rest) {
            None => Ok(None),
            Some(0) => Err(AliasError::Zero),
            Some(alias) if alias > self.maximum => Err(AliasError::TooHigh {
                alias,
                maximum: self.maximum,
            }),
            Some(alias) if topic.is_empty() => match self.topics.get(&alias) {
                Some(topic) => Ok(Some(topic.clone())),
                None => Err(AliasError::Unknown(alias)),
            },
            Some(alias) => {
                let is_known = self.topics.get(&alias).is_some_and(|known| known == topic);
                if !is_known {
                    self.topics.insert(alias, Bytes::copy_from_slice(topic));
                }
                Ok(None)
            }
        }
    }
}

/// The packets of `block`, which `ends` says the ends of, with the topics of `missing` put in: each for the packet of
/// that number.
pub(super) fn complete(
    block: &[u8],
    ends: &[u32],
    missing: &[(usize, Bytes)],
) -> (Bytes, Vec<u32>) {
    let added: usize = missing.iter().map(|(_, topic)| topic.len() + 3).sum();
    let mut completed = BytesMut::with_capacity(block.len() + added);
    let mut new_ends = Vec::with_capacity(ends.len());
    let mut missing = missing.iter().peekable();
    let mut start = 0;
    for (index, end) in ends.iter().enumerate() {
        let end = *end as usize;
        let frame = block.get(start..end).unwrap_or_default();
        match missing.next_if(|(of, _)| *of == index) {
            Some((_, topic)) => write_with(frame, topic, &mut completed),
            None => completed.extend_from_slice(frame),
        }
        start = end;
        // a batch is far smaller than that
        new_ends.push(u32::try_from(completed.len()).unwrap_or(u32::MAX));
    }
    (completed.freeze(), new_ends)
}

/// How long `frame` will be with `topic` in it; `None` when no packet can be so long.
pub(super) fn length_with(frame: &[u8], topic: &[u8]) -> Option<usize> {
    let remaining = frame.len() - body(frame).min(frame.len()) + topic.len();
    (remaining <= MAX_REMAINING).then_some(remaining + 5)
}

/// Writes `frame`, whose topic is empty, with `topic`.
fn write_with(frame: &[u8], topic: &[u8], out: &mut BytesMut) {
    let rest = frame.get(body(frame) + 2..).unwrap_or_default();
    out.extend_from_slice(frame.get(..1).unwrap_or_default());
    let mut remaining = 2 + topic.len() + rest.len();
    loop {
        let low = u8::try_from(remaining & 0x7f).unwrap_or_default();
        remaining >>= 7;
        if remaining == 0 {
            out.put_u8(low);
            break;
        }
        out.put_u8(low | 0x80);
    }
    // it came with a length of 16 bits
    out.put_u16(u16::try_from(topic.len()).unwrap_or(u16::MAX));
    out.extend_from_slice(topic);
    out.extend_from_slice(rest);
}

/// The topic of a PUBLISH, and where what follows begins.
fn split_topic(frame: &[u8]) -> Option<(&[u8], usize)> {
    let start = body(frame) + 2;
    let length = frame.get(start - 2..)?.first_chunk().copied()?;
    let end = start + usize::from(u16::from_be_bytes(length));
    Some((frame.get(start..end)?, end))
}

/// The topic alias of a PUBLISH, whose packet identifier or properties begin at `rest`. What breaks a rule has none.
fn alias(frame: &[u8], rest: usize) -> Option<u16> {
    let has_id = frame.first()? & 0b0110 != 0;
    let (length, mut properties) =
        codec::variable_integer(frame.get(rest + usize::from(has_id) * 2..)?)?;
    properties = properties.get(..length)?;
    while let Some((id, value)) = properties.split_first() {
        let length = match *id {
            TOPIC_ALIAS => return value.first_chunk().copied().map(u16::from_be_bytes),
            // payload format, message expiry, subscription identifier
            0x01 => 1,
            0x02 => 4,
            0x0b => value.len() - codec::variable_integer(value)?.1.len(),
            // content type, response topic, correlation data
            0x03 | 0x08 | 0x09 => text_length(value)?,
            // user property: name and value
            0x26 => {
                let name = text_length(value)?;
                name + text_length(value.get(name..)?)?
            }
            _ => return None,
        };
        properties = value.get(length..)?;
    }
    None
}

/// How long a string or binary data is with the length before it.
fn text_length(bytes: &[u8]) -> Option<usize> {
    let length = bytes.first_chunk().copied().map(u16::from_be_bytes)?;
    Some(usize::from(length) + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Packet, Version};

    /// Topic `a/b` with alias 3, and the alias alone, both with a user property before it.
    const NAMED: &[u8] = b"\x30\x11\x00\x03a/b\x0a\x26\x00\x01k\x00\x01v\x23\x00\x03x";
    const ALIAS_ONLY: &[u8] = b"\x32\x10\x00\x00\x00\x09\x0a\x26\x00\x01k\x00\x01v\x23\x00\x03x";

    #[test]
    fn a_topic_is_put_back_into_the_packet() {
        let mut aliases = Aliases::new(3);
        assert_eq!(aliases.note(NAMED), Ok(None));
        let topic = aliases.note(ALIAS_ONLY).unwrap().unwrap();
        let block = [NAMED, ALIAS_ONLY, NAMED].concat();
        let ends = [NAMED.len(), NAMED.len() + ALIAS_ONLY.len(), block.len()];
        let ends = ends.map(|end| u32::try_from(end).unwrap());
        let (block, ends) = complete(&block, &ends, &[(1, topic.clone())]);
        assert_eq!(ends.last().copied(), u32::try_from(block.len()).ok());
        let completed = block.slice(ends[0] as usize..ends[1] as usize);
        assert!(completed.len() <= length_with(ALIAS_ONLY, &topic).unwrap());
        let Ok(Packet::Publish(publish)) = codec::decode(Version::V5, completed) else {
            panic!("a message");
        };
        assert_eq!(publish.topic.as_str(), "a/b");
        assert_eq!(publish.packet_id.unwrap().get(), 9);
        assert_eq!(publish.properties.unwrap().topic_alias, Some(3));
        assert_eq!(&publish.payload[..], b"x");
        assert_eq!(block.slice(ends[1] as usize..), NAMED);
    }

    #[test]
    fn a_long_topic_needs_a_longer_header() {
        let mut aliases = Aliases::new(1);
        let topic = vec![b't'; 60_000];
        let named = [
            &b"\x30\xe6\xd4\x03\xea\x60"[..],
            &topic,
            b"\x03\x23\x00\x01",
        ];
        assert_eq!(aliases.note(&named.concat()), Ok(None));
        let frame = b"\x30\x06\x00\x00\x03\x23\x00\x01";
        let topic = aliases.note(frame).unwrap().unwrap();
        let (block, ends) = complete(frame, &[8], &[(0, topic)]);
        assert_eq!(block, named.concat());
        assert_eq!(ends, [60_010]);
    }

    #[test]
    fn the_rules_are_kept() {
        let mut aliases = Aliases::new(2);
        assert_eq!(
            aliases.note(NAMED),
            Err(AliasError::TooHigh {
                alias: 3,
                maximum: 2
            })
        );
        let mut aliases = Aliases::new(3);
        assert_eq!(aliases.note(ALIAS_ONLY), Err(AliasError::Unknown(3)));
        let zero = b"\x30\x07\x00\x01a\x03\x23\x00\x00";
        assert_eq!(aliases.note(zero), Err(AliasError::Zero));
        assert_eq!(aliases.topics.len(), 0);
        // another topic for the same alias takes the place of the first
        assert_eq!(aliases.note(NAMED), Ok(None));
        assert_eq!(aliases.note(b"\x30\x07\x00\x01c\x03\x23\x00\x03"), Ok(None));
        let topic = aliases.note(ALIAS_ONLY).unwrap().unwrap();
        assert_eq!((&topic[..], aliases.topics.len()), (&b"c"[..], 1));
        // without any announced
        let mut aliases = Aliases::new(0);
        assert_eq!(aliases.note(NAMED), Ok(None));
        aliases.note(ALIAS_ONLY).unwrap_err();
    }

    #[test]
    fn what_is_no_message_or_is_damaged_has_no_alias() {
        let mut aliases = Aliases::new(9);
        for frame in [
            &b""[..],
            b"\xd0\x00",
            b"\x30\x00",
            b"\x30\x03\x00\x01a",
            b"\x30\x05\x00\x00\x03\x23\x00",
            b"\x30\x06\x00\x00\x03\x99\x00\x01",
            b"\x30\x06\x00\x00\x09\x23\x00\x01",
        ] {
            assert_eq!(aliases.note(frame), Ok(None), "{frame:?}");
        }
    }
}
