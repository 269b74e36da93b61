//! The publish panel by accessible label, and pictures of it.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::PublishPanel;
use crate::gui::action::Action;
use crate::gui::fixture::{self, Fixture};
use crate::mqtt::Qos;
use crate::profile::{PayloadKind, PublishDraft, PublishProperties, SavedPublish, Theme};

struct State {
    fixture: Fixture,
    panel: PublishPanel,
}

fn led_on() -> PublishDraft {
    PublishDraft {
        topic: "command/raspberrypi".to_owned(),
        qos: Qos::AtLeastOnce,
        payload: "{ \"led\": \"on\", \"at\": \"{{now}}\", \"seq\": {{seq}} }".to_owned(),
        properties: PublishProperties {
            message_expiry: Some(3_600),
            response_topic: "reply/ui".to_owned(),
            user: vec![("origin".to_owned(), "laptop".to_owned())],
            ..PublishProperties::default()
        },
        ..PublishDraft::default()
    }
}

fn saved_publishes() -> Vec<SavedPublish> {
    let saved = |name: &str, draft: PublishDraft| SavedPublish {
        name: name.to_owned(),
        draft,
    };
    let off = PublishDraft {
        payload: "{\"led\":\"off\"}".to_owned(),
        ..led_on()
    };
    vec![
        saved("LED on", led_on()),
        saved("LED off", off.clone()),
        saved(
            "Campus news",
            PublishDraft {
                topic: "UM/campus/news".to_owned(),
                ..off.clone()
            },
        ),
        saved(
            "Open registration",
            PublishDraft {
                topic: "UM/dearborn".to_owned(),
                ..off
            },
        ),
    ]
}

fn state(mut fixture: Fixture) -> State {
    for profile in &mut fixture.profiles {
        profile.saved_publishes = saved_publishes();
    }
    let mut panel = PublishPanel::default();
    panel.set_draft(led_on());
    State { fixture, panel }
}

fn window(size: [f32; 2], state: State) -> Harness<'static, State> {
    Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| fixture::dress(ctx, Theme::Dark))
        .build_ui_state(
            |ui, state: &mut State| {
                egui::CentralPanel::default().show(ui, |ui| in_dock(ui, state));
            },
            state,
        )
}

/// With the margins that the dock leaves around its panels.
fn in_dock(ui: &mut egui::Ui, state: &mut State) {
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(12, 10))
        .show(ui, |ui| state.panel.ui(ui, &state.fixture.context()));
}

fn published(state: &State) -> Vec<crate::client::Outgoing> {
    let actions = state.fixture.take_actions().into_iter();
    let message = |action| match action {
        Action::Publish(_, message) => Some(message),
        _ => None,
    };
    actions.filter_map(message).collect()
}

#[test]
fn pictures() {
    let sizes = [
        ("wide", [840.0, 270.0], 1.0),
        ("middle", [600.0, 260.0], 1.0),
        ("narrow", [420.0, 240.0], 2.0),
    ];
    for (name, size, scale) in sizes {
        for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
            let mut state = state(Fixture::connected(&[]));
            let name = format!("publish-{name}-{theme_name}");
            fixture::picture(&name, size, scale, theme, move |ui| {
                in_dock(ui, &mut state);
            });
        }
    }
}

const SIZE: [f32; 2] = [860.0, 300.0];

#[test]
fn a_click_publishes_with_placeholders_filled_in() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    for seq in 1..=2 {
        window.get_by_label("Publish").click();
        window.run_steps(2);
        let messages = published(window.state());
        assert_eq!(messages.len(), 1);
        let text = String::from_utf8(messages[0].payload.to_vec()).unwrap();
        assert_eq!(
            text,
            format!("{{ \"led\": \"on\", \"at\": \"2026-03-14T14:32:05.381Z\", \"seq\": {seq} }}")
        );
        assert_eq!(messages[0].qos, Qos::AtLeastOnce);
        let properties = messages[0].properties.as_ref().unwrap();
        assert_eq!(properties.response_topic.as_deref(), Some("reply/ui"));
    }
}

#[test]
fn ctrl_enter_publishes_and_adds_no_line() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("Payload to publish").focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    window.run_steps(2);
    assert_eq!(published(window.state()).len(), 1);
    assert_eq!(window.state().panel.draft(), &led_on());
}

#[test]
fn nothing_is_published_without_a_connection() {
    let mut window = window(SIZE, state(Fixture::with_messages(&[])));
    window.run_steps(2);
    assert!(
        window
            .get_by_label("Publish")
            .accesskit_node()
            .is_disabled()
    );
    window.get_by_label("Payload to publish").focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    window.run_steps(2);
    let actions = window.state().fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::Toast(_, text)] if text.contains("ot connected") || text.contains("onnecting"))
    );
}

#[test]
fn the_topic_follows_the_selection_until_one_is_typed() {
    let mut panel = PublishPanel::default();
    panel.follow_topic("a/b");
    assert_eq!(panel.draft().topic, "a/b");
    panel.follow_topic("c");
    assert_eq!(panel.draft().topic, "c");
    let mut window = window(
        SIZE,
        State {
            fixture: Fixture::connected(&[]),
            panel,
        },
    );
    window.run_steps(2);
    window.get_by_label("Topic to publish to").focus();
    window.run_steps(1);
    window.get_by_label("Topic to publish to").type_text("/x");
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().topic, "c/x");
    window.state_mut().panel.follow_topic("other");
    assert_eq!(window.state().panel.draft().topic, "c/x");
    window.state_mut().panel.set_topic("here");
    assert_eq!(window.state().panel.draft().topic, "here");
}

#[test]
fn a_wrong_topic_is_explained_and_not_sent() {
    let mut state = state(Fixture::connected(&[]));
    state.panel.set_topic("a/#");
    let mut window = window(SIZE, state);
    window.run_steps(2);
    window.get_by_label_contains("wildcard");
    window.get_by_label("Publish").click();
    window.run_steps(2);
    assert!(published(window.state()).is_empty());
}

fn is_disabled(window: &Harness<'_, State>, label: &str) -> bool {
    window.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn what_is_no_message_cannot_be_published_and_says_why() {
    let mut state = state(Fixture::connected(&[]));
    state.panel.set_draft(PublishDraft {
        kind: PayloadKind::Hex,
        payload: "4g".to_owned(),
        ..led_on()
    });
    let mut window = window(SIZE, state);
    window.run_steps(2);
    assert!(is_disabled(&window, "Publish") && is_disabled(&window, "Start repeating"));
    window.get_by_label_contains("is not a hexadecimal digit");
    window.get_by_label("Publish").hover();
    // tooltips wait for the pointer to rest
    for _ in 0..60 {
        window.step();
    }
    let reason = window.query_all_by_label_contains("is not a hexadecimal digit");
    assert_eq!(reason.count(), 2, "beside the editor and at the button");
    window.get_by_label("Payload as Text").click();
    window.run_steps(3);
    assert!(!is_disabled(&window, "Publish") && !is_disabled(&window, "Start repeating"));
    window.state_mut().panel.draft.properties.response_topic = "a/#".to_owned();
    window.run_steps(2);
    assert!(is_disabled(&window, "Publish"));
    window.get_by_label_contains("Response topic: ");
}

#[test]
fn an_added_user_property_has_the_keyboard() {
    // as high as the dock is at first
    let mut window = window([820.0, 288.0], state(Fixture::connected(&[])));
    window.state_mut().panel.draft.properties.user.clear();
    window.run_steps(2);
    let add = window.get_by_label("User property").rect();
    let repeat = window.get_by_label("Start repeating").rect();
    assert!(add.bottom() < repeat.top() - 20.0, "{add:?} {repeat:?}");
    for (number, name) in [(1, "unit"), (2, "origin")] {
        window.get_by_label("User property").click();
        window.run_steps(8);
        let label = format!("Name of user property {number}");
        assert!(window.get_by_label(&label).is_focused());
        window.get_by_label(&label).type_text(name);
        window.run_steps(2);
    }
    let user = &window.state().panel.draft().properties.user;
    assert_eq!(user[1].0, "origin");
}

#[test]
fn saved_publishes_are_loaded_kept_renamed_and_deleted() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("LED off").click();
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().payload, "{\"led\":\"off\"}");
    window.get_by_label("Delete saved publish").click();
    window.run_steps(2);
    let edited = edited_profile(window.state());
    let names: Vec<_> = edited
        .saved_publishes
        .iter()
        .map(|saved| saved.name.as_str())
        .collect();
    assert_eq!(names, ["LED on", "Campus news", "Open registration"]);

    window.get_by_label("Save current").click();
    window.run_steps(3);
    window
        .get_by_label("Name of the saved publish")
        .type_text("LED off again");
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(2);
    let edited = edited_profile(window.state());
    let last = edited.saved_publishes.last().unwrap();
    assert_eq!(last.name, "LED off again");
    assert_eq!(last.draft.payload, "{\"led\":\"off\"}");

    window.get_by_label("Rename saved publish").click();
    window.run_steps(3);
    window
        .get_by_label("Name of the saved publish")
        .type_text("LED off!");
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(2);
    assert_eq!(
        edited_profile(window.state()).saved_publishes[1].name,
        "LED off!"
    );
}

fn edited_profile(state: &State) -> crate::profile::Profile {
    let actions = state.fixture.take_actions().into_iter();
    let mut profiles = actions.filter_map(|action| match action {
        Action::EditProfile(profile) => Some(*profile),
        _ => None,
    });
    profiles.next().expect("the profile was not edited")
}

#[test]
fn properties_are_edited_in_place() {
    let mut window = window([860.0, 420.0], state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("Remove user property 1").click();
    window.run_steps(2);
    assert!(window.state().panel.draft().properties.user.is_empty());
    window.get_by_label("User property").click();
    window.run_steps(2);
    window.get_by_label("Name of user property 1").focus();
    window.run_steps(1);
    window
        .get_by_label("Name of user property 1")
        .type_text("unit");
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().properties.user[0].0, "unit");
    window.get_by_label("QoS 2").click();
    window
        .get_by_role_and_label(egui::Role::Switch, "Retain")
        .click();
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().qos, Qos::ExactlyOnce);
    assert!(window.state().panel.draft().retain);
}

#[test]
fn a_repetition_sends_what_is_due_and_ends() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("Start repeating").click();
    window.run_steps(2);
    let state = window.state_mut();
    let mut sequence = Vec::new();
    for tick in 0..12 {
        let now = fixture::NOW.plus(std::time::Duration::from_millis(500 * tick));
        let wait = state.panel.tick(&state.fixture.context(), now);
        sequence.extend(
            published(state)
                .iter()
                .map(|message| message.payload.clone()),
        );
        if tick == 0 {
            assert_eq!(wait, Some(std::time::Duration::from_secs(1)));
        }
    }
    assert_eq!(sequence.len(), 6);
    assert!(sequence[5].ends_with(b"\"seq\": 6 }"));
    window.run_steps(2);
    window.get_by_label("Stop repeating").click();
    window.run_steps(2);
    let state = window.state_mut();
    let later = fixture::NOW.plus(std::time::Duration::from_mins(1));
    assert_eq!(state.panel.tick(&state.fixture.context(), later), None);
    assert!(published(state).is_empty());
}

#[test]
fn a_file_is_read_when_it_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("payload.bin");
    std::fs::write(&path, [1, 2, 3]).unwrap();
    let mut state = state(Fixture::connected(&[]));
    state.panel.set_draft(PublishDraft {
        kind: PayloadKind::File,
        payload: path.to_str().unwrap().to_owned(),
        ..led_on()
    });
    state.panel.publish_now(&state.fixture.context());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let messages = loop {
        state.panel.tick(&state.fixture.context(), fixture::NOW);
        let messages = published(&state);
        if !messages.is_empty() {
            break messages;
        }
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    };
    assert_eq!(messages[0].payload.as_ref(), [1, 2, 3]);
}

#[test]
fn the_path_of_a_file_does_not_replace_the_text() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("Payload as File").click();
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().payload, "");
    window.get_by_label("Payload as Text").click();
    window.run_steps(2);
    assert_eq!(window.state().panel.draft().payload, led_on().payload);
}

#[test]
fn the_command_is_mosquittos() {
    let mut window = window(SIZE, state(Fixture::connected(&[])));
    window.run_steps(2);
    window.get_by_label("Copy command").click();
    window.run_steps(2);
    let actions = window.state().fixture.take_actions();
    assert!(matches!(
        &actions[..],
        [Action::Copy(command, "Command")] if command.starts_with("mosquitto_pub") && command.contains("command/raspberrypi")
    ));
}
