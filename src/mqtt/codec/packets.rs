//! Each control packet behind its fixed header (MQTT 5, chapter 3; MQTT 3.1.1, chapter 3).

use bytes::Bytes;

use crate::mqtt::{
    Ack, Auth, ConnAck, Connect, Disconnect, Packet, PacketId, Publish, Qos, ReasonCode, SubAck,
    Subscribe, SubscribeRequest, TopicFilter, TopicName, Unsubscribe, Version, Will,
};

use super::reader::{Reader, malformed};
use super::{DecodeError, properties};

/// The packet whose fixed header begins with the byte `first`.
pub(super) fn decode(
    version: Version,
    first: u8,
    mut reader: Reader,
) -> Result<Packet, DecodeError> {
    let (kind, flags) = (first >> 4, first & 0x0f);
    if kind == 3 {
        return publish(version, flags, reader).map(Packet::Publish);
    }
    check_flags(kind, flags)?;
    let packet = match kind {
        1 => Packet::Connect(Box::new(connect(&mut reader)?)),
        2 => Packet::ConnAck(Box::new(conn_ack(version, &mut reader)?)),
        4 => Packet::PubAck(ack(version, &mut reader)?),
        5 => Packet::PubRec(ack(version, &mut reader)?),
        6 => Packet::PubRel(ack(version, &mut reader)?),
        7 => Packet::PubComp(ack(version, &mut reader)?),
        8 => Packet::Subscribe(Box::new(subscribe(version, &mut reader)?)),
        9 => Packet::SubAck(Box::new(sub_ack(version, &mut reader)?)),
        10 => Packet::Unsubscribe(Box::new(unsubscribe(version, &mut reader)?)),
        11 => Packet::UnsubAck(Box::new(sub_ack(version, &mut reader)?)),
        12 => Packet::PingReq,
        13 => Packet::PingResp,
        14 => Packet::Disconnect(Box::new(disconnect(version, &mut reader)?)),
        15 if version == Version::V5 => Packet::Auth(Box::new(auth(&mut reader)?)),
        _ => return Err(malformed("this version of MQTT has no such packet type")),
    };
    match reader.left() {
        0 => Ok(packet),
        _ => Err(malformed("bytes are left over behind its last field")),
    }
}

/// The lower half of the first byte is fixed for all but PUBLISH (2.1.3).
fn check_flags(kind: u8, flags: u8) -> Result<(), DecodeError> {
    let wanted = if matches!(kind, 6 | 8 | 10) { 2 } else { 0 };
    if flags == wanted {
        Ok(())
    } else {
        Err(malformed(
            "the reserved flags of the fixed header are wrong",
        ))
    }
}

fn publish(version: Version, flags: u8, mut reader: Reader) -> Result<Publish, DecodeError> {
    let qos = qos(flags >> 1 & 3)?;
    let topic = topic(reader.shared()?)?;
    let packet_id = match qos {
        Qos::AtMostOnce => None,
        Qos::AtLeastOnce | Qos::ExactlyOnce => Some(packet_id(&mut reader)?),
    };
    let properties = properties::read_boxed(version, &mut reader)?;
    Ok(Publish {
        topic,
        payload: reader.rest(),
        qos,
        retain: flags & 1 != 0,
        dup: flags & 8 != 0,
        packet_id,
        properties,
    })
}

/// CONNECT says itself which version follows; nothing in the result shares the frame, which holds the password.
fn connect(reader: &mut Reader) -> Result<Connect, DecodeError> {
    if reader.slice()? != b"MQTT" {
        return Err(malformed("the protocol name of CONNECT is not “MQTT”"));
    }
    let version = match reader.u8()? {
        4 => Version::V311,
        5 => Version::V5,
        level => {
            return Err(DecodeError::Malformed(format!(
                "protocol level {level} is neither MQTT 3.1.1 (4) nor MQTT 5 (5)"
            )));
        }
    };
    let flags = reader.u8()?;
    let keep_alive = reader.u16()?;
    let properties = properties::read(version, reader)?;
    let client_id = reader.text()?;
    let will = match flags & 0x04 {
        0 => None,
        _ => Some(will(version, flags, reader)?),
    };
    let user_name = match flags & 0x80 {
        0 => None,
        _ => Some(reader.text()?),
    };
    let has_password = flags & 0x40 != 0;
    if has_password {
        reader.slice()?;
    }
    Ok(Connect {
        version,
        client_id,
        clean_start: flags & 0x02 != 0,
        keep_alive,
        user_name,
        has_password,
        will,
        properties,
    })
}

fn will(version: Version, flags: u8, reader: &mut Reader) -> Result<Will, DecodeError> {
    let properties = properties::read(version, reader)?;
    Ok(Will {
        topic: topic(reader.copied()?)?,
        payload: reader.copied()?,
        qos: qos(flags >> 3 & 3)?,
        retain: flags & 0x20 != 0,
        properties,
    })
}

fn conn_ack(version: Version, reader: &mut Reader) -> Result<ConnAck, DecodeError> {
    let session_present = reader.u8()? & 1 != 0;
    let code = reader.u8()?;
    // A broker that does not know MQTT 5 answers in the words of 3.1.1, without properties.
    let reason = if version == Version::V311 || reader.left() == 0 {
        ReasonCode::from_connect_return_code(code)
    } else {
        ReasonCode(code)
    };
    Ok(ConnAck {
        session_present,
        reason,
        properties: properties::read(version, reader)?,
    })
}

/// PUBACK, PUBREC, PUBREL and PUBCOMP look the same; reason and properties may be left out (MQTT 5, 3.4.2.1).
fn ack(version: Version, reader: &mut Reader) -> Result<Ack, DecodeError> {
    Ok(Ack {
        packet_id: packet_id(reader)?,
        reason: optional_reason(version, reader)?,
        properties: properties::read_boxed(version, reader)?,
    })
}

fn subscribe(version: Version, reader: &mut Reader) -> Result<Subscribe, DecodeError> {
    let packet_id = packet_id(reader)?;
    let properties = properties::read(version, reader)?;
    let mut requests = Vec::new();
    while reader.left() > 0 {
        let filter = filter(reader)?;
        let options = reader.u8()?;
        requests.push(SubscribeRequest {
            filter,
            qos: qos(options & 3)?,
            no_local: options & 0x04 != 0,
            retain_as_published: options & 0x08 != 0,
            retain_handling: options >> 4 & 3,
        });
    }
    Ok(Subscribe {
        packet_id,
        requests,
        properties,
    })
}

/// SUBACK and UNSUBACK: one reason for each filter (none for UNSUBACK in MQTT 3.1.1).
fn sub_ack(version: Version, reader: &mut Reader) -> Result<SubAck, DecodeError> {
    let packet_id = packet_id(reader)?;
    let properties = properties::read(version, reader)?;
    let mut reasons = Vec::with_capacity(reader.left());
    while reader.left() > 0 {
        reasons.push(ReasonCode(reader.u8()?));
    }
    Ok(SubAck {
        packet_id,
        reasons,
        properties,
    })
}

fn unsubscribe(version: Version, reader: &mut Reader) -> Result<Unsubscribe, DecodeError> {
    let packet_id = packet_id(reader)?;
    let properties = properties::read(version, reader)?;
    let mut filters = Vec::new();
    while reader.left() > 0 {
        filters.push(filter(reader)?);
    }
    Ok(Unsubscribe {
        packet_id,
        filters,
        properties,
    })
}

fn disconnect(version: Version, reader: &mut Reader) -> Result<Disconnect, DecodeError> {
    Ok(Disconnect {
        reason: optional_reason(version, reader)?,
        properties: properties::read(version, reader)?,
    })
}

fn auth(reader: &mut Reader) -> Result<Auth, DecodeError> {
    Ok(Auth {
        reason: optional_reason(Version::V5, reader)?,
        properties: properties::read(Version::V5, reader)?,
    })
}

/// A reason that may be left out when it is 0x00.
fn optional_reason(version: Version, reader: &mut Reader) -> Result<ReasonCode, DecodeError> {
    match version {
        Version::V5 if reader.left() > 0 => reader.u8().map(ReasonCode),
        Version::V5 | Version::V311 => Ok(ReasonCode::SUCCESS),
    }
}

fn qos(bits: u8) -> Result<Qos, DecodeError> {
    Qos::from_u8(bits).ok_or_else(|| malformed("there is no QoS 3"))
}

fn packet_id(reader: &mut Reader) -> Result<PacketId, DecodeError> {
    PacketId::new(reader.u16()?).ok_or_else(|| malformed("the packet identifier is 0"))
}

fn topic(bytes: Bytes) -> Result<TopicName, DecodeError> {
    TopicName::from_bytes(bytes).map_err(|err| DecodeError::Malformed(err.to_string()))
}

fn filter(reader: &mut Reader) -> Result<TopicFilter, DecodeError> {
    TopicFilter::new(reader.text()?).map_err(|err| DecodeError::Malformed(err.to_string()))
}
