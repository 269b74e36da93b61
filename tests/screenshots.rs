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

use canopy::mqtt::{Qos, Version};
use canopy::profile::{
    BrokerSettings, LOCAL_BROKER, Profile, ProfileColor, ProfileId, PublishDraft, SavedPublish,
    Session, Settings, Subscription, Theme, Transport, WillSettings, WindowState,
};
use egui::Key;
use egui::accesskit::Role;

use driver::{CTRL, Home, Look, Window, screenshots};

/// The branches that are open.
const OPEN: [&str; 12] = [
    "UM",
    "UM/campus",
    "UM/campus/department",
    "UM/campus/faculty",
    "UM/campus/research",
    "UM/dearborn",
    "UM/dearborn/student",
    "command",
    "home",
    "home/livingroom",
    "status",
    "status/raspberrypi",
];

/// What somebody has who has used the program for a while. The broker's port is the one that readers know, where it
/// is free; another one would be a riddle in a picture.
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
    home.config().save_profiles(&profiles()).unwrap();
    let open = OPEN.map(str::to_owned).to_vec();
    let window = WindowState {
        expanded: [(ProfileId(LOCAL_BROKER.to_owned()), open)].into(),
        ..WindowState::default()
    };
    home.config().save_window(&window).unwrap();
    home
}

/// Broker and demo with some history, and the news of research selected.
fn explorer(home: &Home, size: [f32; 2]) -> Window {
    let mut window = home.open_as(Look { size, scale: 1.0 }, true);
    window.wait_for("some history", |window| {
        let messages = window.read(|text| {
            let count = text.strip_suffix(" messages")?;
            count.replace(',', "").parse::<u64>().ok()
        });
        messages.is_some_and(|messages| messages > 250)
    });
    window.click_row("news = {\"headline\"");
    window.click(Role::ListItem, "LED on");
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
    inspector();
    tabs();
}

fn dark() {
    let home = home(Theme::Dark);
    let mut window = explorer(&home, LARGE);
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
    let mut window = home.open_as(Look::default(), true);
    window.wait_for_text("Connected since");
    window.chord(CTRL, Key::O);
    window.click(
        Role::ListBoxOption,
        "Greenhouse, mqtt://greenhouse.example:1883, MQTT 5, not connected",
    );
    save(&mut window, "connections.png");
}

/// What the inspector says of numbers, of the messages before and of the whole traffic.
fn inspector() {
    let home = home(Theme::Dark);
    let mut window = explorer(&home, LARGE);
    window.click(Role::Tab, "Chart");
    window.click(Role::CheckBox, "Chart score");
    window.click_row("temperature = ");
    window.click(Role::CheckBox, "Chart temperature");
    window.click_row("humidity = ");
    window.click(Role::CheckBox, "Chart humidity");
    save(&mut window, "chart.png");
    window.click_row("news = {\"headline\"");
    window.click(Role::Tab, "History");
    window.chord(CTRL, Key::Num4);
    window.wait_for_label("home");
    save(&mut window, "history.png");
}

/// A second connection to the same broker, with subscriptions that have colours, one of them open to be changed.
fn tabs() {
    let home = home(Theme::Dark);
    let mut window = explorer(&home, LARGE);
    window.chord(CTRL, Key::O);
    window.click_start(Role::ListBoxOption, "Rooms, ");
    window.press("Connect");
    window.wait_for_text("livingroom");
    window.click_row("temperature = ");
    window.click_start(Role::Button, "home/+/temperature");
    save(&mut window, "tabs.png");
}

fn profiles() -> Vec<Profile> {
    let local = Profile {
        id: ProfileId(LOCAL_BROKER.to_owned()),
        name: "Local broker".to_owned(),
        subscriptions: vec![
            subscription("#", Qos::AtLeastOnce),
            subscription("$SYS/#", Qos::AtMostOnce),
        ],
        saved_publishes: vec![
            command(
                "LED on",
                "{\n  \"led\": \"on\",\n  \"at\": \"{{now}}\",\n  \"seq\": {{seq}}\n}",
            ),
            command("LED off", "{ \"led\": \"off\" }"),
        ],
        ..Profile::default()
    };
    let greenhouse = Profile {
        name: "Greenhouse".to_owned(),
        folder: "Farm".to_owned(),
        color: Some(ProfileColor::Green),
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
        folder: "Farm".to_owned(),
        host: "192.168.1.20".to_owned(),
        version: Version::V311,
        ..Profile::default()
    };
    let plant = Profile {
        name: "Plant 4".to_owned(),
        folder: "Work".to_owned(),
        color: Some(ProfileColor::Red),
        ask_before_publish: true,
        transport: Transport::Tls,
        host: "plant-4.example".to_owned(),
        port: 8883,
        ..Profile::default()
    };
    vec![local, rooms(), greenhouse, gateway, plant]
}

fn rooms() -> Profile {
    let colored = |filter, color| Subscription {
        color: Some(color),
        ..subscription(filter, Qos::AtLeastOnce)
    };
    Profile {
        name: "Rooms".to_owned(),
        color: Some(ProfileColor::Blue),
        subscriptions: vec![
            colored("home/+/temperature", ProfileColor::Orange),
            colored("home/+/humidity", ProfileColor::Blue),
            subscription("home/+/light", Qos::AtMostOnce),
        ],
        ..Profile::default()
    }
}

fn subscription(filter: &str, qos: Qos) -> Subscription {
    Subscription::for_window(filter, qos)
}

fn command(name: &str, payload: &str) -> SavedPublish {
    SavedPublish {
        name: name.to_owned(),
        draft: PublishDraft {
            topic: "command/raspberrypi".to_owned(),
            qos: Qos::AtLeastOnce,
            payload: payload.to_owned(),
            ..PublishDraft::default()
        },
    }
}
