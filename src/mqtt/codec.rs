//! From bytes on the wire to a [`Packet`], for both protocol versions; the only file that names rumqttc's codec.

use bytes::Bytes;
use thiserror::Error;

use super::{Packet, Version};

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
    let _ = bytes;
    Ok(None)
}

/// Decodes one complete control packet. Topic and payload share `frame`'s memory.
///
/// # Errors
/// [`DecodeError::Malformed`] with the rule that is broken.
pub fn decode(version: Version, frame: Bytes) -> Result<Packet, DecodeError> {
    let _ = (version, frame);
    Err(DecodeError::Malformed("not written yet".to_owned()))
}
