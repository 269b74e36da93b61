//! `canopy pub` and `canopy sub` through a connection that is reset again and again: nothing is lost, and nothing of
//! QoS 2 comes twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;

use common::cutter::Cutter;
use common::mosquitto::Mosquitto;
use common::program::{Running, canopy};
use common::script::{CONNACK_V5, CONNACK_V5_RESUMED, Script, Step};

const MESSAGES: u32 = 3_000;
const CUTS: usize = 5;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

/// What a subscriber printed, without the packets.
fn numbers(text: &str) -> Vec<u32> {
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

fn input() -> String {
    (0..MESSAGES)
        .map(|number| number.to_string() + "\n")
        .collect()
}

/// Publishes from `canopy pub` to `canopy sub`, one of them through the cutter, and returns what arrived.
fn through(version: &str, qos: &str, cuts_publisher: bool) -> Option<Vec<u32>> {
    let broker = Mosquitto::start_with("allow_anonymous true\nmax_queued_messages 0\n")?;
    let runtime = runtime();
    let cutter = runtime.block_on(Cutter::start(broker.port(), CUTS, 6_000));
    let direct = broker.port().to_string();
    let cut = cutter.port().to_string();
    let (to, from) = if cuts_publisher {
        (&cut, &direct)
    } else {
        (&direct, &cut)
    };
    let session = ["-V", version, "-c", "-q", qos, "-t", "t"];
    let mut subscriber = Running::start(&mut canopy(
        [&["sub", "-p", from, "-i", "in", "-d"], &session[..]].concat(),
    ));
    subscriber.wait_for("Subscribed");
    let mut publisher = Running::start(&mut canopy(
        [&["pub", "-p", to, "-i", "out", "-l"], &session[..]].concat(),
    ));
    publisher.type_in(input().as_bytes());
    let outcome = publisher.end();
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    // QoS 2 keeps the order; with QoS 1 what is sent again may come after the last one.
    let last = Running::start(&mut canopy([
        "pub", "-p", &direct, "-t", "t", "-m", "the end", "-q", qos,
    ]));
    assert_eq!(last.end().code, Some(0));
    subscriber.wait_for("the end");
    assert!(cutter.cuts() >= CUTS, "{} cuts", cutter.cuts());
    subscriber.signal("TERM");
    Some(numbers(&subscriber.end().text()))
}

fn check(version: &str, qos: &str, cuts_publisher: bool) {
    let Some(arrived) = through(version, qos, cuts_publisher) else {
        return;
    };
    let distinct: BTreeSet<u32> = arrived.iter().copied().collect();
    assert_eq!(distinct.len(), MESSAGES as usize, "none is lost");
    if qos == "2" {
        assert_eq!(arrived.len(), MESSAGES as usize, "none comes twice");
    }
}

#[test]
fn a_subscriber_with_3_1_1() {
    check("311", "1", false);
    check("311", "2", false);
}

#[test]
fn a_subscriber_with_5() {
    check("5", "1", false);
    check("5", "2", false);
}

#[test]
fn a_publisher_with_3_1_1() {
    check("311", "1", true);
    check("311", "2", true);
}

#[test]
fn a_publisher_with_5() {
    check("5", "1", true);
    check("5", "2", true);
}

#[test]
fn a_refusal_in_between_makes_no_message_come_twice() {
    let suback = b"\x90\x04\x00\x01\x00\x02";
    let message = b"\x34\x07\x00\x01t\x00\x07\x00x";
    let again = b"\x3c\x07\x00\x01t\x00\x07\x00x";
    let unavailable = b"\x20\x03\x00\x88\x00";
    let broker = Script::start(vec![
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(8),
        Step::Send([&suback[..], message].concat()),
        Step::Expect(5),
        Step::Reconnect,
        Step::Expect(1),
        Step::Send(unavailable.to_vec()),
        Step::Reconnect,
        Step::Expect(1),
        Step::Send([CONNACK_V5_RESUMED, again].concat()),
        Step::Expect(5),
        Step::Send(b"\x62\x02\x00\x07".to_vec()),
        Step::Expect(7),
        Step::Send(b"\x30\x0b\x00\x01t\x00the end".to_vec()),
        Step::ReadToEnd,
    ]);
    let port = broker.port().to_string();
    let mut subscriber = Running::start(&mut canopy([
        "sub", "-p", &port, "-V", "5", "-c", "-i", "me", "-q", "2", "-t", "t",
    ]));
    subscriber.wait_for("the end");
    subscriber.signal("TERM");
    assert_eq!(subscriber.end().text(), "x\nthe end\n");
}
