//! Dialogs by keyboard and label.

use std::cell::RefCell;
use std::sync::Arc;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::super::action::{Action, Keep};
use super::super::fixture::{Fixture, dress, picture};
use super::super::retained::{Found, RetainedAction};
use super::*;
use crate::client::{Failure, PeerCertificate};
use crate::model::RetainedItem;
use crate::mqtt::{Timestamp, TopicName};
use crate::profile::{SecretKind, Theme};

fn profile() -> Profile {
    Profile {
        name: "Home Assistant".to_owned(),
        host: "homeassistant.local".to_owned(),
        user_name: "ann".to_owned(),
        use_password: true,
        ..Profile::default()
    }
}

fn retained(count: usize) -> Gathered {
    let item = |topic| RetainedItem {
        topic,
        kept: None,
        at: Timestamp::default(),
    };
    Gathered {
        found: Arc::new(Found::new(topics(count).into_iter().map(item).collect())),
        left_out: 2,
    }
}

fn topics(count: usize) -> Vec<TopicName> {
    let topic = |number| {
        TopicName::new(format!(
            "home/room{number}/temperature/very/long/topic/name"
        ))
        .unwrap()
    };
    (0..count).map(topic).collect()
}

#[test]
fn pictures() {
    let fixture = Fixture::new();
    let mut network = fixture.settings.broker.clone();
    network.address = [0, 0, 0, 0].into();
    let dialogs = [
        ("dialog-settings", Dialog::settings()),
        ("dialog-broker", Dialog::broker(&fixture.settings.broker)),
        ("dialog-broker-network", Dialog::broker(&network)),
        (
            "dialog-password",
            Dialog::password(&profile(), SecretKind::Password, None),
        ),
        ("dialog-certificate", untrusted(&profile())),
        ("dialog-clear", Dialog::clear_retained(retained(1_234))),
        ("dialog-port", Dialog::port_taken(1883, Some(1884))),
        ("dialog-keys", Dialog::Keys),
        ("dialog-about", Dialog::About),
    ];
    for (index, (name, mut dialog)) in dialogs.into_iter().enumerate() {
        let theme = if index % 2 == 0 {
            Theme::Dark
        } else {
            Theme::Light
        };
        picture(name, [700.0, 560.0], 1.0, theme, |ui| {
            dialog.ui(ui, &fixture.context());
        });
    }
}

#[test]
fn a_test_of_a_connection_is_shown_and_copied() {
    let fixture = Fixture::new();
    let profile = Profile {
        port: super::super::fixture::free_port(),
        ..profile()
    };
    let config = crate::client::Config {
        profile: Profile {
            host: "127.0.0.1".to_owned(),
            ..profile
        },
        ..crate::client::Config::default()
    };
    let mut examination = crate::client::doctor::examine(
        fixture.runtime.handle(),
        config,
        std::sync::Arc::new(|| {}),
    );
    fixture.runtime.block_on(async {
        while !examination.report().is_over() {
            examination.changed().await;
        }
    });
    let dialog = RefCell::new(Dialog::doctor("Shop".to_owned(), examination));
    for (name, theme) in [
        ("dialog-doctor", Theme::Dark),
        ("dialog-doctor-light", Theme::Light),
    ] {
        picture(name, [1024.0, 700.0], 1.0, theme, |ui| {
            dialog.borrow_mut().ui(ui, &fixture.context());
        });
    }
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness.get_by_label("Show details of TCP").click();
    harness.run();
    harness.get_by_label("Copy report").click();
    harness.run();
    let actions = fixture.take_actions();
    let [Action::Copy(text, "Report")] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert!(
        text.contains("Nothing listens") && text.contains("TCP failed."),
        "{text}"
    );
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!dialog.borrow().is_open());
}

fn harness<'a>(fixture: &'a Fixture, dialog: &'a RefCell<Dialog>) -> Harness<'a> {
    Harness::builder()
        .with_size([800.0, 600.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(move |ui| dialog.borrow_mut().ui(ui, &fixture.context()))
}

#[test]
fn a_password_is_typed_and_entered_without_a_mouse() {
    let (fixture, profile) = (Fixture::new(), profile());
    let dialog = RefCell::new(Dialog::password(&profile, SecretKind::Password, None));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    assert!(
        harness.get_by_label("Password").is_focused(),
        "the keyboard starts in the field"
    );
    harness.get_by_label("Password").type_text("secret");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let actions = fixture.take_actions();
    let [Action::ConnectWith((id, SecretKind::Password), secret, Keep::InKeyring)] = &actions[..]
    else {
        panic!("{actions:?}")
    };
    assert_eq!((id, secret.reveal()), (&profile.id, "secret"));
    assert!(!dialog.borrow().is_open());
}

#[test]
fn escape_closes() {
    let fixture = Fixture::new();
    for open in [
        Dialog::settings(),
        Dialog::Keys,
        Dialog::About,
        Dialog::password(&profile(), SecretKind::Password, None),
        Dialog::port_taken(1883, None),
    ] {
        let dialog = RefCell::new(open);
        let mut harness = harness(&fixture, &dialog);
        harness.run();
        harness.key_press(Key::Escape);
        harness.run();
        assert!(!dialog.borrow().is_open(), "{dialog:?}");
    }
    assert!(fixture.take_actions().is_empty());
}

#[test]
fn enter_takes_the_next_free_port() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::port_taken(1883, Some(1884)));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(matches!(
        &fixture.take_actions()[..],
        [Action::StartBrokerOn(1884)]
    ));
    assert!(!dialog.borrow().is_open());
}

#[test]
fn the_port_is_where_the_keyboard_starts_and_enter_saves_it() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::broker(&fixture.settings.broker));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    let label = "Port of the broker";
    assert!(harness.get_by_label(label).is_focused());
    for (port, is_saved) in [("99999", false), ("1999", true)] {
        harness.get_by_label(label).focus();
        harness.run();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.get_by_label(label).type_text(port);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(!dialog.borrow().is_open(), is_saved, "{port}");
    }
    let actions = fixture.take_actions();
    let [Action::SaveBroker(settings, None)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(settings.port, 1999);
}

#[test]
fn the_network_needs_a_user_name_and_a_password() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::broker(&fixture.settings.broker));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness.get_by_label("Reached from The network").click();
    harness.run();
    harness.get_by_label("Save").click();
    harness.run();
    assert!(fixture.take_actions().is_empty() && dialog.borrow().is_open());
    for (label, text) in [
        ("User name that clients give", "ann"),
        ("Password that clients give", "secret"),
    ] {
        harness.get_by_label(label).click();
        harness.run();
        harness.get_by_label(label).type_text(text);
        harness.run();
    }
    harness.get_by_label("Save").click();
    harness.run();
    let actions = fixture.take_actions();
    let [Action::SaveBroker(settings, Some(password))] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(settings.address.to_string(), "0.0.0.0");
    assert_eq!(
        (settings.user_name.as_str(), password.reveal()),
        ("ann", "secret")
    );
}

#[test]
fn clearing_says_how_many_and_asks() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::clear_retained(retained(1_234)));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness
        .get_by_label("Clear 1,234 retained messages")
        .click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::Retained(RetainedAction::Clear(lot))] if lot.len() == 1_234)
    );
}

#[test]
fn settings_are_kept_at_once() {
    let fixture = Fixture::new();
    let dialog = RefCell::new(Dialog::settings());
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness.get_by_label("Enlarge 150 %").click();
    harness.run_steps(1);
    let actions = fixture.take_actions();
    let [Action::SaveSettings(settings), ..] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert!((settings.zoom - 1.5).abs() < 1e-6);
    harness.get_by_label("Keys").click();
    harness.run();
    harness.get_by_label("Ctrl+K");
    assert!(matches!(*dialog.borrow(), Dialog::Keys));
}

/// The dialog after a connect that failed on a self-signed certificate.
fn untrusted(profile: &crate::profile::Profile) -> Dialog {
    let made = rcgen::generate_simple_self_signed(vec!["broker.example".to_owned()]).unwrap();
    let certificate = PeerCertificate::from_der(made.cert.der()).unwrap();
    let failure = Failure {
        what: "The certificate of 127.0.0.1:8883 is self-signed: nobody vouches for it.".to_owned(),
        cure: "Choose it as CA file in the profile, or trust exactly this certificate.".to_owned(),
        reason: None,
        detail: None,
    };
    Dialog::certificate(profile, &failure, vec![certificate])
}

#[test]
fn a_certificate_is_shown_and_trusted_only_by_its_own_button() {
    let (fixture, profile) = (Fixture::new(), profile());
    let dialog = RefCell::new(untrusted(&profile));
    let mut harness = harness(&fixture, &dialog);
    harness.run();
    harness.get_by_label("broker.example");
    harness.get_by_label_contains("is self-signed");
    harness.get_by_label("Trust this certificate").click();
    harness.run();
    let actions = fixture.take_actions();
    let [Action::TrustCertificate(id, fingerprint)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert!(*id == profile.id && fingerprint.is_valid());
    assert!(!dialog.borrow().is_open());
    drop(harness);
    let dialog = RefCell::new(untrusted(&profile));
    let mut harness = self::harness(&fixture, &dialog);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(fixture.take_actions().is_empty() && !dialog.borrow().is_open());
}

/// What asks, moves, brings in and takes out connections, in both themes.
#[test]
fn pictures_of_the_dialogs_of_the_list() {
    let mut fixture = Fixture::new();
    let asking = Profile {
        color: Some(crate::profile::ProfileColor::Red),
        folder: "Work/Plant 4".to_owned(),
        ..profile()
    };
    fixture.profiles = vec![asking.clone(), profile()];
    fixture.list.empty.push("Later".to_owned());
    let message = crate::client::Outgoing {
        topic: TopicName::new("plant/4/line/2/speed").unwrap(),
        payload: bytes::Bytes::from_static(b"{\"rpm\":1200}"),
        qos: crate::mqtt::Qos::AtLeastOnce,
        retain: true,
        properties: None,
    };
    let what = PublishWhat::Repetition {
        every_ms: 1_000,
        count: Some(10),
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("settings.json");
    std::fs::write(&path, MQTTX).unwrap();
    let folder = FolderTask::Move(asking.id.clone());
    let dialogs = [
        (
            "dialog-ask-publish",
            Dialog::ask_publish(PublishQuestion::new(&asking, what, &message)),
        ),
        ("dialog-folder", Dialog::folder(folder, &fixture.profiles)),
        (
            "dialog-export",
            Dialog::export(fixture.profiles.clone(), "all connections".to_owned()),
        ),
        ("dialog-import", Dialog::import(Some(path))),
        ("dialog-new-from-command", Dialog::new_from_command()),
    ];
    for (name, dialog) in dialogs {
        let dialog = RefCell::new(dialog);
        let mut harness = harness(&fixture, &dialog);
        harness.run();
        if name.ends_with("command") {
            let line = "mosquitto_pub -h plant.example -V 5 -u ann -P secret -t plant/4/speed -q 1 -r -m 12 -M 3 --shiny";
            harness.event(egui::Event::Text(line.to_owned()));
        }
        // a file is read on a thread of its own
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while name.ends_with("import")
            && harness.query_by_label_contains("Import 2").is_none()
            && std::time::Instant::now() < deadline
        {
            harness.run_steps(1);
        }
        harness.run();
        drop(harness);
        for (theme, suffix) in [(Theme::Dark, ""), (Theme::Light, "-light")] {
            picture(
                &format!("{name}{suffix}"),
                [760.0, 600.0],
                1.0,
                theme,
                |ui| {
                    dialog.borrow_mut().ui(ui, &fixture.context());
                },
            );
        }
    }
}

/// Two connections, one of which collides with one that is there, with something that is not known.
const MQTTX: &str = r#"[{"id": "c1", "clientId": "c", "name": "Home Assistant", "clean": true, "protocol": "mqtt",
    "host": "line.example", "port": 1884, "username": "bob", "password": "x", "mqttVersion": "5.0", "shiny": 1},
    {"id": "c2", "clientId": "c", "name": "Line with a long name that does not fit into its row", "clean": true,
    "protocol": "wss", "host": "line-number-two.of.a.plant.with.a.long.name.example", "port": 8084, "path": "/mqtt",
    "mqttVersion": "3.1.1", "messages": [{"payload": "1"}]}]"#;
/// A connection with many subscriptions, some of them with options, lowered or refused.
fn subscribed() -> Fixture {
    use crate::client::SubscribeOutcome;
    use crate::mqtt::{Qos, ReasonCode};
    use crate::profile::{ProfileColor, RetainHandling, Subscription};

    let mut fixture = Fixture::connected(&[]);
    let session = fixture.session.as_mut().unwrap();
    session.subscriptions = super::super::subscriptions::SubscriptionList::default();
    for number in 0..30 {
        let asked = Subscription {
            color: ProfileColor::ALL.get(number).copied(),
            id: (number % 3 == 1).then_some(4711),
            no_local: number % 4 == 1,
            retain_handling: RetainHandling::ALL[number % 3],
            ..Subscription::for_window(format!("site/{number}/#"), Qos::ExactlyOnce)
        };
        let outcome = match number {
            2 => SubscribeOutcome::Refused(ReasonCode(0x87), None),
            3 => SubscribeOutcome::Granted(Qos::AtMostOnce),
            4 => SubscribeOutcome::Unanswered,
            _ => SubscribeOutcome::Granted(Qos::ExactlyOnce),
        };
        session.subscriptions.ask_for(None, asked.clone());
        session.subscriptions.take(&asked.filter, &outcome);
    }
    let asked = session.subscriptions.as_slice().iter().map(|it| &it.asked);
    session.live.count_by(asked);
    for number in 0..2_345 {
        let topic = format!("site/{}/power", number % 7);
        fixture.insert(&super::super::fixture::message(&topic, "230"));
    }
    fixture
}

#[test]
fn all_subscriptions_are_listed_changed_and_removed() {
    let fixture = subscribed();
    for (name, theme) in [
        ("dialog-subscriptions", Theme::Dark),
        ("dialog-subscriptions-light", Theme::Light),
    ] {
        let mut dialog = Dialog::subscriptions();
        picture(name, [1024.0, 700.0], 1.0, theme, |ui| {
            dialog.ui(ui, &fixture.context());
        });
    }
    let dialog = RefCell::new(Dialog::subscriptions());
    let mut harness = Harness::builder()
        .with_size([1024.0, 700.0])
        .with_context_setup(|ctx| dress(ctx, Theme::Dark))
        .build_ui(|ui| dialog.borrow_mut().ui(ui, &fixture.context()));
    harness.run();
    harness.get_by_label("30 subscriptions");
    harness.get_by_label("Unsubscribe from site/9/#").click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(
        matches!(&actions[..], [Action::Unsubscribe(filter)] if filter == "site/9/#"),
        "{actions:?}"
    );
    harness.get_by_label("Change site/3/#").click();
    harness.run();
    harness.get_by_label_contains("the broker granted QoS 0");
    harness.get_by_label("Apply").click();
    harness.run();
    let actions = fixture.take_actions();
    assert!(matches!(&actions[..], [Action::SubscribeAs(Some(filter), _)] if filter == "site/3/#"));
}
