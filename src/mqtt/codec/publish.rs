//! PUBLISH without properties, read in place (MQTT 5, 3.3).

use bytes::Bytes;

use super::{DecodeError, Header, packet_id};
use crate::mqtt::{Publish, Qos, TopicName, Version};

/// Reads a PUBLISH; `None` when it has properties, which are left to the codec.
pub fn decode_plain(version: Version, frame: &Bytes, header: Header) -> Result<Option<Publish>, DecodeError> {
    let flags = frame[0];
    let qos = Qos::from_u8((flags >> 1) & 3)
        .ok_or_else(|| DecodeError::Malformed("a PUBLISH has QoS 3".to_owned()))?;
    let dup = flags & 0b1000 != 0;
    if dup && qos == Qos::AtMostOnce {
        return Err(DecodeError::Malformed("a PUBLISH with QoS 0 is marked as a duplicate".to_owned()));
    }
    let topic_start = header.length + 2;
    let topic_end = topic_start + usize::from(u16_at(frame, header.length)?);
    let mut next = topic_end;
    let id = if qos == Qos::AtMostOnce {
        None
    } else {
        next += 2;
        Some(packet_id(u16_at(frame, topic_end)?)?)
    };
    if version == Version::V5 {
        match frame.get(next) {
            Some(0) => next += 1,
            Some(_) => return Ok(None),
            None => return Err(DecodeError::Truncated),
        }
    }
    if next > frame.len() {
        return Err(DecodeError::Truncated);
    }
    Ok(Some(Publish {
        topic: TopicName::from_bytes(frame.slice(topic_start..topic_end))?,
        payload: frame.slice(next..),
        qos,
        retain: flags & 1 != 0,
        dup,
        packet_id: id,
        properties: None,
    }))
}

fn u16_at(frame: &[u8], at: usize) -> Result<u16, DecodeError> {
    match frame.get(at..at + 2) {
        Some(&[high, low]) => Ok(u16::from_be_bytes([high, low])),
        _ => Err(DecodeError::Truncated),
    }
}
