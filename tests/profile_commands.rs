//! The `mosquitto_sub` and `mosquitto_pub` lines of a profile, as a real shell and the real programs take them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![cfg(unix)]

mod common;

use std::fs;
use std::process::{Command, Output};

use canopy::mqtt::{Qos, Version};
use canopy::profile::{
    Authentication, Mqtt5Settings, PayloadKind, Profile, PublishDraft, PublishProperties, Session,
    Subscription, WillSettings,
};
use common::mosquitto::Mosquitto;

/// Texts that a shell would take apart if they were not quoted.
const NASTY: [&str; 9] = [
    "it's",
    "$HOME `id` $(id)",
    "a \"b\" \\ c",
    "-h",
    "*?[a]~",
    "!history ^a^b",
    "two\nlines",
    "#;&|<>",
    "“ü” \u{1f333}",
];

/// What the user has put into the variable that stands for the password.
const PASSWORD: &str = "se cret";

/// What `script` prints when it runs in a POSIX shell.
fn shell(script: &str) -> Output {
    let output = Command::new("sh")
        .args(["-c", script])
        .env("MQTT_PASSWORD", PASSWORD)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{err}");
    output
}

/// The arguments that the program of `command` gets, and its standard input when `command` is a pipe.
fn arguments(command: &str) -> (Vec<String>, Vec<u8>) {
    let stub =
        r#"show() { printf '%s\0' "$@"; printf '\0\0'; case " $* " in *" -s "*) cat;; esac; }"#;
    let names = "mosquitto_sub() { show \"$@\"; }; mosquitto_pub() { show \"$@\"; }";
    let printed = shell(&format!("{stub}\n{names}\n{command}")).stdout;
    let end = printed
        .windows(3)
        .position(|three| three == [0; 3])
        .unwrap();
    let words = String::from_utf8(printed[..end].to_vec()).unwrap();
    (
        words.split('\0').map(str::to_owned).collect(),
        printed[end + 3..].to_vec(),
    )
}

/// The value after `flag`.
fn value<'a>(words: &'a [String], flag: &str) -> Option<&'a str> {
    let place = words.iter().position(|word| word == flag)?;
    words.get(place + 1).map(String::as_str)
}

fn draft(topic: &str) -> PublishDraft {
    PublishDraft {
        topic: topic.to_owned(),
        ..PublishDraft::default()
    }
}

#[test]
fn a_shell_hands_every_value_over_unchanged() {
    for nasty in NASTY {
        let profile = Profile {
            client_id: nasty.to_owned(),
            user_name: nasty.to_owned(),
            use_password: true,
            will: WillSettings {
                enabled: true,
                topic: nasty.to_owned(),
                message: nasty.to_owned(),
                ..WillSettings::default()
            },
            subscriptions: vec![Subscription::new(nasty, Qos::AtMostOnce)],
            ..Profile::default()
        };
        let (words, _) = arguments(&profile.mosquitto_sub_command().unwrap());
        for flag in ["-i", "-u", "--will-topic", "--will-payload", "-t"] {
            assert_eq!(value(&words, flag), Some(nasty), "{flag}");
        }
        assert_eq!(value(&words, "-P"), Some(PASSWORD));

        let mut message = draft(nasty);
        message.properties.user = vec![(nasty.to_owned(), nasty.to_owned())];
        let command = profile.publish_command(&message, nasty.as_bytes()).unwrap();
        let (words, _) = arguments(&command);
        assert_eq!(value(&words, "-t"), Some(nasty));
        assert!(words.ends_with(&["user-property", nasty, nasty, "-m", nasty].map(str::to_owned)));
    }
}

#[test]
fn every_byte_survives_the_pipe() {
    let payload: Vec<u8> = (0..=255).chain(*b"%d %s \\n 12\x007").collect();
    let command = Profile::default()
        .publish_command(&draft("a"), &payload)
        .unwrap();
    assert_eq!(arguments(&command).1, payload);
    let long = "x".repeat(300_000);
    let command = Profile::default()
        .publish_command(&draft("a"), long.as_bytes())
        .unwrap();
    let format = command.strip_prefix("printf '").unwrap();
    assert_eq!(format.split_once('\'').unwrap().0, long);
}

/// A broker with one account, or `None` where mosquitto or its clients are missing.
fn broker() -> Option<Mosquitto> {
    if !common::have("mosquitto_sub") || !common::have("mosquitto_pub") {
        return None;
    }
    Mosquitto::start_with_password("ann", PASSWORD)
}

/// A profile that may connect to `broker`.
fn account(broker: &Mosquitto, version: Version) -> Profile {
    Profile {
        port: broker.port(),
        version,
        user_name: "ann".to_owned(),
        use_password: true,
        ..Profile::default()
    }
}

/// Runs the command with `extra` arguments behind it.
fn run(command: &str, extra: &str) -> String {
    String::from_utf8(shell(&format!("{command} {extra}")).stdout).unwrap()
}

#[test]
fn the_real_programs_take_the_commands() {
    let Some(broker) = broker() else {
        return;
    };
    for version in [Version::V311, Version::V5] {
        let topic = format!("it's/{version}");
        let mut profile = account(&broker, version);
        profile.client_id = "bench".to_owned();
        profile.session = Session::Resume;
        profile.keep_alive = 0;
        profile.max_packet_size = 10_000;
        profile.will = WillSettings {
            enabled: true,
            topic: "will".to_owned(),
            delay: 5,
            expiry: Some(60),
            content_type: "text/plain".to_owned(),
            response_topic: "answer".to_owned(),
            correlation_data: b"a b".to_vec(),
            user_properties: vec![("unit".to_owned(), "°C".to_owned())],
            payload_format_text: true,
            ..WillSettings::default()
        };
        profile.subscriptions = vec![Subscription {
            retain_as_published: true,
            id: Some(268_435_455),
            ..Subscription::new(topic.clone(), Qos::ExactlyOnce)
        }];
        profile.mqtt5 = Mqtt5Settings {
            receive_maximum: Some(5),
            topic_alias_maximum: 10,
            request_problem_information: false,
            request_response_information: true,
            user_properties: vec![("tenant".to_owned(), "it's 7".to_owned())],
            keeps_authentication_data: false,
            authentication: Authentication::None,
        };
        let message = PublishDraft {
            qos: Qos::ExactlyOnce,
            retain: true,
            properties: PublishProperties {
                message_expiry: Some(600),
                content_type: "text/plain".to_owned(),
                response_topic: "answer to".to_owned(),
                correlation_data: "7".to_owned(),
                correlation_is_hex: false,
                payload_is_utf8: true,
                user: vec![("unit".to_owned(), "°C".to_owned())],
            },
            ..draft(&topic)
        };
        run(
            &profile
                .publish_command(&message, "21 °C".as_bytes())
                .unwrap(),
            "",
        );
        let subscribe = profile.mosquitto_sub_command().unwrap();
        let seen = run(&subscribe, "-C 1 -W 20 -F '%t|%p|%q|%r|%C|%R|%D|%P'");
        let properties = match version {
            Version::V311 => "|||",
            Version::V5 => "text/plain|answer to|7|unit:°C",
        };
        assert_eq!(seen.trim_end(), format!("{topic}|21 °C|2|1|{properties}"));
    }
}

#[test]
fn bytes_and_files_reach_the_broker() {
    let Some(broker) = broker() else {
        return;
    };
    let mut profile = account(&broker, Version::V5);
    profile.subscriptions = vec![Subscription::new("bin/#", Qos::AtLeastOnce)];
    let binary = PublishDraft {
        retain: true,
        kind: PayloadKind::Hex,
        ..draft("bin/hex")
    };
    run(
        &profile.publish_command(&binary, b"\x00%\xff'\\").unwrap(),
        "",
    );
    let files = tempfile::tempdir().unwrap();
    let path = files.path().join("a file");
    fs::write(&path, b"\x01\x02").unwrap();
    let file = PublishDraft {
        retain: true,
        kind: PayloadKind::File,
        payload: path.to_str().unwrap().to_owned(),
        ..draft("bin/file")
    };
    run(&profile.publish_command(&file, b"").unwrap(), "");
    let seen = run(
        &profile.mosquitto_sub_command().unwrap(),
        "-C 2 -W 20 -F '%t %x'",
    );
    let mut lines: Vec<_> = seen.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["bin/file 0102", "bin/hex 0025ff275c"]);
}
