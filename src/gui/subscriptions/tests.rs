//! The chips by label: change the QoS, unsubscribe, subscribe, the options, pause.

use std::cell::RefCell;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::super::fixture::{Fixture, dress, message, picture};
use super::chip::elide_middle;
use super::*;
use crate::client::{Granted, SubscribeOutcome};
use crate::mqtt::{Properties, Qos, ReasonCode, Version};
use crate::profile::{ProfileColor, RetainHandling, Subscription, Theme};

type Known = (Subscription, SubscribeOutcome);

fn subscription(filter: &str, qos: Qos, outcome: SubscribeOutcome) -> Known {
    (Subscription::for_window(filter, qos), outcome)
}

fn three() -> Vec<Known> {
    let granted = SubscribeOutcome::Granted;
    vec![
        subscription("#", Qos::AtMostOnce, granted(Qos::AtMostOnce)),
        subscription(
            "$SYS/#",
            Qos::AtMostOnce,
            SubscribeOutcome::Refused(ReasonCode(0x87), None),
        ),
        subscription(
            "UM/campus/+/news",
            Qos::ExactlyOnce,
            granted(Qos::ExactlyOnce),
        ),
    ]
}

/// A connection with these subscriptions, on which a few messages came.
fn with(known: &[Known]) -> Fixture {
    let mut fixture = Fixture::connected(&[]);
    let session = fixture.session.as_mut().unwrap();
    session.subscriptions = SubscriptionList::default();
    for (asked, outcome) in known {
        session.subscriptions.ask_for(None, asked.clone());
        session.subscriptions.take(&asked.filter, outcome);
    }
    session.live.count_by(known.iter().map(|(asked, _)| asked));
    for _ in 0..60 {
        fixture.insert(&message("home/kitchen/temperature", "21.5"));
    }
    fixture
}

fn many() -> Vec<Known> {
    let mut many = three();
    many[0].0.color = Some(ProfileColor::Teal);
    many[2].0.color = Some(ProfileColor::Orange);
    many.push(subscription(
        "home/+/temperature",
        Qos::AtLeastOnce,
        SubscribeOutcome::Pending,
    ));
    many.push(subscription(
        "zigbee2mqtt/bridge/a/very/long/path/that/never/seems/to/end/state",
        Qos::ExactlyOnce,
        SubscribeOutcome::Granted(Qos::AtLeastOnce),
    ));
    many.extend((1..=14).map(|room| {
        let granted = SubscribeOutcome::Granted(Qos::AtMostOnce);
        subscription(&format!("building/{room}/#"), Qos::AtMostOnce, granted)
    }));
    many
}

#[test]
fn pictures() {
    let fixture = with(&many());
    for (name, width, theme) in [
        ("chips", 600.0, Theme::Dark),
        ("chips-light", 420.0, Theme::Light),
    ] {
        let mut bar = SubscriptionBar::default();
        picture(name, [width, 140.0], 2.0, theme, |ui| {
            bar.ui(ui, &fixture.context());
        });
    }
}

fn harness<'a>(fixture: &'a Fixture, bar: &'a RefCell<SubscriptionBar>) -> Harness<'a> {
    Harness::builder()
        .with_size([900.0, 700.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(move |ui| bar.borrow_mut().ui(ui, &fixture.context()))
}

/// What was asked for: what it replaces, and the options.
fn asked(fixture: &Fixture) -> (Option<String>, Subscription) {
    match &fixture.take_actions()[..] {
        [Action::SubscribeAs(replaced, wanted)] => (replaced.clone(), (**wanted).clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chip_unsubscribes_and_changes_the_qos() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    harness.get_by_label("Unsubscribe from #").click();
    harness.run();
    assert!(matches!(&fixture.take_actions()[..], [Action::Unsubscribe(filter)] if filter == "#"));
    harness.get_by_label("Change the QoS of $SYS/#").click();
    harness.run();
    harness.get_by_label("QoS 1 · at least once").click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::Subscribe(filter, Qos::AtLeastOnce)] if filter == "$SYS/#")
    );
}

#[test]
fn a_filter_is_checked_and_subscribed_with_enter() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    harness.get_by_label("Subscribe…").click();
    harness.run();
    harness.get_by_label("Topic filter").type_text("home/#/x");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label_contains("must be the last level");
    assert!(fixture.take_actions().is_empty());
    harness.key_press(Key::Backspace);
    harness.key_press(Key::Backspace);
    harness.run();
    harness.get_by_label("QoS 2").click();
    harness.run();
    harness.get_by_label("Topic filter").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(
        asked(&fixture),
        (None, Subscription::for_window("home/#", Qos::ExactlyOnce))
    );
    assert!(
        harness.query_by_label("Topic filter").is_none(),
        "the form closes"
    );
}

/// Opens the editor of a subscription.
fn edit(harness: &mut Harness<'_>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

/// The control, not the text beside it.
fn control<'a>(harness: &'a Harness<'_>, label: &'a str) -> egui_kittest::Node<'a> {
    let found = harness.query_all_by_label(label);
    let is_control = |node: &egui_kittest::Node<'_>| {
        node.accesskit_node().role() != egui::accesskit::Role::Label
    };
    found.rev().find(is_control).expect(label)
}

fn click(harness: &mut Harness<'_>, label: &str) {
    control(harness, label).click();
    harness.run();
}

#[test]
fn every_option_is_changed_at_once() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    edit(&mut harness, "#, granted with QoS 0");
    for label in [
        "No Local",
        "Retain As Published",
        "Retain Handling If new",
        "has an identifier",
        "Purple",
        "QoS 1",
    ] {
        click(&mut harness, label);
    }
    assert!(fixture.take_actions().is_empty(), "nothing is sent before");
    click(&mut harness, "Apply");
    let wanted = Subscription {
        qos: Qos::AtLeastOnce,
        no_local: true,
        retain_as_published: false,
        retain_handling: RetainHandling::SendIfNew,
        id: Some(1),
        color: Some(ProfileColor::Purple),
        ..Subscription::new("#", Qos::AtMostOnce)
    };
    assert_eq!(asked(&fixture), (Some("#".to_owned()), wanted));
    assert!(harness.query_by_label("Apply").is_none(), "the form closes");
}

#[test]
fn a_shared_filter_is_composed_and_needs_no_local_off() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    edit(&mut harness, "UM/campus/+/news, granted with QoS 2");
    click(&mut harness, "shared");
    harness.get_by_label_contains("It takes the place of");
    click(&mut harness, "No Local");
    harness.get_by_label_contains("No Local must be off");
    click(&mut harness, "Apply");
    assert!(fixture.take_actions().is_empty());
    click(&mut harness, "No Local");
    click(&mut harness, "Apply");
    let (replaced, wanted) = asked(&fixture);
    assert_eq!(replaced.as_deref(), Some("UM/campus/+/news"));
    assert_eq!(wanted.filter, "$share/canopy/UM/campus/+/news");
}

#[test]
fn a_refused_one_offers_narrower_filters() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    let label = "$SYS/#, refused: Not authorized. The broker's access rules do not allow this filter. Try a narrower \
                 filter.";
    edit(&mut harness, label);
    click(&mut harness, "Subscribe to $SYS/broker/#");
    let (replaced, wanted) = asked(&fixture);
    assert_eq!(replaced.as_deref(), Some("$SYS/#"));
    assert_eq!(wanted.filter, "$SYS/broker/#");
}

#[test]
fn what_the_broker_lacks_cannot_be_asked_for() {
    let (mut fixture, bar) = (with(&three()), RefCell::default());
    fixture.session.as_mut().unwrap().granted = Some(Granted {
        session_present: false,
        properties: Box::new(Properties {
            subscription_ids_available: Some(0),
            wildcard_subscription_available: Some(0),
            ..Properties::default()
        }),
    });
    let mut harness = harness(&fixture, &bar);
    harness.run();
    click(&mut harness, "Subscribe…");
    harness.get_by_label("Topic filter").type_text("home/+");
    harness.run();
    harness.get_by_label_contains("knows no “+” and “#”");
    harness.get_by_label_contains("knows no subscription identifiers");
    let switch = control(&harness, "has an identifier");
    assert!(switch.accesskit_node().is_disabled());
    harness.get_by_label("Topic filter").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(fixture.take_actions().is_empty());
}

#[test]
fn in_mqtt_3_1_1_the_options_are_off_and_say_why() {
    let (mut fixture, bar) = (with(&three()), RefCell::default());
    fixture.session.as_mut().unwrap().profile.version = Version::V311;
    let mut harness = harness(&fixture, &bar);
    harness.run();
    click(&mut harness, "Subscribe…");
    harness.get_by_label_contains("MQTT 3.1.1 knows only the filter and the QoS");
    for label in ["No Local", "Retain As Published", "has an identifier"] {
        assert!(
            control(&harness, label).accesskit_node().is_disabled(),
            "{label}"
        );
    }
}

#[test]
fn what_has_no_room_is_behind_a_number() {
    let (fixture, bar) = (with(&many()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    harness.get_by_label_contains("more subscriptions").click();
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::ShowSubscriptions]
    ));
}

#[test]
fn as_many_fit_as_three_lines_hold() {
    let fitting = |widths: &[f32], room: f32| {
        let rooms = Rooms {
            first: room,
            other: room,
        };
        let packed = pack(widths, (80.0, 34.0), rooms);
        packed.chips.iter().flatten().count()
    };
    assert_eq!(fitting(&[], 400.0), 0);
    assert_eq!(fitting(&[100.0; 3], 430.0), 3);
    // 100 + 6 + 100 + 6 + 100 in two lines; 100 or 200, +n and the new one in the third
    assert_eq!(fitting(&[100.0; 20], 320.0), 8);
    assert_eq!(fitting(&[100.0; 5], 320.0), 5);
    assert_eq!(fitting(&[500.0; 5], 320.0), 2);
}

#[test]
fn chips_fill_the_lines_and_the_button_does_not_stand_alone() {
    let rooms = Rooms {
        first: 300.0,
        other: 420.0,
    };
    let buttons = (100.0, 34.0);
    let packed = pack(&[80.0, 280.0, 80.0], buttons, rooms);
    assert_eq!(
        packed.chips,
        [Some((0, 0.0)), Some((1, 0.0)), Some((0, 86.0))]
    );
    assert_eq!((packed.new, packed.lines), (((0, 172.0), 100.0), 2));
    let packed = pack(&[120.0, 130.0], buttons, rooms);
    assert_eq!(
        (packed.new, packed.lines),
        (((0, 262.0), 34.0), 1),
        "short beside the chips rather than alone below them"
    );
    let packed = pack(&[250.0; 9], buttons, rooms);
    assert_eq!(packed.lines, MOST_LINES);
    assert_eq!(packed.more.map(|(line, _)| line), Some(MOST_LINES - 1));
}

#[test]
fn the_tree_is_paused_and_sorted() {
    let (fixture, bar) = (with(&three()), RefCell::default());
    let mut harness = harness(&fixture, &bar);
    harness.run();
    harness.get_by_label_contains("Pause the tree").click();
    harness.get_by_label("Close all branches").click();
    harness.run();
    harness.get_by_label("Sort the tree").click();
    harness.run();
    harness.get_by_label("Sort by messages").click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(
        matches!(
            &actions[..],
            [
                Action::SetPaused(true),
                Action::SetOpenBelow(None, false),
                Action::SortBy(SortBy::Messages)
            ] | [
                Action::SetOpenBelow(None, false),
                Action::SetPaused(true),
                Action::SortBy(SortBy::Messages)
            ]
        ),
        "{actions:?}"
    );
}

#[test]
fn long_filters_lose_their_middle() {
    assert_eq!(elide_middle("short", 10), "short");
    assert_eq!(elide_middle("0123456789", 10), "0123456789");
    assert_eq!(elide_middle("0123456789abc", 9), "0123…9abc");
    assert_eq!(elide_middle("ääääääää", 4), "ää…ä");
}
