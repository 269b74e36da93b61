//! `canopy pub` and `canopy sub` end with the same exit codes as mosquitto's clients, run side by side.

mod common;

use common::fake_broker::{self, Manner};
use common::have;
use common::mosquitto::Mosquitto;
use common::program::{Ended, canopy, mosquitto, run};

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

#[test]
fn every_refusal() {
    if !clients_are_here() {
        return;
    }
    for (version, codes) in [("311", 1..=5), ("5", 128..=138)] {
        for code in codes {
            let port = fake_broker::start(Manner::Refuse(code));
            for (subcommand, message) in [("pub", " -m x"), ("sub", " -W 5")] {
                let ended = same_code(subcommand, port, &format!("-t a -V {version}{message}"));
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
    for manner in [Manner::CloseOnConnect, Manner::CloseOnPublish] {
        for version in ["311", "5"] {
            let port = fake_broker::start(manner);
            let ended = same_code("pub", port, &format!("-t a -m x -q 1 -V {version}"));
            assert_eq!(ended.code, Some(7), "{}", ended.err);
        }
    }
}

#[test]
fn every_subscription_refused() {
    if !clients_are_here() {
        return;
    }
    for version in ["311", "5"] {
        let port = fake_broker::start(Manner::RefuseSubscriptions);
        let ended = same_code("sub", port, &format!("-t a -V {version} -W 10"));
        assert_eq!(ended.code, Some(0));
        assert!(
            ended.err.contains("refused the subscription to a"),
            "{}",
            ended.err
        );
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
