//! Every transport against a real mosquitto: messages go and come, and nothing hangs when a server is silent.

use std::path::PathBuf;
use std::process::Command as Process;

use canopy::client::{Event, Step};
use canopy::mqtt::{Qos, Version};
use canopy::profile::{Profile, Transport, Transport as T};

use super::servers::{Authority, impostor, parameters, relay, tls_server, write};
use super::{assert_says, reaching, refused};
use crate::common::free_port;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, subscription};

/// A mosquitto that listens on every transport.
struct Site {
    authority: Authority,
    /// Kept alive; its own port speaks plain MQTT.
    broker: Mosquitto,
    tls: u16,
    web_socket: u16,
    secure: u16,
    unix: PathBuf,
}

impl Site {
    fn start() -> Option<Self> {
        let authority = Authority::new("Test Root");
        let server = authority.issue("server", &parameters(&["127.0.0.1"]));
        let files = format!(
            "certfile {}\nkeyfile {}\n",
            server.certificate.display(),
            server.key.display()
        );
        // mosquitto is another user by the time it makes the socket
        let place = tempfile::tempdir_in(authority.directory.path())
            .unwrap()
            .keep();
        write(&place.join("marker"), "");
        open_for_writing(&place);
        let unix = place.join("broker.sock");
        let (tls, web_socket, secure) = (free_port(), free_port(), free_port());
        let config = format!(
            "allow_anonymous true\n\
             listener {tls} 127.0.0.1\n{files}\
             listener {web_socket} 127.0.0.1\nprotocol websockets\n\
             listener {secure} 127.0.0.1\nprotocol websockets\n{files}\
             listener 0 {}\n",
            unix.display()
        );
        let broker = Mosquitto::start_with(&config)?;
        Some(Self {
            authority,
            broker,
            tls,
            web_socket,
            secure,
            unix,
        })
    }

    fn profile(&self, transport: Transport) -> Profile {
        let port = match transport {
            Transport::Tcp | Transport::Unix => self.broker.port(),
            Transport::Tls => self.tls,
            Transport::WebSocket => self.web_socket,
            Transport::SecureWebSocket => self.secure,
        };
        let mut profile = reaching(transport, port);
        profile.tls.ca_file = Some(self.authority.file());
        profile.unix_path = self.unix.display().to_string();
        profile
    }
}

#[cfg(unix)]
fn open_for_writing(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
}

#[cfg(not(unix))]
fn open_for_writing(_path: &std::path::Path) {}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_every_size_pass_every_transport_in_both_versions() {
    let Some(site) = Site::start() else { return };
    for transport in Transport::ALL {
        for version in [Version::V311, Version::V5] {
            let mut profile = site.profile(transport);
            profile.version = version;
            profile.subscriptions = vec![subscription("a/#", Qos::ExactlyOnce)];
            let mut probe = Probe::subscribed(profile).await;
            for size in [0, 1, 125, 126, 65_535, 300_000, 3_000_000] {
                // mosquitto 2.0.11 does not take more over its own WebSocket
                if size < 1_000_000 || !transport.uses_websocket() {
                    send_and_receive(&mut probe, size).await;
                }
            }
            probe.disconnect().await;
        }
    }
}

/// mosquitto has 20 messages under way at most, so the rest comes only when acknowledgements go out by themselves.
#[tokio::test(flavor = "multi_thread")]
async fn who_only_receives_acknowledges_at_once() {
    let Some(site) = Site::start() else { return };
    let mut sender = Probe::connect(site.profile(T::Tcp)).await;
    for transport in Transport::ALL {
        let mut profile = site.profile(transport);
        profile.subscriptions = vec![subscription("a/#", Qos::ExactlyOnce)];
        let mut probe = Probe::subscribed(profile).await;
        for number in 0..100_u8 {
            let outgoing = message("a/b", vec![number], Qos::ExactlyOnce);
            sender.publish(outgoing).await;
        }
        for number in 0..100_u8 {
            assert_eq!(probe.message().await.payload[..], [number], "{transport:?}");
        }
        probe.disconnect().await;
    }
}

async fn send_and_receive(probe: &mut Probe, size: usize) {
    let payload: Vec<u8> = (0..=250).cycle().take(size).collect();
    let outgoing = message("a/b", payload.clone(), Qos::ExactlyOnce);
    probe.publish(outgoing).await;
    let got = probe.message().await;
    assert!(got.payload == payload, "{size} bytes came back changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_socket_asks_with_path_and_headers_and_carries_packets_of_any_size() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let (port, asked) = relay(broker.port()).await;
    let mut profile = reaching(Transport::WebSocket, port);
    profile.web_socket.path = "/broker/mqtt?tenant=a%20b".to_owned();
    profile.web_socket.headers = [
        ("X-Tenant", "one"),
        ("X-Tenant", "two"),
        ("Host", "example"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    profile.subscriptions = vec![subscription("a/#", Qos::ExactlyOnce)];
    let mut probe = Probe::subscribed(profile).await;
    for size in [1, 65_536, 3_000_000] {
        send_and_receive(&mut probe, size).await;
    }
    probe.disconnect().await;
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.path, "/broker/mqtt?tenant=a%20b");
    let of = |name: &str| -> Vec<&str> {
        let found = asked.headers.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(of("x-tenant"), ["one", "two"]);
    assert_eq!(of("host"), ["example"]);
    assert_eq!(of("sec-websocket-protocol"), ["mqtt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_the_longest_way_are_all_told() {
    let Some(site) = Site::start() else { return };
    let probe = Probe::connect(site.profile(Transport::SecureWebSocket)).await;
    let report = probe.connection.dial_report();
    let steps: Vec<Step> = report.steps.iter().map(|step| step.step).collect();
    assert_eq!(
        steps,
        [Step::Resolve, Step::Tcp, Step::Tls, Step::WebSocket]
    );
    assert!(report.steps.iter().all(|step| step.outcome.is_ok()));
    assert_eq!(report.certificates.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_port_of_the_same_broker_is_recognised_when_it_is_the_wrong_one() {
    let Some(site) = Site::start() else { return };
    for (chosen, port, expected) in [
        (T::Tcp, site.tls, "speaks TLS"),
        (T::Tcp, site.web_socket, "answers with WebSocket only"),
        (T::Tls, site.broker.port(), "speaks plain MQTT"),
        (T::Tls, site.web_socket, "answers with WebSocket only"),
        (T::Tls, site.secure, "answers with WebSocket over TLS only"),
        (T::WebSocket, site.broker.port(), "speaks plain MQTT"),
        (T::WebSocket, site.tls, "speaks TLS"),
        (
            T::SecureWebSocket,
            site.web_socket,
            "answers with WebSocket only",
        ),
        (T::SecureWebSocket, site.broker.port(), "speaks plain MQTT"),
    ] {
        let mut profile = site.profile(chosen);
        profile.port = port;
        let failure = refused(profile).await;
        let words = failure.to_string();
        assert!(
            words.contains(expected),
            "{chosen:?}, “{expected}” is not in: {words}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unix_socket_that_is_not_there_is_told() {
    let mut profile = reaching(Transport::Unix, 0);
    profile.unix_path = "/no/such/socket".to_owned();
    let failure = refused(profile.clone()).await;
    assert_says(&failure, &["There is no socket at “/no/such/socket”"]);
    profile.unix_path = String::new();
    assert_says(&refused(profile).await, &["names no Unix socket"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_runs_into_the_time_limit_and_the_step_is_told() {
    for (transport, expected) in [
        (Transport::Tls, "did not answer to TLS within 1 s"),
        (Transport::WebSocket, "did not open a WebSocket within 1 s"),
        (
            Transport::SecureWebSocket,
            "did not answer to TLS within 1 s",
        ),
    ] {
        let mut profile = reaching(transport, impostor(b"", None).await);
        profile.connect_timeout = 1;
        assert_says(&refused(profile).await, &[expected]);
    }
}

const LOGGING: &str = "CANOPY_TEST_LOGS_KEYS";

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_logged_only_on_request_and_that_is_said() {
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1"]));
    let mut profile = reaching(Transport::Tls, tls_server(&issued).await);
    profile.tls.ca_file = Some(authority.file());
    if std::env::var_os(LOGGING).is_some() {
        let mut probe = Probe::open(profile);
        let note = probe.until("the note", |event| match event {
            Event::Note(note) => Some(note),
            _ => None,
        });
        assert!(note.await.contains("TLS keys are written to "));
        probe.connected().await;
        return;
    }
    // the variable is read by a process of its own
    let keys = authority.path("keys.log");
    let name = "transports::keys_are_logged_only_on_request_and_that_is_said";
    let run = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(LOGGING, "1")
        .env("SSLKEYLOGFILE", &keys)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let text = std::fs::read_to_string(&keys).unwrap();
    assert!(text.contains("CLIENT_TRAFFIC_SECRET_0 "), "{text}");
}
