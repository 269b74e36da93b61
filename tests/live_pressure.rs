//! A window that stands still during a flood: the model is locked and nobody takes events. Nothing is lost, memory is
//! bounded, and pings go out all the while.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use canopy::client::{Captures, Config, RuntimeHandle, State, now};
use canopy::live::Live;
use canopy::model::Model;
use canopy::mqtt::{Qos, Version};
use parking_lot::{Condvar, Mutex};

use common::probe::{profile, subscription};

const LIMIT: Duration = Duration::from_mins(2);
/// Together 40 MB: more than may wait in Canopy and in the buffers of the sockets.
const MESSAGES: u16 = 40_000;
const SIZE: usize = 1_000;
const TOPICS: u16 = 10;
/// How long the model stays locked.
const STANDSTILL: Duration = Duration::from_secs(2);

/// Notes that may wait between the threads of the server: more than there are packets, so that none of them waits.
const WAITING: usize = 4 * MESSAGES as usize;

const PINGRESP: [u8; 2] = [0xd0, 0];

/// What the server saw of its client.
#[derive(Debug, PartialEq)]
enum Seen {
    Ping,
    /// A message is through: PUBACK or PUBCOMP.
    Done(u16),
}

/// Sends all messages at once, whatever is acknowledged, and answers what it is asked.
struct Server {
    port: u16,
    seen: Receiver<Seen>,
}

/// What the writing thread has to do.
enum Work {
    Flood(Version, Qos),
    Answer(Vec<u8>),
}

impl Server {
    fn start(version: Version, qos: Qos) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = sync_channel(WAITING);
        let (work, to_do) = sync_channel(WAITING);
        in_background(move || {
            let (stream, _) = listener.accept().unwrap();
            let writer = stream.try_clone().unwrap();
            in_background(move || write(writer, &to_do));
            read(stream, (version, qos), &work, &tell);
        });
        Self { port, seen }
    }

    fn next(&self) -> Seen {
        self.seen.recv_timeout(LIMIT).expect("the client goes on")
    }
}

fn in_background(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(work)
        .unwrap();
}

/// Writes the flood in small parts, and what has to be answered in between.
fn write(mut stream: TcpStream, to_do: &Receiver<Work>) {
    while let Ok(work) = to_do.recv() {
        let bytes = match work {
            Work::Answer(bytes) => bytes,
            Work::Flood(version, qos) => {
                for first in (1..=MESSAGES).step_by(100) {
                    let part: Vec<u8> = (first..first + 100)
                        .flat_map(|number| publish(version, qos, number))
                        .collect();
                    if stream.write_all(&part).is_err() {
                        return;
                    }
                    while let Ok(Work::Answer(bytes)) = to_do.try_recv() {
                        if stream.write_all(&bytes).is_err() {
                            return;
                        }
                    }
                }
                Vec::new()
            }
        };
        if stream.write_all(&bytes).is_err() {
            return;
        }
    }
}

fn read(
    mut stream: TcpStream,
    (version, qos): (Version, Qos),
    work: &SyncSender<Work>,
    seen: &SyncSender<Seen>,
) {
    let is_v5 = version == Version::V5;
    let answer = |bytes: &[u8]| work.send(Work::Answer(bytes.to_vec())).is_ok();
    while let Some((first, body)) = packet(&mut stream) {
        let goes_on = match first >> 4 {
            1 if is_v5 => answer(b"\x20\x03\0\0\0"),
            1 => answer(b"\x20\x02\0\0"),
            8 => {
                let granted = [0x90, 3 + u8::from(is_v5), body[0], body[1]];
                let rest = if is_v5 {
                    vec![0, qos.as_u8()]
                } else {
                    vec![qos.as_u8()]
                };
                answer(&[&granted[..], &rest].concat())
                    && work.send(Work::Flood(version, qos)).is_ok()
            }
            4 | 7 => seen
                .send(Seen::Done(u16::from_be_bytes([body[0], body[1]])))
                .is_ok(),
            5 => answer(&[0x62, 2, body[0], body[1]]),
            12 => answer(&PINGRESP) && seen.send(Seen::Ping).is_ok(),
            _ => true,
        };
        if !goes_on {
            return;
        }
    }
}

/// First byte and body of the next packet.
fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte).ok()?;
    let (first, mut length, mut shift) = (byte[0], 0, 0);
    loop {
        stream.read_exact(&mut byte).ok()?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((first, body))
}

/// Message `number`, which is also its packet identifier.
fn publish(version: Version, qos: Qos, number: u16) -> Vec<u8> {
    let mut body = b"\x00\x03t/".to_vec();
    body.push(b'0' + u8::try_from(number % TOPICS).unwrap());
    if qos != Qos::AtMostOnce {
        body.extend(number.to_be_bytes());
    }
    if version == Version::V5 {
        body.push(0);
    }
    body.extend([b'x'; SIZE]);
    let low = u8::try_from(body.len() & 0x7f).unwrap() | 0x80;
    let high = u8::try_from(body.len() >> 7).unwrap();
    [&[0x30 | qos.as_u8() << 1, low, high], &body[..]].concat()
}

/// The messages that are through.
#[derive(Default)]
struct Acknowledged(std::collections::BTreeSet<u16>);

impl Acknowledged {
    fn note(&mut self, seen: &Seen) {
        if let Seen::Done(id) = seen {
            assert!(self.0.insert(*id), "{id} is acknowledged twice");
        }
    }

    fn is_complete(&self) -> bool {
        self.0.len() == usize::from(MESSAGES)
    }
}

/// Word that something is new in the model.
#[derive(Default)]
struct News {
    is_there: Mutex<bool>,
    came: Condvar,
}

impl News {
    fn tell(&self) {
        *self.is_there.lock() = true;
        self.came.notify_all();
    }

    fn wait(&self) {
        let mut is_there = self.is_there.lock();
        let waited = self.came.wait_while_for(&mut is_there, |it| !*it, LIMIT);
        assert!(!waited.timed_out(), "nothing more comes in");
        *is_there = false;
    }
}

fn open(port: u16, version: Version, qos: Qos) -> (Live, Arc<News>) {
    let mut profile = profile(version, port);
    profile.keep_alive = 1;
    profile.reconnect = false;
    profile.subscriptions = vec![subscription("#", qos)];
    let config = Config {
        profile,
        ..Config::default()
    };
    let news = Arc::new(News::default());
    let told = Arc::clone(&news);
    let model = Arc::new(Mutex::new(Model::new(16 << 20)));
    let wake = Arc::new(move || told.tell());
    let live = Live::open(&RuntimeHandle::current(), config, model, wake).unwrap();
    (live, news)
}

/// Takes a flood in with the model locked at its beginning.
fn stand_still_and_take_in(version: Version, qos: Qos) {
    let what = format!("{version}, QoS {qos}");
    let server = Server::start(version, qos);
    let (live, news) = open(server.port, version, qos);
    let model = Arc::clone(live.model());
    let mut acknowledged = Acknowledged::default();
    {
        let _locked = model.lock();
        let (begun, mut pings) = (Instant::now(), 0);
        while pings < 2 || begun.elapsed() < STANDSTILL || live.waiting_bytes() < Captures::LIMIT {
            let seen = server.next();
            pings += u32::from(seen == Seen::Ping);
            acknowledged.note(&seen);
        }
        let waiting = live.waiting_bytes();
        // of a read more than the limit: the memory it was read into, and the end of each packet
        let bound = Captures::LIMIT + 512 * 1024;
        assert!(waiting <= bound, "{what}: {waiting} bytes wait");
    }
    while model.lock().totals(now()).messages < u64::from(MESSAGES) {
        news.wait();
    }
    while qos != Qos::AtMostOnce && !acknowledged.is_complete() {
        acknowledged.note(&server.next());
    }
    let totals = model.lock().totals(now());
    assert_eq!(totals.messages, u64::from(MESSAGES), "{what}");
    assert_eq!(totals.topics, u32::from(TOPICS), "{what}");
    assert_eq!(totals.redeliveries, 0, "{what}");
    assert_eq!(live.undecodable(), 0, "{what}");
    assert!(matches!(live.state(), State::Connected { .. }), "{what}");
}

async fn both_versions(qos: Qos) {
    let run = move || {
        stand_still_and_take_in(Version::V311, qos);
        stand_still_and_take_in(Version::V5, qos);
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn qos_0_waits_for_a_window_that_stands_still() {
    both_versions(Qos::AtMostOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qos_1_waits_for_a_window_that_stands_still() {
    both_versions(Qos::AtLeastOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qos_2_waits_for_a_window_that_stands_still() {
    both_versions(Qos::ExactlyOnce).await;
}
