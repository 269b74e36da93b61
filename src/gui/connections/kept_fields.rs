//! Fields for values that let somebody in and are no passwords: what is typed goes to the system keyring when the field
//! is left; what is kept there is never shown.

use egui::{Key, Response, RichText, Ui};

use crate::profile::{Authentication, Profile, ProfileId, Secret, SecretKind, text_to_bytes};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, icon_button, muted, password_field, text_field};
use super::pairs::Pairs;

/// A field for one value, or for one at a time of several.
#[derive(Debug, Default)]
pub struct KeptField {
    /// What is being typed: whose, for which row.
    draft: Option<(ProfileId, usize, Secret)>,
    is_revealed: bool,
}

impl KeptField {
    /// Draws the field of a row and says whether it was left: then [`KeptField::take`] has what was typed. `is_used`
    /// says whether there is such a value.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        (id, row): (&ProfileId, usize),
        is_used: bool,
        named: (&str, f32),
    ) -> bool {
        let draft = self.draft.as_ref();
        let draft = draft.filter(|(whose, index, _)| whose == id && *index == row);
        let mut typed = draft.map_or_else(Secret::default, |(_, _, secret)| secret.clone());
        let is_known = context
            .known_passwords
            .contains(&(id.clone(), SecretKind::Values));
        let hint = super::secret_field::hint(is_used.then_some(is_known), context.has_keyring);
        let lock = RichText::new(icons::LOCK).font(theme::icon(14.0));
        let faint = Palette::of(ui).faint;
        let mut is_revealed = self.is_revealed && !typed.reveal().is_empty();
        let response = password_field(ui, &mut typed, &mut is_revealed, named, |edit| {
            edit.hint_text(hint).prefix(lock.color(faint))
        });
        self.is_revealed = is_revealed;
        if response.changed() {
            self.draft = (!typed.reveal().is_empty()).then(|| (id.clone(), row, typed));
        }
        is_left(ui, &response)
    }

    /// What was typed, for which row of this profile.
    pub fn take(&mut self, id: &ProfileId) -> Option<(usize, Secret)> {
        self.is_revealed = false;
        let (whose, row, secret) = self.draft.take()?;
        (whose == *id).then_some((row, secret))
    }
}

fn is_left(ui: &Ui, response: &Response) -> bool {
    let is_pressed_outside = response.has_focus()
        && ui.input(|input| input.pointer.any_pressed())
        && !response.contains_pointer();
    let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    response.lost_focus() || is_pressed_outside || is_entered
}

/// The path of a WebSocket. With a query it is handed over when the field is left, as its values then leave the field.
#[derive(Debug, Default)]
pub struct PathField {
    draft: Option<(ProfileId, String)>,
}

impl PathField {
    /// Draws the field and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, profile: &mut Profile) {
        let draft = self.draft.as_ref().filter(|(id, _)| *id == profile.id);
        let path = draft.map_or(&profile.web_socket.path, |(_, path)| path);
        let mut path = path.clone();
        let response = text_field(ui, &mut path, "WebSocket path", "/", theme::mono());
        if response.changed() {
            self.draft = Some((profile.id.clone(), path));
        }
        let draft = self.draft.as_ref();
        let has_query = profile.web_socket.path.contains('?')
            || draft.is_some_and(|(_, path)| path.contains('?'));
        if !has_query || is_left(ui, &response) {
            self.keep(profile);
        }
    }

    /// Hands over what was typed.
    fn keep(&mut self, profile: &mut Profile) {
        if let Some((_, path)) = self.draft.take().filter(|(id, _)| *id == profile.id) {
            profile.web_socket.path = path;
        }
    }
}

/// The data of an authentication method.
#[derive(Debug, Default)]
pub struct DataField(KeptField);

impl DataField {
    /// Draws the field and changes `profile`.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, profile: &mut Profile) {
        let is_kept = profile.mqtt5.keeps_authentication_data;
        let width = ui.available_width() - if is_kept { 30.0 } else { 0.0 };
        let named = ("Authentication data", width);
        if self.0.ui(ui, context, (&profile.id, 0), is_kept, named) {
            self.keep(profile);
        }
        let forget = "Forget the authentication data";
        if is_kept && icon_button(ui, icons::X, forget, Look::Quiet).clicked() {
            self.0 = KeptField::default();
            profile.mqtt5.keeps_authentication_data = false;
        }
    }

    fn keep(&mut self, profile: &mut Profile) {
        let typed = self.0.take(&profile.id);
        let settings = &mut profile.mqtt5;
        if let (Some((_, typed)), Authentication::Other { data, .. }) =
            (typed, &mut settings.authentication)
        {
            *data = text_to_bytes(typed.reveal());
            settings.keeps_authentication_data = true;
        }
    }
}

/// The UI state of all such fields of a profile.
#[derive(Debug, Default)]
pub struct KeptFields {
    /// Headers of a WebSocket's request.
    pub headers: Pairs,
    /// Its path.
    pub path: PathField,
    /// User properties of CONNECT.
    pub properties: Pairs,
    /// User properties of the will.
    pub will_properties: Pairs,
    /// Authentication data.
    pub data: DataField,
}

impl KeptFields {
    /// Hands over what was typed into a field for a secret: the application takes it out of the profile and keeps it.
    pub fn keep(&mut self, profile: &mut Profile) {
        let id = profile.id.clone();
        self.headers.keep(&id, &mut profile.web_socket.headers);
        self.path.keep(profile);
        self.properties
            .keep(&id, &mut profile.mqtt5.user_properties);
        self.will_properties
            .keep(&id, &mut profile.will.user_properties);
        self.data.keep(profile);
    }
}

/// Where such values go.
pub fn where_they_go_ui(ui: &mut Ui, context: &Context<'_>) {
    let text = if context.has_keyring {
        "Values that let somebody in go to the system keyring, not into the file."
    } else {
        "Values that let somebody in are kept only until you quit, not in the file."
    };
    muted(ui, text);
}
