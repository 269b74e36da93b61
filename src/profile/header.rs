//! Headers and properties whose values let somebody in, such as `Authorization`: known by their names. The values of
//! such headers are kept in the keyring, all of a profile in one entry, and never in a file.

use std::collections::BTreeMap;

use super::{Profile, Secret};

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

/// Values of headers by their names, whatever their case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderSecrets(BTreeMap<String, Secret>);

impl HeaderSecrets {
    /// The headers that are in a secret, if there is one.
    pub fn of(secret: Option<&Secret>) -> Self {
        secret.map(Self::from_secret).unwrap_or_default()
    }

    /// What [`HeaderSecrets::to_secret`] made; nothing of what is not.
    pub fn from_secret(secret: &Secret) -> Self {
        let read: Result<BTreeMap<String, String>, _> = serde_json::from_str(secret.reveal());
        let values = read.unwrap_or_default().into_iter();
        Self(
            values
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
        )
    }

    /// All values as one, for the keyring; `None` without any.
    pub fn to_secret(&self) -> Option<Secret> {
        let values = self.0.iter().map(|(name, value)| (name, value.reveal()));
        let values: BTreeMap<_, _> = values.collect();
        // A map of texts can always be written.
        let text = serde_json::to_string(&values).ok()?;
        (!values.is_empty()).then(|| Secret::new(text))
    }

    /// The value for the header of this name.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(&name.trim().to_lowercase())
    }

    /// Takes over what `newer` knows, in place of what is here.
    pub fn update(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    /// Forgets the values of headers that `profile` does not have, whatever its transport sends just now.
    pub fn retain_those_of(&mut self, profile: &Profile) {
        let headers = profile.web_socket.headers.iter();
        let names: Vec<String> = headers
            .map(|(name, _)| name.trim().to_lowercase())
            .collect();
        self.0
            .retain(|name, _| names.contains(name) && is_secret_name(name));
    }

    /// The first header of `profile` whose value is a secret that is not here.
    pub fn missing_for<'a>(&self, profile: &'a Profile) -> Option<&'a str> {
        profile
            .secret_headers()
            .find(|name| self.get(name).is_none())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps a value, or forgets it.
    pub fn set(&mut self, name: &str, value: Option<Secret>) {
        let name = name.trim().to_lowercase();
        match value {
            Some(value) => self.0.insert(name, value),
            None => self.0.remove(&name),
        };
    }
}

impl Profile {
    /// The names of the headers whose values are secrets, as far as the transport sends headers.
    pub fn secret_headers(&self) -> impl Iterator<Item = &str> {
        let headers = self.web_socket.headers.iter();
        headers
            .map(|(name, _)| name.as_str())
            .filter(|name| self.transport.uses_websocket() && is_secret_name(name))
    }

    /// Whether a header of `before` whose value is a secret is not here any more.
    pub fn drops_secret_header_of(&self, before: &Self) -> bool {
        let has = |name: &str| {
            let mut headers = self.web_socket.headers.iter();
            headers.any(|(it, _)| it.trim().eq_ignore_ascii_case(name.trim()))
        };
        let mut headers = before.web_socket.headers.iter();
        headers.any(|(name, _)| is_secret_name(name) && !has(name))
    }

    /// Takes the values of secret headers out of the profile.
    pub fn take_header_secrets(&mut self) -> HeaderSecrets {
        let mut taken = HeaderSecrets::default();
        for (name, value) in &mut self.web_socket.headers {
            if is_secret_name(name) && !value.is_empty() {
                taken.set(name, Some(Secret::new(std::mem::take(value))));
            }
        }
        taken
    }

    /// Puts the values of secret headers into a profile that is about to connect and is not kept.
    pub fn fill_header_secrets(&mut self, secrets: &HeaderSecrets) {
        for (name, value) in &mut self.web_socket.headers {
            if let Some(secret) = secrets.get(name).filter(|_| value.is_empty()) {
                secret.reveal().clone_into(value);
            }
        }
    }
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

    #[test]
    fn values_leave_the_profile_and_come_back_for_a_connection() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut profile = Profile {
            transport: super::super::Transport::WebSocket,
            ..Profile::default()
        };
        let headers = vec![
            header("X-Tenant", "7"),
            header("Authorization", "Bearer hunter2"),
        ];
        profile.web_socket.headers.clone_from(&headers);
        let taken = profile.take_header_secrets();
        assert_eq!(profile.web_socket.headers[1].1, "");
        assert_eq!(profile.web_socket.headers[0].1, "7");
        assert_eq!(
            profile.secret_headers().collect::<Vec<_>>(),
            ["Authorization"]
        );
        assert!(!format!("{taken:?}").contains("hunter2"));

        let one = taken.to_secret().unwrap();
        let mut again = HeaderSecrets::from_secret(&one);
        assert_eq!(again, taken);
        profile.fill_header_secrets(&again);
        assert_eq!(profile.web_socket.headers, headers);
        again.set("AUTHORIZATION", None);
        assert_eq!(again.to_secret(), None);
        assert_eq!(
            HeaderSecrets::from_secret(&Secret::new("no JSON")),
            HeaderSecrets::default()
        );
    }
}
