//! The broker inside, checked by paho-mqtt for Python in both protocol versions (`tests/paho/check.py`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};

use canopy::broker::{Broker, BrokerConfig};
use tokio::runtime::Runtime;

const PYTHON: &str = "python3";

fn have_paho() -> bool {
    if !common::have(PYTHON) {
        return false;
    }
    let found = Command::new(PYTHON)
        .args(["-c", "from paho.mqtt.enums import CallbackAPIVersion"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        common::missing("paho-mqtt for Python");
    }
    found
}

/// Runs one check against a new broker for each of `versions`.
fn check(name: &str, versions: &[&str]) {
    if !have_paho() {
        return;
    }
    let runtime = Runtime::new().unwrap();
    for version in versions {
        let config = BrokerConfig {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            credentials: None,
        };
        let broker = runtime
            .block_on(Broker::start(runtime.handle(), config))
            .unwrap();
        let output = Command::new(PYTHON)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/paho/check.py"))
            .args([&broker.address().port().to_string(), name, version])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{name} with MQTT {version}:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        runtime.block_on(broker.stop());
    }
}

const BOTH: &[&str] = &["311", "5"];

#[test]
fn wildcards_match_what_the_standard_says() {
    check("wildcards", BOTH);
}

#[test]
fn retained_messages_come_with_the_subscription() {
    check("retained", BOTH);
}

#[test]
fn a_will_is_published_only_without_a_goodbye() {
    check("will", BOTH);
}

#[test]
fn a_will_waits_for_its_delay() {
    check("will_delay", &["5"]);
}

#[test]
fn a_session_is_resumed_with_all_messages_in_order() {
    check("session", BOTH);
}

#[test]
fn a_shared_subscription_shares() {
    check("shared", BOTH);
}

#[test]
fn qos_2_arrives_exactly_once_and_in_order() {
    check("exactly_once", BOTH);
}

#[test]
fn mqtt_5_properties_arrive_as_sent() {
    check("properties", &["5"]);
}
