//! Limits of a connection that rarely need a change.

use egui::{RichText, Ui};

use crate::mqtt::Version;
use crate::payload::format;
use crate::profile::{Field, Profile, Session};

use super::super::theme;
use super::super::widgets::{card, number_field, switch};
use super::form::{Form, unit_ui};

/// The largest packet that MQTT can carry (MQTT 5, 1.5.5).
const LARGEST_PACKET: u32 = 268_435_455;
/// The session expiry that means "for ever" (MQTT 5, 3.1.2.11.2).
const FOR_EVER: u32 = u32::MAX;

/// Draws the card and changes `profile`.
pub fn advanced_ui(ui: &mut Ui, profile: &mut Profile) {
    let problems = profile.validate();
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(RichText::new("Limits").font(theme::strong()));
        let form = Form::new(ui, &problems);
        form.row(ui, |ui| {
            form.cell(ui, "Connect timeout", Some(Field::ConnectTimeout), |ui| {
                timeout_ui(ui, profile);
            });
            form.cell(ui, "Largest packet", Some(Field::MaxPacketSize), |ui| {
                let bytes = &mut profile.max_packet_size;
                number_field(
                    ui,
                    bytes,
                    1..=LARGEST_PACKET,
                    "Largest packet in bytes",
                    100.0,
                );
                unit_ui(
                    ui,
                    &format::format_bytes(u64::from(profile.max_packet_size)),
                );
            });
        });
        form.row(ui, |ui| {
            form.cell(ui, "Reconnect", None, |ui| {
                switch(ui, &mut profile.reconnect, "Reconnect after a loss");
                unit_ui(ui, "by itself after a loss");
            });
            if profile.version == Version::V5 && profile.session == Session::Resume {
                form.cell(ui, "Session expiry", None, |ui| expiry_ui(ui, profile));
            }
        });
    });
}

fn timeout_ui(ui: &mut Ui, profile: &mut Profile) {
    let mut seconds = u32::from(profile.connect_timeout);
    if number_field(ui, &mut seconds, 1..=65_535, "Connect timeout", 72.0).is_changed {
        profile.connect_timeout = u16::try_from(seconds).unwrap_or(profile.connect_timeout);
    }
    unit_ui(ui, "seconds");
}

fn expiry_ui(ui: &mut Ui, profile: &mut Profile) {
    let mut is_for_ever = profile.session_expiry == FOR_EVER;
    if !is_for_ever {
        number_field(
            ui,
            &mut profile.session_expiry,
            0..=FOR_EVER,
            "Session expiry",
            100.0,
        );
        unit_ui(ui, "seconds");
    }
    if switch(ui, &mut is_for_ever, "The session never expires").changed() {
        profile.session_expiry = if is_for_ever { FOR_EVER } else { 3_600 };
    }
    unit_ui(ui, "never");
}
