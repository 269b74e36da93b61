//! Brokers of other makers, each on ports and in a directory of its own. Debian has RabbitMQ; the others are used where
//! they are installed, and required only with `CANOPY_REQUIRE_BROKERS=1`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};

use super::service::{Service, command, open_to_all};
use super::{find, missing};

/// Whether a broker that no distribution brings is installed.
fn have_foreign(program: &str) -> bool {
    let is_there = find(program).is_some();
    let required = std::env::var_os("CANOPY_REQUIRE_BROKERS").is_some_and(|value| value == "1");
    assert!(
        is_there || !required,
        "{program} is required and not installed"
    );
    if !is_there {
        eprintln!("skipped: {program} is not installed");
    }
    is_there
}

/// RabbitMQ with MQTT on TCP, TLS and WebSocket.
pub struct Rabbit {
    service: Service,
    /// Knows where the node is; needed while it runs.
    _names: Service,
    authority: tempfile::TempDir,
}

impl Rabbit {
    /// Who may log in, also the password.
    pub const USER: &'static str = "guest";

    /// Starts a node of its own; `None` when RabbitMQ is not installed (and that is allowed).
    pub async fn start() -> Option<Self> {
        let (Some(server), Some(_)) = (rabbit_server(), find("epmd")) else {
            missing("rabbitmq-server");
            return None;
        };
        let authority = certificate();
        let names = Service::start(1, |ports, _| {
            let mut epmd = command("epmd", ["-address", "127.0.0.1", "-port"]);
            epmd.arg(ports[0].to_string());
            epmd
        })
        .await;
        let service = Service::start(4, |ports, directory| {
            configure(ports, directory, authority.path());
            node(&server, ports, directory, names.port())
        })
        .await;
        Some(Self {
            service,
            _names: names,
            authority,
        })
    }

    /// MQTT over WebSocket, at the path `/ws`.
    pub fn web_socket(&self) -> u16 {
        self.service.port()
    }

    /// Plain MQTT.
    pub fn tcp(&self) -> u16 {
        self.service.nth_port(1)
    }

    /// MQTT over TLS.
    pub fn tls(&self) -> u16 {
        self.service.nth_port(2)
    }

    /// Who vouches for its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.authority.path().join("cert.pem")
    }
}

/// The script that does not change the user, which Debian hides behind one that does.
fn rabbit_server() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/rabbitmq/lib").ok()?;
    let scripts = versions.flatten().map(|version| version.path());
    let mut scripts = scripts.map(|version| version.join("sbin/rabbitmq-server"));
    scripts.find(|script| script.is_file())
}

fn certificate() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .and_then(|parameters| parameters.self_signed(&key))
        .expect("a certificate");
    for (name, text) in [
        ("cert.pem", certificate.pem()),
        ("key.pem", key.serialize_pem()),
    ] {
        let file = directory.path().join(name);
        std::fs::write(&file, text).expect("a file");
        open_to_all(&file);
    }
    directory
}

/// Writes what the node reads. Its WebSocket listens last, so whoever waits for that finds everything.
fn configure(ports: &[u16], directory: &Path, certificates: &Path) {
    let file = |name: &str| certificates.join(name).display().to_string();
    let config = format!(
        "listeners.tcp = none\n\
         mqtt.listeners.tcp.1 = 127.0.0.1:{}\n\
         mqtt.listeners.ssl.1 = 127.0.0.1:{}\n\
         mqtt.allow_anonymous = false\n\
         ssl_options.certfile = {}\n\
         ssl_options.keyfile = {}\n\
         web_mqtt.tcp.ip = 127.0.0.1\n\
         web_mqtt.tcp.port = {}\n",
        ports[1],
        ports[2],
        file("cert.pem"),
        file("key.pem"),
        ports[0],
    );
    let plugins = "[rabbitmq_mqtt,rabbitmq_web_mqtt].\n";
    std::fs::write(directory.join("rabbitmq.conf"), config).expect("a file");
    std::fs::write(directory.join("enabled_plugins"), plugins).expect("a file");
}

fn node(server: &Path, ports: &[u16], directory: &Path, names: u16) -> Command {
    let mut node = Command::new(server);
    let name = format!("canopy{}@localhost", ports[3]);
    let network = "-noinput +S 2 -kernel inet_dist_use_interface {127,0,0,1}";
    node.env("HOME", directory)
        .env("ERL_EPMD_PORT", names.to_string())
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", name)
        .env("RABBITMQ_DIST_PORT", ports[3].to_string())
        .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
        .env("RABBITMQ_LOGS", "-")
        // the node itself takes the place of the script, so that it ends with the test
        .env("RABBITMQ_ALLOW_INPUT", "1")
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", network);
    for (variable, file) in [
        ("RABBITMQ_CONFIG_FILE", "rabbitmq.conf"),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config"),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"),
        ("RABBITMQ_GENERATED_CONFIG_DIR", "config"),
        ("RABBITMQ_MNESIA_BASE", "mnesia"),
        ("RABBITMQ_LOG_BASE", "log"),
        ("RABBITMQ_PID_FILE", "pid"),
    ] {
        node.env(variable, directory.join(file));
    }
    node
}

/// rumqttd: MQTT 3.1.1 with a password on its first port, MQTT 5 on its second, and a WebSocket on its third.
pub async fn rumqttd() -> Option<Service> {
    if !have_foreign("rumqttd") {
        return None;
    }
    let start = |ports: &[u16], directory: &Path| {
        let limits =
            "connection_timeout_ms = 60000\nmax_payload_size = 204800\nmax_inflight_count = 100\n";
        let mut config =
            "id = 0\n[router]\nid = 0\nmax_connections = 100\nmax_outgoing_packet_count = 200\n\
             max_segment_size = 1048576\nmax_segment_count = 10\n"
                .to_owned();
        for (kind, port) in [("v4", ports[0]), ("v5", ports[1]), ("ws", ports[2])] {
            let head = format!("[{kind}.1]\nname = \"{kind}\"\nlisten = \"127.0.0.1:{port}\"");
            writeln!(
                config,
                "{head}\nnext_connection_delay_ms = 1\n[{kind}.1.connections]\n{limits}"
            )
            .expect("a string takes it");
            if kind == "v4" {
                config += "[v4.1.connections.auth]\nann = \"right\"\n";
            }
        }
        let file = directory.join("rumqttd.toml");
        std::fs::write(&file, config).expect("its configuration");
        let mut rumqttd = command("rumqttd", ["-q", "-c"]);
        rumqttd.arg(file);
        rumqttd
    };
    Some(Service::start(3, start).await)
}

/// aMQTT: MQTT 3.1.1 on its first port, and a WebSocket on its second.
pub async fn amqtt() -> Option<Service> {
    if !have_foreign("amqtt") {
        return None;
    }
    let start = |ports: &[u16], directory: &Path| {
        let config = format!(
            "listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{}\n  ws:\n    type: ws\n    bind: 127.0.0.1:{}\n\
             plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n  \
             amqtt.plugins.sys.broker.BrokerSysPlugin:\n    sys_interval: 1\n",
            ports[0], ports[1]
        );
        let file = directory.join("amqtt.yaml");
        std::fs::write(&file, config).expect("its configuration");
        let mut amqtt = command("amqtt", ["-c"]);
        amqtt.arg(file);
        amqtt
    };
    Some(Service::start(2, start).await)
}
