//! The payload of a message: values that fold, open and are copied, search, formats and differences.

use egui::Key;
use egui::accesskit::Role;

use crate::broker::demo;
use crate::driver::{CTRL, Home, Window};

/// Publishes by hand.
fn publish(window: &mut Window, topic: &str, kind: &str, payload: &str) {
    window.fill("Topic to publish to", topic);
    window.click(Role::RadioButton, kind);
    window.fill("Payload to publish", payload);
    window.press("Publish");
}

fn publish_json(window: &mut Window, topic: &str, payload: &str) {
    publish(window, topic, "Payload as JSON", payload);
}

const STATION: &str = r#"{"station":{"name":"north","sensors":[{"kind":"temperature","values":[20.5,21.0,21.5]},{"kind":"humidity","values":[40,41]}]},"score":13.9}"#;

#[test]
fn values_fold_and_stay_folded_for_the_next_message() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "folds", STATION);
    window.click_row("folds = ");
    window.wait_for_label("name: north, text");
    window.click(Role::DisclosureTriangle, "Fold station");
    window.wait_for("the fold", |window| !window.has("name: north, text"));
    publish_json(&mut window, "folds", &STATION.replace("13.9", "14.2"));
    window.wait_for_label("score: 14.2, number");
    assert!(!window.has("name: north, text"));
    window.click(Role::DisclosureTriangle, "Unfold station");
    window.wait_for_label("name: north, text");
}

#[test]
fn what_changed_since_the_message_before_is_said() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "changes", r#"{"score":13.9,"old":1}"#);
    window.click_row("changes = ");
    window.wait_for_label("score: 13.9, number");
    publish_json(&mut window, "changes", r#"{"score":14.2,"new":true}"#);
    window.wait_for_label("score: 14.2, number");
    window.wait_for_text("1 value changed");
    publish_json(&mut window, "changes", r#"{"score":14.2,"new":true}"#);
    window.wait_for_label("No difference");
    window.chord(CTRL, Key::D);
    window.wait_for("no comparison", |window| !window.has("No difference"));
}

#[test]
fn values_are_found_wherever_they_are_folded() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "found", STATION);
    window.click_row("found = ");
    window.click(Role::DisclosureTriangle, "Fold station");
    window.wait_for("the fold", |window| !window.has("name: north, text"));
    window.press("Find in this payload (Ctrl+Shift+F)");
    window.fill("Find in this payload", "NORTH");
    window.wait_for_label("1 of 1");
    window.wait_for_label("name: north, text");
    window.fill("Find in this payload", "kind");
    window.wait_for_label("1 of 2");
    window.key(Key::Enter);
    window.wait_for_label("2 of 2");
    window.fill("Find in this payload", "nowhere");
    window.wait_for_label("Not found");
    window.key(Key::Escape);
    window.wait_for("the search to close", |window| !window.has("Not found"));
}

#[test]
fn values_paths_and_subtrees_are_copied() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "copied", STATION);
    window.click_row("copied = ");
    let menu = |window: &mut Window, value: &str, item: &str| {
        window.menu_of(Role::ListItem, value);
        window.click_start(Role::Button, item);
        window.take_copied()
    };
    let name = "name: north, text";
    let copied = menu(&mut window, name, "Copy value");
    assert_eq!(copied.as_deref(), Some("north"));
    let copied = menu(&mut window, name, "Copy path (JSONPath)");
    assert_eq!(copied.as_deref(), Some("$.station.name"));
    let copied = menu(&mut window, name, "Copy path (jq)");
    assert_eq!(copied.as_deref(), Some(".station.name"));
    let copied = menu(&mut window, "values, array", "Copy as JSON on one line");
    assert_eq!(copied.as_deref(), Some("[20.5,21.0,21.5]"));
}

#[test]
fn json_in_a_text_is_opened_in_its_place() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "inner", r#"{"text":"{\"deep\":[1,2]}"}"#);
    window.click_row("inner = ");
    window.click_start(Role::ListItem, "text: ");
    window.wait_for_label("deep, array");
    // the next message is opened in the same place
    publish_json(&mut window, "inner", r#"{"text":"{\"other\":[3]}"}"#);
    window.wait_for_label("other, array");
    window.press("Back");
    window.wait_for_text("text: ");
}

#[test]
fn a_format_is_remembered_for_the_topics_beside() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "kept/one", "Payload as Text", "on");
    publish(&mut window, "kept/two", "Payload as Text", "off");
    window.fill("Filter topics and payloads", "kept");
    window.click_row("one = on");
    window.click(Role::RadioButton, "Show as Hex");
    window.wait_for_text("6f 6e");
    window.press("All formats");
    window.press("kept/#");
    window.click_row("two = off");
    window.wait_for_text("6f 66 66");
    window.wait_for_label("Rule for kept/#");
    let rules = |home: &Home| {
        let profiles = home.profiles();
        profiles
            .iter()
            .map(|it| it.reading.formats.len())
            .sum::<usize>()
    };
    window.press("All formats");
    window.press("Forget the rule for kept/#");
    window.wait_for("the rule to go", |window| !window.has("Rule for kept/#"));
    window.close();
    assert_eq!(rules(&home), 0);
}

#[test]
fn values_are_reached_with_the_keyboard() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_json(&mut window, "keys", STATION);
    window.click_row("keys = ");
    window.wait_for_label("score: 13.9, number");
    let payload = window.place(Role::ScrollView, "Payload");
    let blank = egui::pos2(payload.right() - 30.0, payload.top() + 10.0);
    window.click_at(blank, egui::PointerButton::Primary);
    window.key(Key::ArrowDown);
    window.key(Key::ArrowLeft);
    window.wait_for("the fold", |window| !window.has("name: north, text"));
    window.key(Key::ArrowRight);
    window.wait_for_label("name: north, text");
    window.key(Key::ArrowRight);
    window.chord(CTRL, Key::F);
    window.wait_for("the search", |window| {
        window.is_focused("Find in this payload")
    });
}

#[test]
fn a_topic_to_begin_with_is_offered() {
    let home = Home::new();
    let mut window = demo(&home);
    window.wait_for_label("Or begin with one of these");
    let label = window.read(|text| {
        let is_topic = text.starts_with("Show ") && text.contains('/');
        is_topic.then(|| text.to_owned())
    });
    window.press(&label.unwrap());
    window.wait_for("a selected topic", |window| window.selected_row().is_some());
}
