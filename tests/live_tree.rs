//! A connection and its model together: everything that a broker sends is in the tree, and the lock is never held
//! for long while it comes in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use canopy::client::{Command, Config, RuntimeHandle, now};
use canopy::live::Live;
use canopy::model::{Model, Query};
use canopy::mqtt::{Qos, Version};
use parking_lot::Mutex;
use tokio::sync::Notify;

use common::mosquitto::Mosquitto;
use common::probe::{Probe, message, profile, resuming, subscription};
use common::script::{CONNACK_V5, CONNACK_V5_RESUMED, Script, Step};
use common::within;

const LIMIT: Duration = Duration::from_mins(2);

/// A connection with its model, and the wake-ups meant for a window.
struct Watched {
    live: Live,
    woken: Arc<Notify>,
}

impl Watched {
    fn open(port: u16, filters: &[&str]) -> Self {
        let mut profile = profile(Version::V5, port);
        profile.subscriptions = filters
            .iter()
            .map(|filter| subscription(filter, Qos::AtLeastOnce))
            .collect();
        let config = Config {
            profile,
            ..Config::default()
        };
        Self::open_after(config, None)
    }

    /// Goes on with the model of `earlier`, if there is one.
    fn open_after(config: Config, earlier: Option<&Live>) -> Self {
        let woken = Arc::new(Notify::new());
        let waker = Arc::clone(&woken);
        let new = || Arc::new(Mutex::new(Model::new(64 << 20)));
        let model = earlier.map_or_else(new, |live| Arc::clone(live.model()));
        let redelivery = earlier.map(Live::redelivery).unwrap_or_default();
        let wake = Arc::new(move || waker.notify_one());
        match Live::open_after(&RuntimeHandle::current(), config, model, redelivery, wake) {
            Ok(live) => Self { live, woken },
            Err(err) => panic!("the system gives no thread: {err}"),
        }
    }

    async fn until(&mut self, what: &str, mut is_so: impl FnMut(&Live) -> bool) {
        let wait = async {
            loop {
                while self.live.next_event().is_some() {}
                if is_so(&self.live) {
                    return;
                }
                self.woken.notified().await;
            }
        };
        within(what, LIMIT, wait).await;
    }
}

fn topics(live: &Live) -> u32 {
    live.model().lock().totals(now()).topics
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_retained_topics_are_all_in_the_tree() {
    const COUNT: u32 = 100_000;
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut publisher = Watched::open(broker.port(), &["count/#"]);
    publisher
        .until("the connection", |live| {
            matches!(live.state(), canopy::client::State::Connected { .. })
        })
        .await;
    publish_retained(&mut publisher, COUNT).await;
    let mut reader = Watched::open(broker.port(), &["fleet/#"]);
    let mut longest = Duration::ZERO;
    reader
        .until("all topics", |live| {
            let began = Instant::now();
            let mut rows = Vec::new();
            live.model().lock().rows(0, 60, now(), &mut rows);
            longest = longest.max(began.elapsed());
            topics(live) == COUNT
        })
        .await;
    let totals = reader.live.model().lock().totals(now());
    assert_eq!((totals.retained, totals.messages), (COUNT, COUNT.into()));
    assert_eq!(reader.live.undecodable(), 0);
    assert!(longest < Duration::from_secs(1), "rows took {longest:?}");
}

async fn publish_retained(publisher: &mut Watched, count: u32) {
    for number in 0..count {
        let topic = format!("fleet/{}/{number}", number % 100);
        let retained = canopy::client::Outgoing {
            retain: true,
            ..message(&topic, "1", Qos::AtMostOnce)
        };
        let id = canopy::client::PublishId(number.into());
        let command = Command::Publish(id, retained);
        while let Err(err) = publisher.live.send(command.clone()) {
            assert!(matches!(err, canopy::client::CommandError::Busy), "{err}");
            let sent = publisher.live.model().lock().totals(now()).sent;
            publisher
                .until("room for more", |live| {
                    live.model().lock().totals(now()).sent > sent
                })
                .await;
        }
    }
    publisher
        .until("all to be sent", |live| {
            live.model().lock().totals(now()).sent == u64::from(count)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_follows_a_live_connection() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut watched = Watched::open(broker.port(), &["#"]);
    watched.live.set_query(Query::new("kitchen"));
    let probe = Probe::subscribed(profile(Version::V311, broker.port())).await;
    watched
        .until("the subscription", |live| {
            matches!(live.state(), canopy::client::State::Connected { .. })
        })
        .await;
    let retained = canopy::client::Outgoing {
        retain: true,
        ..message("home/Kitchen/lamp", "on", Qos::AtMostOnce)
    };
    probe.send(Command::Publish(canopy::client::PublishId(1), retained));
    watched
        .until("the match", |live| {
            live.search_result().is_some_and(|(count, _)| count == 1)
        })
        .await;
    assert_eq!(watched.live.model().lock().row_count(), 3);
}

/// PUBREC may not have come through before the user connected again: what comes again was counted already.
#[tokio::test(flavor = "multi_thread")]
async fn a_qos_2_message_is_counted_once_also_when_the_user_connects_again() {
    const CONNECT: u8 = 1;
    const PUBREC: u8 = 5;
    const PUBCOMP: u8 = 7;
    const MESSAGE: &[u8] = b"\x34\x07\x00\x01t\x00\x01\x00x";
    const AGAIN: &[u8] = b"\x3c\x07\x00\x01t\x00\x01\x00x";
    const PUBREL: &[u8] = b"\x62\x02\x00\x01";
    let script = Script::start(vec![
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5, MESSAGE].concat()),
        Step::Expect(PUBREC),
        Step::ReadToEnd,
        Step::Reconnect,
        Step::Expect(CONNECT),
        Step::Send([CONNACK_V5_RESUMED, AGAIN].concat()),
        Step::Expect(PUBREC),
        Step::Send(PUBREL.to_vec()),
        Step::Expect(PUBCOMP),
        // its packet identifier is free again: this is another message
        Step::Send(MESSAGE.to_vec()),
        Step::Expect(PUBREC),
        Step::ReadToEnd,
    ]);
    let config = Config {
        profile: resuming(Version::V5, script.port(), "me"),
        ..Config::default()
    };
    let mut first = Watched::open_after(config.clone(), None);
    let counted = |messages: u64, redeliveries: u64| {
        move |live: &Live| {
            let totals = live.model().lock().totals(now());
            (totals.messages, totals.redeliveries) == (messages, redeliveries)
        }
    };
    first.until("the message", counted(1, 0)).await;
    first.live.send(Command::Disconnect).unwrap();
    first
        .until("the end", |live| {
            matches!(live.state(), canopy::client::State::Ended(_))
        })
        .await;
    let mut second = Watched::open_after(config, Some(&first.live));
    second.until("both messages", counted(2, 1)).await;
}
