//! The tree: select, filter, pause, clear what is retained, survive a restart.

use egui::Key;
use egui::accesskit::Role;

use crate::broker::{demo, messages};
use crate::driver::{CTRL, Home};

#[test]
fn a_selected_topic_is_shown_in_the_inspector_and_fills_the_publish_topic() {
    let home = Home::new();
    let mut window = demo(&home);
    window.double_click_row("UM");
    window.double_click_row("campus");
    window.double_click_row("research");
    window.click_row("news = {\"headline\"");
    window.wait_for_text("headline: Sensor network reaches 1,000 nodes, text");
    assert_eq!(window.count(Role::Link, "research"), 1);
    assert_eq!(window.count(Role::Heading, "news"), 1);
    assert_eq!(
        window.value("Topic to publish to").as_deref(),
        Some("UM/campus/research/news")
    );
    window.click(Role::Tab, "History");
    window.wait_for("messages in the history", |window| {
        window.has_text(", QoS 0, ")
    });
    window.click(Role::Tab, "Subtree");
    window.click(Role::Link, "campus");
    window.wait_for("the branch", |window| {
        window.selected_row().as_deref() == Some("campus")
    });
}

#[test]
fn the_filter_narrows_the_tree_and_escape_clears_it() {
    let home = Home::new();
    let mut window = demo(&home);
    let all = window.rows();
    window.chord(CTRL, Key::F);
    assert!(window.is_focused("Filter topics and payloads"));
    window.type_text("research");
    window.wait_for("only what matches", |window| {
        let rows = window.rows();
        rows.len() == 4 && rows[..3] == ["UM", "campus", "research"]
    });
    window.fill("Filter topics and payloads", "home/+/co2");
    window.wait_for("what the topic filter matches", |window| {
        let rows = window.rows();
        rows[0] == "home" && rows.iter().filter(|row| row.starts_with("co2 = ")).count() == 4
    });
    window.fill("Filter topics and payloads", "no such thing");
    window.wait_for("nothing", |window| window.rows().is_empty());
    window.key(Key::Escape);
    window.wait_for("everything", |window| window.rows().len() >= all.len());
    assert_eq!(
        window.value("Filter topics and payloads").as_deref(),
        Some("")
    );
}

#[test]
fn rows_tell_their_level_and_whether_they_are_open() {
    let home = Home::new();
    let mut window = demo(&home);
    window.double_click_row("UM");
    window.wait_for("its branches", |window| window.has_row("campus"));
    assert_eq!(window.row_outline("UM"), (Some(1), Some(true)));
    assert_eq!(window.row_outline("campus"), (Some(2), Some(false)));
    window.click_row("UMD = University");
    assert_eq!(window.row_outline("UMD"), (Some(1), None));
}

#[test]
fn a_paused_tree_stands_still_and_goes_on_counting() {
    let home = Home::new();
    let mut window = demo(&home);
    window.double_click_row("UM");
    window.double_click_row("campus");
    window.double_click_row("faculty");
    window.click_row("forum = ");
    window.press("Pause the tree; counting goes on");
    window.wait_for_text("Paused: as of");
    let (frozen, before) = (window.rows(), messages(&window).unwrap());
    window.wait_for("more messages", |window| {
        messages(window).unwrap() > before + 100
    });
    assert_eq!(window.rows(), frozen);
    window.press("Resume the tree");
    window.wait_for("the inspector goes on", |window| {
        !window.has_text("Paused: as of")
    });
    window.wait_for("newer values", |window| window.rows() != frozen);
}

#[test]
fn a_retained_message_is_cleared_after_a_question() {
    let home = Home::new();
    let mut window = demo(&home);
    window.click_row("UMD = University");
    window.wait_for_text("Retained");
    window.key(Key::Delete);
    window.wait_for_label("Clear 1 retained message?");
    window.press("Cancel");
    window.wait_for("no dialog", |window| {
        !window.has("Clear 1 retained message?")
    });
    window.click_row("UMD = University");
    window.key(Key::Delete);
    window.press("Clear 1 retained message");
    window.wait_for("an empty value", |window| {
        window.rows().iter().any(|row| row == "UMD = ")
    });
    window.wait_for_text("Empty payload");
}

#[test]
fn a_branch_is_cleared_with_a_preview_of_how_many() {
    let home = Home::new();
    let mut window = demo(&home);
    window.row_menu("UM");
    let count = window
        .read(|text| {
            let text = text.strip_prefix("Clear ")?;
            let count = text.strip_suffix(" retained at and below…")?;
            count.parse::<usize>().ok()
        })
        .unwrap();
    assert_eq!(count, 3);
    window.press("Clear 3 retained at and below…");
    window.wait_for_label("Clear 3 retained messages?");
    window.press("Clear 3 retained messages");
    window.double_click_row("UM");
    window.double_click_row("campus");
    window.double_click_row("department");
    window.wait_for("an empty value", |window| {
        window.rows().iter().any(|row| row == "news = ")
    });
}

#[test]
fn open_branches_and_the_dock_survive_a_restart() {
    let home = Home::new();
    let mut window = demo(&home);
    window.double_click_row("UM");
    window.double_click_row("dearborn");
    window.wait_for("an open branch", |window| window.has_row("student"));
    window.close();
    let mut window = home.open_as(crate::driver::Look::default(), true);
    window.wait_for("the same branch", |window| {
        let rows = window.rows();
        rows.iter().any(|row| row == "student")
            && !rows.iter().any(|row| row.starts_with("registration"))
            && rows.iter().any(|row| row == "home")
            && !rows.iter().any(|row| row == "kitchen")
    });
}

#[test]
fn the_tree_is_sorted_by_messages() {
    let home = Home::new();
    let mut window = demo(&home);
    window.press("Sort by messages");
    window.wait_for("the busiest branch on top", |window| {
        window.rows().first().is_some_and(|row| row == "home")
    });
    window.press("Sort by topic");
    window.wait_for("the order of names", |window| {
        window.rows().first().is_some_and(|row| row == "binary")
    });
}

#[test]
fn the_keyboard_goes_back_to_the_tree_after_a_question() {
    let home = Home::new();
    let mut window = demo(&home);
    window.click_row("UMD = University");
    window.key(Key::Delete);
    window.wait_for_label("Clear 1 retained message?");
    window.key(Key::Escape);
    window.wait_for("no dialog", |window| {
        !window.has("Clear 1 retained message?")
    });
    assert!(window.is_focused("Topics"));
}
