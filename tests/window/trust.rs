//! Certificates, passphrases and proxies from the window: what is asked for, what is shown, what is kept, and the
//! connection's test after a failure. The servers are as they are in the world.

use std::path::PathBuf;
use std::process::Command;

use canopy::profile::{
    Identity, Profile, ProxyKind, ProxySettings, SecretKind, SecretStore as _, Transport, Verify,
};
use egui::accesskit::Role;
use tokio::runtime::Runtime;

use crate::common::mosquitto::Mosquitto;
use crate::common::service::socks_proxy;
use crate::common::{free_port, have};
use crate::connection::{connect, lab};
use crate::driver::{Home, Window};
use crate::servers::{Authority, parameters, write};

/// mosquitto with TLS, and the authorities that it and its clients belong to.
struct Site {
    broker: Mosquitto,
    /// Issued the broker's certificate.
    strange: Authority,
    /// The one that the profile knows.
    known: Authority,
    certificate: PathBuf,
    key: PathBuf,
}

impl Site {
    /// With one more line of configuration.
    fn start(more: &str) -> Option<Self> {
        let (strange, known) = (Authority::new("Strange Root"), Authority::new("Known Root"));
        let server = strange.issue("server", &parameters(&["127.0.0.1", "broker.example"]));
        let config = format!(
            "allow_anonymous true\ncertfile {}\nkeyfile {}\ncafile {}\n{more}",
            server.certificate.display(),
            server.key.display(),
            strange.file().display()
        );
        Some(Self {
            broker: Mosquitto::start_with(&config)?,
            strange,
            known,
            certificate: server.certificate,
            key: server.key,
        })
    }

    fn profile(&self) -> Profile {
        let mut profile = Profile {
            transport: Transport::Tls,
            ..lab(self.broker.port())
        };
        profile.tls.ca_file = Some(self.known.file());
        profile
    }

    /// Gives the broker another certificate, as somebody in between would have.
    fn exchange_certificate(&mut self) {
        self.broker.kill();
        let other = self.strange.issue("other", &parameters(&["127.0.0.1"]));
        for (from, to) in [
            (&other.certificate, &self.certificate),
            (&other.key, &self.key),
        ] {
            write(to, &std::fs::read_to_string(from).unwrap());
        }
        self.broker.restart();
    }
}

fn pinned(home: &Home) -> usize {
    let profile = home.profiles().pop().expect("a profile");
    match profile.tls.verify {
        Verify::Pinned(pinned) => pinned.len(),
        _ => 0,
    }
}

fn assert_no_file_has(home: &Home, secret: &str) {
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains(secret), "{}", path.display());
        }
    }
}

#[test]
fn an_unknown_certificate_is_shown_and_trusted_and_another_one_is_not() {
    let Some(mut site) = Site::start("") else {
        return;
    };
    let home = Home::new();
    let mut window = connect(&home, &site.profile());
    window.wait_for_label("This certificate is not trusted");
    let shown = [
        "was issued by “Strange Root”, which is not known here",
        "The broker's certificate",
        "127.0.0.1, broker.example",
        "SHA-256",
    ];
    for part in shown {
        assert!(window.has_text(part), "{part}: {}", window.on_screen());
    }
    assert_eq!(pinned(&home), 0, "nothing is trusted unasked");
    window.press("Trust this certificate");
    window.wait_for_text("Connected since");
    window.wait_for("the profile on disk", |_| pinned(&home) == 1);

    window.press("Disconnect");
    window.wait_for_label("Disconnected");
    site.exchange_certificate();
    window.press("Connect");
    window.wait_for_label("This certificate is not trusted");
    window.wait_for_text("is not the one that this profile trusts");
    window.wait_for_text("somebody may be in between");
    window.click(Role::Button, "Cancel");
    window.wait_for_label("Not connected");
    assert_eq!(pinned(&home), 1, "the other one is not trusted");
}

#[test]
fn a_passphrase_is_asked_for_until_it_fits() {
    if !have("openssl") {
        return;
    }
    let Some(site) = Site::start("require_certificate true\n") else {
        return;
    };
    let client = site.strange.issue("client", &parameters(&["client"]));
    let key = site.strange.path("encrypted.key");
    let run = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-v2", "aes256", "-passout"])
        .arg("pass:open sesame")
        .arg("-in")
        .arg(&client.key)
        .arg("-out")
        .arg(&key)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let mut profile = site.profile();
    profile.tls.ca_file = Some(site.strange.file());
    profile.tls.identity = Identity::Pem {
        certificate: client.certificate,
        key,
    };
    let home = Home::new();
    let mut window = connect(&home, &profile);
    answer(&mut window, "Passphrase", "guessed by chance");
    window.wait_for_text("does not open with this passphrase");
    assert!(!window.has_text("guessed by chance"));
    window.press("Connect");
    answer(&mut window, "Passphrase", "open sesame");
    window.wait_for_text("Connected since");
    let kept = home.secrets().get(&profile.id, SecretKind::KeyPassphrase);
    let kept = kept.unwrap().expect("it is in the keyring");
    assert_eq!(kept.reveal(), "open sesame");
    window.close();
    assert_no_file_has(&home, "open sesame");
    let mut window = home.open();
    window.press("Connect");
    window.wait_for_text("Connected since");
}

#[test]
fn a_proxys_password_is_asked_for_until_it_fits_and_kept_for_this_run() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = Runtime::new().unwrap();
    let login = Some(("me", "secret of the proxy"));
    let Some(proxy) = runtime.block_on(socks_proxy(login)) else {
        return;
    };
    let profile = Profile {
        proxy: ProxySettings {
            kind: ProxyKind::Socks5,
            host: "127.0.0.1".to_owned(),
            port: proxy.port(),
            user_name: "me".to_owned(),
            use_password: true,
        },
        ..lab(broker.port())
    };
    let home = Home::new();
    let mut window = connect(&home, &profile);
    answer(&mut window, "Proxy password", "guessed by chance");
    window.wait_for_text("does not let you in");
    window.wait_for_text("Check the user name and the password for the proxy");
    window.press("Connect");
    window.wait_for_label("Proxy password for Lab");
    window.click(Role::Switch, "Remember in the system keyring");
    answer(&mut window, "Proxy password", "secret of the proxy");
    window.wait_for_text("Connected since");
    // it is known for this run, and nowhere else
    window.press("Disconnect");
    window.wait_for_label("Disconnected");
    window.press("Connect");
    window.wait_for_text("Connected since");
    let kept = home.secrets().get(&profile.id, SecretKind::ProxyPassword);
    assert!(
        kept.unwrap()
            .is_none_or(|kept| kept.reveal() != "secret of the proxy")
    );
    window.close();
    assert_no_file_has(&home, "secret of the proxy");
}

/// Waits for the question after a secret of the profile “Lab”, and answers it.
fn answer(window: &mut Window, label: &str, secret: &str) {
    window.wait_for_label(&format!("{label} for Lab"));
    window.fill(label, secret);
    window.press("Connect");
}

#[test]
fn a_failed_connect_leads_to_its_test() {
    let home = Home::new();
    let profile = lab(free_port());
    let mut window = connect(&home, &profile);
    window.wait_for_text("Nothing listens on 127.0.0.1:");
    window.press("Test");
    window.wait_for_text("Test of “Lab”");
    window.wait_for_text("TCP failed.");
    window.press("Copy report");
    let report = window.take_copied().expect("a report");
    for part in ["Nothing listens on", "check host and port", "not tried"] {
        assert!(report.contains(part), "{part}: {report}");
    }
}
