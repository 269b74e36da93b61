//! The inspector by accessible label, and pictures of it.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::Inspector;
use crate::gui::action::Action;
use crate::gui::fixture::{self, Fixture, message};
use crate::gui::retained::RetainedAction;
use crate::mqtt::{Properties, Publish, Qos};
use crate::profile::Theme;

const NEWS: &str = "UM/campus/research/news";

struct State {
    fixture: Fixture,
    inspector: Inspector,
}

fn news(score: u32) -> Publish {
    let payload = format!(
        "{{\"headline\":\"Sensor network reaches 1,000 nodes\",\"author\":{{\"id\":77,\"name\":\"R. Patel\"}},\
         \"score\":{}.{},\"published\":true,\"tags\":[\"lorawan\",\"mqtt\"]}}",
        score / 10,
        score % 10,
    );
    let properties = Properties {
        content_type: Some("application/json".to_owned()),
        message_expiry: Some(3_600),
        correlation_data: Some(bytes::Bytes::from_static(&[0, 1, 0xfe])),
        ..fixture::user_properties(&[
            ("x-mqtt-client-id", "demo-news"),
            ("x-mqtt-sender", "demo"),
            ("origin", "laptop"),
        ])
    };
    Publish {
        retain: true,
        properties: Some(Box::new(properties)),
        ..message(NEWS, payload)
    }
}

fn campus() -> Vec<Publish> {
    let binary: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let first = [
        message("binary/camera/front", binary),
        Publish {
            qos: Qos::AtMostOnce,
            packet_id: None,
            ..message("status/raspberrypi/online", "")
        },
        Publish {
            dup: true,
            qos: Qos::ExactlyOnce,
            ..message("log/line", "a\tb\u{1b}[0m line\r\nsecond line")
        },
    ];
    first
        .into_iter()
        .chain((0..40).map(|index| news(120 + index)))
        .collect()
}

fn state(messages: &[Publish], path: &str) -> State {
    State {
        fixture: Fixture::with_messages(messages).select(path),
        inspector: Inspector::default(),
    }
}

fn window(size: [f32; 2], state: State) -> Harness<'static, State> {
    Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| fixture::dress(ctx, Theme::Dark))
        .build_ui_state(
            |ui, state: &mut State| {
                egui::CentralPanel::default()
                    .show(ui, |ui| state.inspector.ui(ui, &state.fixture.context()));
            },
            state,
        )
}

fn picture(
    name: &str,
    path: &str,
    size: [f32; 2],
    scale: f32,
    theme: Theme,
    prepare: impl FnOnce(&mut State),
) {
    let mut state = state(&campus(), path);
    prepare(&mut state);
    fixture::picture(
        &format!("inspector-{name}"),
        size,
        scale,
        theme,
        move |ui| {
            state.inspector.ui(ui, &state.fixture.context());
        },
    );
}

#[test]
fn pictures() {
    use super::InspectorTab::{History, Properties, Subtree};
    let wide = [840.0, 527.0];
    picture("payload", NEWS, wide, 1.0, Theme::Dark, |_| {});
    picture("payload-light", NEWS, wide, 1.0, Theme::Light, |_| {});
    picture("narrow", NEWS, [424.0, 330.0], 2.0, Theme::Dark, |_| {});
    picture("history", NEWS, wide, 1.0, Theme::Dark, |state| {
        state.inspector.tab = History;
    });
    picture(
        "history-narrow",
        NEWS,
        [424.0, 330.0],
        1.0,
        Theme::Light,
        |state| state.inspector.tab = History,
    );
    picture("history-below", "UM", wide, 1.0, Theme::Light, |state| {
        state.inspector.tab = History;
    });
    picture(
        "history-1024",
        NEWS,
        [620.0, 420.0],
        1.0,
        Theme::Dark,
        |state| state.inspector.tab = History,
    );
    picture("properties", NEWS, wide, 1.0, Theme::Dark, |state| {
        state.inspector.tab = Properties;
    });
    picture("subtree", NEWS, wide, 1.0, Theme::Light, |state| {
        state.inspector.tab = Subtree;
    });
    picture("hex", "binary/camera/front", wide, 1.0, Theme::Dark, |_| {});
    picture("text", "log/line", wide, 1.0, Theme::Dark, |_| {});
    picture(
        "empty",
        "status/raspberrypi/online",
        wide,
        1.0,
        Theme::Dark,
        |_| {},
    );
    picture("branch", "UM/campus", wide, 1.0, Theme::Dark, |_| {});
}

const SIZE: [f32; 2] = [860.0, 560.0];

fn has(window: &Harness<'_, State>, label: &str) -> bool {
    window.query_by_label(label).is_some()
}

#[test]
fn no_line_of_facts_begins_with_a_dot() {
    for width in [424.0, 470.0, 500.0, 532.0, 640.0, 860.0] {
        let mut window = window([width, 330.0], state(&campus(), NEWS));
        window.run_steps(2);
        assert!(window.query_by_label_contains("·").is_none());
        let left = window.get_by_label("QoS 1").rect().left();
        let published: Vec<_> = window
            .query_all_by_role(egui::Role::Label)
            .filter(|node| {
                let value = node.accesskit_node().value().unwrap_or_default();
                value.starts_with("published by")
            })
            .map(|node| node.rect())
            .collect();
        assert_eq!(published.len(), 1);
        assert!(published[0].right() <= width - 16.0, "{width}");
        let is_first = published[0].top() > window.get_by_label("QoS 1").rect().bottom();
        assert!(!is_first || published[0].left() >= left - 0.5, "{width}");
    }
}

#[test]
fn a_dump_has_as_many_bytes_in_a_row_as_there_is_room_for() {
    let row = |window: &Harness<'_, State>, start: &str| {
        let mut rows = window.root().children_recursive().filter_map(|node| {
            let value = node.accesskit_node().value()?;
            value.starts_with(start).then(|| node.rect())
        });
        rows.next()
    };
    let narrow = [424.0, 330.0];
    let mut window = window(narrow, state(&campus(), "binary/camera/front"));
    for (size, second, other) in [
        (narrow, "00000008", "00000010  10 11 12 13 14 15 16 17  |"),
        ([860.0, 560.0], "00000010", "00000020"),
    ] {
        window.set_size(size.into());
        window.run_steps(4);
        let first = row(&window, "00000000").unwrap();
        assert!(first.right() <= size[0] - 16.0, "{first:?}");
        assert!(row(&window, second).is_some() && row(&window, other).is_some());
    }
}

#[test]
fn parents_are_links() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    window.get_by_label("campus").click();
    window.run_steps(2);
    let actions = window.state().fixture.take_actions();
    assert!(matches!(&actions[..], [Action::SelectPath(path)] if path == "UM/campus"));
}

#[test]
fn buttons_ask_for_what_they_say() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    for label in ["Publish here", "Clear retained", "Copy topic"] {
        window.get_by_label(label).click();
        window.run_steps(2);
    }
    let actions = window.state().fixture.take_actions();
    assert!(matches!(
        &actions[..],
        [Action::PublishHere(here), Action::Retained(RetainedAction::AskClear(topics)), Action::Copy(topic, "Topic")]
            if here == NEWS && topics[0].as_str() == NEWS && topic == NEWS
    ));
}

#[test]
fn only_retained_topics_can_be_cleared() {
    let mut window = window(SIZE, state(&campus(), "log/line"));
    window.run_steps(2);
    assert!(
        window
            .get_by_label("Clear retained")
            .accesskit_node()
            .is_disabled()
    );
}

#[test]
fn an_older_message_stays_until_the_newest_is_wanted() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    window.get_by_label("History").click();
    window.run_steps(2);
    window.get_by_label_contains("14:32:05.181, QoS 1").click();
    window.run_steps(2);
    assert!(has(&window, "Showing message of 14:32:05.181"));
    window.state().fixture.insert(&news(999));
    window.get_by_label("Payload").click();
    window.run_steps(2);
    assert!(has(&window, "Showing message of 14:32:05.181"));
    window.get_by_label("Show newest").click();
    window.run_steps(2);
    assert!(!has(&window, "Showing message of 14:32:05.181"));
}

#[test]
fn arrow_keys_walk_through_the_history() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    window.get_by_label("History").click();
    window.run_steps(2);
    window.get_by_label_contains("14:32:05.281, QoS 1").click();
    window.run_steps(3);
    window.key_press(egui::Key::ArrowDown);
    window.run_steps(3);
    assert!(has(&window, "Showing message of 14:32:05.181"));
    window.key_press(egui::Key::End);
    window.run_steps(3);
    assert!(has(&window, "Showing message of 14:32:01.481"));
    window.key_press(egui::Key::Home);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Showing message").is_none());
}

#[test]
fn a_scrolled_history_stays_where_it_is() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    window.get_by_label("History").click();
    window.run_steps(2);
    window.get_by_label_contains("14:32:05.281, QoS 1").click();
    window.run_steps(2);
    window.key_press(egui::Key::End);
    window.run_steps(6);
    let row = "14:32:01.481, QoS 1";
    let before = window.get_by_label_contains(row).rect();
    for score in 0..5 {
        window.state().fixture.insert(&news(score));
    }
    window.run_steps(6);
    assert_eq!(window.get_by_label_contains(row).rect(), before);
}

#[test]
fn the_brokers_own_properties_are_not_listed() {
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.state_mut().inspector.tab = super::InspectorTab::Properties;
    window.run_steps(2);
    assert!(has(&window, "Published by") && has(&window, "demo-news"));
    assert!(has(&window, "Content Type") && has(&window, "origin"));
    assert!(window.query_by_label_contains("x-mqtt").is_none());
}

#[test]
fn an_empty_payload_and_a_branch_say_so() {
    let mut empty = window(SIZE, state(&campus(), "status/raspberrypi/online"));
    empty.run_steps(2);
    assert!(has(&empty, "Empty payload"));
    let mut branch = window(SIZE, state(&campus(), "UM/campus"));
    branch.run_steps(2);
    assert!(has(&branch, "No message on this level itself"));
    branch.get_by_label("Show subtree").click();
    branch.run_steps(2);
    assert!(has(&branch, "Direct children"));
}

#[test]
fn the_chosen_format_lasts_while_the_topic_is_shown() {
    let mut window = window(SIZE, state(&campus(), "log/line"));
    window.run_steps(2);
    window.get_by_label("Show as Text").click();
    window.run_steps(2);
    window
        .state()
        .fixture
        .insert(&message("log/line", vec![0_u8, 1, 2]));
    window.run_steps(2);
    let is_text = |window: &Harness<'_, State>| {
        let text = window.get_by_label("Show as Text");
        text.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(is_text(&window));
    let state = window.state_mut();
    let session = state.fixture.session.as_mut().unwrap();
    session.selected = session.live.lock().find(NEWS);
    window.run_steps(2);
    assert!(!is_text(&window));
}

#[test]
fn long_topics_stay_within_the_window() {
    let deep = format!("{}/last", ["a-level-of-some-length"; 300].join("/"));
    let long = "x".repeat(60_000);
    for topic in [deep, long] {
        let mut window = window([424.0, 330.0], state(&[message(&topic, "1")], &topic));
        window.run_steps(2);
        let rect = window.get_by_label("More").rect();
        assert!(rect.right() <= 424.0, "{rect:?}");
    }
}

#[test]
fn a_payload_is_saved_where_the_path_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("saved.json");
    let mut window = window(SIZE, state(&campus(), NEWS));
    window.run_steps(2);
    window.get_by_label("More").click();
    window.run_steps(3);
    window.get_by_label_contains("Save payload").click();
    window.run_steps(3);
    let label = "Path to save the payload to";
    window.get_by_label(label).focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.run_steps(2);
    window.get_by_label(label).type_text(path.to_str().unwrap());
    window.run_steps(2);
    window.get_by_label("Save").click();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !matches!(
        &window.state().fixture.take_actions()[..],
        [Action::Toast(..)]
    ) {
        assert!(std::time::Instant::now() < deadline);
        window.step();
    }
    assert_eq!(std::fs::read(&path).unwrap(), news(159).payload);
}
