//! Retained messages: what the broker keeps is said, asked for, cleared and brought back.

use bytes::Bytes;
use canopy::client::{Command, Outgoing, PublishId};
use canopy::mqtt::{Qos, Version};
use canopy::profile::{Profile, Subscription};
use egui::Key;
use egui::accesskit::Role;
use tokio::runtime::Runtime;

use crate::broker::demo;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, profile};
use crate::connection::{connect, lab};
use crate::driver::{CTRL, Home, Window};

/// Publishes from elsewhere, and waits until the broker has all of it.
fn publish(runtime: &Runtime, port: u16, messages: &[(&str, &str, bool)]) {
    runtime.block_on(async {
        let mut probe = Probe::connect(profile(Version::V5, port)).await;
        for (number, (topic, payload, retain)) in (0..).zip(messages) {
            let message = Outgoing {
                retain: *retain,
                ..message(
                    topic,
                    Bytes::copy_from_slice(payload.as_bytes()),
                    Qos::AtLeastOnce,
                )
            };
            let id = PublishId(number);
            probe.send(Command::Publish(id, message));
            let is_done = |event| match event {
                canopy::client::Event::Publish(of, step) if of == id => {
                    step.is_final(Qos::AtLeastOnce).then_some(())
                }
                _ => None,
            };
            probe.until("the acknowledgement", is_done).await;
        }
    });
}

/// A window on a broker of its own with these messages, subscribed with Retain As Published or not.
fn window_on(home: &Home, port: u16, version: Version, keeps_flag: bool) -> Window {
    let profile = Profile {
        version,
        subscriptions: vec![Subscription {
            retain_as_published: keeps_flag,
            ..Subscription::new("#", Qos::AtLeastOnce)
        }],
        ..lab(port)
    };
    let mut window = connect(home, &profile);
    window.wait_for_text("Connected since");
    window
}

#[test]
fn the_retained_value_is_told_from_a_live_one() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    publish(&runtime, broker.port(), &[("lamp", "kept", true)]);
    let home = Home::new();
    let mut window = window_on(&home, broker.port(), Version::V5, true);
    window.click_row("lamp = kept");
    window.wait_for_text("Retained on the broker: yes, this value");
    window.wait_for_text("(Retain As Published)");
    publish(&runtime, broker.port(), &[("lamp", "live", false)]);
    window.wait_for_text("Retained on the broker: yes, a different value");
    window.press("Show it");
    window.wait_for_text("Retained on the broker: yes, this value");
    window.press("Show newest");
    publish(&runtime, broker.port(), &[("lamp", "", true)]);
    window.wait_for_text("Retained on the broker: no – cleared at");
    assert_eq!(window.unnamed(), Vec::<String>::new());
}

#[test]
fn the_broker_is_asked_where_the_flag_does_not_tell() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    let first = [("lamp", "kept", true), ("door", "kept", true)];
    publish(&runtime, broker.port(), &first);
    let home = Home::new();
    let mut window = window_on(&home, broker.port(), Version::V311, false);
    window.click_row("lamp = kept");
    window.wait_for_text("yes, this value – sent on subscribing at");
    publish(&runtime, broker.port(), &[("lamp", "live", false)]);
    window.wait_for_text("Retained on the broker: yes, not known which value");
    window.press("Check now");
    window.wait_for_text("Retained on the broker: yes, a different value – checked at");
    window.wait_for_label("2 messages");
    // by its key, and when nothing is there any more
    publish(
        &runtime,
        broker.port(),
        &[("lamp", "", true), ("lamp", "on", false)],
    );
    window.wait_for_label("4 messages");
    window.wait_for_text("Retained on the broker: not known");
    window.chord(CTRL, Key::R);
    window.wait_for_text("no – nothing came when it was checked at");
    window.wait_for_label("4 messages");
}

#[test]
fn what_was_cleared_comes_back() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    let all: Vec<_> = (0..12).map(|n| format!("house/room{n}")).collect();
    let mut messages: Vec<_> = all.iter().map(|it| (it.as_str(), "21.5", true)).collect();
    messages.push(("garden", "wet", true));
    publish(&runtime, broker.port(), &messages);
    let home = Home::new();
    let mut window = window_on(&home, broker.port(), Version::V5, true);
    window.wait_for_label("13 topics");
    window.fill("Filter topics and payloads", "room");
    window.wait_for("what was found", |window| !window.has_row("garden"));
    window.chord(CTRL, Key::K);
    window.type_text("clear retained filter");
    window.key(Key::Enter);
    window.wait_for_label("Clear 12 retained messages?");
    window.fill("Search topics to clear", "room1");
    window.wait_for("three topics", |window| {
        window.count(Role::CheckBox, "Clear house/room2") == 0
    });
    window.click(Role::CheckBox, "Clear house/room11");
    window.wait_for_label("Clear 11 retained messages?");
    window.press("Clear 11 retained messages");
    window.wait_for_text("11 of 11 acknowledged");
    window.wait_for_label("Cleared 11 messages");
    assert_eq!(window.unnamed(), Vec::<String>::new());
    window.press("Undo 11");
    window.wait_for_label("Published 11 messages again");
    window.press("Close");
    window.key(Key::Escape);
    window.fill("Filter topics and payloads", "room7");
    window.click_row("room7 = 21.5");
    window.wait_for_text("Retained on the broker: yes, this value");
}

#[test]
fn a_single_one_is_cleared_with_a_way_back() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Topic to publish to", "single");
    window.fill("Payload to publish", "precious");
    window.click(Role::Switch, "Retain");
    window.press("Publish");
    window.click_row("single = precious");
    window.wait_for_text("Retained on the broker: yes, this value");
    window.press("Clear retained");
    window.press("Clear 1 retained message");
    window.wait_for_text("Retained messages cleared: 1 of 1 acknowledged");
    window.wait_for_text("Retained on the broker: no – cleared");
    window.press("Undo");
    window.wait_for_text("Retained messages published again: 1 of 1 acknowledged");
    window.wait_for_text("Retained on the broker: yes, this value");
}

#[test]
fn a_broker_that_asks_is_asked_before_an_undo() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    publish(
        &runtime,
        broker.port(),
        &[("a", "1", true), ("b", "2", true)],
    );
    let home = Home::new();
    let profile = Profile {
        ask_before_publish: true,
        subscriptions: vec![Subscription::for_window("#", Qos::AtLeastOnce)],
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_label("2 topics");
    window.chord(CTRL, Key::K);
    window.type_text("clear all retained");
    window.key(Key::Enter);
    window.press("Clear 2 retained messages");
    window.wait_for_text("Retained messages cleared: 2 of 2 acknowledged");
    window.press("Undo");
    window.wait_for_label("Publish 2 retained messages again?");
    window.press("Publish 2 retained messages");
    window.wait_for_text("Retained messages published again: 2 of 2 acknowledged");
}
