//! Every way to a broker, with everything that can go wrong on it: TLS, WebSocket, Unix sockets and proxies against a
//! real mosquitto, and servers that are expired, foreign, silent or something else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;

mod certificates;
mod identity;
mod options;
mod probes;
mod proxies;
mod servers;
mod transports;
mod wrong_ports;
mod wrong_settings;

use canopy::client::{Config, DialReport, Event, Failure, State};
use canopy::mqtt::Version;
use canopy::profile::{Profile, Transport};

use common::probe::{Probe, profile};

/// A profile for `transport` on this machine.
pub(crate) fn reaching(transport: Transport, port: u16) -> Profile {
    Profile {
        transport,
        connect_timeout: 30,
        ..profile(Version::V5, port)
    }
}

/// How a connection fails that cannot come about, and what the dial has shown.
pub(crate) async fn refusal(config: Config) -> (Failure, DialReport) {
    let mut probe = Probe::open_config(config);
    let failure = probe
        .until("a failure", |event| match event {
            Event::State(State::Waiting { failure, .. } | State::Ended(Some(failure))) => {
                Some(failure)
            }
            Event::State(State::Connected { .. }) => panic!("it connects"),
            _ => None,
        })
        .await;
    (failure, probe.connection.dial_report())
}

/// The same for a profile without secrets.
pub(crate) async fn refused(profile: Profile) -> Failure {
    let config = Config {
        profile,
        ..Config::default()
    };
    refusal(config).await.0
}

/// Fails unless `failure` says all of `parts`, and ends with a cure.
pub(crate) fn assert_says(failure: &Failure, parts: &[&str]) {
    let words = failure.to_string();
    for part in parts {
        assert!(words.contains(part), "“{part}” is not in: {words}");
    }
    assert!(failure.cure.ends_with('.'), "{words}");
}
