//! Packets as other programs write them, byte by byte; and any bytes at all.

use proptest::prelude::*;

use super::*;
use crate::mqtt::{PacketId, Qos, ReasonCode};

fn read(version: Version, bytes: &'static [u8]) -> Packet {
    decode(version, Bytes::from_static(bytes)).unwrap()
}

fn refusal(version: Version, bytes: &'static [u8]) -> String {
    decode(version, Bytes::from_static(bytes))
        .unwrap_err()
        .to_string()
}

#[test]
fn a_frame_is_as_long_as_its_header_says() {
    let length = |bytes: &[u8]| frame_length(bytes).unwrap();
    assert_eq!(length(&[]), None);
    assert_eq!(length(&[0x30]), None);
    assert_eq!(length(&[0x30, 0x80]), None);
    assert_eq!(length(&[0xc0, 0]), Some(2));
    assert_eq!(length(&[0x30, 0x7f]), Some(129));
    assert_eq!(length(&[0x30, 0x80, 0x01]), Some(131));
    assert_eq!(length(&[0x30, 0xff, 0xff, 0xff, 0x7f]), Some(268_435_460));
    assert!(frame_length(&[0x30, 0x80, 0x80, 0x80, 0x80]).is_err());
}

#[test]
fn topic_and_payload_share_the_frame() {
    let frame = Bytes::from_static(b"\x3d\x0d\0\x03a/b\0\x07\0hello");
    let Packet::Publish(publish) = decode(Version::V5, frame.clone()).unwrap() else {
        panic!("not a PUBLISH");
    };
    assert_eq!(publish.topic.as_str(), "a/b");
    assert_eq!(publish.payload, "hello");
    assert_eq!(
        (publish.qos, publish.retain, publish.dup),
        (Qos::ExactlyOnce, true, true)
    );
    assert_eq!(publish.packet_id, PacketId::new(7));
    assert_eq!(publish.properties, None);
    assert_eq!(publish.topic.as_str().as_ptr(), frame[4..].as_ptr());
    assert_eq!(publish.payload.as_ptr(), frame[10..].as_ptr());
}

#[test]
fn an_empty_payload_is_a_message() {
    let Packet::Publish(publish) = read(Version::V311, b"\x31\x03\0\x01a") else {
        panic!("not a PUBLISH");
    };
    assert!(publish.payload.is_empty() && publish.retain);
}

/// rumqttc 0.34 counts each subscription identifier as one byte too many and takes the third for payload.
#[test]
fn every_subscription_identifier_is_read() {
    let Packet::Publish(publish) = read(
        Version::V5,
        b"\x30\x0c\0\x01a\x06\x0b\x01\x0b\x02\x0b\x03ok",
    ) else {
        panic!("not a PUBLISH");
    };
    assert_eq!(publish.payload, "ok");
    assert_eq!(publish.properties.unwrap().subscription_ids, [1, 2, 3]);
}

/// mosquitto ends a connection like this: the properties may be left out (MQTT 5, 3.14.2.2.1). rumqttc 0.34 refuses it.
#[test]
fn a_disconnect_may_end_after_its_reason() {
    let reason = |bytes| match read(Version::V5, bytes) {
        Packet::Disconnect(disconnect) => disconnect.reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(b"\xe0\x01\x8e"), ReasonCode(0x8e));
    assert_eq!(reason(b"\xe0\x02\x8e\0"), ReasonCode(0x8e));
    assert_eq!(reason(b"\xe0\0"), ReasonCode::SUCCESS);
}

#[test]
fn a_reason_that_the_standard_does_not_list_is_kept() {
    let Packet::SubAck(ack) = read(Version::V5, b"\x90\x06\0\x01\0\x01\xee\x80") else {
        panic!("not a SUBACK");
    };
    assert_eq!(ack.reasons, [1, 0xee, 0x80].map(ReasonCode));
}

#[test]
fn a_broker_of_3_1_1_answers_an_mqtt_5_client_in_its_own_words() {
    for version in [Version::V311, Version::V5] {
        let Packet::ConnAck(ack) = read(version, b"\x20\x02\0\x01") else {
            panic!("not a CONNACK");
        };
        assert_eq!(ack.reason, ReasonCode(0x84));
    }
}

#[test]
fn a_connect_is_read_without_its_password() {
    let frame = b"\x10\x28\0\x04MQTT\x05\xee\0\x3c\x05\x11\0\0\0\x3c\0\x02id\
        \x05\x18\0\0\0\x05\0\x01w\0\x03bye\0\x01u\0\x01p";
    let Packet::Connect(connect) = read(Version::V311, frame) else {
        panic!("not a CONNECT");
    };
    let will = connect.will.unwrap();
    assert_eq!((connect.version, connect.keep_alive), (Version::V5, 60));
    assert_eq!(
        (connect.client_id.as_str(), connect.user_name.as_deref()),
        ("id", Some("u"))
    );
    assert!(connect.clean_start && connect.has_password && will.retain);
    assert_eq!(connect.properties.session_expiry, Some(60));
    assert_eq!((will.topic.as_str(), will.qos), ("w", Qos::AtLeastOnce));
    assert_eq!(
        (will.payload.as_ref(), will.properties.will_delay),
        (&b"bye"[..], Some(5))
    );
    assert!(!frame.as_ptr_range().contains(&will.payload.as_ptr()));
    assert!(!frame.as_ptr_range().contains(&will.topic.as_str().as_ptr()));
}

#[test]
fn broken_rules_are_named() {
    let cases: [(&[u8], &str); 13] = [
        (b"", "fixed header"),
        (b"\x30\x05\0\x01a", "remaining length"),
        (b"\x36\x06\0\x01a\0\x01\0", "QoS 3"),
        (b"\x32\x06\0\x01a\0\0\0", "identifier is 0"),
        (b"\x30\x04\0\x01+\0", "wildcard"),
        (b"\x30\x04\0\x01\xff\0", "UTF-8"),
        (b"\x30\x03\0\0\0", "at least one character"),
        (b"\x30\x03\0\x09a", "ends before"),
        (b"\x30\x06\0\x01a\x09\x01\x01", "longer than the packet"),
        (b"\x30\x07\0\x01a\x01\x23\0\x01", "longer than all"),
        (b"\x30\x06\0\x01a\x02\x7e\0", "0x7E"),
        (b"\x41\x02\0\x01", "reserved flags"),
        (b"\xc0\x01\0", "left over"),
    ];
    for (bytes, word) in cases {
        let text = refusal(Version::V5, bytes);
        assert!(text.contains(word), "{text} lacks {word}");
    }
    assert!(refusal(Version::V311, b"\xf0\0").contains("packet type"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8_192))]

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
    fn a_packet_with_one_byte_changed_is_read_or_refused(
        which in 0..SAMPLES.len(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut frame = SAMPLES[which].to_vec();
        let at = at.index(frame.len());
        frame[at] = byte;
        for version in [Version::V311, Version::V5] {
            let _read_or_refused = decode(version, Bytes::from(frame.clone())).is_ok();
        }
    }

    #[test]
    fn any_bytes_have_a_length_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..8)) {
        match frame_length(&bytes) {
            Ok(Some(length)) => prop_assert!((2..=268_435_460).contains(&length)),
            Ok(None) => prop_assert!(bytes.len() < 5),
            Err(_) => prop_assert!(bytes.len() >= 5),
        }
    }
}

/// One of each packet that has something inside.
const SAMPLES: [&[u8]; 9] = [
    b"\x10\x28\0\x04MQTT\x05\xee\0\x3c\x05\x11\0\0\0\x3c\0\x02id\x05\x18\0\0\0\x05\0\x01w\0\x03bye\0\x01u\0\x01p",
    b"\x20\x0e\0\0\x0b\x12\0\x02id\x21\0\x14\x24\x01\x29",
    b"\x3d\x15\0\x03a/b\0\x07\x0a\x0b\x01\x26\0\x01k\0\x02vv!",
    b"\x50\x0a\0\x07\x97\x06\x1f\0\x03off",
    b"\x82\x0d\0\x01\x02\x0b\x05\0\x05a/+/#\x2e",
    b"\x90\x08\0\x01\x02\x0b\x05\0\x01\x87",
    b"\xa2\x09\0\x01\0\0\x04$SYS",
    b"\xe0\x08\x8e\x06\x1c\0\x03elf",
    b"\xf0\x0e\x18\x0c\x15\0\x05PLAIN\x16\0\x01s",
];

#[test]
fn a_packet_is_small_to_move() {
    assert!(size_of::<Packet>() <= 128, "{}", size_of::<Packet>());
}
