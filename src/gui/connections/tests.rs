//! The connections screen by what a person does: select, edit, reorder, connect.

use super::super::action::Action;
use super::super::fixture::{Fixture, picture};
use super::*;
use crate::client::Failure;
use crate::mqtt::Version;
use crate::profile::{Profile, Theme};

fn profile(name: &str, host: &str, version: Version) -> Profile {
    Profile {
        name: name.to_owned(),
        host: host.to_owned(),
        version,
        ..Profile::default()
    }
}

fn four() -> Fixture {
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
            view.ui(ui, &fixture.context())
        });
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
