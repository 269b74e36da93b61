//! The connections screen by what a person does: select, edit, reorder, connect.

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::super::action::Action;
use super::super::fixture::{Fixture, dress, picture};
use super::*;
use crate::client::Failure;
use crate::gui::list_action::ListAction;
use crate::mqtt::Version;
use crate::profile::{
    Identity, Profile, ProfileColor, SecretKind, Theme, Transport, Verify, place_in_folder,
};

fn profile(name: &str, host: &str, version: Version) -> Profile {
    Profile {
        name: name.to_owned(),
        host: host.to_owned(),
        version,
        ..Profile::default()
    }
}

pub fn four() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.profiles = vec![
        profile("Local broker", "127.0.0.1", Version::V5),
        profile("Home Assistant", "homeassistant.local", Version::V311),
        profile("Factory EMQX cluster", "emqx.plant-4.example", Version::V5),
        profile("Raspberry Pi lab", "raspberrypi", Version::V311),
    ];
    let failure = Failure {
        what: "The broker refused the user name or password.".to_owned(),
        cure: "Check both in the profile.".to_owned(),
        reason: None,
        detail: Some("Connection refused, bad user name or password (4)".to_owned()),
    };
    fixture
        .failures
        .insert(fixture.profiles[3].id.clone(), failure);
    fixture.selected_profile = Some(fixture.profiles[0].id.clone());
    fixture
}

/// The same in folders and colours.
fn in_folders() -> Fixture {
    let mut fixture = four();
    let color = [
        None,
        Some(ProfileColor::Teal),
        Some(ProfileColor::Red),
        None,
    ];
    let folder = ["", "Home", "Work/Plant 4", "Home"];
    for ((profile, color), folder) in fixture.profiles.iter_mut().zip(color).zip(folder) {
        profile.color = color;
        profile.folder = folder.to_owned();
    }
    fixture.profiles[2].ask_before_publish = true;
    fixture.list.empty.push("Later".to_owned());
    fixture
}

fn apply(fixture: &mut Fixture, action: Action) {
    match action {
        Action::SelectProfile(id) => fixture.selected_profile = Some(id),
        Action::EditProfile(edited) => {
            let there = fixture
                .profiles
                .iter_mut()
                .find(|profile| profile.id == edited.id);
            *there.unwrap() = *edited;
        }
        Action::List(ListAction::Place(id, folder, before)) => {
            let profiles = &mut fixture.profiles;
            let has_moved = place_in_folder(profiles, &id, &folder, before.as_ref());
            assert!(has_moved, "a move that moves nothing");
        }
        _ => {}
    }
}

/// A window with the screen that takes what it asks for, as the application does.
pub struct Window<'a> {
    pub harness: Harness<'a, (Fixture, Connections, Vec<Action>)>,
}

impl Window<'_> {
    pub fn new(fixture: Fixture) -> Self {
        let harness = Harness::builder()
            .with_size([1_024.0, 640.0])
            // looking at files ends on another thread, at any time
            .with_max_steps(32)
            .with_context_setup(|ctx| dress(ctx, Theme::Dark))
            .build_ui_state(
                |ui, (fixture, view, asked)| {
                    view.ui(ui, &fixture.context());
                    for action in fixture.take_actions() {
                        asked.push(action.clone());
                        apply(fixture, action);
                    }
                },
                (fixture, Connections::default(), Vec::new()),
            );
        let mut window = Self { harness };
        window.harness.run();
        window
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    /// A field by its label; the words before it carry the same one.
    pub fn field<'a>(&'a self, label: &'a str) -> egui_kittest::Node<'a> {
        let role = if matches!(
            label,
            "Password" | "Passphrase" | "Proxy password" | "Authentication data"
        ) {
            Role::PasswordInput
        } else {
            Role::TextInput
        };
        self.harness.get_by_role_and_label(role, label)
    }

    /// Clicks into a field, selects what is there and types.
    pub fn type_into(&mut self, label: &str, text: &str) {
        self.field(label).click();
        self.harness.run();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run();
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    pub fn selected(&self) -> &Profile {
        let fixture = &self.harness.state().0;
        let id = fixture.selected_profile.as_ref().unwrap();
        fixture
            .profiles
            .iter()
            .find(|profile| profile.id == *id)
            .unwrap()
    }

    fn names(&self) -> Vec<&str> {
        self.harness
            .state()
            .0
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect()
    }

    /// Waits until this many files were found missing, which another thread does.
    pub fn wait_for_missing_files(&mut self, count: usize) {
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(20);
        let text = "There is no such file. Choose another.";
        while self.harness.query_all_by_label(text).count() != count {
            assert!(
                std::time::Instant::now() < limit,
                "the files were not looked at"
            );
            self.harness.step();
        }
        self.harness.run();
    }

    pub fn take_asked(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.harness.state_mut().2)
    }
}

#[test]
fn every_edit_is_handed_over_and_enter_loses_nothing() {
    let mut window = Window::new(four());
    window.type_into("Name", "Garage");
    window.press(Modifiers::NONE, Key::Enter);
    window.type_into("Host", "garage.example");
    window.type_into("Port", "1999");
    window.click("Protocol MQTT 3.1.1");
    window.click("Session Resume");
    window.type_into("Keep alive", "17");
    let profile = window.selected();
    assert_eq!(
        (profile.name.as_str(), profile.host.as_str(), profile.port),
        ("Garage", "garage.example", 1999)
    );
    assert_eq!((profile.version, profile.keep_alive), (Version::V311, 17));
    window
        .harness
        .get_by_label_contains("A session is found again by its client id");
    window.click("Fill in a fixed client ID made at random");
    assert!(window.selected().client_id.starts_with("canopy-"));
}

#[test]
fn a_pasted_address_fills_host_port_and_user_name() {
    let mut window = Window::new(four());
    window.click("Host");
    window.harness.event(egui::Event::Paste(
        "mqtt://ann@broker.example:1884".to_owned(),
    ));
    window.harness.run();
    let profile = window.selected();
    assert_eq!(
        (
            profile.host.as_str(),
            profile.port,
            profile.user_name.as_str()
        ),
        ("broker.example", 1884, "ann")
    );
}

#[test]
fn what_is_wrong_is_said_beside_the_field_and_connecting_waits() {
    let mut window = Window::new(four());
    window.type_into("Host", "a b");
    window
        .harness
        .get_by_label("A host has no blanks. Remove them.");
    window.click("Connect");
    let asked = window.take_asked();
    assert!(
        !asked
            .iter()
            .any(|action| matches!(action, Action::Connect(_))),
        "{asked:?}"
    );
    window.type_into("Host", "ab");
    window.click("Connect");
    assert!(matches!(
        window.take_asked().last(),
        Some(Action::Connect(_))
    ));
}

#[test]
fn a_password_goes_to_the_keyring_before_connecting() {
    let mut window = Window::new(four());
    window.type_into("Password", "secret");
    assert!(window.selected().use_password);
    window.click("Connect");
    let asked = window.take_asked();
    let kept = asked.iter().position(|action| {
        matches!(action, Action::SetSecret((_, SecretKind::Password), Some(secret)) if secret.reveal() == "secret")
    });
    let connected = asked
        .iter()
        .position(|action| matches!(action, Action::Connect(_)));
    assert!(kept.unwrap() < connected.unwrap(), "{asked:?}");
    window.click("Forget the password");
    assert!(!window.selected().use_password);
    assert!(
        window
            .take_asked()
            .iter()
            .any(|action| matches!(action, Action::SetSecret((_, SecretKind::Password), None)))
    );
}

#[test]
fn the_list_works_by_keyboard() {
    let mut window = Window::new(four());
    window.harness.get_by_label("Connections").focus();
    window.harness.run();
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(window.selected().name, "Home Assistant");
    window.press(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(window.names()[..2], ["Home Assistant", "Local broker"]);
    window.press(Modifiers::NONE, Key::End);
    window.press(Modifiers::NONE, Key::Delete);
    window.press(Modifiers::NONE, Key::Enter);
    let asked = window.take_asked();
    let last = &window.selected().id;
    assert!(
        asked
            .iter()
            .any(|action| matches!(action, Action::DeleteProfile(id) if id == last))
    );
    assert!(matches!(asked.last(), Some(Action::Connect(id)) if id == last));
}

#[test]
fn a_profile_is_dragged_to_another_place() {
    let mut window = Window::new(four());
    let from = window
        .harness
        .get_by_label_contains("Local broker, mqtt")
        .rect()
        .center();
    let to = window
        .harness
        .get_by_label_contains("Factory EMQX cluster, mqtt")
        .rect()
        .center()
        + egui::vec2(0.0, 20.0);
    window.harness.drag_at(from);
    window.harness.run();
    window.harness.hover_at(from + egui::vec2(0.0, 30.0));
    window.harness.run();
    window.harness.hover_at(to);
    window.harness.run();
    window.harness.drop_at(to);
    window.harness.run();
    assert_eq!(
        window.names(),
        [
            "Home Assistant",
            "Factory EMQX cluster",
            "Local broker",
            "Raspberry Pi lab"
        ]
    );
}

#[test]
fn filters_are_added_changed_and_removed() {
    let mut window = Window::new(four());
    window.click("Subscriptions");
    window.type_into("New topic filter", "home/#");
    window.press(Modifiers::NONE, Key::Enter);
    window.click("Topic filter 3, QoS 2");
    window.click("Move filter 3 up");
    window.click("Remove filter 1");
    let filters: Vec<_> = window
        .selected()
        .subscriptions
        .iter()
        .map(|s| (s.filter.as_str(), s.qos.as_u8()))
        .collect();
    assert_eq!(filters, [("home/#", 2), ("$SYS/#", 0)]);
    window.type_into("New topic filter", "home/#/x");
    window
        .harness
        .get_by_label_contains("must be the last level");
}

#[test]
fn each_profile_keeps_its_tab_and_a_new_one_begins_on_the_first() {
    let mut window = Window::new(four());
    let first = window.selected().id.clone();
    window.click("Advanced");
    let (fixture, ..) = window.harness.state_mut();
    fixture.profiles.push(Profile::default());
    fixture.selected_profile = Some(fixture.profiles[4].id.clone());
    window.harness.run();
    assert!(window.harness.query_by_label("Protocol MQTT 5").is_some());
    window.harness.state_mut().0.selected_profile = Some(first);
    window.harness.run();
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Connect timeout");
}

#[test]
fn a_hundred_profiles_scroll_and_are_found() {
    let mut fixture = four();
    fixture.profiles.extend(
        (0..150).map(|number| profile(&format!("Site {number}"), "site.example", Version::V5)),
    );
    let mut window = Window::new(fixture);
    assert!(
        window.harness.query_by_label_contains("Site 140").is_none(),
        "rows are virtual"
    );
    window.harness.get_by_label("Connections").focus();
    window.harness.run();
    window.press(Modifiers::NONE, Key::End);
    window.harness.get_by_label_contains("Site 149, mqtt");
    window.type_into("Find a profile", "site 77");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.selected().name, "Site 77");
}

#[test]
fn without_profiles_the_screen_says_what_to_do() {
    let mut window = Window::new(Fixture::new());
    window.harness.get_by_label("No connections yet");
    window.click("Add a connection");
    window.click("Start broker and demo");
    assert!(matches!(
        &window.take_asked()[..],
        [Action::NewProfile, Action::StartDemo]
    ));
}

#[test]
fn pictures() {
    let mut fixture = four();
    fixture.profiles[0].will.enabled = true;
    fixture.profiles[0].will.topic = "status/ui".to_owned();
    fixture.profiles[0].will.message = "{\"online\":false}".to_owned();
    for (name, size, scale, theme) in [
        ("connections", [1440.0, 830.0], 1.0, Theme::Dark),
        ("connections-light", [1024.0, 630.0], 1.0, Theme::Light),
        ("connections-2x", [1024.0, 630.0], 2.0, Theme::Dark),
    ] {
        let mut view = Connections::default();
        picture(name, size, scale, theme, |ui| {
            view.ui(ui, &fixture.context());
        });
    }
    fixture.profiles[0].transport = Transport::SecureWebSocket;
    fixture.profiles[0].port = 8084;
    fixture.profiles[0].tls.verify = Verify::Nothing;
    fixture.profiles[0].tls.identity = Identity::Pem {
        certificate: "/etc/canopy/client.pem".into(),
        key: "/etc/canopy/client.key".into(),
    };
    let tenant = ("X-Tenant".to_owned(), "blue".to_owned());
    fixture.profiles[0].web_socket.headers = vec![tenant];
    fixture.profiles[0].proxy.kind = crate::profile::ProxyKind::Socks5;
    fixture.profiles[0].subscriptions[0].id = Some(1);
    for (tab, name) in [(1, "security"), (2, "network"), (4, "mqtt5")] {
        for (size, theme) in [
            ([1440.0, 830.0], Theme::Dark),
            ([1024.0, 630.0], Theme::Light),
        ] {
            let mut view = Connections::default();
            let id = fixture.profiles[0].id.clone();
            view.editor.show_tab(id, tab);
            let name = format!("connections-{name}-{}", size[0]);
            picture(&name, size, 1.0, theme, |ui| {
                view.ui(ui, &fixture.context());
            });
        }
    }
    fixture.profiles[3].host = "a b".to_owned();
    fixture.selected_profile = Some(fixture.profiles[3].id.clone());
    let mut view = Connections::default();
    picture(
        "connections-failed",
        [1024.0, 630.0],
        1.0,
        Theme::Dark,
        |ui| view.ui(ui, &fixture.context()),
    );
    fixture.profiles.clear();
    let mut view = Connections::default();
    picture(
        "connections-empty",
        [1024.0, 630.0],
        1.0,
        Theme::Dark,
        |ui| view.ui(ui, &fixture.context()),
    );
}

#[test]
fn pictures_of_folders() {
    for (name, size, theme) in [
        ("connections-folders", [1440.0, 830.0], Theme::Dark),
        ("connections-folders-light", [1024.0, 630.0], Theme::Light),
    ] {
        let mut fixture = in_folders();
        fixture.selected_profile = Some(fixture.profiles[2].id.clone());
        fixture.profiles[2].transport = Transport::WebSocket;
        fixture.profiles[2].web_socket.headers = vec![("Authorization".to_owned(), String::new())];
        let mut view = Connections::default();
        picture(name, size, 1.0, theme, |ui| {
            view.ui(ui, &fixture.context());
        });
    }
}

#[test]
fn folders_are_opened_moved_through_and_deleted_by_keyboard() {
    let mut window = Window::new(in_folders());
    window.harness.get_by_label("Connections").focus();
    window.harness.run();
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::ArrowLeft);
    let asked = window.take_asked();
    assert!(
        matches!(&asked[..], [Action::List(ListAction::SetFolderOpen(path, false))] if path == "Home"),
        "{asked:?}"
    );
    window.press(Modifiers::NONE, Key::F2);
    window.press(Modifiers::NONE, Key::Delete);
    let asked = window.take_asked();
    assert!(
        matches!(
            &asked[..],
            [
                Action::List(ListAction::AskFolder(_)),
                Action::List(ListAction::DeleteFolder(_))
            ]
        ),
        "{asked:?}"
    );
    window.press(Modifiers::NONE, Key::Home);
    window.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(window.selected().folder, "Home");
}

#[test]
fn a_profile_is_dragged_into_a_folder() {
    let mut window = Window::new(in_folders());
    let from = window
        .harness
        .get_by_label_contains("Local broker, mqtt")
        .rect()
        .center();
    let to = window
        .harness
        .get_by_label_contains("Folder Later")
        .rect()
        .center();
    window.harness.drag_at(from);
    window.harness.run();
    window.harness.hover_at(to);
    window.harness.run();
    window.harness.drop_at(to);
    window.harness.run();
    let moved = &window.harness.state().0.profiles[0];
    assert_eq!(
        (moved.name.as_str(), moved.folder.as_str()),
        ("Local broker", "Later")
    );
}

#[test]
fn colour_and_marks_are_chosen_in_the_general_tab() {
    let mut window = Window::new(four());
    window.click("Teal");
    window.click("Ask before publishing");
    window.click("Connect when Canopy starts");
    let profile = window.selected();
    assert_eq!(profile.color, Some(ProfileColor::Teal));
    assert!(profile.ask_before_publish && profile.auto_connect);
    window.click("No colour");
    assert_eq!(window.selected().color, None);
    window.click("The top of the list");
    assert!(matches!(
        window.take_asked().last(),
        Some(Action::List(ListAction::AskFolder(_)))
    ));
}

#[test]
fn a_will_without_a_topic_is_no_mistake_before_the_field_was_left() {
    let mut window = Window::new(four());
    window.click("Last will");
    let wrong = |window: &Window<'_>| {
        window
            .harness
            .query_by_label_contains("at least one character")
            .is_some()
    };
    assert!(!wrong(&window));
    window.field("Will topic").click();
    window.harness.run();
    window.press(Modifiers::NONE, Key::Tab);
    assert!(wrong(&window));
}

#[test]
fn an_address_typed_key_by_key_never_puts_its_password_into_the_profile() {
    let mut window = Window::new(four());
    window.type_into("Host", "");
    for key in "wss://ann:hunter2@b.example:1234/ws".chars() {
        window.harness.event(egui::Event::Text(key.to_string()));
        window.harness.run();
        let fixture = &window.harness.state().0;
        assert!(!format!("{:?}", fixture.profiles).contains("hun"), "{key}");
    }
    window.press(Modifiers::NONE, Key::Tab);
    assert_eq!(window.selected().url(), "wss://b.example:1234/ws");
    assert_eq!(window.selected().user_name, "ann");
    let asked = window.take_asked();
    assert!(asked.iter().any(|action| matches!(
        action,
        Action::SetSecret((_, SecretKind::Password), Some(secret)) if secret.reveal() == "hunter2"
    )));
}
