//! Defects of rumqttc 0.34 that the client works around, one test for each, named after what would go wrong.
//!
//! When rumqttc mends one of them the test still holds, and the workaround can go.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::{Duration, Instant};

use canopy::client::{Command, Direction, Event, PublishId, PublishStep, State};
use canopy::mqtt::{Packet, Qos, ReasonCode, TopicFilter, Version};

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, resuming};
use common::script::{CONNACK_V5, CONNACK_V5_RESUMED, CONNACK_V311, Script, Step};
use common::{free_port, within};

const CONNECT: u8 = 1;
const PUBREC: u8 = 5;
const PUBCOMP: u8 = 7;
const SUBSCRIBE: u8 = 8;
const PUBLISH: u8 = 3;
const PUBREL_TYPE: u8 = 6;

/// PUBLISH of MQTT 5 at QoS 2 with packet identifier 1, topic `t`, payload `x`.
const QOS_2: &[u8] = b"\x34\x07\x00\x01t\x00\x01\x00x";
const QOS_2_AGAIN: &[u8] = b"\x3c\x07\x00\x01t\x00\x01\x00x";
const PUBREL: &[u8] = b"\x62\x02\x00\x01";

/// MQTT 5: what was acknowledged but not yet handed out is forgotten when the connection is lost, while the packet
/// identifier stays known, so that the redelivery is taken for a duplicate.
#[tokio::test(flavor = "multi_thread")]
async fn a_qos_2_message_that_came_just_before_a_lost_connection_is_neither_lost_nor_doubled() {
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        // in one go, so that the connection is gone while rumqttc still works on the message
        Step::Send([CONNACK_V5, QOS_2].concat()),
        Step::Expect(PUBREC),
        Step::Reconnect,
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5_RESUMED, QOS_2_AGAIN].concat()),
        Step::Expect(PUBREC),
        Step::Send(PUBREL.to_vec()),
        Step::Expect(PUBCOMP),
        // the identifier is free again: this is another message
        Step::Send(QOS_2.to_vec()),
        Step::Expect(PUBREC),
        Step::ReadToEnd,
    ]);
    let mut probe = Probe::open(resuming(Version::V5, script.port(), "me"));
    probe.connected().await;
    let mut copies = 0;
    let mut repeats = 0;
    while copies < 2 {
        let (direction, packet) = probe.packet().await;
        let is_message = matches!(
            (direction, &packet),
            (Direction::Incoming, Packet::Publish(_))
        );
        let is_repeat = probe.redelivery.is_repeat(direction, &packet);
        copies += u32::from(is_message && !is_repeat);
        repeats += u32::from(is_repeat);
    }
    assert_eq!(repeats, 1);
}

/// MQTT 5: with thousands of unacknowledged publishes every reconnect ends in an `Unsolicited` error, each read costs
/// 60 µs, and the tables take 36 MiB. MQTT 3.1.1: mosquitto closes the connection beyond 20 at QoS 2.
#[tokio::test(flavor = "multi_thread")]
async fn unacknowledged_publishes_are_limited() {
    for (version, connack, limit) in [
        (Version::V5, CONNACK_V5, 100),
        (Version::V311, CONNACK_V311, 20),
    ] {
        let script = Script::start(vec![
            Step::Expect(CONNECT),
            Step::Send(connack.to_vec()),
            Step::ReadToEnd,
        ]);
        let mut probe = Probe::connect(profile(version, script.port())).await;
        for id in 0..500 {
            probe.send(Command::Publish(
                PublishId(id),
                message("t", "x", Qos::ExactlyOnce),
            ));
        }
        // the end comes after everything that could be sent was sent
        probe.send(Command::Disconnect);
        let mut sent = 0;
        let mut failed = 0;
        loop {
            match probe.event().await {
                Event::Publish(_, PublishStep::Sent) => sent += 1,
                Event::Publish(_, PublishStep::Failed(_)) => failed += 1,
                Event::State(State::Ended(_)) => break,
                _ => {}
            }
        }
        assert_eq!((sent, failed), (limit, 500), "{version}");
    }
}

/// MQTT 5: a session that another process began is refused with `SessionStateMismatch`.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_an_earlier_run_is_resumed() {
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5_RESUMED, QOS_2].concat()),
        Step::Expect(PUBREC),
        Step::ReadToEnd,
    ]);
    let mut probe = Probe::open(resuming(Version::V5, script.port(), "me"));
    assert!(probe.connected().await);
    assert_eq!(&probe.message().await.payload[..], b"x");
}

/// SUBSCRIBE and PUBLISH go through separate queues and can overtake each other.
#[tokio::test(flavor = "multi_thread")]
async fn subscribe_and_publish_go_out_in_the_order_they_were_asked_for() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in [Version::V311, Version::V5] {
        let mut probe = Probe::connect(profile(version, broker.port())).await;
        for round in 0..50 {
            let topic = format!("t/{round}");
            let before = message(&topic, "before", Qos::AtLeastOnce);
            let after = message(&topic, "after", Qos::AtLeastOnce);
            probe.send(Command::Publish(PublishId(1), before));
            let filter = TopicFilter::new(topic.as_str()).unwrap();
            probe.send(Command::Subscribe(filter, Qos::AtMostOnce));
            probe.send(Command::Publish(PublishId(2), after));
            let arrived = probe.message().await;
            assert_eq!(arrived.topic.as_str(), topic);
            assert_eq!(&arrived.payload[..], b"after", "{version}");
        }
    }
}

/// `disconnect()` does not finish while there is no connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_clean_end_is_quick_without_a_connection() {
    for version in [Version::V311, Version::V5] {
        let silent = Script::start(vec![Step::Expect(CONNECT), Step::ReadToEnd]);
        for port in [free_port(), silent.port()] {
            let mut probe = Probe::open(profile(version, port));
            probe
                .until("the first attempt", |event| {
                    matches!(event, Event::State(State::Connecting { .. })).then_some(())
                })
                .await;
            let asked = Instant::now();
            probe.send(Command::Disconnect);
            assert_eq!(probe.ended().await, None);
            assert!(asked.elapsed() < Duration::from_secs(1));
        }
    }
}

/// `poll()` loses what it is writing when it is cancelled while the socket takes no more.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_torn_while_the_broker_does_not_read() {
    const COUNT: u64 = 400;
    const SIZE: usize = 50_000;
    for (version, connack) in [(Version::V5, CONNACK_V5), (Version::V311, CONNACK_V311)] {
        let script = Script::start(vec![
            Step::Expect(CONNECT),
            Step::Send(connack.to_vec()),
            Step::Wait,
            Step::ReadToEnd,
        ]);
        let mut probe = Probe::connect(profile(version, script.port())).await;
        probe.drop_captures();
        for id in 0..COUNT {
            let mut payload = vec![b'.'; SIZE];
            payload[..8].copy_from_slice(&id.to_be_bytes());
            let publish = message("t", payload, Qos::AtMostOnce);
            probe.send(Command::Publish(PublishId(id), publish));
            // other things to wake up for while a write is stuck
            probe.send(Command::ReconnectNow);
        }
        script.go_on();
        let mut written = 0;
        while written < COUNT {
            if let Event::Publish(_, PublishStep::Sent) = probe.event().await {
                written += 1;
            }
        }
        probe.disconnect().await;
        let packets = within("the script", common::PATIENCE, async {
            tokio::task::block_in_place(|| script.received())
        })
        .await;
        let numbers: Vec<u64> = packets
            .iter()
            .filter(|packet| packet[0] >> 4 == 3)
            .map(|packet| {
                let payload = &packet[packet.len() - SIZE..];
                u64::from_be_bytes(payload[..8].try_into().unwrap())
            })
            .collect();
        assert_eq!(numbers, (0..COUNT).collect::<Vec<_>>(), "{version}");
        assert_eq!(packets.last().unwrap()[0], 0xe0, "DISCONNECT comes last");
    }
}

/// MQTT 5: PUBCOMP with "packet identifier not found" is no error after a reconnect (3.7.2.1), only the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_publish_whose_completion_was_lost_still_counts_as_done() {
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(PUBLISH),
        Step::Send(b"\x50\x02\x00\x01".to_vec()),
        Step::Expect(PUBREL_TYPE),
        Step::Reconnect,
        Step::Expect(CONNECT),
        Step::Send(CONNACK_V5_RESUMED.to_vec()),
        Step::Expect(PUBREL_TYPE),
        Step::Send(b"\x70\x03\x00\x01\x92".to_vec()),
        Step::ReadToEnd,
    ]);
    let mut probe = Probe::connect(resuming(Version::V5, script.port(), "me")).await;
    let steps = probe.publish(message("t", "x", Qos::ExactlyOnce)).await;
    assert_eq!(
        steps,
        [
            PublishStep::Queued,
            PublishStep::Sent,
            PublishStep::Received,
            PublishStep::Done(ReasonCode(0x92)),
        ]
    );
}

/// MQTT 5: a session after a clean start, or a client id although one was sent, is an error that rumqttc does not
/// get over; it has to be shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_connack_that_breaks_the_rules_is_explained() {
    let assigned = b"\x20\x08\x00\x00\x05\x12\x00\x02id";
    for (connack, expected) in [
        (CONNACK_V5_RESUMED, "although a clean start was asked for"),
        (&assigned[..], "assigned the client id “id”"),
    ] {
        let script = Script::start(vec![
            Step::Expect(CONNECT),
            Step::Send(connack.to_vec()),
            Step::ReadToEnd,
        ]);
        let mut probe = Probe::open(profile(Version::V5, script.port()));
        let words = probe.ended().await.expect("a reason").to_string();
        assert!(words.contains(expected), "{words}");
    }
}

/// After a reconnect without a session the subscriptions are made anew before anything else is published.
#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_come_first_after_a_reconnect() {
    let mut own = profile(Version::V5, 0);
    own.subscriptions = vec![common::probe::subscription("t", Qos::AtMostOnce)];
    let suback = |id: u8| [0x90, 4, 0, id, 0, 0].to_vec();
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(SUBSCRIBE),
        Step::Send(suback(1)),
        Step::Reconnect,
        Step::Expect(CONNECT),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(SUBSCRIBE),
        Step::Send(suback(1)),
        Step::ReadToEnd,
    ]);
    own.port = script.port();
    let mut probe = Probe::subscribed(own).await;
    probe
        .until("the loss", |event| {
            matches!(event, Event::State(State::Waiting { .. })).then_some(())
        })
        .await;
    let publish = message("t", "x", Qos::AtMostOnce);
    probe.send(Command::Publish(PublishId(1), publish));
    probe.send(Command::ReconnectNow);
    probe.granted().await;
    probe
        .until("the publish", |event| {
            matches!(event, Event::Publish(_, PublishStep::Sent)).then_some(())
        })
        .await;
    probe.disconnect().await;
    let types: Vec<u8> = tokio::task::block_in_place(|| script.received())
        .iter()
        .map(|packet| packet[0] >> 4)
        .collect();
    assert_eq!(types, [1, 8, 1, 8, 3, 14]);
}
