//! Client certificates in every form, against a mosquitto that asks for one.

use std::path::Path;
use std::process::Command as Process;

use canopy::client::Config;
use canopy::profile::{Identity, Profile, Secret, Transport};

use super::servers::{Authority, Issued, parameters};
use super::{assert_says, reaching, refusal};
use crate::common::have;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::Probe;

struct Site {
    authority: Authority,
    client: Issued,
    broker: Mosquitto,
}

impl Site {
    /// A mosquitto that asks for a client certificate; `None` when something is not installed.
    fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// The same with one more line of configuration.
    fn start_with(more: &str) -> Option<Self> {
        if !have("openssl") {
            return None;
        }
        let authority = Authority::new("Test Root");
        let server = authority.issue("server", &parameters(&["127.0.0.1"]));
        let client = authority.issue("client", &parameters(&["client"]));
        let config = format!(
            "allow_anonymous true\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true\n{more}",
            authority.file().display(),
            server.certificate.display(),
            server.key.display()
        );
        let broker = Mosquitto::start_with(&config)?;
        Some(Self {
            authority,
            client,
            broker,
        })
    }

    fn profile(&self, identity: Identity) -> Profile {
        let mut profile = reaching(Transport::Tls, self.broker.port());
        profile.tls.ca_file = Some(self.authority.file());
        profile.tls.identity = identity;
        profile
    }

    fn with_key(&self, key: &Path) -> Profile {
        self.profile(Identity::Pem {
            certificate: self.client.certificate.clone(),
            key: key.to_owned(),
        })
    }

    fn openssl(&self, arguments: &[&str]) {
        let run = Process::new("openssl")
            .args(arguments)
            .current_dir(self.authority.directory.path())
            .output()
            .unwrap();
        assert!(run.status.success(), "{arguments:?}: {run:?}");
    }
}

fn with_passphrase(profile: Profile, passphrase: Option<&str>) -> Config {
    Config {
        profile,
        key_passphrase: passphrase.map(Secret::new),
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_asks_for_a_certificate_is_told_of() {
    let Some(site) = Site::start() else { return };
    for version in ["", "tls_version tlsv1.2\n"] {
        let Some(site) = Site::start_with(version) else {
            return;
        };
        let failure = super::refused(site.profile(Identity::None)).await;
        assert_says(&failure, &["asks for a client certificate"]);
    }
    let stranger = Authority::new("Strange Root");
    let foreign = stranger.issue("client", &parameters(&["client"]));
    let profile = site.profile(Identity::Pem {
        certificate: foreign.certificate,
        key: foreign.key,
    });
    let failure = super::refused(profile).await;
    assert_says(&failure, &["does not accept the client certificate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_form_open_the_connection() {
    let Some(site) = Site::start() else { return };
    Probe::connect(site.with_key(&site.client.key)).await;
    site.openssl(&["ec", "-in", "client.key", "-out", "sec1.key"]);
    Probe::connect(site.with_key(&site.authority.path("sec1.key"))).await;
    site.openssl(&[
        "pkcs8",
        "-topk8",
        "-nocrypt",
        "-in",
        "client.key",
        "-outform",
        "DER",
        "-out",
        "key.der",
    ]);
    Probe::connect(site.with_key(&site.authority.path("key.der"))).await;

    let secret = "pass:open sesame";
    let ways: [(&str, &[&str]); 3] = [
        ("aes.key", &["-v2", "aes256"]),
        ("scrypt.key", &["-scrypt"]),
        ("des3.key", &["-v2", "des3"]),
    ];
    for (name, options) in ways {
        let mut arguments = vec!["pkcs8", "-topk8", "-in", "client.key", "-out", name];
        arguments.extend(options);
        arguments.extend(["-passout", secret]);
        site.openssl(&arguments);
        let profile = site.with_key(&site.authority.path(name));
        let config = with_passphrase(profile.clone(), Some("open sesame"));
        Probe::open_config(config).connected().await;
        let wrong = refusal(with_passphrase(profile.clone(), Some("wrong")))
            .await
            .0;
        assert_says(&wrong, &[name, "does not open with this passphrase"]);
        assert!(!wrong.to_string().contains("wrong"), "{wrong}");
        let none = refusal(with_passphrase(profile, None)).await.0;
        assert_says(&none, &[name, "no passphrase was given"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rsa_keys_in_pkcs1_form_are_read() {
    let Some(site) = Site::start() else { return };
    site.openssl(&["genrsa", "-traditional", "-out", "rsa.key", "2048"]);
    let text = std::fs::read_to_string(site.authority.path("rsa.key")).unwrap();
    assert!(text.contains("BEGIN RSA PRIVATE KEY"), "{text}");
    // it is read, and found to belong to another certificate
    let failure = super::refused(site.with_key(&site.authority.path("rsa.key"))).await;
    assert_says(
        &failure,
        &["rsa.key", "does not belong to the certificate in"],
    );

    site.openssl(&[
        "rsa",
        "-traditional",
        "-aes128",
        "-in",
        "rsa.key",
        "-out",
        "old.key",
        "-passout",
        "pass:x",
    ]);
    let failure = super::refused(site.with_key(&site.authority.path("old.key"))).await;
    assert_says(&failure, &["encrypted in an outdated way", "openssl pkcs8"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pkcs12_files_open_with_their_passphrase() {
    let Some(site) = Site::start() else { return };
    let exports: [(&str, &[&str]); 3] = [
        ("new.p12", &["-passout", "pass:secret"]),
        ("old.pfx", &["-legacy", "-passout", "pass:secret"]),
        ("open.p12", &["-passout", "pass:"]),
    ];
    for (name, options) in exports {
        let mut arguments = vec![
            "pkcs12",
            "-export",
            "-inkey",
            "client.key",
            "-in",
            "client.pem",
            "-certfile",
            "ca.pem",
            "-out",
            name,
        ];
        arguments.extend(options);
        site.openssl(&arguments);
        let file = site.authority.path(name);
        let profile = site.profile(Identity::Pkcs12 { file });
        let passphrase = (name != "open.p12").then_some("secret");
        let config = with_passphrase(profile.clone(), passphrase);
        Probe::open_config(config).connected().await;
        let wrong = refusal(with_passphrase(profile, Some("guess"))).await.0;
        assert_says(&wrong, &[name, "does not open with this passphrase"]);
    }
    let file = site.client.certificate.clone();
    let failure = super::refused(site.profile(Identity::Pkcs12 { file })).await;
    assert_says(&failure, &["client.pem", "cannot be read as PKCS#12"]);
}
