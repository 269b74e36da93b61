//! What lies between here and the broker: the request that opens a WebSocket, and a proxy.

use egui::{RichText, Ui};

use crate::profile::{Field, Problem, Profile, ProxyKind, Transport};

use super::super::context::Context;
use super::super::theme;
use super::super::widgets::{card, muted, number_field, segmented, text_field};
use super::form::Form;
use super::kept_fields::{KeptFields, where_they_go_ui};
use super::pairs::Rows;
use super::secret_field::SecretField;

/// Draws the cards and changes `profile`.
pub fn network_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    password: &mut SecretField,
    kept: &mut KeptFields,
) {
    if profile.transport.uses_websocket() {
        web_socket_ui(ui, context, profile, problems, kept);
        ui.add_space(theme::SPACE[0]);
    }
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new("Proxy").font(theme::strong()));
            if profile.transport == Transport::Unix {
                muted(ui, "a Unix socket needs none");
            }
        });
        let form = Form::new(ui, problems);
        form.wide_cell(ui, "Kind", None, |ui| kind_ui(ui, profile));
        if profile.proxy.kind != ProxyKind::None {
            proxy_ui(ui, context, profile, &form, password);
        }
    });
}

fn web_socket_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    kept: &mut KeptFields,
) {
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new("WebSocket").font(theme::strong()));
            muted(ui, "the sub-protocol is mqtt");
        });
        let form = Form::new(ui, problems);
        form.wide_cell(ui, "Path", Some(Field::WebSocketPath), |ui| {
            kept.path.ui(ui, profile);
        });
        if profile.web_socket.path.contains('?') {
            where_they_go_ui(ui, context);
        }
        let rows = Rows {
            what: "header",
            id: &profile.id,
            problems,
            place: Field::Header,
        };
        kept.headers
            .ui(ui, context, rows, &mut profile.web_socket.headers);
    });
}

fn kind_ui(ui: &mut Ui, profile: &mut Profile) {
    let options = [
        (ProxyKind::None, "None"),
        (ProxyKind::HttpConnect, "HTTP CONNECT"),
        (ProxyKind::Socks5, "SOCKS 5"),
    ];
    let proxy = &mut profile.proxy;
    let old = proxy.kind;
    segmented(ui, "Proxy", &mut proxy.kind, &options);
    let is_usual = ProxyKind::ALL
        .iter()
        .any(|kind| kind.default_port() == proxy.port);
    if proxy.kind != old && proxy.kind != ProxyKind::None && is_usual {
        proxy.port = proxy.kind.default_port();
    }
}

fn proxy_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    form: &Form<'_>,
    password: &mut SecretField,
) {
    let proxy = &mut profile.proxy;
    form.row(ui, |ui| {
        form.cell(ui, "Host", Some(Field::ProxyHost), |ui| {
            text_field(
                ui,
                &mut proxy.host,
                "Proxy host",
                "proxy.example",
                theme::mono(),
            );
        });
        form.cell(ui, "Port", Some(Field::ProxyPort), |ui| {
            let mut port = u32::from(proxy.port);
            if number_field(ui, &mut port, 1..=65_535, "Proxy port", 72.0).is_changed {
                proxy.port = u16::try_from(port).unwrap_or(proxy.port);
            }
        });
    });
    form.row(ui, |ui| {
        form.cell(ui, "User name", Some(Field::ProxyUserName), |ui| {
            let name = &mut profile.proxy.user_name;
            text_field(ui, name, "Proxy user name", "none", theme::body());
        });
        form.cell(ui, "Password", None, |ui| password.ui(ui, context, profile));
    });
}
