//! The broker inside, seen from outside: start and stop, who is connected, and what mosquitto's clients get from it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something it needs does"
)]

mod common;
#[path = "common/raw.rs"]
mod raw;

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use canopy::broker::{Broker, BrokerConfig, BrokerError, ClientInfo};
use canopy::mqtt::Version;
use canopy::profile::Secret;
use tokio::runtime::Runtime;

use common::have;
use raw::{Hello, Raw, publish};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

const LOCAL: BrokerConfig = BrokerConfig {
    address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    port: 0,
    credentials: None,
};

fn start(runtime: &Runtime, config: BrokerConfig) -> Broker {
    runtime
        .block_on(Broker::start(runtime.handle(), config))
        .unwrap()
}

fn refusal(runtime: &Runtime, config: BrokerConfig) -> BrokerError {
    match runtime.block_on(Broker::start(runtime.handle(), config)) {
        Ok(broker) => panic!("it started at {}", broker.address()),
        Err(err) => err,
    }
}

/// Looks again and again until `look` finds something.
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn client(broker: &Broker, id: &str, fits: impl Fn(&ClientInfo) -> bool) -> ClientInfo {
    eventually(id, || {
        broker
            .clients()
            .into_iter()
            .find(|client| client.client_id == id && fits(client))
    })
}

fn mosquitto_pub(address: SocketAddr, arguments: &[&str]) -> Output {
    Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &address.port().to_string()])
        .args(arguments)
        .output()
        .unwrap()
}

/// A running `mosquitto_sub`; killed when dropped.
struct Sub {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Sub {
    /// Starts it and waits until the broker has its subscription. `-W` bounds every wait.
    fn start(broker: &Broker, id: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("mosquitto_sub")
            .args(["-h", "127.0.0.1", "-p"])
            .arg(broker.address().port().to_string())
            .args(["-i", id, "-W", "20"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        client(broker, id, |client| !client.subscriptions.is_empty());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("a line").unwrap()
    }
}

impl Drop for Sub {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn stopping_says_goodbye_frees_the_port_and_it_starts_again() {
    let runtime = Runtime::new().unwrap();
    let mut port = 0;
    for _ in 0..20 {
        let broker = start(&runtime, BrokerConfig { port, ..LOCAL });
        let address = broker.address();
        port = address.port();
        let mut new = Raw::open(address, Hello::new(5, "new"));
        let mut old = Raw::open(address, Hello::new(4, "old"));
        new.subscribe("#");
        old.subscribe("#");
        let goodbyes = std::thread::Builder::new()
            .spawn(move || (new.rest(), old.rest()))
            .unwrap();
        let began = Instant::now();
        runtime.block_on(broker.stop());
        assert!(
            began.elapsed() < Duration::from_millis(1_900),
            "{:?}",
            began.elapsed()
        );
        TcpListener::bind(address).expect("the port is free");
        let (new, old) = goodbyes.join().unwrap();
        let (first, body) = new.last().expect("a DISCONNECT");
        assert_eq!((*first, body.first()), (0xe0, Some(&0x8b)), "shutting down");
        assert_eq!(old, [], "3.1.1 has no DISCONNECT from the broker");
    }
}

#[test]
fn a_client_that_is_publishing_learns_why_the_broker_goes() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut client = Raw::open(broker.address(), Hello::new(5, "busy"));
    let mut writer = client.writer();
    let publishing = std::thread::Builder::new()
        .spawn(move || {
            while writer
                .write_all(&publish(5, "t", &[0; 1_000], false))
                .is_ok()
            {}
        })
        .unwrap();
    eventually("traffic", || {
        (broker.stats().messages_in > 100).then_some(())
    });
    runtime.block_on(broker.stop());
    let last = client.rest().pop().expect("a DISCONNECT");
    assert_eq!((last.0, last.1.first()), (0xe0, Some(&0x8b)));
    drop(client);
    publishing.join().unwrap();
}

#[test]
fn stopping_does_not_wait_for_somebody_who_never_said_connect() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let silent = std::net::TcpStream::connect(broker.address()).unwrap();
    let began = Instant::now();
    runtime.block_on(broker.stop());
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    drop(silent);
}

#[test]
fn dropping_stops_it_too() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let address = broker.address();
    let mut client = Raw::open(address, Hello::new(5, "client"));
    drop(broker);
    assert_eq!(client.rest().pop().map(|(first, _)| first), Some(0xe0));
    eventually("a free port", || TcpListener::bind(address).ok());
}

#[test]
fn a_taken_port_is_named_with_the_next_free_one() {
    let runtime = Runtime::new().unwrap();
    let first = start(&runtime, LOCAL);
    let port = first.address().port();
    let err = refusal(&runtime, BrokerConfig { port, ..LOCAL });
    let BrokerError::PortTaken {
        port: named,
        next_free: Some(next),
    } = err
    else {
        panic!("{err}");
    };
    assert_eq!(named, port);
    assert!(next > port);
    assert!(
        err.to_string().contains(&format!("Port {port} is taken")),
        "{err}"
    );
    let second = start(
        &runtime,
        BrokerConfig {
            port: next,
            ..LOCAL
        },
    );
    assert_eq!(second.address().port(), next);
}

#[test]
fn the_network_needs_a_password_and_an_address_of_this_machine() {
    let runtime = Runtime::new().unwrap();
    let anywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let login = |name: &str, password: &str| Some((name.to_owned(), Secret::new(password)));
    for credentials in [None, login("", "x"), login("x", "")] {
        let config = BrokerConfig {
            address: anywhere,
            port: 0,
            credentials,
        };
        assert!(matches!(
            refusal(&runtime, config),
            BrokerError::NeedsPassword
        ));
    }
    // An address for documentation (RFC 5737): no machine has it.
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let config = BrokerConfig {
        address,
        port: 0,
        credentials: login("ann", "secret"),
    };
    assert!(matches!(
        refusal(&runtime, config),
        BrokerError::NoSuchAddress { .. }
    ));
    let config = BrokerConfig {
        address: anywhere,
        port: 0,
        credentials: login("ann", "secret"),
    };
    assert_eq!(start(&runtime, config).address().ip(), anywhere);
}

#[test]
fn only_the_right_password_gets_in() {
    let runtime = Runtime::new().unwrap();
    let credentials = Some(("ann".to_owned(), Secret::new("secret")));
    let broker = start(
        &runtime,
        BrokerConfig {
            credentials,
            ..LOCAL
        },
    );
    let code = |level, login| {
        let hello = Hello {
            login,
            ..Hello::new(level, "somebody")
        };
        Raw::connect(broker.address(), hello).1
    };
    assert_eq!(code(5, Some(("ann", "secret"))), 0);
    assert_eq!(code(4, Some(("ann", "secret"))), 0);
    for wrong in [
        Some(("ann", "wrong")),
        Some(("bob", "secret")),
        Some(("ann", "")),
        None,
    ] {
        assert_eq!(code(5, wrong), 0x86, "Bad User Name or Password");
        assert_eq!(code(4, wrong), 4, "bad user name or password");
    }
    if have("mosquitto_pub") {
        let publish = ["-t", "t", "-m", "m", "-u", "ann", "-P"];
        assert!(
            mosquitto_pub(broker.address(), &[&publish[..], &["secret"]].concat())
                .status
                .success()
        );
        assert!(
            !mosquitto_pub(broker.address(), &[&publish[..], &["wrong"]].concat())
                .status
                .success()
        );
    }
}

#[test]
fn the_list_tells_who_is_connected_and_what_passed() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let address = broker.address();
    let mut one = Raw::open(
        address,
        Hello {
            will: Some(("wills/one", "gone")),
            ..Hello::new(4, "one")
        },
    );
    let mut two = Raw::open(address, Hello::new(5, "two"));
    two.subscribe("a/#");
    two.subscribe("b");
    for _ in 0..3 {
        one.send(&publish(4, "a/b", b"x", false));
    }
    for _ in 0..3 {
        assert_eq!(two.message().0, "a/b");
    }
    let first = client(&broker, "one", |client| client.messages_in == 3);
    assert_eq!(first.version, Some(Version::V311));
    assert_eq!(first.will_topic.as_deref(), Some("wills/one"));
    assert_eq!(first.messages_out, 0);
    assert!(
        first
            .address
            .is_some_and(|from| from.ip().is_loopback() && from != address)
    );
    let second = client(&broker, "two", |client| {
        client.subscriptions.len() == 2 && client.messages_out == 3
    });
    assert_eq!(second.version, Some(Version::V5));
    assert_eq!(second.will_topic, None);
    assert_eq!((second.messages_in, second.messages_out), (0, 3));
    assert_eq!(second.subscriptions, ["a/#", "b"]);
    assert!(second.since >= first.since);
    let order: Vec<String> = broker
        .clients()
        .into_iter()
        .map(|client| client.client_id)
        .collect();
    assert_eq!(order, ["one", "two"]);

    eventually("the sums", || {
        let stats = broker.stats();
        let counts = (stats.clients, stats.subscriptions);
        let messages = (stats.messages_in, stats.messages_out);
        (counts == (2, 2) && messages == (3, 3)).then_some(())
    });
    drop(one);
    eventually("one client less", || {
        (broker.clients().len() == 1).then_some(())
    });
}

#[test]
fn sums_count_retained_messages_rates_and_sessions_that_wait() {
    if !(have("mosquitto_pub") && have("mosquitto_sub")) {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut publisher = Raw::open(broker.address(), Hello::new(5, "publisher"));
    for topic in ["r/1", "r/2", "r/2", "r/3"] {
        publisher.send(&publish(5, topic, b"kept", true));
    }
    publisher.send(&publish(5, "r/3", b"", true));
    let session = ["-V", "5", "-c", "-x", "600", "-q", "1", "-t", "s/#"];
    drop(Sub::start(&broker, "sleeper", &session));
    let stats = eventually("the sums", || {
        let stats = broker.stats();
        (stats.retained == 2 && stats.offline_sessions == 1 && stats.rate_in > 0.0).then_some(stats)
    });
    assert_eq!(stats.messages_in, 5);
    // It comes back: the session's subscription is known without a new SUBSCRIBE.
    let again = Sub::start(&broker, "sleeper", &session);
    assert_eq!(client(&broker, "sleeper", |_| true).subscriptions, ["s/#"]);
    eventually("no session that waits", || {
        (broker.stats().offline_sessions == 0).then_some(())
    });
    drop(again);
}

#[test]
fn a_client_can_be_thrown_out_with_the_reason_and_its_will() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut watcher = Raw::open(broker.address(), Hello::new(4, "watcher"));
    watcher.subscribe("wills/#");
    for level in [4, 5] {
        let hello = Hello {
            will: Some(("wills/guest", "thrown out")),
            ..Hello::new(level, "guest")
        };
        let mut guest = Raw::open(broker.address(), hello);
        client(&broker, "guest", |_| true);
        broker.disconnect_client("guest");
        let last = guest.rest();
        if level == 5 {
            assert_eq!(last, [(0xe0, vec![0x98, 0x00])], "Administrative action");
        } else {
            assert_eq!(last, []);
        }
        assert_eq!(
            watcher.message(),
            ("wills/guest".to_owned(), b"thrown out".to_vec())
        );
        eventually("one client", || (broker.clients().len() == 1).then_some(()));
    }
    broker.disconnect_client("nobody");
}

#[test]
fn the_same_client_id_takes_over_and_is_listed_once() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    for level in [4, 5] {
        let mut first = Raw::open(broker.address(), Hello::new(level, "twin"));
        client(&broker, "twin", |_| true);
        let _second = Raw::open(broker.address(), Hello::new(level, "twin"));
        let last = first.rest();
        if level == 5 {
            assert_eq!(
                last.first().map(|(first, body)| (*first, body[0])),
                Some((0xe0, 0x8e))
            );
        } else {
            assert_eq!(last, [], "3.1.1 has no DISCONNECT from the broker");
        }
        eventually("one twin", || (broker.clients().len() == 1).then_some(()));
    }
}

#[test]
fn sys_topics_are_served_and_belong_to_the_broker() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut all = Raw::open(broker.address(), Hello::new(5, "all"));
    all.subscribe("#");
    let mut sys = Raw::open(broker.address(), Hello::new(4, "sys"));
    sys.send(&publish(4, "$SYS/broker/version", b"mine", true));
    sys.subscribe("$SYS/#");
    let topics: Vec<(String, String)> = (0..15)
        .map(|_| sys.message())
        .map(|(topic, value)| (topic, String::from_utf8(value).unwrap()))
        .collect();
    let value = |topic: &str| {
        let name = format!("$SYS/broker/{topic}");
        &topics
            .iter()
            .find(|(topic, _)| *topic == name)
            .expect("the topic")
            .1
    };
    assert_eq!(
        value("version"),
        &format!("Canopy {}", env!("CARGO_PKG_VERSION"))
    );
    assert!(value("uptime").ends_with(" seconds"));
    // What comes later is only what changed; `#` gets none of it (MQTT 5, 4.7.2).
    assert!(sys.message().0.starts_with("$SYS/broker/"));
    sys.send(&publish(4, "plain", b"x", false));
    assert_eq!(all.message().0, "plain");
}

#[test]
fn mosquitto_gets_every_qos_and_the_retained_message() {
    if !(have("mosquitto_pub") && have("mosquitto_sub")) {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    for version in ["311", "5"] {
        let format = ["-V", version, "-q", "2", "-F", "%t %q %r %p"];
        let mut sub = Sub::start(
            &broker,
            "sub",
            &[&format[..], &["-t", "room/+/temp"]].concat(),
        );
        for qos in ["0", "1", "2"] {
            let sent = mosquitto_pub(
                broker.address(),
                &[
                    "-V",
                    version,
                    "-t",
                    "room/1/temp",
                    "-m",
                    "21.5",
                    "-q",
                    qos,
                    "-r",
                ],
            );
            assert!(sent.status.success());
            assert_eq!(sub.line(), format!("room/1/temp {qos} 0 21.5"));
        }
        let mut late = Sub::start(&broker, "late", &[&format[..], &["-t", "room/#"]].concat());
        assert_eq!(late.line(), "room/1/temp 2 1 21.5");
        drop((sub, late));
        assert!(
            mosquitto_pub(broker.address(), &["-t", "room/1/temp", "-r", "-n"])
                .status
                .success()
        );
    }
}

#[test]
fn a_killed_client_leaves_its_will_and_a_polite_one_does_not() {
    if !(have("mosquitto_pub") && have("mosquitto_sub")) {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut watcher = Sub::start(
        &broker,
        "watcher",
        &["-t", "wills/#", "-t", "mark", "-F", "%t %r %p"],
    );
    for version in ["311", "5"] {
        let will = [
            "-V",
            version,
            "--will-topic",
            "wills/w",
            "--will-payload",
            "gone",
            "--will-retain",
            "-t",
            "x",
        ];
        // Dropping a `Sub` is kill -9.
        drop(Sub::start(&broker, "killed", &will));
        assert_eq!(watcher.line(), "wills/w 0 gone");
        let polite = mosquitto_pub(
            broker.address(),
            &[
                "--will-topic",
                "wills/polite",
                "--will-payload",
                "gone",
                "-t",
                "mark",
                "-m",
                version,
            ],
        );
        assert!(polite.status.success());
        assert_eq!(watcher.line(), format!("mark 0 {version}"));
    }
}

#[test]
fn mqtt_5_messages_say_who_published_them() {
    if !have("mosquitto_sub") {
        return;
    }
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut sub = Sub::start(&broker, "sub", &["-V", "5", "-t", "t", "-F", "%P|%p"]);
    let mut publisher = Raw::open(broker.address(), Hello::new(4, "garden-gate"));
    publisher.send(&publish(4, "t", b"open", false));
    let line = sub.line();
    assert!(
        line.contains("x-mqtt-client-id") && line.contains("garden-gate"),
        "{line}"
    );
    assert!(line.ends_with("|open"), "{line}");
}

#[test]
fn a_new_subscriber_gets_all_of_100_000_retained_messages() {
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut publisher = Raw::open(broker.address(), Hello::new(4, "publisher"));
    for chunk in 0..100 {
        let packets: Vec<u8> = (0..1_000)
            .flat_map(|n| publish(4, &format!("site/{chunk}/{n}"), b"42", true))
            .collect();
        publisher.send(&packets);
    }
    eventually("100,000 retained messages", || {
        (broker.stats().retained == 100_000).then_some(())
    });
    let mut subscriber = Raw::open(broker.address(), Hello::new(5, "subscriber"));
    let mut seen = subscriber.subscribe("#");
    while seen < 100_000 {
        assert!(subscriber.message().0.starts_with("site/"));
        seen += 1;
    }
}

/// `mqtt5` drops QoS 0 messages when 262,144 wait for a client, so publishers have to wait before that.
#[test]
fn a_flood_waits_for_a_slow_subscriber_and_loses_nothing() {
    const MESSAGES: u64 = 280_000;
    /// What publishers may be ahead (16 MiB), and what sockets and handlers hold.
    const UNDER_WAY: u64 = 16_384 + 40_000;
    let runtime = Runtime::new().unwrap();
    let broker = start(&runtime, LOCAL);
    let mut subscriber = Raw::open(broker.address(), Hello::new(4, "slow"));
    subscriber.subscribe("flood/#");
    let mut publisher = Raw::open(broker.address(), Hello::new(4, "fast"));
    let flood = std::thread::Builder::new()
        .name("flood".to_owned())
        .spawn(move || {
            let batch = publish(4, "flood/1", &[b'.'; 1024], false).repeat(1000);
            (0..MESSAGES / 1000).for_each(|_| publisher.send(&batch));
            publisher
        })
        .unwrap();
    // The subscriber takes nothing until the publisher is held back; the sockets between them hold far less than this.
    eventually("a flood", || {
        (broker.stats().messages_in >= 12_000).then_some(())
    });
    for count in 0..MESSAGES {
        let (first, _) = subscriber.read().expect("a message");
        assert_eq!(first, 0x30);
        if count.is_multiple_of(1000) {
            assert!(
                broker.stats().messages_in <= count + UNDER_WAY,
                "not held back"
            );
        }
    }
    drop(flood.join().unwrap());
    assert_eq!(broker.stats().messages_in, MESSAGES);
    runtime.block_on(broker.stop());
}
