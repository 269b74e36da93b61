//! What happens to an open connection, and what the other side sees of it.

use std::net::Ipv4Addr;

use bytes::Bytes;
use canopy::broker::{Broker, BrokerConfig};
use canopy::mqtt::{Qos, Version};
use canopy::profile::{Profile, WillSettings};
use tokio::runtime::Runtime;

use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, profile, subscription};
use crate::driver::{Home, Window};

/// Opens a window and connects with `profile`, its only one.
pub fn connect(home: &Home, profile: &Profile) -> Window {
    home.config()
        .save_profiles(std::slice::from_ref(profile))
        .unwrap();
    let mut window = home.open();
    window.press("Connect");
    window
}

/// A client on the other side that sees every message on `filter`.
fn watch(runtime: &Runtime, port: u16, filter: &str) -> Probe {
    let profile = Profile {
        subscriptions: vec![subscription(filter, Qos::AtLeastOnce)],
        ..profile(Version::V5, port)
    };
    runtime.block_on(Probe::subscribed(profile))
}

pub fn lab(port: u16) -> Profile {
    Profile {
        name: "Lab".to_owned(),
        port,
        ..Profile::default()
    }
}

#[test]
fn a_broker_that_goes_is_waited_for() {
    let Some(mut broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let mut window = connect(&home, &lab(broker.port()));
    window.wait_for_text("Connected since");
    broker.kill();
    window.wait_for_text("next attempt in");
    broker.restart();
    window.press("Connect now");
    window.wait_for_text("Connected since");
    window.wait_for_text("granted with QoS 0");
}

#[test]
fn the_will_fires_when_the_connection_is_dropped_and_not_when_it_is_closed() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let runtime = Runtime::new().unwrap();
    let mut watcher = watch(&runtime, broker.port(), "status/#");
    let profile = Profile {
        will: WillSettings {
            enabled: true,
            topic: "status/canopy".to_owned(),
            message: "gone".to_owned(),
            ..WillSettings::default()
        },
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_text("Connected since");
    window.press("Disconnect");
    window.wait_for_label("Disconnected");
    window.press("Connect");
    window.wait_for_text("Connected since");
    window.fill("Topic to publish to", "status/first");
    window.press("Publish");
    let first = runtime.block_on(watcher.message());
    assert_eq!(
        first.topic.as_str(),
        "status/first",
        "DISCONNECT keeps the will back"
    );
    window.press("Drop without goodbye: the broker publishes the last will");
    let second = runtime.block_on(watcher.message());
    assert_eq!(second.topic.as_str(), "status/canopy");
    assert_eq!(second.payload, Bytes::from("gone"));
}

#[test]
fn a_cleared_retained_message_is_gone_for_others() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let runtime = Runtime::new().unwrap();
    let mut window = connect(&home, &lab(broker.port()));
    window.wait_for_text("Connected since");
    window.click(egui::accesskit::Role::Switch, "Retain");
    for topic in ["kept/a", "kept/b"] {
        window.fill("Topic to publish to", topic);
        window.fill("Payload to publish", "1");
        window.press("Publish");
    }
    window.click_row("a = 1");
    window.press("Clear retained");
    window.press("Clear 1 retained message");
    window.wait_for("an empty value", |window| {
        window.rows().iter().any(|row| row == "a = ")
    });
    let mut other = watch(&runtime, broker.port(), "kept/#");
    let message = runtime.block_on(other.message());
    assert_eq!(message.topic.as_str(), "kept/b");
    window.fill("Topic to publish to", "kept/end");
    window.press("Publish");
    let message = runtime.block_on(other.message());
    assert_eq!(message.topic.as_str(), "kept/end", "nothing else was kept");
}

#[test]
fn a_host_that_does_not_exist_is_said_in_words() {
    let home = Home::new();
    let profile = Profile {
        host: "no-such-host.invalid".to_owned(),
        ..lab(1883)
    };
    let mut window = connect(&home, &profile);
    window.wait_for_text("no-such-host.invalid");
    window.wait_for_text("next attempt in");
    window.press("Cancel");
    window.wait_for_label("Disconnected");
}

#[test]
fn a_client_with_the_same_id_takes_the_connection_over() {
    let home = Home::new();
    let runtime = Runtime::new().unwrap();
    let config = BrokerConfig {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        credentials: None,
    };
    let broker = Broker::start(runtime.handle(), config);
    let broker = runtime.block_on(broker).unwrap();
    let mine = Profile {
        client_id: "one-of-us".to_owned(),
        ..lab(broker.address().port())
    };
    let mut window = connect(&home, &mine);
    window.wait_for_text("Connected since");
    let theirs = Profile {
        client_id: "one-of-us".to_owned(),
        reconnect: false,
        ..profile(Version::V5, broker.address().port())
    };
    let other = runtime.block_on(Probe::connect(theirs));
    window.wait_for_label("Not connected");
    assert!(window.has_text("same client id"), "{}", window.on_screen());
    drop(other);
}

#[test]
fn a_typed_password_is_sent_and_reaches_no_file() {
    let Some(broker) = Mosquitto::start_with_password("alice", "correct horse") else {
        return;
    };
    let home = Home::new();
    home.config().save_profiles(&[lab(broker.port())]).unwrap();
    let mut window = home.open();
    window.fill("User name", "alice");
    window.fill("Password", "correct horse");
    window.press("Connect");
    window.wait_for_text("Connected since");
    window.chord(crate::driver::CTRL, egui::Key::Num3);
    window.wait_for_text("Subscribed to");
    assert!(!window.has_text("correct horse"));
    window.close();
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("correct horse"), "{text}");
    }
    let mut window = home.open();
    window.press("Connect");
    window.wait_for_text("Connected since");
}
