//! What all dialogs have in common: the order of their buttons for the Tab key, Ctrl+Enter, a click beside them; and
//! what is said where there is no keyring.

use std::cell::RefCell;
use std::sync::Arc;

use egui::{Key, Modifiers, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::super::action::{Action, Keep};
use super::super::fixture::{Fixture, dress};
use super::super::retained::{Found, RetainedAction};
use super::*;
use crate::model::RetainedItem;
use crate::mqtt::{Timestamp, TopicName};
use crate::profile::Theme;

fn retained(topics: Vec<TopicName>) -> Gathered {
    let item = |topic| RetainedItem {
        topic,
        kept: None,
        at: Timestamp::default(),
    };
    Gathered {
        found: Arc::new(Found::new(topics.into_iter().map(item).collect())),
        left_out: 0,
    }
}

fn harness<'a>(fixture: &'a Fixture, dialog: &'a RefCell<Dialog>) -> Harness<'a> {
    let mut harness = Harness::builder()
        .with_size([800.0, 600.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(move |ui| dialog.borrow_mut().ui(ui, &fixture.context()));
    harness.run();
    harness
}

fn profile() -> Profile {
    Profile {
        name: "Shop".to_owned(),
        host: "broker.example".to_owned(),
        user_name: "ann".to_owned(),
        use_password: true,
        ..Profile::default()
    }
}

fn password() -> RefCell<Dialog> {
    RefCell::new(Dialog::password(&profile(), SecretKind::Password, None))
}

fn click_beside(harness: &mut Harness<'_>) {
    harness.hover_at(pos2(20.0, 20.0));
    harness.run();
    harness.drag_at(pos2(20.0, 20.0));
    harness.run();
    harness.drop_at(pos2(20.0, 20.0));
    harness.run();
}

#[test]
fn tab_goes_from_cancel_to_the_button_to_the_cross() {
    let fixture = Fixture::new();
    let topics = vec![TopicName::new("a/b").unwrap()];
    let dialog = RefCell::new(Dialog::clear_retained(retained(topics)));
    let mut harness = harness(&fixture, &dialog);
    for label in ["Cancel", "Clear 1 retained message", "Close", "Cancel"] {
        assert!(harness.get_by_label(label).is_focused(), "{label}");
        harness.key_press(Key::Tab);
        harness.run();
    }
}

#[test]
fn ctrl_and_enter_confirm_wherever_the_keyboard_is() {
    let fixture = Fixture::new();
    let topics = vec![TopicName::new("a/b").unwrap()];
    let dialog = RefCell::new(Dialog::clear_retained(retained(topics)));
    let mut harness = harness(&fixture, &dialog);
    assert!(harness.get_by_label("Cancel").is_focused());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::Retained(RetainedAction::Clear(_))]
    ));
    assert!(!dialog.borrow().is_open());
}

#[test]
fn a_command_becomes_a_connection_by_ctrl_and_enter() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::new_from_command());
    let mut harness = harness(&fixture, &dialog);
    let line = "mosquitto_sub -h broker.example -t a/#";
    harness.get_by_label("Command").type_text(line);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run();
    assert_eq!(fixture.take_actions().len(), 1);
    assert!(!dialog.borrow().is_open());
}

#[test]
fn a_click_beside_keeps_what_was_typed() {
    let fixture = Fixture::new();
    let dialog = password();
    let mut harness = harness(&fixture, &dialog);
    harness.get_by_label("Password").type_text("secret");
    harness.run();
    click_beside(&mut harness);
    assert!(dialog.borrow().is_open());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!dialog.borrow().is_open(), "Esc is no accident");
    drop(harness);

    let dialog = password();
    let mut harness = self::harness(&fixture, &dialog);
    click_beside(&mut harness);
    assert!(!dialog.borrow().is_open(), "nothing is lost");
}

#[test]
fn without_a_keyring_nothing_is_promised() {
    let mut fixture = Fixture::new();
    fixture.has_keyring = false;
    let dialog = password();
    let mut harness = harness(&fixture, &dialog);
    harness.get_by_label_contains("only until you quit");
    let mut remember = harness.get_all_by_label("Remember in the system keyring");
    assert!(remember.any(|it| it.accesskit_node().is_disabled()));
    drop(remember);
    harness.get_by_label("Password").type_text("secret");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::ConnectWith(_, _, Keep::ThisRun)]
    ));
}

#[test]
fn a_test_asks_for_its_password() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(password().into_inner().asked_for(Purpose::Test));
    let mut harness = harness(&fixture, &dialog);
    harness.get_by_label("Password").type_text("secret");
    harness.run();
    harness.get_by_label("Test").click();
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::ExamineWith(_, _, Keep::InKeyring)]
    ));
}
