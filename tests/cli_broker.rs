//! `canopy broker` and `canopy watch`, with mosquitto's clients on the other side.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/raw.rs"]
mod raw;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};

use common::program::{Running, canopy, mosquitto, run};
use common::{free_port, have};

/// `canopy broker` on a free port, once it listens, and that port.
fn broker(arguments: &[&str]) -> (Running, String) {
    let all = [&["broker", "-p", "0"], arguments].concat();
    let mut broker = Running::start(&mut canopy(all));
    let line = broker.wait_for("listens on 127.0.0.1:");
    let port = line
        .split(':')
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let port = port.expect("a port").to_owned();
    (broker, port)
}

#[test]
fn it_serves_mosquittos_clients_and_ends_cleanly() {
    if !have("mosquitto_pub") || !have("mosquitto_sub") {
        return;
    }
    for (version, signal) in [("311", "TERM"), ("5", "INT")] {
        let (mut broker, port) = broker(&["-v"]);
        let arguments = [
            "-p", &port, "-V", version, "-i", "listener", "-q", "2", "-t", "t", "-C", "2", "-d",
        ];
        let mut listener = Running::start(&mut mosquitto("sub", arguments));
        listener.wait_for("Subscribed");
        broker.wait_for("listener connected from 127.0.0.1");
        let arguments = [
            "-p", &port, "-V", version, "-i", "sender", "-q", "2", "-t", "t", "-m",
        ];
        assert_eq!(
            run(&mut mosquitto("pub", [&arguments[..], &["one"]].concat())).code,
            Some(0)
        );
        assert_eq!(
            run(&mut canopy([&["pub"], &arguments[..], &["two"]].concat())).code,
            Some(0)
        );
        broker.wait_for("sender disconnected");
        let heard = listener.end().text();
        assert!(
            heard.contains("\none\n") && heard.contains("\ntwo\n"),
            "{heard}"
        );
        broker.signal(signal);
        let ended = broker.end();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert!(ended.text().ends_with("The broker has stopped.\n"));
        let port: u16 = port.parse().expect("a number");
        assert!(
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(),
            "the port is free again"
        );
    }
}

#[test]
fn it_asks_for_the_password_it_was_given() {
    if !have("mosquitto_pub") {
        return;
    }
    let mut command = canopy(["broker", "-p", "0", "-u", "me"]);
    let mut broker = Running::start(command.env("CANOPY_PASSWORD", "secret"));
    let line = broker.wait_for("listens on");
    let port = line
        .split([':', ' '])
        .find(|word| word.parse::<u16>().is_ok())
        .expect("a port")
        .to_owned();
    let publish = ["-p", port.as_str(), "-t", "t", "-m", "x"];
    for credentials in [
        &["-u", "me", "-P", "secret"][..],
        &["-u", "me", "-P", "wrong"],
        &[],
    ] {
        let arguments = [&publish[..], credentials].concat();
        let theirs = run(&mut mosquitto("pub", &arguments));
        let ours = run(&mut canopy([&["pub"], &arguments[..]].concat()));
        assert_eq!(ours.code, theirs.code, "{credentials:?}: {}", ours.err);
        assert_eq!(ours.code == Some(0), credentials.ends_with(&["secret"]));
    }
    broker.signal("TERM");
    assert_eq!(broker.end().code, Some(0));
}

#[test]
fn what_cannot_be_is_explained() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let ended = run(&mut canopy(["broker", "-p", &port]));
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.starts_with(&format!("Port {port} is taken")),
        "{}",
        ended.err
    );
    let ended = run(&mut canopy(["broker", "--address", "0.0.0.0", "-p", "0"]));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("-u and -P"), "{}", ended.err);
    let ended = run(&mut canopy(["broker", "-p", "0", "-u", "me"]));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("CANOPY_PASSWORD"), "{}", ended.err);
    let ended = run(&mut canopy(["watch", "-p", &free_port().to_string()]));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("Nothing listens"), "{}", ended.err);
}

#[test]
fn watch_prints_changes_as_lines() {
    let (_broker, port) = broker(&["--demo"]);
    let mut watch = Running::start(&mut canopy(["watch", "-p", &port]));
    watch.wait_for("status/raspberrypi/online true");
    run(&mut canopy([
        "pub",
        "-p",
        &port,
        "-t",
        "by/hand",
        "-m",
        "a\tb\u{1b}[2J",
    ]));
    let line = watch.wait_for("by/hand");
    assert!(!line.contains('\u{1b}'), "{line}");
    watch.signal("TERM");
    assert_eq!(watch.end().code, Some(0));
}

#[test]
fn watch_prints_the_tree_once() {
    let (_broker, port) = broker(&[]);
    for topic in ["home/kitchen/lamp", "home//empty"] {
        run(&mut canopy([
            "pub", "-p", &port, "-t", topic, "-m", "on", "-r",
        ]));
    }
    let ended = run(&mut canopy(["watch", "-p", &port, "--once", "1"]));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let text = ended.text();
    for part in [
        "Topic",
        "▾ home",
        "  ▾ kitchen",
        "lamp",
        "⚑ on",
        "(empty)",
        "2 topics · 2 messages",
    ] {
        assert!(text.contains(part), "“{part}” in\n{text}");
    }
}

#[test]
fn watch_shows_every_topic_of_a_big_tree() {
    const TOPICS: usize = 3_000;
    let (_broker, port) = broker(&[]);
    let mut watch = Running::start(&mut canopy(["watch", "-p", &port]));
    let is_there = ["pub", "-p", &port, "-r", "-t", "a/first", "-m", "1"];
    assert_eq!(run(&mut canopy(is_there)).code, Some(0));
    watch.wait_for("a/first 1");
    let address = (Ipv4Addr::LOCALHOST, port.parse::<u16>().expect("a number"));
    let mut publisher = raw::Raw::open(address.into(), raw::Hello::new(4, "many"));
    let burst: Vec<u8> = (0..TOPICS)
        .flat_map(|number| raw::publish(4, &format!("many/{number}/value"), b"x", true))
        .collect();
    publisher.send(&burst);
    let mut missing: BTreeSet<String> = (0..TOPICS)
        .map(|number| format!("many/{number}/value x"))
        .collect();
    while !missing.is_empty() {
        let line = watch.wait_for("many/");
        assert!(missing.remove(line.trim_end()), "twice: {line}");
    }
    watch.signal("TERM");
    assert_eq!(watch.end().code, Some(0));
    let ended = run(&mut canopy(["watch", "-p", &port, "--once", "2"]));
    let text = ended.text();
    assert_eq!(text.matches("    value ").count(), TOPICS, "{text}");
    assert!(!text.contains('▸'), "a closed branch in\n{text}");
}

#[test]
fn demo_devices_say_goodbye_before_the_broker_stops() {
    let (mut broker, _port) = broker(&["--demo", "-v"]);
    for _device in 0..5 {
        broker.wait_for(" connected from 127.0.0.1");
    }
    broker.signal("TERM");
    let text = broker.end().text();
    for device in ["command", "status", "campus", "home", "camera"] {
        let goodbye = format!("demo-{device} disconnected");
        assert!(text.contains(&goodbye), "“{goodbye}” in\n{text}");
    }
}

#[test]
fn watch_redraws_in_a_terminal() {
    if !have("script") {
        return;
    }
    let (_broker, port) = broker(&["--demo"]);
    let line = format!(
        "stty rows 12 cols 90; {} watch -p {port}",
        env!("CARGO_BIN_EXE_canopy")
    );
    let mut terminal = Running::start(std::process::Command::new("script").args([
        "-q",
        "-e",
        "-c",
        &line,
        "/dev/null",
    ]));
    terminal.wait_for("q ends");
    terminal.wait_for("more rows");
    terminal.type_in(b"q");
    let ended = terminal.end();
    assert_eq!(ended.code, Some(0), "{}", ended.text());
    assert!(
        ended.text().contains("\u{1b}[?1049l"),
        "the screen is given back"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_display_the_demo_goes_on_here() {
    let directory = tempfile::tempdir().expect("a directory");
    let headless = |arguments: &[&str]| {
        let mut command = canopy(arguments);
        command.arg("--config-dir").arg(directory.path());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        command
    };
    let ended = run(&mut headless(&[]));
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("no display") && ended.err.contains("canopy watch"),
        "{}",
        ended.err
    );
    let mut demo = Running::start(&mut headless(&["--demo"]));
    demo.wait_for("status/raspberrypi");
    demo.signal("TERM");
    let ended = demo.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.contains("no display"), "{}", ended.err);
}
