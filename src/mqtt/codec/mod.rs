//! From bytes on the wire to a [`Packet`], for both protocol versions; the only folder that names rumqttc's codec.
//!
//! PUBLISH without properties, which is nearly all traffic, is read here without a copy; everything else goes
//! through the codec, which has seen more malformed packets than we have.

mod publish;
mod v311;
mod v5;

use bytes::{Bytes, BytesMut};
use thiserror::Error;

use super::{FilterError, Packet, PacketId, ReasonCode, TopicError, Version};

/// Why bytes are not a control packet.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The packet breaks a rule of the protocol.
    #[error("Malformed packet: {0}")]
    Malformed(String),
    /// The packet ends before it is complete.
    #[error("Malformed packet: it ends too early")]
    Truncated,
    /// Packet identifier 0 (MQTT 5, 2.2.1).
    #[error("Malformed packet: packet identifier 0")]
    ZeroPacketId,
    /// A topic that breaks a rule of MQTT 5, 4.7.
    #[error("Malformed packet: {0}")]
    Topic(#[from] TopicError),
    /// A topic filter that breaks a rule of MQTT 5, 4.7.
    #[error("Malformed packet: {0}")]
    Filter(#[from] FilterError),
}

/// Where a packet's variable header begins, and how long the packet is.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// Bytes of the fixed header.
    length: usize,
    /// Bytes of the whole packet.
    frame: usize,
}

/// Reads the fixed header (MQTT 5, 2.1); `None` while it is incomplete.
fn header(bytes: &[u8]) -> Result<Option<Header>, DecodeError> {
    let mut remaining = 0_usize;
    for (index, byte) in bytes.iter().skip(1).take(4).enumerate() {
        remaining |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let length = index + 2;
            return Ok(Some(Header { length, frame: length + remaining }));
        }
    }
    if bytes.len() < 5 {
        return Ok(None);
    }
    Err(DecodeError::Malformed("the remaining length takes more than four bytes".to_owned()))
}

/// Length in bytes of the control packet at the start of `bytes`, fixed header included (MQTT 5, 2.1.4).
/// `Ok(None)` while the fixed header is not complete.
///
/// # Errors
/// [`DecodeError::Malformed`] when the remaining length takes more than four bytes.
pub fn frame_length(bytes: &[u8]) -> Result<Option<usize>, DecodeError> {
    Ok(header(bytes)?.map(|header| header.frame))
}

/// Decodes one complete control packet. Topic and payload of a PUBLISH share `frame`'s memory.
///
/// # Errors
/// [`DecodeError`] with the rule that is broken.
pub fn decode(version: Version, frame: Bytes) -> Result<Packet, DecodeError> {
    let header = header(&frame)?.ok_or(DecodeError::Truncated)?;
    if frame.len() != header.frame {
        return Err(DecodeError::Truncated);
    }
    if frame[0] >> 4 == 3
        && let Some(publish) = publish::decode_plain(version, &frame, header)?
    {
        return Ok(Packet::Publish(publish));
    }
    match version {
        Version::V311 => v311::decode(&frame, header),
        Version::V5 => v5::decode(&frame, header),
    }
}

/// A reason code as it stands in the frame, `offset` bytes into the variable header; success where it is left out
/// (MQTT 5, 3.4.2.1).
fn reason_at(frame: &[u8], header: Header, offset: usize) -> ReasonCode {
    frame.get(header.length + offset).map_or(ReasonCode::SUCCESS, |code| ReasonCode(*code))
}

fn packet_id(value: u16) -> Result<PacketId, DecodeError> {
    PacketId::new(value).ok_or(DecodeError::ZeroPacketId)
}

/// A private copy for the codec, which wants to own its buffer.
fn owned(frame: &Bytes) -> BytesMut {
    BytesMut::from(frame.as_ref())
}

#[cfg(test)]
mod tests;
