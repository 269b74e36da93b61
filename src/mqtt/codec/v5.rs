//! MQTT 5 packets from the codec's types to ours.

use bytes::Bytes;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v5::{self, ConnectAuth, RetainForwardRule};

use super::{DecodeError, Header, owned, packet_id, reason_at};
use crate::mqtt::{
    Ack, Auth, ConnAck, Connect, Disconnect, Packet, Properties, Publish, Qos, ReasonCode, SubAck, Subscribe,
    SubscribeRequest, TopicFilter, TopicName, Unsubscribe, Version, Will,
};

type UserProperties = Vec<(String, String)>;

/// Reads any packet.
pub fn decode(frame: &Bytes, header: Header) -> Result<Packet, DecodeError> {
    let packet = v5::Packet::read(&mut owned(frame), None).map_err(|err| DecodeError::Malformed(err.to_string()))?;
    // the reason of PUBACK, PUBREC, PUBREL and PUBCOMP follows their packet identifier
    let ack = |id: u16, words: Option<(Option<String>, UserProperties)>| {
        let properties = words.map(|(reason, user)| Box::new(reason_properties(reason, user)));
        Ok::<_, DecodeError>(Ack { packet_id: packet_id(id)?, reason: reason_at(frame, header, 2), properties })
    };
    Ok(match packet {
        v5::Packet::Auth(auth) => Packet::Auth(self::auth(auth, reason_at(frame, header, 0))),
        v5::Packet::Connect(connect, will, auth) => Packet::Connect(Box::new(self::connect(connect, will, &auth)?)),
        v5::Packet::ConnAck(ack) => Packet::ConnAck(Box::new(ConnAck {
            session_present: ack.session_present,
            reason: reason_at(frame, header, 1),
            properties: ack.properties.map(granted).unwrap_or_default(),
        })),
        v5::Packet::Publish(message) => Packet::Publish(publish(message)?),
        v5::Packet::PubAck(it) => Packet::PubAck(ack(it.pkid, it.properties.map(|p| (p.reason_string, p.user_properties)))?),
        v5::Packet::PubRec(it) => Packet::PubRec(ack(it.pkid, it.properties.map(|p| (p.reason_string, p.user_properties)))?),
        v5::Packet::PubRel(it) => Packet::PubRel(ack(it.pkid, it.properties.map(|p| (p.reason_string, p.user_properties)))?),
        v5::Packet::PubComp(it) => Packet::PubComp(ack(it.pkid, it.properties.map(|p| (p.reason_string, p.user_properties)))?),
        v5::Packet::Subscribe(request) => Packet::Subscribe(subscribe(request)?),
        v5::Packet::SubAck(it) => Packet::SubAck(SubAck {
            packet_id: packet_id(it.pkid)?,
            reasons: last_reasons(frame, it.return_codes.len()),
            properties: it.properties.map(|p| reason_properties(p.reason_string, p.user_properties)).unwrap_or_default(),
        }),
        v5::Packet::Unsubscribe(request) => Packet::Unsubscribe(unsubscribe(request)?),
        v5::Packet::UnsubAck(it) => Packet::UnsubAck(SubAck {
            packet_id: packet_id(it.pkid)?,
            reasons: last_reasons(frame, it.reasons.len()),
            properties: it.properties.map(|p| reason_properties(p.reason_string, p.user_properties)).unwrap_or_default(),
        }),
        v5::Packet::PingReq => Packet::PingReq,
        v5::Packet::PingResp => Packet::PingResp,
        v5::Packet::Disconnect(end) => Packet::Disconnect(disconnect(end, reason_at(frame, header, 0))),
    })
}

fn qos(qos: QoS) -> Qos {
    match qos {
        QoS::AtMostOnce => Qos::AtMostOnce,
        QoS::AtLeastOnce => Qos::AtLeastOnce,
        QoS::ExactlyOnce => Qos::ExactlyOnce,
    }
}

/// The reason codes of SUBACK and UNSUBACK are the last bytes of the packet, one for each filter.
fn last_reasons(frame: &[u8], count: usize) -> Vec<ReasonCode> {
    let start = frame.len().saturating_sub(count);
    frame.iter().skip(start).map(|code| ReasonCode(*code)).collect()
}

fn reason_properties(reason_string: Option<String>, user: UserProperties) -> Properties {
    Properties { reason_string, user, ..Properties::default() }
}

fn auth(auth: v5::Auth, reason: ReasonCode) -> Auth {
    let properties = auth.properties.map(|it| Properties {
        authentication_method: it.method,
        reason_string: it.reason,
        user: it.user_properties,
        ..Properties::default()
    });
    Auth { reason, properties: properties.unwrap_or_default() }
}

fn disconnect(end: v5::Disconnect, reason: ReasonCode) -> Disconnect {
    let properties = end.properties.map(|it| Properties {
        session_expiry: it.session_expiry_interval,
        reason_string: it.reason_string,
        server_reference: it.server_reference,
        user: it.user_properties,
        ..Properties::default()
    });
    Disconnect { reason, properties: properties.unwrap_or_default() }
}

fn granted(it: v5::ConnAckProperties) -> Properties {
    Properties {
        session_expiry: it.session_expiry_interval,
        receive_maximum: it.receive_max,
        maximum_qos: it.max_qos,
        retain_available: it.retain_available,
        maximum_packet_size: it.max_packet_size,
        assigned_client_id: it.assigned_client_identifier,
        topic_alias_maximum: it.topic_alias_max,
        reason_string: it.reason_string,
        user: it.user_properties,
        wildcard_subscription_available: it.wildcard_subscription_available,
        subscription_ids_available: it.subscription_identifiers_available,
        shared_subscription_available: it.shared_subscription_available,
        server_keep_alive: it.server_keep_alive,
        response_information: it.response_information,
        server_reference: it.server_reference,
        authentication_method: it.authentication_method,
        ..Properties::default()
    }
}

fn publish(message: v5::Publish) -> Result<Publish, DecodeError> {
    Ok(Publish {
        topic: TopicName::from_bytes(message.topic)?,
        payload: message.payload,
        qos: qos(message.qos),
        retain: message.retain,
        dup: message.dup,
        packet_id: crate::mqtt::PacketId::new(message.pkid),
        properties: message.properties.map(|it| Box::new(message_properties(it))),
    })
}

fn message_properties(it: v5::PublishProperties) -> Properties {
    // identifiers have at most 28 bits on the wire (MQTT 5, 1.5.5)
    let ids = it.subscription_identifiers.into_iter().filter_map(|id| u32::try_from(id).ok());
    Properties {
        payload_format: it.payload_format_indicator,
        message_expiry: it.message_expiry_interval,
        topic_alias: it.topic_alias,
        response_topic: it.response_topic,
        correlation_data: it.correlation_data,
        user: it.user_properties,
        subscription_ids: ids.collect(),
        content_type: it.content_type,
        ..Properties::default()
    }
}

fn connect(
    connect: v5::Connect,
    will: Option<v5::LastWill>,
    auth: &ConnectAuth,
) -> Result<Connect, DecodeError> {
    let (user_name, has_password) = match auth {
        ConnectAuth::None => (None, false),
        ConnectAuth::Username { username } => (Some(username.clone()), false),
        ConnectAuth::Password { .. } => (None, true),
        ConnectAuth::UsernamePassword { username, .. } => (Some(username.clone()), true),
    };
    Ok(Connect {
        version: Version::V5,
        client_id: connect.client_id,
        clean_start: connect.clean_start,
        keep_alive: connect.keep_alive,
        user_name,
        has_password,
        will: will.map(self::will).transpose()?,
        properties: connect.properties.map(asked).unwrap_or_default(),
    })
}

fn asked(it: v5::ConnectProperties) -> Properties {
    Properties {
        session_expiry: it.session_expiry_interval,
        receive_maximum: it.receive_maximum,
        maximum_packet_size: it.max_packet_size,
        topic_alias_maximum: it.topic_alias_max,
        request_response_information: it.request_response_info,
        request_problem_information: it.request_problem_info,
        authentication_method: it.authentication_method,
        user: it.user_properties,
        ..Properties::default()
    }
}

fn will(will: v5::LastWill) -> Result<Will, DecodeError> {
    let properties = will.properties.map(|it| Properties {
        will_delay: it.delay_interval,
        payload_format: it.payload_format_indicator,
        message_expiry: it.message_expiry_interval,
        content_type: it.content_type,
        response_topic: it.response_topic,
        correlation_data: it.correlation_data,
        user: it.user_properties,
        ..Properties::default()
    });
    Ok(Will {
        topic: TopicName::from_bytes(will.topic)?,
        payload: will.message,
        qos: qos(will.qos),
        retain: will.retain,
        properties: properties.unwrap_or_default(),
    })
}

fn subscribe(request: v5::Subscribe) -> Result<Subscribe, DecodeError> {
    let requests = request.filters.into_iter().map(|wanted| {
        Ok::<_, DecodeError>(SubscribeRequest {
            filter: TopicFilter::new(wanted.path)?,
            qos: qos(wanted.qos),
            no_local: wanted.nolocal,
            retain_as_published: wanted.preserve_retain,
            retain_handling: match wanted.retain_forward_rule {
                RetainForwardRule::OnEverySubscribe => 0,
                RetainForwardRule::OnNewSubscribe => 1,
                RetainForwardRule::Never => 2,
            },
        })
    });
    let properties = request.properties.map(|it| Properties {
        subscription_ids: it.id.and_then(|id| u32::try_from(id).ok()).into_iter().collect(),
        user: it.user_properties,
        ..Properties::default()
    });
    Ok(Subscribe {
        packet_id: packet_id(request.pkid)?,
        requests: requests.collect::<Result<_, _>>()?,
        properties: properties.unwrap_or_default(),
    })
}

fn unsubscribe(request: v5::Unsubscribe) -> Result<Unsubscribe, DecodeError> {
    let user = request.properties.map(|it| it.user_properties).unwrap_or_default();
    Ok(Unsubscribe {
        packet_id: packet_id(request.pkid)?,
        filters: request.filters.into_iter().map(TopicFilter::new).collect::<Result<_, _>>()?,
        properties: reason_properties(None, user),
    })
}
