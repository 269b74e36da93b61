//! MQTT 3.1.1 packets from the codec's types to ours.

use bytes::Bytes;
use rumqttc_v4::mqttbytes::v4::{self, ConnectAuth};
use rumqttc_v4::mqttbytes::QoS;

use super::{DecodeError, Header, owned, packet_id, reason_at};
use crate::mqtt::{
    Ack, ConnAck, Connect, Disconnect, Packet, Properties, Publish, Qos, ReasonCode, SubAck, Subscribe,
    SubscribeRequest, TopicFilter, TopicName, Unsubscribe, Version, Will,
};

/// Reads any packet.
pub fn decode(frame: &Bytes, header: Header) -> Result<Packet, DecodeError> {
    let packet = v4::Packet::read(&mut owned(frame), usize::MAX)
        .map_err(|err| DecodeError::Malformed(err.to_string()))?;
    Ok(match packet {
        v4::Packet::Connect(connect) => Packet::Connect(Box::new(self::connect(connect)?)),
        v4::Packet::ConnAck(ack) => Packet::ConnAck(Box::new(ConnAck {
            session_present: ack.session_present,
            reason: ReasonCode::from_connect_return_code(reason_at(frame, header, 1).0),
            properties: Properties::default(),
        })),
        v4::Packet::Publish(message) => Packet::Publish(publish(message)?),
        v4::Packet::PubAck(ack) => Packet::PubAck(self::ack(ack.pkid)?),
        v4::Packet::PubRec(ack) => Packet::PubRec(self::ack(ack.pkid)?),
        v4::Packet::PubRel(ack) => Packet::PubRel(self::ack(ack.pkid)?),
        v4::Packet::PubComp(ack) => Packet::PubComp(self::ack(ack.pkid)?),
        v4::Packet::Subscribe(request) => Packet::Subscribe(subscribe(request)?),
        v4::Packet::SubAck(ack) => Packet::SubAck(SubAck {
            packet_id: packet_id(ack.pkid)?,
            reasons: frame.iter().skip(header.length + 2).map(|code| ReasonCode(*code)).collect(),
            properties: Properties::default(),
        }),
        v4::Packet::Unsubscribe(request) => Packet::Unsubscribe(Unsubscribe {
            packet_id: packet_id(request.pkid)?,
            filters: request.topics.into_iter().map(TopicFilter::new).collect::<Result<_, _>>()?,
            properties: Properties::default(),
        }),
        v4::Packet::UnsubAck(ack) => Packet::UnsubAck(SubAck {
            packet_id: packet_id(ack.pkid)?,
            reasons: Vec::new(),
            properties: Properties::default(),
        }),
        v4::Packet::PingReq => Packet::PingReq,
        v4::Packet::PingResp => Packet::PingResp,
        v4::Packet::Disconnect => {
            Packet::Disconnect(Disconnect { reason: ReasonCode::SUCCESS, properties: Properties::default() })
        }
    })
}

fn qos(qos: QoS) -> Qos {
    match qos {
        QoS::AtMostOnce => Qos::AtMostOnce,
        QoS::AtLeastOnce => Qos::AtLeastOnce,
        QoS::ExactlyOnce => Qos::ExactlyOnce,
    }
}

fn connect(connect: v4::Connect) -> Result<Connect, DecodeError> {
    let (user_name, has_password) = match connect.auth {
        ConnectAuth::None => (None, false),
        ConnectAuth::Username { username } => (Some(username), false),
        ConnectAuth::UsernamePassword { username, .. } => (Some(username), true),
    };
    let will = connect.last_will.map(|will| {
        Ok::<_, DecodeError>(Will {
            topic: TopicName::new(will.topic)?,
            payload: will.message,
            qos: qos(will.qos),
            retain: will.retain,
            properties: Properties::default(),
        })
    });
    Ok(Connect {
        version: Version::V311,
        client_id: connect.client_id,
        clean_start: connect.clean_session,
        keep_alive: connect.keep_alive,
        user_name,
        has_password,
        will: will.transpose()?,
        properties: Properties::default(),
    })
}

fn publish(message: v4::Publish) -> Result<Publish, DecodeError> {
    Ok(Publish {
        topic: TopicName::from_bytes(message.topic)?,
        payload: message.payload,
        qos: qos(message.qos),
        retain: message.retain,
        dup: message.dup,
        packet_id: crate::mqtt::PacketId::new(message.pkid),
        properties: None,
    })
}

fn ack(id: u16) -> Result<Ack, DecodeError> {
    Ok(Ack { packet_id: packet_id(id)?, reason: ReasonCode::SUCCESS, properties: None })
}

fn subscribe(request: v4::Subscribe) -> Result<Subscribe, DecodeError> {
    let requests = request.filters.into_iter().map(|wanted| {
        Ok::<_, DecodeError>(SubscribeRequest {
            filter: TopicFilter::new(wanted.path)?,
            qos: qos(wanted.qos),
            no_local: false,
            retain_as_published: false,
            retain_handling: 0,
        })
    });
    Ok(Subscribe {
        packet_id: packet_id(request.pkid)?,
        requests: requests.collect::<Result<_, _>>()?,
        properties: Properties::default(),
    })
}
