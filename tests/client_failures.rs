//! What a connection says when it cannot be, in plain words and with the cure, and when it tries again by itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use canopy::client::{Command, CommandError, Event, Failure, State, SubscribeOutcome};
use canopy::mqtt::{Qos, ReasonCode, Version};

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, resuming, subscription};
use common::{PATIENCE, free_port, within};

const VERSIONS: [Version; 2] = [Version::V311, Version::V5];

/// Waits for the first failure, final or not.
async fn failure(probe: &mut Probe) -> Failure {
    probe
        .until("a failure", |event| match event {
            Event::State(State::Waiting { failure, .. } | State::Ended(Some(failure))) => {
                Some(failure)
            }
            _ => None,
        })
        .await
}

/// A listener that answers the first bytes of every connection with `answer` and closes after that, or keeps the
/// connection open when `answer` is `None`.
fn impostor(answer: Option<&'static [u8]>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::Builder::new()
        .name("impostor".to_owned())
        .spawn(move || {
            let mut silent: Vec<TcpStream> = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 1_024];
                let received = stream.read(&mut request);
                match answer {
                    Some(answer) if received.is_ok() => drop(stream.write_all(answer)),
                    Some(_) => {}
                    None => silent.push(stream),
                }
            }
        })
        .unwrap();
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_ends_the_connection_with_the_reason() {
    let Some(broker) = Mosquitto::start_with_password("me", "right") else {
        return;
    };
    for version in VERSIONS {
        let mut own = profile(version, broker.port());
        own.user_name = "me".to_owned();
        let mut probe = Probe::open_with(own.clone(), Some("wrong"));
        let failure = probe.ended().await.expect("a reason");
        assert!(
            matches!(failure.reason, Some(ReasonCode(0x86 | 0x87))),
            "{failure:?}"
        );
        assert!(failure.to_string().contains("password"), "{failure}");
        assert!(!failure.to_string().contains("wrong"), "{failure}");
        let mut right = Probe::open_with(own, Some("right"));
        right.connected().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listening_is_said_and_tried_again() {
    for version in VERSIONS {
        let port = free_port();
        let mut probe = Probe::open(profile(version, port));
        let words = failure(&mut probe).await.to_string();
        assert!(
            words.contains(&format!("Nothing listens on 127.0.0.1:{port}")),
            "{words}"
        );
        probe.send(Command::ReconnectNow);
        let attempt = probe
            .until("the second attempt", |event| match event {
                Event::State(State::Connecting { attempt }) if attempt > 1 => Some(attempt),
                _ => None,
            })
            .await;
        assert_eq!(attempt, 2);
        probe.send(Command::Disconnect);
        assert_eq!(probe.ended().await, None);
        assert!(matches!(
            probe.connection.send(Command::ReconnectNow),
            Err(CommandError::Ended)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_reconnect_the_first_failure_is_the_end() {
    let mut own = profile(Version::V5, free_port());
    own.reconnect = false;
    let failure = Probe::open(own).ended().await.expect("a reason");
    assert!(failure.what.contains("Nothing listens"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_is_called_unknown() {
    let mut own = profile(Version::V5, 1883);
    own.host = "no-such-host.invalid".to_owned();
    let words = failure(&mut Probe::open(own)).await.to_string();
    assert!(
        words.contains("“no-such-host.invalid” is not known"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_silent_runs_into_the_time_limit() {
    for version in VERSIONS {
        let mut own = profile(version, impostor(None));
        own.connect_timeout = 1;
        let words = failure(&mut Probe::open(own)).await.to_string();
        assert!(
            words.contains("did not answer as an MQTT broker within 1 s"),
            "{words}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_something_else_is_recognised() {
    for version in VERSIONS {
        let web = impostor(Some(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        let words = failure(&mut Probe::open(profile(version, web)))
            .await
            .to_string();
        assert!(words.contains("does not speak MQTT"), "{words}");

        let closing = impostor(Some(b""));
        let words = failure(&mut Probe::open(profile(version, closing)))
            .await
            .to_string();
        assert!(
            words.contains("closed the connection instead of answering"),
            "{words}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusing_connack_is_explained() {
    let cases: [(Version, &'static [u8], &str, bool); 9] = [
        (
            Version::V311,
            b"\x20\x02\x00\x01",
            "does not speak MQTT 3.1.1",
            true,
        ),
        (Version::V311, b"\x20\x02\x00\x02", "client id", true),
        (Version::V311, b"\x20\x02\x00\x03", "not available", false),
        (
            Version::V311,
            b"\x20\x02\x00\x04",
            "user name or password",
            true,
        ),
        (
            Version::V311,
            b"\x20\x02\x00\x05",
            "does not let this client in",
            true,
        ),
        (
            Version::V5,
            b"\x20\x03\x00\x86\x00",
            "user name or password",
            true,
        ),
        (Version::V5, b"\x20\x03\x00\x89\x00", "busy", false),
        (
            Version::V5,
            b"\x20\x0b\x00\x8a\x08\x1f\x00\x05noisy",
            "banned",
            true,
        ),
        // a broker that only knows 3.1.1 answers in its own version
        (
            Version::V5,
            b"\x20\x02\x00\x01",
            "does not speak MQTT 5",
            true,
        ),
    ];
    for (version, answer, expected, is_final) in cases {
        let mut probe = Probe::open(profile(version, impostor(Some(answer))));
        let failure = failure(&mut probe).await;
        assert!(failure.what.contains(expected), "{failure}");
        assert!(
            failure.reason.is_some_and(ReasonCode::is_error),
            "{failure:?}"
        );
        assert_eq!(
            matches!(probe.connection.state(), State::Ended(_)),
            is_final
        );
        if expected == "banned" {
            assert_eq!(failure.detail.as_deref(), Some("noisy"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_with_a_reason_is_explained_with_the_brokers_words() {
    // CONNACK, and right after it DISCONNECT "server shutting down" with the words "bye"
    let port = impostor(Some(b"\x20\x03\x00\x00\x00\xe0\x08\x8b\x06\x1f\x00\x03bye"));
    let failure = failure(&mut Probe::open(profile(Version::V5, port))).await;
    assert_eq!(failure.reason, Some(ReasonCode(0x8B)));
    assert!(failure.what.contains("shutting down"));
    assert_eq!(failure.detail.as_deref(), Some("bye"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_client_id_twice_is_named_and_not_fought_over() {
    // CONNACK, and then DISCONNECT "session taken over"
    let port = impostor(Some(b"\x20\x03\x00\x00\x00\xe0\x01\x8e"));
    let failure = Probe::open(profile(Version::V5, port)).ended().await;
    let failure = failure.expect("a reason");
    assert_eq!(failure.reason, Some(ReasonCode(0x8E)));
    assert!(failure.what.contains("same client id"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_broker_does_not_say_so_the_pattern_tells_of_a_second_client() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    // mosquitto 2.0.11 only closes the connection, in both versions
    let mut own = profile(Version::V311, broker.port());
    own.client_id = "twin".to_owned();
    let mut first = Probe::connect(own.clone()).await;
    let mut second = Probe::connect(own).await;
    let loser = tokio::select! {
        failure = first.ended() => failure,
        failure = second.ended() => failure,
    };
    let words = loser.expect("a reason").to_string();
    assert!(words.contains("4 times in a row"), "{words}");
    assert!(words.contains("client id “twin”"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_broker_is_noticed_by_keep_alive() {
    for version in VERSIONS {
        // CONNACK, and then never anything again
        let port = silent_after_connack(version);
        let mut own = profile(version, port);
        own.keep_alive = 1;
        let mut probe = Probe::connect(own).await;
        let words = failure(&mut probe).await.to_string();
        assert!(words.contains("keep alive of 1 s"), "{words}");
    }
}

fn silent_after_connack(version: Version) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::Builder::new()
        .name("silent".to_owned())
        .spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                drop(stream.read(&mut [0; 1_024]));
                let connack: &[u8] = match version {
                    Version::V311 => b"\x20\x02\x00\x00",
                    Version::V5 => b"\x20\x03\x00\x00\x00",
                };
                drop(stream.write_all(connack));
                open.push(stream);
            }
        })
        .unwrap();
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_come_back_with_their_round_trip() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut own = profile(version, broker.port());
        own.keep_alive = 1;
        let mut probe = Probe::connect(own).await;
        let trip = probe
            .until("a ping", |event| match event {
                Event::PingRoundTrip(trip) => Some(trip),
                _ => None,
            })
            .await;
        assert!(trip < Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_subscription_is_told_filter_by_filter() {
    // mosquitto gives up root before it reads the rules
    let rules = std::env::temp_dir().join(format!("canopy-test-rules-{}", std::process::id()));
    std::fs::write(&rules, "topic read open/#\n").unwrap();
    let config = format!("allow_anonymous true\nacl_file {}\n", rules.display());
    let started = Mosquitto::start_with(&config);
    std::fs::remove_file(&rules).unwrap();
    let Some(broker) = started else {
        return;
    };
    // mosquitto grants every filter and filters the messages, so a broker of our own refuses here
    let mut probe = Probe::connect(profile(Version::V5, broker.port())).await;
    let steps = probe
        .publish(message("closed", "x", Qos::AtLeastOnce))
        .await;
    assert_eq!(
        steps.last(),
        Some(&canopy::client::PublishStep::Refused(
            ReasonCode(0x87),
            None
        )),
        "an acknowledgement that refuses is not a success"
    );

    let port = refusing_subscriptions();
    let mut own = profile(Version::V5, port);
    own.subscriptions = vec![
        subscription("fine", Qos::AtLeastOnce),
        subscription("#", Qos::AtMostOnce),
    ];
    let mut probe = Probe::connect(own).await;
    let outcomes = [0, 1].map(|_| ());
    let mut answers = Vec::new();
    for () in outcomes {
        answers.push(
            probe
                .until("an answer", |event| match event {
                    Event::Subscription(_, SubscribeOutcome::Pending) => None,
                    Event::Subscription(filter, outcome) => {
                        Some((filter.as_str().to_owned(), outcome))
                    }
                    _ => None,
                })
                .await,
        );
    }
    assert_eq!(
        answers,
        [
            (
                "fine".to_owned(),
                SubscribeOutcome::Granted(Qos::AtLeastOnce)
            ),
            (
                "#".to_owned(),
                SubscribeOutcome::Refused(ReasonCode(0x87), Some("too wide".to_owned()))
            ),
        ]
    );
}

/// Accepts CONNECT and answers the first SUBSCRIBE with "granted QoS 1" and "not authorized".
fn refusing_subscriptions() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::Builder::new()
        .name("refusing".to_owned())
        .spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1_024];
            drop(stream.read(&mut request));
            stream.write_all(b"\x20\x03\x00\x00\x00").unwrap();
            drop(stream.read(&mut request));
            let mut suback = b"\x90\x10\x00\x00\x0b\x1f\x00\x08too wide\x01\x87".to_vec();
            suback[2] = request[2];
            suback[3] = request[3];
            stream.write_all(&suback).unwrap();
            drop(stream.read(&mut request));
        })
        .unwrap();
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_goes_and_comes_back_is_found_again_with_its_subscriptions() {
    let Some(mut broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let mut own = profile(version, broker.port());
        own.subscriptions = vec![subscription("a", Qos::AtMostOnce)];
        let mut probe = Probe::subscribed(own).await;
        let client_id = probe.connection.client_id().to_owned();
        assert!(client_id.starts_with("canopy-"));
        probe.send(Command::Subscribe(
            canopy::mqtt::TopicFilter::new("b").unwrap(),
            Qos::AtLeastOnce,
        ));
        probe.granted().await;

        broker.kill();
        failure(&mut probe).await;
        let id = canopy::client::PublishId(9);
        probe.send(Command::Publish(
            id,
            message("b", "while away", Qos::AtLeastOnce),
        ));
        broker.restart();
        probe.send(Command::ReconnectNow);
        assert!(!probe.connected().await);
        let granted = [probe.granted().await, probe.granted().await];
        assert_eq!(granted.map(|(filter, _)| filter.to_string()), ["a", "b"]);
        let arrived = probe.message().await;
        assert_eq!(&arrived.payload[..], b"while away");
        assert_eq!(probe.connection.client_id(), client_id);
        probe.disconnect().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_resumed_with_the_messages_that_came_meanwhile() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for version in VERSIONS {
        let client_id = format!("sleeper {version}");
        let mut own = resuming(version, broker.port(), &client_id);
        own.subscriptions = vec![subscription("q", Qos::ExactlyOnce)];
        let sleeper = Probe::subscribed(own.clone()).await;
        sleeper.disconnect().await;

        let mut sender = Probe::connect(profile(version, broker.port())).await;
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            sender.publish(message("q", "kept", qos)).await;
        }
        // a new connection, as after a restart of the program
        let mut sleeper = Probe::open(own);
        assert!(sleeper.connected().await, "{version}");
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            assert_eq!(sleeper.message().await.qos, qos);
        }
        sleeper.disconnect().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_values_in_the_profile_end_the_connection_with_the_value_named() {
    let mut own = profile(Version::V5, 1883);
    own.subscriptions = vec![subscription("a/#/b", Qos::AtMostOnce)];
    let failure = Probe::open(own).ended().await.expect("a reason");
    assert!(failure.what.contains("a/#/b"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_cannot_take_is_refused_before_it_costs_the_connection() {
    let config = "allow_anonymous true\nmax_packet_size 1000\nmax_qos 1\nretain_available false\n";
    let Some(broker) = Mosquitto::start_with(config) else {
        return;
    };
    let mut probe = Probe::connect(profile(Version::V5, broker.port())).await;
    let mut retained = message("a", "x", Qos::AtMostOnce);
    retained.retain = true;
    for (outgoing, code) in [
        (message("a", vec![0; 2_000], Qos::AtLeastOnce), 0x95),
        (message("a", "x", Qos::ExactlyOnce), 0x9B),
        (retained, 0x9A),
    ] {
        let steps = probe.publish(outgoing).await;
        assert_eq!(
            steps.last(),
            Some(&canopy::client::PublishStep::Refused(
                ReasonCode(code),
                None
            ))
        );
    }
    let fine = probe.publish(message("a", "x", Qos::AtLeastOnce)).await;
    assert_eq!(
        fine.last(),
        Some(&canopy::client::PublishStep::Done(ReasonCode(0x10))),
        "no matching subscribers is a good reason"
    );
}

#[test]
fn dropping_the_handle_ends_the_connection_cleanly() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut listener = profile(Version::V5, broker.port());
        listener.subscriptions = vec![subscription("#", Qos::AtMostOnce)];
        let mut listener = Probe::subscribed(listener).await;
        let mut mortal = profile(Version::V5, broker.port());
        mortal.will.enabled = true;
        mortal.will.topic = "will".to_owned();
        drop(Probe::connect(mortal).await);
        let mut last = Probe::connect(profile(Version::V5, broker.port())).await;
        last.publish(message("after", "", Qos::AtLeastOnce)).await;
        assert_eq!(listener.message().await.topic.as_str(), "after");
        last.send(Command::Disconnect);
        let ended = tokio::task::spawn_blocking(move || last.connection.wait_ended(PATIENCE));
        assert!(within("the end", PATIENCE, ended).await.unwrap());
    });
}

/// Sends CONNACK a while after CONNECT, and then tells what else came.
fn slow_to_answer(connack: &'static [u8]) -> (u16, mpsc::Receiver<()>, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell_request, requested) = mpsc::sync_channel(1);
    let (tell_rest, rest) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("slow".to_owned())
        .spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 1_024];
            assert!(stream.read(&mut bytes).unwrap() > 0);
            tell_request.send(()).unwrap();
            // the client must neither send anything nor go away before CONNACK
            stream
                .set_read_timeout(Some(Duration::from_millis(300)))
                .unwrap();
            let early = stream.read(&mut bytes).err().map(|err| err.kind());
            let is_patient = matches!(
                early,
                Some(std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
            );
            assert!(is_patient, "{early:?}");
            stream.write_all(connack).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
            tell_rest.send(rest).unwrap();
        })
        .unwrap();
    (port, requested, rest)
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_before_connack_still_says_disconnect() {
    for (version, connack) in [
        (Version::V311, b"\x20\x02\x00\x00".as_slice()),
        (Version::V5, b"\x20\x03\x00\x00\x00"),
    ] {
        let (port, requested, rest) = slow_to_answer(connack);
        let mut probe = Probe::open(profile(version, port));
        tokio::task::spawn_blocking(move || requested.recv_timeout(PATIENCE))
            .await
            .unwrap()
            .expect("CONNECT");
        probe.send(Command::Disconnect);
        assert_eq!(probe.ended().await, None);
        let rest = tokio::task::spawn_blocking(move || rest.recv_timeout(PATIENCE));
        let rest = rest.await.unwrap().expect("DISCONNECT");
        assert_eq!(rest.first(), Some(&0xe0), "{version}: {rest:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_from_a_server_that_never_answers_does_not_take_long() {
    let port = impostor(None);
    let mut probe = Probe::open(profile(Version::V311, port));
    probe.send(Command::Disconnect);
    assert_eq!(
        within("the end", Duration::from_secs(5), probe.ended()).await,
        None
    );
}
