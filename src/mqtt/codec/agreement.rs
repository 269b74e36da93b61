//! What rumqttc writes, in both versions, is read with every field as it was meant.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use rumqttc::mqttbytes::v5;
use rumqttc_v4::mqttbytes::v4;

use super::decode;
use crate::mqtt::{Ack, Packet, PacketId, Properties, Qos, ReasonCode, Version};

fn from_v4(packet: &v4::Packet) -> Packet {
    let mut buffer = BytesMut::new();
    packet.write(&mut buffer, usize::MAX).unwrap();
    decode(Version::V311, buffer.freeze()).unwrap()
}

fn from_v5(packet: &v5::Packet) -> Packet {
    let mut buffer = BytesMut::new();
    packet.write(&mut buffer, None).unwrap();
    decode(Version::V5, buffer.freeze()).unwrap()
}

fn user() -> Vec<(String, String)> {
    vec![
        ("a".to_owned(), "1".to_owned()),
        ("a".to_owned(), "zwei".to_owned()),
    ]
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn connect_of_3_1_1() {
    let mut written = v4::Connect::new("me");
    written.set_credentials("user", "secret");
    written.last_will = Some(v4::LastWill::new(
        "w",
        "gone",
        rumqttc_v4::mqttbytes::QoS::AtLeastOnce,
        true,
    ));
    let packet = from_v4(&v4::Packet::Connect(written));
    assert!(!format!("{packet:?}").contains("secret"));
    let Packet::Connect(connect) = packet else {
        panic!()
    };
    assert_eq!(connect.version, Version::V311);
    assert_eq!(
        (connect.client_id.as_str(), connect.user_name.as_deref()),
        ("me", Some("user"))
    );
    assert!(connect.has_password);
    let will = connect.will.unwrap();
    assert_eq!(
        (will.topic.as_str(), will.retain, will.qos),
        ("w", true, Qos::AtLeastOnce)
    );
    assert_eq!(will.payload, "gone");
}

#[test]
fn connect_of_mqtt_5_with_every_property() {
    let connect = v5::Connect {
        keep_alive: 30,
        client_id: "me".to_owned(),
        clean_start: false,
        properties: Some(v5::ConnectProperties {
            session_expiry_interval: Some(1),
            receive_maximum: Some(2),
            max_packet_size: Some(3),
            topic_alias_max: Some(4),
            request_response_info: Some(1),
            request_problem_info: Some(0),
            user_properties: user(),
            authentication_method: Some(text("PLAIN")),
            authentication_data: Some(Bytes::from_static(b"hush")),
        }),
    };
    let will = v5::LastWill {
        topic: Bytes::from_static(b"w"),
        message: Bytes::from_static(b"gone"),
        qos: rumqttc::mqttbytes::QoS::ExactlyOnce,
        retain: false,
        properties: Some(v5::LastWillProperties {
            delay_interval: Some(5),
            payload_format_indicator: Some(1),
            message_expiry_interval: Some(6),
            content_type: Some(text("text/plain")),
            response_topic: Some(text("r")),
            correlation_data: Some(Bytes::from_static(b"c")),
            user_properties: user(),
        }),
    };
    let auth = v5::ConnectAuth::Username {
        username: "user".to_owned(),
    };
    let packet = from_v5(&v5::Packet::Connect(connect, Some(will), auth));
    assert!(!format!("{packet:?}").contains("hush"));
    let Packet::Connect(connect) = packet else {
        panic!()
    };
    assert_eq!(
        (
            connect.keep_alive,
            connect.clean_start,
            connect.has_password
        ),
        (30, false, false)
    );
    let asked = Properties {
        session_expiry: Some(1),
        receive_maximum: Some(2),
        maximum_packet_size: Some(3),
        topic_alias_maximum: Some(4),
        request_response_information: Some(1),
        request_problem_information: Some(0),
        authentication_method: Some(text("PLAIN")),
        user: user(),
        ..Properties::default()
    };
    assert_eq!(connect.properties, asked);
    let will = connect.will.unwrap();
    assert_eq!((will.qos, will.retain), (Qos::ExactlyOnce, false));
    let of_will = Properties {
        will_delay: Some(5),
        payload_format: Some(1),
        message_expiry: Some(6),
        content_type: Some(text("text/plain")),
        response_topic: Some(text("r")),
        correlation_data: Some(Bytes::from_static(b"c")),
        user: user(),
        ..Properties::default()
    };
    assert_eq!(will.properties, of_will);
}

#[test]
fn connack_with_every_property() {
    let written = v5::ConnAck {
        session_present: true,
        code: v5::ConnectReturnCode::Success,
        properties: Some(v5::ConnAckProperties {
            session_expiry_interval: Some(1),
            receive_max: Some(2),
            max_qos: Some(1),
            retain_available: Some(0),
            max_packet_size: Some(3),
            assigned_client_identifier: Some(text("auto-1")),
            topic_alias_max: Some(4),
            reason_string: Some(text("fine")),
            user_properties: user(),
            wildcard_subscription_available: Some(1),
            subscription_identifiers_available: Some(0),
            shared_subscription_available: Some(1),
            server_keep_alive: Some(5),
            response_information: Some(text("info")),
            server_reference: Some(text("other")),
            authentication_method: Some(text("PLAIN")),
            authentication_data: None,
        }),
    };
    let Packet::ConnAck(ack) = from_v5(&v5::Packet::ConnAck(written)) else {
        panic!()
    };
    assert!(ack.session_present && ack.reason == ReasonCode::SUCCESS);
    let granted = Properties {
        session_expiry: Some(1),
        receive_maximum: Some(2),
        maximum_qos: Some(1),
        retain_available: Some(0),
        maximum_packet_size: Some(3),
        assigned_client_id: Some(text("auto-1")),
        topic_alias_maximum: Some(4),
        reason_string: Some(text("fine")),
        user: user(),
        wildcard_subscription_available: Some(1),
        subscription_ids_available: Some(0),
        shared_subscription_available: Some(1),
        server_keep_alive: Some(5),
        response_information: Some(text("info")),
        server_reference: Some(text("other")),
        authentication_method: Some(text("PLAIN")),
        ..Properties::default()
    };
    assert_eq!(ack.properties, granted);
}

#[test]
fn acknowledgements() {
    let written = v5::PubAck {
        pkid: 9,
        reason: v5::PubAckReason::QuotaExceeded,
        properties: Some(v5::PubAckProperties {
            reason_string: Some(text("full")),
            user_properties: user(),
        }),
    };
    let ack = Ack {
        packet_id: PacketId::new(9).unwrap(),
        reason: ReasonCode(0x97),
        properties: Some(Box::new(Properties {
            reason_string: Some(text("full")),
            user: user(),
            ..Properties::default()
        })),
    };
    assert_eq!(from_v5(&v5::Packet::PubAck(written)), Packet::PubAck(ack));
    let plain = Ack {
        packet_id: PacketId::new(7).unwrap(),
        reason: ReasonCode::SUCCESS,
        properties: None,
    };
    let released = from_v5(&v5::Packet::PubRel(v5::PubRel::new(7, None)));
    assert_eq!(released, Packet::PubRel(plain.clone()));
    let complete = from_v4(&v4::Packet::PubComp(v4::PubComp::new(7)));
    assert_eq!(complete, Packet::PubComp(plain.clone()));
    let received = from_v4(&v4::Packet::PubRec(v4::PubRec::new(7)));
    assert_eq!(received, Packet::PubRec(plain));
}

#[test]
fn subscribe_and_unsubscribe() {
    let mut filter = v5::SubscribeFilter::new("$share/g/a/+", rumqttc::mqttbytes::QoS::AtLeastOnce);
    filter.nolocal = true;
    filter.preserve_retain = true;
    filter.retain_forward_rule = v5::RetainForwardRule::Never;
    let properties = v5::SubscribeProperties {
        id: Some(300),
        user_properties: user(),
    };
    let mut written = v5::Subscribe::new(filter, Some(properties));
    written.pkid = 4;
    let Packet::Subscribe(subscribe) = from_v5(&v5::Packet::Subscribe(written)) else {
        panic!()
    };
    let request = &subscribe.requests[0];
    assert_eq!(
        (
            request.filter.as_str(),
            request.qos,
            request.retain_handling
        ),
        ("$share/g/a/+", Qos::AtLeastOnce, 2)
    );
    assert!(request.no_local && request.retain_as_published);
    assert_eq!(subscribe.properties.subscription_ids, [300]);

    let mut written = v4::Unsubscribe::new("a/#");
    written.pkid = 5;
    let Packet::Unsubscribe(unsubscribe) = from_v4(&v4::Packet::Unsubscribe(written)) else {
        panic!()
    };
    assert_eq!(unsubscribe.filters[0].as_str(), "a/#");
    let Packet::UnsubAck(ack) = from_v4(&v4::Packet::UnsubAck(v4::UnsubAck::new(5))) else {
        panic!()
    };
    assert!(ack.reasons.is_empty() && ack.packet_id.get() == 5);
}

#[test]
fn packets_without_fields() {
    assert_eq!(from_v4(&v4::Packet::PingReq), Packet::PingReq);
    assert_eq!(from_v5(&v5::Packet::PingResp), Packet::PingResp);
    assert!(
        matches!(from_v4(&v4::Packet::Disconnect), Packet::Disconnect(end) if end.reason == ReasonCode::SUCCESS)
    );
}

prop_compose! {
    fn message_properties()(
        payload_format_indicator in prop::option::of(0_u8..2),
        message_expiry_interval in any::<Option<u32>>(),
        topic_alias in prop::option::of(1_u16..),
        response_topic in prop::option::of("[a-z/]{1,9}"),
        correlation_data in prop::option::of(prop::collection::vec(any::<u8>(), 0..9)),
        user_properties in prop::collection::vec(("[a-z]{0,4}", "\\PC{0,9}"), 0..3),
        subscription_identifiers in prop::collection::vec(1_usize..268_435_456, 0..5),
        content_type in prop::option::of("[a-z/]{1,9}"),
    ) -> v5::PublishProperties {
        v5::PublishProperties {
            payload_format_indicator,
            message_expiry_interval,
            topic_alias,
            response_topic,
            correlation_data: correlation_data.map(Bytes::from),
            user_properties,
            subscription_identifiers,
            content_type,
        }
    }
}

fn same(ours: &Properties, theirs: v5::PublishProperties) -> bool {
    let ids = theirs.subscription_identifiers.into_iter();
    *ours
        == Properties {
            payload_format: theirs.payload_format_indicator,
            message_expiry: theirs.message_expiry_interval,
            topic_alias: theirs.topic_alias,
            response_topic: theirs.response_topic,
            correlation_data: theirs.correlation_data,
            user: theirs.user_properties,
            subscription_ids: ids.map(|id| u32::try_from(id).unwrap()).collect(),
            content_type: theirs.content_type,
            ..Properties::default()
        }
}

proptest! {
    #[test]
    fn publish(
        topic in "[a-zß/]{1,12}",
        payload in prop::collection::vec(any::<u8>(), 0..400),
        (retain, dup) in any::<(bool, bool)>(),
        id in 1_u16..,
        properties in message_properties(),
    ) {
        let qos = rumqttc::mqttbytes::QoS::ExactlyOnce;
        let mut written = v5::Publish::new(topic.clone(), qos, payload.clone(), Some(properties.clone()));
        (written.retain, written.dup, written.pkid) = (retain, dup, id);
        let Packet::Publish(read) = from_v5(&v5::Packet::Publish(written)) else { panic!() };
        prop_assert_eq!(read.topic.as_str(), topic);
        prop_assert_eq!(read.payload.as_ref(), payload.as_slice());
        prop_assert_eq!((read.retain, read.dup, read.qos), (retain, dup, Qos::ExactlyOnce));
        prop_assert_eq!(read.packet_id, PacketId::new(id));
        let read = read.properties.unwrap_or_default();
        prop_assert!(same(&read, properties));
    }
}
