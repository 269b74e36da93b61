//! Values of a profile that may let somebody in besides its passwords: headers and user properties with such a name
//! (`Authorization`), the query of a WebSocket's path, authentication data. They are kept in the keyring, all of a
//! profile in one entry, and never in a file.

use std::collections::BTreeMap;

use super::{Authentication, Profile, Secret};
use crate::mqtt::Version;

/// Names of such headers and properties, in lower case and without `-` and `_`.
const NAMES: [&str; 9] = [
    "authorization",
    "proxyauthorization",
    "cookie",
    "apikey",
    "xapikey",
    "auth",
    "bearer",
    "credential",
    "credentials",
];
/// Parts of such names.
const PARTS: [&str; 9] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "signature",
    "xauth",
];

/// Whether the value of a header or user property of this name is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.'))
        .collect::<String>()
        .to_lowercase();
    NAMES.contains(&name.as_str()) || PARTS.iter().any(|part| name.contains(part))
}

/// What a kept value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptKind {
    /// The value of a header of the WebSocket's request.
    Header,
    /// A value in the query of the WebSocket's path.
    Query,
    /// The data of an authentication method of MQTT 5.
    AuthenticationData,
    /// The value of a user property of CONNECT.
    Property,
    /// The value of a user property of the will.
    WillProperty,
}

/// A place in a profile for a value that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub kind: KeptKind,
    /// The name of the header, the property or the query's part, as it is shown.
    pub name: String,
    /// Whether the connection, as it is set, sends it.
    is_sent: bool,
    key: String,
}

impl Place {
    /// What a field for it is called.
    pub fn label(&self) -> String {
        match self.kind {
            KeptKind::AuthenticationData => "Authentication data".to_owned(),
            _ => format!("Value of {}", self.name),
        }
    }

    /// What it is, in the midst of a sentence.
    pub fn words(&self) -> String {
        let name = &self.name;
        match self.kind {
            KeptKind::Header => format!("the value of the header {name}"),
            KeptKind::Query => format!("the value of {name} in the path"),
            KeptKind::AuthenticationData => {
                "the authentication data, as text or as 0x and hexadecimal digits".to_owned()
            }
            KeptKind::Property => format!("the value of the user property {name}"),
            KeptKind::WillProperty => format!("the value of the will's user property {name}"),
        }
    }

    /// Where the value is found again. Of several places with the same name each has its own.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Kept values by the keys of their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptValues(BTreeMap<String, Secret>);

impl KeptValues {
    /// The values that are in a secret, if there is one.
    pub fn of(secret: Option<&Secret>) -> Self {
        secret.map(Self::from_secret).unwrap_or_default()
    }

    /// What [`KeptValues::to_secret`] made; nothing of what is not.
    pub fn from_secret(secret: &Secret) -> Self {
        let read: Result<BTreeMap<String, String>, _> = serde_json::from_str(secret.reveal());
        let values = read.unwrap_or_default().into_iter();
        Self(
            values
                .map(|(key, value)| (key, Secret::new(value)))
                .collect(),
        )
    }

    /// All values as one, for the keyring; `None` without any.
    pub fn to_secret(&self) -> Option<Secret> {
        let values = self.0.iter().map(|(key, value)| (key, value.reveal()));
        let values: BTreeMap<_, _> = values.collect();
        // A map of texts can always be written.
        let text = serde_json::to_string(&values).ok()?;
        (!values.is_empty()).then(|| Secret::new(text))
    }

    /// The value with this key; that of a header is its name in lower case.
    pub fn get(&self, key: &str) -> Option<&Secret> {
        self.0.get(key)
    }

    /// Takes over what `newer` knows, in place of what is here.
    pub fn update(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    /// Forgets the values of places that `profile` does not have, whatever it sends just now.
    pub fn retain_those_of(&mut self, profile: &Profile) {
        let places = profile.kept_places();
        self.0
            .retain(|key, _| places.iter().any(|place| place.key == *key));
    }

    /// The places that `profile` sends a value from which is not here.
    pub fn missing_for(&self, profile: &Profile) -> Vec<Place> {
        let mut places = profile.kept_places();
        places.retain(|place| place.is_sent && self.get(&place.key).is_none());
        places
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps a value.
    pub fn set(&mut self, key: &str, value: Secret) {
        self.0.insert(key.to_owned(), value);
    }
}

impl Profile {
    /// All places for values that are kept.
    pub fn kept_places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        self.clone().visit_kept(|place, _| places.push(place));
        places
    }

    /// Whether a connection with this profile sends such a value.
    pub(super) fn sends_kept_values(&self) -> bool {
        self.kept_places().iter().any(|place| place.is_sent)
    }

    /// Whether a place of `before` is not here any more.
    pub fn drops_kept_place_of(&self, before: &Self) -> bool {
        let here = self.kept_places();
        let mut before = before.kept_places().into_iter();
        before.any(|old| here.iter().all(|place| place.key != old.key))
    }

    /// Takes the values that are kept out of the profile; their places stay.
    pub fn take_kept_values(&mut self) -> KeptValues {
        let mut taken = KeptValues::default();
        self.visit_kept(|place, value| {
            if !value.is_empty() {
                taken.set(&place.key, Secret::new(std::mem::take(value)));
            }
        });
        taken
    }

    /// Puts kept values into the empty places of a profile that is about to connect and is not stored.
    pub fn fill_kept_values(&mut self, values: &KeptValues) {
        self.visit_kept(|place, value| {
            if let Some(secret) = values.get(&place.key).filter(|_| value.is_empty()) {
                secret.reveal().clone_into(value);
            }
        });
    }

    /// Goes through all places with their values.
    pub(super) fn visit_kept(&mut self, mut visit: impl FnMut(Place, &mut String)) {
        let mut names = Names::default();
        let in_request = self.transport.uses_websocket();
        for (name, value) in named_secrets(&mut self.web_socket.headers) {
            visit(names.place(KeptKind::Header, name, in_request), value);
        }
        let path = &mut self.web_socket.path;
        visit_query(path, |name, value| {
            visit(names.place(KeptKind::Query, name, in_request), value);
        });
        let is_v5 = self.version == Version::V5;
        let settings = &mut self.mqtt5;
        if let Authentication::Other { data, .. } = &mut settings.authentication {
            settings.keeps_authentication_data |= !data.is_empty();
            if settings.keeps_authentication_data {
                let mut text = bytes_to_text(data);
                let name = "authentication data";
                let place = names.place(KeptKind::AuthenticationData, name, is_v5);
                visit(place, &mut text);
                *data = text_to_bytes(&text);
            }
        }
        for (name, value) in named_secrets(&mut settings.user_properties) {
            visit(names.place(KeptKind::Property, name, is_v5), value);
        }
        let is_sent = is_v5 && self.will.enabled;
        for (name, value) in named_secrets(&mut self.will.user_properties) {
            visit(names.place(KeptKind::WillProperty, name, is_sent), value);
        }
    }
}

fn named_secrets(pairs: &mut [(String, String)]) -> impl Iterator<Item = (&str, &mut String)> {
    let pairs = pairs.iter_mut().map(|(name, value)| (&**name, value));
    pairs.filter(|(name, _)| is_secret_name(name))
}

/// Stands in a path for a part of its query that has no name and is kept.
const KEPT_PART: &str = "…";

/// Goes through the query of `path`: parts as `name=value`, and those without a name, which are values.
fn visit_query(path: &mut String, mut visit: impl FnMut(&str, &mut String)) {
    let Some((before, query)) = path.split_once('?') else {
        return;
    };
    let parts = query.split('&').map(|part| match part.split_once('=') {
        _ if part.is_empty() => String::new(),
        Some((name, value)) => {
            let mut value = value.to_owned();
            visit(name, &mut value);
            format!("{name}={value}")
        }
        None => {
            let value = if part == KEPT_PART { "" } else { part };
            let mut value = value.to_owned();
            visit("the query", &mut value);
            if value.is_empty() {
                KEPT_PART.clone_into(&mut value);
            }
            value
        }
    });
    let parts: Vec<String> = parts.collect();
    *path = format!("{before}?{}", parts.join("&"));
}

/// Counts places with the same name.
#[derive(Default)]
struct Names(BTreeMap<(&'static str, String), usize>);

impl Names {
    fn place(&mut self, kind: KeptKind, name: &str, is_sent: bool) -> Place {
        let (group, counted) = match kind {
            KeptKind::Header => ("header", name.trim().to_lowercase()),
            KeptKind::Query => ("query", name.to_owned()),
            KeptKind::AuthenticationData => ("data", name.to_owned()),
            KeptKind::Property => ("property", name.to_owned()),
            KeptKind::WillProperty => ("will", name.to_owned()),
        };
        let count = self.0.entry((group, counted.clone())).or_default();
        *count += 1;
        let key = match (kind, *count) {
            // as they are in keyrings since headers were the only ones; a header's name has no blank
            (KeptKind::Header, 1) => counted,
            (_, 1) => format!("{group} {counted}"),
            (_, count) => format!("{group}#{count} {counted}"),
        };
        Place {
            kind,
            name: name.to_owned(),
            is_sent,
            key,
        }
    }
}

/// Bytes as a person types them: as text, or as hexadecimal digits after `0x` when they are no text.
pub fn bytes_to_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) && hex(text).is_none() => text.to_owned(),
        _ => bytes
            .iter()
            .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
    }
}

/// The bytes that [`bytes_to_text`] shows as `text`.
pub fn text_to_bytes(text: &str) -> Vec<u8> {
    hex(text).unwrap_or_else(|| text.as_bytes().to_vec())
}

/// The bytes of `0x…` with at least one pair of digits.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "X-Api-Key",
            "X_Auth_Token",
            "Cookie",
            "token",
            "client-secret",
            "X-Amz-Security-Token",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["Host", "X-Tenant", "User-Agent", "keyboard", "author", ""] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    fn full() -> Profile {
        let pairs = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let mut profile = Profile {
            transport: super::super::Transport::WebSocket,
            version: Version::V5,
            ..Profile::default()
        };
        let path = "/mqtt?token=hunter2&a=hunter2b&a=hunter2c&hunter2d&e=f=hunter2=";
        path.clone_into(&mut profile.web_socket.path);
        profile.web_socket.headers = pairs(&[
            ("X-Tenant", "7"),
            ("Authorization", "Bearer hunter2"),
            ("authorization", "hunter2e"),
        ]);
        profile.mqtt5.authentication = Authentication::Other {
            method: "TICKET".to_owned(),
            data: b"\xffhunter2".to_vec(),
        };
        profile.mqtt5.user_properties =
            pairs(&[("token", "hunter2"), ("x", "1"), ("token", "hunter2f")]);
        profile.will.user_properties = pairs(&[("token", "hunter2g")]);
        profile
    }

    #[test]
    fn values_leave_the_profile_and_come_back_for_a_connection() {
        let before = full();
        let mut profile = before.clone();
        let taken = profile.take_kept_values();
        assert_eq!(profile.web_socket.path, "/mqtt?token=&a=&a=&…&e=");
        let shown = format!("{profile:?}{taken:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        // as numbers
        assert!(!shown.contains("104"), "{shown}");
        assert_eq!(profile.web_socket.headers[0].1, "7");
        assert!(!profile.drops_kept_place_of(&before));
        let kept = |key: &str| taken.get(key).map(Secret::reveal);
        assert_eq!(kept("authorization"), Some("Bearer hunter2"));
        assert_eq!(kept("query a"), Some("hunter2b"));
        assert_eq!(kept("query#2 a"), Some("hunter2c"));
        assert_eq!(kept("property#2 token"), Some("hunter2f"));

        let again = KeptValues::from_secret(&taken.to_secret().unwrap());
        assert_eq!(again, taken);
        assert_eq!(again.missing_for(&profile), []);
        let mut filled = profile.clone();
        filled.fill_kept_values(&again);
        let expected = Profile {
            mqtt5: super::super::Mqtt5Settings {
                keeps_authentication_data: true,
                ..before.mqtt5
            },
            ..before
        };
        assert_eq!(filled, expected);
        assert_eq!(profile.take_kept_values().to_secret(), None);
        let none = KeptValues::from_secret(&Secret::new("no JSON"));
        assert_eq!(none, KeptValues::default());
    }

    #[test]
    fn what_is_sent_is_missing_and_what_is_gone_is_forgotten() {
        let mut profile = full();
        let mut taken = profile.take_kept_values();
        let kinds = |profile: &Profile| {
            let missing = KeptValues::default().missing_for(profile);
            missing.iter().map(|place| place.kind).collect::<Vec<_>>()
        };
        assert!(!kinds(&profile).contains(&KeptKind::WillProperty));
        assert_eq!(kinds(&profile).len(), 10);
        profile.version = Version::V311;
        assert_eq!(kinds(&profile).len(), 7);
        profile.transport = super::super::Transport::Tcp;
        assert!(!profile.sends_kept_values());
        let before = taken.clone();
        taken.retain_those_of(&profile);
        assert_eq!(taken, before);

        let old = profile.clone();
        "/mqtt?a=".clone_into(&mut profile.web_socket.path);
        profile.mqtt5.keeps_authentication_data = false;
        profile.mqtt5.user_properties.clear();
        assert!(profile.drops_kept_place_of(&old));
        taken.retain_those_of(&profile);
        let left: Vec<&str> = taken.0.keys().map(String::as_str).collect();
        let expected = [
            "authorization",
            "header#2 authorization",
            "query a",
            "will token",
        ];
        assert_eq!(left, expected);
    }

    #[test]
    fn bytes_are_shown_as_text_or_digits_and_read_back() {
        for bytes in [
            &b""[..],
            b"key",
            b"0x",
            b"0x0",
            b"0xff",
            "ä".as_bytes(),
            &[0, 255],
            b"a\n",
        ] {
            let shown = bytes_to_text(bytes);
            assert_eq!(text_to_bytes(&shown), bytes, "{shown}");
        }
        assert_eq!(bytes_to_text(&[0, 255]), "0x00ff");
        assert_eq!(text_to_bytes("0xFF"), [255]);
    }
}
