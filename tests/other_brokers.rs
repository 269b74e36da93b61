//! Canopy against brokers of other makers, on every listener they have: what works with mosquitto has to work with
//! them, and where they can do less, that is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use canopy::client::doctor::{Check, Outcome, Report, examine};
use canopy::client::{Command, Config, Event, Failure, RuntimeHandle, State};
use canopy::mqtt::{Publish, Qos, Version};
use canopy::profile::{Profile, Secret, Session, Transport, WillSettings};

use common::brokers::{Rabbit, amqtt, rumqttd};
use common::probe::{Probe, message, profile, subscription};
use common::{PATIENCE, within};

/// One listener of a broker, and what that broker can do.
#[derive(Clone)]
struct Partner {
    transport: Transport,
    port: u16,
    path: &'static str,
    version: Version,
    login: Option<(&'static str, &'static str)>,
    ca_file: Option<PathBuf>,
    /// The highest QoS it sends with.
    highest: Qos,
    /// Whether it raises the QoS of a message to that of the subscription (MQTT 3.1.1, 3.8.4, says otherwise).
    raises_qos: bool,
    /// Whether it publishes the will even after DISCONNECT, as RabbitMQ 3.10 does with a WebSocket.
    always_publishes_will: bool,
    /// Whether `$SYS/#` may be asked for; one broker closes the connection.
    has_sys: bool,
}

impl Partner {
    fn new(version: Version, port: u16) -> Self {
        Self {
            transport: Transport::Tcp,
            port,
            path: "/mqtt",
            version,
            login: None,
            ca_file: None,
            highest: Qos::ExactlyOnce,
            raises_qos: false,
            always_publishes_will: false,
            has_sys: true,
        }
    }

    fn profile(&self) -> Profile {
        let mut profile = profile(self.version, self.port);
        profile.transport = self.transport;
        profile.connect_timeout = 3;
        self.path.clone_into(&mut profile.web_socket.path);
        profile.tls.ca_file.clone_from(&self.ca_file);
        if let Some((user_name, _)) = self.login {
            user_name.clone_into(&mut profile.user_name);
            profile.use_password = true;
        }
        profile
    }

    fn config(&self, profile: Profile) -> Config {
        Config {
            profile,
            password: self.login.map(|(_, password)| Secret::new(password)),
            ..Config::default()
        }
    }

    async fn open(&self, profile: Profile) -> Probe {
        let count = profile.subscriptions.len();
        let mut probe = Probe::open_config(self.config(profile));
        probe.connected().await;
        for _ in 0..count {
            probe.granted().await;
        }
        probe
    }

    async fn listening(&self, filter: &str, qos: Qos) -> Probe {
        let mut profile = self.profile();
        profile.subscriptions = vec![subscription(filter, qos)];
        self.open(profile).await
    }

    /// Everything that a connection is used for.
    async fn does_it_all(&self) {
        self.keeps_messages().await;
        self.carries_messages().await;
        self.publishes_wills().await;
        self.resumes_sessions().await;
        self.pleases_the_doctor().await;
    }

    /// All QoS, both ways, with `#` and `$SYS/#`.
    async fn carries_messages(&self) {
        let mut profile = self.profile();
        profile.subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
        if self.has_sys {
            let sys = subscription("$SYS/#", Qos::AtMostOnce);
            profile.subscriptions.push(sys);
        }
        let mut probe = self.open(profile).await;
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            for size in [0, 1, 10_000] {
                let payload = vec![b'x'; size];
                probe.publish(message("hall/a", payload.clone(), qos)).await;
                let got = heard(&mut probe).await;
                assert_eq!(got.topic.as_str(), "hall/a");
                assert!(got.payload == payload, "{size} bytes came back changed");
                if !self.raises_qos {
                    assert_eq!(got.qos, qos.min(self.highest));
                }
            }
        }
        probe.disconnect().await;
    }

    /// Retained messages; by an exact filter, since RabbitMQ keeps them from those with wildcards.
    async fn keeps_messages(&self) {
        let publisher = self.open(self.profile()).await;
        let mut publisher = publisher;
        for payload in ["kept", ""] {
            let mut retained = message("hall/kept", payload, Qos::AtLeastOnce);
            retained.retain = true;
            publisher.publish(retained).await;
            let mut late = self.listening("hall/kept", Qos::AtLeastOnce).await;
            if !payload.is_empty() {
                let got = heard(&mut late).await;
                assert!(got.retain);
                assert_eq!(&got.payload[..], b"kept");
            }
            // what is not kept does not come before what is sent now
            let live = message("hall/kept", "live", Qos::AtLeastOnce);
            publisher.publish(live).await;
            assert_eq!(&heard(&mut late).await.payload[..], b"live");
            late.disconnect().await;
        }
        publisher.disconnect().await;
    }

    async fn publishes_wills(&self) {
        let mut watcher = self.listening("hall/will", Qos::AtLeastOnce).await;
        let mut profile = self.profile();
        profile.will = WillSettings {
            enabled: true,
            topic: "hall/will".to_owned(),
            message: "gone".to_owned(),
            ..WillSettings::default()
        };
        if !self.always_publishes_will {
            let leaving = self.open(profile.clone()).await;
            leaving.disconnect().await;
        }
        let lost = self.open(profile).await;
        lost.send(Command::Drop);
        assert_eq!(&heard(&mut watcher).await.payload[..], b"gone");
        // one will and not two
        watcher
            .publish(message("hall/will", "after", Qos::AtLeastOnce))
            .await;
        assert_eq!(&heard(&mut watcher).await.payload[..], b"after");
        watcher.disconnect().await;
    }

    async fn resumes_sessions(&self) {
        let mut profile = self.profile();
        profile.client_id = format!("canopy-keeps-{}-{:?}", self.version, self.transport);
        profile.client_id.retain(|c| c.is_ascii_alphanumeric());
        profile.client_id.truncate(23);
        profile.session = Session::Resume;
        profile.session_expiry = 600;
        profile.subscriptions = vec![subscription("hall/later", Qos::AtLeastOnce)];
        let first = self.open(profile.clone()).await;
        first.disconnect().await;
        let mut other = self.open(self.profile()).await;
        let waiting = message("hall/later", "waited", Qos::AtLeastOnce);
        other.publish(waiting).await;
        let mut again = Probe::open_config(self.config(profile));
        assert!(again.connected().await, "the session is gone");
        assert_eq!(&heard(&mut again).await.payload[..], b"waited");
        again.disconnect().await;
    }

    async fn pleases_the_doctor(&self) {
        let report = report_of(self.config(self.profile())).await;
        assert!(report.works(), "{}", report.text());
        let sys = report
            .steps
            .iter()
            .find(|step| step.check == Check::SubscribeSys);
        let sys = sys.expect("the step");
        if !self.has_sys {
            assert_eq!(sys.outcome, Outcome::Finding);
            assert!(sys.what.contains("closed the connection"), "{}", sys.what);
            assert!(sys.cure.contains("without it"), "{}", sys.cure);
        }
    }

    /// How a connection fails that the doctor finds the same about.
    async fn refused(&self, config: Config) -> Failure {
        let mut probe = Probe::open_config(config.clone());
        let failure = probe
            .until("a failure", |event| match event {
                Event::State(State::Waiting { failure, .. } | State::Ended(Some(failure))) => {
                    Some(failure)
                }
                Event::State(State::Connected { .. }) => panic!("it connects"),
                _ => None,
            })
            .await;
        let report = report_of(config).await;
        let failed = |step: &&_| {
            matches!(
                step,
                canopy::client::doctor::Examined {
                    outcome: Outcome::Failed,
                    ..
                }
            )
        };
        let failed = report.steps.iter().find(failed);
        let failed = failed.unwrap_or_else(|| panic!("nothing failed in\n{}", report.text()));
        assert_eq!(failed.what, failure.what);
        assert!(failure.cure.ends_with('.'), "{failure}");
        failure
    }

    async fn refuses(&self, config: Config, says: &[&str]) {
        let failure = self.refused(config).await.to_string();
        for says in says {
            assert!(failure.contains(says), "“{says}” is not in: {failure}");
        }
    }

    /// A wrong password and none.
    async fn wants_its_password(&self, says: &[&str]) {
        let mut wrong = self.config(self.profile());
        wrong.password = Some(Secret::new("guessed by chance"));
        self.refuses(wrong, says).await;
        let mut nobody = self.config(self.profile());
        nobody.profile.user_name.clear();
        nobody.password = None;
        self.refuses(nobody, says).await;
    }

    async fn does_not_speak(&self, version: Version) {
        let mut config = self.config(self.profile());
        config.profile.version = version;
        let says = format!("The broker does not speak {version}.");
        let cure = format!("Choose {} in the profile.", self.version);
        self.refuses(config, &[&says, &cure]).await;
    }
}

/// The next message that is not about the broker itself: one of them tells that to everybody.
async fn heard(probe: &mut Probe) -> Publish {
    loop {
        let message = probe.message().await;
        if !message.topic.as_str().starts_with("$SYS/") {
            return message;
        }
    }
}

async fn report_of(config: Config) -> Report {
    let mut examination = examine(&RuntimeHandle::current(), config, Arc::new(|| {}));
    within("the end of the examination", 3 * PATIENCE, async {
        while !examination.report().is_over() {
            examination.changed().await;
        }
    })
    .await;
    examination.report()
}

/// RabbitMQ 3.10, as Debian has it, speaks MQTT 3.1.1, and sends with QoS 1 at most.
#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq() {
    let Some(rabbit) = Rabbit::start().await else {
        return;
    };
    let tcp = Partner {
        login: Some((Rabbit::USER, Rabbit::USER)),
        highest: Qos::AtLeastOnce,
        ..Partner::new(Version::V311, rabbit.tcp())
    };
    let tls = Partner {
        transport: Transport::Tls,
        port: rabbit.tls(),
        ca_file: Some(rabbit.ca_file()),
        ..tcp.clone()
    };
    let web_socket = Partner {
        transport: Transport::WebSocket,
        port: rabbit.web_socket(),
        path: "/ws",
        always_publishes_will: true,
        ..tcp.clone()
    };
    let refused = ["refused the user name or password", "Check both"];
    // its WebSocket is closed instead
    let closed = ["user name and password", "unauthenticated"];
    for (partner, says) in [(&tcp, refused), (&tls, refused), (&web_socket, closed)] {
        partner.does_it_all().await;
        partner.wants_its_password(&says).await;
        partner.does_not_speak(Version::V5).await;
    }
    let mut wrong_path = web_socket.config(web_socket.profile());
    "/mqtt".clone_into(&mut wrong_path.profile.web_socket.path);
    let says = ["no WebSocket at the path “/mqtt”", "/ws"];
    web_socket.refuses(wrong_path, &says).await;
    // whoever mixes up its ports is told
    for (transport, port, says) in [
        (Transport::Tcp, rabbit.tls(), "speaks TLS"),
        (Transport::Tls, rabbit.tcp(), "speaks plain MQTT"),
        (Transport::WebSocket, rabbit.tcp(), "speaks plain MQTT"),
        (
            Transport::Tls,
            rabbit.web_socket(),
            "answers with WebSocket only",
        ),
        (
            Transport::Tcp,
            rabbit.web_socket(),
            "answers with WebSocket only",
        ),
    ] {
        let mut config = tls.config(tls.profile());
        config.profile.transport = transport;
        config.profile.port = port;
        "/ws".clone_into(&mut config.profile.web_socket.path);
        tcp.refuses(config, &[says]).await;
    }
}

/// rumqttd closes the connection for `$SYS/#`, a wrong password and the other version.
#[tokio::test(flavor = "multi_thread")]
async fn rumqttd_without_sys() {
    let Some(service) = rumqttd().await else {
        return;
    };
    let tcp = Partner {
        has_sys: false,
        raises_qos: true,
        login: Some(("ann", "right")),
        ..Partner::new(Version::V311, service.port())
    };
    let newer = Partner {
        has_sys: false,
        raises_qos: true,
        ..Partner::new(Version::V5, service.nth_port(1))
    };
    let web_socket = Partner {
        has_sys: false,
        raises_qos: true,
        transport: Transport::WebSocket,
        ..Partner::new(Version::V311, service.nth_port(2))
    };
    for partner in [&tcp, &newer, &web_socket] {
        partner.does_it_all().await;
    }
    let says = ["instead of answering CONNECT", "user name and password"];
    tcp.wants_its_password(&says).await;
    web_socket.does_not_speak(Version::V5).await;
    let mut asking = newer.profile();
    asking.subscriptions = vec![subscription("$SYS/#", Qos::AtMostOnce)];
    let mut probe = Probe::open_config(newer.config(asking));
    let failure = probe
        .until("the end", |event| match event {
            Event::State(State::Waiting { failure, .. } | State::Ended(Some(failure))) => {
                Some(failure)
            }
            _ => None,
        })
        .await;
    assert!(
        failure
            .what
            .contains("instead of answering the subscription to “$SYS/#”"),
        "{failure}"
    );
}

/// aMQTT keeps quiet when it is asked for MQTT 5. (0.12 hands out retained messages that were deleted, so that is not
/// asked of it.)
#[tokio::test(flavor = "multi_thread")]
async fn amqtt_that_keeps_quiet() {
    let Some(service) = amqtt().await else {
        return;
    };
    let tcp = Partner {
        raises_qos: true,
        ..Partner::new(Version::V311, service.port())
    };
    let web_socket = Partner {
        transport: Transport::WebSocket,
        path: "/",
        raises_qos: true,
        ..Partner::new(Version::V311, service.nth_port(1))
    };
    for partner in [&tcp, &web_socket] {
        partner.carries_messages().await;
        partner.pleases_the_doctor().await;
        partner.does_not_speak(Version::V5).await;
    }
}
