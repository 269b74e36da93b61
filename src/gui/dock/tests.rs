//! The broker's and the log's panel by label.

use std::cell::RefCell;
use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::super::action::Level;
use super::super::fixture::{Fixture, NOW, dress, picture};
use super::super::log::Line;
use super::*;
use crate::broker::{ClientInfo, Stats};
use crate::mqtt::{Timestamp, Version};
use crate::profile::Theme;

fn client(id: &str, version: Version, counts: (u64, u64), will: Option<&str>) -> ClientInfo {
    let since = NOW.as_micros() - i64::try_from(Duration::from_secs(1_304).as_micros()).unwrap();
    ClientInfo {
        client_id: id.to_owned(),
        address: Some(([127, 0, 0, 1], 51_022).into()),
        version: Some(version),
        will_topic: will.map(str::to_owned),
        messages_in: counts.0,
        messages_out: counts.1,
        subscriptions: vec!["#".to_owned()],
        since: Timestamp::from_micros(since),
    }
}

fn clients() -> Vec<ClientInfo> {
    vec![
        client("demo-command", Version::V311, (24, 0), None),
        client(
            "demo-status",
            Version::V5,
            (1_420, 0),
            Some("status/raspberrypi/online"),
        ),
        client("canopy-7f3a", Version::V5, (24, 1_109_886), None),
        client(
            "zigbee2mqtt",
            Version::V5,
            (918_230, 0),
            Some("zigbee2mqtt/bridge/state"),
        ),
        client("mosqsub-8841", Version::V311, (0, 212), None),
    ]
}

fn stats() -> Stats {
    Stats {
        clients: 5,
        subscriptions: 7,
        retained: 312,
        rate_in: 4_920.0,
        rate_out: 5_013.0,
        messages_in: 1_000_000,
        messages_out: 1_000_000,
        offline_sessions: 2,
    }
}

fn log_of(lines: u32) -> Fixture {
    let mut fixture = Fixture::new();
    for number in 0..lines {
        let (level, text) = match number % 4 {
            0 => (
                Level::Success,
                "Connected to mqtt://127.0.0.1:1883 as canopy-7f3a.",
            ),
            1 => (Level::Info, "Subscribed to # with QoS 0."),
            2 => (
                Level::Warning,
                "The broker granted QoS 0 for home/+/temperature instead of QoS 2.",
            ),
            _ => (
                Level::Error,
                "The broker refused the subscription $SYS/#: Not authorized. Ask for the right to read it, or choose a narrower filter.",
            ),
        };
        fixture.log.push(Line {
            at: NOW,
            level,
            source: "Local broker".to_owned(),
            text: format!("{text} ({number})"),
        });
    }
    fixture
}

#[test]
fn pictures() {
    let fixture = log_of(30);
    let (clients, stats) = (clients(), stats());
    let shown = broker::Shown {
        clients: &clients,
        stats: &stats,
        own_id: Some("canopy-7f3a"),
    };
    for (name, width, theme) in [
        ("broker", 840.0, Theme::Dark),
        ("broker-narrow", 430.0, Theme::Light),
    ] {
        picture(name, [width, 300.0], 1.5, theme, |ui| {
            ui.horizontal(|ui| broker::controls_ui(ui, &fixture.context()));
            broker::running_ui(ui, &fixture.context(), &shown);
        });
    }
    for (name, tab, width, theme) in [
        ("dock-broker-off", DockTab::Broker, 840.0, Theme::Dark),
        ("dock-log", DockTab::Log, 840.0, Theme::Dark),
        ("dock-log-narrow", DockTab::Log, 430.0, Theme::Light),
    ] {
        let mut dock = Dock {
            tab,
            ..Dock::default()
        };
        picture(name, [width, 300.0], 1.5, theme, |ui| {
            dock.ui(ui, &fixture.context());
        });
    }
}

fn dock_harness<'a>(fixture: &'a Fixture, dock: &'a RefCell<Dock>) -> Harness<'a> {
    Harness::builder()
        .with_size([840.0, 300.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(move |ui| dock.borrow_mut().ui(ui, &fixture.context()))
}

#[test]
fn the_log_shows_the_newest_line_and_filters() {
    let fixture = log_of(400);
    let dock = RefCell::new(Dock {
        tab: DockTab::Log,
        ..Dock::default()
    });
    let mut harness = dock_harness(&fixture, &dock);
    harness.run_steps(4);
    harness.get_by_label_contains("(399)");
    assert!(
        harness.query_by_label_contains("(3)").is_none(),
        "rows are virtual"
    );
    harness.get_by_label("Log level Warnings").click();
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("(397)").is_none());
    harness.get_by_label_contains("(398)");
    harness.get_by_label("Find in the log").click();
    harness.run_steps(2);
    harness.get_by_label("Find in the log").type_text("(18)");
    harness.run_steps(4);
    harness.get_by_label_contains("(18)");
    harness.get_by_label("Copy the lines shown").click();
    harness.run_steps(2);
    let actions = fixture.take_actions();
    let [Action::Copy(text, "Log")] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(text.lines().count(), 1);
    assert!(
        text.contains("warning Local broker: The broker granted QoS 0"),
        "{text}"
    );
    harness.get_by_label("Clear the log").click();
    harness.run_steps(2);
    assert!(matches!(&fixture.take_actions()[..], [Action::ClearLog]));
}

#[test]
fn a_broker_that_is_off_can_be_started() {
    let fixture = Fixture::new();
    let dock = RefCell::new(Dock::default());
    let mut harness = dock_harness(&fixture, &dock);
    harness.run();
    harness.get_by_label("Broker").click();
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::ShowDock(DockTab::Broker)]
    ));
    harness.get_by_label("Start broker").click();
    harness.run();
    assert!(matches!(&fixture.take_actions()[..], [Action::StartBroker]));
    harness.get_by_label("Start broker and demo").click();
    harness.run();
    assert!(matches!(&fixture.take_actions()[..], [Action::StartDemo]));
    harness.get_by_label("Configure").click();
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::OpenBrokerSettings]
    ));
}

#[test]
fn a_client_of_the_broker_can_be_thrown_out() {
    let fixture = Fixture::new();
    let (clients, stats) = (clients(), stats());
    let mut harness = Harness::builder()
        .with_size([840.0, 300.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(|ui| {
            let shown = broker::Shown {
                clients: &clients,
                stats: &stats,
                own_id: Some("canopy-7f3a"),
            };
            broker::running_ui(ui, &fixture.context(), &shown);
        });
    harness.run();
    harness.get_by_label_contains("zigbee2mqtt, MQTT 5, received 0, sent 918230");
    harness.get_by_label("you");
    harness.get_by_label("Disconnect zigbee2mqtt").click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::DisconnectClient(id)] if id == "zigbee2mqtt"),
        "{actions:?}"
    );
}

#[test]
fn a_repetition_can_be_stopped_wherever_one_is() {
    for width in [420.0, 530.0, 860.0] {
        let fixture = RefCell::new(Fixture::connected(&[]));
        let dock = RefCell::new(Dock::default());
        dock.borrow_mut().publish.set_topic("a");
        let mut harness = Harness::builder()
            .with_size([width, 300.0])
            .with_context_setup(|ctx| dress(ctx, Theme::Dark))
            .build_ui(|ui| dock.borrow_mut().ui(ui, &fixture.borrow().context()));
        harness.run_steps(2);
        let is_narrow = harness.query_by_label("Start repeating").is_none();
        if is_narrow {
            harness.get_by_label("Properties and repeat").click();
            harness.run_steps(3);
        }
        harness.get_by_label("Start repeating").click();
        harness.run_steps(2);
        if is_narrow {
            harness.key_press(egui::Key::Escape);
            harness.run_steps(3);
        }
        for tab in ["Broker", "Log", "Publish"] {
            harness.get_by_role_and_label(egui::Role::Tab, tab).click();
            harness.run_steps(3);
            let stop = harness.get_by_label("Stop repeating").rect();
            assert!(
                stop.right() <= width && stop.left() >= 0.0,
                "{tab} {stop:?}"
            );
        }
        harness.get_by_label("Stop repeating").click();
        harness.run_steps(3);
        assert!(harness.query_by_label("Stop repeating").is_none());
    }
}
