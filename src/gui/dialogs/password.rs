//! Asks for a password or passphrase when a profile connects and none is at hand.

use egui::Ui;

use crate::profile::{Identity, Profile, Secret, SecretKind};

use super::super::action::{Action, Keep, SecretKey};
use super::super::context::Context;
use super::super::widgets::{Look, is_entered, muted, password_field, switch};
use super::frame::{Buttons, Outcome, buttons_ui, heading_ui, start_here, text_ui};

/// UI state of the dialog.
#[derive(Debug)]
pub struct PasswordDialog {
    key: SecretKey,
    label: &'static str,
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
        };
        Self {
            key: (profile.id.clone(), kind),
            label,
            title: format!("{label} for {name}"),
            text: text(profile, kind),
            password: Secret::default(),
            is_revealed: false,
            remember: no_keyring.is_none(),
            no_keyring,
            is_fresh: true,
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        let is_closed = heading_ui(ui, &self.title, 420.0);
        text_ui(ui, &self.text);
        let is_entered = self.field_ui(ui);
        match &self.no_keyring {
            Some(reason) => text_ui(ui, reason),
            None => {
                ui.horizontal(|ui| {
                    switch(ui, &mut self.remember, "Remember in the system keyring");
                    muted(ui, "Remember in the system keyring");
                });
            }
        }
        let pressed = buttons_ui(
            ui,
            &Buttons {
                confirm: "Connect",
                look: Look::Primary,
                obstacle: None,
            },
        );
        if pressed.confirm.clicked() || is_entered {
            let keep = if self.remember {
                Keep::InKeyring
            } else {
                Keep::ThisRun
            };
            context.ask(Action::ConnectWith(
                self.key.clone(),
                self.password.clone(),
                keep,
            ));
            return Outcome::Close;
        }
        if is_closed || pressed.is_cancelled {
            Outcome::Close
        } else {
            Outcome::Stay
        }
    }

    fn field_ui(&mut self, ui: &mut Ui) -> bool {
        let width = ui.available_width();
        let named = (self.label, width);
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
    }
}
