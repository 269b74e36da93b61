//! What of a profile leaves this program or reaches its files: never what may let somebody in. One place decides for
//! exports, commands, files and everything that is only shown.

use super::url::host_to_keep;
use super::{KeptKind, Profile, is_secret_name};

impl Profile {
    /// The profile for somebody else, as an export and a command have it: values with the name of a secret, authentication
    /// data and an account that stands before the host's name are empty. The query of a WebSocket's path keeps its names.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut profile = self.without_kept_secrets();
        for (name, value) in profile.named_values() {
            if is_secret_name(name) {
                value.clear();
            }
        }
        profile
    }

    /// The profile as its own file has it: without what the keyring keeps.
    pub(super) fn without_kept_secrets(&self) -> Self {
        let mut profile = self.clone();
        drop(profile.take_kept_values());
        profile.host = host_to_keep(&profile.host).to_owned();
        profile
    }

    /// Everything that has a name by which it may be a secret: headers and user properties.
    pub(super) fn named_values(&mut self) -> impl Iterator<Item = &mut (String, String)> {
        let saved = self.saved_publishes.iter_mut();
        let headers = self.web_socket.headers.iter_mut();
        headers
            .chain(&mut self.mqtt5.user_properties)
            .chain(&mut self.will.user_properties)
            .chain(saved.flat_map(|saved| &mut saved.draft.properties.user))
    }

    /// What an export leaves out of the query of the WebSocket's path and of the authentication.
    pub(super) fn emptied_unnamed(&self) -> Vec<String> {
        let mut emptied = Vec::new();
        self.clone().visit_kept(|place, value| {
            let is_here = matches!(place.kind, KeptKind::Query | KeptKind::AuthenticationData);
            if value.is_empty() && is_here {
                emptied.push(place.name);
            }
        });
        emptied
    }
}

/// A WebSocket's path as it is shown: what follows `?` may be a token or a signature.
pub fn path_to_show(path: &str) -> String {
    match path.split_once('?') {
        Some((path, _query)) => format!("{path}?…"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Authentication, Format, PublishDraft, SavedPublish, Transport, export};
    use super::*;

    fn full() -> Profile {
        let pair = |name: &str| vec![(name.to_owned(), "hunter2".to_owned())];
        let mut profile = Profile {
            transport: Transport::SecureWebSocket,
            host: "ann:hunter2".to_owned(),
            ..Profile::default()
        };
        profile.web_socket.path = "/mqtt?token=hunter2&X-Amz-Signature=hunter2&hunter2".to_owned();
        profile.web_socket.headers = pair("Authorization");
        profile.mqtt5.user_properties = pair("token");
        profile.mqtt5.authentication = Authentication::Other {
            method: "TICKET".to_owned(),
            data: b"hunter2".to_vec(),
        };
        profile.will.user_properties = pair("client-secret");
        let mut draft = PublishDraft::default();
        "a".clone_into(&mut draft.topic);
        draft.properties.user = pair("api-key");
        profile.saved_publishes.push(SavedPublish {
            name: "s".to_owned(),
            draft,
        });
        profile
    }

    #[test]
    fn nothing_that_leaves_has_a_secret() {
        let profile = full();
        let left = profile.without_secrets();
        assert_eq!(left.web_socket.path, "/mqtt?token=&X-Amz-Signature=&…");
        let expected = [
            "token",
            "X-Amz-Signature",
            "the query",
            "authentication data",
        ];
        assert_eq!(left.emptied_unnamed(), expected);
        let mut texts = vec![format!("{left:?}"), profile.url()];
        for format in [Format::Ron, Format::Json] {
            texts.push(export(std::slice::from_ref(&profile), format).unwrap());
        }
        let typed = Profile {
            host: "broker.example".to_owned(),
            ..profile
        };
        let draft = &typed.saved_publishes[0].draft;
        texts.push(typed.mosquitto_sub_command().unwrap());
        texts.push(typed.publish_command(draft, b"x").unwrap());
        for text in texts {
            assert!(!text.contains("hunter2"), "{text}");
            // the same as numbers
            assert!(!text.contains("104,"), "{text}");
        }
    }

    #[test]
    fn a_query_is_not_shown() {
        assert_eq!(path_to_show("/mqtt?token=x"), "/mqtt?…");
        assert_eq!(path_to_show("/mqtt"), "/mqtt");
        assert_eq!(full().url(), "wss://ann:1883/mqtt?…");
    }
}
