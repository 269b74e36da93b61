//! The switch of the broker inside and the demo on it.

use std::net::{Ipv4Addr, TcpListener};

use egui::accesskit::Role;

use crate::driver::{Home, Look, Window};

/// A window with broker and demo, connected, with every branch closed.
pub fn demo(home: &Home) -> Window {
    let window = home.open_as(Look::default(), true);
    demo_in(window)
}

/// Waits until everything of the demo arrived, and closes all branches.
pub fn demo_in(mut window: Window) -> Window {
    window.wait_for("the topics of the demo", |window| {
        topics(window).is_some_and(|count| count > 60)
    });
    window.press("Close all branches");
    window.wait_for("closed branches", |window| window.has_row("UMD"));
    window
}

/// How many topics the status bar counts.
pub fn topics(window: &Window) -> Option<u64> {
    window.read(|text| number_before(text, " topics"))
}

/// How many messages the status bar counts.
pub fn messages(window: &Window) -> Option<u64> {
    window.read(|text| number_before(text, " messages"))
}

fn number_before(text: &str, unit: &str) -> Option<u64> {
    text.strip_suffix(unit)?.replace(',', "").parse().ok()
}

#[test]
fn a_click_starts_broker_and_demo_and_fills_the_tree() {
    let home = Home::new();
    let mut window = home.open();
    assert!(!window.is_on(Role::Switch, "Broker"));
    window.press("Start broker and demo");
    let window = demo_in(window);
    assert!(window.is_on(Role::Switch, "Broker"));
    assert_eq!(
        window.rows()[..6],
        [
            "binary",
            "command",
            "home",
            "status",
            "UM",
            "UMD = University of Michigan-Dearborn"
        ]
    );
    assert!(window.has_text(&format!(":{} · 6 clients", home.port)));
    window.close();
    let names: Vec<_> = home.profiles().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["Local broker"]);
}

#[test]
fn the_switch_stops_the_broker_and_starts_it_again() {
    let home = Home::new();
    let mut window = demo(&home);
    window.click(Role::Switch, "Broker");
    window.wait_for("the end of the connection", |window| {
        window.has("Disconnected") && window.has("off")
    });
    assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, home.port)).is_ok());
    window.click(Role::Switch, "Broker");
    window.wait_for_text("Connected since");
    assert!(window.has_row("UMD"), "what was seen before is still there");
}

#[test]
fn a_taken_port_is_explained_and_the_next_free_one_offered() {
    let home = Home::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, home.port)).unwrap();
    let mut window = home.open();
    window.press("Start broker and demo");
    window.wait_for_label(&format!("Port {} is taken", home.port));
    let offered = window.read(|text| text.strip_prefix("Use port ")?.parse::<u16>().ok());
    let offered = offered.unwrap();
    assert!(offered > home.port);
    window.press(&format!("Use port {offered}"));
    let window = demo_in(window);
    assert!(window.has_text(&format!(":{offered} · ")));
    window.close();
    assert_eq!(home.config().load_settings().0.broker.port, offered);
    drop(taken);
}

#[test]
fn the_broker_panel_lists_its_clients() {
    let home = Home::new();
    let mut window = demo(&home);
    window.click(Role::Tab, "Broker");
    for client in [
        "demo-command",
        "demo-status",
        "demo-campus",
        "demo-home",
        "demo-camera",
    ] {
        window.wait_for_text(client);
    }
    assert!(window.has_text("demo-command, MQTT 3.1.1"));
    assert!(window.has_text("demo-status, MQTT 5"));
}
