//! Saved profiles by their names, with the secrets that the keyring keeps for them.

use std::path::Path;

use thiserror::Error;

use crate::client::Config;
use crate::profile::{
    ConfigDir, KeptValues, MissingSecret, OfRun, Profile, Secret, SecretKind, SecretStore,
    StoreError, Transport, Url, UrlError, apply_url,
};

/// Why there is no such profile, or why it cannot be used here.
#[derive(Debug, Error)]
pub enum SavedError {
    /// No directory for settings.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of the profiles is damaged.
    #[error("{0}")]
    Unreadable(String),
    /// Nothing was saved yet.
    #[error("There is no profile “{0}”, as none is saved. Save one in the window: canopy")]
    None(String),
    /// Others are there.
    #[error("There is no profile “{name}”. Saved are {}.", listed(names))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are, in the user's order.
        names: Vec<String>,
    },
    /// Two folders may hold the same name.
    #[error("Several profiles are called “{0}”. Give the folder too: {1}/{0}.")]
    Ambiguous(String, String),
    /// An address of a broker that cannot be taken apart.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A word that is neither.
    #[error(
        "“{0}” is neither a command nor the address of a broker. See canopy --help; an address is written mqtt://host."
    )]
    NoUrl(String),
    /// An address that leads nowhere.
    #[error("{0}")]
    Invalid(String),
}

/// The saved profile of this name, also with its folder: `lab/Kitchen`.
///
/// # Errors
/// [`SavedError`] names the profiles there are.
pub fn by_name(config_dir: Option<&Path>, name: &str) -> Result<Profile, SavedError> {
    let (profiles, warning) = ConfigDir::open(config_dir)?.load_profiles();
    find(&profiles, name).map_err(|err| match (err, warning) {
        (SavedError::None(_), Some(warning)) => SavedError::Unreadable(warning.0),
        (err, _) => err,
    })
}

fn find(profiles: &[Profile], name: &str) -> Result<Profile, SavedError> {
    let full = |profile: &Profile| format!("{}/{}", profile.folder, profile.name);
    let found: Vec<&Profile> = profiles
        .iter()
        .filter(|profile| profile.name == name || full(profile) == name)
        .collect();
    match found[..] {
        [profile] => Ok(profile.clone()),
        [] if profiles.is_empty() => Err(SavedError::None(name.to_owned())),
        [] => Err(SavedError::Unknown {
            name: name.to_owned(),
            names: profiles.iter().map(|it| it.name.clone()).collect(),
        }),
        // one without a folder is meant by its bare name
        [..] => match found.iter().find(|it| it.folder.is_empty()) {
            Some(profile) => Ok((*profile).clone()),
            None => {
                let folder = found[0].folder.clone();
                Err(SavedError::Ambiguous(name.to_owned(), folder))
            }
        },
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    quoted.join(", ")
}

/// The profile for an address: the saved one that leads there as the same user, or a new one, which nobody has saved.
///
/// # Errors
/// [`SavedError`] says what is wrong with the address.
pub fn by_url(
    config_dir: Option<&Path>,
    address: &str,
) -> Result<(Profile, Option<Secret>), SavedError> {
    let (profiles, _told_by_the_window) = ConfigDir::open(config_dir)?.load_profiles();
    leading_to(&profiles, address)
}

fn leading_to(
    profiles: &[Profile],
    address: &str,
) -> Result<(Profile, Option<Secret>), SavedError> {
    if !address.contains("://") {
        return Err(SavedError::NoUrl(address.to_owned()));
    }
    let mut profile = Profile::default();
    let password = apply_url(&mut profile, address)?;
    let names_user = Url::parse(address)?.user_name.is_some();
    let is_same = |saved: &&Profile| {
        saved.leads_where(&profile)
            && (!names_user || saved.user_name == profile.user_name)
            && (password.is_none() || saved.use_password)
    };
    if let Some(saved) = profiles.iter().find(is_same) {
        return Ok((saved.clone(), password));
    }
    profile.name = match profile.transport {
        Transport::Unix => profile.unix_path.clone(),
        _ => profile.host.clone(),
    };
    // A user name in an address comes with a password: one that is not there is asked for.
    profile.use_password |= !profile.user_name.is_empty();
    match profile.validate().into_iter().next() {
        Some(problem) if !profile.is_connectable() => Err(SavedError::Invalid(problem.text)),
        _ => Ok((profile, password)),
    }
}

/// Puts the secrets that belong to the profile of `config` beside it, as far as they are given or kept. Returns what is
/// missing.
pub fn add_secrets(config: &mut Config, store: &dyn SecretStore) -> Vec<MissingSecret> {
    let given = [
        (SecretKind::Password, &config.password),
        (SecretKind::KeyPassphrase, &config.key_passphrase),
        (SecretKind::ProxyPassword, &config.proxy_password),
    ];
    let given = given.into_iter().filter(|(_, secret)| secret.is_some());
    let of_run: OfRun = given.map(|(kind, it)| (kind, it.clone())).collect();
    let found = config.profile.look_up_secrets(&of_run, store);
    for (kind, secret) in found.secrets {
        match kind {
            SecretKind::Password => config.password = Some(secret),
            SecretKind::KeyPassphrase => config.key_passphrase = Some(secret),
            SecretKind::ProxyPassword => config.proxy_password = Some(secret),
            SecretKind::Values => {
                let values = KeptValues::from_secret(&secret);
                config.profile.fill_kept_values(&values);
            }
        }
    }
    found.missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Identity, MemorySecrets, ProxyKind, ProxySettings};

    fn named(name: &str, folder: &str) -> Profile {
        Profile {
            name: name.to_owned(),
            folder: folder.to_owned(),
            host: format!("{name}.example"),
            ..Profile::default()
        }
    }

    #[test]
    fn a_profile_is_found_by_its_name_and_folder() {
        let profiles = [
            named("a", ""),
            named("b", "lab"),
            named("b", "home"),
            named("a", "lab"),
        ];
        assert_eq!(find(&profiles, "a").unwrap(), profiles[0]);
        assert_eq!(find(&profiles, "home/b").unwrap(), profiles[2]);
        let err = find(&profiles, "b").unwrap_err().to_string();
        assert!(err.contains("lab/b"), "{err}");
        let err = find(&profiles[..2], "c").unwrap_err().to_string();
        assert!(err.contains("“a”, “b”"), "{err}");
        let err = find(&[], "c").unwrap_err().to_string();
        assert!(err.contains("none is saved"), "{err}");
    }

    #[test]
    fn an_address_leads_to_the_saved_profile_or_to_a_new_one() {
        let profiles = [named("a", "")];
        let (profile, password) = leading_to(&profiles, "mqtt://a.example").unwrap();
        assert_eq!((profile, password), (profiles[0].clone(), None));
        let (profile, password) = leading_to(&profiles, "wss://me:pw@b.example/x").unwrap();
        assert_eq!(profile.name, "b.example");
        assert_eq!(profile.url(), "wss://b.example:8084/x");
        assert!(profile.use_password);
        assert_eq!(password, Some(Secret::new("pw")));
        // somebody else than the saved profile says
        let (profile, _) = leading_to(&profiles, "mqtt://me:pw@a.example").unwrap();
        assert_ne!(profile.id, profiles[0].id);
        for wrong in ["pubb", "http://a", "mqtt://"] {
            leading_to(&profiles, wrong).unwrap_err();
        }
    }

    #[test]
    fn every_secret_of_the_keyring_is_found() {
        let store = MemorySecrets::default();
        let profile = Profile {
            transport: Transport::Tls,
            use_password: true,
            proxy: ProxySettings {
                kind: ProxyKind::Socks5,
                use_password: true,
                ..ProxySettings::default()
            },
            ..Profile::default()
        };
        let mut config = Config {
            profile: profile.clone(),
            password: Some(Secret::new("typed")),
            ..Config::default()
        };
        config.profile.tls.identity = Identity::Pkcs12 { file: "f".into() };
        for kind in SecretKind::ALL {
            store
                .set(&profile.id, kind, &Secret::new(kind.name()))
                .unwrap();
        }
        assert!(add_secrets(&mut config, &store).is_empty());
        assert_eq!(config.password, Some(Secret::new("typed")));
        let name = |kind: SecretKind| Some(Secret::new(kind.name()));
        assert_eq!(config.key_passphrase, name(SecretKind::KeyPassphrase));
        assert_eq!(config.proxy_password, name(SecretKind::ProxyPassword));
    }
    #[test]
    fn a_header_without_a_value_is_missing_unless_it_is_given() {
        let store = MemorySecrets::default();
        let mut config = Config::default();
        config.profile.transport = Transport::WebSocket;
        config.profile.web_socket.headers = vec![("Authorization".to_owned(), String::new())];
        let missing = add_secrets(&mut config, &store);
        assert_eq!(missing[0].places[0].name, "Authorization");
        "Bearer x".clone_into(&mut config.profile.web_socket.headers[0].1);
        assert!(add_secrets(&mut config, &store).is_empty());
    }
}
