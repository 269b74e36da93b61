//! The first card of the editor: where the broker is and who connects.

use egui::{Response, TextEdit, Ui};

use crate::mqtt::Version;
use crate::profile::{Field, Problem, Profile, Secret, Session, Transport};

use super::super::context::Context;
use super::super::widgets::{card, field_with_button, number_field, segmented, text_field};
use super::super::{icons, theme};
use super::form::{Form, unit_ui};
use super::host_field::HostField;
use super::marks::marks_ui;
use super::secret_field::SecretField;

/// Width of the field of the port.
const PORT_WIDTH: f32 = 72.0;

/// Draws the card and changes `profile`. Returns the field of the name.
pub fn broker_card_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    password: &mut SecretField,
    host: &mut HostField,
) -> Option<Response> {
    let mut name = None;
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(egui::RichText::new("Broker").font(theme::strong()));
        let form = Form::new(ui, problems);
        form.row(ui, |ui| {
            form.cell(ui, "Name", Some(Field::Name), |ui| {
                let text = &mut profile.name;
                name = Some(text_field(ui, text, "Name", "the address", theme::body()));
            });
            form.cell(ui, "Protocol", None, |ui| protocol_ui(ui, profile));
        });
        form.wide_cell(ui, "Transport", None, |ui| transport_ui(ui, profile));
        form.row(ui, |ui| {
            if profile.transport == Transport::Unix {
                form.cell(ui, "Socket", Some(Field::UnixPath), |ui| {
                    let path = &mut profile.unix_path;
                    let hint = "/run/mosquitto/mosquitto.sock";
                    text_field(ui, path, "Path of the socket", hint, theme::mono());
                });
            } else {
                form.cell(ui, "Host and port", Some(address_field(problems)), |ui| {
                    if let Some(secret) = address_ui(ui, context, profile, host) {
                        password.take(context, profile, secret);
                    }
                });
            }
            form.cell(ui, "Session", None, |ui| session_ui(ui, profile));
        });
        form.row(ui, |ui| {
            form.cell(ui, "Client ID", Some(Field::ClientId), |ui| {
                client_id_ui(ui, profile);
            });
            form.cell(ui, "Keep alive", None, |ui| keep_alive_ui(ui, profile));
        });
        form.row(ui, |ui| {
            form.cell(ui, "User name", Some(Field::UserName), |ui| {
                text_field(
                    ui,
                    &mut profile.user_name,
                    "User name",
                    "anonymous",
                    theme::body(),
                );
            });
            form.cell(ui, "Password", None, |ui| password.ui(ui, context, profile));
        });
        marks_ui(ui, context, profile, &form);
    });
    name
}

fn protocol_ui(ui: &mut Ui, profile: &mut Profile) {
    let options = [(Version::V5, "MQTT 5"), (Version::V311, "MQTT 3.1.1")];
    segmented(ui, "Protocol", &mut profile.version, &options);
}

fn transport_ui(ui: &mut Ui, profile: &mut Profile) {
    let is_wide = ui.available_width() > 420.0;
    let options = Transport::ALL.map(|transport| {
        let name = match transport {
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::WebSocket => "WebSocket",
            Transport::SecureWebSocket if is_wide => "WebSocket over TLS",
            Transport::SecureWebSocket => "WSS",
            Transport::Unix if is_wide => "Unix socket",
            Transport::Unix => "Unix",
        };
        (transport, name)
    });
    let mut transport = profile.transport;
    segmented(ui, "Transport", &mut transport, &options);
    if transport != profile.transport {
        profile.set_transport(transport);
    }
}

fn session_ui(ui: &mut Ui, profile: &mut Profile) {
    let clean = match profile.version {
        Version::V5 => "Clean start",
        Version::V311 => "Clean session",
    };
    let options = [(Session::CleanStart, clean), (Session::Resume, "Resume")];
    segmented(ui, "Session", &mut profile.session, &options).on_hover_text(
        "Resume: the broker keeps subscriptions and queued messages while this client is away",
    );
}

/// Host and port share a cell: whichever is wrong is shown.
fn address_field(problems: &[Problem]) -> Field {
    let is_port = |problem: &Problem| problem.field == Field::Port;
    let is_host = |problem: &Problem| problem.field == Field::Host;
    let port_only = problems.iter().any(is_port) && !problems.iter().any(is_host);
    if port_only { Field::Port } else { Field::Host }
}

/// Returns the password of an address that was pasted with one.
fn address_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    host: &mut HostField,
) -> Option<Secret> {
    let width = ui.available_width() - PORT_WIDTH - theme::SPACE[1];
    let secret = host.ui(ui, context, profile, width);
    let mut port = u32::from(profile.port);
    if number_field(ui, &mut port, 1..=65_535, "Port", PORT_WIDTH).is_changed {
        profile.port = u16::try_from(port).unwrap_or(profile.port);
    }
    secret
}

fn client_id_ui(ui: &mut Ui, profile: &mut Profile) {
    let width = ui.available_width();
    let edit = TextEdit::singleline(&mut profile.client_id)
        .id_salt("client id")
        .hint_text("random at each start")
        .font(theme::mono());
    let tip = "Fill in a fixed client ID made at random";
    if field_with_button(ui, edit, "Client ID", width, (icons::REFRESH, tip)).1 {
        profile.client_id = random_client_id();
    }
}

/// `canopy-` and four hexadecimal digits: short enough for every broker (MQTT 3.1.1, 3.1.3.1).
fn random_client_id() -> String {
    format!("canopy-{:04x}", rand::random::<u16>())
}

fn keep_alive_ui(ui: &mut Ui, profile: &mut Profile) {
    let mut seconds = u32::from(profile.keep_alive);
    if number_field(ui, &mut seconds, 0..=65_535, "Keep alive", PORT_WIDTH).is_changed {
        profile.keep_alive = u16::try_from(seconds).unwrap_or(profile.keep_alive);
    }
    unit_ui(
        ui,
        if profile.keep_alive == 0 {
            "off"
        } else {
            "seconds"
        },
    );
}
