//! Formats by topic filter, schema files, and Sparkplug messages.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use egui::Key;
use egui::accesskit::Role;

use canopy::payload::Format;

use crate::broker::demo;
use crate::driver::{CTRL, Home, Window};

fn file(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads/schemas");
    directory.join(name)
}

/// Publishes a payload of other programs' encoders.
fn publish(window: &mut Window, topic: &str, name: &str) {
    window.fill("Topic to publish to", topic);
    window.click(Role::RadioButton, "Payload as File");
    window.fill("Path of the file to publish", &file(name).to_string_lossy());
    window.press("Publish");
    window.wait_for_text("sent");
}

fn add_file(window: &mut Window, name: &str) {
    window.fill("New schema file", &file(name).to_string_lossy());
    window.press("Add file");
}

#[test]
fn a_rule_with_a_schema_reads_protobuf_and_is_kept() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "reading", "reading.bin");
    window.click_row("reading = ");
    window.chord(CTRL, Key::K);
    window.fill("Command", "Formats and schemas");
    window.key(Key::Enter);
    window.wait_for_label("Schema files");
    add_file(&mut window, "protos/plant/reading.proto");
    window.wait_for_text("Add that file to the list too.");
    add_file(&mut window, "protos/plant/common.proto");
    window.wait_for_label("plant.Point");
    assert!(!window.has_text("Add that file to the list too."));
    window.fill("New rule, topic filter", "reading");
    window.press("New rule, format: JSON");
    window.fill("Search formats and types", "plant reading");
    window.key(Key::Enter);
    window.wait_for_label("New rule, format: Protobuf plant.Reading");
    window.press("Add rule");
    window.wait_for_label("Rule 1, format: Protobuf plant.Reading");
    window.key(Key::Escape);
    window.wait_for_text("Düse 7");
    window.wait_for_text("18446744073709551615");
    window.close();
    let profiles = home.profiles();
    let kept = profiles
        .iter()
        .find(|it| !it.reading.formats.is_empty())
        .unwrap();
    assert_eq!(kept.reading.formats[0].filter, "reading");
    let format = Format::Protobuf("plant.Reading".to_owned());
    assert_eq!(kept.reading.formats[0].format, format);
    assert_eq!(kept.reading.schema_files.len(), 2);
}

#[test]
fn rules_are_ordered_edited_and_removed() {
    let home = Home::new();
    let mut window = demo(&home);
    window.chord(CTRL, Key::O);
    window.click(Role::Tab, "Payloads");
    for filter in ["a/#", "b/#"] {
        window.fill("New rule, topic filter", filter);
        window.press("Add rule");
    }
    window.wait_for("two rules", |window| {
        window.value("Rule 2, topic filter").as_deref() == Some("b/#")
    });
    window.press("Move rule 2 up");
    window.wait_for("the other order", |window| {
        window.value("Rule 1, topic filter").as_deref() == Some("b/#")
    });
    window.fill("Rule 2, topic filter", "a/#/b");
    window.wait_for_text("#");
    window.fill("Rule 2, topic filter", "b/#");
    window.wait_for_text("A rule above has the same filter");
    window.press("Remove rule 2");
    window.wait_for("one rule", |window| {
        window.value("Rule 2, topic filter").is_none()
    });
    assert!(window.unnamed().is_empty(), "{:?}", window.unnamed());
}

#[test]
fn sparkplug_aliases_get_their_names_from_births() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "spBv1.0/Plant/DDATA/Line 1/Pump", "ddata.bin");
    window.fill("Filter topics and payloads", "spBv1.0/+/DDATA/#");
    window.click_row("Pump");
    window.wait_for_text("4 metrics have only an alias");
    window.wait_for_text("alias 108");
    window.wait_for_text("Node Line 1 no birth seen");
    window.press("Ask for rebirth");
    window.wait_for("the command", |window| {
        window.value("Topic to publish to").as_deref() == Some("spBv1.0/Plant/NCMD/Line 1")
    });
    let payload = window.value("Payload to publish").unwrap();
    let command = "Node Control/Rebirth"
        .bytes()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
    assert!(payload.replace(' ', "").contains(&command), "{payload}");
    publish(&mut window, "spBv1.0/Plant/NBIRTH/Line 1", "nbirth.bin");
    publish(
        &mut window,
        "spBv1.0/Plant/DBIRTH/Line 1/Pump",
        "dbirth.bin",
    );
    publish(&mut window, "spBv1.0/Plant/DDATA/Line 1/Pump", "ddata.bin");
    window.wait_for_text("Temperature");
    window.wait_for_text("Node Line 1 online since");
    window.wait_for_text("Device Pump online since");
    assert!(!window.has_text("only an alias"));
    window.fill("Filter metrics", "temp");
    window.wait_for_text("1 of 4 metrics");
    window.click(Role::RadioButton, "Sparkplug message as Payload");
    window.wait_for_text("metrics");
    assert!(window.unnamed().is_empty(), "{:?}", window.unnamed());
    // the death of the same session
    publish(&mut window, "spBv1.0/Plant/NDEATH/Line 1", "ndeath.bin");
    window.wait_for_text("Node Line 1 dead since");
    window.wait_for_text("Device Pump dead since");
}
