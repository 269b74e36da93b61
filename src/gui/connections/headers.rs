//! The headers of a WebSocket's request. Values that let somebody in, such as that of `Authorization`, are typed into a
//! field for secrets and go to the system keyring; what is kept there is never shown.

use egui::{Key, RichText, TextEdit, Ui};

use crate::profile::{Field, Problem, Profile, ProfileId, Secret, SecretKind, is_secret_name};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, button, field, icon_button, muted, password_field};
use super::form::problem_ui;

/// UI state of the rows.
#[derive(Debug, Default)]
pub struct Headers {
    /// A secret that is being typed: whose, for which row.
    draft: Option<(ProfileId, usize, Secret)>,
    is_revealed: bool,
}

impl Headers {
    /// Draws the rows and changes `profile`.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        problems: &[Problem],
    ) {
        let mut removed = None;
        for index in 0..profile.web_socket.headers.len() {
            ui.push_id(("header", index), |ui| {
                if self.row_ui(ui, context, profile, index) {
                    removed = Some(index);
                }
                let here = |it: &&Problem| it.field == Field::Header(index);
                for problem in problems.iter().filter(here) {
                    problem_ui(ui, problem);
                }
            });
        }
        if let Some(index) = removed {
            self.draft = None;
            profile.web_socket.headers.remove(index);
        }
        if profile.secret_headers().next().is_some() {
            let text = if context.has_keyring {
                "Values that let somebody in go to the system keyring, not into the file."
            } else {
                "Values that let somebody in are kept only until you quit, not in the file."
            };
            muted(ui, text);
        }
        if button(ui, Some(icons::PLUS), "Add a header", Look::Plain).clicked() {
            profile.web_socket.headers.push(Default::default());
        }
    }

    /// Hands over what was typed into a field for a secret: the application takes it out of the profile and keeps it.
    pub fn keep(&mut self, profile: &mut Profile) {
        self.is_revealed = false;
        let Some((id, index, secret)) = self.draft.take() else {
            return;
        };
        if let Some((_, value)) = profile
            .web_socket
            .headers
            .get_mut(index)
            .filter(|_| id == profile.id)
        {
            secret.reveal().clone_into(value);
        }
    }

    /// Says whether the row is to be removed.
    fn row_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        index: usize,
    ) -> bool {
        let number = index + 1;
        ui.horizontal(|ui| {
            let width = ui.available_width() - 40.0;
            let mut is_secret = false;
            if let Some((name, value)) = profile.web_socket.headers.get_mut(index) {
                let edit = TextEdit::singleline(name)
                    .hint_text("name")
                    .font(theme::mono());
                field(ui, edit, &format!("Header {number}, name"), width * 0.36);
                is_secret = is_secret_name(name);
                if !is_secret {
                    let edit = TextEdit::singleline(value)
                        .hint_text("value")
                        .font(theme::mono());
                    field(ui, edit, &format!("Header {number}, value"), width * 0.64);
                }
            }
            if is_secret {
                self.secret_ui(ui, context, profile, (index, width * 0.64));
            }
            let label = format!("Remove header {number}");
            icon_button(ui, icons::X, &label, Look::Quiet).clicked()
        })
        .inner
    }

    fn secret_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        (index, width): (usize, f32),
    ) {
        let is_here =
            |(id, row, _): &&(ProfileId, usize, Secret)| *id == profile.id && *row == index;
        let draft = self.draft.as_ref().filter(is_here);
        let mut typed = draft.map_or_else(Secret::default, |(_, _, secret)| secret.clone());
        let key = (profile.id.clone(), SecretKind::Headers);
        let is_known = context.known_passwords.contains(&key);
        let hint = super::secret_field::hint(Some(is_known), context.has_keyring);
        let lock = RichText::new(icons::LOCK).font(theme::icon(14.0));
        let faint = Palette::of(ui).faint;
        let label = format!("Header {}, value", index + 1);
        let mut is_revealed = self.is_revealed && !typed.reveal().is_empty();
        let named = (label.as_str(), width);
        let response = password_field(ui, &mut typed, &mut is_revealed, named, |edit| {
            edit.hint_text(hint).prefix(lock.color(faint))
        });
        self.is_revealed = is_revealed;
        if response.changed() {
            let id = profile.id.clone();
            self.draft = (!typed.reveal().is_empty()).then_some((id, index, typed));
        }
        let is_pressed_outside = response.has_focus()
            && ui.input(|input| input.pointer.any_pressed())
            && !response.contains_pointer();
        let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.lost_focus() || is_pressed_outside || is_entered {
            self.keep(profile);
        }
    }
}
