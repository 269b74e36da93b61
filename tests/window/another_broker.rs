//! A profile that goes to another broker, and a test that lacks a password.

use canopy::mqtt::{Qos, Version};
use canopy::profile::Profile;
use egui::Key;
use egui::accesskit::Role;

use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, profile, subscription};
use crate::connection::{connect, lab};
use crate::driver::{CTRL, Home};

/// Puts a retained message there.
fn keep(broker: &Mosquitto, topic: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut probe = Probe::subscribed(Profile {
            subscriptions: vec![subscription(topic, Qos::AtLeastOnce)],
            ..profile(Version::V5, broker.port())
        })
        .await;
        let mut message = message(topic, "x", Qos::AtLeastOnce);
        message.retain = true;
        probe.publish(message).await;
    });
}

#[test]
fn another_broker_begins_with_an_empty_tree() {
    let (Some(first), Some(second)) = (Mosquitto::start(), Mosquitto::start()) else {
        return;
    };
    keep(&first, "first");
    keep(&second, "second");
    let home = Home::new();
    let mut window = connect(&home, &lab(first.port()));
    window.wait_for("the first topic", |window| window.has_row("first = x"));
    window.chord(CTRL, Key::O);
    window.fill("Port", &second.port().to_string());
    window.chord(CTRL, Key::K);
    window.fill("Command", "Connect to Lab");
    window.key(Key::Enter);
    window.wait_for("the second topic", |window| window.has_row("second = x"));
    assert!(!window.has_row("first"));
}

#[test]
fn a_test_asks_for_the_password_that_is_missing() {
    let Some(broker) = Mosquitto::start_with_password("ann", "right") else {
        return;
    };
    let home = Home::new();
    let profile = Profile {
        user_name: "ann".to_owned(),
        use_password: true,
        ..lab(broker.port())
    };
    home.config()
        .save_profiles(std::slice::from_ref(&profile))
        .unwrap();
    let mut window = home.open();
    window.press("Test");
    window.wait_for_text("Password for Lab");
    window.fill("Password", "right");
    window.key(Key::Enter);
    window.wait_for_text("Test of “Lab”");
    window.wait_for("its end", |window| {
        window.has_text("passed") || window.has_text("works")
    });
    window.click(Role::Button, "Close");
}
