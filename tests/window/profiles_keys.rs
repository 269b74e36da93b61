//! The list of connections and its editor by keyboard, and in the smallest window.

use canopy::profile::Profile;
use egui::accesskit::Role;
use egui::{Key, PointerButton};

use crate::broker::demo_in;
use crate::driver::{CTRL, Home, Look, Window};

fn named(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        host: format!("{}.example", name.to_lowercase()),
        ..Profile::default()
    }
}

fn names(home: &Home) -> Vec<String> {
    home.profiles().into_iter().map(|it| it.name).collect()
}

fn open(home: &Home, profiles: &[Profile]) -> Window {
    home.config().save_profiles(profiles).unwrap();
    home.open()
}

#[test]
fn a_new_connection_is_named_at_once_and_f2_names_it_again() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab")]);
    window.chord(CTRL, Key::N);
    window.wait_for("the name", |window| window.is_focused("Name"));
    window.type_text("Plant");
    window.wait_for("the name on disk", |_| names(&home) == ["Lab", "Plant"]);

    window.chord(CTRL, Key::O);
    window.wait_for("the list", |window| window.is_focused("Connections"));
    window.key(Key::F2);
    window.wait_for("the name", |window| window.is_focused("Name"));
    window.type_text("Site");
    window.key(Key::Enter);
    window.wait_for("the list", |window| window.is_focused("Connections"));
    assert_eq!(names(&home), ["Lab", "Site"]);
    window.key(Key::ArrowUp);
    assert_eq!(window.value("Name").as_deref(), Some("Lab"));
}

#[test]
fn a_menu_that_is_left_with_esc_gives_the_keyboard_back_to_the_list() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab"), named("Plant")]);
    let row = window.place(
        Role::ListBoxOption,
        "Plant, mqtt://plant.example:1883, MQTT 5, not connected",
    );
    window.click_at(row.center(), PointerButton::Secondary);
    window.wait_for_text("Rename…");
    window.key(Key::Escape);
    window.wait_for("no menu", |window| !window.has_text("Rename…"));
    assert!(window.is_focused("Connections"));
    window.key(Key::ArrowUp);
    assert_eq!(window.value("Name").as_deref(), Some("Lab"));
}

#[test]
fn the_list_shows_the_profile_of_the_connection_that_it_is_opened_from() {
    let home = Home::new();
    home.config().save_profiles(&[named("Lab")]).unwrap();
    let mut window = demo_in(home.open_as(Look::default(), true));
    window.chord(CTRL, Key::O);
    window.wait_for("the list", |window| window.is_focused("Connections"));
    let shown = window.value("Name").unwrap();
    assert_ne!(shown, "Lab");
    assert_eq!(window.count(Role::Button, "Disconnect"), 2);

    window.click_start(Role::ListBoxOption, "Lab, mqtt");
    assert_eq!(window.value("Name").as_deref(), Some("Lab"));
    assert_eq!(window.count(Role::Button, "Disconnect"), 0);
    window.chord(CTRL, Key::O);
    assert_eq!(window.value("Name").as_deref(), Some("Lab"));
    window.chord(CTRL, Key::E);
    window.chord(CTRL, Key::O);
    assert_eq!(window.value("Name"), Some(shown));

    window.chord(CTRL, Key::K);
    window.type_text("subscr");
    window.key(Key::Enter);
    window.wait_for("the form", |window| window.is_focused("Topic filter"));
    window.key(Key::Escape);
    window.chord(CTRL, Key::K);
    window.type_text("publish…");
    window.key(Key::Enter);
    window.wait_for("the panel", |window| {
        window.is_focused("Topic to publish to")
    });
}

#[test]
fn the_smallest_window_shows_the_whole_form_and_the_new_profile() {
    let home = Home::new();
    let profiles: Vec<_> = (1..10).map(|it| named(&format!("Lab {it}"))).collect();
    let mut window = open(&home, &profiles);
    window.resize([760.0, 480.0]);
    window.chord(CTRL, Key::N);
    window.wait_for("the name", |window| window.is_focused("Name"));
    assert!(!window.has("Start broker and demo"));
    let row = window.place(
        Role::ListBoxOption,
        "New connection, mqtt://127.0.0.1:1883, MQTT 5, not connected",
    );
    assert!(row.bottom() < 480.0 && row.top() > 100.0, "{row:?}");
    // what is scrolled away is known to nobody
    window.resize([760.0, 1_200.0]);
    for (role, label) in [
        (Role::Tab, "Advanced"),
        (Role::TextInput, "Name"),
        (Role::RadioButton, "Transport Unix"),
        (Role::TextInput, "Port"),
    ] {
        assert!(
            window.count(role, label) > 0,
            "{label}: {}",
            window.on_screen()
        );
        let place = window.place(role, label);
        assert!(place.right() <= 750.0, "{label} at {place:?}");
    }
}

#[test]
fn an_added_filter_leaves_the_row_for_the_next_in_view() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab")]);
    window.resize([1024.0, 700.0]);
    window.chord(CTRL, Key::O);
    window.click(Role::Tab, "Subscriptions");
    for number in 0..18 {
        window.fill("New topic filter", &format!("line/{number}/#"));
        window.key(Key::Enter);
    }
    window.settle();
    let new = window.place(Role::TextInput, "New topic filter");
    assert!(new.bottom() < 670.0, "{new:?}");
    let last = window.place(Role::TextInput, "Topic filter 18");
    assert!((new.right() - last.right()).abs() < 1.0, "{new:?} {last:?}");
}

#[test]
fn an_export_makes_no_folder() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab")]);
    window.chord(CTRL, Key::K);
    window.type_text("export all");
    window.key(Key::Enter);
    window.wait_for("the file", |window| window.is_focused("File to export to"));
    let gone = home.path().join("gone");
    // the path that was there is replaced
    window.type_text(gone.join("a.json").to_str().unwrap());
    window.key(Key::Enter);
    window.wait_for_text("There is no folder");
    assert!(!gone.exists());
    window.fill(
        "File to export to",
        home.path().join("a.json").to_str().unwrap(),
    );
    window.key(Key::Enter);
    window.wait_for_text("Exported to");
}
