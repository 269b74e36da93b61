//! The demo on the broker inside: its devices are ordinary clients, obey, and say goodbye.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something it needs does"
)]

mod common;
#[path = "common/raw.rs"]
mod raw;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use canopy::broker::demo::Demo;
use canopy::broker::{Broker, BrokerConfig};
use canopy::mqtt::Version;
use canopy::profile::Secret;
use tokio::runtime::Runtime;

use common::PATIENCE;
use raw::{Hello, Raw, publish};

/// Messages by topic, the last one of each.
type Seen = BTreeMap<String, Vec<u8>>;

fn start(runtime: &Runtime, credentials: Option<(String, Secret)>) -> (Broker, Demo) {
    let config = BrokerConfig {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        credentials: credentials.clone(),
    };
    let broker = runtime
        .block_on(Broker::start(runtime.handle(), config))
        .unwrap();
    let demo = Demo::start(runtime.handle(), broker.address(), credentials);
    (broker, demo)
}

/// Reads messages until `enough`.
fn read_until(client: &mut Raw, seen: &mut Seen, what: &str, enough: impl Fn(&Seen) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !enough(seen) {
        assert!(
            Instant::now() < end,
            "waited in vain for {what}: {:?}",
            seen.keys().collect::<Vec<_>>()
        );
        let (topic, payload) = client.message();
        seen.insert(topic, payload);
    }
}

fn wait_for_clients(broker: &Broker, count: usize) {
    let end = Instant::now() + PATIENCE;
    while broker.clients().len() != count {
        assert!(Instant::now() < end, "{:?}", broker.clients());
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn is(seen: &Seen, topic: &str, payload: &str) -> bool {
    seen.get(topic)
        .is_some_and(|last| last == payload.as_bytes())
}

#[test]
fn the_device_obeys_by_hand_and_goes_politely() {
    let runtime = Runtime::new().unwrap();
    let (broker, demo) = start(&runtime, None);
    let mut hand = Raw::open(broker.address(), Hello::new(4, "hand"));
    let mut seen = Seen::new();
    hand.subscribe("status/raspberrypi/#");
    read_until(&mut hand, &mut seen, "the device", |seen| {
        is(seen, "status/raspberrypi/online", "true")
            && seen.contains_key("status/raspberrypi/led")
            && seen.contains_key("status/raspberrypi/cpu_temp")
            && seen.contains_key("status/raspberrypi/load")
    });
    for state in ["on", "off", "on", "off"] {
        let command = format!(r#"{{"led":"{state}"}}"#);
        seen.clear();
        hand.send(&publish(
            4,
            "command/raspberrypi",
            command.as_bytes(),
            false,
        ));
        read_until(&mut hand, &mut seen, state, |seen| {
            is(seen, "status/raspberrypi/led", state)
        });
    }
    hand.send(&publish(4, "command/raspberrypi", b"make coffee", false));
    read_until(&mut hand, &mut seen, "a complaint", |seen| {
        seen.get("status/raspberrypi/error")
            .is_some_and(|error| String::from_utf8_lossy(error).contains("make coffee"))
    });
    runtime.block_on(demo.stop());
    read_until(&mut hand, &mut seen, "the goodbye", |seen| {
        is(seen, "status/raspberrypi/online", "false")
    });
    wait_for_clients(&broker, 1);
}

#[test]
fn a_device_that_is_thrown_out_leaves_its_will() {
    let runtime = Runtime::new().unwrap();
    let (broker, _demo) = start(&runtime, None);
    let mut hand = Raw::open(broker.address(), Hello::new(4, "hand"));
    let mut seen = Seen::new();
    let topic = "status/raspberrypi/online";
    hand.subscribe(topic);
    read_until(&mut hand, &mut seen, "the device", |seen| {
        is(seen, topic, "true")
    });
    broker.disconnect_client("demo-status");
    read_until(&mut hand, &mut seen, "its will", |seen| {
        is(seen, topic, "false")
    });
}

#[test]
fn a_device_that_is_thrown_out_comes_back() {
    let runtime = Runtime::new().unwrap();
    let (broker, demo) = start(&runtime, None);
    wait_for_clients(&broker, 5);
    broker.disconnect_client("demo-home");
    wait_for_clients(&broker, 4);
    wait_for_clients(&broker, 5);
    runtime.block_on(demo.stop());
    runtime.block_on(broker.stop());
}

#[test]
fn all_devices_are_there_with_a_password_too() {
    let runtime = Runtime::new().unwrap();
    let credentials = ("ann".to_owned(), Secret::new("secret"));
    let (broker, demo) = start(&runtime, Some(credentials));
    let login = Some(("ann", "secret"));
    let mut all = Raw::open(
        broker.address(),
        Hello {
            login,
            ..Hello::new(4, "all")
        },
    );
    let mut seen = Seen::new();
    all.subscribe("#");
    read_until(&mut all, &mut seen, "every topic", |seen| {
        seen.keys()
            .filter(|topic| topic.starts_with("home/"))
            .count()
            == 41
            && seen.contains_key("command/raspberrypi")
            && seen.contains_key("UM/campus/department/news")
            && seen.contains_key("UM/campus/faculty/forum")
            && seen.contains_key("UM/campus/research/news")
            && seen.contains_key("UM/dearborn/student/registration")
            && seen.contains_key("UMD")
            && seen.contains_key("binary/telemetry")
    });
    let picture = seen.get("binary/camera/front").expect("a picture");
    assert_eq!(picture.get(..4), Some(&b"\x89PNG"[..]));
    let versions: BTreeMap<String, Option<Version>> = broker
        .clients()
        .into_iter()
        .map(|client| (client.client_id, client.version))
        .collect();
    assert_eq!(versions.len(), 6);
    assert_eq!(versions.get("demo-command"), Some(&Some(Version::V311)));
    assert_eq!(versions.get("demo-status"), Some(&Some(Version::V5)));
    let status = broker
        .clients()
        .into_iter()
        .find(|client| client.client_id == "demo-status")
        .unwrap();
    assert_eq!(
        status.will_topic.as_deref(),
        Some("status/raspberrypi/online")
    );
    assert_eq!(status.subscriptions, ["command/raspberrypi"]);

    // Dropping it stops the devices as well.
    drop(demo);
    wait_for_clients(&broker, 1);
}
