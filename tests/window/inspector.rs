//! What the inspector shows of a message.

use egui::accesskit::Role;

use crate::broker::demo;
use crate::driver::{Home, Window};

/// Publishes by hand and selects the topic.
fn publish(window: &mut Window, topic: &str, kind: &str, payload: &str) {
    window.fill("Topic to publish to", topic);
    window.click(Role::RadioButton, kind);
    window.fill("Payload to publish", payload);
    window.press("Publish");
}

#[test]
fn numbers_are_shown_as_they_were_sent() {
    let home = Home::new();
    let mut window = demo(&home);
    let exact = "{\"n\": 12345678901234567890.10, \"m\": 1e400}";
    publish(&mut window, "exact", "Payload as JSON", exact);
    window.click_row("exact = ");
    window.wait_for_text("12345678901234567890.10");
    window.wait_for_text("1e400");
    window.click(Role::RadioButton, "Show as Text");
    window.wait_for_text(exact);
    window.click(Role::RadioButton, "Show as Hex");
    window.wait_for_text("7b 22 6e 22 3a");
}

#[test]
fn bytes_that_are_no_text_are_shown_in_hex() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "bytes", "Payload as Hex", "00 ff 10");
    window.click_row("bytes = binary · 3 B");
    window.wait_for_text("00 ff 10");
    assert!(window.is_on(Role::RadioButton, "Show as Hex"));
}

#[test]
fn topics_with_empty_levels_and_any_letters_are_shown() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "/Küche//лампа", "Payload as Text", "ein");
    window.double_click_row("(empty level)");
    window.double_click_row("Küche");
    window.wait_for("an empty level below", |window| {
        let rows = window.rows();
        rows.iter().filter(|row| *row == "(empty level)").count() == 2
    });
    window.fill("Filter topics and payloads", "лампа");
    window.click_row("лампа = ein");
    window.wait_for_label("Küche");
}

#[test]
fn an_older_message_is_shown_from_the_history() {
    let home = Home::new();
    let mut window = demo(&home);
    for payload in ["first", "second", "third"] {
        publish(&mut window, "chosen", "Payload as Text", payload);
        window.wait_for(payload, |window| {
            window.has_row(&format!("chosen = {payload}"))
        });
    }
    window.click_row("chosen = third");
    window.click(Role::Tab, "History");
    let oldest = window.read(|text| text.ends_with(", first").then(|| text.to_owned()));
    window.click(Role::ListItem, &oldest.unwrap());
    window.wait_for_text("Showing message of");
    window.click(Role::Tab, "Payload");
    window.wait_for_label("first");
    window.press("Show newest");
    window.wait_for_label("third");
}

#[test]
fn properties_of_mqtt_5_arrive_as_they_were_sent() {
    let home = Home::new();
    let mut window = demo(&home);
    window.fill("Content type", "text/plain");
    window.fill("Response topic", "answer/here");
    window.fill("Correlation", "42");
    publish(&mut window, "with/properties", "Payload as Text", "x");
    window.fill("Filter topics and payloads", "with/properties");
    window.click_row("properties = x");
    window.click(Role::Tab, "Properties");
    for value in ["text/plain", "answer/here", "42"] {
        window.wait_for_text(value);
    }
}

#[test]
fn topic_and_value_are_copied() {
    let home = Home::new();
    let mut window = demo(&home);
    window.row_menu("UMD");
    window.press("Copy topic");
    assert_eq!(window.take_copied().as_deref(), Some("UMD"));
    window.row_menu("UMD");
    window.press("Copy value");
    assert_eq!(
        window.take_copied().as_deref(),
        Some("University of Michigan-Dearborn")
    );
}
