//! Asks for a password or passphrase when a profile connects and none is at hand.

use egui::Ui;

use crate::profile::{Identity, KeptKind, KeptValues, Place, Profile, Secret, SecretKind};

use super::super::action::{Action, Keep, SecretKey};
use super::super::context::Context;
use super::super::widgets::{Look, is_entered, muted, password_field, switch};
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// What a secret is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To connect with it.
    Connect,
    /// To test the connection with it.
    Test,
}

/// UI state of the dialog.
#[derive(Debug)]
pub struct PasswordDialog {
    key: SecretKey,
    purpose: Purpose,
    label: String,
    /// Where it belongs, for a value that is kept with others.
    place: Option<Place>,
    title: String,
    text: String,
    password: Secret,
    is_revealed: bool,
    remember: bool,
    /// Why the keyring cannot keep it.
    no_keyring: Option<String>,
    is_fresh: bool,
}

impl PasswordDialog {
    /// Asks for this secret of `profile`.
    pub fn new(profile: &Profile, kind: SecretKind, no_keyring: Option<String>) -> Self {
        let name = if profile.name.trim().is_empty() {
            profile.url()
        } else {
            profile.name.clone()
        };
        let label = match kind {
            SecretKind::Password => "Password",
            SecretKind::KeyPassphrase => "Passphrase",
            SecretKind::ProxyPassword => "Proxy password",
            SecretKind::Values => "Value",
        };
        Self {
            key: (profile.id.clone(), kind),
            purpose: Purpose::Connect,
            label: label.to_owned(),
            place: None,
            title: format!("{label} for {name}"),
            text: text(profile, kind),
            password: Secret::default(),
            is_revealed: false,
            remember: no_keyring.is_none(),
            no_keyring,
            is_fresh: true,
        }
    }

    /// Asks for the value that belongs to this place, which lets somebody in.
    pub fn for_place(profile: &Profile, place: Place, no_keyring: Option<String>) -> Self {
        let dialog = Self::new(profile, SecretKind::Values, no_keyring);
        let name = super::super::connections::display_name(profile);
        let title = match place.kind {
            KeptKind::Header | KeptKind::Property => format!("{} for {name}", place.name),
            _ => format!("{} for {name}", place.label()),
        };
        Self {
            label: place.label(),
            title,
            text: format!("{} asks for {}.", profile.url(), place.words()),
            place: Some(place),
            ..dialog
        }
    }

    /// The same, for this purpose.
    pub fn asked_for(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// What was typed, as it is kept.
    fn secret(&self) -> Secret {
        let Some(place) = &self.place else {
            return self.password.clone();
        };
        let mut values = KeptValues::default();
        values.set(place.key(), self.password.clone());
        values.to_secret().unwrap_or_default()
    }

    /// Whether closing it would lose something.
    pub fn has_input(&self) -> bool {
        !self.password.reveal().is_empty()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        heading_ui(ui, &self.title, 420.0);
        text_ui(ui, &self.text);
        let is_entered = self.field_ui(ui);
        self.remember_ui(ui, context);
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: match self.purpose {
                    Purpose::Connect => "Connect",
                    Purpose::Test => "Test",
                },
                look: Look::Primary,
                obstacle: None,
            },
        );
        if pressed.is_confirmed || is_entered {
            let keep = if self.remember {
                Keep::InKeyring
            } else {
                Keep::ThisRun
            };
            let (key, secret) = (self.key.clone(), self.secret());
            context.ask(match self.purpose {
                Purpose::Connect => Action::ConnectWith(key, secret, keep),
                Purpose::Test => Action::ExamineWith(key, secret, keep),
            });
            return Outcome::Close;
        }
        if pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    /// Whether it is kept beyond this run: a choice only where there is a keyring.
    fn remember_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let can_keep = self.no_keyring.is_none() && context.has_keyring;
        self.remember &= can_keep;
        ui.add_enabled_ui(can_keep, |ui| {
            ui.horizontal(|ui| {
                switch(ui, &mut self.remember, "Remember in the system keyring");
                muted(ui, "Remember in the system keyring");
            });
        });
        match &self.no_keyring {
            Some(reason) => text_ui(ui, reason),
            None if !can_keep => text_ui(ui, context.where_passwords_go()),
            None => {}
        }
    }

    fn field_ui(&mut self, ui: &mut Ui) -> bool {
        let width = ui.available_width();
        let named = (self.label.as_str(), width);
        let response = password_field(
            ui,
            &mut self.password,
            &mut self.is_revealed,
            named,
            |edit| edit,
        );
        start_here(&mut self.is_fresh, &response);
        is_entered(ui, &response)
    }
}

/// Who asks for what.
fn text(profile: &Profile, kind: SecretKind) -> String {
    match (kind, &profile.tls.identity) {
        (SecretKind::Password, _) => match profile.user_name.as_str() {
            "" => format!("{} asks for a password.", profile.url()),
            user => format!("{} asks for the password of {user}.", profile.url()),
        },
        (SecretKind::KeyPassphrase, Identity::Pkcs12 { file }) => format!(
            "{} needs its passphrase. Leave it empty if it has none.",
            file.display()
        ),
        (SecretKind::KeyPassphrase, Identity::Pem { key, .. }) => {
            format!("The key {} is encrypted.", key.display())
        }
        (SecretKind::KeyPassphrase, Identity::None) => "The key is encrypted.".to_owned(),
        (SecretKind::ProxyPassword, _) => format!(
            "The proxy {}:{} asks for the password of {}.",
            profile.proxy.host, profile.proxy.port, profile.proxy.user_name
        ),
        (SecretKind::Values, _) => format!("{} asks for a value.", profile.url()),
    }
}
