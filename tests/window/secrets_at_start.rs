//! What is asked for when the window opens with an address or a profile that needs secrets.

use canopy::gui::Opening;
use canopy::profile::{Identity, Profile, ProxyKind, Secret, Transport};

use crate::common::mosquitto::Mosquitto;
use crate::driver::Home;

#[test]
fn the_password_of_an_address_is_used() {
    let Some(broker) = Mosquitto::start_with_password("ann", "p@ss word") else {
        return;
    };
    let home = Home::new();
    let mut window = home.open_with(Opening {
        profile: Profile {
            name: "Lab".to_owned(),
            port: broker.port(),
            user_name: "ann".to_owned(),
            use_password: true,
            ..Profile::default()
        },
        password: Some(Secret::new("p@ss word")),
    });
    window.wait_for_text("Connected since");
}

#[test]
fn passphrase_and_the_proxys_password_are_asked_for() {
    let home = Home::new();
    let key = home.path().join("key.pem");
    std::fs::write(&key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n").unwrap();
    let mut profile = Profile {
        name: "Lab".to_owned(),
        transport: Transport::Tls,
        use_password: true,
        user_name: "ann".to_owned(),
        ..Profile::default()
    };
    profile.tls.identity = Identity::Pem {
        certificate: key.clone(),
        key,
    };
    profile.proxy.kind = ProxyKind::Socks5;
    profile.proxy.host = "127.0.0.1".to_owned();
    profile.proxy.port = 1080;
    profile.proxy.user_name = "me".to_owned();
    profile.proxy.use_password = true;
    let mut window = home.open_with(Opening {
        profile,
        password: Some(Secret::new("known")),
    });
    window.wait_for_text("Passphrase for Lab");
    window.fill("Passphrase", "of the key");
    window.press("Connect");
    window.wait_for_text("Proxy password for Lab");
}
