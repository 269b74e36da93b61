//! A reader that falls behind: the socket waits for it, nothing is lost, and the connection lives on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use canopy::client::{Command, CommandError, Event, PublishId, PublishStep, State};
use canopy::mqtt::{Qos, Version};

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, subscription};
use common::script::{CONNACK_V5, CONNACK_V311, Script, Step};

const CONNECT: u8 = 1;
const PINGREQ: u8 = 12;

/// Three pings without a look at the captures: their answers are stuck behind messages that nobody takes, and
/// still the connection is not taken for dead.
#[tokio::test(flavor = "multi_thread")]
async fn pings_go_on_while_nobody_reads_and_nothing_is_lost() {
    const COUNT: usize = 200;
    const SIZE: usize = 100_000;
    for (version, connack) in [(Version::V5, CONNACK_V5), (Version::V311, CONNACK_V311)] {
        let mut steps = vec![Step::Expect(CONNECT), Step::Send(connack.to_vec())];
        // 20 MB, more than the captures and the socket's buffers hold, so written from a thread of its own
        let burst: Vec<u8> = (0..COUNT)
            .flat_map(|number| publish(version, number, SIZE))
            .collect();
        steps.push(Step::SendInBackground(burst));
        steps.extend([PINGREQ; 3].map(Step::Expect));
        steps.push(Step::Wait);
        let script = Script::start(steps);
        let mut own = profile(version, script.port());
        own.keep_alive = 1;
        let mut probe = Probe::connect(own).await;
        tokio::task::block_in_place(|| script.waits());
        assert!(matches!(probe.connection.state(), State::Connected { .. }));
        for number in 0..COUNT {
            let arrived = probe.message().await;
            assert_eq!(arrived.payload.len(), SIZE);
            assert_eq!(arrived.payload[..8], number.to_be_bytes());
        }
    }
}

/// PUBLISH at QoS 0 with the topic `t`.
fn publish(version: Version, number: usize, size: usize) -> Vec<u8> {
    let properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
    let mut length = 3 + properties.len() + size;
    let mut packet = vec![0x30];
    while length > 0 {
        let more = if length > 0x7f { 0x80 } else { 0 };
        packet.push(u8::try_from(length & 0x7f).unwrap() | more);
        length >>= 7;
    }
    packet.extend(b"\x00\x01t");
    packet.extend(properties);
    let mut payload = vec![b'.'; size];
    payload[..8].copy_from_slice(&number.to_be_bytes());
    packet.extend(payload);
    packet
}

#[tokio::test(flavor = "multi_thread")]
async fn publishes_wait_while_nobody_reads_what_was_sent() {
    const COUNT: u64 = 100;
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut probe = Probe::connect(profile(Version::V5, broker.port())).await;
    for id in 0..COUNT {
        let publish = message("t", vec![0; 200_000], Qos::AtMostOnce);
        probe.send(Command::Publish(PublishId(id), publish));
    }
    // the captures hold 8 MiB of the 20 MB
    let mut sent = 0;
    let pause = Duration::from_millis(500);
    while let Ok(Some(event)) = tokio::time::timeout(pause, probe.connection.event()).await {
        sent += u64::from(matches!(event, Event::Publish(_, PublishStep::Sent)));
    }
    assert!((40..COUNT).contains(&sent), "{sent} were sent");
    probe.drop_captures();
    while sent < COUNT {
        let event = probe.event().await;
        sent += u64::from(matches!(event, Event::Publish(_, PublishStep::Sent)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_command_queue_says_so_and_still_hears_disconnect() {
    // nobody there: publishes wait in the queue
    let mut probe = Probe::open(profile(Version::V5, common::free_port()));
    let mut taken = 0;
    let refused = loop {
        let publish = message("t", "x", Qos::AtMostOnce);
        match probe
            .connection
            .send(Command::Publish(PublishId(taken), publish))
        {
            Ok(()) => taken += 1,
            Err(err) => break err,
        }
        assert!(taken < 1_000_000, "the queue has no end");
    };
    assert!(matches!(refused, CommandError::Busy));
    probe.send(Command::Disconnect);
    let mut failed = 0;
    loop {
        match probe.event().await {
            Event::Publish(_, PublishStep::Failed(_)) => failed += 1,
            Event::State(State::Ended(None)) => break,
            _ => {}
        }
    }
    assert_eq!(failed, taken, "none is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_retained_messages_at_once_all_arrive() {
    const COUNT: usize = 100_000;
    let Some(broker) = Mosquitto::start_with("allow_anonymous true\nmax_queued_messages 0\n")
    else {
        return;
    };
    let mut sender = Probe::connect(profile(Version::V5, broker.port())).await;
    sender.drop_captures();
    let mut sent = 0;
    for number in 0..COUNT {
        let mut kept = message(&format!("r/{number}"), "x", Qos::AtMostOnce);
        kept.retain = true;
        let id = PublishId(u64::try_from(number).unwrap());
        let command = Command::Publish(id, kept);
        sender.connection.send_waiting(command).await.unwrap();
        while let Some(event) = sender.connection.next_event() {
            sent += usize::from(matches!(event, Event::Publish(_, PublishStep::Sent)));
        }
    }
    while sent < COUNT {
        let event = sender.event().await;
        sent += usize::from(matches!(event, Event::Publish(_, PublishStep::Sent)));
    }
    let last = sender.publish(message("end", "", Qos::AtLeastOnce)).await;
    assert!(last.last().unwrap().is_final(Qos::AtLeastOnce));

    let mut own = profile(Version::V5, broker.port());
    own.subscriptions = vec![subscription("r/#", Qos::AtMostOnce)];
    let mut listener = Probe::connect(own).await;
    let mut seen = vec![false; COUNT];
    for _ in 0..COUNT {
        let arrived = listener.message().await;
        let number: usize = arrived.topic.as_str()[2..].parse().unwrap();
        assert!(!std::mem::replace(&mut seen[number], true));
    }
}
