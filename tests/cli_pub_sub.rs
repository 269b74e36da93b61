//! `canopy pub` and `canopy sub` at work: against mosquitto, with mosquitto's clients on the other side.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::have;
use common::mosquitto::Mosquitto;
use common::program::{Running, canopy, mosquitto, run, run_with_input};

fn broker() -> Option<Mosquitto> {
    if have("mosquitto_pub") && have("mosquitto_sub") {
        Mosquitto::start()
    } else {
        None
    }
}

/// `mosquitto_sub -d` once its subscription was granted.
fn listener(port: u16, arguments: &[&str]) -> Running {
    let port = port.to_string();
    let all = [&["-p", &port, "-d"], arguments].concat();
    let mut listener = Running::start(&mut mosquitto("sub", all));
    listener.wait_for("Subscribed");
    listener
}

/// `canopy sub -d` once its subscription was granted.
fn subscriber(port: u16, arguments: &[&str]) -> Running {
    let port = port.to_string();
    let all = [&["sub", "-p", &port, "-d"], arguments].concat();
    let mut subscriber = Running::start(&mut canopy(all));
    subscriber.wait_for("Subscribed");
    subscriber
}

fn canopy_pub(port: u16, arguments: &[&str]) -> Command {
    let port = port.to_string();
    canopy([&["pub", "-p", &port], arguments].concat())
}

/// What a listener printed, without the packets.
fn messages(text: &str) -> Vec<&str> {
    let is_packet = |line: &&str| line.starts_with("Client ") || line.starts_with("Subscribed ");
    text.lines().filter(|line| !is_packet(line)).collect()
}

#[test]
fn a_thousand_lines_arrive_in_order() {
    let Some(broker) = broker() else { return };
    let input: String = (0..1000).map(|number| number.to_string() + "\n").collect();
    let expected: Vec<&str> = input.lines().collect();
    for version in ["311", "5"] {
        for qos in ["0", "1", "2"] {
            let arguments = ["-t", "t", "-q", qos, "-C", "1000"];
            // With MQTT 5 mosquitto 2.0.11 breaks its own client's receive maximum now and then.
            let theirs = listener(broker.port(), &arguments);
            let ours = subscriber(broker.port(), &[&arguments[..], &["-V", version]].concat());
            let publisher =
                &mut canopy_pub(broker.port(), &["-t", "t", "-q", qos, "-l", "-V", version]);
            let outcome = run_with_input(publisher, input.as_bytes());
            assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
            assert_eq!(
                messages(&theirs.end().text()),
                expected,
                "QoS {qos} with {version}"
            );
            assert_eq!(
                messages(&ours.end().text()),
                expected,
                "QoS {qos} with {version}"
            );
        }
    }
}

#[test]
fn payloads_from_everywhere() {
    let Some(broker) = broker() else { return };
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "from a file").expect("written");
    let path = file.path().to_str().expect("a path");
    let listener = listener(broker.port(), &["-t", "t", "-v", "-C", "6"]);
    for (arguments, input) in [
        (&["-m", "from the line"][..], ""),
        (&["-m", "-5"], ""),
        (&["-f", path], ""),
        (&["-s"], "all\nof it"),
        (&["-n"], ""),
        (&["-l"], "the last line has no end"),
    ] {
        let arguments = [&["-t", "t"], arguments].concat();
        let ended = run_with_input(&mut canopy_pub(broker.port(), &arguments), input.as_bytes());
        assert_eq!(ended.code, Some(0), "{arguments:?} {}", ended.err);
    }
    assert_eq!(
        messages(&listener.end().text()),
        [
            "t from the line",
            "t -5",
            "t from a file",
            "t all",
            "of it",
            "t (null)",
            "t the last line has no end"
        ]
    );
}

#[test]
fn properties_and_the_retain_flag_arrive() {
    let Some(broker) = broker() else { return };
    let mut arguments = vec!["-t", "t", "-m", "x", "-r", "-q", "1"];
    for property in [
        "content-type text/plain",
        "correlation-data corr",
        "message-expiry-interval 600",
        "payload-format-indicator 1",
        "response-topic re/s",
        "user-property a b",
        "user-property c -d",
    ] {
        arguments.extend(["-D", "publish"]);
        arguments.extend(property.split(' '));
    }
    assert_eq!(
        run(&mut canopy_pub(broker.port(), &arguments)).code,
        Some(0)
    );
    let port = broker.port().to_string();
    let format = "%p|%r|%C|%D|%F|%P|%R";
    let retained = run(&mut mosquitto(
        "sub",
        ["-p", &port, "-V", "5", "-t", "t", "-C", "1", "-F", format],
    ));
    assert_eq!(retained.text(), "x|1|text/plain|corr|1|a:b c:-d|re/s\n");
}

#[test]
fn a_will_is_left_by_a_crash_and_not_by_a_goodbye() {
    let Some(broker) = broker() else { return };
    let will = [
        "--will-topic",
        "w",
        "--will-payload",
        "gone",
        "--will-qos",
        "1",
    ];
    for (version, signal, expected) in [
        ("311", "KILL", "gone"),
        ("5", "KILL", "gone"),
        ("311", "TERM", "the end"),
        // As in mosquitto's client, a stop from outside leaves the will to the broker in MQTT 5.
        ("5", "TERM", "gone"),
    ] {
        let listener = listener(broker.port(), &["-t", "w", "-C", "1"]);
        let arguments = [&["-t", "t", "-V", version], &will[..]].concat();
        let subscriber = subscriber(broker.port(), &arguments);
        subscriber.signal(signal);
        let ended = subscriber.end();
        assert_eq!(ended.code, (signal == "TERM").then_some(0), "{}", ended.err);
        if expected == "the end" {
            run(&mut canopy_pub(
                broker.port(),
                &["-t", "w", "-m", "the end"],
            ));
        }
        assert_eq!(
            messages(&listener.end().text()),
            [expected],
            "{version} {signal}"
        );
    }
}

#[test]
fn a_kept_session_brings_what_was_missed_and_what_was_left_over() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    for version in ["311", "5"] {
        for qos in ["1", "2"] {
            let id = format!("{version}-{qos}");
            let session = [
                "sub", "-p", &port, "-V", version, "-i", &id, "-c", "-q", qos, "-t", "t",
            ];
            let made = run(&mut canopy([&session[..], &["-E"]].concat()));
            assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
            for number in ["1", "2", "3", "4", "5"] {
                run(&mut canopy_pub(
                    broker.port(),
                    &["-t", "t", "-m", number, "-q", qos],
                ));
            }
            for (count, expected) in [("1", "1\n"), ("1", "2\n"), ("3", "3\n4\n5\n")] {
                let read = run(&mut canopy([&session[..], &["-C", count]].concat()));
                assert_eq!(read.text(), expected, "{id}: {}", read.err);
            }
        }
    }
}

#[test]
fn a_subscriber_outlives_its_broker() {
    let Some(mut broker) = broker() else { return };
    let mut subscriber = subscriber(broker.port(), &["-t", "t", "-C", "1"]);
    broker.kill();
    broker.restart();
    subscriber.wait_for("Subscribed");
    run(&mut canopy_pub(broker.port(), &["-t", "t", "-m", "again"]));
    let ended = subscriber.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(messages(&ended.text()), ["again"]);
    assert!(ended.err.contains("Trying again."), "{}", ended.err);
}

#[test]
fn a_subscriber_ends_quietly_when_nobody_reads() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    let mut subscriber = canopy(["sub", "-p", &port, "-t", "t", "-d"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut output = BufReader::new(subscriber.stdout.take().expect("its output"));
    let mut line = String::new();
    while !line.starts_with("Subscribed") {
        line.clear();
        assert!(output.read_line(&mut line).expect("a line") > 0);
    }
    drop(output);
    run(&mut canopy_pub(broker.port(), &["-t", "t", "-m", "unread"]));
    let ended = subscriber.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn a_subscriber_unsubscribes() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    let session = ["sub", "-p", &port, "-i", "me", "-c", "-q", "1"];
    run(&mut canopy(
        [&session[..], &["-t", "a", "-t", "b", "-E"]].concat(),
    ));
    let mut leaving = Running::start(&mut canopy([&session[..], &["-U", "a", "-d"]].concat()));
    leaving.wait_for("UNSUBACK");
    leaving.signal("INT");
    assert_eq!(leaving.end().code, Some(0));
    for topic in ["a", "b"] {
        run(&mut canopy_pub(
            broker.port(),
            &["-t", topic, "-m", topic, "-q", "1"],
        ));
    }
    let rest = run(&mut mosquitto(
        "sub",
        [
            "-p", &port, "-i", "me", "-c", "-q", "1", "-t", "b", "-C", "1",
        ],
    ));
    assert_eq!(rest.text(), "b\n");
}

#[test]
fn repetitions_keep_their_distance() {
    let Some(broker) = broker() else { return };
    let started = std::time::Instant::now();
    let repeated = [
        "-t",
        "t",
        "-m",
        "x",
        "-q",
        "1",
        "--repeat",
        "4",
        "--repeat-delay",
        "0.1",
        "-d",
    ];
    let ended = run(&mut canopy_pub(broker.port(), &repeated));
    assert_eq!(ended.text().matches("sending PUBLISH").count(), 4);
    assert!(started.elapsed().as_millis() >= 300);
}
