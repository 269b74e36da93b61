//! Everything without a mouse.

use egui::{Key, Modifiers};

use crate::driver::{CTRL, Home, Window};

/// Starts broker and demo through the command palette.
fn demo_by_palette(home: &Home) -> Window {
    let mut window = home.open();
    window.chord(CTRL, Key::K);
    assert!(window.is_focused("Command"));
    window.type_text("broker demo");
    window.key(Key::Enter);
    crate::broker::demo_in(window)
}

/// Moves the keyboard to `label` with the tab key.
fn tab_to(window: &mut Window, label: &str) {
    for _ in 0..80 {
        if window.is_focused(label) {
            return;
        }
        window.key(Key::Tab);
    }
    panic!(
        "the tab key never comes to {label}:\n{}",
        window.on_screen()
    );
}

#[test]
fn the_tree_is_walked_with_arrows() {
    let home = Home::new();
    let mut window = demo_by_palette(&home);
    tab_to(&mut window, "Topics");
    window.key(Key::Home);
    assert_eq!(window.selected_row().as_deref(), Some("binary"));
    window.key(Key::ArrowDown);
    window.key(Key::ArrowDown);
    assert_eq!(window.selected_row().as_deref(), Some("home"));
    window.key(Key::ArrowRight);
    window.wait_for("an open branch", |window| window.has_row("bathroom"));
    window.key(Key::ArrowRight);
    assert_eq!(window.selected_row().as_deref(), Some("bathroom"));
    window.key(Key::ArrowLeft);
    assert_eq!(window.selected_row().as_deref(), Some("home"));
    window.key(Key::ArrowLeft);
    window.wait_for("a closed branch", |window| !window.has_row("bathroom"));
    window.chord(Modifiers::ALT, Key::ArrowRight);
    window.wait_for("everything below", |window| window.has_row("humidity"));
    window.chord(Modifiers::ALT, Key::ArrowLeft);
    window.wait_for("nothing below", |window| !window.has_row("bathroom"));
    window.key(Key::End);
    let last = window.rows().pop();
    assert_eq!(window.selected_row(), last);
    window.key(Key::Home);
    window.key(Key::ArrowDown);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowDown);
    window.key(Key::Enter);
    assert_eq!(
        window.value("Topic to publish to").as_deref(),
        Some("command/raspberrypi")
    );
}

#[test]
fn a_message_is_published_with_ctrl_enter() {
    let home = Home::new();
    let mut window = demo_by_palette(&home);
    tab_to(&mut window, "Topic to publish to");
    window.type_text("answers/keys");
    tab_to(&mut window, "Payload to publish");
    window.type_text("{\"by\": \"keyboard\"}");
    window.chord(CTRL, Key::Enter);
    window.wait_for("the message", |window| window.has_row("answers"));
    assert_eq!(
        window.value("Payload to publish").as_deref(),
        Some("{\"by\": \"keyboard\"}"),
        "Ctrl+Enter adds no line"
    );
}

#[test]
fn the_palette_finds_commands_by_words() {
    let home = Home::new();
    let mut window = home.open();
    window.chord(CTRL, Key::K);
    window.type_text("keys");
    window.key(Key::Enter);
    window.wait_for_text("Keys");
    window.key(Key::Escape);
    window.chord(CTRL, Key::K);
    window.key(Key::Escape);
    window.wait_for("no palette", |window| window.value("Command").is_none());
}

#[test]
fn dock_and_screens_have_keys() {
    let home = Home::new();
    let mut window = demo_by_palette(&home);
    window.chord(CTRL, Key::Num2);
    window.wait_for_text("demo-status");
    window.chord(CTRL, Key::Num3);
    window.wait_for("the log", |window| {
        window.value("Find in the log").is_some()
    });
    window.chord(CTRL, Key::Num1);
    window.wait_for("publish", |window| {
        window.value("Payload to publish").is_some()
    });
    window.chord(CTRL, Key::O);
    window.wait_for("connections", |window| {
        window.value("Find a profile").is_some()
    });
    window.chord(CTRL, Key::E);
    window.wait_for("topics", |window| window.has_row("UMD"));
    window.chord(CTRL, Key::Comma);
    window.wait_for_label("Settings");
    window.key(Key::Escape);
    window.wait_for("no dialog", |window| !window.has("Settings"));
    window.chord(CTRL, Key::P);
    window.wait_for_label("Resume the tree");
    window.chord(CTRL, Key::B);
    window.wait_for_label("off");
}

#[test]
fn the_palette_moves_the_keyboard_where_its_command_says() {
    let home = Home::new();
    let mut window = demo_by_palette(&home);
    tab_to(&mut window, "Topics");
    window.chord(CTRL, Key::K);
    window.type_text("filter topics");
    window.key(Key::Enter);
    window.wait_for("the filter", |window| {
        window.is_focused("Filter topics and payloads")
    });
}
