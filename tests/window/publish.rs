//! Publishing by hand: the device of the demo obeys, and the acknowledgement is shown.

use egui::Key;
use egui::accesskit::Role;

use crate::broker::demo;
use crate::driver::{CTRL, Home, Look, Window};

const BY_HAND: &str = r#"{"led":"off","by":"hand"}"#;

fn publish(window: &mut Window, topic: &str, qos: &str, payload: &str) {
    window.fill("Topic to publish to", topic);
    window.fill("Payload to publish", payload);
    window.click(Role::RadioButton, qos);
    window.press("Publish");
}

#[test]
fn a_command_published_by_hand_changes_the_status_of_the_device() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Filter topics and payloads", "raspberrypi");
    window.wait_for("the device", |window| window.has_row("led = "));
    // the commander of the demo says on and off by itself: what counts is that it said nothing in between
    for attempt in 0.. {
        window.wait_for("a lamp that is on", |window| window.has_row("led = on"));
        publish(&mut window, "command/raspberrypi", "QoS 0", BY_HAND);
        window.wait_for("a lamp that is off", |window| window.has_row("led = off"));
        if window.has_row(&format!("raspberrypi = {BY_HAND}")) {
            break;
        }
        assert!(attempt < 3, "the device did not obey");
    }
}

#[test]
fn the_result_names_every_packet_of_the_handshake() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "test/qos0", "QoS 0", "1");
    window.wait_for_label("sent");
    publish(&mut window, "test/qos1", "QoS 1", "1");
    window.wait_for_text("sent → PUBACK");
    publish(&mut window, "test/qos2", "QoS 2", "1");
    window.wait_for_text("sent → PUBREC → PUBCOMP");
    window.double_click_row("test");
    window.wait_for("the messages", |window| {
        ["qos0 = 1", "qos1 = 1", "qos2 = 1"]
            .iter()
            .all(|row| window.has_row(row))
    });
}

#[test]
fn a_wrong_topic_is_not_published_and_said_why() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "home/+/light", "QoS 1", "1");
    window.wait_for_text("wildcard");
    assert!(!window.has_text("Not published: "), "the button is off");
    window.chord(CTRL, Key::Enter);
    window.wait_for_text("Not published: ");
    assert!(!window.has_row("+"));
}

#[test]
fn a_publish_is_saved_by_name_and_loaded_again() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Topic to publish to", "command/raspberrypi");
    window.fill("Payload to publish", BY_HAND);
    window.press("Save current");
    window.fill("Name of the saved publish", "LED off");
    window.key(Key::Enter);
    window.wait_for("the saved publish on disk", |_| {
        let mut saved = home.profiles().pop().unwrap().saved_publishes.into_iter();
        saved.any(|saved| saved.name == "LED off" && saved.draft.payload == BY_HAND)
    });
    window.fill("Topic to publish to", "something/else");
    window.fill("Payload to publish", "else");
    window.click(Role::ListItem, "LED off");
    window.wait_for("the draft", |window| {
        window.value("Topic to publish to").as_deref() == Some("command/raspberrypi")
            && window.value("Payload to publish").as_deref() == Some(BY_HAND)
    });
}

#[test]
fn an_unfinished_message_survives_a_restart() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Topic to publish to", "half/done");
    window.fill("Payload to publish", "{ \"led\":");
    window.close();
    let mut window = home.open_as(Look::default(), true);
    window.wait_for("the same draft", |window| {
        window.value("Topic to publish to").as_deref() == Some("half/done")
            && window.value("Payload to publish").as_deref() == Some("{ \"led\":")
    });
}

#[test]
fn a_repetition_counts_and_ends() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Topic to publish to", "test/{{seq}}");
    window.fill("Payload to publish", "{{seq}}");
    window.fill("Repeat every, in milliseconds", "10");
    window.fill("How many times, 0 until stopped", "5");
    window.press("Start repeating");
    window.wait_for_text("Done after 5 messages");
    window.double_click_row("test");
    window.wait_for("five topics", |window| window.has_row("5 = 5"));
    assert!(!window.has_row("6"));
}
