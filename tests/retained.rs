//! What the broker retains, as the window says it: against the broker inside and a real mosquitto, with both versions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use canopy::broker::{Broker, BrokerConfig};
use canopy::client::{
    CheckScope, Command, Config, PublishId, RetainedOnes, RuntimeHandle, check_retained, now,
};
use canopy::live::Live;
use canopy::model::{Held, How, Model, Truth};
use canopy::mqtt::{Qos, TopicName, Version};
use canopy::profile::{Profile, Subscription};
use parking_lot::Mutex;
use tokio::sync::Notify;

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, subscription};
use common::within;

const LIMIT: Duration = Duration::from_mins(1);
const VERSIONS: [Version; 2] = [Version::V311, Version::V5];

/// The broker inside on a free port.
async fn inside() -> Broker {
    let config = BrokerConfig {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        port: 0,
        credentials: None,
    };
    Broker::start(&RuntimeHandle::current(), config)
        .await
        .unwrap()
}

fn topic(name: &str) -> TopicName {
    TopicName::new(name).unwrap()
}

fn config(version: Version, port: u16) -> Config {
    Config {
        profile: profile(version, port),
        ..Config::default()
    }
}

/// Publishes with QoS 1 and waits for the acknowledgement.
async fn publish(port: u16, messages: &[(&str, &str, bool)]) {
    let mut probe = Probe::connect(profile(Version::V5, port)).await;
    for (number, (topic, payload, retain)) in (0..).zip(messages) {
        let message = canopy::client::Outgoing {
            retain: *retain,
            ..message(topic, (*payload).to_owned(), Qos::AtLeastOnce)
        };
        let id = PublishId(number);
        probe.send(Command::Publish(id, message));
        probe
            .until("the acknowledgement", |event| match event {
                canopy::client::Event::Publish(of, step) if of == id => {
                    step.is_final(Qos::AtLeastOnce).then_some(())
                }
                _ => None,
            })
            .await;
    }
}

async fn check(version: Version, port: u16, scope: CheckScope) -> RetainedOnes {
    let asked = check_retained(RuntimeHandle::current(), config(version, port), scope);
    within("the answer", LIMIT, asked).await.unwrap()
}

async fn a_check_says_what_is_retained(port: u16) {
    publish(
        port,
        &[
            ("check/a", "kept", true),
            ("check/a", "live", false),
            ("check/b", "only live", false),
            ("check/c", "1", true),
            ("check/c", "", true),
            ("check/d/e", "deep", true),
        ],
    )
    .await;
    for version in VERSIONS {
        let one = |name: &str| check(version, port, CheckScope::Topic(topic(name)));
        let found = one("check/a").await;
        assert_eq!(found[&topic("check/a")].payload, "kept");
        assert!(one("check/b").await.is_empty(), "{version:?}");
        assert!(one("check/c").await.is_empty(), "{version:?}");
        let below = check(version, port, CheckScope::Below(topic("check"))).await;
        let below: Vec<_> = below.keys().map(TopicName::as_str).collect();
        assert_eq!(below, ["check/a", "check/d/e"], "{version:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mosquitto_is_asked_what_it_retains() {
    if let Some(broker) = Mosquitto::start() {
        a_check_says_what_is_retained(broker.port()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_inside_is_asked_what_it_retains() {
    let broker = inside().await;
    a_check_says_what_is_retained(broker.address().port()).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_not_let_in_says_what_to_do() {
    let Some(mut broker) = Mosquitto::start() else {
        return;
    };
    let port = broker.port();
    broker.kill();
    let scope = CheckScope::Topic(topic("a"));
    let asked = check_retained(RuntimeHandle::current(), config(Version::V5, port), scope);
    let why = within("the answer", LIMIT, asked).await.unwrap_err();
    assert!(why.contains("second connection"), "{why}");
    assert!(why.contains("subscribe again"), "{why}");
}

/// A connection with its model.
struct Watched {
    live: Live,
    woken: Arc<Notify>,
}

impl Watched {
    fn open(profile: Profile) -> Self {
        let config = Config {
            profile,
            ..Config::default()
        };
        let woken = Arc::new(Notify::new());
        let waker = Arc::clone(&woken);
        let model = Arc::new(Mutex::new(Model::new(1 << 24)));
        let wake = Arc::new(move || waker.notify_one());
        let live = Live::open(&RuntimeHandle::current(), config, model, wake).unwrap();
        Self { live, woken }
    }

    async fn until(&mut self, what: &str, mut is_so: impl FnMut(&Live) -> bool) {
        let wait = async {
            loop {
                while self.live.next_event().is_some() {}
                if is_so(&self.live) {
                    return;
                }
                self.woken.notified().await;
            }
        };
        within(what, LIMIT, wait).await;
    }

    /// Waits until the topic has had so many messages.
    async fn messages(&mut self, name: &str, count: u64) -> Truth {
        let has = |live: &Live| {
            let model = live.model().lock();
            let node = model.find(name);
            node.is_some_and(|node| model.facts(node, now()).own_messages >= count)
        };
        self.until(name, has).await;
        self.truth(name)
    }

    fn truth(&self, name: &str) -> Truth {
        let model = self.live.model().lock();
        model.retained_truth(model.find(name).unwrap())
    }
}

fn payload(truth: &Truth) -> &[u8] {
    match &truth.held {
        Held::Message(kept) => &kept.payload,
        _ => b"",
    }
}

async fn the_flag_tells_as_much_as_it_may(port: u16) {
    publish(port, &[("truth", "first", true)]).await;
    for version in VERSIONS {
        let mut watched = Watched::open(Profile {
            subscriptions: vec![subscription("truth", Qos::AtLeastOnce)],
            ..profile(version, port)
        });
        let truth = watched.messages("truth", 1).await;
        assert_eq!(payload(&truth), b"first", "{version:?}");
        publish(port, &[("truth", "live", false)]).await;
        let truth = watched.messages("truth", 2).await;
        assert_eq!(payload(&truth), b"first", "{version:?}");
        // only with Retain As Published it is certain that the live message was not retained
        assert_eq!(truth.doubt.is_none(), version == Version::V5, "{truth:?}");
        assert_eq!(truth.how == How::AsPublished, version == Version::V5);
        // a check settles it, and nothing comes twice
        let begun = (watched.live.model().lock().next_id(), now());
        let asked = watched
            .live
            .check_retained(CheckScope::Topic(topic("truth")));
        let found = within("the answer", LIMIT, asked).await.unwrap();
        let checked = topic("truth");
        let answer = found.get(&checked);
        (watched.live.model().lock()).note_checked(&checked, answer, begun, now());
        let truth = watched.messages("truth", 2).await;
        assert_eq!((payload(&truth), truth.how), (&b"first"[..], How::Checked));
        assert!(truth.doubt.is_none());
        publish(port, &[("truth", "", true)]).await;
        let truth = watched.messages("truth", 3).await;
        match version {
            Version::V5 => assert!(matches!(truth.held, Held::Nothing)),
            Version::V311 => assert!(matches!(truth.held, Held::NotKnown)),
        }
        publish(port, &[("truth", "first", true)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mosquittos_flag_tells_as_much_as_it_may() {
    if let Some(broker) = Mosquitto::start() {
        the_flag_tells_as_much_as_it_may(broker.port()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flag_of_the_broker_inside_tells_as_much_as_it_may() {
    let broker = inside().await;
    the_flag_tells_as_much_as_it_may(broker.address().port()).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_without_the_option_leaves_it_open() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    publish(broker.port(), &[("plain", "first", true)]).await;
    let mut watched = Watched::open(Profile {
        subscriptions: vec![Subscription::new("plain", Qos::AtLeastOnce)],
        ..profile(Version::V5, broker.port())
    });
    let truth = watched.messages("plain", 1).await;
    assert_eq!(truth.how, How::OnSubscribing);
    publish(broker.port(), &[("plain", "second", true)]).await;
    let truth = watched.messages("plain", 2).await;
    assert!(truth.doubt.is_some(), "{truth:?}");
}
