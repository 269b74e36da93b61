//! MQTT 5 properties (2.2.2), the same reader for all packets.

use crate::mqtt::{Properties, Version};

use super::DecodeError;
use super::reader::{Reader, malformed};

/// The properties at the reader's position; none in MQTT 3.1.1, and none where the packet ends before them.
pub(super) fn read(version: Version, reader: &mut Reader) -> Result<Properties, DecodeError> {
    let mut properties = Properties::default();
    if version == Version::V311 || reader.left() == 0 {
        return Ok(properties);
    }
    let length = usize::try_from(reader.variable()?).unwrap_or(usize::MAX);
    if length > reader.left() {
        return Err(malformed("the properties are longer than the packet"));
    }
    let end = reader.position() + length;
    while reader.position() < end {
        read_one(reader, &mut properties)?;
    }
    if reader.position() != end {
        return Err(malformed("a property is longer than all properties"));
    }
    Ok(properties)
}

/// The same for packets that come often: nothing is allocated when there are none.
pub(super) fn read_boxed(
    version: Version,
    reader: &mut Reader,
) -> Result<Option<Box<Properties>>, DecodeError> {
    if version == Version::V311 || reader.left() == 0 {
        return Ok(None);
    }
    if reader.peek() == Some(0) {
        reader.u8()?;
        return Ok(None);
    }
    read(version, reader).map(|properties| Some(Box::new(properties)))
}

/// One identifier with its value (MQTT 5, 2.2.2.2).
fn read_one(reader: &mut Reader, properties: &mut Properties) -> Result<(), DecodeError> {
    match reader.variable()? {
        0x01 => properties.payload_format = Some(reader.u8()?),
        0x02 => properties.message_expiry = Some(reader.u32()?),
        0x03 => properties.content_type = Some(reader.text()?),
        0x08 => properties.response_topic = Some(reader.text()?),
        0x09 => properties.correlation_data = Some(reader.copied()?),
        0x0b => properties.subscription_ids.push(reader.variable()?),
        0x11 => properties.session_expiry = Some(reader.u32()?),
        0x12 => properties.assigned_client_id = Some(reader.text()?),
        0x13 => properties.server_keep_alive = Some(reader.u16()?),
        0x15 => properties.authentication_method = Some(reader.text()?),
        // Authentication data is a secret: read past it, keep nothing.
        0x16 => drop(reader.slice()?),
        0x17 => properties.request_problem_information = Some(reader.u8()?),
        0x18 => properties.will_delay = Some(reader.u32()?),
        0x19 => properties.request_response_information = Some(reader.u8()?),
        0x1a => properties.response_information = Some(reader.text()?),
        0x1c => properties.server_reference = Some(reader.text()?),
        0x1f => properties.reason_string = Some(reader.text()?),
        0x21 => properties.receive_maximum = Some(reader.u16()?),
        0x22 => properties.topic_alias_maximum = Some(reader.u16()?),
        0x23 => properties.topic_alias = Some(reader.u16()?),
        0x24 => properties.maximum_qos = Some(reader.u8()?),
        0x25 => properties.retain_available = Some(reader.u8()?),
        0x26 => properties.user.push((reader.text()?, reader.text()?)),
        0x27 => properties.maximum_packet_size = Some(reader.u32()?),
        0x28 => properties.wildcard_subscription_available = Some(reader.u8()?),
        0x29 => properties.subscription_ids_available = Some(reader.u8()?),
        0x2a => properties.shared_subscription_available = Some(reader.u8()?),
        other => {
            return Err(DecodeError::Malformed(format!(
                "there is no property with identifier 0x{other:02X}"
            )));
        }
    }
    Ok(())
}
