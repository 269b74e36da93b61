//! From bytes on the wire to a [`Packet`], for both protocol versions, in both directions.
//!
//! Read here and not by rumqttc, whose readers are made for its own client and lose what an explorer has to show:
//! 0.34 takes the third subscription identifier of a PUBLISH for payload, refuses a DISCONNECT that ends after its
//! reason (mosquitto's way to say "taken over") and reason codes that it does not know, and copies every frame.
//! What it writes is read here in the tests, and compared.

mod packets;
mod properties;
mod reader;

use bytes::Bytes;
use thiserror::Error;

use super::{Packet, Version};
use reader::{Reader, malformed};

/// Why bytes are not a control packet.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The packet breaks a rule of the protocol.
    #[error("Malformed packet: {0}")]
    Malformed(String),
}

/// Length in bytes of the control packet at the start of `bytes`, fixed header included (MQTT 5, 2.1.4).
/// `Ok(None)` while the fixed header is not complete.
///
/// # Errors
/// [`DecodeError::Malformed`] when the remaining length takes more than four bytes.
pub fn frame_length(bytes: &[u8]) -> Result<Option<usize>, DecodeError> {
    let header = fixed_header(bytes)?;
    Ok(header.map(|(header, remaining)| header + remaining))
}

/// Decodes one complete control packet. Topic and payload of a PUBLISH share `frame`'s memory; nothing of a CONNECT
/// does, because its frame holds a password. Which property may appear in which packet is left to client and
/// broker to judge: what is there is shown.
///
/// # Errors
/// [`DecodeError::Malformed`] with the rule that is broken.
pub fn decode(version: Version, frame: Bytes) -> Result<Packet, DecodeError> {
    let Some((&first, (header, remaining))) = frame.first().zip(fixed_header(&frame)?) else {
        return Err(malformed("the fixed header is incomplete"));
    };
    if header + remaining != frame.len() {
        return Err(malformed(
            "the remaining length does not agree with the bytes that came",
        ));
    }
    packets::decode(version, first, Reader::new(frame, header))
}

/// Bytes of the fixed header and of what follows it.
fn fixed_header(bytes: &[u8]) -> Result<Option<(usize, usize)>, DecodeError> {
    let mut remaining = 0;
    for (index, byte) in bytes.iter().skip(1).take(4).enumerate() {
        remaining |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((2 + index, remaining)));
        }
    }
    if bytes.len() > 4 {
        return Err(malformed("the remaining length takes more than four bytes"));
    }
    Ok(None)
}

/// A Variable Byte Integer (MQTT 5, 1.5.5), and what follows it; `None` where it is cut off or longer than four
/// bytes.
pub fn variable_integer(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;
