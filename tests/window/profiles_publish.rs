//! A connection that asks before publishing: nothing leaves without a yes, and what was confirmed leaves once.

use std::net::{Ipv4Addr, SocketAddr};

use canopy::profile::{Profile, ProfileColor};
use egui::Key;
use egui::accesskit::Role;

use crate::driver::{CTRL, Home, Look, Window};

const QUESTION: &str = "Publish to “Local broker”?";

/// The demo on a broker whose profile asks.
fn open(home: &Home) -> Window {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, home.port));
    let profile = Profile {
        ask_before_publish: true,
        color: Some(ProfileColor::Red),
        ..Profile::local_broker(address, "")
    };
    home.config().save_profiles(&[profile]).unwrap();
    let mut window = home.open_as(Look::default(), true);
    window.wait_for_text("Connected since");
    window.wait_for_label("asks before publishing");
    window
}

fn fill(window: &mut Window, topic: &str) {
    window.fill("Topic to publish to", topic);
    window.fill("Payload to publish", "1");
    window.click(Role::RadioButton, "QoS 1");
}

#[test]
fn nothing_is_published_without_a_yes_and_what_was_confirmed_once() {
    let home = Home::new();
    let mut window = open(&home);
    fill(&mut window, "asked/no");
    window.press("Publish");
    window.wait_for_label(QUESTION);
    assert!(
        window.has("asked/no") && window.has("1 B"),
        "{}",
        window.on_screen()
    );
    window.key(Key::Enter);
    window.wait_for("the dialog is gone: Cancel had the keyboard", |window| {
        !window.has(QUESTION)
    });
    window.chord(CTRL, Key::Enter);
    window.wait_for_label(QUESTION);
    window.key(Key::Escape);
    window.wait_for("the dialog is gone", |window| !window.has(QUESTION));

    fill(&mut window, "asked/yes");
    window.press("Publish");
    window.wait_for_label(QUESTION);
    window.press("Publish");
    window.wait_for_text("sent → PUBACK");
    window.fill("Filter topics and payloads", "asked");
    window.wait_for("what was confirmed", |window| window.has_row("yes = 1"));
    assert!(!window.has_row("no = 1"));
}

#[test]
fn a_repetition_is_asked_about_once_and_stopped_with_the_rest_unsent() {
    let home = Home::new();
    let mut window = open(&home);
    fill(&mut window, "asked/{{seq}}");
    window.fill("Repeat every, in milliseconds", "10");
    window.fill("How many times, 0 until stopped", "5");
    window.press("Start repeating");
    window.wait_for_label(QUESTION);
    assert!(window.has_text("5 messages, one every 10 ms"));
    window.press("Cancel");
    assert!(!window.has_text("Done after"));
    window.press("Start repeating");
    window.wait_for_label(QUESTION);
    window.press("Publish");
    window.wait_for_text("Done after 5 messages");
    assert!(!window.has(QUESTION));
}

#[test]
fn do_not_ask_again_lasts_until_the_connection_is_ended() {
    let home = Home::new();
    let mut window = open(&home);
    fill(&mut window, "asked/one");
    window.press("Publish");
    window.wait_for_label(QUESTION);
    window.click(Role::Switch, "Do not ask again until I disconnect");
    window.press("Publish");
    window.wait_for_text("sent → PUBACK");
    fill(&mut window, "asked/two");
    window.press("Publish");
    window.fill("Filter topics and payloads", "asked");
    window.wait_for("the second one", |window| window.has_row("two = 1"));
    window.press("Disconnect");
    window.wait_for_label("Disconnected");
    window.press("Connect");
    window.wait_for_text("Connected since");
    window.press("Publish");
    window.wait_for_label(QUESTION);
}

#[test]
fn a_repetition_is_stopped_from_the_list_of_connections() {
    let home = Home::new();
    let mut window = home.open_as(Look::default(), true);
    window.wait_for_text("Connected since");
    fill(&mut window, "again");
    window.fill("Repeat every, in milliseconds", "10");
    window.fill("How many times, 0 until stopped", "0");
    window.press("Start repeating");
    window.chord(CTRL, Key::O);
    window.wait_for_text("Repeating on Local broker: ");
    window.press("Stop repeating");
    window.wait_for("it is over", |window| !window.has_text("Repeating on"));
    window.chord(CTRL, Key::E);
    window.wait_for_text("Stopped after");
}
