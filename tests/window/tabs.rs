//! Several connections at once, each in a tab with a tree, a filter and a message of its own.

use std::net::Ipv4Addr;

use canopy::broker::{Broker, BrokerConfig};
use canopy::mqtt::{Qos, Version};
use canopy::profile::{Profile, ProfileColor, WillSettings};
use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton};
use tokio::runtime::Runtime;

use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, profile, subscription};
use crate::common::script::{CONNACK_V5, Script, Step};
use crate::driver::{CTRL, Home, Look, Window};

/// The filter box.
const FILTER: &str = "Filter topics and payloads";
const TOPIC: &str = "Topic to publish to";

/// Two brokers of one's own, and who publishes on them.
struct Brokers {
    runtime: Runtime,
    brokers: Vec<Broker>,
}

impl Brokers {
    fn start(count: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let start = |_| {
            let config = BrokerConfig {
                address: Ipv4Addr::LOCALHOST.into(),
                port: 0,
                credentials: None,
            };
            let broker = Broker::start(runtime.handle(), config);
            runtime.block_on(broker).unwrap()
        };
        let brokers = (0..count).map(start).collect();
        Self { runtime, brokers }
    }

    fn port(&self, index: usize) -> u16 {
        self.brokers[index].address().port()
    }

    /// Profiles named Lab 1, Lab 2, …, all connected when the window opens.
    fn profiles(&self) -> Vec<Profile> {
        let lab = |index: usize| lab(&format!("Lab {}", index + 1), self.port(index));
        (0..self.brokers.len()).map(lab).collect()
    }

    fn publish(&self, index: usize, topic: &str, payload: &'static str) {
        self.runtime.block_on(async {
            let mut probe = Probe::connect(profile(Version::V5, self.port(index))).await;
            let message = message(topic, payload, Qos::AtLeastOnce);
            probe.publish(message).await;
            probe.disconnect().await;
        });
    }
}

fn lab(name: &str, port: u16) -> Profile {
    Profile {
        name: name.to_owned(),
        port,
        auto_connect: true,
        subscriptions: vec![subscription("#", Qos::AtMostOnce)],
        ..Profile::default()
    }
}

/// A window that has connected with all of these.
fn open(home: &Home, profiles: &[Profile]) -> Window {
    home.config().save_profiles(profiles).unwrap();
    let mut window = home.open();
    let count = profiles.len();
    window.wait_for("all connections", |window| {
        let tabs = window.connection_tabs();
        tabs.len() == count && tabs.iter().all(|tab| tab.ends_with(", connected"))
    });
    window
}

fn tabs(window: &mut Window, expected: &[&str]) {
    let what = expected.join(" | ");
    window.wait_for(&what, |window| window.connection_tabs() == expected);
}

#[test]
fn each_connection_has_its_own_tree_filter_selection_and_draft() {
    let brokers = Brokers::start(2);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    brokers.publish(0, "one/a", "1");
    brokers.publish(0, "one/b", "2");
    brokers.publish(1, "two/c", "3");
    window.click_row("a = 1");
    assert!(!window.has_row("two"));
    window.fill(TOPIC, "draft/of/one");
    window.fill(FILTER, "one/a");
    window.wait_for("the filter", |window| !window.has_row("b = 2"));

    window.click(Role::Tab, "Lab 2, connected");
    tabs(&mut window, &["Lab 1, connected", "*Lab 2, connected"]);
    window.click_row("c = 3");
    assert!(!window.has_row("one"));
    assert_eq!(window.value(FILTER).as_deref(), Some(""));
    assert_eq!(window.value(TOPIC).as_deref(), Some("two/c"));
    window.click(Role::Tab, "History");
    window.chord(CTRL, Key::P);
    window.wait_for_text("Paused: tree and inspector stand still");

    window.click(Role::Tab, "Lab 1, connected");
    window.wait_for_label("Lab 1");
    assert_eq!(window.rows(), ["one", "a = 1"]);
    assert_eq!(window.selected_row().as_deref(), Some("a = 1"));
    assert_eq!(window.value(FILTER).as_deref(), Some("one/a"));
    assert_eq!(window.value(TOPIC).as_deref(), Some("draft/of/one"));
    assert!(window.is_on(Role::Tab, "Payload"));
    assert!(!window.has_text("Paused: "));

    window.click(Role::Tab, "Lab 2, connected");
    assert_eq!(window.selected_row().as_deref(), Some("c = 3"));
    assert!(window.is_on(Role::Tab, "History"));
    assert!(window.has_text("Paused: "));
}

#[test]
fn keys_step_through_the_tabs_and_close_them() {
    let brokers = Brokers::start(3);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    let back = Modifiers {
        shift: true,
        ..CTRL
    };
    let shown = |window: &Window| {
        let tabs = window.connection_tabs();
        tabs.iter().position(|tab| tab.starts_with('*'))
    };
    assert_eq!(shown(&window), Some(0));
    for (modifiers, key, expected) in [
        (CTRL, Key::Tab, 1),
        (CTRL, Key::PageDown, 2),
        (CTRL, Key::Tab, 0),
        (back, Key::Tab, 2),
        (CTRL, Key::PageUp, 1),
    ] {
        window.chord(modifiers, key);
        assert_eq!(shown(&window), Some(expected), "{modifiers:?} {key:?}");
    }
    window.chord(CTRL, Key::W);
    tabs(&mut window, &["Lab 1, connected", "*Lab 3, connected"]);
    window.chord(CTRL, Key::O);
    tabs(&mut window, &["Lab 1, connected", "Lab 3, connected"]);
    window.chord(CTRL, Key::Tab);
    tabs(&mut window, &["Lab 1, connected", "*Lab 3, connected"]);
    window.chord(CTRL, Key::W);
    window.wait_for_label("Lab 1");
    assert!(window.connection_tabs().is_empty(), "one needs no tab");
    window.chord(CTRL, Key::W);
    window.wait_for_text("Saved automatically");
}

#[test]
fn tabs_are_moved_by_dragging_and_closed_with_the_middle_button() {
    let brokers = Brokers::start(3);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    let first = window.place(Role::Tab, "Lab 1, connected");
    let last = window.place(Role::Tab, "Lab 3, connected");
    window.drag(first.center(), last.center());
    let moved = ["Lab 2, connected", "Lab 3, connected", "*Lab 1, connected"];
    tabs(&mut window, &moved);
    let first = window.place(Role::Tab, "Lab 2, connected");
    window.click_at(first.center(), PointerButton::Middle);
    tabs(&mut window, &["Lab 3, connected", "*Lab 1, connected"]);
    window.press("Close Lab 3");
    window.wait_for("one", |window| window.connection_tabs().is_empty());
    assert!(window.has_text("Connected since"));
}

#[test]
fn a_closed_tab_says_goodbye_and_leaves_the_others_alone() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let runtime = Runtime::new().unwrap();
    let watcher = Profile {
        subscriptions: vec![subscription("status/#", Qos::AtLeastOnce)],
        ..profile(Version::V5, broker.port())
    };
    let mut watcher = runtime.block_on(Probe::subscribed(watcher));
    let with_will = |name: &str| Profile {
        will: WillSettings {
            enabled: true,
            topic: format!("status/{name}"),
            message: "gone".to_owned(),
            ..WillSettings::default()
        },
        ..lab(name, broker.port())
    };
    let mut window = open(&home, &[with_will("a"), with_will("b"), with_will("c")]);
    window.press("Close b");
    tabs(&mut window, &["*a, connected", "c, connected"]);
    window.fill(TOPIC, "status/here");
    window.press("Publish");
    let message = runtime.block_on(watcher.message());
    assert_eq!(message.topic.as_str(), "status/here", "no will of b");
    window.click(Role::Tab, "c, connected");
    window.wait_for("both have it", |window| window.has_row("status"));
    // the end of the program says goodbye on all of them, also on one closed a moment before
    window.press("Close a");
    window.close();
    let mut last = runtime.block_on(Probe::connect(profile(Version::V5, broker.port())));
    let end = message_to("status/end");
    runtime.block_on(last.publish(end));
    let message = runtime.block_on(watcher.message());
    assert_eq!(message.topic.as_str(), "status/end", "no will of a or c");
}

fn message_to(topic: &str) -> canopy::client::Outgoing {
    message(topic, "1", Qos::AtLeastOnce)
}

#[test]
fn a_failure_in_the_background_is_seen() {
    let Some(mut broker) = Mosquitto::start() else {
        return;
    };
    let brokers = Brokers::start(1);
    let home = Home::new();
    let mut profiles = brokers.profiles();
    profiles.push(lab("Plant", broker.port()));
    let mut window = open(&home, &profiles);
    broker.kill();
    tabs(&mut window, &["*Lab 1, connected", "Plant, failed"]);
    window.wait_for_text("Plant: ");
    assert!(window.has_text("Connected since"), "Lab 1 is fine");
    window.press("Show");
    tabs(&mut window, &["Lab 1, connected", "*Plant, failed"]);
    window.wait_for_text("next attempt in");
    broker.restart();
    window.press("Connect now");
    tabs(&mut window, &["Lab 1, connected", "*Plant, connected"]);
}

#[test]
fn connecting_again_keeps_what_was_seen_and_the_other_connection() {
    let brokers = Brokers::start(2);
    let home = Home::new();
    let mut profiles = brokers.profiles();
    profiles[1].auto_connect = false;
    home.config().save_profiles(&profiles).unwrap();
    let mut window = home.open();
    window.wait_for_text("Connected since");
    assert!(window.connection_tabs().is_empty(), "one needs no tab");
    brokers.publish(0, "kept", "1");
    window.click_row("kept = 1");
    window.chord(CTRL, Key::O);
    let url = format!("mqtt://127.0.0.1:{}", brokers.port(1));
    let row = format!("Lab 2, {url}, MQTT 5, not connected");
    window.click(Role::ListBoxOption, &row);
    window.press("Connect");
    tabs(&mut window, &["Lab 1, connected", "*Lab 2, connected"]);
    window.click(Role::Tab, "Lab 1, connected");
    window.press("Disconnect");
    tabs(&mut window, &["*Lab 1, disconnected", "Lab 2, connected"]);
    assert_eq!(window.selected_row().as_deref(), Some("kept = 1"));
    window.press("Connect");
    tabs(&mut window, &["*Lab 1, connected", "Lab 2, connected"]);
    assert_eq!(window.selected_row().as_deref(), Some("kept = 1"));
    // a profile that is connected is shown, not connected once more
    window.click(Role::Tab, "Lab 2, connected");
    let since = window.read(|text| text.strip_prefix("Connected since ").map(str::to_owned));
    window.chord(CTRL, Key::K);
    window.type_text("connect to lab 1");
    window.key(Key::Enter);
    tabs(&mut window, &["*Lab 1, connected", "Lab 2, connected"]);
    window.chord(CTRL, Key::Tab);
    let after = window.read(|text| text.strip_prefix("Connected since ").map(str::to_owned));
    assert_eq!(since, after);
}

#[test]
fn a_repetition_goes_on_behind_another_tab_and_closing_asks() {
    let brokers = Brokers::start(2);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    window.fill(TOPIC, "again/{{seq}}");
    window.fill("Payload to publish", "1");
    window.fill("Repeat every, in milliseconds", "20");
    window.fill("How many times, 0 until stopped", "0");
    window.press("Start repeating");
    window.wait_for_text(" sent");
    window.click(Role::Tab, "Lab 2, connected");
    let sent = |window: &Window| {
        window.read(|text| {
            let count = text.strip_prefix("Repeating on Lab 1: ")?;
            let count = count.strip_suffix(" sent")?.replace(',', "");
            count.parse::<u32>().ok()
        })
    };
    window.wait_for("a few messages", |window| sent(window) > Some(5));
    let before = sent(&window);
    window.wait_for("more of them", |window| sent(window) > before);
    assert!(!window.has_row("again"), "they go to Lab 1");
    window.click(Role::Tab, "Lab 1, connected");
    window.wait_for("their topics", |window| window.has_row("again"));
    window.press("Close Lab 1");
    window.wait_for_text("A message is being published again and again");
    window.press("Cancel");
    tabs(&mut window, &["*Lab 1, connected", "Lab 2, connected"]);
    window.chord(CTRL, Key::W);
    window.press("Close tab");
    window.wait_for("one", |window| window.connection_tabs().is_empty());
    assert!(!window.has_row("again"), "Lab 2 is shown");
}

#[test]
fn retained_messages_are_cleared_where_that_was_asked_for() {
    let brokers = Brokers::start(2);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    for tab in ["Lab 1, connected", "Lab 2, connected"] {
        window.click(Role::Tab, tab);
        if !window.is_on(Role::Switch, "Retain") {
            window.click(Role::Switch, "Retain");
        }
        window.fill(TOPIC, "kept");
        window.fill("Payload to publish", "1");
        window.press("Publish");
        window.wait_for("it came back", |window| window.has_row("kept = 1"));
    }
    window.chord(CTRL, Key::K);
    window.type_text("clear all retained");
    window.key(Key::Enter);
    window.press("Clear 1 retained message");
    window.wait_for("cleared", |window| {
        window.has_row("kept = ") && !window.has_row("kept = 1")
    });
    window.click(Role::Tab, "Lab 1, connected");
    window.wait_for("still there", |window| window.has_row("kept = 1"));
}

#[test]
fn eleven_tabs_have_room_in_a_narrow_window() {
    let brokers = Brokers::start(1);
    let home = Home::new();
    let port = brokers.port(0);
    let profiles: Vec<Profile> = (1..=11)
        .map(|number| Profile {
            color: (number % 3 == 0).then_some(ProfileColor::Red),
            ..lab(&format!("Connection number {number}"), port)
        })
        .collect();
    home.config().save_profiles(&profiles).unwrap();
    let look = Look {
        size: [760.0, 480.0],
        scale: 1.0,
    };
    let mut window = home.open_as(look, false);
    window.wait_for("all", |window| {
        let tabs = window.connection_tabs();
        tabs.len() == 11 && tabs.iter().all(|tab| tab.ends_with(", connected"))
    });
    assert!(window.unnamed().is_empty(), "{:?}", window.unnamed());
    let labels: Vec<_> = (1..=11)
        .map(|number| format!("Connection number {number}, connected"))
        .collect();
    for label in &labels {
        window.click(Role::Tab, label);
        assert!(window.is_on(Role::Tab, label), "{label}");
        let mut end = 0.0;
        for place in labels.iter().map(|label| window.place(Role::Tab, label)) {
            assert!(place.left() >= end && place.width() >= 40.0, "{place:?}");
            end = place.right();
        }
    }
    let plus = window.place(Role::Button, "Open another connection");
    assert!(plus.right() <= 760.0, "{plus:?}");
    window.press("Open another connection");
    window.wait_for_text("Saved automatically");
}

#[test]
fn a_tab_moves_to_a_window_of_its_own_and_back() {
    let brokers = Brokers::start(3);
    let home = Home::new();
    let mut window = open(&home, &brokers.profiles());
    brokers.publish(0, "one/a", "1");
    brokers.publish(1, "two/b", "2");
    let tab = window.place(Role::Tab, "Lab 2, connected");
    window.click_at(tab.center(), PointerButton::Secondary);
    window.press("Move to a new window");
    tabs(&mut window, &["*Lab 1, connected", "Lab 3, connected"]);
    // a test has no further windows: it is drawn over the main one, beside which both can be seen
    window.wait_for("both trees", |window| {
        window.has_row("a = 1") && window.has_row("b = 2")
    });
    assert_eq!(window.count(Role::Tree, "Topics"), 2);
    window.click_row("b = 2");
    window.wait_for("the selection there", |window| {
        window.value(TOPIC).as_deref() == Some("two/b")
    });
    window.press("Move to the main window");
    tabs(
        &mut window,
        &["Lab 1, connected", "Lab 3, connected", "*Lab 2, connected"],
    );
    assert_eq!(window.selected_row().as_deref(), Some("b = 2"));
    // a tab that is dragged far below the strip gets a window too
    let tab = window.place(Role::Tab, "Lab 1, connected").center();
    window.drag(tab, tab + egui::vec2(0.0, 300.0));
    tabs(&mut window, &["Lab 3, connected", "*Lab 2, connected"]);
    assert_eq!(window.count(Role::Tree, "Topics"), 2);
}

#[test]
fn closing_asks_while_a_message_is_not_acknowledged() {
    let broker = Script::start(vec![
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(3),
        Step::ReadToEnd,
    ]);
    let home = Home::new();
    let silent = Profile {
        subscriptions: Vec::new(),
        ..lab("Silent", broker.port())
    };
    home.config().save_profiles(&[silent]).unwrap();
    let mut window = home.open();
    window.wait_for_text("Connected since");
    window.fill(TOPIC, "a");
    window.click(Role::RadioButton, "QoS 1");
    window.press("Publish");
    window.chord(CTRL, Key::W);
    window.wait_for_text("1 published message has not been acknowledged yet");
    window.press("Close tab");
    window.wait_for_text("Saved automatically");
    let received = broker.received();
    let last = received.last().and_then(|packet| packet.first());
    assert_eq!(last.map(|first| first >> 4), Some(14), "DISCONNECT");
}
