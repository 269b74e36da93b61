//! The password of a profile. What is typed goes to the system keyring when the field is left; what is kept there is
//! never shown.

use egui::{Key, RichText, Ui};

use crate::profile::{Profile, ProfileId, Secret};

use super::super::action::Action;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, icon_button, password_field};

/// UI state of the field.
#[derive(Debug, Default)]
pub struct PasswordField {
    /// What is being typed, and for which profile.
    draft: Option<(ProfileId, Secret)>,
    is_revealed: bool,
}

impl PasswordField {
    /// Draws the field. Changes whether `profile` uses a password.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, profile: &mut Profile) {
        if self.draft.as_ref().is_some_and(|(id, _)| *id != profile.id) {
            self.keep(context);
        }
        let is_known = profile.use_password && context.known_passwords.contains(&profile.id);
        let mut typed = self
            .draft
            .as_ref()
            .map_or_else(Secret::default, |(_, secret)| secret.clone());
        let can_forget = profile.use_password && typed.reveal().is_empty();
        let width = ui.available_width() - if can_forget { 30.0 } else { 0.0 };
        self.is_revealed &= !typed.reveal().is_empty();
        let faint = Palette::of(ui).faint;
        let lock = RichText::new(icons::LOCK).font(theme::icon(14.0));
        let hint = hint(profile, is_known);
        let named = ("Password", width);
        let response = password_field(ui, &mut typed, &mut self.is_revealed, named, |edit| {
            edit.id_salt("password")
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
        if can_forget && icon_button(ui, icons::X, "Forget the password", Look::Quiet).clicked() {
            profile.use_password = false;
            context.ask(Action::SetPassword(profile.id.clone(), None));
        }
    }

    /// Hands over what was typed. Called before anything that needs it.
    pub fn keep(&mut self, context: &Context<'_>) {
        self.is_revealed = false;
        if let Some((id, secret)) = self.draft.take() {
            context.ask(Action::SetPassword(id, Some(secret)));
        }
    }

    fn type_in(&mut self, context: &Context<'_>, profile: &mut Profile, typed: Secret) {
        if typed.reveal().is_empty() {
            self.draft = None;
            profile.use_password = false;
            context.ask(Action::SetPassword(profile.id.clone(), None));
        } else {
            profile.use_password = true;
            self.draft = Some((profile.id.clone(), typed));
        }
    }
}

fn hint(profile: &Profile, is_known: bool) -> &'static str {
    match (profile.use_password, is_known) {
        (false, _) => "none",
        (true, true) => "kept; type to replace it",
        (true, false) => "in the system keyring, or asked for",
    }
}
