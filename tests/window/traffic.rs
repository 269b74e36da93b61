//! The traffic lens: who floods the broker, as a table and as bars in the tree.

use egui::Key;
use egui::accesskit::Role;

use crate::broker::demo;
use crate::driver::{CTRL, Home, Window};

/// Names of the rows of the table from top to bottom.
fn rows(window: &Window) -> Vec<String> {
    let rows = window.labels(Role::Row);
    let name = |row: &String| row.split(", ").next().unwrap_or_default().to_owned();
    rows.iter().map(name).collect()
}

/// A window with the demo and the lens.
fn lens(home: &Home) -> Window {
    let mut window = demo(home);
    window.chord(CTRL, Key::Num4);
    window.wait_for("the busiest branches", |window| rows(window).len() > 3);
    window
}

#[test]
fn branches_and_topics_are_listed_with_their_shares_and_selected_in_the_tree() {
    let home = Home::new();
    let mut window = lens(&home);
    assert!(window.has_text(" messages/s and "));
    let before = rows(&window);
    assert!(before.iter().any(|row| row == "home/#"), "{before:?}");
    window.press("Branches of level 1");
    window.press("Branches of level 2");
    window.wait_for("two levels", |window| {
        rows(window).iter().any(|row| row == "home/kitchen/#")
    });
    window.press("Branches of level 2");
    window.press("Single topics");
    window.fill("Find in the traffic", "kitchen/co2");
    window.wait_for("one topic and the others", |window| {
        let rows = rows(window);
        rows.len() == 3
            && rows[0] == "home/kitchen/co2"
            && rows[1].starts_with("Without “kitchen/co2” (")
    });
    window.click_start(Role::Row, "home/kitchen/co2");
    window.wait_for("the topic in the tree", |window| {
        window
            .selected_row()
            .is_some_and(|row| row.starts_with("co2"))
    });
}

#[test]
fn a_heading_orders_the_rows_and_spans_change_the_figures() {
    let home = Home::new();
    let mut window = lens(&home);
    window.press("Sort the traffic by name");
    window.wait_for("the order of names", |window| {
        let rows = rows(window);
        rows.first()
            .is_some_and(|row| row == "binary/#" || row.starts_with("binary"))
    });
    window.press("Sort the traffic by messages per second");
    window.wait_for("the busiest first", |window| {
        rows(window).first().is_some_and(|row| row == "home/#")
    });
    window.press("Sort the traffic by messages per second");
    window.wait_for("the quietest first", |window| {
        rows(window).first().is_some_and(|row| row != "home/#")
    });
    window.click(Role::RadioButton, "Traffic of the last All");
    window.wait_for_text("since the first message");
    window.press("Copy the traffic as CSV");
    let copied = window.take_copied().unwrap();
    assert!(
        copied.starts_with("topic,messages,messages per second"),
        "{copied}"
    );
    assert!(
        copied.lines().last().unwrap().starts_with("Total,"),
        "{copied}"
    );
}

#[test]
fn the_tree_shows_shares_while_they_are_switched_on() {
    let home = Home::new();
    let mut window = demo(&home);
    assert_eq!(window.described(Role::TreeItem, "home"), None);
    window.press("Show shares of the traffic in the tree");
    window.wait_for("a share", |window| {
        let share = window.described(Role::TreeItem, "home");
        share.is_some_and(|share| share.ends_with(" % of the messages of the last 10 s"))
    });
    window.press("Hide shares of the traffic in the tree");
    window.wait_for("no share", |window| {
        window.described(Role::TreeItem, "home").is_none()
    });
}
