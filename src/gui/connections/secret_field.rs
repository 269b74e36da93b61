//! A secret of a profile: its password, the passphrase of its key, the password for its proxy. What is typed goes to
//! the system keyring when the field is left; what is kept there is never shown.

use egui::{Key, RichText, Ui};

use crate::profile::{Identity, Profile, ProfileId, Secret, SecretKind};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, icon_button, password_field};

/// UI state of the field.
#[derive(Debug)]
pub struct SecretField {
    kind: SecretKind,
    /// What is being typed, and for which profile.
    draft: Option<(ProfileId, Secret)>,
    is_revealed: bool,
}

impl SecretField {
    /// A field for this kind of secret.
    pub fn new(kind: SecretKind) -> Self {
        Self {
            kind,
            draft: None,
            is_revealed: false,
        }
    }

    /// Draws the field. Changes whether `profile` uses such a secret.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, profile: &mut Profile) {
        if self.draft.as_ref().is_some_and(|(id, _)| *id != profile.id) {
            self.keep(context);
        }
        let key = (profile.id.clone(), self.kind);
        let is_used = is_used(profile, self.kind);
        let is_known = is_used && context.known_passwords.contains(&key);
        let mut typed = self
            .draft
            .as_ref()
            .map_or_else(Secret::default, |(_, secret)| secret.clone());
        let can_forget = typed.reveal().is_empty()
            && if self.kind == SecretKind::KeyPassphrase {
                is_known
            } else {
                is_used
            };
        let width = ui.available_width() - if can_forget { 30.0 } else { 0.0 };
        self.is_revealed &= !typed.reveal().is_empty();
        let faint = Palette::of(ui).faint;
        let lock = RichText::new(icons::LOCK).font(theme::icon(14.0));
        let hint = hint(is_used.then_some(is_known), context.has_keyring);
        let label = label(self.kind);
        let named = (label, width);
        let response = password_field(ui, &mut typed, &mut self.is_revealed, named, |edit| {
            edit.id_salt(label)
                .hint_text(hint)
                .prefix(lock.color(faint))
        });
        if response.changed() {
            self.type_in(context, profile, typed);
        }
        let is_pressed_outside = response.has_focus()
            && ui.input(|input| input.pointer.any_pressed())
            && !response.contains_pointer();
        let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.lost_focus() || is_pressed_outside || is_entered {
            self.keep(context);
        }
        let forget = format!("Forget the {}", self.kind.name());
        if can_forget && icon_button(ui, icons::X, &forget, Look::Quiet).clicked() {
            set_used(profile, self.kind, false);
            context.ask(Action::SetSecret(key, None));
        }
    }

    /// Hands over what was typed. Called before anything that needs it.
    pub fn keep(&mut self, context: &Context<'_>) {
        self.is_revealed = false;
        if let Some((id, secret)) = self.draft.take() {
            context.ask(Action::SetSecret((id, self.kind), Some(secret)));
        }
    }

    /// Keeps a secret that came from elsewhere, such as a pasted address.
    pub fn take(&mut self, context: &Context<'_>, profile: &mut Profile, secret: Secret) {
        self.type_in(context, profile, secret);
        self.keep(context);
    }

    fn type_in(&mut self, context: &Context<'_>, profile: &mut Profile, typed: Secret) {
        if typed.reveal().is_empty() {
            self.draft = None;
            set_used(profile, self.kind, false);
            context.ask(Action::SetSecret((profile.id.clone(), self.kind), None));
        } else {
            set_used(profile, self.kind, true);
            self.draft = Some((profile.id.clone(), typed));
        }
    }
}

fn label(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::Password => "Password",
        SecretKind::KeyPassphrase => "Passphrase",
        SecretKind::ProxyPassword => "Proxy password",
        SecretKind::Values => "Value",
    }
}

/// Whether the profile says that there is one. A key says it by itself.
fn is_used(profile: &Profile, kind: SecretKind) -> bool {
    match kind {
        SecretKind::Password => profile.use_password,
        SecretKind::KeyPassphrase => profile.tls.identity != Identity::None,
        SecretKind::ProxyPassword => profile.proxy.use_password,
        SecretKind::Values => !profile.kept_places().is_empty(),
    }
}

fn set_used(profile: &mut Profile, kind: SecretKind, used: bool) {
    match kind {
        SecretKind::Password => profile.use_password = used,
        SecretKind::KeyPassphrase | SecretKind::Values => {}
        SecretKind::ProxyPassword => profile.proxy.use_password = used,
    }
}

/// What an empty field says: `None` where no secret is used, else whether it is known to be kept.
pub fn hint(known: Option<bool>, has_keyring: bool) -> &'static str {
    match (known, has_keyring) {
        (None, _) => "none",
        (Some(true), true) => "kept; type to replace it",
        (Some(true), false) => "kept only until you quit",
        (Some(false), true) => "in the keyring, or asked for",
        (Some(false), false) => "asked for when you connect",
    }
}
