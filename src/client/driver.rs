//! The task behind a [`super::Connection`]: it alone decides when to connect, what to hand to the session, and what to
//! tell. rumqttc works in a second task, so that no wait here ever cancels one of its writes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::mqtt::{ConnAck, Disconnect, Packet, PacketId, Qos, Timestamp, TopicFilter};

use super::backoff::Backoff;
use super::captures::Link;
use super::dial;
use super::events::Events;
use super::failure::{Evidence, Unreadable, Verdict, judge};
use super::plan::Plan;
use super::poller::{Outcome, Poller};
use super::publishes::{Publishes, refused_beforehand};
use super::session::{Loss, Requests};
use super::subscriptions::Subscriptions;
use super::tap::{Direction, Seen, Signal};
use super::urgency::{Urgency, Urgent};
use super::{Command, Event, Failure, Outgoing, PublishId, PublishStep, State, SubscribeOutcome};

/// Commands waiting here, and the bytes of their payloads, beyond which no more are taken.
const WORK_LIMIT: usize = 10_000;
const WORK_BYTES_LIMIT: usize = 64 * 1024 * 1024;
/// A connection that ends sooner counts as a failed attempt.
const SHORT_LIFE: Duration = Duration::from_secs(5);
/// How long publishes wait for the answer to a SUBSCRIBE before them.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a clean end waits for acknowledgements, and then for DISCONNECT to be written.
const CLOSING_LIMIT: Duration = Duration::from_secs(2);

/// The ends of the queues and the parts that the driver works with.
pub(super) struct Parts {
    pub(super) plan: Plan,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) urgency: Arc<Urgency>,
    pub(super) events: Arc<Events>,
    pub(super) link: Arc<Link>,
    pub(super) progress: Arc<dial::Progress>,
    pub(super) requests: Requests,
    pub(super) poller: Poller,
}

pub(super) struct Driver {
    parts: Parts,
    phase: Phase,
    work: VecDeque<Work>,
    work_bytes: usize,
    publishes: Publishes,
    subscriptions: Subscriptions,
    backoff: Backoff,
    short_lives: u32,
    heard: Heard,
    answer_deadline: Instant,
    signals: Vec<Signal>,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Connecting,
    Connected {
        since: Instant,
    },
    Waiting {
        until: Instant,
    },
    /// Connected, and to be ended cleanly at this time at the latest.
    Closing {
        until: Instant,
    },
}

enum Work {
    Publish(PublishId, Outgoing),
    Subscribe(TopicFilter, Qos),
    Unsubscribe(TopicFilter),
    Acknowledge(PacketId, Qos),
}

/// What the tap told of the current connection.
#[derive(Default)]
struct Heard {
    connack: Option<Box<ConnAck>>,
    disconnect: Option<Disconnect>,
    unreadable: Option<Unreadable>,
    ping_sent: Option<Timestamp>,
}

/// Why the driver woke up.
enum Woken {
    Urgent,
    Outcome(Option<Outcome>),
    Command(Option<Command>),
    Finished(Option<(u64, super::session::Published)>),
    Other,
}

/// The end of the loop: by the user, or with a reason.
type End = Option<Failure>;

impl Driver {
    pub(super) fn new(parts: Parts) -> Self {
        let subscriptions = Subscriptions::new(&parts.plan.subscriptions);
        Self {
            parts,
            phase: Phase::Connecting,
            work: VecDeque::new(),
            work_bytes: 0,
            publishes: Publishes::default(),
            subscriptions,
            backoff: Backoff::default(),
            short_lives: 0,
            heard: Heard::default(),
            answer_deadline: Instant::now(),
            signals: Vec::new(),
        }
    }

    /// Works until the connection has ended for good.
    pub(super) async fn run(mut self) {
        self.connect();
        let end = loop {
            self.hear();
            self.advance();
            if let Some(end) = self.goodbye_if_due().await {
                break end;
            }
            let woken = self.sleep().await;
            self.hear();
            if let Some(end) = self.handle(woken) {
                break end;
            }
        };
        self.finish(end).await;
    }

    async fn sleep(&mut self) -> Woken {
        let deadline = self.deadline();
        let takes_commands = self.takes_commands();
        let awaits_results = self.publishes.awaits_results();
        let parts = &mut self.parts;
        tokio::select! {
            biased;
            () = parts.urgency.arrived() => Woken::Urgent,
            outcome = parts.poller.next() => Woken::Outcome(outcome),
            () = parts.link.signals_ready.notified() => Woken::Other,
            result = self.publishes.next_result(), if awaits_results => Woken::Finished(result),
            command = parts.commands.recv(), if takes_commands => Woken::Command(command),
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => Woken::Other,
            () = parts.events.room.notified() => Woken::Other,
            () = parts.link.outgoing_room.notified() => Woken::Other,
        }
    }

    fn handle(&mut self, woken: Woken) -> Option<End> {
        match woken {
            Woken::Urgent => {
                return self
                    .parts
                    .urgency
                    .take()
                    .and_then(|urgent| self.urgent(urgent));
            }
            Woken::Outcome(Some(Outcome::Connected)) => self.connected(),
            Woken::Outcome(Some(Outcome::Lost(loss))) => return self.lost(loss),
            Woken::Outcome(None) => return self.lost(Loss::Done),
            Woken::Command(Some(command)) => return self.command(command),
            Woken::Command(None) => return self.urgent(Urgent::Disconnect),
            Woken::Finished(result) => {
                if let Some((serial, result)) = result {
                    let event = self.publishes.finish(serial, result);
                    self.tell_all(event);
                }
            }
            Woken::Other => {
                if let Phase::Waiting { until } = self.phase
                    && Instant::now() >= until
                {
                    self.connect();
                }
            }
        }
        None
    }

    fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting { until } | Phase::Closing { until } => Some(until),
            Phase::Connected { .. } if self.subscriptions.awaits_answer() => {
                Some(self.answer_deadline).filter(|deadline| Instant::now() < *deadline)
            }
            Phase::Connecting | Phase::Connected { .. } => None,
        }
    }

    fn tell(&self, event: Event) {
        self.parts.events.push(event);
    }

    fn tell_all(&self, events: impl IntoIterator<Item = Event>) {
        events.into_iter().for_each(|event| self.tell(event));
    }

    // ---- connecting and losing -----------------------------------------------------------------------------

    fn connect(&mut self) {
        self.heard = Heard::default();
        self.phase = Phase::Connecting;
        let attempt = self.backoff.failures() + 1;
        self.tell(Event::State(State::Connecting { attempt }));
        self.parts.poller.start();
    }

    fn connected(&mut self) {
        let Some(connack) = &self.heard.connack else {
            return;
        };
        let session_present = connack.session_present;
        self.phase = Phase::Connected {
            since: Instant::now(),
        };
        self.tell(Event::State(State::Connected {
            since: super::now(),
            session_present,
        }));
        self.tell(Event::Granted(super::Granted {
            session_present,
            properties: Box::new(connack.properties.clone()),
        }));
        let catchup = self.subscriptions.connected(session_present);
        for filters in catchup.subscribe.chunks(100) {
            self.subscribe(filters);
        }
        for filter in &catchup.unsubscribe {
            self.unsubscribe(filter);
        }
    }

    fn lost(&mut self, loss: Loss) -> Option<End> {
        let lasted = match self.phase {
            Phase::Connected { since } => Some(since.elapsed()),
            Phase::Closing { .. } => return Some(None),
            Phase::Connecting | Phase::Waiting { .. } => None,
        };
        match lasted {
            Some(lasted) if lasted >= SHORT_LIFE => {
                self.backoff.reset();
                self.short_lives = 0;
            }
            Some(_) => self.short_lives += 1,
            None => {}
        }
        let Verdict { failure, is_final } = judge(Evidence {
            plan: &self.parts.plan,
            loss,
            phase: self.parts.progress.take(),
            connack: self.heard.connack.as_deref(),
            disconnect: self.heard.disconnect.as_ref(),
            unreadable: self.heard.unreadable.take(),
            lasted,
            short_lives: self.short_lives,
        });
        if is_final || !self.parts.plan.reconnect {
            return Some(Some(failure));
        }
        self.wait(failure);
        None
    }

    fn wait(&mut self, failure: Failure) {
        let pause = self.backoff.next();
        self.phase = Phase::Waiting {
            until: Instant::now() + pause,
        };
        self.tell(Event::State(State::Waiting {
            failure,
            next: super::now().plus(pause),
            attempt: self.backoff.failures(),
        }));
    }

    // ---- what the tap saw ------------------------------------------------------------------------------------

    fn hear(&mut self) {
        let mut signals = std::mem::take(&mut self.signals);
        self.parts.link.take_signals(&mut signals);
        for signal in signals.drain(..) {
            match (signal.direction, signal.seen) {
                (Direction::Incoming, Seen::Packet(packet)) => self.incoming(signal.at, *packet),
                (Direction::Outgoing, Seen::Packet(packet)) => self.outgoing(signal.at, *packet),
                (Direction::Incoming, Seen::TooLarge(size)) => {
                    self.heard.unreadable = Some(Unreadable::TooLarge(size));
                }
                (Direction::Incoming, Seen::Malformed(words)) => {
                    self.heard.unreadable = Some(Unreadable::Malformed(words));
                }
                (Direction::Outgoing, _) => {}
            }
        }
        self.signals = signals;
    }

    fn incoming(&mut self, at: Timestamp, packet: Packet) {
        match packet {
            Packet::ConnAck(connack) => {
                if !connack.session_present && !connack.reason.is_error() {
                    self.publishes.session_lost();
                }
                self.heard.connack = Some(connack);
            }
            Packet::Disconnect(disconnect) => self.heard.disconnect = Some(*disconnect),
            Packet::PubRec(ack) => self.tell_all(self.publishes.received(&ack)),
            Packet::SubAck(suback) => {
                let events = self.subscriptions.suback(&suback);
                self.tell_all(events);
            }
            Packet::UnsubAck(unsuback) => {
                let events = self.subscriptions.unsuback(&unsuback);
                self.tell_all(events);
            }
            Packet::PingResp => {
                if let Some(sent) = self.heard.ping_sent.take() {
                    self.tell(Event::PingRoundTrip(at.since(sent)));
                }
            }
            _ => {}
        }
    }

    fn outgoing(&mut self, at: Timestamp, packet: Packet) {
        match packet {
            Packet::Publish(publish) => {
                let event = self.publishes.written(&publish);
                self.tell_all(event);
            }
            Packet::Subscribe(subscribe) => {
                let filters = subscribe.requests.into_iter().map(|request| request.filter);
                self.subscriptions.written(subscribe.packet_id, filters);
            }
            Packet::Unsubscribe(unsubscribe) => self
                .subscriptions
                .written(unsubscribe.packet_id, unsubscribe.filters.into_iter()),
            Packet::PingReq => self.heard.ping_sent = Some(at),
            _ => {}
        }
    }

    // ---- what the user wants -----------------------------------------------------------------------------------

    fn takes_commands(&self) -> bool {
        self.work.len() < WORK_LIMIT
            && self.work_bytes < WORK_BYTES_LIMIT
            && self.parts.events.has_room()
            && !matches!(self.phase, Phase::Closing { .. })
    }

    fn command(&mut self, command: Command) -> Option<End> {
        match command {
            Command::Publish(id, message) => {
                self.tell(Event::Publish(id, PublishStep::Queued));
                self.work_bytes += message.payload.len();
                self.work.push_back(Work::Publish(id, message));
            }
            Command::Subscribe(filter, qos) => {
                self.tell(Event::Subscription(
                    filter.clone(),
                    SubscribeOutcome::Pending,
                ));
                self.work.push_back(Work::Subscribe(filter, qos));
            }
            Command::Unsubscribe(filter) => self.work.push_back(Work::Unsubscribe(filter)),
            Command::Acknowledge(id, qos) => self.work.push_back(Work::Acknowledge(id, qos)),
            Command::ReconnectNow => return self.urgent(Urgent::ReconnectNow),
            Command::Disconnect => return self.urgent(Urgent::Disconnect),
            Command::Drop => return self.urgent(Urgent::Drop),
        }
        None
    }

    fn urgent(&mut self, urgent: Urgent) -> Option<End> {
        match (urgent, self.phase) {
            (Urgent::ReconnectNow, Phase::Waiting { .. }) => {
                self.short_lives = 0;
                self.connect();
            }
            (Urgent::ReconnectNow, _) | (Urgent::Disconnect, Phase::Closing { .. }) => {}
            (Urgent::Disconnect, Phase::Connected { .. }) => {
                while let Ok(command) = self.parts.commands.try_recv() {
                    if let Some(end) = self.command(command) {
                        return Some(end);
                    }
                }
                self.phase = Phase::Closing {
                    until: Instant::now() + CLOSING_LIMIT,
                };
            }
            (Urgent::Disconnect, Phase::Connecting | Phase::Waiting { .. }) | (Urgent::Drop, _) => {
                return Some(None);
            }
        }
        None
    }

    // ---- handing over to the session -------------------------------------------------------------------------------

    /// Hands over what may go now, in the order it was asked for.
    ///
    /// rumqttc 0.34 sends SUBSCRIBE and PUBLISH from two queues, so that one can overtake the other. Therefore a
    /// publish waits for the SUBACK of what was subscribed before it, and a SUBSCRIBE for the publishes before it.
    fn advance(&mut self) {
        let is_connected = matches!(self.phase, Phase::Connected { .. } | Phase::Closing { .. });
        for (id, message) in self.publishes.take_again().into_iter().rev() {
            self.work_bytes += message.payload.len();
            self.work.push_front(Work::Publish(id, message));
        }
        while let Some(work) = self.work.pop_front() {
            let blocked = match work {
                Work::Publish(id, message) if is_connected && self.may_publish() => {
                    self.publish(id, message)
                }
                Work::Subscribe(filter, qos) if !is_connected || self.publishes.all_written() => {
                    self.subscriptions.want(filter.clone(), qos);
                    if is_connected {
                        self.subscribe(&[(filter, qos)]);
                    }
                    None
                }
                Work::Unsubscribe(filter) if !is_connected || self.publishes.all_written() => {
                    self.subscriptions.leave(&filter);
                    if is_connected {
                        self.unsubscribe(&filter);
                    } else {
                        self.tell(Event::Subscription(filter, SubscribeOutcome::Removed));
                    }
                    None
                }
                // packet identifiers mean nothing on the next connection
                Work::Acknowledge(..) if !is_connected => None,
                Work::Acknowledge(id, qos) => {
                    let taken = self.parts.requests.acknowledge(id, qos);
                    taken.err().map(|_not_taken| Work::Acknowledge(id, qos))
                }
                blocked => Some(blocked),
            };
            if let Some(work) = blocked {
                self.work.push_front(work);
                break;
            }
        }
    }

    fn may_publish(&self) -> bool {
        let answered =
            !self.subscriptions.awaits_answer() || Instant::now() >= self.answer_deadline;
        answered
            && self.publishes.has_room()
            && self.parts.events.has_room()
            && self.parts.link.has_outgoing_room()
    }

    /// Hands over a publish, or gives it back.
    fn publish(&mut self, id: PublishId, message: Outgoing) -> Option<Work> {
        let size = message.payload.len();
        let granted = self
            .heard
            .connack
            .as_ref()
            .map(|connack| &connack.properties);
        if let Some(reason) = granted.and_then(|granted| refused_beforehand(&message, granted)) {
            self.work_bytes -= size;
            self.tell(Event::Publish(id, PublishStep::Refused(reason, None)));
            return None;
        }
        match self.publishes.hand_over(&self.parts.requests, id, message) {
            Ok(()) => {
                self.work_bytes -= size;
                None
            }
            Err((_not_taken, message)) => Some(Work::Publish(id, message)),
        }
    }

    fn subscribe(&mut self, filters: &[(TopicFilter, Qos)]) {
        let retain_as_published = self.parts.plan.extras.retain_as_published;
        let handed_over = self.parts.requests.subscribe(filters, retain_as_published);
        if handed_over.is_ok() {
            self.subscriptions.handed_over(filters);
            self.answer_deadline = Instant::now() + ANSWER_LIMIT;
        }
        for (filter, _) in filters {
            self.tell(Event::Subscription(
                filter.clone(),
                SubscribeOutcome::Pending,
            ));
        }
    }

    fn unsubscribe(&mut self, filter: &TopicFilter) {
        if self.parts.requests.unsubscribe(filter).is_ok() {
            self.subscriptions.handed_over(&[]);
            self.answer_deadline = Instant::now() + ANSWER_LIMIT;
        }
    }

    // ---- ending ------------------------------------------------------------------------------------------------------

    /// Says DISCONNECT once everything is acknowledged or the time for it is up.
    async fn goodbye_if_due(&mut self) -> Option<End> {
        let Phase::Closing { until } = self.phase else {
            return None;
        };
        let is_done =
            self.work.is_empty() && self.publishes.is_idle() && !self.subscriptions.awaits_answer();
        if !is_done && Instant::now() < until {
            return None;
        }
        let asked = self.parts.requests.disconnect_now().is_ok();
        let written = asked
            && tokio::time::timeout(CLOSING_LIMIT, self.parts.poller.until_done())
                .await
                .unwrap_or(false);
        if !written {
            self.tell(Event::Note(
                "The broker did not take DISCONNECT in time: it may publish the last will."
                    .to_owned(),
            ));
        }
        Some(None)
    }

    async fn finish(mut self, end: End) {
        self.parts.poller.stop().await;
        self.hear();
        self.parts.link.end();
        self.parts.commands.close();
        while let Ok(command) = self.parts.commands.try_recv() {
            if let Command::Publish(id, message) = command {
                self.work.push_back(Work::Publish(id, message));
            }
        }
        let waiting = self.work.drain(..).filter_map(|work| match work {
            Work::Publish(id, _) => Some(id),
            Work::Subscribe(..) | Work::Unsubscribe(_) | Work::Acknowledge(..) => None,
        });
        let unfinished = self.publishes.abandon().into_iter().chain(waiting);
        for id in unfinished.collect::<Vec<_>>() {
            let words = "The connection ended before the broker acknowledged the message. \
                         Connect again and publish it again.";
            self.tell(Event::Publish(id, PublishStep::Failed(words.to_owned())));
        }
        self.tell(Event::State(State::Ended(end)));
    }
}
