//! Certificates, keys and versions that do not fit, on mosquitto's and OpenSSL's side of TLS.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use canopy::client::doctor::Check;
use canopy::client::{Config, Step};
use canopy::profile::{Fingerprint, Identity, Profile, Secret, TlsVersion, Transport, Verify};

use super::super::reaching;
use super::super::servers::{Authority, Issued, parameters, valid_between, write};
use super::{Case, case, secret_case};
use crate::common::mosquitto::Mosquitto;
use crate::common::service::{Service, openssl_server};
use crate::common::{free_port, have};

/// Brokers with every kind of certificate.
pub struct Site {
    authority: Authority,
    stranger: Authority,
    broker: Mosquitto,
    ports: Vec<(&'static str, u16)>,
    old: Service,
    other_protocol: Service,
    client: Issued,
}

impl Site {
    pub async fn start() -> Option<Self> {
        if !have("openssl") {
            return None;
        }
        let (authority, stranger) = (Authority::new("Test Root"), Authority::new("Strange Root"));
        let here = parameters(&["127.0.0.1"]);
        let good = authority.issue("good", &here);
        let elsewhere = parameters(&["broker.example", "*.other.example"]);
        let servers = [
            (
                "expired",
                authority.issue("expired", &valid_between(2019, 2021)),
            ),
            (
                "early",
                authority.issue("early", &valid_between(2090, 2091)),
            ),
            ("self-signed", authority.self_signed("self", &here)),
            ("strange", stranger.issue("strange", &here)),
            ("elsewhere", authority.issue("elsewhere", &elsewhere)),
        ];
        let client = authority.issue("client", &parameters(&["client"]));
        let mut config = "allow_anonymous true\n".to_owned();
        let mut ports = Vec::new();
        for (name, server) in &servers {
            ports.push((*name, listener(&mut config, server)));
        }
        ports.push(("good", listener(&mut config, &good)));
        ports.push(("mutual", listener(&mut config, &good)));
        writeln!(
            config,
            "cafile {}\nrequire_certificate true",
            authority.file().display()
        )
        .expect("a string takes it");
        let broker = Mosquitto::start_with(&config)?;
        let tls = |options: &'static [&'static str]| {
            openssl_server(&good.certificate, &good.key, options)
        };
        let old = tls(&["-tls1_2"]).await?;
        let other_protocol = tls(&["-alpn", "h2"]).await?;
        Some(Self {
            authority,
            stranger,
            broker,
            ports,
            old,
            other_protocol,
            client,
        })
    }

    fn port(&self, name: &str) -> u16 {
        let found = self.ports.iter().find(|(known, _)| *known == name);
        found.map(|(_, port)| *port).expect("a listener")
    }

    fn to(&self, name: &str) -> Profile {
        self.to_port(self.port(name))
    }

    fn to_port(&self, port: u16) -> Profile {
        let mut profile = reaching(Transport::Tls, port);
        profile.tls.ca_file = Some(self.authority.file());
        profile
    }

    fn as_client(&self, certificate: &Path, key: &Path) -> Profile {
        let mut profile = self.to("mutual");
        profile.tls.identity = Identity::Pem {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        profile
    }

    pub fn cases(&self) -> Vec<Case> {
        // the plain port that every mosquitto of these tests has
        assert_ne!(self.broker.port(), 0);
        let mut cases = self.of_the_broker();
        cases.extend(self.of_the_client());
        cases.extend(self.files());
        cases.extend(self.terms());
        cases
    }

    fn of_the_broker(&self) -> Vec<Case> {
        let mut pinned = self.to("good");
        pinned.tls.verify = Verify::Pinned(vec![Fingerprint::from_sha256(&[7; 32])]);
        let tls =
            |cause, profile, says: &[&str]| case(cause, profile, Check::Dial(Step::Tls), says);
        vec![
            tls(
                "expired",
                self.to("expired"),
                &["expired on 5 March 2021", "renew it"],
            ),
            tls(
                "not yet valid",
                self.to("early"),
                &["is not valid before 5 March 2090", "clock"],
            ),
            tls(
                "self-signed",
                self.to("self-signed"),
                &["is self-signed", "trust exactly this certificate"],
            ),
            tls(
                "unknown issuer",
                self.to("strange"),
                &[
                    "issued by “Strange Root”, which is not known here",
                    "CA file",
                ],
            ),
            tls(
                "wrong host",
                self.to("elsewhere"),
                &["issued for broker.example, *.other.example, not for 127.0.0.1"],
            ),
            tls(
                "not the pinned one",
                pinned,
                &["not the one that this profile trusts", "in between"],
            ),
        ]
    }

    fn of_the_client(&self) -> Vec<Case> {
        let strange = self.stranger.issue("client", &parameters(&["client"]));
        let mut old = valid_between(2019, 2021);
        old.subject_alt_names.clear();
        let old = self.authority.issue("old", &old);
        let identity = |cause, profile, says: &[&str]| {
            // TLS 1.3 has the client finish first, so the refusal comes while CONNACK is awaited
            case(cause, profile, Check::Connect, says)
        };
        vec![
            identity(
                "no client certificate",
                self.to("mutual"),
                &[
                    "asks for a client certificate",
                    "Choose the certificate and its key",
                ],
            ),
            identity(
                "foreign client certificate",
                self.as_client(&strange.certificate, &strange.key),
                &[
                    "the client certificate: it does not know who issued it",
                    "authority",
                ],
            ),
            identity(
                "expired client certificate",
                self.as_client(&old.certificate, &old.key),
                &["the client certificate: it has expired", "a new one"],
            ),
        ]
    }

    fn files(&self) -> Vec<Case> {
        let encrypted = self.encrypted_key();
        let with_passphrase = |passphrase: Option<&str>| Config {
            profile: self.as_client(&self.client.certificate, &encrypted),
            key_passphrase: passphrase.map(Secret::new),
            ..Config::default()
        };
        let other = self.authority.issue("other", &parameters(&["client"]));
        let no_pem = self.authority.path("text.pem");
        write(&no_pem, "no certificate at all\n");
        let ca_file = |file: PathBuf| {
            let mut profile = self.to("good");
            profile.tls.ca_file = Some(file);
            profile
        };
        let tls =
            |cause, profile, says: &[&str]| case(cause, profile, Check::Dial(Step::Tls), says);
        vec![
            secret_case(
                "wrong passphrase",
                with_passphrase(Some("guessed by chance")),
                Check::Dial(Step::Tls),
                &["encrypted.key", "does not open with this passphrase"],
            ),
            secret_case(
                "no passphrase",
                with_passphrase(None),
                Check::Dial(Step::Tls),
                &["encrypted.key", "no passphrase was given"],
            ),
            tls(
                "key of another certificate",
                self.as_client(&self.client.certificate, &other.key),
                &["other.key", "does not belong to the certificate in"],
            ),
            tls(
                "no client certificate file",
                self.as_client(&self.authority.path("gone.pem"), &other.key),
                &["gone.pem", "is not there"],
            ),
            tls(
                "CA file is no PEM",
                ca_file(no_pem),
                &["text.pem", "holds no certificate"],
            ),
            tls(
                "CA file is a key",
                ca_file(other.key.clone()),
                &["other.key", "holds a private key and no certificate"],
            ),
            tls(
                "no CA file",
                ca_file(self.authority.path("nowhere.pem")),
                &["nowhere.pem", "is not there"],
            ),
        ]
    }

    /// What both sides have to agree on.
    fn terms(&self) -> Vec<Case> {
        let mut too_new = self.to_port(self.old.port());
        too_new.tls.minimum = TlsVersion::V1_3;
        let mut alpn = self.to_port(self.other_protocol.port());
        alpn.tls.alpn = vec!["mqtt".to_owned()];
        let mut name = self.to("good");
        "not a name".clone_into(&mut name.tls.server_name);
        vec![
            case(
                "minimum version too high",
                too_new,
                Check::Dial(Step::Tls),
                &["no version of TLS that this profile allows", "TLS 1.3"],
            ),
            case(
                "ALPN refused",
                alpn,
                Check::Dial(Step::Tls),
                &[
                    "none of the protocols offered by ALPN",
                    "ALPN in the profile",
                ],
            ),
            case(
                "impossible server name",
                name,
                Check::Dial(Step::Tls),
                &["“not a name” cannot be the name of a TLS server"],
            ),
        ]
    }

    fn encrypted_key(&self) -> PathBuf {
        let file = self.authority.path("encrypted.key");
        let run = Command::new("openssl")
            .args([
                "pkcs8",
                "-topk8",
                "-v2",
                "aes256",
                "-passout",
                "pass:open sesame",
            ])
            .arg("-in")
            .arg(&self.client.key)
            .arg("-out")
            .arg(&file)
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        file
    }
}

fn listener(config: &mut String, server: &Issued) -> u16 {
    let port = free_port();
    writeln!(
        config,
        "listener {port} 127.0.0.1\ncertfile {}\nkeyfile {}",
        server.certificate.display(),
        server.key.display()
    )
    .expect("a string takes it");
    port
}
