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
fn the_first_profile_marked_for_it_connects_at_the_start() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let profiles = [lab(broker.port(), false), lab(broker.port(), true)];
    home.config().save_profiles(&profiles).unwrap();
    let mut window = home.open();
    window.wait_for_text("Connected since");
    window.wait_for_text("Lab true");
}
