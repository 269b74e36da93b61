//! The properties of MQTT 5: what is done with them beside showing them.

use bytes::Bytes;
use canopy::client::{Command, Outgoing, PublishId};
use canopy::mqtt::{Properties, Qos, Version};
use canopy::profile::{Profile, Subscription};
use egui::accesskit::Role;
use tokio::runtime::Runtime;

use crate::broker::demo;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, profile};
use crate::connection::{connect, lab};
use crate::driver::Home;

/// Publishes from elsewhere, retained.
fn publish(runtime: &Runtime, port: u16, topic: &str, properties: Properties) {
    runtime.block_on(async {
        let mut probe = Probe::connect(profile(Version::V5, port)).await;
        let message = Outgoing {
            retain: true,
            properties: Some(Box::new(properties)),
            ..message(topic, Bytes::from_static(b"x"), Qos::AtLeastOnce)
        };
        let id = PublishId(1);
        probe.send(Command::Publish(id, message));
        let is_done = |event| match event {
            canopy::client::Event::Publish(of, step) if of == id => {
                step.is_final(Qos::AtLeastOnce).then_some(())
            }
            _ => None,
        };
        probe.until("the acknowledgement", is_done).await;
    });
}

#[test]
fn a_request_is_answered_and_leads_to_its_answer() {
    let home = Home::new();
    let mut window = demo(&home);
    let runtime = Runtime::new().unwrap();
    let request = Properties {
        response_topic: Some("answers/here".to_owned()),
        correlation_data: Some(Bytes::from_static(&[0, 255, 16])),
        ..Properties::default()
    };
    publish(&runtime, home.port, "asked/for", request);
    window.fill("Filter topics and payloads", "asked/for");
    window.click_row("for = x");
    window.click(Role::Tab, "Properties");
    window.wait_for_text("00 ff 10");
    window.wait_for_text("no other message that is kept has this correlation data");
    window.press("Publish the answer here");
    window.wait_for("the panel", |window| {
        window.value("Topic to publish to").as_deref() == Some("answers/here")
            && window.value("Correlation").as_deref() == Some("00 ff 10")
    });
    window.fill("Payload to publish", "the answer");
    window.press("Publish");
    window.wait_for("the link", |window| {
        window.has_text(" on answers/here") && window.has("Answer")
    });
    assert_eq!(window.unnamed(), Vec::<String>::new());
    window.fill("Filter topics and payloads", "");
    let answer = window.read(|text| text.contains(" on answers/here").then(|| text.to_owned()));
    window.click(Role::Link, &answer.unwrap());
    window.wait_for_label("Request");
    window.wait_for_text(" on asked/for");
}

#[test]
fn properties_are_named_counted_down_and_copied() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let properties = Properties {
        message_expiry: Some(3_600),
        content_type: Some("application/json".to_owned()),
        payload_format: Some(1),
        user: vec![pair("a", "1"), pair("b", "2"), pair("a", "3")],
        ..Properties::default()
    };
    publish(&runtime, broker.port(), "plain", properties);
    let home = Home::new();
    let profile = Profile {
        version: Version::V5,
        subscriptions: vec![
            Subscription {
                id: Some(7),
                ..Subscription::for_window("pl/#", Qos::AtLeastOnce)
            },
            Subscription {
                id: Some(9),
                ..Subscription::for_window("plain/#", Qos::AtLeastOnce)
            },
        ],
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.click_row("plain = x");
    window.click(Role::Tab, "Properties");
    // high enough for all of them
    window.resize([1_440.0, 1_600.0]);
    window.wait_for_text("expires in 59 m");
    window.wait_for_text("1, UTF-8 text");
    window.wait_for_text("9, plain/#");
    window.wait_for_text("read as ");
    window.wait_for_label("a (again)");
    window.press("Copy user property 3");
    assert_eq!(window.take_copied().as_deref(), Some("3"));
    window.press("Copy all user properties");
    assert_eq!(window.take_copied().as_deref(), Some("a: 1\nb: 2\na: 3"));
    assert_eq!(window.unnamed(), Vec::<String>::new());
}

#[test]
fn older_messages_have_none_and_the_window_says_why() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    publish(&runtime, broker.port(), "plain", Properties::default());
    let home = Home::new();
    let profile = Profile {
        version: Version::V311,
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.click_row("plain = x");
    window.click(Role::Tab, "Properties");
    window.wait_for_text("MQTT 3.1.1 messages have no properties. Choose MQTT 5");
}
