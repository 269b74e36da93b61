//! What CONNECT carries besides with MQTT 5, and what the broker granted of all that was asked.

use egui::{RichText, TextEdit, Ui};

use crate::mqtt::Version;
use crate::profile::{Authentication, Field, Problem, Profile, bytes_to_text, text_to_bytes};

use super::super::context::Context;
use super::super::theme;
use super::super::widgets::{card, field, muted, number_field, segmented, switch, text_field};
use super::form::Form;
use super::granted::granted_ui;
use super::kept_fields::{DataField, KeptFields};
use super::pairs::{Pairs, Rows};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    None,
    Scram,
    Other,
}

/// Draws the cards and changes `profile`.
pub fn mqtt5_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    kept: &mut KeptFields,
) {
    if profile.version == Version::V5 {
        properties_ui(ui, context, profile, problems, &mut kept.properties);
        ui.add_space(theme::SPACE[0]);
        authentication_ui(ui, context, profile, problems, &mut kept.data);
    } else {
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            muted(
                ui,
                "MQTT 3.1.1 has no properties. Choose MQTT 5 as protocol to set them.",
            );
        });
    }
    granted_ui(ui, context, profile);
}

fn properties_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    properties: &mut Pairs,
) {
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(RichText::new("Properties of CONNECT").font(theme::strong()));
        let form = Form::new(ui, problems);
        let settings = &mut profile.mqtt5;
        form.wide_cell(ui, "Receive max.", Some(Field::ReceiveMaximum), |ui| {
            let mut is_limited = settings.receive_maximum.is_some();
            if switch(ui, &mut is_limited, "Limit messages under way").changed() {
                settings.receive_maximum = is_limited.then_some(100);
            }
            if let Some(most) = &mut settings.receive_maximum {
                let mut number = u32::from(*most);
                number_field(ui, &mut number, 1..=65_535, "Receive maximum", 72.0);
                *most = u16::try_from(number).unwrap_or(*most);
                muted(ui, "messages of QoS 1 and 2 under way at once");
            } else {
                muted(ui, "65,535 messages of QoS 1 and 2 under way at once");
            }
        });
        form.wide_cell(ui, "Topic aliases", None, |ui| {
            let most = &mut settings.topic_alias_maximum;
            let mut is_accepting = *most > 0;
            if switch(ui, &mut is_accepting, "Accept topic aliases").changed() {
                *most = if is_accepting { 10 } else { 0 };
            }
            if *most > 0 {
                let mut number = u32::from(*most);
                number_field(ui, &mut number, 1..=65_535, "Topic alias maximum", 72.0);
                *most = u16::try_from(number).unwrap_or(*most);
                muted(ui, "numbers in the place of topics at most");
            } else {
                muted(ui, "the broker may not send numbers in the place of topics");
            }
        });
        form.wide_cell(ui, "Refusals", None, |ui| {
            let wanted = &mut settings.request_problem_information;
            switch(ui, wanted, "Request problem information");
            muted(ui, "the broker may say why in its own words");
        });
        form.wide_cell(ui, "Answers", None, |ui| {
            let wanted = &mut settings.request_response_information;
            switch(ui, wanted, "Request response information");
            muted(ui, "the broker is asked where answers may go");
        });
        let rows = Rows {
            what: "user property",
            id: &profile.id,
            problems,
            place: Field::UserProperty,
        };
        properties.ui(ui, context, rows, &mut settings.user_properties);
    });
}

fn authentication_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    profile: &mut Profile,
    problems: &[Problem],
    data: &mut DataField,
) {
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(RichText::new("Authentication").font(theme::strong()));
        let form = Form::new(ui, problems);
        let chosen = &mut profile.mqtt5.authentication;
        let mut method = match chosen {
            Authentication::None => Method::None,
            Authentication::ScramSha256 => Method::Scram,
            Authentication::Other { .. } => Method::Other,
        };
        let old = method;
        let is_scram = method == Method::Scram;
        let of_scram = is_scram.then_some(Field::AuthenticationMethod);
        form.wide_cell(ui, "Method", of_scram, |ui| {
            let options = [
                (Method::None, "Password only"),
                (Method::Scram, "SCRAM-SHA-256"),
                (Method::Other, "Other"),
            ];
            segmented(ui, "Authentication", &mut method, &options);
        });
        if method != old {
            *chosen = match method {
                Method::None => Authentication::None,
                Method::Scram => Authentication::ScramSha256,
                Method::Other => Authentication::Other {
                    method: String::new(),
                    data: Vec::new(),
                },
            };
            profile.mqtt5.keeps_authentication_data = false;
        }
        match &profile.mqtt5.authentication {
            Authentication::None => {}
            Authentication::ScramSha256 => {
                muted(
                    ui,
                    "The broker sees a proof of the password, never the password.",
                );
            }
            Authentication::Other { .. } => form.row(ui, |ui| {
                form.cell(ui, "Its name", Some(Field::AuthenticationMethod), |ui| {
                    if let Authentication::Other { method, .. } = &mut profile.mqtt5.authentication
                    {
                        let (label, hint) = ("Authentication method", "GS2-KRB5");
                        text_field(ui, method, label, hint, theme::mono());
                    }
                });
                form.cell(ui, "Data", Some(Field::AuthenticationData), |ui| {
                    data.ui(ui, context, profile);
                });
            }),
        }
    });
}

/// A field for bytes: as text, or as hexadecimal digits after `0x` when they are no text.
pub fn bytes_field(ui: &mut Ui, bytes: &mut Vec<u8>, label: &str) {
    let mut text = bytes_to_text(bytes);
    let width = ui.available_width();
    let edit = TextEdit::singleline(&mut text)
        .hint_text("text, or 0x and hexadecimal digits")
        .font(theme::mono());
    if field(ui, edit, label, width).changed() {
        *bytes = text_to_bytes(&text);
    }
}
