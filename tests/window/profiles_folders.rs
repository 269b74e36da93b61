//! Folders in the list of connections: made, filled, renamed, closed, deleted without losing anything, and searched.

use canopy::profile::Profile;
use egui::Key;
use egui::accesskit::Role;

use crate::driver::{Home, Window};

const OPTION: Role = Role::ListBoxOption;

fn named(name: &str, folder: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        folder: folder.to_owned(),
        host: format!("{}.example", name.to_lowercase()),
        ..Profile::default()
    }
}

fn open(home: &Home, profiles: &[Profile]) -> Window {
    home.config().save_profiles(profiles).unwrap();
    home.open()
}

/// Name and folder of each profile on disk.
fn on_disk(home: &Home) -> Vec<(String, String)> {
    let profiles = home.profiles().into_iter();
    profiles.map(|it| (it.name, it.folder)).collect()
}

fn is(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(name, folder): &(&str, &str)| ((*name).to_owned(), (*folder).to_owned());
    pairs.iter().map(pair).collect()
}

#[test]
fn a_profile_is_moved_into_a_new_folder_that_stays_closed_over_a_restart() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab", ""), named("Plant", "")]);
    window.menu_of(OPTION, "Plant, mqtt");
    window.click_start(Role::Button, "Move to folder…");
    window.fill("Folder", " Work / Site 4 ");
    window.press("Move");
    window.wait_for("the folder on disk", |_| {
        on_disk(&home) == is(&[("Lab", ""), ("Plant", "Work/Site 4")])
    });
    window.click_start(OPTION, "Folder Work, 1 connection, open");
    window.wait_for_label("Folder Work, 1 connection, closed");
    assert!(!window.has_text("Plant, mqtt") && !window.has_text("Folder Work/Site 4"));
    window.close();
    let mut window = home.open();
    window.wait_for_label("Folder Work, 1 connection, closed");
    window.fill("Find a profile", "plant");
    window.wait_for("what is found across folders", |window| {
        window.has_text("Plant, mqtt") && !window.has_text("Lab, mqtt")
    });
}

#[test]
fn deleting_a_folder_loses_nothing() {
    let home = Home::new();
    let profiles = [
        named("Lab", ""),
        named("Plant", "Work"),
        named("Line", "Work/Site 4"),
    ];
    let mut window = open(&home, &profiles);
    window.menu_of(OPTION, "Folder Work, 2");
    window.press("Delete folder");
    window.wait_for_text("Folder “Work” deleted");
    window.wait_for("all profiles on disk", |_| {
        on_disk(&home) == is(&[("Lab", ""), ("Plant", ""), ("Line", "Site 4")])
    });
    assert!(window.has_text("Line, mqtt") && window.has_text("Folder Site 4"));
}

#[test]
fn an_empty_folder_is_made_renamed_and_kept() {
    let home = Home::new();
    let mut window = open(&home, &[named("Lab", "")]);
    window.press("Import, export and more");
    window.press("New folder…");
    window.fill("Folder", "Later");
    window.key(Key::Enter);
    window.wait_for_label("Folder Later, 0 connections, open");
    window.menu_of(OPTION, "Folder Later");
    window.press("Rename folder…");
    window.fill("Folder", "Soon");
    window.press("Rename");
    window.wait_for_label("Folder Soon, 0 connections, open");
    window.close();
    let mut window = home.open();
    window.wait_for_label("Folder Soon, 0 connections, open");
    window.menu_of(OPTION, "Folder Soon");
    window.press("New connection here");
    window.wait_for_label("Folder Soon, 1 connection, open");
    window.press("New connection");
    window.wait_for("two names", |_| {
        on_disk(&home)
            == is(&[
                ("Lab", ""),
                ("New connection", "Soon"),
                ("New connection 2", ""),
            ])
    });
}
