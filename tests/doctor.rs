//! What the connection doctor finds: brokers that work, and each kind of trouble with its own sentence.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/raw.rs"]
mod raw;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use canopy::broker::{Broker, BrokerConfig};
use canopy::client::doctor::{Check, Examined, Options, Outcome, Report, examine, examine_with};
use canopy::client::{Config, RuntimeHandle, Step};
use canopy::mqtt::{Packet, Version, codec};
use canopy::profile::{Profile, Secret, Transport, Verify, WillSettings};
use rcgen::{CertificateParams, KeyPair};

use common::mosquitto::Mosquitto;
use common::probe::{Probe, profile};
use common::program::{canopy, run};
use common::script::{Script, Step as ScriptStep};
use common::{PATIENCE, find, free_port, within};
use raw::{Hello, Raw, publish};

const PASSWORD: &str = "a secret of the test";

/// Examines to the end.
async fn report_of(config: Config) -> Report {
    report_with(config, Options::default()).await
}

async fn report_with(config: Config, options: Options) -> Report {
    let runtime = RuntimeHandle::current();
    let mut examination = examine_with(&runtime, config, options, Arc::new(|| {}));
    within("the end of the examination", 3 * PATIENCE, async {
        while !examination.report().is_over() {
            examination.changed().await;
        }
    })
    .await;
    examination.report()
}

async fn report_for(profile: Profile) -> Report {
    report_of(Config {
        profile,
        ..Config::default()
    })
    .await
}

fn step(report: &Report, check: Check) -> &Examined {
    let found = report.steps.iter().find(|step| step.check == check);
    found.unwrap_or_else(|| panic!("no {check} in\n{}", report.text()))
}

/// Fails unless `check` ended so, with `words`; everything after a failure was not tried.
fn assert_found(report: &Report, check: Check, outcome: Outcome, words: &[&str]) {
    let text = report.text();
    let found = step(report, check);
    assert_eq!(found.outcome, outcome, "{text}");
    for word in words {
        assert!(found.text().contains(word), "“{word}” is not in\n{text}");
    }
    if matches!(outcome, Outcome::Failed | Outcome::Finding) {
        assert!(found.cure.ends_with('.'), "{text}");
    }
    if outcome == Outcome::Failed {
        let after = report.steps.iter().skip_while(|it| it.check != check);
        assert!(
            after.skip(1).all(|it| it.outcome == Outcome::Pending),
            "{text}"
        );
    }
}

/// A port where everybody is answered with `answer` at once, or never where it is empty.
fn port_that_says(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer_all = move || {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept() {
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            let mut heard = [0; 512];
            // whoever goes away needs no answer
            if matches!(stream.read(&mut heard), Ok(1..)) {
                stream.write_all(answer).ok();
            }
        }
    };
    std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(answer_all)
        .unwrap();
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_works() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in [Version::V311, Version::V5] {
        let report = report_for(profile(version, broker.port())).await;
        assert!(report.works(), "{}", report.text());
        let all = report.steps.iter();
        assert!(all.clone().all(|it| it.outcome == Outcome::Passed));
        assert!(all.clone().all(|it| it.took.is_some()), "{}", report.text());
        assert_found(
            &report,
            Check::Dial(Step::Tcp),
            Outcome::Passed,
            &["127.0.0.1"],
        );
        let sys = &["mosquitto version"];
        assert_found(&report, Check::SubscribeSys, Outcome::Passed, sys);
        assert_eq!(report.summary(), "Everything works.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_inside() {
    let config = BrokerConfig {
        port: 0,
        address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        credentials: None,
    };
    let broker = Broker::start(&RuntimeHandle::current(), config)
        .await
        .unwrap();
    let report = report_for(profile(Version::V5, broker.address().port())).await;
    assert!(report.works(), "{}", report.text());
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_client_is_not_thrown_out_and_no_will_is_left() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut profile = profile(Version::V5, broker.port());
    profile.client_id = "press-7".to_owned();
    let running = Probe::connect(profile.clone()).await;
    profile.will = WillSettings {
        enabled: true,
        topic: "wills".to_owned(),
        ..WillSettings::default()
    };
    let report = report_for(profile).await;
    assert!(report.works(), "{}", report.text());
    let words = ["press-7-test", "would have been thrown out"];
    assert_found(&report, Check::Connect, Outcome::Passed, &words);
    let state = running.connection.state();
    assert!(
        matches!(state, canopy::client::State::Connected { .. }),
        "{state:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_wanted() {
    let Some(broker) = Mosquitto::start_with_password("ann", PASSWORD) else {
        return;
    };
    let port = broker.port();
    let report = report_for(profile(Version::V5, port)).await;
    assert_found(&report, Check::Connect, Outcome::Failed, &["0x87"]);

    let mut config = Config {
        profile: profile(Version::V5, port),
        password: Some(Secret::new("not the password")),
        ..Config::default()
    };
    config.profile.user_name = "ann".to_owned();
    let report = report_of(config.clone()).await;
    assert_found(&report, Check::Connect, Outcome::Failed, &["password"]);
    assert!(!report.text().contains("not the password"));

    config.password = Some(Secret::new(PASSWORD));
    let report = report_of(config).await;
    assert!(report.works(), "{}", report.text());
    assert!(!report.text().contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_subscribed_is_a_finding_and_what_must_not_be_published_the_end() {
    let plugin = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so";
    if !std::path::Path::new(plugin).is_file() {
        return common::missing("mosquitto's dynamic security plugin");
    }
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("rules.json");
    let text = r##"{
        "defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": true, "unsubscribe": true},
        "roles": [{"rolename": "guest", "acls": [
            {"acltype": "subscribeLiteral", "topic": "#", "allow": false},
            {"acltype": "publishClientSend", "topic": "PLACE/#", "allow": false}]}],
        "groups": [{"groupname": "guests", "roles": [{"rolename": "guest"}]}],
        "anonymousGroup": "guests"
    }"##;
    for (place, may_publish) in [("other", true), ("canopy-test", false)] {
        std::fs::write(&rules, text.replace("PLACE", place)).unwrap();
        let config = format!(
            "allow_anonymous true\nplugin {plugin}\nplugin_opt_config_file {}\n",
            rules.display()
        );
        let Some(broker) = Mosquitto::start_with(&config) else {
            return;
        };
        let report = report_for(profile(Version::V5, broker.port())).await;
        let words = ["Not authorized", "home/#"];
        assert_found(&report, Check::SubscribeAll, Outcome::Finding, &words);
        if may_publish {
            assert!(report.works(), "{}", report.text());
        } else {
            let words = ["cannot be published to", "do not allow"];
            assert_found(&report, Check::RoundTripQos0, Outcome::Failed, &words);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_shows_its_certificate_and_the_wrong_transport_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let (cert_file, key_file) = (
        directory.path().join("c.pem"),
        directory.path().join("k.pem"),
    );
    std::fs::write(&cert_file, certificate.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let config = format!(
        "certfile {}\nkeyfile {}\nallow_anonymous true\n",
        cert_file.display(),
        key_file.display()
    );
    let Some(broker) = Mosquitto::start_with(&config) else {
        return;
    };
    let report = report_for(profile(Version::V5, broker.port())).await;
    assert_found(&report, Check::Connect, Outcome::Failed, &["speaks TLS"]);

    let mut secured = profile(Version::V5, broker.port());
    secured.transport = Transport::Tls;
    let report = report_for(secured.clone()).await;
    let words = ["SHA-256", "127.0.0.1", "valid from"];
    assert_found(&report, Check::Dial(Step::Tls), Outcome::Failed, &words);
    assert_eq!(report.certificates.len(), 1);

    secured.tls.ca_file = Some(cert_file);
    let report = report_for(secured.clone()).await;
    assert!(report.works(), "{}", report.text());
    assert_found(
        &report,
        Check::Dial(Step::Tls),
        Outcome::Passed,
        &["TLS 1.3", "TLS_AES"],
    );

    secured.tls.verify = Verify::Nothing;
    let report = report_for(secured).await;
    assert_found(
        &report,
        Check::Dial(Step::Tls),
        Outcome::Finding,
        &["not checked"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_or_somebody_else_answers() {
    const WEB: &[u8] =
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let report = report_for(profile(Version::V5, free_port())).await;
    let words = ["Nothing listens", "Start the broker"];
    assert_found(&report, Check::Dial(Step::Tcp), Outcome::Failed, &words);

    let report = report_for(profile(Version::V5, port_that_says(WEB))).await;
    assert_found(&report, Check::Connect, Outcome::Failed, &["HTTP"]);

    let silent = Profile {
        connect_timeout: 1,
        ..profile(Version::V5, port_that_says(b""))
    };
    let report = report_for(silent).await;
    assert_found(
        &report,
        Check::Connect,
        Outcome::Failed,
        &["did not answer"],
    );
}

/// A way to `port` on which 100 kB a second come back at most, for each connection.
fn slow_way_to(port: u16) -> u16 {
    fn carry(mut from: TcpStream, mut to: TcpStream, pause: Duration) {
        let (_keep, never) = mpsc::sync_channel::<()>(1);
        let mut block = [0; 2_000];
        while let Ok(count @ 1..) = from.read(&mut block) {
            if to.write_all(&block[..count]).is_err() {
                break;
            }
            never.recv_timeout(pause).ok();
        }
        // one of them is gone
        to.shutdown(std::net::Shutdown::Both).ok();
        from.shutdown(std::net::Shutdown::Both).ok();
    }
    let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
        let thread = std::thread::Builder::new().name(name.to_owned());
        thread.spawn(work).unwrap();
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let slow = listener.local_addr().unwrap().port();
    spawn(
        "slow way",
        Box::new(move || {
            while let Ok((near, _)) = listener.accept() {
                let far = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                let (near_again, far_again) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let there = move || carry(near, far, Duration::ZERO);
                let back = move || carry(far_again, near_again, Duration::from_millis(20));
                spawn("there", Box::new(there));
                spawn("back", Box::new(back));
            }
        }),
    );
    slow
}

/// MQTT 3.1.1 cannot ask for no retained messages: everything else would wait behind them.
#[tokio::test(flavor = "multi_thread")]
async fn retained_messages_are_not_taken_for_silence() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let address = (Ipv4Addr::LOCALHOST, broker.port()).into();
    let mut publisher = Raw::open(address, Hello::new(4, "publisher"));
    for number in 0..10_000 {
        let topic = format!("shelf/{number}");
        publisher.send(&publish(4, &topic, &[b'x'; 200], true));
    }
    // it has them all once it answers
    publisher.subscribe("other");
    let profile = Profile {
        connect_timeout: 5,
        ..profile(Version::V311, slow_way_to(broker.port()))
    };
    let report = report_for(profile).await;
    assert!(report.works(), "{}", report.text());
    let check = Check::SubscribeAll;
    assert_found(&report, check, Outcome::Passed, &["Granted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_client_with_the_same_id_is_found_when_asked_for() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let options = || Options {
        claims_id: true,
        ..Options::default()
    };
    for version in [Version::V311, Version::V5] {
        let mut profile = profile(version, broker.port());
        profile.client_id = format!("press-{version}");
        let config = Config {
            profile: profile.clone(),
            ..Config::default()
        };
        let report = report_with(config.clone(), options()).await;
        assert!(report.works(), "{}", report.text());
        assert_found(&report, Check::OwnId, Outcome::Passed, &["Nobody else"]);

        // it is not told that it was thrown out, so it comes back
        profile.version = Version::V311;
        let other = Probe::connect(profile).await;
        let report = report_with(config, options()).await;
        // mosquitto tells it only where the other one speaks MQTT 5, too
        let words = ["Another client seems to use the client id “press-"];
        assert_found(&report, Check::OwnId, Outcome::Failed, &words);
        other.disconnect().await;
    }
}

#[test]
fn the_command_sends_the_properties_of_connect() {
    const REFUSED: &[u8] = b"\x20\x03\x00\x87\x00";
    let script = Script::start(vec![
        ScriptStep::Expect(1),
        ScriptStep::Send(REFUSED.to_vec()),
        ScriptStep::ReadToEnd,
    ]);
    let line = format!(
        "doctor mqtt://127.0.0.1:{} -D connect user-property site north -D connect session-expiry-interval 60 \
         -D will content-type text/plain --will-topic w",
        script.port()
    );
    let ended = run(&mut canopy(line.split(' ')));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("-D will: without effect"), "{ended:?}");
    let connect = script.received().remove(0);
    let Ok(Packet::Connect(connect)) = codec::decode(Version::V5, connect.into()) else {
        panic!("CONNECT");
    };
    let expected = [("site".to_owned(), "north".to_owned())];
    assert_eq!(connect.properties.user, expected);
    assert_eq!(connect.properties.session_expiry, None);
    assert_eq!(connect.will, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_cancelled() {
    let profile = profile(Version::V5, port_that_says(b""));
    let config = Config {
        profile,
        ..Config::default()
    };
    let mut examination = examine(&RuntimeHandle::current(), config, Arc::new(|| {}));
    examination.cancel();
    let report = examination.report();
    assert!(report.is_over() && !report.works());
    assert_eq!(report.summary(), "The test was cancelled.");
}

#[test]
fn the_command_prints_the_steps_and_ends_with_0_or_1() {
    let port = free_port();
    let failed = run(&mut canopy(["doctor", &format!("mqtt://127.0.0.1:{port}")]));
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.text().contains("Nothing listens"), "{failed:?}");
    assert!(failed.text().contains("TCP failed."), "{failed:?}");

    let Some(broker) = Mosquitto::start().filter(|_| find("mosquitto").is_some()) else {
        return;
    };
    let port = broker.port().to_string();
    let arguments = ["doctor", "-h", "127.0.0.1", "-p", &port, "-V", "5"];
    let works = run(&mut canopy(arguments));
    assert_eq!(works.code, Some(0), "{works:?}");
    assert!(works.text().contains("Everything works."), "{works:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_where_a_question_comes_before() {
    let config = BrokerConfig {
        port: 0,
        address: std::net::IpAddr::V4(Ipv4Addr::LOCALHOST),
        credentials: None,
    };
    let broker = Broker::start(&RuntimeHandle::current(), config)
        .await
        .unwrap();
    let marked = Config {
        profile: Profile {
            ask_before_publish: true,
            ..profile(Version::V5, broker.address().port())
        },
        ..Config::default()
    };
    let report = report_of(marked.clone()).await;
    let words = ["not tried", "This connection asks before publishing."];
    for check in [Check::RoundTripQos0, Check::RoundTripQos1] {
        assert_found(&report, check, Outcome::Skipped, &words);
    }
    assert_found(&report, Check::Disconnect, Outcome::Passed, &[]);
    assert!(report.works(), "{}", report.text());
    let options = Options {
        publishes_unasked: true,
        ..Options::default()
    };
    let report = report_with(marked, options).await;
    assert_found(&report, Check::RoundTripQos1, Outcome::Passed, &[]);
}
