//! No secret reaches a file, an export, a copied command or a printed value, whichever way it came in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use canopy::profile::{
    ConfigDir, Format, Identity, MemorySecrets, Profile, ProxyKind, Secret, SecretKind,
    SecretStore as _, Settings, Transport, WindowState, apply_url, export, from_command, import,
};

/// What is searched for; each secret of the tests contains it.
const SECRET: &str = "hunter2";

/// Everything that was written or printed.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn text(&mut self, what: &str, text: impl Into<String>) {
        self.0.push((what.to_owned(), text.into()));
    }

    fn printed(&mut self, what: &str, value: &impl Debug) {
        self.text(what, format!("{value:?}"));
    }

    fn directory(&mut self, path: &Path) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.directory(&path);
            } else {
                let bytes = fs::read(&path).unwrap();
                self.text(&path.display().to_string(), String::from_utf8_lossy(&bytes));
            }
        }
    }

    fn has_no_secret(&self) {
        for (what, text) in &self.0 {
            assert!(!text.contains(SECRET), "{what}: {text}");
        }
    }
}

/// A connection with every secret there is, made from a URL and a command.
fn profiles(secrets: &MemorySecrets, seen: &mut Seen) -> Vec<Profile> {
    let mut pasted = Profile {
        transport: Transport::SecureWebSocket,
        ..Profile::default()
    };
    let url = format!("wss://ann:{SECRET}-url@broker.example/mqtt");
    let secret = apply_url(&mut pasted, &url).unwrap().unwrap();
    assert!(secret.reveal().contains(SECRET));
    secrets
        .set(&pasted.id, SecretKind::Password, &secret)
        .unwrap();
    pasted.tls.identity = Identity::Pkcs12 {
        file: "/certs/me.p12".into(),
    };
    let passphrase = Secret::new(format!("{SECRET}-key"));
    secrets
        .set(&pasted.id, SecretKind::KeyPassphrase, &passphrase)
        .unwrap();

    let line = format!(
        "mosquitto_pub -h h -u ann -P {SECRET}-1 --proxy socks5h://ann:{SECRET}-2@p -t a -m b --psk {SECRET}"
    );
    let read = from_command(&line).unwrap();
    assert_eq!(read.secrets.len(), 2);
    seen.printed("a command that was read", &read);
    for (kind, secret) in &read.secrets {
        secrets.set(&read.profile.id, *kind, secret).unwrap();
    }
    let mut both = vec![pasted, read.profile];
    both.extend(imported(secrets, seen));
    both
}

/// Connections of both other programs.
fn imported(secrets: &MemorySecrets, seen: &mut Seen) -> Vec<Profile> {
    let explorer = format!(
        r#"{{"ConnectionManager_connections": {{"a": {{"type": "mqtt", "id": "a", "host": "h", "port": 1883,
        "protocol": "mqtt", "encryption": false, "name": "n", "username": "u", "password": "{SECRET}-3",
        "subscriptions": ["home/x"]}}}}}}"#
    );
    let mqttx = format!(
        r#"[{{"clientId": "c", "name": "n", "host": "h", "port": 1883, "mqttVersion": "5.0", "clean": true,
        "username": "u", "password": "{SECRET}-4", "messages": [{{"payload": "{SECRET}"}}]}}]"#
    );
    let mut profiles = Vec::new();
    for text in [explorer, mqttx] {
        let read = import(&text, &[]).unwrap();
        assert_eq!(read.passwords.len(), 1);
        seen.printed("a file that was read", &read);
        for (id, kind, secret) in &read.passwords {
            secrets.set(id, *kind, secret).unwrap();
        }
        profiles.extend(read.profiles);
    }
    profiles
}

#[test]
fn no_secret_is_written_or_printed() {
    let mut seen = Seen::default();
    let secrets = MemorySecrets::default();
    let mut profiles = profiles(&secrets, &mut seen);
    profiles[0].proxy.kind = ProxyKind::Socks5;
    assert!(profiles.iter().all(|profile| profile.use_password));

    let dir = tempfile::tempdir().unwrap();
    let config = ConfigDir::open(Some(dir.path())).unwrap();
    config.save_profiles(&profiles).unwrap();
    config.save_settings(&Settings::default()).unwrap();
    config.save_window(&WindowState::default()).unwrap();
    seen.directory(dir.path());
    for format in [Format::Ron, Format::Json] {
        seen.text("an export", export(&profiles, format).unwrap());
    }
    for profile in &profiles {
        seen.text("an address", profile.url());
        seen.text("a command", profile.mosquitto_sub_command().unwrap());
        for saved in &profile.saved_publishes {
            let command = profile.publish_command(&saved.draft, b"b").unwrap();
            seen.text("a command", command);
        }
        seen.text(
            "what a command loses",
            profile.sub_command_losses().join("\n"),
        );
        seen.printed("what is wrong", &profile.validate());
        for kind in SecretKind::ALL {
            seen.printed("what the keyring gives", &secrets.get(&profile.id, kind));
        }
    }
    seen.printed("profiles", &profiles);
    assert!(seen.0.len() > 25, "{}", seen.0.len());
    seen.has_no_secret();
}

#[test]
fn what_goes_wrong_with_an_address_does_not_repeat_its_password() {
    for wrong in [
        format!("http://ann:{SECRET}@h"),
        format!("mqtt://ann:{SECRET}@h:x"),
        format!("mqtt://ann:{SECRET}@"),
        format!("mqtt://ann:{SECRET}/x@h"),
        format!("mqtt://ann:{SECRET}@[h]:1"),
        format!("unix://ann:{SECRET}@"),
        format!("ann:{SECRET}@h:0"),
    ] {
        let mut profile = Profile::default();
        let err = apply_url(&mut profile, &wrong).unwrap_err();
        let told = format!("{err} {err:?} {profile:?}");
        assert!(!told.contains(SECRET), "{told}");
        assert!(!profile.use_password);
    }
}
