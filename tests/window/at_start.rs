//! What the window connects to by itself when it opens.

use canopy::gui::Opening;
use canopy::profile::Profile;

use crate::common::mosquitto::Mosquitto;
use crate::driver::Home;

fn lab(port: u16, auto_connect: bool) -> Profile {
    Profile {
        name: format!("Lab {auto_connect}"),
        port,
        auto_connect,
        ..Profile::default()
    }
}

#[test]
fn an_address_connects_and_is_saved_only_when_it_is_kept() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let saved = lab(broker.port(), false);
    home.config()
        .save_profiles(std::slice::from_ref(&saved))
        .unwrap();
    let opening = || Opening {
        profile: lab(broker.port(), true),
        password: None,
    };
    let mut window = home.open_with(opening());
    window.wait_for_text("Connected since");
    window.close();
    assert_eq!(home.profiles(), [saved]);

    let mut window = home.open_with(opening());
    window.press("Keep it");
    window.wait_for_text("Connected since");
    window.close();
    assert_eq!(home.profiles().len(), 2);
}

#[test]
fn every_profile_marked_for_it_connects_at_the_start() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let named = |name: &str, auto_connect| Profile {
        name: name.to_owned(),
        ..lab(broker.port(), auto_connect)
    };
    let secret = Profile {
        user_name: "alice".to_owned(),
        use_password: true,
        ..named("A", true)
    };
    let profiles = [
        secret,
        named("B", false),
        named("C", true),
        named("D", true),
    ];
    home.config().save_profiles(&profiles).unwrap();
    let mut window = home.open();
    window.wait_for("two tabs", |window| {
        window.connection_tabs() == ["*C, connected", "D, connected"]
    });
    // the first one needs a password: its tab comes to its place when that is there
    window.fill("Password", "any");
    window.key(egui::Key::Enter);
    window.wait_for("all three", |window| {
        window.connection_tabs() == ["*A, connected", "C, connected", "D, connected"]
    });
}
