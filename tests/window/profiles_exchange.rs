//! Connections from other programs, to a file, and from a command.

use canopy::profile::{Format, Identity, Profile, Secret, SecretKind, SecretStore as _, export};
use egui::accesskit::Role;

use crate::driver::{CTRL, Home, Window};

const SECRET: &str = "hunter2";

/// As MQTT Explorer writes its `settings.json`.
fn explorer() -> String {
    format!(
        r#"{{"ConnectionManager_connections": {{"b7": {{"configVersion": 1, "certValidation": true,
        "clientId": "plant-3", "id": "b7", "name": "Plant", "encryption": true, "username": "ann",
        "password": "{SECRET}", "subscriptions": [{{"topic": "plant/#", "qos": 1}}], "type": "mqtt",
        "host": "plant.example", "port": 8883, "protocol": "mqtt",
        "clientCertificate": {{"data": "Y2VydA==", "name": "me.crt"}},
        "clientKey": {{"data": "a2V5", "name": "me.key"}}, "shiny": 1}}}}}}"#
    )
}

/// As MQTTX exports its connections.
fn mqttx() -> String {
    format!(
        r#"[{{"id": "f1", "name": "Work", "isCollection": true, "orderId": 0, "parentId": null}},
        {{"id": "c1", "clientId": "mqttx_1a2b", "name": "Line", "clean": true, "protocol": "mqtt",
        "host": "line.example", "port": 1884, "keepalive": 30, "username": "bob", "password": "{SECRET}",
        "mqttVersion": "5.0", "ssl": false, "parentId": "f1", "isCollection": false,
        "subscriptions": [{{"topic": "line/#", "qos": 2}}]}}]"#
    )
}

fn names(home: &Home) -> Vec<String> {
    home.profiles().into_iter().map(|it| it.name).collect()
}

fn open_import(window: &mut Window, path: &std::path::Path) {
    window.press("Import, export and more");
    window.press("Import…");
    window.fill("File to import", path.to_str().unwrap());
    window.press("Read the file");
}

#[test]
fn a_file_of_mqtt_explorer_is_dropped_and_taken_over_with_password_and_certificate() {
    let home = Home::new();
    let path = home.path().join("settings.json");
    std::fs::write(&path, explorer()).unwrap();
    let mut window = home.open();
    window.drop_file(&path);
    window.wait_for_label("mqtts://plant.example:8883");
    window.wait_for_text("“shiny” of “Plant”");
    window.press("Import 1 connection");
    window.wait_for_text("1 connection imported");
    window.wait_for("the profile on disk", |_| names(&home) == ["Plant"]);
    let profile = home.profiles().remove(0);
    let secret = home.secrets().get(&profile.id, SecretKind::Password);
    assert_eq!(secret.unwrap(), Some(Secret::new(SECRET)));
    let Identity::Pem { certificate, key } = profile.tls.identity else {
        panic!("no certificate")
    };
    assert_eq!(std::fs::read(&certificate).unwrap(), b"cert");
    assert_eq!(std::fs::read(&key).unwrap(), b"key");

    // once its removal cannot be undone, they go
    window.click_start(Role::ListBoxOption, "Plant, mqtts");
    window.key(egui::Key::Delete);
    window.wait_for_text("Connection “Plant” deleted");
    assert!(key.exists());
    window.close();
    let deadline = std::time::Instant::now() + crate::common::PATIENCE;
    while key.exists() || certificate.exists() {
        assert!(std::time::Instant::now() < deadline, "{}", key.display());
        std::thread::yield_now();
    }
}

#[test]
fn a_file_of_mqttx_is_added_beside_what_is_there_or_replaces_it() {
    let home = Home::new();
    let path = home.path().join("mqttx.json");
    std::fs::write(&path, mqttx()).unwrap();
    let there = Profile {
        name: "Line".to_owned(),
        folder: "Work".to_owned(),
        ..Profile::default()
    };
    home.config()
        .save_profiles(std::slice::from_ref(&there))
        .unwrap();
    let mut window = home.open();
    open_import(&mut window, &path);
    window.wait_for_text("“Line” is there already");
    window.press("Import 1 connection");
    window.wait_for("a copy", |_| names(&home) == ["Line", "Line 2"]);
    assert_eq!(home.profiles()[1].folder, "Work");

    open_import(&mut window, &path);
    window.click(Role::RadioButton, "Line Replace");
    window.press("Import 1 connection");
    window.wait_for("another in its place", |_| {
        home.profiles()[0].host == "line.example"
    });
    let profiles = home.profiles();
    assert_eq!((profiles.len(), &profiles[0].id), (2, &there.id));
    assert_eq!(profiles[0].subscriptions[0].filter, "line/#");
    for profile in &profiles {
        let secret = home.secrets().get(&profile.id, SecretKind::Password);
        assert_eq!(secret.unwrap(), Some(Secret::new(SECRET)));
    }

    open_import(&mut window, &path);
    window.click(Role::RadioButton, "Line Skip");
    window.wait_for_label("Import 0 connections");
    window.press("Cancel");
}

#[test]
fn a_broken_file_is_named_with_the_place_where_it_breaks() {
    let home = Home::new();
    let path = home.path().join("broken.json");
    std::fs::write(&path, "[{\"name\": }").unwrap();
    let mut window = home.open();
    open_import(&mut window, &path);
    window.wait_for_text("line 1, column 11");
    assert!(window.has_text(path.to_str().unwrap()));
    std::fs::write(&path, "{}").unwrap();
    window.press("Read the file");
    window.wait_for_text("This is no file with connections");
}

#[test]
fn an_export_is_written_where_it_is_wanted_and_comes_back() {
    let home = Home::new();
    let kept = Profile {
        name: "Lab".to_owned(),
        folder: "Work".to_owned(),
        ..Profile::default()
    };
    home.config()
        .save_profiles(std::slice::from_ref(&kept))
        .unwrap();
    let path = home.path().join("out.ron");
    let mut window = home.open();
    window.press("Import, export and more");
    window.press("Export all…");
    window.click(Role::RadioButton, "Format RON");
    window.fill("File to export to", path.to_str().unwrap());
    window.press("Export");
    window.wait_for_text("Exported to");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, export(&[kept], Format::Ron).unwrap());

    window.menu_of(Role::ListBoxOption, "Folder Work");
    window.press("Export folder…");
    window.click(Role::RadioButton, "Format RON");
    window.fill("File to export to", path.to_str().unwrap());
    window.press("Export");
    window.wait_for_text("This file is there already");
    window.press("Replace");
    window.wait_for_text("Exported to");
    open_import(&mut window, &path);
    window.wait_for_label("Import 0 connections");
}

#[test]
fn a_command_becomes_a_connection_and_fills_the_publish_panel() {
    let home = Home::new();
    let mut window = home.open();
    window.press("Import, export and more");
    window.press("New from command…");
    window.fill(
        "Command",
        &format!(
            "mosquitto_pub -h 127.0.0.1 -p {} -u ann -P {SECRET} -t 'lamp/1' -q 1 -r -m on --shiny",
            home.port
        ),
    );
    window.wait_for_label(&format!("mqtt://127.0.0.1:{}", home.port));
    window.wait_for_text("lamp/1 with QoS 1, retained");
    window.wait_for_text("--shiny");
    window.press("Create connection");
    window.wait_for("the profile on disk", |_| names(&home) == ["127.0.0.1"]);
    let profile = home.profiles().remove(0);
    let secret = home.secrets().get(&profile.id, SecretKind::Password);
    assert_eq!(secret.unwrap(), Some(Secret::new(SECRET)));
    window.menu_of(Role::ListBoxOption, "127.0.0.1, mqtt");
    window.press("Copy as mosquitto_sub command");
    let copied = window.take_copied().unwrap();
    assert!(copied.contains("-P \"$MQTT_PASSWORD\""), "{copied}");
    window.press("Connect");
    window.wait_for("the message in the panel", |window| {
        window.value("Topic to publish to").as_deref() == Some("lamp/1")
            && window.value("Payload to publish").as_deref() == Some("on")
            && window.is_on(Role::RadioButton, "QoS 1")
            && window.is_on(Role::Switch, "Retain")
    });
    window.chord(CTRL, egui::Key::O);
    window.wait_for_label("New connection");
}
