//! What the broker granted, beside what was asked (MQTT 5, 3.2.2.3).

use egui::{Grid, RichText, Ui};

use crate::mqtt::{Properties, Version};
use crate::payload::format;
use crate::profile::{Profile, Session};

use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::{card, kept_label, muted};

/// One line: what, asked, granted.
type Fact = (&'static str, String, String);

/// Draws the card while a connection with `profile` stands.
pub fn granted_ui(ui: &mut Ui, context: &Context<'_>, profile: &Profile) {
    let session = context
        .session_of(&profile.id)
        .filter(|session| session.is_connected());
    let Some((session, granted)) =
        session.and_then(|it| it.granted.as_ref().map(|granted| (it, granted)))
    else {
        return;
    };
    ui.add_space(theme::SPACE[0]);
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new("Granted by the broker").font(theme::strong()));
            muted(ui, "for the connection that stands now");
        });
        let asked = &session.profile;
        let mut facts = vec![(
            "Session",
            match asked.session {
                Session::CleanStart => "new".to_owned(),
                Session::Resume => "resumed".to_owned(),
            },
            if granted.session_present {
                "resumed"
            } else {
                "new"
            }
            .to_owned(),
        )];
        if asked.version == Version::V5 {
            let id = session.live.client_id();
            facts.extend(facts_of(asked, id, &granted.properties));
        }
        facts_ui(ui, &facts);
    });
}

fn facts_ui(ui: &mut Ui, facts: &[Fact]) {
    let palette = Palette::of(ui);
    Grid::new("granted")
        .num_columns(3)
        .spacing([28.0, 0.0])
        .show(ui, |ui| {
            muted(ui, "");
            muted(ui, "Asked");
            muted(ui, "Granted");
            ui.end_row();
            for (what, asked, granted) in facts {
                muted(ui, what);
                kept_label(ui, asked, theme::mono(), palette.muted);
                kept_label(ui, granted, theme::mono(), palette.text);
                ui.end_row();
            }
        });
}

fn facts_of(asked: &Profile, client_id: &str, granted: &Properties) -> Vec<Fact> {
    let dash = || "–".to_owned();
    let available = |flag: Option<u8>| if flag == Some(0) { "no" } else { "yes" }.to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_else(dash);
    let keep_alive = granted.server_keep_alive.unwrap_or(asked.keep_alive);
    let expiry = match asked.session {
        Session::CleanStart => 0,
        Session::Resume => asked.session_expiry,
    };
    let most = granted.receive_maximum.unwrap_or(u16::MAX);
    let largest = granted.maximum_packet_size.map_or_else(
        || "any".to_owned(),
        |bytes| format::format_bytes(u64::from(bytes)),
    );
    let client_id = granted.assigned_client_id.as_deref().unwrap_or(client_id);
    vec![
        (
            "Client ID",
            or(&asked.client_id, "random"),
            client_id.to_owned(),
        ),
        (
            "Keep alive",
            seconds(u32::from(asked.keep_alive)),
            seconds(u32::from(keep_alive)),
        ),
        (
            "Session expiry",
            seconds(expiry),
            seconds(granted.session_expiry.unwrap_or(expiry)),
        ),
        (
            "Highest QoS",
            "2".to_owned(),
            granted.maximum_qos.unwrap_or(2).to_string(),
        ),
        (
            "Retained messages",
            dash(),
            available(granted.retain_available),
        ),
        (
            "Wildcards in filters",
            dash(),
            available(granted.wildcard_subscription_available),
        ),
        (
            "Shared subscriptions",
            dash(),
            available(granted.shared_subscription_available),
        ),
        (
            "Subscription ids",
            dash(),
            available(granted.subscription_ids_available),
        ),
        (
            "Messages to the broker at once",
            dash(),
            format::thousands(u64::from(most)),
        ),
        ("Largest packet to the broker", dash(), largest),
        (
            "Topic aliases to the broker",
            dash(),
            granted.topic_alias_maximum.unwrap_or(0).to_string(),
        ),
        (
            "Where answers may go",
            dash(),
            text(&granted.response_information),
        ),
        ("Other server", dash(), text(&granted.server_reference)),
        ("The broker says", dash(), text(&granted.reason_string)),
    ]
}

fn or(text: &str, other: &str) -> String {
    if text.is_empty() { other } else { text }.to_owned()
}

fn seconds(seconds: u32) -> String {
    match seconds {
        u32::MAX => "for ever".to_owned(),
        seconds => format!("{} s", format::thousands(u64::from(seconds))),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_the_broker_changed_stands_beside_what_was_asked() {
        let granted = Properties {
            server_keep_alive: Some(30),
            assigned_client_id: Some("auto-7".to_owned()),
            maximum_qos: Some(1),
            retain_available: Some(0),
            session_expiry: Some(u32::MAX),
            ..Properties::default()
        };
        let facts = facts_of(&Profile::default(), "canopy-1", &granted);
        let of = |what: &str| {
            let found = facts.iter().find(|(name, ..)| *name == what).unwrap();
            (found.1.as_str(), found.2.as_str())
        };
        assert_eq!(of("Keep alive"), ("60 s", "30 s"));
        assert_eq!(of("Client ID"), ("random", "auto-7"));
        assert_eq!(of("Session expiry"), ("0 s", "for ever"));
        assert_eq!(of("Highest QoS"), ("2", "1"));
        assert_eq!(of("Retained messages").1, "no");
        assert_eq!(of("Shared subscriptions").1, "yes");
        assert_eq!(of("Messages to the broker at once").1, "65,535");
    }
}
