//! Connections: made, edited, deleted, kept on disk; what goes wrong is said in words.

use canopy::profile::{Profile, Secret, SecretKind, SecretStore as _};

use egui::Key;

use crate::common::mosquitto::Mosquitto;
use crate::driver::{CTRL, Home, Look, Window};

/// Name, host and port of each profile on disk.
fn on_disk(home: &Home) -> Vec<(String, String, u16)> {
    let profiles = home.profiles().into_iter();
    profiles.map(|it| (it.name, it.host, it.port)).collect()
}

fn lab() -> (String, String, u16) {
    ("Lab".to_owned(), "broker.example".to_owned(), 1884)
}

/// Adds the profile of [`lab`] by hand.
fn add_lab(home: &Home, window: &mut Window) {
    window.press("New connection");
    window.fill("Name", "Lab");
    window.fill("Host", "broker.example");
    window.fill("Port", "1884");
    window.wait_for("the profile on disk", |_| on_disk(home) == [lab()]);
}

#[test]
fn a_new_profile_is_saved_as_it_is_typed_and_survives_a_restart() {
    let home = Home::new();
    let mut window = home.open();
    add_lab(&home, &mut window);
    window.close();
    assert_eq!(on_disk(&home), [lab()]);
    let mut window = home.open();
    window.wait_for_label("Lab, mqtt://broker.example:1884, MQTT 5, not connected");
    assert_eq!(window.value("Name").as_deref(), Some("Lab"));
}

#[test]
fn a_deleted_profile_comes_back_with_undo() {
    let home = Home::new();
    let mut window = home.open();
    add_lab(&home, &mut window);
    window.press("Delete connection");
    window.wait_for_text("Connection “Lab” deleted");
    window.wait_for("nothing on disk", |_| on_disk(&home).is_empty());
    window.press("Undo");
    window.wait_for("the profile on disk", |_| on_disk(&home) == [lab()]);
    window.wait_for_text("Lab, mqtt://broker.example:1884");
}

#[test]
fn deleting_the_open_connection_ends_it() {
    let home = Home::new();
    let mut window = home.open_as(Look::default(), true);
    window.wait_for_text("Connected since");
    window.chord(CTRL, Key::O);
    window.wait_for_label("Delete connection");
    window.press("Delete connection");
    window.wait_for_text("Connection “Local broker” deleted");
    window.wait_for_text("Not connected");
    assert!(!window.has_text("Connected since"));
}

#[test]
fn a_profile_is_duplicated_and_found() {
    let home = Home::new();
    let mut window = home.open();
    add_lab(&home, &mut window);
    window.press("Duplicate");
    window.wait_for("two on disk", |_| on_disk(&home).len() == 2);
    window.fill("Name", "Greenhouse");
    window.wait_for_text("Greenhouse, mqtt");
    window.fill("Find a profile", "green");
    window.wait_for("only what is found", |window| {
        window.has_text("Greenhouse, mqtt") && !window.has_text("Lab, mqtt")
    });
}

#[test]
fn a_broken_file_is_kept_and_named() {
    let home = Home::new();
    std::fs::write(
        home.path().join("profiles.ron"),
        "(version: 1, content: [oops",
    )
    .unwrap();
    let mut window = home.open();
    window.wait_for_text("could not be read");
    let names = std::fs::read_dir(home.path()).unwrap();
    let kept = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.starts_with("profiles.broken-"))
        .unwrap();
    assert!(window.has_text(&kept), "{}", window.on_screen());
    let text = std::fs::read_to_string(home.path().join(&kept)).unwrap();
    assert_eq!(text, "(version: 1, content: [oops");
    add_lab(&home, &mut window);
    window.close();
    assert!(home.path().join(kept).exists());
}

#[test]
fn a_wrong_password_is_said_in_words_and_asked_for_again() {
    let Some(broker) = Mosquitto::start_with_password("alice", "right") else {
        return;
    };
    let home = Home::new();
    let profile = Profile {
        name: "Lab".to_owned(),
        port: broker.port(),
        user_name: "alice".to_owned(),
        use_password: true,
        ..Profile::default()
    };
    home.config()
        .save_profiles(std::slice::from_ref(&profile))
        .unwrap();
    let mut window = home.open();
    window.press("Connect");
    window.wait_for_text("Password for Lab");
    window.click(
        egui::accesskit::Role::Switch,
        "Remember in the system keyring",
    );
    window.fill("Password", "wrong");
    press_in_dialog(&mut window);
    window.wait_for_label("Not connected");
    assert!(window.has_text("Check user name and password"));
    window.press("Try again");
    window.wait_for_text("Password for Lab");
    window.fill("Password", "right");
    press_in_dialog(&mut window);
    window.wait_for_text("Connected since");
    assert_eq!(
        home.secrets()
            .get(&profile.id, SecretKind::Password)
            .unwrap(),
        Some(Secret::new("right"))
    );
}

/// “Connect” is also in the bar behind the dialog.
fn press_in_dialog(window: &mut Window) {
    window.key(egui::Key::Enter);
}
