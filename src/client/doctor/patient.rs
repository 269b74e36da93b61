//! The connection under examination: a [`Connection`] like any other, and waiting for what happens on it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use crate::mqtt::codec::decode;
use crate::mqtt::{Packet, Publish, Qos, ReasonCode, TopicFilter, TopicName};

use super::super::{
    Captured, Captures, Command, Config, Connection, DialReport, Direction, Event, Extras, Failure,
    Granted, Outgoing, PublishId, PublishStep, RuntimeHandle, State, SubscribeOptions,
    SubscribeOutcome,
};

/// How often the steps of a dial are looked at, as they announce nothing.
const LOOK: Duration = Duration::from_millis(40);

/// Why a check got no answer.
pub(super) enum Trouble {
    /// The connection has ended.
    Ended(Failure),
    /// The answer did not come in this time.
    Silent(Duration),
}

/// What became of a message that was sent to come back; times count from its sending.
#[derive(Default)]
pub(super) struct Trip {
    /// When it was acknowledged, or written with QoS 0.
    pub(super) sent: Option<Duration>,
    /// When it came back.
    pub(super) back: Option<Duration>,
    /// Why it was refused.
    pub(super) refused: Option<(ReasonCode, Option<String>)>,
}

/// How long is waited for an answer: from anew with everything else that comes, up to a limit, as an answer may stand
/// behind many messages.
struct Patience {
    begun: Instant,
    limit: Duration,
    deadline: Instant,
}

impl Patience {
    /// So many times the limit at the most.
    const MOST: u32 = 6;

    fn new(limit: Duration) -> Self {
        let begun = Instant::now();
        Self {
            begun,
            limit,
            deadline: begun + limit,
        }
    }

    /// Something came.
    fn renew(&mut self) {
        let last = self.begun + self.limit * Self::MOST;
        self.deadline = last.min(Instant::now() + self.limit);
    }
}

enum Seen {
    Event(Event),
    Packets(Vec<Captured>),
    Nothing,
    End,
}

pub(super) struct Patient {
    connection: Connection,
    captures: Captures,
    has_packets: bool,
    publishes: u64,
    /// What the connection said besides.
    pub(super) notes: Vec<String>,
}

impl Patient {
    pub(super) fn open(runtime: &RuntimeHandle, config: Config, extras: Extras) -> Self {
        // Events are awaited, so that nobody has to be woken.
        let (connection, captures) =
            Connection::open_with(runtime, config, extras, Arc::new(|| {}));
        Self {
            connection,
            captures,
            has_packets: true,
            publishes: 0,
            notes: Vec::new(),
        }
    }

    /// What the dial has shown.
    pub(super) fn dial_report(&self) -> DialReport {
        self.connection.dial_report()
    }

    /// Waits for CONNACK, with what was granted and the time since CONNECT. `look` is called with how far the dial is.
    pub(super) async fn connected(
        &mut self,
        mut look: impl FnMut(&DialReport),
    ) -> Result<(Granted, Option<Duration>), Failure> {
        let mut packets = Vec::new();
        loop {
            let seen = self.next().await;
            look(&self.connection.dial_report());
            match seen {
                Seen::Event(Event::Granted(granted)) => {
                    self.captures.try_take(&mut packets);
                    return Ok((granted, time_of_connack(&packets)));
                }
                Seen::Event(Event::State(
                    State::Ended(Some(failure)) | State::Waiting { failure, .. },
                )) => return Err(failure),
                Seen::Packets(more) => packets.extend(more),
                Seen::End => return Err(stopped()),
                Seen::Event(_) | Seen::Nothing => {}
            }
        }
    }

    /// Subscribes and waits for the answer, with the messages below `$SYS` that came before it.
    pub(super) async fn subscribe(
        &mut self,
        filter: &TopicFilter,
        options: SubscribeOptions,
        limit: Duration,
    ) -> Result<(SubscribeOutcome, Vec<Publish>), Trouble> {
        let qos = Qos::AtLeastOnce;
        self.send(Command::SubscribeWith(filter.clone(), qos, options))
            .await?;
        let mut messages = Vec::new();
        let mut patience = Patience::new(limit);
        loop {
            match self.next_within(patience.deadline).await {
                Ok(Seen::Event(Event::Subscription(of, outcome)))
                    if of == *filter
                        // the end of the connection follows, and says more
                        && !matches!(
                            outcome,
                            SubscribeOutcome::Pending | SubscribeOutcome::Unanswered
                        ) =>
                {
                    return Ok((outcome, messages));
                }
                Ok(Seen::Packets(packets)) => {
                    patience.renew();
                    let is_sys = |it: &Publish| it.topic.as_str().starts_with("$SYS/");
                    messages.extend(publishes(&packets).filter(is_sys));
                }
                Ok(_) => {}
                Err(Trouble::Silent(_)) => return Err(Trouble::Silent(patience.begun.elapsed())),
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Unsubscribes and waits for the answer, which changes nothing.
    pub(super) async fn unsubscribe(
        &mut self,
        filter: &TopicFilter,
        deadline: Instant,
    ) -> Result<(), Trouble> {
        self.send(Command::Unsubscribe(filter.clone())).await?;
        loop {
            if let Seen::Event(Event::Subscription(of, _)) = self.next_within(deadline).await?
                && of == *filter
            {
                return Ok(());
            }
        }
    }

    /// The messages that come next; none at the deadline.
    pub(super) async fn messages(&mut self, deadline: Instant) -> Result<Vec<Publish>, Trouble> {
        loop {
            match self.next_within(deadline).await {
                Ok(Seen::Packets(packets)) => {
                    let messages: Vec<_> = publishes(&packets).collect();
                    if !messages.is_empty() {
                        return Ok(messages);
                    }
                }
                Ok(_) => {}
                Err(Trouble::Silent(_)) => return Ok(Vec::new()),
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Publishes and waits until the message is acknowledged and, if it is to come back, has come back. What is missing
    /// at the deadline is missing in the answer.
    pub(super) async fn publish(
        &mut self,
        (topic, qos): (&TopicName, Qos),
        comes_back: bool,
        limit: Duration,
    ) -> Result<Trip, Trouble> {
        self.publishes += 1;
        let id = PublishId(self.publishes);
        let payload = Bytes::from(format!("Canopy tests this connection, QoS {qos}"));
        let begun = Instant::now();
        let message = Outgoing {
            topic: topic.clone(),
            payload: payload.clone(),
            qos,
            retain: false,
            properties: None,
        };
        self.send(Command::Publish(id, message)).await?;
        let mut trip = Trip::default();
        let mut patience = Patience::new(limit);
        loop {
            let is_over = trip.sent.is_some() && (trip.back.is_some() || !comes_back);
            if is_over || trip.refused.is_some() {
                return Ok(trip);
            }
            match self.next_within(patience.deadline).await {
                Ok(Seen::Event(Event::Publish(of, step))) if of == id => match step {
                    PublishStep::Refused(reason, words) => trip.refused = Some((reason, words)),
                    PublishStep::Failed(_) => return Err(self.end().await),
                    step if step.is_final(qos) => trip.sent = Some(begun.elapsed()),
                    _ => {}
                },
                Ok(Seen::Packets(packets)) => {
                    patience.renew();
                    let is_ours = |it: &Publish| it.topic == *topic && it.payload == payload;
                    if publishes(&packets).any(|it| is_ours(&it)) {
                        trip.back = Some(begun.elapsed());
                    }
                }
                Ok(_) => {}
                Err(Trouble::Silent(_)) => return Ok(trip),
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Waits until the deadline whether the connection lasts.
    pub(super) async fn lasts(&mut self, deadline: Instant) -> Result<(), Failure> {
        loop {
            match self.next_within(deadline).await {
                Ok(_) => {}
                Err(Trouble::Silent(_)) => return Ok(()),
                Err(Trouble::Ended(failure)) => return Err(failure),
            }
        }
    }

    /// Says DISCONNECT and waits for the end.
    pub(super) async fn disconnect(&mut self, deadline: Instant) -> Result<(), Trouble> {
        self.send(Command::Disconnect).await?;
        loop {
            if let Seen::Event(Event::State(State::Ended(None))) =
                self.next_within(deadline).await?
            {
                return Ok(());
            }
        }
    }

    /// Why the connection ended, which it is about to tell.
    async fn end(&mut self) -> Trouble {
        let deadline = Instant::now() + Duration::from_secs(1);
        loop {
            if let Err(trouble) = self.next_within(deadline).await {
                return trouble;
            }
        }
    }

    async fn send(&mut self, command: Command) -> Result<(), Trouble> {
        match self.connection.send_waiting(command).await {
            Ok(()) => Ok(()),
            Err(_ended) => Err(self.end().await),
        }
    }

    async fn next_within(&mut self, deadline: Instant) -> Result<Seen, Trouble> {
        let begun = Instant::now();
        match timeout_at(deadline, self.next()).await {
            Err(_elapsed) => Err(Trouble::Silent(begun.elapsed())),
            Ok(Seen::End) => Err(Trouble::Ended(stopped())),
            Ok(Seen::Event(Event::State(
                State::Ended(Some(failure)) | State::Waiting { failure, .. },
            ))) => Err(Trouble::Ended(failure)),
            Ok(seen) => Ok(seen),
        }
    }

    async fn next(&mut self) -> Seen {
        let mut packets = Vec::new();
        tokio::select! {
            event = self.connection.event() => match event {
                Some(Event::Note(note)) => {
                    self.notes.push(note);
                    Seen::Nothing
                }
                Some(event) => Seen::Event(event),
                None => Seen::End,
            },
            more = self.captures.recv(&mut packets), if self.has_packets => {
                self.has_packets = more;
                Seen::Packets(packets)
            }
            () = sleep(LOOK) => Seen::Nothing,
        }
    }
}

/// From CONNECT to CONNACK on the wire.
fn time_of_connack(packets: &[Captured]) -> Option<Duration> {
    let at = |direction: Direction, kind: u8| {
        let is_it = |it: &&Captured| {
            it.direction == direction && it.frame.first().is_some_and(|byte| byte >> 4 == kind)
        };
        packets.iter().find(is_it).map(|it| it.at)
    };
    let asked = at(Direction::Outgoing, 1)?;
    Some(at(Direction::Incoming, 2)?.since(asked))
}

/// The messages among `packets` that came in.
fn publishes(packets: &[Captured]) -> impl Iterator<Item = Publish> {
    packets
        .iter()
        .filter(|it| it.direction == Direction::Incoming)
        .filter(|it| it.frame.first().is_some_and(|byte| byte >> 4 == 3))
        .filter_map(|it| match decode(it.version, it.frame.clone()) {
            Ok(Packet::Publish(publish)) => Some(publish),
            _ => None,
        })
}

fn stopped() -> Failure {
    Failure::new(
        "The connection ended without a word.",
        "Test it again, and see the broker's log.",
    )
}
