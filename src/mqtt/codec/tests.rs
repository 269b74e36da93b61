//! Packets as other programs write them, and any bytes at all.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;
use crate::mqtt::Qos;

/// The codec of the other side writes, ours reads.
fn written_v5(packet: &rumqttc::mqttbytes::v5::Packet) -> Bytes {
    let mut buffer = BytesMut::new();
    packet.write(&mut buffer, None).unwrap();
    buffer.freeze()
}

#[test]
fn reads_a_plain_publish_without_copying() {
    let frame = Bytes::from_static(b"\x32\x0b\x00\x03a/b\x00\x07hell");
    let Packet::Publish(publish) = decode(Version::V311, frame.clone()).unwrap() else { panic!() };
    assert_eq!(publish.topic.as_str(), "a/b");
    assert_eq!(publish.qos, Qos::AtLeastOnce);
    assert_eq!(publish.packet_id.map(PacketId::get), Some(7));
    assert_eq!(publish.payload, "hell");
    assert_eq!(publish.payload.as_ptr(), frame[9..].as_ptr(), "the payload shares the frame's memory");
}

#[test]
fn reads_a_publish_with_properties() {
    use rumqttc::mqttbytes::v5;
    let mut publish = v5::Publish::new("t", rumqttc::mqttbytes::QoS::AtMostOnce, "x", None);
    publish.properties = Some(v5::PublishProperties {
        content_type: Some("text/plain".to_owned()),
        user_properties: vec![("a".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())],
        message_expiry_interval: Some(60),
        ..Default::default()
    });
    let frame = written_v5(&v5::Packet::Publish(publish));
    let Packet::Publish(publish) = decode(Version::V5, frame).unwrap() else { panic!() };
    let properties = publish.properties.unwrap();
    assert_eq!(properties.content_type.as_deref(), Some("text/plain"));
    assert_eq!(properties.message_expiry, Some(60));
    assert_eq!(properties.user.len(), 2, "names may repeat");
}

#[test]
fn reason_codes_come_from_the_wire() {
    let puback = decode(Version::V5, Bytes::from_static(b"\x40\x03\x00\x01\x10")).unwrap();
    let Packet::PubAck(ack) = puback else { panic!() };
    assert_eq!(ack.reason.name(), "No matching subscribers");
    let short = decode(Version::V5, Bytes::from_static(b"\x40\x02\x00\x01")).unwrap();
    let Packet::PubAck(ack) = short else { panic!() };
    assert_eq!(ack.reason, ReasonCode::SUCCESS, "left out means success");
    let suback = decode(Version::V5, Bytes::from_static(b"\x90\x05\x00\x01\x00\x02\x87")).unwrap();
    let Packet::SubAck(ack) = suback else { panic!() };
    assert_eq!(ack.reasons, [ReasonCode(2), ReasonCode(0x87)]);
    let connack = decode(Version::V311, Bytes::from_static(b"\x20\x02\x00\x05")).unwrap();
    let Packet::ConnAck(ack) = connack else { panic!() };
    assert_eq!(ack.reason.name(), "Not authorized");
    let disconnect = decode(Version::V5, Bytes::from_static(b"\xe0\x01\x8e")).unwrap();
    let Packet::Disconnect(end) = disconnect else { panic!() };
    assert_eq!(end.reason.name(), "Session taken over");
}

#[test]
fn a_connect_keeps_everything_but_the_password() {
    use rumqttc_v4::mqttbytes::v4;
    let mut connect = v4::Connect::new("me");
    connect.set_credentials("user", "secret");
    connect.last_will = Some(v4::LastWill::new("w", "gone", rumqttc_v4::mqttbytes::QoS::AtLeastOnce, true));
    let mut buffer = BytesMut::new();
    v4::Packet::Connect(connect).write(&mut buffer, usize::MAX).unwrap();
    let packet = decode(Version::V311, buffer.freeze()).unwrap();
    assert!(!format!("{packet:?}").contains("secret"));
    let Packet::Connect(connect) = packet else { panic!() };
    assert_eq!(connect.user_name.as_deref(), Some("user"));
    assert!(connect.has_password);
    let will = connect.will.unwrap();
    assert_eq!((will.topic.as_str(), will.retain, will.qos), ("w", true, Qos::AtLeastOnce));
}

#[test]
fn frame_lengths() {
    assert_eq!(frame_length(b"").unwrap(), None);
    assert_eq!(frame_length(b"\x30").unwrap(), None);
    assert_eq!(frame_length(b"\xc0\x00").unwrap(), Some(2));
    assert_eq!(frame_length(b"\x30\xff\x7f").unwrap(), Some(3 + 16_383));
    assert_eq!(frame_length(b"\x30\xff\xff\xff").unwrap(), None);
    assert!(frame_length(b"\x30\xff\xff\xff\xff").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn any_bytes_are_read_or_refused(
        first in any::<u8>(),
        body in proptest::collection::vec(any::<u8>(), 0..120),
        is_v5 in any::<bool>(),
    ) {
        let mut frame = vec![first, u8::try_from(body.len()).unwrap()];
        frame.extend(body);
        let version = if is_v5 { Version::V5 } else { Version::V311 };
        let _read_or_refused = decode(version, Bytes::from(frame)).is_ok();
    }

    #[test]
    fn the_fast_path_agrees_with_the_codec(
        topic in "[a-z/]{1,12}",
        payload in proptest::collection::vec(any::<u8>(), 0..40),
        retain in any::<bool>(),
        id in 1_u16..,
    ) {
        use rumqttc::mqttbytes::{QoS, v5};
        let mut written = v5::Publish::new(topic.clone(), QoS::ExactlyOnce, payload.clone(), None);
        written.retain = retain;
        written.pkid = id;
        let frame = written_v5(&v5::Packet::Publish(written));
        let Packet::Publish(read) = decode(Version::V5, frame).unwrap() else { panic!() };
        prop_assert_eq!(read.topic.as_str(), topic);
        prop_assert_eq!(read.payload.as_ref(), payload.as_slice());
        prop_assert_eq!((read.retain, read.qos), (retain, Qos::ExactlyOnce));
        prop_assert_eq!(read.packet_id.map(PacketId::get), Some(id));
    }
}
