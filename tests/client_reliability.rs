//! 10,000 messages while the connection is reset 20 times in the middle of the stream: none is lost, and at QoS 2 none
//! comes twice. Both protocol versions, both directions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use canopy::broker::{Broker, BrokerConfig};
use canopy::client::{
    Captured, Captures, Command, Config, Connection, Direction, Event, PublishId, PublishStep,
    Redelivery, RuntimeHandle, State,
};
use canopy::mqtt::{Packet, Qos, Version, codec};
use canopy::profile::Profile;

use common::cutter::Cutter;
use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, resuming, subscription};
use common::within;

const MESSAGES: u64 = 10_000;
const CUTS: usize = 20;
/// Cuts where every one costs the pause before the next attempt: twice what would end a connection for good if nothing
/// were gained in between.
const SLOW_CUTS: usize = 8;
/// A thirtieth of what passes in all, so that 20 cuts fall into the stream.
const BYTES: usize = 5_000;
const LIMIT: Duration = Duration::from_secs(90);

/// mosquitto drops queued messages beyond 1,000 unless it is told not to.
const CONFIG: &str = "allow_anonymous true\nmax_queued_messages 0\n";

fn open(profile: Profile) -> (Connection, Captures) {
    let config = Config {
        profile,
        ..Config::default()
    };
    Connection::open(&RuntimeHandle::current(), config, Arc::new(|| {}))
}

/// How often each number arrived.
struct Tally {
    counts: Vec<u32>,
    distinct: u64,
    redelivery: Redelivery,
}

impl Tally {
    fn new() -> Self {
        Self {
            counts: vec![0; usize::try_from(MESSAGES).unwrap()],
            distinct: 0,
            redelivery: Redelivery::default(),
        }
    }

    fn take(&mut self, packets: &mut Vec<Captured>) {
        for captured in packets.drain(..) {
            let packet = codec::decode(captured.version, captured.frame).unwrap();
            if self.redelivery.is_repeat(captured.direction, &packet) {
                continue;
            }
            if let (Direction::Incoming, Packet::Publish(publish)) = (captured.direction, packet) {
                let number: usize = str::from_utf8(&publish.payload).unwrap().parse().unwrap();
                self.counts[number] += 1;
                self.distinct += u64::from(self.counts[number] == 1);
            }
        }
    }

    async fn collect(&mut self, captures: &mut Captures) {
        let mut packets = Vec::new();
        while self.distinct < MESSAGES && captures.recv(&mut packets).await {
            self.take(&mut packets);
        }
    }

    fn check(&self, qos: Qos, what: &str) {
        let lost = self.counts.iter().filter(|count| **count == 0).count();
        let twice = self.counts.iter().filter(|count| **count > 1).count();
        eprintln!("{what}: {lost} lost, {twice} more than once");
        assert_eq!(lost, 0, "{what}: messages were lost");
        if qos == Qos::ExactlyOnce {
            assert_eq!(twice, 0, "{what}: messages came twice");
        }
    }
}

/// What is done after a loss.
#[derive(Clone, Copy, PartialEq)]
enum Patience {
    /// Asks for the next attempt at once.
    Hurries,
    /// Leaves it to the connection to come back.
    Waits,
}

/// Returns once `is_done` says so, whatever is lost until then.
async fn keep_alive(
    connection: &mut Connection,
    patience: Patience,
    mut is_done: impl FnMut(&Event) -> bool,
) {
    while let Some(event) = connection.event().await {
        match &event {
            Event::State(State::Waiting { failure, .. }) => {
                eprintln!("{failure}");
                if patience == Patience::Hurries {
                    connection.send(Command::ReconnectNow).unwrap();
                }
            }
            Event::State(State::Ended(reason)) => panic!("ended: {reason:?}"),
            _ => {}
        }
        if is_done(&event) {
            return;
        }
    }
}

async fn publish_all(connection: &mut Connection, qos: Qos, patience: Patience) {
    let mut next = 0;
    let mut acknowledged = 0;
    loop {
        while next < MESSAGES {
            let command = Command::Publish(PublishId(next), message("n", next.to_string(), qos));
            if connection.send(command).is_err() {
                break;
            }
            next += 1;
        }
        let mut progress = false;
        keep_alive(connection, patience, |event| {
            match event {
                Event::Publish(_, PublishStep::Done(_)) => acknowledged += 1,
                Event::Publish(id, step @ (PublishStep::Failed(_) | PublishStep::Refused(..))) => {
                    panic!("{id:?}: {step:?}")
                }
                _ => {}
            }
            progress = true;
            true
        })
        .await;
        assert!(progress, "the connection has ended");
        if acknowledged == MESSAGES {
            return;
        }
    }
}

async fn publishing(version: Version, qos: Qos, cuts: usize, patience: Patience) {
    if let Some(broker) = Mosquitto::start_with(CONFIG) {
        publishing_to(broker.port(), version, qos, cuts, patience).await;
    }
}

async fn publishing_to(port: u16, version: Version, qos: Qos, cuts: usize, patience: Patience) {
    let mut listener = profile(version, port);
    listener.subscriptions = vec![subscription("n", qos)];
    let (mut listener, mut captures) = open(listener);
    keep_alive(&mut listener, Patience::Hurries, |event| {
        matches!(
            event,
            Event::Subscription(_, canopy::client::SubscribeOutcome::Granted(_))
        )
    })
    .await;

    let cutter = Cutter::start(port, cuts, BYTES).await;
    let (mut sender, own_captures) = open(resuming(version, cutter.port(), "sender"));
    drop(own_captures);
    let what = format!("publishing, {version}, QoS {qos}");
    let mut tally = Tally::new();
    within(&what, LIMIT, async {
        tokio::join!(
            publish_all(&mut sender, qos, patience),
            tally.collect(&mut captures)
        )
    })
    .await;
    assert_eq!(
        cutter.cuts(),
        cuts,
        "{what}: not all cuts fell into the stream"
    );
    tally.check(qos, &what);
}

async fn receiving(version: Version, qos: Qos, cuts: usize, patience: Patience) {
    if let Some(broker) = Mosquitto::start_with(CONFIG) {
        receiving_from(broker.port(), version, qos, cuts, patience).await;
    }
}

async fn receiving_from(port: u16, version: Version, qos: Qos, cuts: usize, patience: Patience) {
    let cutter = Cutter::start(port, cuts, BYTES).await;
    let mut own = resuming(version, cutter.port(), "receiver");
    own.subscriptions = vec![subscription("n", qos)];
    let (mut receiver, mut captures) = open(own);
    keep_alive(&mut receiver, patience, |event| {
        matches!(
            event,
            Event::Subscription(_, canopy::client::SubscribeOutcome::Granted(_))
        )
    })
    .await;

    let mut sender = Probe::connect(profile(version, port)).await;
    let what = format!("receiving, {version}, QoS {qos}");
    let mut tally = Tally::new();
    within(&what, LIMIT, async {
        tokio::select! {
            ((), ()) = async {
                tokio::join!(publish_all(&mut sender.connection, qos, Patience::Hurries), tally.collect(&mut captures))
            } => {}
            () = keep_alive(&mut receiver, patience, |_| false) => {}
        }
    })
    .await;
    assert_eq!(
        cutter.cuts(),
        cuts,
        "{what}: not all cuts fell into the stream"
    );
    tally.check(qos, &what);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_qos_1_loses_nothing() {
    publishing(Version::V311, Qos::AtLeastOnce, CUTS, Patience::Hurries).await;
    publishing(Version::V5, Qos::AtLeastOnce, CUTS, Patience::Hurries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_qos_2_loses_nothing_and_repeats_nothing() {
    publishing(Version::V311, Qos::ExactlyOnce, CUTS, Patience::Hurries).await;
    publishing(Version::V5, Qos::ExactlyOnce, CUTS, Patience::Hurries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receiving_qos_1_loses_nothing() {
    receiving(Version::V311, Qos::AtLeastOnce, CUTS, Patience::Hurries).await;
    receiving(Version::V5, Qos::AtLeastOnce, CUTS, Patience::Hurries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receiving_qos_2_loses_nothing_and_repeats_nothing() {
    receiving(Version::V311, Qos::ExactlyOnce, CUTS, Patience::Hurries).await;
    receiving(Version::V5, Qos::ExactlyOnce, CUTS, Patience::Hurries).await;
}

/// The same with the broker inside.
async fn inside() -> Broker {
    let config = BrokerConfig {
        port: 0,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        credentials: None,
    };
    let started = Broker::start(&RuntimeHandle::current(), config).await;
    started.expect("it starts")
}

/// Both directions, each with a broker that remembers nothing: a session of an earlier round would bring its messages.
async fn with_the_broker_inside(version: Version, qos: Qos) {
    let broker = inside().await;
    let port = broker.address().port();
    publishing_to(port, version, qos, CUTS, Patience::Hurries).await;
    broker.stop().await;

    let broker = inside().await;
    let port = broker.address().port();
    receiving_from(port, version, qos, CUTS, Patience::Hurries).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_broker_inside_qos_1_loses_nothing() {
    with_the_broker_inside(Version::V311, Qos::AtLeastOnce).await;
    with_the_broker_inside(Version::V5, Qos::AtLeastOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_broker_inside_qos_2_is_exact_in_mqtt_3_1_1() {
    with_the_broker_inside(Version::V311, Qos::ExactlyOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_broker_inside_qos_2_is_exact_in_mqtt_5() {
    with_the_broker_inside(Version::V5, Qos::ExactlyOnce).await;
}

/// Nobody asks for an attempt, and every connection ends sooner than the time that makes it a healthy one.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_reset_again_and_again_comes_back_by_itself() {
    let waits = Patience::Waits;
    tokio::join!(
        publishing(Version::V311, Qos::AtLeastOnce, SLOW_CUTS, waits),
        publishing(Version::V5, Qos::ExactlyOnce, SLOW_CUTS, waits),
        receiving(Version::V311, Qos::ExactlyOnce, SLOW_CUTS, waits),
        receiving(Version::V5, Qos::AtLeastOnce, SLOW_CUTS, waits),
    );
}
