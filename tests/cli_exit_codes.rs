//! `canopy pub` and `canopy sub` end with the same exit codes as mosquitto's clients, run side by side.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::have;
use common::mosquitto::Mosquitto;
use common::program::{Ended, canopy, mosquitto, run};
use common::script::{CONNACK_V5, CONNACK_V311, Script, Step};

/// Runs both with the same arguments, separated by blanks, and compares how they end.
fn same_code(subcommand: &str, port: u16, arguments: &str) -> Ended {
    let port = port.to_string();
    let arguments: Vec<&str> = ["-p", &port]
        .into_iter()
        .chain(arguments.split(' '))
        .collect();
    let expected = run(&mut mosquitto(subcommand, &arguments));
    let mut all = vec![subcommand];
    all.extend(&arguments);
    let got = run(&mut canopy(&all));
    assert_eq!(
        got.code, expected.code,
        "{subcommand} {arguments:?}\ncanopy: {}\nmosquitto: {}",
        got.err, expected.err
    );
    got
}

fn clients_are_here() -> bool {
    have("mosquitto_pub") && have("mosquitto_sub")
}

#[test]
fn success_and_time_out() {
    let Some(broker) = Mosquitto::start().filter(|_| clients_are_here()) else {
        return;
    };
    for version in ["311", "mqttv5"] {
        for qos in ["0", "1", "2"] {
            let ended = same_code(
                "pub",
                broker.port(),
                &format!("-t a -m x -q {qos} -V {version}"),
            );
            assert_eq!(
                (ended.code, ended.err.as_str(), ended.text().as_str()),
                (Some(0), "", "")
            );
            same_code(
                "sub",
                broker.port(),
                &format!("-t a -q {qos} -V {version} -E"),
            );
        }
        assert_eq!(
            same_code("sub", broker.port(), &format!("-t a -W 1 -V {version}")).code,
            Some(27)
        );
    }
    same_code("sub", broker.port(), "-t a -W 1 -C 1");
}

#[test]
fn mistakes_on_the_command_line() {
    if !clients_are_here() {
        return;
    }
    let publish = [
        "-t a/# -m x",
        "-t a -m x -q 3",
        "-t a",
        "-m a",
        "-t a -m x -f y",
        "-t a -f /nonexistent/file",
        "-t a -m x -V 7",
        "-t a -m x -P password",
        "-t a -m x --will-payload x",
        "-t a -m x --will-retain",
        "-t a -m x -c",
        "-t a -m x -i a -I b",
        "-t a -m x -D publish foo bar",
        "-t a -m x -D foo content-type bar",
        "-t a -m x -D publish user-property a",
        "-t a -m x --nosuch",
        "-t a -m x -L http://host/t",
    ];
    for arguments in publish {
        assert_eq!(same_code("pub", 1, arguments).code, Some(1), "{arguments}");
    }
    let subscribe = [
        "-t a/#/b",
        "-q 1",
        "-t a -R --retained-only",
        "-t a -C 0",
        "-t a -F %z",
        "-t a -t",
    ];
    for arguments in subscribe {
        assert_eq!(same_code("sub", 1, arguments).code, Some(1), "{arguments}");
    }
}

#[test]
fn nobody_there() {
    if !clients_are_here() {
        return;
    }
    let nobody = common::free_port();
    for (subcommand, message) in [("pub", " -m x"), ("sub", "")] {
        let refused = same_code(subcommand, nobody, &format!("-t a{message}"));
        assert!(refused.err.contains("Nothing listens"), "{}", refused.err);
        let unknown = same_code(
            subcommand,
            nobody,
            &format!("-h nosuch.invalid -t a{message}"),
        );
        assert!(unknown.err.contains("nosuch.invalid"), "{}", unknown.err);
        let quiet = same_code(subcommand, nobody, &format!("--quiet -t a{message}"));
        assert_eq!(quiet.err, "");
    }
}

#[test]
fn a_wrong_password() {
    let Some(broker) =
        Mosquitto::start_with_password("me", "secret").filter(|_| clients_are_here())
    else {
        return;
    };
    for (subcommand, message) in [("pub", " -m x"), ("sub", " -W 5")] {
        for (version, code) in [("311", 5), ("5", 135)] {
            for credentials in ["", " -u me -P wrong"] {
                let arguments = format!("-t a -V {version}{message}{credentials}");
                let ended = same_code(subcommand, broker.port(), &arguments);
                assert_eq!(ended.code, Some(code), "{arguments}");
                assert!(!ended.err.contains("wrong"), "{}", ended.err);
            }
        }
    }
    same_code("pub", broker.port(), "-t a -m x -u me -P secret -q 1");
    let url = format!("-L mqtt://me:secret@127.0.0.1:{}/a -m x", broker.port());
    same_code("pub", 1, &url);
}

/// A broker that plays these steps for each of two clients, one after the other.
fn scripted(steps: impl Fn() -> Vec<Step>) -> Script {
    let mut twice = steps();
    twice.push(Step::Reconnect);
    twice.extend(steps());
    twice.push(Step::Reconnect);
    Script::start(twice)
}

fn connack(version: &str) -> Step {
    Step::Send(
        if version == "5" {
            CONNACK_V5
        } else {
            CONNACK_V311
        }
        .to_vec(),
    )
}

#[test]
fn every_refusal() {
    if !clients_are_here() {
        return;
    }
    for (version, codes) in [("311", 1..=5), ("5", 128..=138)] {
        for code in codes {
            let refusal = if version == "5" {
                vec![0x20, 3, 0, code, 0]
            } else {
                vec![0x20, 2, 0, code]
            };
            for (subcommand, message) in [("pub", " -m x"), ("sub", " -W 5")] {
                let broker = scripted(|| {
                    vec![
                        Step::Expect(1),
                        Step::Send(refusal.clone()),
                        Step::ReadToEnd,
                    ]
                });
                let arguments = format!("-t a -V {version}{message}");
                let ended = same_code(subcommand, broker.port(), &arguments);
                assert_eq!(ended.code, Some(code.into()), "{}", ended.err);
            }
        }
    }
}

#[test]
fn a_lost_connection() {
    if !clients_are_here() {
        return;
    }
    for version in ["311", "5"] {
        let before_connack = scripted(|| vec![Step::Expect(1)]);
        let before_puback = scripted(|| vec![Step::Expect(1), connack(version), Step::Expect(3)]);
        for broker in [before_connack, before_puback] {
            let arguments = format!("-t a -m x -q 1 -V {version}");
            let ended = same_code("pub", broker.port(), &arguments);
            assert_eq!(ended.code, Some(7), "{}", ended.err);
        }
    }
}

#[test]
fn every_subscription_refused() {
    if !clients_are_here() {
        return;
    }
    for (version, suback) in [
        ("311", &b"\x90\x03\x00\x01\x80"[..]),
        ("5", b"\x90\x04\x00\x01\x00\x87"),
    ] {
        let broker = scripted(|| {
            vec![
                Step::Expect(1),
                connack(version),
                Step::Expect(8),
                Step::Send(suback.to_vec()),
                Step::ReadToEnd,
            ]
        });
        let ended = same_code("sub", broker.port(), &format!("-t a -V {version} -W 10"));
        assert_eq!(ended.code, Some(0));
        assert!(
            ended.err.contains("refused the subscription to a"),
            "{}",
            ended.err
        );
        assert!(ended.err.contains("this filter"), "{}", ended.err);
    }
}

#[test]
fn help_and_version_are_answered() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["pub", "--help"],
        &["sub", "--help"],
    ] {
        let ended = run(&mut canopy(arguments));
        assert_eq!(
            (ended.code, ended.err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert!(!ended.out.is_empty());
    }
    for subcommand in ["broker", "pub", "sub", "watch"] {
        let help = run(&mut canopy([subcommand, "--help"])).text();
        assert!(help.contains("Examples:"), "{help}");
    }
}

#[test]
fn a_refused_message_is_explained_as_such() {
    let broker = Script::start(vec![
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(3),
        Step::Send(b"\x40\x04\x00\x01\x87\x00".to_vec()),
        Step::ReadToEnd,
    ]);
    let port = broker.port().to_string();
    let arguments = ["-t", "a", "-m", "x", "-q", "1", "-V", "5"];
    let all = [&["pub", "-p", &port], &arguments[..]].concat();
    let ended = run(&mut canopy(all));
    assert!(
        ended.err.contains("publishing to this topic"),
        "{}",
        ended.err
    );
}
