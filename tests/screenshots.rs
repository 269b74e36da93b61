//! The pictures of the README, made from the real application with broker and demo:
//! `cargo test --test screenshots -- --ignored`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails where something it needs does"
)]

mod common;
#[path = "common/window.rs"]
mod driver;

use std::net::{Ipv4Addr, TcpListener};

use canopy::profile::{BrokerSettings, Profile, Session, Settings, Theme, WillSettings};
use egui::Key;
use egui::accesskit::Role;

use driver::{CTRL, Home, Look, Window, screenshots};

/// The port that readers know, where it is free; another one would be a riddle in a picture.
fn home(theme: Theme) -> Home {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    let home = Home::with(&settings);
    if TcpListener::bind((Ipv4Addr::LOCALHOST, 1883)).is_ok() {
        let broker = BrokerSettings::default();
        let settings = Settings { broker, ..settings };
        home.config().save_settings(&settings).unwrap();
    }
    home
}

/// Broker and demo with some history, and the news of research selected.
fn explorer(home: &Home, size: [f32; 2]) -> Window {
    let mut window = home.open_as(Look { size, scale: 1.0 }, true);
    window.wait_for("everything of the demo", |window| {
        let topics = window.read(|text| text.strip_suffix(" topics")?.parse::<u64>().ok());
        topics.is_some_and(|topics| topics > 60)
    });
    window.press("Close all branches");
    for branch in ["UM", "campus", "research", "status", "command"] {
        window.double_click_row(branch);
    }
    window.click_row("news = {\"headline\"");
    window.wait_for("some history", |window| {
        let messages = window.read(|text| {
            let count = text.strip_suffix(" messages")?;
            count.replace(',', "").parse::<u64>().ok()
        });
        messages.is_some_and(|messages| messages > 400)
    });
    window
}

fn save(window: &mut Window, name: &str) {
    let directory = screenshots();
    std::fs::create_dir_all(&directory).unwrap();
    let cure = "a picture (a software Vulkan is needed: mesa-vulkan-drivers on Debian and Ubuntu)";
    window.picture(&directory.join(name)).expect(cure);
}

const LARGE: [f32; 2] = [1440.0, 900.0];

#[test]
#[ignore = "writes screenshots/"]
fn pictures() {
    dark();
    light();
}

fn dark() {
    let home = home(Theme::Dark);
    let mut window = explorer(&home, LARGE);
    window.fill("Payload to publish", "{\n  \"led\": \"off\"\n}");
    window.fill("Topic to publish to", "command/raspberrypi");
    window.click(Role::RadioButton, "QoS 1");
    window.press("Publish");
    window.wait_for_text("sent → PUBACK");
    save(&mut window, "explorer-dark.png");
    window.chord(CTRL, Key::Num2);
    window.wait_for_text("demo-status");
    save(&mut window, "broker.png");
    window.chord(CTRL, Key::Num1);
    window.resize([1024.0, 700.0]);
    save(&mut window, "publish-small.png");
}

fn light() {
    let home = home(Theme::Light);
    let mut window = explorer(&home, LARGE);
    save(&mut window, "explorer-light.png");
    window.close();
    let mut profiles = home.profiles();
    profiles.extend(examples());
    home.config().save_profiles(&profiles).unwrap();
    let mut window = home.open_as(Look::default(), true);
    window.wait_for_text("Connected since");
    window.chord(CTRL, Key::O);
    window.click(
        Role::ListBoxOption,
        "Greenhouse, mqtt://greenhouse.example:1883, MQTT 5, not connected",
    );
    save(&mut window, "connections.png");
}

fn examples() -> Vec<Profile> {
    let greenhouse = Profile {
        name: "Greenhouse".to_owned(),
        host: "greenhouse.example".to_owned(),
        client_id: "canopy-7f3a".to_owned(),
        session: Session::Resume,
        user_name: "gardener".to_owned(),
        use_password: true,
        will: WillSettings {
            enabled: true,
            topic: "status/canopy/online".to_owned(),
            message: "false".to_owned(),
            retain: true,
            delay: 5,
            ..WillSettings::default()
        },
        ..Profile::default()
    };
    let gateway = Profile {
        name: "Gateway in the barn".to_owned(),
        host: "192.168.1.20".to_owned(),
        version: canopy::mqtt::Version::V311,
        ..Profile::default()
    };
    vec![greenhouse, gateway]
}
