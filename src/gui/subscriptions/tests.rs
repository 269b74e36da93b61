//! The chips by label: change the QoS, unsubscribe, subscribe, pause.

use std::cell::RefCell;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::super::fixture::{Fixture, dress, picture};
use super::chip::elide_middle;
use super::*;
use crate::client::SubscribeOutcome;
use crate::mqtt::{Qos, ReasonCode};
use crate::profile::Theme;

fn subscription(filter: &str, qos: Qos, outcome: SubscribeOutcome) -> SubscriptionState {
    SubscriptionState {
        filter: filter.to_owned(),
        qos,
        outcome,
    }
}

fn three() -> Vec<SubscriptionState> {
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

fn draw(
    bar: &mut SubscriptionBar,
    ui: &mut Ui,
    fixture: &Fixture,
    subscriptions: &[SubscriptionState],
) {
    let shown = Shown {
        subscriptions,
        is_paused: false,
        sort: SortBy::Name,
    };
    bar.bar_ui(ui, &fixture.context(), &shown);
}

#[test]
fn pictures() {
    let fixture = Fixture::new();
    let mut many = three();
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
    for (name, width, theme) in [
        ("chips", 600.0, Theme::Dark),
        ("chips-light", 420.0, Theme::Light),
    ] {
        let mut bar = SubscriptionBar::default();
        picture(name, [width, 140.0], 2.0, theme, |ui| {
            draw(&mut bar, ui, &fixture, &many);
        });
    }
}

fn harness<'a>(fixture: &'a Fixture, bar: &'a RefCell<SubscriptionBar>) -> Harness<'a> {
    let subscriptions = three();
    Harness::builder()
        .with_size([900.0, 400.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(move |ui| draw(&mut bar.borrow_mut(), ui, fixture, &subscriptions))
}

#[test]
fn a_chip_unsubscribes_and_changes_the_qos() {
    let (fixture, bar) = (Fixture::new(), RefCell::default());
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
    let (fixture, bar) = (Fixture::new(), RefCell::default());
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
    let actions = fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::Subscribe(filter, Qos::ExactlyOnce)] if filter == "home/#"),
        "{actions:?}"
    );
    assert!(
        harness.query_by_label("Topic filter").is_none(),
        "the form closes"
    );
}

#[test]
fn the_tree_is_paused_and_sorted() {
    let (fixture, bar) = (Fixture::new(), RefCell::default());
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
