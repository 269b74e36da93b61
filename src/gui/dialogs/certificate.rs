//! After a connect that failed on the broker's certificate: the chain, what is wrong with it, and the choice to trust
//! exactly this certificate in this profile.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use crate::client::{Failure, PeerCertificate};
use crate::mqtt::Timestamp;
use crate::profile::{Profile, ProfileId};

use super::super::action::Action;
use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, kept_label, muted};
use super::frame::{
    Buttons, Outcome, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};

/// UI state of the dialog.
#[derive(Debug)]
pub struct CertificateDialog {
    profile: ProfileId,
    what: String,
    cure: String,
    chain: Vec<PeerCertificate>,
    is_fresh: bool,
}

impl CertificateDialog {
    /// Shows `chain`, the broker's own certificate first, and why connecting with `profile` failed on it.
    pub fn new(profile: &Profile, failure: &Failure, chain: Vec<PeerCertificate>) -> Self {
        Self {
            profile: profile.id.clone(),
            what: failure.what.clone(),
            cure: failure.cure.clone(),
            chain,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, "This certificate is not trusted", 640.0);
        let palette = Palette::of(ui);
        kept_label(ui, &self.what, theme::strong(), palette.red);
        text_ui(ui, &self.cure);
        ScrollArea::vertical()
            .max_height(room_for_contents(ui) - 100.0)
            .show(ui, |ui| {
                for (index, certificate) in self.chain.iter().enumerate() {
                    ui.push_id(index, |ui| certificate_ui(ui, context, index, certificate));
                }
            });
        text_ui(
            ui,
            "Compare the fingerprint with what the broker's owner says before you trust it.",
        );
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: "Trust this certificate",
                look: Look::Danger,
                obstacle: None,
            },
        );
        // trusting is deliberate: Enter alone does not do it
        start_here(&mut self.is_fresh, &pressed.cancel);
        if pressed.is_confirmed
            && let Some(first) = self.chain.first()
        {
            let fingerprint = first.fingerprint.clone();
            context.ask(Action::TrustCertificate(self.profile.clone(), fingerprint));
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }
}

fn certificate_ui(ui: &mut Ui, context: &Context<'_>, index: usize, certificate: &PeerCertificate) {
    let palette = Palette::of(ui);
    let title = match index {
        0 => "The broker's certificate",
        _ => "Issued by",
    };
    ui.label(RichText::new(title).font(theme::strong()));
    let issuer = if certificate.is_self_issued() {
        "itself".to_owned()
    } else {
        certificate.issuer.clone()
    };
    let names = match certificate.names.as_slice() {
        [] => "no host".to_owned(),
        names => names.join(", "),
    };
    let day = |at: Timestamp| day(at, context);
    let rows = [
        ("Subject", certificate.subject.clone()),
        ("Issuer", issuer),
        ("Names", names),
        ("Valid from", day(certificate.not_before)),
        ("Valid until", day(certificate.not_after)),
        ("Key", certificate.key.clone()),
        ("SHA-256", certificate.fingerprint.to_string()),
    ];
    ui.spacing_mut().item_spacing.y = theme::SPACE[0];
    for (label, value) in rows {
        ui.horizontal_top(|ui| {
            let size = vec2(80.0, 18.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(size);
                muted(ui, label);
            });
            kept_label(ui, &value, theme::mono(), palette.text);
        });
    }
    ui.add_space(theme::SPACE[1]);
}

/// The day in the window's time zone, such as `2026-03-14`.
fn day(at: Timestamp, context: &Context<'_>) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros()).map_or_else(
        |_| "unknown".to_owned(),
        |at| {
            at.to_zoned(context.zone.clone())
                .strftime("%Y-%m-%d")
                .to_string()
        },
    )
}
