//! What `canopy pub` and `canopy sub` write, byte for byte beside mosquitto's clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::have;
use common::mosquitto::Mosquitto;
use common::program::{Ended, Running, canopy, mosquitto, run};

/// A broker and mosquitto's clients, if they are here.
fn broker() -> Option<Mosquitto> {
    if have("mosquitto_pub") && have("mosquitto_sub") {
        Mosquitto::start()
    } else {
        None
    }
}

/// Publishes with mosquitto's client.
fn publish(port: u16, arguments: &[&str]) {
    let mut all = vec!["-p".to_owned(), port.to_string()];
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    assert_eq!(run(&mut mosquitto("pub", &all)).code, Some(0), "{all:?}");
}

/// Both programs with the same arguments.
fn both(subcommand: &str, port: u16, arguments: &[&str]) -> [Ended; 2] {
    let port = port.to_string();
    let mut all = vec!["-p", &port];
    all.extend(arguments);
    let theirs = run(&mut mosquitto(subcommand, &all));
    all.insert(0, subcommand);
    [run(&mut canopy(&all)), theirs]
}

fn assert_same(subcommand: &str, port: u16, arguments: &[&str]) {
    let [ours, theirs] = both(subcommand, port, arguments);
    assert_eq!(ours.code, theirs.code, "{arguments:?}: {}", ours.err);
    assert_eq!(ours.text(), theirs.text(), "{arguments:?}");
    assert_eq!(ours.out, theirs.out, "{arguments:?}");
}

#[test]
fn payloads_come_out_untouched() {
    let Some(broker) = broker() else { return };
    let binary = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(binary.path(), b"\x00\x01\xff\n\n\xc3").expect("written");
    let path = binary.path().to_str().expect("a path");
    publish(broker.port(), &["-t", "binary", "-r", "-f", path]);
    publish(broker.port(), &["-t", "text", "-r", "-m", "grüße"]);
    for topic in ["binary", "text"] {
        for form in [
            &[][..],
            &["-v"],
            &["-N"],
            &["-v", "-N"],
            &["-F", "%p %x %X %l"],
        ] {
            let arguments = [&["-t", topic, "-C", "1"], form].concat();
            assert_same("sub", broker.port(), &arguments);
        }
    }
}

#[test]
fn formats_are_those_of_mosquitto() {
    let Some(broker) = broker() else { return };
    let mut message = vec!["-V", "5", "-t", "fmt/x", "-r", "-q", "1", "-m", "hello"];
    for property in [
        "content-type text/plain",
        "correlation-data corr",
        "payload-format-indicator 1",
        "response-topic re/s",
        "user-property a b",
        "user-property c d",
    ] {
        message.extend(["-D", "publish"]);
        message.extend(property.split(' '));
    }
    publish(broker.port(), &message);
    for format in [
        r"%t|%p|%q|%r|%l|%m|%x|%X|%%|@@|\t|\\|\0\a\e\r\v",
        "%10t|%-10t|%.3t|%5.2t|%-5.2t|%010l|%-10l|%5l|%-05l|",
        "%10p|%-10p|%010p|%2p|%3x|%012m|%-5m|",
        "%A|%C|%D|%F|%P|%R|%S|%10A|%10C|%010C|%010F|%5S|%20R|",
        "@Y-@m-@d|%%t",
    ] {
        assert_same(
            "sub",
            broker.port(),
            &["-V", "5", "-q", "1", "-t", "fmt/x", "-C", "1", "-F", format],
        );
        assert_same(
            "sub",
            broker.port(),
            &["-q", "1", "-t", "fmt/x", "-C", "1", "-F", format],
        );
    }
}

#[test]
fn json_says_the_same_as_mosquitto() {
    let Some(broker) = broker() else { return };
    publish(
        broker.port(),
        &[
            "-V",
            "5",
            "-t",
            "j",
            "-r",
            "-q",
            "1",
            "-m",
            "{\"a\": [1, \"x\"]}",
            "-D",
            "publish",
            "user-property",
            "k",
            "v",
        ],
    );
    for format in ["%j", "%J"] {
        for version in ["311", "5"] {
            let arguments = ["-V", version, "-q", "1", "-t", "j", "-C", "1", "-F", format];
            let documents = both("sub", broker.port(), &arguments).map(|ended| {
                let mut document: serde_json::Value =
                    serde_json::from_slice(&ended.out).expect("JSON");
                document["tst"] = serde_json::Value::Null;
                document
            });
            assert_eq!(documents[0], documents[1]);
        }
    }
    publish(broker.port(), &["-t", "n", "-r", "-m", "{\"exact\": 1.50}"]);
    let port = broker.port().to_string();
    let ours = run(&mut canopy([
        "sub", "-p", &port, "-t", "n", "-C", "1", "-F", "%J",
    ]))
    .text();
    assert!(ours.contains("\"payload\":{\"exact\":1.50}"), "{ours}");
}

#[test]
fn the_trace_of_a_publisher_is_that_of_mosquitto() {
    let Some(broker) = broker() else { return };
    for version in ["311", "5"] {
        for qos in ["0", "1", "2"] {
            let message = [
                "-V", version, "-i", "me", "-d", "-t", "t", "-m", "hello", "-q", qos,
            ];
            assert_same("pub", broker.port(), &message);
            let repeated = [&message[..], &["--repeat", "3", "-r"]].concat();
            assert_same("pub", broker.port(), &repeated);
        }
    }
}

/// The lines of a trace in the order of their kind; messages and acknowledgements may cross.
fn sorted_lines(ended: &Ended) -> Vec<String> {
    let mut lines: Vec<String> = ended.text().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn the_trace_of_a_subscriber_is_that_of_mosquitto() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    for version in ["311", "5"] {
        let arguments = [
            "-p", &port, "-V", version, "-i", "me", "-d", "-t", "t", "-t", "u/#", "-q", "2", "-C",
            "3",
        ];
        let programs = [
            canopy([&["sub"][..], &arguments].concat()),
            mosquitto("sub", arguments),
        ];
        let [ours, theirs] = programs.map(|mut command| {
            let mut subscriber = Running::start(&mut command);
            subscriber.wait_for("Subscribed");
            for qos in ["0", "1", "2"] {
                publish(broker.port(), &["-t", "u/x", "-m", "hello", "-q", qos]);
            }
            subscriber.end()
        });
        assert_eq!(sorted_lines(&ours), sorted_lines(&theirs));
    }
}

#[test]
fn retained_messages_are_told_apart() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    publish(broker.port(), &["-t", "r/old", "-m", "old", "-r"]);
    for version in ["311", "5"] {
        for choice in [
            &["-C", "2", "-F", "%t %p %r"][..],
            &["-R", "-C", "1", "-v"],
            &["--retained-only", "-v"],
        ] {
            let arguments = [
                &["-p", &port, "-V", version, "-d", "-i", "me", "-t", "r/#"],
                choice,
            ]
            .concat();
            let programs = [
                canopy([&["sub"][..], &arguments].concat()),
                mosquitto("sub", &arguments),
            ];
            let [ours, theirs] = programs.map(|mut command| {
                let mut subscriber = Running::start(&mut command);
                subscriber.wait_for("Subscribed");
                publish(broker.port(), &["-t", "r/live", "-m", "live", "-r"]);
                let ended = subscriber.end();
                publish(broker.port(), &["-t", "r/live", "-n", "-r"]);
                ended
            });
            assert_eq!(ours.code, theirs.code, "{arguments:?}");
            let messages = |ended: &Ended| {
                let mut lines = sorted_lines(ended);
                lines.retain(|line| line.starts_with("r/"));
                lines
            };
            assert_eq!(messages(&ours), messages(&theirs), "{arguments:?}");
        }
    }
}

#[test]
fn retained_messages_are_cleared() {
    let Some(broker) = broker() else { return };
    let port = broker.port().to_string();
    for number in 0..120 {
        publish(
            broker.port(),
            &["-t", &format!("r/{number}"), "-m", "x", "-r"],
        );
    }
    publish(broker.port(), &["-t", "r/kept", "-m", "x", "-r"]);
    let arguments = [
        "sub",
        "-p",
        &port,
        "-t",
        "r/#",
        "-T",
        "r/kept",
        "--remove-retained",
        "--retained-only",
    ];
    let cleared = run(&mut canopy(arguments));
    assert_eq!(cleared.code, Some(0), "{}", cleared.err);
    let left = run(&mut mosquitto(
        "sub",
        ["-p", &port, "-t", "r/#", "-W", "1", "-v"],
    ))
    .text();
    assert_eq!(left, "r/kept x\n");
}
