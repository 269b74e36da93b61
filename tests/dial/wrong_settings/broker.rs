//! What a broker refuses: who one is, what one speaks, and two clients of one name.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use canopy::client::doctor::Check;
use canopy::client::{Config, Event, State};
use canopy::mqtt::Version;
use canopy::profile::{Profile, Secret, Transport};

use super::super::{assert_says, reaching};
use super::{Case, Found, case, secret_case};
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::Probe;

const PASSWORD: &str = "a secret of the test";

/// mosquitto with and without a password, and brokers that can do less.
pub struct Site {
    open: Mosquitto,
    closed: Mosquitto,
}

impl Site {
    pub fn start() -> Option<Self> {
        Some(Self {
            open: Mosquitto::start()?,
            closed: Mosquitto::start_with_password("ann", PASSWORD)?,
        })
    }

    fn closed(&self, version: Version) -> Profile {
        Profile {
            version,
            ..reaching(Transport::Tcp, self.closed.port())
        }
    }

    pub fn cases(&self) -> Vec<Case> {
        let mut cases = self.accounts();
        cases.extend(refusals());
        cases
    }

    fn accounts(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for version in [Version::V311, Version::V5] {
            let wrong = Config {
                profile: Profile {
                    user_name: "ann".to_owned(),
                    use_password: true,
                    ..self.closed(version)
                },
                password: Some(Secret::new("guessed by chance")),
                ..Config::default()
            };
            cases.push(secret_case(
                "wrong password",
                wrong,
                Check::Connect,
                &["Check user name and password"],
            ));
            cases.push(case(
                "no user name",
                self.closed(version),
                Check::Connect,
                &["Enter"],
            ));
        }
        cases
    }

    /// The second client with a client id is served, and the first one is told of it.
    pub async fn taken_over(&self) -> Vec<Found> {
        let cause = "client id taken over";
        let mut found = Vec::new();
        for version in [Version::V5, Version::V311] {
            let profile = Profile {
                client_id: "press-7".to_owned(),
                version,
                ..reaching(Transport::Tcp, self.open.port())
            };
            let mut first = Probe::connect(profile.clone()).await;
            let _second = Probe::connect(profile).await;
            let failure = first
                .until("the end", |event| match event {
                    Event::State(State::Waiting { failure, .. } | State::Ended(Some(failure))) => {
                        Some(failure)
                    }
                    _ => None,
                })
                .await;
            super::eprintln_if_asked(cause, &failure);
            // this mosquitto closes without a word in both versions
            assert_says(&failure, &["another client uses the client id “press-7”"]);
            found.push(Found {
                cause,
                words: failure.to_string(),
            });
        }
        found
    }
}

/// Brokers that refuse in CONNACK.
fn refusals() -> Vec<Case> {
    let mut cases = Vec::new();
    for (cause, version, answer, says) in [
        (
            "client id refused",
            Version::V311,
            &b"\x20\x02\x00\x02"[..],
            &["client id", "another"][..],
        ),
        (
            "client id refused",
            Version::V5,
            b"\x20\x03\x00\x85\x00",
            &["client id", "another"],
        ),
        (
            "broker without MQTT 5",
            Version::V5,
            b"\x20\x03\x00\x84\x00",
            &["does not speak MQTT 5", "Choose"],
        ),
        // as brokers say it that know nothing of MQTT 5
        (
            "broker without MQTT 5",
            Version::V5,
            b"\x20\x02\x00\x01",
            &["does not speak MQTT 5", "Choose"],
        ),
        (
            "broker without MQTT 3.1.1",
            Version::V311,
            b"\x20\x02\x00\x01",
            &["does not speak MQTT 3.1.1", "Choose"],
        ),
        (
            "wrong password, and said so",
            Version::V5,
            b"\x20\x03\x00\x86\x00",
            &["user name or password"],
        ),
        ("banned", Version::V5, b"\x20\x03\x00\x8a\x00", &["banned"]),
        (
            "broker unavailable",
            Version::V311,
            b"\x20\x02\x00\x03",
            &["available"],
        ),
    ] {
        let profile = Profile {
            version,
            ..reaching(Transport::Tcp, refusing(answer))
        };
        cases.push(case(cause, profile, Check::Connect, says));
    }
    let old = reaching(Transport::Tcp, without_mqtt_5());
    let says = ["does not speak MQTT 5", "Choose"];
    cases.push(case("broker without MQTT 5", old, Check::Connect, &says));
    cases
}

/// Answers every CONNECT with `connack`, and closes.
fn refusing(connack: &'static [u8]) -> u16 {
    answering(move |_| Some(connack))
}

/// Closes without a word when it is asked for MQTT 5, as brokers for MQTT 3.1.1 may (MQTT 3.1.1, 3.1.2.2).
fn without_mqtt_5() -> u16 {
    answering(|level| (level == 4).then_some(b"\x20\x02\x00\x00"))
}

fn answering(answer: impl Fn(u8) -> Option<&'static [u8]> + Send + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut connect = [0; 512];
            let count = stream.read(&mut connect).unwrap_or(0);
            // fixed header, length, name of the protocol, level; this client's CONNECT is short
            let level = connect.get(8).copied().filter(|_| count > 8);
            if let Some(answer) = level.and_then(&answer) {
                stream.write_all(answer).ok();
            }
        }
    };
    std::thread::Builder::new()
        .name("broker of one answer".to_owned())
        .spawn(serve)
        .unwrap();
    port
}
