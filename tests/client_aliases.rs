//! Topic aliases of a broker (MQTT 5, 3.3.2.3.4): every message comes out with its topic, whatever the broker left out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use canopy::client::Direction;
use canopy::mqtt::{Packet, Qos, Version};
use canopy::profile::Profile;

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, subscription};
use common::script::{CONNACK_V5, Script, Step};

const CONNECT: u8 = 1;
const PUBACK: u8 = 4;
const DISCONNECT: u8 = 14;

/// QoS 0, topic `a/b`, alias 3, payload `1`; then the alias alone with payload `2`, and with QoS 1 and payload `3`.
const NAMED: &[u8] = b"\x30\x0a\x00\x03a/b\x03\x23\x00\x031";
const BY_ALIAS: &[u8] = b"\x30\x07\x00\x00\x03\x23\x00\x032";
const BY_ALIAS_QOS_1: &[u8] = b"\x32\x09\x00\x00\x00\x07\x03\x23\x00\x033";

fn accepting(port: u16, maximum: u16) -> Profile {
    let mut own = profile(Version::V5, port);
    own.mqtt5.topic_alias_maximum = maximum;
    own
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_comes_with_its_topic() {
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5, NAMED, BY_ALIAS, BY_ALIAS_QOS_1].concat()),
        Step::Expect(PUBACK),
        Step::ReadToEnd,
    ]);
    let mut probe = Probe::open(accepting(script.port(), 10));
    let (direction, connect) = probe.packet().await;
    let Packet::Connect(connect) = connect else {
        panic!("CONNECT");
    };
    assert_eq!(direction, Direction::Outgoing);
    assert_eq!(connect.properties.topic_alias_maximum, Some(10));
    for payload in ["1", "2", "3"] {
        let message = probe.message().await;
        assert_eq!(message.topic.as_str(), "a/b");
        assert_eq!(message.payload, payload);
        assert_eq!(message.properties.unwrap().topic_alias, Some(3));
    }
    probe.disconnect().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_connection_knows_no_aliases_and_the_rules_are_kept() {
    let unknown = "used topic alias 3 without saying which topic";
    for (maximum, packets, reason, words) in [
        (10, BY_ALIAS, 0x82, unknown),
        (2, NAMED, 0x94, "accepts aliases up to 2"),
        (0, BY_ALIAS, 0x94, "accepts no topic aliases"),
        (10, b"\x30\x07\x00\x01a\x03\x23\x00\x00", 0x94, "alias 0"),
    ] {
        let script = Script::start(vec![
            Step::Expect(CONNECT),
            Step::Send([CONNACK_V5, b"\x30\x04\x00\x01a\x00"].concat()),
            Step::Wait,
            Step::Reconnect,
            Step::Expect(CONNECT),
            // a message in order goes through before
            Step::Send([CONNACK_V5, b"\x30\x04\x00\x01b\x00", packets].concat()),
            Step::Expect(DISCONNECT),
        ]);
        let mut probe = Probe::open(accepting(script.port(), maximum));
        probe.connected().await;
        assert_eq!(probe.message().await.topic.as_str(), "a");
        script.go_on();
        assert_eq!(probe.message().await.topic.as_str(), "b");
        let failure = probe.ended().await.expect("a reason");
        assert!(failure.to_string().contains(words), "{failure}");
        assert!(
            failure.cure.contains("topic alias maximum in the profile"),
            "{failure}"
        );
        let last = script.received().pop().expect("DISCONNECT");
        assert_eq!(last[2], reason, "{last:?}");
    }
}

/// An alias of the connection before means nothing on the next one.
#[tokio::test(flavor = "multi_thread")]
async fn aliases_end_with_their_connection() {
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5, NAMED].concat()),
        Step::Wait,
        Step::Reconnect,
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5, BY_ALIAS].concat()),
        Step::Expect(DISCONNECT),
    ]);
    let mut probe = Probe::open(accepting(script.port(), 10));
    assert_eq!(probe.message().await.topic.as_str(), "a/b");
    script.go_on();
    let failure = probe.ended().await.expect("a reason");
    assert!(failure.what.contains("without saying"), "{failure}");
}

/// Seven bytes may stand for a topic of 60,000: what is read at once must not become gigabytes.
#[tokio::test(flavor = "multi_thread")]
async fn long_topics_behind_short_aliases_come_in_portions() {
    const MESSAGES: usize = 2_000;
    let topic = vec![b't'; 60_000];
    let named = [
        &b"\x30\xe6\xd4\x03\xea\x60"[..],
        &topic,
        b"\x03\x23\x00\x01",
    ];
    let by_alias = b"\x30\x06\x00\x00\x03\x23\x00\x01".repeat(MESSAGES);
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::SendInBackground([CONNACK_V5, &named.concat(), &by_alias].concat()),
        Step::ReadToEnd,
    ]);
    let mut probe = Probe::open(accepting(script.port(), 1));
    let mut most = 0;
    for _ in 0..=MESSAGES {
        most = most.max(probe.connection.waiting_bytes());
        assert_eq!(probe.message().await.topic.as_str().len(), topic.len());
    }
    // Captures::LIMIT, and one portion
    assert!(most < 10 * 1024 * 1024, "{most}");
    probe.disconnect().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mosquitto_takes_the_announcement() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut own = accepting(broker.port(), 10);
    own.subscriptions = vec![subscription("#", Qos::AtLeastOnce)];
    let mut probe = Probe::subscribed(own).await;
    for payload in ["1", "2", "3"] {
        probe
            .publish(message("a/b", payload, Qos::AtLeastOnce))
            .await;
        let message = probe.message().await;
        assert_eq!(
            (message.topic.as_str(), &message.payload[..]),
            ("a/b", payload.as_bytes())
        );
    }
    probe.disconnect().await;
}
