//! Messages through a real mosquitto, in both protocol versions: QoS, retained messages, the last will, properties.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use canopy::client::{Command, Direction, PublishStep};
use canopy::mqtt::{Packet, Properties, Qos, ReasonCode, TopicFilter, Version};
use canopy::profile::WillSettings;

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, subscription};

const VERSIONS: [Version; 2] = [Version::V311, Version::V5];

#[tokio::test(flavor = "multi_thread")]
async fn every_qos_arrives_and_shows_its_handshake() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut listener = profile(version, broker.port());
        listener.subscriptions = vec![subscription("a/#", Qos::ExactlyOnce)];
        let mut listener = Probe::subscribed(listener).await;
        let mut sender = Probe::connect(profile(version, broker.port())).await;
        for (qos, expected) in [
            (
                Qos::AtMostOnce,
                vec![PublishStep::Queued, PublishStep::Sent],
            ),
            (
                Qos::AtLeastOnce,
                vec![
                    PublishStep::Queued,
                    PublishStep::Sent,
                    PublishStep::Done(ReasonCode::SUCCESS),
                ],
            ),
            (
                Qos::ExactlyOnce,
                vec![
                    PublishStep::Queued,
                    PublishStep::Sent,
                    PublishStep::Received,
                    PublishStep::Done(ReasonCode::SUCCESS),
                ],
            ),
        ] {
            let steps = sender.publish(message("a/b", "hello", qos)).await;
            assert_eq!(steps, expected, "{version} QoS {qos}");
            let arrived = listener.message().await;
            assert_eq!(arrived.topic.as_str(), "a/b");
            assert_eq!(&arrived.payload[..], b"hello");
            assert_eq!(arrived.qos, qos);
        }
        sender.disconnect().await;
        listener.disconnect().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retained_messages_come_with_their_flag_and_can_be_cleared() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut probe = Probe::connect(profile(version, broker.port())).await;
        let mut kept = message("kept", "value", Qos::AtLeastOnce);
        kept.retain = true;
        probe.publish(kept).await;

        let mut listener = profile(version, broker.port());
        listener.subscriptions = vec![subscription("kept", Qos::AtLeastOnce)];
        let mut listener = Probe::subscribed(listener).await;
        let arrived = listener.message().await;
        assert!(arrived.retain);
        assert_eq!(&arrived.payload[..], b"value");

        let mut cleared = message("kept", "", Qos::AtLeastOnce);
        cleared.retain = true;
        probe.publish(cleared).await;
        let live = listener.message().await;
        assert!(live.payload.is_empty());
        assert_eq!(
            live.retain,
            version == Version::V5,
            "only MQTT 5 tells that a live message is retained"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_travel_with_a_message() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut own = profile(Version::V5, broker.port());
    own.subscriptions = vec![subscription("p", Qos::AtMostOnce)];
    let mut probe = Probe::subscribed(own).await;
    let mut outgoing = message("p", "{}", Qos::AtMostOnce);
    outgoing.properties = Some(Box::new(Properties {
        payload_format: Some(1),
        content_type: Some("application/json".to_owned()),
        response_topic: Some("answers".to_owned()),
        correlation_data: Some("7".into()),
        message_expiry: Some(60),
        user: vec![
            ("a".to_owned(), "1".to_owned()),
            ("a".to_owned(), "2".to_owned()),
        ],
        ..Properties::default()
    }));
    let sent = outgoing.properties.clone();
    probe.publish(outgoing).await;
    assert_eq!(probe.message().await.properties, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_will_comes_after_drop_and_not_after_disconnect() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut listener = profile(version, broker.port());
        listener.subscriptions = vec![subscription("will/#", Qos::AtMostOnce)];
        let mut listener = Probe::subscribed(listener).await;
        for (topic, command) in [
            ("will/clean", Command::Disconnect),
            ("will/dropped", Command::Drop),
        ] {
            let mut mortal = profile(version, broker.port());
            mortal.will = WillSettings {
                enabled: true,
                topic: topic.to_owned(),
                message: "gone".to_owned(),
                qos: Qos::AtLeastOnce,
                ..WillSettings::default()
            };
            let mut mortal = Probe::connect(mortal).await;
            mortal.send(command);
            assert_eq!(mortal.ended().await, None);
        }
        let will = listener.message().await;
        assert_eq!(will.topic.as_str(), "will/dropped", "{version}");
        assert_eq!(&will.payload[..], b"gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_will_is_called_off_by_coming_back() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut listener = profile(Version::V5, broker.port());
    listener.subscriptions = vec![subscription("#", Qos::AtMostOnce)];
    let mut listener = Probe::subscribed(listener).await;
    let mut mortal = common::probe::resuming(Version::V5, broker.port(), "mortal");
    mortal.will = WillSettings {
        enabled: true,
        topic: "will/delayed".to_owned(),
        message: "gone".to_owned(),
        delay: 30,
        ..WillSettings::default()
    };
    let mut first = Probe::connect(mortal.clone()).await;
    first.send(Command::Drop);
    first.ended().await;
    let mut second = Probe::open(mortal);
    assert!(second.connected().await);
    second.publish(message("after", "", Qos::AtLeastOnce)).await;
    assert_eq!(listener.message().await.topic.as_str(), "after");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_are_added_changed_and_removed_while_connected() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut probe = Probe::connect(profile(version, broker.port())).await;
        let filter = TopicFilter::new("x/+").unwrap();
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
            probe.send(Command::Subscribe(filter.clone(), qos));
            assert_eq!(probe.granted().await, (filter.clone(), qos));
        }
        probe.publish(message("x/1", "", Qos::ExactlyOnce)).await;
        assert_eq!(probe.message().await.qos, Qos::AtLeastOnce);

        probe.send(Command::Unsubscribe(filter.clone()));
        probe
            .until("the unsubscription", |event| match event {
                canopy::client::Event::Subscription(
                    _,
                    canopy::client::SubscribeOutcome::Removed,
                ) => Some(()),
                _ => None,
            })
            .await;
        probe.publish(message("x/2", "", Qos::AtLeastOnce)).await;
        let other = TopicFilter::new("y").unwrap();
        probe.send(Command::Subscribe(other, Qos::AtMostOnce));
        probe.publish(message("y", "", Qos::AtLeastOnce)).await;
        assert_eq!(probe.message().await.topic.as_str(), "y");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_shows_the_connection_from_connect_to_disconnect_without_the_password() {
    let Some(broker) = Mosquitto::start_with_password("me", "secret-word") else {
        return;
    };
    for version in VERSIONS {
        let mut own = profile(version, broker.port());
        own.user_name = "me".to_owned();
        let mut probe = Probe::open_with(own, Some("secret-word"));
        probe.connected().await;
        let connect = probe.captured().await;
        assert_eq!(connect.direction, Direction::Outgoing);
        assert!(
            !connect
                .frame
                .windows(11)
                .any(|bytes| bytes == b"secret-word")
        );
        assert!(connect.frame.ends_with(b"***********"));
        let (direction, packet) = probe.packet().await;
        assert_eq!(direction, Direction::Incoming);
        assert!(matches!(packet, Packet::ConnAck(_)));
        probe.send(Command::Disconnect);
        probe.ended().await;
        let (direction, packet) = probe.packet().await;
        assert_eq!(direction, Direction::Outgoing);
        assert!(matches!(packet, Packet::Disconnect(_)));
    }
}
