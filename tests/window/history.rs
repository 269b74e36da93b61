//! The history of a topic and of a branch: what changed, search, selecting, copying, exporting, deleting, publishing again.

use egui::accesskit::Role;
use egui::{Key, Modifiers};

use crate::broker::demo;
use crate::driver::{CTRL, Home, Window};

/// Publishes by hand and waits until the tree shows it.
fn publish(window: &mut Window, topic: &str, payloads: &[&str]) {
    window.fill("Topic to publish to", topic);
    window.click(Role::RadioButton, "Payload as Text");
    for payload in payloads {
        window.fill("Payload to publish", payload);
        window.press("Publish");
        let row = format!("{} = {payload}", topic.rsplit('/').next().unwrap());
        window.wait_for(payload, |window| window.has_row(&row));
    }
}

/// The rows of the history from the newest on, without their times.
fn rows(window: &Window) -> Vec<String> {
    let lines = window.on_screen();
    let items = lines
        .lines()
        .filter_map(|line| line.strip_prefix("ListItem: "));
    let rest = items.filter_map(|item| item.split_once(", ").map(|(_, rest)| rest.to_owned()));
    rest.collect()
}

fn history(window: &mut Window, row: &str) {
    window.click_row(row);
    window.click(Role::Tab, "History");
}

#[test]
fn each_row_says_what_changed() {
    let home = Home::new();
    let mut window = demo(&home);
    let payloads = [
        r#"{"score":13.9,"id":7}"#,
        r#"{"score":14.2,"id":7}"#,
        r#"{"score":14.20,"id":7,"new":true}"#,
    ];
    publish(&mut window, "changing", &payloads);
    history(&mut window, "changing");
    window.wait_for_text("score 13.9 → 14.2");
    let shown = rows(&window);
    assert!(
        shown[0].contains("+1 key new, 1 value changed"),
        "{shown:?}"
    );
    assert!(shown[2].ends_with(payloads[0]), "{shown:?}");
    publish_numbers(&mut window, 1);
}

fn publish_numbers(window: &mut Window, count: u32) {
    let numbers: Vec<String> = (0..count).map(|n| format!("{n}.0")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    publish(window, "numbers", &numbers);
}

#[test]
fn messages_are_searched_selected_and_copied() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(
        &mut window,
        "words",
        &["alpha", "Beta", "gamma beta", "delta"],
    );
    history(&mut window, "words");
    window.fill("Search these messages", "BETA");
    window.wait_for_text("2 messages found");
    assert_eq!(rows(&window).len(), 2);
    window.click_start(Role::ListItem, &first_row(&window));
    window.chord(CTRL, Key::A);
    window.wait_for_text("2 selected");
    window.take_copied();
    window.press("Copy the selected messages");
    window.wait_for_text("Messages copied");
    assert_eq!(window.take_copied().as_deref(), Some("Beta\ngamma beta"));
    // what comes is found too
    publish(&mut window, "words", &["beta again"]);
    window.wait_for_text("3 messages found");
    window.press("Clear the search");
    window.wait_for_text("5 messages");
}

/// The label of the newest row.
fn first_row(window: &Window) -> String {
    let first = window.on_screen();
    let mut items = first
        .lines()
        .filter_map(|line| line.strip_prefix("ListItem: "));
    items
        .find(|item| item.contains(", QoS"))
        .unwrap_or_default()
        .to_owned()
}

fn row_with(window: &Window, part: &str) -> String {
    let all = window.on_screen();
    let mut items = all
        .lines()
        .filter_map(|line| line.strip_prefix("ListItem: "));
    items
        .find(|item| item.ends_with(part))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_selection_is_exported_and_deleted() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "kept", &["one", "two", "three", "four"]);
    history(&mut window, "kept");
    let newest = row_with(&window, ", four");
    window.click(Role::ListItem, &newest);
    window.chord(Modifiers::SHIFT, Key::ArrowDown);
    window.wait_for_text("2 selected");
    window.press("Export messages to a file");
    window.wait_for_label("Export Selected 2");
    let path = home.path().join("kept.csv");
    window.click(Role::RadioButton, "Export as CSV");
    window.fill("Path to export the messages to", path.to_str().unwrap());
    window.press("Export");
    window.wait_for_text("Exported 2 messages to ");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains(",three,") && text.contains(",four,") && !text.contains(",two,"));

    window.press("Delete the selected messages from the history");
    window.wait_for_text("Delete 2 messages from the history here?");
    window.press("Keep them");
    assert_eq!(rows(&window).len(), 4);
    window.press("Delete the selected messages from the history");
    window.press("Delete for good");
    window.wait_for_text("2 deleted here");
    window.wait_for("two rows", |window| rows(window).len() == 2);
    window.wait_for("the newest that is left", |window| {
        window.has_row("kept = two")
    });
    window.press("Delete all these messages from the history");
    window.press("Delete for good");
    window.wait_for_text("All messages of this topic were deleted from the history here");
    publish(&mut window, "kept", &["five"]);
    window.wait_for("the new one", |window| rows(window).len() == 1);
}

#[test]
fn an_export_of_all_says_what_it_has() {
    let home = Home::new();
    let mut window = demo(&home);
    publish_numbers(&mut window, 3);
    history(&mut window, "numbers");
    window.press("Export messages to a file");
    window.wait_for_label("Export All 3");
    let path = home.path().join("all.jsonl");
    window.fill("Path to export the messages to", path.to_str().unwrap());
    window.press("Export");
    window.wait_for_text("Exported 3 messages to ");
    let text = std::fs::read_to_string(&path).unwrap();
    let payloads: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["payload"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(payloads, ["0.0", "1.0", "2.0"]);
}

#[test]
fn everything_below_a_branch_is_one_list_that_can_be_held_still() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "st", &["top"]);
    window.fill("Topic to publish to", "st/a");
    window.fill("Payload to publish", "from a");
    window.press("Publish");
    window.fill("Topic to publish to", "st/b/c");
    window.fill("Payload to publish", "from c");
    window.press("Publish");
    window.click_row("st");
    window.click(Role::Tab, "History");
    window.click(Role::RadioButton, "Messages of With all below");
    window.wait_for_text("3 messages");
    let shown = rows(&window);
    assert!(
        shown[0].starts_with("b/c, QoS") && shown[0].ends_with("from c"),
        "{shown:?}"
    );
    assert!(shown[2].starts_with("(this topic), QoS"), "{shown:?}");

    window.press("Hold this list still");
    window.fill("Payload to publish", "later");
    window.press("Publish");
    window.wait_for_label("1 new");
    assert_eq!(rows(&window).len(), 3);
    window.press("1 new");
    window.wait_for("all four", |window| rows(window).len() == 4);

    let row = row_with(&window, "from a");
    window.click(Role::ListItem, &row);
    window.wait_for_text(" on st/a");
    window.click(Role::Tab, "Payload");
    window.wait_for_label("from a");
    window.press("Close it");
    window.wait_for("the topic itself", |window| window.has("top"));
}

#[test]
fn a_message_goes_into_the_publish_panel_and_is_compared() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "again", &["first", "second"]);
    window.fill("Topic to publish to", "elsewhere");
    window.fill("Payload to publish", "something");
    history(&mut window, "again");
    let row = row_with(&window, ", first");
    window.menu_of(Role::ListItem, &row);
    window.press("Put into the publish panel");
    window.wait_for_text("Nothing was sent yet");
    assert_eq!(
        window.value("Topic to publish to").as_deref(),
        Some("again")
    );
    assert_eq!(window.value("Payload to publish").as_deref(), Some("first"));
    let row = row_with(&window, ", second");
    window.menu_of(Role::ListItem, &row);
    window.press("Pin for comparing");
    let row = row_with(&window, ", first");
    window.menu_of(Role::ListItem, &row);
    window.press("Compare with the pinned one");
    window.wait_for_text("Showing message of");
}
