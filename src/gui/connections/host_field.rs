//! The field of the host, which also takes a whole address apart. While one is being typed, `mqtt://ann:secret` may
//! hold a password already: it stays in the field, and the profile (and with it the disk) gets only a plain host.

use egui::{Event, Key, TextEdit, Ui};

use crate::profile::{Profile, ProfileId, Secret, Url, UrlError, apply_url, left_out};

use super::super::action::Level;
use super::super::context::Context;
use super::super::theme;
use super::super::widgets::field;

/// UI state of the field.
#[derive(Default)]
pub struct HostField {
    /// What is being typed and is no plain host, and for which profile.
    draft: Option<(ProfileId, Secret)>,
}

impl std::fmt::Debug for HostField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostField").finish_non_exhaustive()
    }
}

impl HostField {
    /// Draws the field. Returns the password of an address that came with one.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        profile: &mut Profile,
        width: f32,
    ) -> Option<Secret> {
        let draft = self.draft.take().filter(|(id, _)| *id == profile.id);
        let is_draft = draft.is_some();
        let mut text = draft.map_or_else(
            || profile.host.clone(),
            |(_, text)| text.reveal().to_owned(),
        );
        let edit = TextEdit::singleline(&mut text)
            .id_salt("host")
            .hint_text("broker.example")
            .font(theme::mono());
        let response = field(ui, edit, "Host", width);
        let is_pressed_outside = response.has_focus()
            && ui.input(|input| input.pointer.any_pressed())
            && !response.contains_pointer();
        let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let is_left = response.lost_focus() || is_pressed_outside || is_entered;
        let pasted = pasted(ui).filter(|_| response.changed());
        if !response.changed() && !is_left {
            if is_draft {
                self.draft = Some((profile.id.clone(), Secret::new(text)));
            }
            return None;
        }
        if is_plain(&text) {
            profile.host = text;
            return None;
        }
        let address = match pasted {
            Some(pasted) if pasted.contains("://") => Some(pasted),
            Some(_) => Some(text.clone()),
            None => is_left.then(|| text.clone()),
        };
        let adopted = address.filter(|address| profile.clone().adopt_address(address));
        match adopted {
            Some(address) => {
                if let Some(text) = left_out(&address) {
                    context.toast(Level::Warning, text);
                }
                apply_url(profile, &address).ok().flatten()
            }
            None if is_left => {
                if let Some(text) = complaint(&text) {
                    context.toast(Level::Warning, text);
                }
                profile.host = without_account(&text).to_owned();
                None
            }
            None => {
                self.draft = Some((profile.id.clone(), Secret::new(text)));
                None
            }
        }
    }
}

fn pasted(ui: &Ui) -> Option<String> {
    ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) => Some(text.clone()),
            _ => None,
        })
    })
}

/// Why an address with a scheme is not taken over, where saying it repeats nothing that may be a password.
fn complaint(text: &str) -> Option<String> {
    match Url::parse(text) {
        Err(err @ (UrlError::Scheme(_) | UrlError::Slash)) => Some(err.to_string()),
        _ => None,
    }
}

/// Whether the text can only be a host: a colon may end a user name, a slash a scheme, a question mark an address.
fn is_plain(text: &str) -> bool {
    !text.contains([':', '@', '/', '?']) || text.trim().parse::<std::net::Ipv6Addr>().is_ok()
}

/// What is left of an address that cannot be taken apart, without anything that may be a password.
fn without_account(text: &str) -> &str {
    let text = text.trim();
    match text.rsplit_once('@') {
        Some((_account, host)) => host,
        None => text,
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn only_a_plain_host_reaches_the_profile_while_it_is_typed() {
        for plain in ["", "broker.example", "10.0.0.1", "::1", "fe80::1"] {
            assert!(is_plain(plain), "{plain}");
        }
        for typed in [
            "ann:",
            "ann:hun",
            "mqtt:",
            "mqtt://ann",
            "ann@",
            "host:18",
            "fe80:",
            "host?",
        ] {
            assert!(!is_plain(typed), "{typed}");
        }
        assert!(complaint("http://ann:p@host").is_some_and(|it| it.contains("http://”")));
        assert_eq!(complaint("mqtt://ann:hunter2"), None);
        assert_eq!(without_account("http://ann:p@ss@host/x"), "host/x");
        assert_eq!(without_account(" http://host "), "http://host");
    }
}
