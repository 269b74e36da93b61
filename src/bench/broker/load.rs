//! One run of the load: publishers send as fast as the broker takes it, subscribers acknowledge and count.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::bench::BenchError;
use crate::bench::measure::usage;
use crate::mqtt::{Qos, Version};

use super::client::Client;
use super::packets::{self, Template, kind};
use super::process::Target;
use super::tally::{Tally, stamp};

/// Messages above QoS 0 that may be under way to and from each client.
pub(super) const WINDOW: u16 = 100;
/// Bytes that a publisher writes at once.
const BATCH: usize = 64 * 1024;

/// Who sends what to whom; every subscriber gets everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub(super) version: Version,
    pub(super) qos: Qos,
    pub(super) publishers: usize,
    pub(super) subscribers: usize,
    /// Messages of each publisher.
    pub(super) messages: usize,
    /// Payload, bytes.
    pub(super) size: usize,
}

/// What one run found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    /// From the first PUBLISH to the last arrival.
    pub(super) wall: Duration,
    /// CPU time of the broker's process.
    pub(super) cpu: Duration,
    /// Messages that arrived, over all subscribers.
    pub(super) delivered: usize,
    /// Messages that did not.
    pub(super) lost: usize,
    /// Messages that came twice or out of order.
    pub(super) wrong: usize,
}

impl Outcome {
    /// Delivered messages per second.
    pub(super) fn rate(&self) -> f64 {
        self.delivered as f64 / self.wall.as_secs_f64().max(1e-9)
    }

    /// CPU microseconds of the broker for each delivered message.
    pub(super) fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / (self.delivered as f64).max(1.0)
    }
}

impl Flow {
    /// Runs once against `target`.
    ///
    /// # Errors
    /// When a connection fails.
    pub(super) fn run(&self, target: &Target) -> Result<Outcome, BenchError> {
        let address = target.address;
        let receivers = (0..self.subscribers)
            .map(|number| self.receiver(address, number))
            .collect::<Result<Vec<_>, _>>()?;
        let senders = (0..self.publishers)
            .map(|number| {
                Client::connect(address, self.version, &format!("bench-p{number}"), WINDOW)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let before = usage(target.process())?;
        let (started, tallies) = self.flow(senders, receivers)?;
        let after = usage(target.process())?;
        let last = tallies.iter().map(|(_, last)| *last).max();
        let sum = |part: fn(&Tally) -> usize| tallies.iter().map(|(tally, _)| part(tally)).sum();
        Ok(Outcome {
            wall: last.unwrap_or(started).duration_since(started),
            cpu: after.cpu.saturating_sub(before.cpu),
            delivered: sum(Tally::distinct),
            lost: sum(Tally::missing),
            wrong: sum(|tally| tally.surplus + tally.disordered),
        })
    }

    fn receiver(&self, address: SocketAddr, number: usize) -> Result<Client, BenchError> {
        let id = format!("bench-s{number}");
        let mut client = Client::connect(address, self.version, &id, WINDOW)?;
        client.subscribe("bench/#", self.qos)?;
        Ok(client)
    }

    /// Runs all clients; returns when everything has arrived, with the time of the first PUBLISH and of each
    /// subscriber's last arrival.
    fn flow(
        &self,
        senders: Vec<Client>,
        receivers: Vec<Client>,
    ) -> Result<(Instant, Vec<(Tally, Instant)>), BenchError> {
        let gate = &Barrier::new(self.publishers + self.subscribers + 1);
        thread::scope(|scope| {
            let mut publishing = Vec::new();
            for (number, mut client) in senders.into_iter().enumerate() {
                publishing.push(spawn(scope, format!("publisher {number}"), move || {
                    gate.wait();
                    self.publish(&mut client, number).map(|()| client)
                })?);
            }
            let mut receiving = Vec::new();
            for (number, mut client) in receivers.into_iter().enumerate() {
                receiving.push(spawn(scope, format!("subscriber {number}"), move || {
                    let mut tally = Tally::new(self.publishers, self.messages);
                    gate.wait();
                    receive(&mut client, &mut tally).map(|last| (tally, last))
                })?);
            }
            gate.wait();
            let started = Instant::now();
            // Publishers stay connected until everything has arrived.
            let tallies = receiving.into_iter().map(joined).collect::<Result<_, _>>();
            let senders: Result<Vec<_>, _> = publishing.into_iter().map(joined).collect();
            senders.and(tallies).map(|tallies| (started, tallies))
        })
    }

    fn publish(&self, client: &mut Client, number: usize) -> Result<(), BenchError> {
        let topic = format!("bench/{number}");
        let template = Template::new(self.version, &topic, self.qos, false, self.size);
        let push =
            |out: &mut Vec<u8>, id, sequence| template.push(out, id, stamp(number, sequence));
        publish(client, self.qos, self.messages as u64, push)
    }
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: String,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, BenchError> {
    thread::Builder::new()
        .name(name)
        .spawn_scoped(scope, work)
        .map_err(|err| {
            BenchError::new(format!(
                "No thread could be started: {err}. Close other programs."
            ))
        })
}

fn joined<T>(handle: ScopedJoinHandle<'_, Result<T, BenchError>>) -> Result<T, BenchError> {
    handle.join().unwrap_or_else(|_panic| {
        Err(BenchError::new(
            "A client of the bench failed. Run it again.",
        ))
    })
}

/// Sends `messages` packets that `push` writes. At QoS 0 only the socket holds it back; above, at most [`WINDOW`] are
/// under way, and all are acknowledged in the end.
///
/// # Errors
/// When the connection fails, or acknowledgements stay away.
pub(super) fn publish(
    client: &mut Client,
    qos: Qos,
    messages: u64,
    push: impl Fn(&mut Vec<u8>, u16, u64),
) -> Result<(), BenchError> {
    let mut out = Vec::with_capacity(2 * BATCH);
    let (mut sent, mut acknowledged) = (0, 0);
    while acknowledged < messages {
        while sent < messages
            && out.len() < BATCH
            && (qos == Qos::AtMostOnce || sent - acknowledged < u64::from(WINDOW))
        {
            push(&mut out, packet_id(sent), sent);
            sent += 1;
        }
        client.send(&out)?;
        out.clear();
        if qos == Qos::AtMostOnce {
            acknowledged = sent;
            continue;
        }
        if !client.wait()? {
            return Err(BenchError::new("A broker stopped acknowledging messages."));
        }
        while let Some(packet) = client.packet() {
            match packet.first() {
                Some(&(kind::PUBACK | kind::PUBCOMP)) => acknowledged += 1,
                Some(&kind::PUBREC) => {
                    let id = packets::acknowledged(packet).unwrap_or_default();
                    out.extend(packets::acknowledgement(kind::PUBREL, id));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// From 1 to 65,535, and again.
#[expect(clippy::cast_possible_truncation, reason = "the remainder is a u16")]
fn packet_id(sequence: u64) -> u16 {
    (sequence % u64::from(u16::MAX)) as u16 + 1
}

/// Takes and acknowledges messages until `tally` has all, or the broker is silent. Returns when the last one came.
///
/// # Errors
/// When the connection fails.
pub(super) fn receive(client: &mut Client, tally: &mut Tally) -> Result<Instant, BenchError> {
    let version = client.version();
    let mut last = Instant::now();
    let mut out = Vec::new();
    let mut unreleased = 0_usize;
    while tally.missing() > 0 || unreleased > 0 {
        while let Some(packet) = client.packet() {
            match packet.first().copied().unwrap_or_default() {
                kind::PUBREL => {
                    unreleased = unreleased.saturating_sub(1);
                    let id = packets::acknowledged(packet).unwrap_or_default();
                    out.extend(packets::acknowledgement(kind::PUBCOMP, id));
                }
                first if first & 0xf0 == kind::PUBLISH => {
                    let Some(arrival) = packets::arrival(version, packet) else {
                        tally.surplus += 1;
                        continue;
                    };
                    tally.note(arrival.stamp);
                    if let Some(id) = arrival.id {
                        let answer = if arrival.qos == 1 {
                            kind::PUBACK
                        } else {
                            kind::PUBREC
                        };
                        unreleased += usize::from(arrival.qos == 2);
                        out.extend(packets::acknowledgement(answer, id));
                    }
                }
                _ => {}
            }
        }
        last = Instant::now();
        if !out.is_empty() {
            client.send(&out)?;
            out.clear();
        }
        if (tally.missing() > 0 || unreleased > 0) && !client.wait()? {
            break;
        }
    }
    Ok(last)
}
