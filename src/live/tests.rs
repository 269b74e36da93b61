//! The feeding thread's work on packets made by hand, and the workers behind the filter and the order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;

use super::*;
use crate::client::{Batch, Captured, Direction};
use crate::mqtt::{Timestamp, Version};

const LIMIT: Duration = Duration::from_secs(20);

/// Workers over an empty model, and word of every wake-up.
struct Scene {
    workers: Workers,
    woken: Receiver<()>,
}

impl Scene {
    fn new() -> Self {
        let (sender, woken) = sync_channel(1);
        let wake: Wake = Arc::new(move || {
            sender.try_send(()).ok();
        });
        let model = Arc::new(Mutex::new(Model::new(1 << 20)));
        let workers = Workers::start(model, wake).expect("threads");
        Self { workers, woken }
    }

    fn wait_until(&self, mut is_so: impl FnMut(&Model) -> bool) {
        while !is_so(&self.workers.model.lock()) {
            self.woken.recv_timeout(LIMIT).expect("it comes to be");
        }
    }
}

/// How many topics the filter has found, once all of them are.
fn found(scene: &Scene) -> usize {
    loop {
        if let Some((found, _)) = scene.workers.search_result() {
            return found;
        }
        scene.woken.recv_timeout(LIMIT).expect("a result");
    }
}

fn take(feeder: &mut Feeder, frames: &[(Direction, Vec<u8>)]) {
    let captured = frames.iter().map(|(direction, frame)| Captured {
        at: Timestamp::from_micros(1),
        direction: *direction,
        version: Version::V311,
        frame: Bytes::copy_from_slice(frame),
    });
    feeder.take(&mut captured.map(Batch::from).collect());
}

/// An MQTT 3.1.1 PUBLISH. `flags` is the low half of the first byte.
fn publish(flags: u8, topic: &str, packet_id: Option<u16>, payload: &str) -> Vec<u8> {
    let id = packet_id.map(u16::to_be_bytes);
    let length = 2 + topic.len() + id.map_or(0, |id| id.len()) + payload.len();
    let mut frame = vec![0x30 | flags, u8::try_from(length).expect("short")];
    frame.extend(u16::try_from(topic.len()).expect("short").to_be_bytes());
    frame.extend(topic.bytes());
    frame.extend(id.into_iter().flatten());
    frame.extend(payload.bytes());
    frame
}

fn incoming(topic: &str, payload: &str) -> (Direction, Vec<u8>) {
    (Direction::Incoming, publish(0, topic, None, payload))
}

#[test]
fn packets_become_topics_counts_and_retained_state() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let qos2 = publish(0b0100, "once", Some(7), "x");
    let repeated = publish(0b1100, "once", Some(7), "x");
    let retained = publish(0b0001, "kept", None, "x");
    take(
        &mut feeder,
        &[
            incoming("a/b", "1"),
            (Direction::Incoming, qos2),
            (Direction::Incoming, repeated),
            (Direction::Outgoing, retained),
            incoming("kept", "x"),
            (Direction::Outgoing, publish(0b1010, "again", Some(9), "x")),
            (Direction::Incoming, vec![0xc0, 0]),
        ],
    );
    let model = scene.workers.model.lock();
    let totals = model.totals(Timestamp::from_micros(1));
    assert_eq!((totals.messages, totals.topics), (3, 3));
    assert_eq!(
        (totals.redeliveries, totals.sent, totals.retained),
        (1, 1, 1)
    );
    scene.woken.try_recv().expect("the window was woken");
}

#[test]
fn a_batch_of_any_length_is_taken_in_whole() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    for count in [0, 1, 255, 256, 257, 1000] {
        let before = scene
            .workers
            .model
            .lock()
            .totals(Timestamp::default())
            .messages;
        take(&mut feeder, &vec![incoming("a", ""); count]);
        let after = scene
            .workers
            .model
            .lock()
            .totals(Timestamp::default())
            .messages;
        assert_eq!(after - before, count as u64);
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_told() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let broken = (Direction::Incoming, vec![0x30, 2, 0, 9]);
    take(&mut feeder, &vec![broken; 40]);
    assert_eq!(scene.workers.notes.undecodable(), 40);
    let notes: Vec<String> = std::iter::from_fn(|| scene.workers.notes.next()).collect();
    assert_eq!(notes.len(), 32);
    assert!(
        notes[0].starts_with("A packet of 4 bytes from the broker"),
        "{}",
        notes[0]
    );
}

#[test]
fn the_filter_follows_what_comes_in() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    take(
        &mut feeder,
        &[incoming("home/kitchen", "1"), incoming("home/bath", "1")],
    );
    scene.workers.search.ask(Query::new("kitchen"));
    scene.wait_until(|model| model.row_count() == 2);
    assert_eq!(found(&scene), 1);
    take(&mut feeder, &[incoming("office", "the kitchen burns")]);
    scene.wait_until(|model| model.row_count() == 3);
    scene.workers.search.ask(Query::new("bath"));
    scene.wait_until(|model| model.filter_text() == Some("bath"));
    scene.workers.search.ask(None);
    assert_eq!(scene.workers.model.lock().filter_text(), None);
    assert_eq!(scene.workers.search.result(), None);
}

#[test]
fn the_newest_of_many_requests_wins() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let topics = (0..5000).map(|n| incoming(&format!("t/{n}"), ""));
    take(&mut feeder, &topics.collect::<Vec<_>>());
    for n in 0..200 {
        scene.workers.search.ask(Query::new(&format!("t/{n}")));
    }
    scene.workers.search.ask(Query::new("t/4321"));
    scene.wait_until(|model| model.filter_text() == Some("t/4321"));
    assert_eq!(found(&scene), 1);
}

#[test]
fn a_resumed_tree_shows_matches_that_came_in_the_pause() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    take(&mut feeder, &[incoming("a/x", "")]);
    scene.workers.search.ask(Query::new("x"));
    scene.wait_until(|model| model.row_count() == 2);
    scene.workers.model.lock().set_paused(true);
    take(&mut feeder, &[incoming("b/x", "")]);
    scene.workers.model.lock().set_paused(false);
    scene.workers.pass_on_wishes();
    scene.wait_until(|model| model.row_count() == 4);
}

#[test]
fn a_long_branch_is_put_in_order_by_the_worker() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let topics: Vec<_> = (0..3000)
        .rev()
        .map(|n| incoming(&format!("$X/{n}"), ""))
        .collect();
    take(&mut feeder, &topics);
    {
        let mut model = scene.workers.model.lock();
        let branch = model.find("$X").expect("a branch");
        model.set_open(branch, true);
    }
    scene.workers.pass_on_wishes();
    scene.wait_until(|model| {
        let rows = [1, 2, 3000].map(|row| model.node_at(row).map(|node| model.path(node)));
        rows == ["$X/0", "$X/1", "$X/2999"].map(|path| Some(path.to_owned()))
    });
}

#[test]
fn the_order_follows_the_counters_after_the_last_message() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    scene
        .workers
        .model
        .lock()
        .sort_by(crate::model::SortBy::Messages);
    take(
        &mut feeder,
        &[incoming("a", ""), incoming("b", ""), incoming("b", "")],
    );
    scene.wait_until(|model| {
        let first = model.node_at(0).map(|node| model.path(node));
        first.as_deref() == Some("b")
    });
}

#[test]
fn a_new_connection_follows_the_filter_that_the_model_shows() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    take(&mut feeder, &[incoming("a/x", "")]);
    scene.workers.search.ask(Query::new("x"));
    scene.wait_until(|model| model.filter_text().is_some());
    let (sender, woken) = sync_channel(1);
    let wake: Wake = Arc::new(move || {
        sender.try_send(()).ok();
    });
    let model = Arc::clone(&scene.workers.model);
    drop(scene);
    let again = Scene {
        workers: Workers::start(model, wake).expect("threads"),
        woken,
    };
    let mut feeder = again.workers.feeder(Redelivery::default());
    take(&mut feeder, &[incoming("b/x", "")]);
    again.wait_until(|model| model.row_count() == 4);
}

#[test]
fn a_connection_that_was_seen_off_neither_filters_nor_takes_wishes_of_the_model() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    take(&mut feeder, &[incoming("a/x", "")]);
    scene.workers.search.ask(Query::new("x"));
    scene.wait_until(|model| model.filter_text().is_some());
    scene.workers.stop();
    let model = Arc::clone(&scene.workers.model);
    model.lock().set_filter(None);
    take(&mut feeder, &[incoming("b/x", "")]);
    {
        let mut model = model.lock();
        model.set_paused(true);
        model.set_paused(false);
    }
    let wanted = model.lock().wanted();
    let before = wanted.is_search_wanted();
    scene.workers.pass_on_wishes();
    assert_eq!(wanted.is_search_wanted(), before);
    drop(scene);
    assert_eq!(model.lock().filter_text(), None);
}

#[test]
fn retained_markers_begin_anew_with_a_session() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let kept = publish(0b0001, "kept", None, "x");
    let resumed = vec![0x20, 2, 1, 0];
    let new = vec![0x20, 2, 0, 0];
    let retained = || {
        scene
            .workers
            .model
            .lock()
            .totals(Timestamp::from_micros(1))
            .retained
    };
    take(&mut feeder, &[(Direction::Incoming, kept)]);
    take(&mut feeder, &[(Direction::Incoming, resumed)]);
    assert_eq!(retained(), 1, "a resumed session goes on");
    take(&mut feeder, &[(Direction::Incoming, new)]);
    assert_eq!(retained(), 0, "the broker sends again what it still keeps");
}

#[test]
fn a_refused_retained_message_changes_nothing() {
    let scene = Scene::new();
    let mut feeder = scene.workers.feeder(Redelivery::default());
    let mut take = |direction, frame: Vec<u8>| {
        let captured = Captured {
            at: Timestamp::from_micros(1),
            direction,
            version: Version::V5,
            frame: frame.into(),
        };
        feeder.take(&mut vec![Batch::from(captured)]);
    };
    // QoS 1, retain; no properties before the payload
    let send = |topic, id, payload| publish(0b0011, topic, Some(id), &format!("\0{payload}"));
    let answer = |kind, id, reason| vec![kind, 3, 0, id, reason];
    let retained = |topic| {
        let model = scene.workers.model.lock();
        let node = model.find(topic).expect("a topic");
        model.facts(node, Timestamp::from_micros(1)).retained
    };
    for topic in ["new", "kept"] {
        take(Direction::Incoming, publish(0, topic, None, "\0x"));
    }
    take(Direction::Outgoing, send("kept", 1, "x"));
    take(Direction::Incoming, answer(0x40, 1, 0));
    assert!(retained("kept"));
    let steps = [
        ("new", 2, "x", 0x40),
        ("kept", 3, "", 0x50),
        ("kept", 4, "y", 0x40),
    ];
    for (topic, id, payload, kind) in steps {
        let before = retained(topic);
        take(Direction::Outgoing, send(topic, u16::from(id), payload));
        assert_eq!(retained(topic), !payload.is_empty());
        take(Direction::Incoming, answer(kind, id, 0x87));
        assert_eq!(retained(topic), before, "{topic} {id}");
    }
    // the identifier belongs to another message by now
    take(Direction::Outgoing, send("new", 5, "x"));
    take(
        Direction::Outgoing,
        publish(0b0010, "other", Some(5), "\0x"),
    );
    take(Direction::Incoming, answer(0x40, 5, 0x87));
    assert!(retained("new"));
}

#[test]
fn workers_end_when_they_are_dropped() {
    let (sender, ended) = sync_channel::<()>(1);
    let wake: Wake = Arc::new(move || {
        sender.try_send(()).ok();
    });
    let model = Arc::new(Mutex::new(Model::new(0)));
    drop(Workers::start(model, wake).expect("threads"));
    // every thread holds the sender; the last one to end lets go of it
    let ending = ended.recv_timeout(LIMIT);
    assert_eq!(ending, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}
