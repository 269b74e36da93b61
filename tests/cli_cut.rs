//! `canopy pub` and `canopy sub` through a connection that is reset again and again: nothing is lost, and nothing of
//! QoS 2 comes twice.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something it needs does"
)]

mod common;

use std::collections::BTreeSet;

use common::cutter::Cutter;
use common::mosquitto::Mosquitto;
use common::program::{Running, canopy};

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
        .flat_map(|number| [number.to_string(), "\n".to_owned()])
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
    let ended = publisher.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
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
