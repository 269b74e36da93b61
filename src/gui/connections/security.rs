//! Certificates: which of the broker's are trusted, and who we are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use egui::{RichText, TextEdit, Ui};

use crate::profile::{
    Field, Fingerprint, Identity, Problem, Profile, ProfileId, SecretKind, TlsVersion, Transport,
    Verify,
};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{
    Look, button, card, field, icon_button, icon_mark, muted, segmented, switch, text_field,
};
use super::files::PathFields;
use super::form::{Form, problem_ui};
use super::secret_field::SecretField;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Full,
    AnyHost,
    Pinned,
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Pem,
    Pkcs12,
}

/// What a choice put aside, so that choosing the other way round brings it back.
#[derive(Debug, Default)]
struct Aside {
    pinned: Vec<Fingerprint>,
    pem: Option<Identity>,
    pkcs12: Option<Identity>,
}

/// UI state of this tab.
#[derive(Debug)]
pub struct Security {
    aside: BTreeMap<ProfileId, Aside>,
    paths: PathFields,
    passphrase: SecretField,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            aside: BTreeMap::new(),
            paths: PathFields::default(),
            passphrase: SecretField::new(SecretKind::KeyPassphrase),
        }
    }
}

impl Security {
    /// Draws the cards and changes `profile`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        problems: &[Problem],
    ) {
        if !profile.transport.uses_tls() {
            return plain_ui(ui, profile);
        }
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.label(RichText::new("The broker's certificate").font(theme::strong()));
            let form = Form::new(ui, problems);
            form.wide_cell(ui, "Verification", Some(Field::Verify), |ui| {
                self.verify_ui(ui, profile);
            });
            self.trust_ui(ui, profile, &form, problems);
            options_ui(ui, profile, &form, problems);
        });
        ui.add_space(theme::SPACE[0]);
        card(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.label(RichText::new("Client certificate").font(theme::strong()));
                muted(ui, "how this client shows who it is, where the broker asks");
            });
            let form = Form::new(ui, problems);
            form.wide_cell(ui, "Kind", None, |ui| self.who_ui(ui, profile));
            self.identity_ui(ui, context, profile, &form);
        });
    }

    /// Hands over a passphrase that was typed.
    pub fn keep(&mut self, context: &Context<'_>) {
        self.passphrase.keep(context);
    }

    fn verify_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let mut trust = match profile.tls.verify {
            Verify::Full => Trust::Full,
            Verify::AnyHost => Trust::AnyHost,
            Verify::Pinned(_) => Trust::Pinned,
            Verify::Nothing => Trust::Nothing,
        };
        let options = [
            (Trust::Full, "Full"),
            (Trust::AnyHost, "Any host name"),
            (Trust::Pinned, "Pinned certificates"),
            (Trust::Nothing, "Do not verify"),
        ];
        let old = trust;
        segmented(ui, "Verification", &mut trust, &options);
        if trust != old {
            let aside = self.aside.entry(profile.id.clone()).or_default();
            let new = match trust {
                Trust::Full => Verify::Full,
                Trust::AnyHost => Verify::AnyHost,
                Trust::Pinned => Verify::Pinned(std::mem::take(&mut aside.pinned)),
                Trust::Nothing => Verify::Nothing,
            };
            if let Verify::Pinned(pinned) = std::mem::replace(&mut profile.tls.verify, new) {
                aside.pinned = pinned;
            }
        }
        if profile.tls.verify.left_out().is_some() {
            let amber = Palette::of(ui).amber;
            icon_mark(ui, icons::WARNING, theme::icon(16.0), amber);
        }
    }

    fn trust_ui(
        &mut self,
        ui: &mut Ui,
        profile: &mut Profile,
        form: &Form<'_>,
        problems: &[Problem],
    ) {
        let (id, tls) = (&profile.id, &mut profile.tls);
        match &mut tls.verify {
            Verify::Full | Verify::AnyHost => {
                let mut has_file = tls.ca_file.is_some();
                form.wide_cell(ui, "Authorities", None, |ui| {
                    let options = [(false, "Those of the system"), (true, "From a file")];
                    segmented(ui, "Authorities", &mut has_file, &options);
                });
                if has_file != tls.ca_file.is_some() {
                    tls.ca_file = has_file.then(PathBuf::new);
                }
                if let Some(path) = &mut tls.ca_file {
                    form.wide_cell(ui, "CA file", Some(Field::CaFile), |ui| {
                        self.paths.ui(ui, id, Field::CaFile, "CA file", path);
                    });
                }
            }
            Verify::Pinned(pinned) => pinned_ui(ui, pinned, problems),
            Verify::Nothing => {}
        }
    }

    fn who_ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let mut who = match profile.tls.identity {
            Identity::None => Who::Nobody,
            Identity::Pem { .. } => Who::Pem,
            Identity::Pkcs12 { .. } => Who::Pkcs12,
        };
        let options = [
            (Who::Nobody, "None"),
            (Who::Pem, "PEM files"),
            (Who::Pkcs12, "PKCS#12 file"),
        ];
        let old = who;
        segmented(ui, "Client certificate", &mut who, &options);
        if who == old {
            return;
        }
        let aside = self.aside.entry(profile.id.clone()).or_default();
        let new = match who {
            Who::Nobody => Identity::None,
            Who::Pem => aside.pem.take().unwrap_or_else(|| Identity::Pem {
                certificate: PathBuf::new(),
                key: PathBuf::new(),
            }),
            Who::Pkcs12 => aside.pkcs12.take().unwrap_or_else(|| Identity::Pkcs12 {
                file: PathBuf::new(),
            }),
        };
        match std::mem::replace(&mut profile.tls.identity, new) {
            Identity::None => {}
            old @ Identity::Pem { .. } => aside.pem = Some(old),
            old @ Identity::Pkcs12 { .. } => aside.pkcs12 = Some(old),
        }
    }

    fn identity_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        form: &Form<'_>,
    ) {
        let id = profile.id.clone();
        let mut path_ui = |ui: &mut Ui, place: Field, label: &str, path: &mut PathBuf| {
            form.wide_cell(ui, label, Some(place), |ui| {
                self.paths.ui(ui, &id, place, label, path);
            });
        };
        match &mut profile.tls.identity {
            Identity::None => return,
            Identity::Pem { certificate, key } => {
                path_ui(ui, Field::Certificate, "Certificate file", certificate);
                path_ui(ui, Field::Key, "Key file", key);
            }
            Identity::Pkcs12 { file } => path_ui(ui, Field::Certificate, "PKCS#12 file", file),
        }
        form.wide_cell(ui, "Passphrase", None, |ui| {
            self.passphrase.ui(ui, context, profile);
        });
    }
}

/// Nothing to set here, and how to come to something.
fn plain_ui(ui: &mut Ui, profile: &mut Profile) {
    card(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let (text, secure) = match profile.transport {
            Transport::Unix => {
                muted(
                    ui,
                    "A Unix socket stays on this machine and needs no certificates.",
                );
                return;
            }
            Transport::WebSocket | Transport::SecureWebSocket => {
                ("Use WebSocket over TLS", Transport::SecureWebSocket)
            }
            Transport::Tcp | Transport::Tls => ("Use TLS", Transport::Tls),
        };
        muted(
            ui,
            "This connection is not encrypted: whoever is on the way can read along.",
        );
        if button(ui, Some(icons::LOCK), text, Look::Plain).clicked() {
            profile.set_transport(secure);
        }
    });
}

fn pinned_ui(ui: &mut Ui, pinned: &mut Vec<Fingerprint>, problems: &[Problem]) {
    let mut removed = None;
    for (index, fingerprint) in pinned.iter_mut().enumerate() {
        ui.push_id(("pinned", index), |ui| {
            ui.horizontal(|ui| {
                let mut text = fingerprint.as_str().to_owned();
                let edit = TextEdit::singleline(&mut text)
                    .hint_text("SHA-256 of the certificate")
                    .font(theme::mono());
                let width = ui.available_width() - 34.0;
                let label = format!("Fingerprint {}", index + 1);
                if field(ui, edit, &label, width).changed() {
                    *fingerprint = Fingerprint::new(&text);
                }
                let remove = format!("Remove fingerprint {}", index + 1);
                if icon_button(ui, icons::X, &remove, Look::Quiet).clicked() {
                    removed = Some(index);
                }
            });
            let of_row = |problem: &&Problem| problem.field == Field::Fingerprint(index);
            for problem in problems.iter().filter(of_row) {
                problem_ui(ui, problem);
            }
        });
    }
    if let Some(index) = removed {
        pinned.remove(index);
    }
    if button(ui, Some(icons::PLUS), "Add a fingerprint", Look::Plain).clicked() {
        pinned.push(Fingerprint::new(""));
    }
}

fn options_ui(ui: &mut Ui, profile: &mut Profile, form: &Form<'_>, problems: &[Problem]) {
    let host = profile.host.clone();
    let tls = &mut profile.tls;
    form.row(ui, |ui| {
        form.cell(ui, "Server name", Some(Field::ServerName), |ui| {
            text_field(
                ui,
                &mut tls.server_name,
                "Server name",
                &host,
                theme::mono(),
            );
        });
        form.cell(ui, "Oldest version", None, |ui| {
            let options = [(TlsVersion::V1_2, "TLS 1.2"), (TlsVersion::V1_3, "TLS 1.3")];
            segmented(ui, "Oldest version", &mut tls.minimum, &options);
        });
    });
    form.wide_cell(ui, "ALPN", None, |ui| {
        let mut is_on = !tls.alpn.is_empty();
        if switch(ui, &mut is_on, "Offer protocols by ALPN").changed() {
            tls.alpn = if is_on {
                vec!["mqtt".to_owned()]
            } else {
                Vec::new()
            };
        }
        if is_on {
            let mut text = tls.alpn.join(",");
            let hint = "mqtt";
            if text_field(ui, &mut text, "ALPN", hint, theme::mono()).changed() {
                tls.alpn = text.split(',').map(|name| name.trim().to_owned()).collect();
            }
        } else {
            muted(ui, "none offered");
        }
    });
    for problem in problems
        .iter()
        .filter(|it| matches!(it.field, Field::Alpn(_)))
    {
        problem_ui(ui, problem);
    }
}
