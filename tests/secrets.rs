//! No secret that a connection uses comes out anywhere: not in what the command line prints, traces or complains of, not
//! in events, captured packets or the doctor's report, and in no file. The secrets are right ones and wrong ones, given
//! in every way that there is. (`profile_secrets` and the tests of the window search what those write.)

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;
#[allow(dead_code, reason = "the tests of the connection use all of it")]
#[path = "dial/servers.rs"]
mod servers;

use std::path::{Path, PathBuf};
use std::process::Command;

use canopy::client::{Config, DialReport, Direction};
use canopy::mqtt::{Packet, Qos, Version, codec};
use canopy::profile::{Identity, Profile, ProxyKind, ProxySettings, Secret, Transport};

use common::have;
use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, subscription};
use common::program::{canopy, run};
use common::service::{Service, socks_proxy};
use servers::{Authority, parameters};

/// What is searched for; each secret contains it.
const SECRET: &str = "hunter2";
const PASSWORD: &str = "hunter2-password";
const PASSPHRASE: &str = "hunter2-passphrase";
const PROXY: &str = "hunter2-proxy";

/// A broker that wants a client certificate and a password, behind a proxy that wants one, too.
struct Site {
    authority: Authority,
    certificate: PathBuf,
    key: PathBuf,
    broker: Mosquitto,
    proxy: Service,
    home: tempfile::TempDir,
}

impl Site {
    async fn start() -> Option<Self> {
        if !have("openssl") || !have("mosquitto_passwd") {
            return None;
        }
        let proxy = socks_proxy(Some(("me", PROXY))).await?;
        let authority = Authority::new("Test Root");
        let server = authority.issue("server", &parameters(&["127.0.0.1"]));
        let client = authority.issue("client", &parameters(&["client"]));
        let key = authority.path("encrypted.key");
        let pass = format!("pass:{PASSPHRASE}");
        ends_well(
            Command::new("openssl")
                .args(["pkcs8", "-topk8", "-v2", "aes256", "-passout", &pass, "-in"])
                .arg(&client.key)
                .arg("-out")
                .arg(&key),
        );
        let passwords = authority.path("passwords");
        ends_well(
            Command::new(common::find("mosquitto_passwd").unwrap())
                .args(["-b", "-c"])
                .arg(&passwords)
                .args(["ann", PASSWORD]),
        );
        common::service::open_to_all(&passwords);
        let config = format!(
            "allow_anonymous false\npassword_file {}\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true\n",
            passwords.display(),
            authority.file().display(),
            server.certificate.display(),
            server.key.display()
        );
        Some(Self {
            certificate: client.certificate,
            key,
            broker: Mosquitto::start_with(&config)?,
            authority,
            proxy,
            home: tempfile::tempdir().unwrap(),
        })
    }

    fn config(&self) -> Config {
        let mut profile = Profile {
            transport: Transport::Tls,
            user_name: "ann".to_owned(),
            use_password: true,
            proxy: ProxySettings {
                kind: ProxyKind::Socks5,
                host: "127.0.0.1".to_owned(),
                port: self.proxy.port(),
                user_name: "me".to_owned(),
                use_password: true,
            },
            subscriptions: vec![subscription("a", Qos::AtLeastOnce)],
            ..profile(Version::V5, self.broker.port())
        };
        profile.tls.ca_file = Some(self.authority.file());
        profile.tls.identity = Identity::Pem {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
        };
        Config {
            profile,
            password: Some(Secret::new(PASSWORD)),
            key_passphrase: Some(Secret::new(PASSPHRASE)),
            proxy_password: Some(Secret::new(PROXY)),
        }
    }

    /// `canopy` with everything it takes to connect.
    fn canopy(&self, subcommand: &str, proxy: &str, in_environment: bool) -> Command {
        let mut command = canopy([subcommand, "-h", "127.0.0.1", "-u", "ann"]);
        let port = self.broker.port().to_string();
        command.args(["-V", "5", "-p", &port, "--cafile"]);
        command.arg(self.authority.file());
        command.arg("--cert").arg(&self.certificate);
        command.arg("--key").arg(&self.key);
        let address = format!("socks5h://me:{proxy}@127.0.0.1:{}", self.proxy.port());
        command.args(["--proxy", &address]);
        command.env("CANOPY_KEY_PASSPHRASE", PASSPHRASE);
        if in_environment {
            command.env("CANOPY_PASSWORD", PASSWORD);
        } else {
            command.args(["-P", PASSWORD]);
        }
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(variable, self.home.path());
        }
        command
    }

    fn assert_files_are_silent(&self) {
        assert_silent_below(self.home.path());
    }
}

fn ends_well(command: &mut Command) {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

fn assert_silent(what: &str, text: &str) {
    assert!(!text.contains(SECRET), "{what}:\n{text}");
}

fn assert_silent_below(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_silent_below(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert_silent(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_prints_none_of_them() {
    let Some(site) = Site::start().await else {
        return;
    };
    let with = |command: &mut Command, arguments: &[&str]| {
        let ended = run(command.args(arguments));
        let text = format!("{}{}", ended.text(), ended.err);
        assert_silent(&format!("{arguments:?}"), &text);
        (ended.code, text)
    };
    let publish = ["-d", "-t", "a", "-m", "kept", "-r", "-q", "1"];
    let subscribe = ["-d", "-t", "a", "-C", "1", "-F", "%j"];
    for in_environment in [false, true] {
        let canopy = |subcommand| site.canopy(subcommand, PROXY, in_environment);
        let (code, text) = with(&mut canopy("pub"), &publish);
        assert_eq!(code, Some(0), "{text}");
        let (code, text) = with(&mut canopy("sub"), &subscribe);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("kept"), "{text}");
        let (code, text) = with(&mut canopy("doctor"), &[]);
        assert_eq!(code, Some(0), "{text}");
        with(&mut canopy("doctor"), &["--help"]);
    }
    // wrong ones, which complaints are made of; what is given last counts
    let wrong = format!("{SECRET}-guessed");
    let (code, text) = with(&mut site.canopy("doctor", &wrong, true), &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("The proxy at"), "{text}");
    let mut guessed = site.canopy("pub", PROXY, true);
    guessed.env("CANOPY_PASSWORD", &wrong);
    let (code, text) = with(&mut guessed, &publish);
    assert_ne!(code, Some(0), "{text}");
    assert!(text.contains("Check user name and password"), "{text}");
    let mut locked = site.canopy("pub", PROXY, true);
    locked.env("CANOPY_KEY_PASSPHRASE", &wrong);
    let (code, text) = with(&mut locked, &publish);
    assert_ne!(code, Some(0), "{text}");
    assert!(
        text.contains("does not open with this passphrase"),
        "{text}"
    );
    // and such as are not understood
    for url in [
        format!("mqtt://ann:{SECRET}@"),
        format!("mqtt://ann:{SECRET}@host:port"),
        format!("htp://ann:{SECRET}@host"),
    ] {
        with(&mut canopy(["sub"]), &["-t", "a", "-L", &url]);
        with(&mut canopy(["sub"]), &["-t", "a", "--proxy", &url]);
        with(&mut canopy(["doctor"]), &[&url]);
        with(&mut canopy(["pub"]), &[&url]);
        with(&mut canopy([&url]), &["--help"]);
        with(&mut canopy(["--no-such-option"]), &[&url]);
    }
    site.assert_files_are_silent();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_tells_none_of_them() {
    let Some(site) = Site::start().await else {
        return;
    };
    for version in [Version::V311, Version::V5] {
        let mut config = site.config();
        config.profile.version = version;
        let mut probe = Probe::open_config(config);
        let mut events = Vec::new();
        probe
            .until("the grant", |event| {
                let words = format!("{event:?}");
                let is_last = words.contains("Granted(Qos") || words.contains("Granted(At");
                events.push(words);
                is_last.then_some(())
            })
            .await;
        assert_silent("the events", &events.join("\n"));
        let report: DialReport = probe.connection.dial_report();
        assert_silent("the dial", &format!("{report:?}"));
        probe.publish(message("a", "end", Qos::AtLeastOnce)).await;
        let mut saw_connect = false;
        loop {
            let captured = probe.captured().await;
            let bytes = String::from_utf8_lossy(&captured.frame).into_owned();
            assert_silent("a captured packet", &bytes);
            let packet = codec::decode(captured.version, captured.frame).unwrap();
            assert_silent("a decoded packet", &format!("{packet:?}"));
            saw_connect |= matches!(packet, Packet::Connect(_));
            if captured.direction == Direction::Incoming && matches!(packet, Packet::Publish(_)) {
                break;
            }
        }
        assert!(saw_connect, "CONNECT is captured, without its password");
        probe.disconnect().await;
    }
}
