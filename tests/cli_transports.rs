//! `canopy pub`, `sub` and `watch` over TLS, with client certificates, in `WebSockets` and through Unix sockets, beside
//! mosquitto's clients where those have the option.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use canopy::profile::{ConfigDir, Profile, TlsSettings, Transport};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::mosquitto::Mosquitto;
use common::program::{Ended, Running, canopy, mosquitto, run};
use common::{free_port, have};

/// A broker with a listener for each transport, and the files for them.
struct Brokers {
    plain: Mosquitto,
    tls: u16,
    mutual: u16,
    web: u16,
    directory: tempfile::TempDir,
}

impl Brokers {
    fn start() -> Option<Self> {
        if !have("mosquitto") || !have("mosquitto_pub") || !have("mosquitto_sub") {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path();
        // mosquitto gives up root before it makes its socket
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o777)).unwrap();
        issue(place);
        let [tls, mutual, web] = std::array::from_fn(|_| free_port());
        let file = |name: &str| place.join(name).display().to_string();
        let files = format!(
            "cafile {}\ncertfile {}\nkeyfile {}\n",
            file("ca.pem"),
            file("broker.pem"),
            file("broker.key")
        );
        let plain = Mosquitto::start_with(&format!(
            "listener {tls} 127.0.0.1\n{files}listener {mutual} 127.0.0.1\n{files}require_certificate true\n\
             listener {web} 127.0.0.1\nprotocol websockets\nlistener 0 {}\nallow_anonymous true\n",
            file("broker.sock")
        ))?;
        Some(Self {
            plain,
            tls,
            mutual,
            web,
            directory,
        })
    }

    /// `{dir}` and the ports in a line of options.
    fn filled(&self, options: &str) -> String {
        options
            .replace("{dir}", &self.directory.path().display().to_string())
            .replace("{plain}", &self.plain.port().to_string())
            .replace("{tls}", &self.tls.to_string())
            .replace("{mutual}", &self.mutual.to_string())
            .replace("{web}", &self.web.to_string())
    }

    fn canopy(&self, line: &str) -> Ended {
        let line = self.filled(line);
        run(&mut canopy(line.split(' ')))
    }

    /// Runs `canopy pub` and `mosquitto_pub` with the same options and compares their exit codes. For a certificate that it
    /// refuses mosquitto ends with 1 or 8, as it happens.
    fn both_end(&self, options: &str, code: i32) -> Ended {
        let line = self.filled(&format!("-t a -m x {options}"));
        let expected = run(&mut mosquitto("pub", line.split(' ')));
        let got = run(&mut canopy(["pub"].into_iter().chain(line.split(' '))));
        let expected_code = match expected.code {
            Some(8) if code == 1 => Some(1),
            code => code,
        };
        assert_eq!(
            (got.code, expected_code),
            (Some(code), Some(code)),
            "{line}\ncanopy: {}\nmosquitto: {}",
            got.err,
            expected.err
        );
        got
    }
}

/// An authority, another one, and certificates of the first for broker and client.
fn issue(directory: &Path) {
    let write = |name: &str, text: &str| {
        let path: PathBuf = directory.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    };
    let authority = |name: &str| {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(DnType::CommonName, name);
        CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
    };
    let ours = authority("our authority");
    write("ca.pem", &ours.pem());
    write("other.pem", &authority("another authority").pem());
    for (name, host) in [("broker", "localhost"), ("client", "client.example")] {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &ours).unwrap();
        write(&format!("{name}.pem"), &certificate.pem());
        write(&format!("{name}.key"), &key.serialize_pem());
    }
}

#[test]
fn every_transport_ends_as_with_mosquittos_clients() {
    let Some(brokers) = Brokers::start() else {
        return;
    };
    let identity = "--cert {dir}/client.pem --key {dir}/client.key";
    brokers.both_end("--cafile {dir}/ca.pem -p {tls}", 0);
    brokers.both_end("--cafile {dir}/ca.pem -p {tls} -q 2 -V 5", 0);
    brokers.both_end(
        "--cafile {dir}/ca.pem -p {tls} --tls-version tlsv1.3 --tls-alpn mqtt",
        0,
    );
    brokers.both_end("--cafile {dir}/ca.pem -p {tls} -h 127.0.0.1 --insecure", 0);
    // who issued the certificate is checked all the same
    brokers.both_end(
        "--cafile {dir}/other.pem -p {tls} -h 127.0.0.1 --insecure",
        1,
    );
    brokers.both_end(
        &format!("--cafile {{dir}}/ca.pem -p {{mutual}} {identity}"),
        0,
    );
    brokers.both_end("--unix {dir}/broker.sock", 0);
    let wrong_host = brokers.both_end("--cafile {dir}/ca.pem -p {tls} -h 127.0.0.1", 1);
    assert!(
        wrong_host.err.contains("--server-name"),
        "{}",
        wrong_host.err
    );
    let unknown = brokers.both_end("--cafile {dir}/other.pem -p {tls}", 1);
    assert!(unknown.err.contains("--cafile"), "{}", unknown.err);
    brokers.both_end("--cafile {dir}/nosuch.pem -p {tls}", 1);
    brokers.both_end("--unix {dir}/nosuch.sock", 1);
    let plain = brokers.both_end("--cafile {dir}/ca.pem -p {plain}", 8);
    assert!(!plain.err.contains("profile"), "{}", plain.err);
    brokers.both_end("-p {tls}", 7);
    // these choose no TLS by themselves, which is said
    let ignored = brokers.both_end(&format!("-p {{plain}} {identity}"), 0);
    assert!(ignored.err.contains("not encrypted"), "{}", ignored.err);
}

#[test]
fn what_mosquittos_clients_do_not_have_works_too() {
    let Some(brokers) = Brokers::start() else {
        return;
    };
    let ended = [
        "pub -t a -m x --ws -p {web}",
        "pub -t a -m x -L ws://localhost:{web}/mqtt",
        "pub -t a -m x -L mqtt+unix://{dir}/broker.sock",
        "pub -m x -L mqtts://localhost:{tls}/a --cafile {dir}/ca.pem",
        "pub -t a -m x -p {tls} -h 127.0.0.1 --server-name localhost --cafile {dir}/ca.pem",
    ];
    for line in ended {
        let ended = brokers.canopy(line);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{line}");
    }
    // the sentence for an unknown certificate names its fingerprint's option
    let foreign = format!("pub -t a -m x -p {{tls}} --fingerprint {}", "00".repeat(32));
    let refused = brokers.canopy(&foreign);
    assert_eq!(refused.code, Some(1), "{}", refused.err);
    // a client certificate that is missing loses the connection; it is not tried for ever
    let missing = brokers.canopy("sub -t a -p {mutual} --cafile {dir}/ca.pem");
    assert_ne!(missing.code, Some(0));
    assert!(missing.err.contains("--cert"), "{}", missing.err);
}

#[test]
fn a_message_crosses_from_tls_to_a_unix_socket() {
    let Some(brokers) = Brokers::start() else {
        return;
    };
    let sub = brokers.filled("sub -t a -v -C 1 --unix {dir}/broker.sock -d");
    let mut sub = Running::start(&mut canopy(sub.split(' ')));
    sub.wait_for("SUBACK");
    brokers.both_end("--cafile {dir}/ca.pem -p {tls} -q 1", 0);
    let ended = sub.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.text().contains("a x"), "{}", ended.text());
}

#[test]
fn a_saved_profile_is_used_by_its_name() {
    let Some(brokers) = Brokers::start() else {
        return;
    };
    let profile = Profile {
        name: "Kitchen".to_owned(),
        transport: Transport::Tls,
        host: "localhost".to_owned(),
        port: brokers.tls,
        tls: TlsSettings {
            ca_file: Some(brokers.directory.path().join("ca.pem")),
            ..TlsSettings::default()
        },
        ..Profile::default()
    };
    let config = ConfigDir::open(Some(brokers.directory.path())).unwrap();
    config.save_profiles(&[profile]).unwrap();
    let named = "--config-dir {dir} --profile Kitchen";
    let ended = brokers.canopy(&format!("pub {named} -t a -m x -r -q 1"));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let ended = brokers.canopy(&format!("sub {named} -v -C 1"));
    assert_eq!((ended.code, ended.text().as_str()), (Some(0), "a x\n"));
    let ended = brokers.canopy(&format!("watch {named} --once 1"));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.text().contains('x'), "{}", ended.text());
    for line in ["sub -t a --profile", "--profile"] {
        let unknown = brokers.canopy(&format!("{line} Garden --config-dir {{dir}}"));
        assert_eq!(unknown.code, Some(1));
        assert!(unknown.err.contains("“Kitchen”"), "{}", unknown.err);
    }
}
