//! What the user asks for, and handing it to the session in that order.

use std::time::Duration;

use tokio::time::Instant;

use crate::mqtt::{PacketId, Qos, TopicFilter};

use super::super::publishes;
use super::super::subscriptions::{Wish, refused_beforehand};
use super::super::urgency::Urgent;
use super::super::{Command, Event, Outgoing, PublishId, PublishStep, SubscribeOutcome};
use super::{Driver, End, LEAVING_LIMIT, Phase};

/// Commands waiting here, and the bytes of their payloads, beyond which no more are taken.
const WORK_LIMIT: usize = 10_000;
const WORK_BYTES_LIMIT: usize = 64 * 1024 * 1024;
/// How long publishes wait for the answer to a SUBSCRIBE before them.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// What waits for its turn.
pub(super) enum Work {
    Publish(PublishId, Outgoing),
    Subscribe(Wish),
    Unsubscribe(TopicFilter),
    Acknowledge(PacketId, Qos),
}

impl Driver {
    pub(super) fn takes_commands(&self) -> bool {
        self.work.len() < WORK_LIMIT
            && self.work_bytes < WORK_BYTES_LIMIT
            && self.parts.events.has_room()
            && !matches!(self.phase, Phase::Leaving { .. } | Phase::Closing { .. })
    }

    /// Takes in `first` and what waits behind it.
    pub(super) fn commands(&mut self, first: Command) -> Option<End> {
        const AT_ONCE: usize = 100;
        let mut end = self.command(first);
        for _ in 1..AT_ONCE {
            if end.is_some() || !self.takes_commands() {
                break;
            }
            let Ok(command) = self.parts.commands.try_recv() else {
                break;
            };
            end = self.command(command);
        }
        end
    }

    fn command(&mut self, command: Command) -> Option<End> {
        match command {
            Command::Publish(id, message) => {
                self.tell(Event::Publish(id, PublishStep::Queued));
                self.work_bytes += message.payload.len();
                self.work.push_back(Work::Publish(id, message));
            }
            Command::Subscribe(filter, qos) => self.want((filter, qos).into()),
            Command::SubscribeWith(filter, qos, options) => self.want(Wish {
                filter,
                qos,
                options,
            }),
            Command::Unsubscribe(filter) => self.work.push_back(Work::Unsubscribe(filter)),
            Command::Acknowledge(id, qos) => self.work.push_back(Work::Acknowledge(id, qos)),
            Command::ReconnectNow => return self.urgent(Urgent::ReconnectNow),
            Command::Disconnect => return self.urgent(Urgent::Disconnect),
            Command::Drop => return self.urgent(Urgent::Drop),
        }
        None
    }

    fn want(&mut self, wish: Wish) {
        let pending = SubscribeOutcome::Pending;
        self.tell(Event::Subscription(wish.filter.clone(), pending));
        self.work.push_back(Work::Subscribe(wish));
    }

    pub(super) fn urgent(&mut self, urgent: Urgent) -> Option<End> {
        match (urgent, self.phase) {
            (Urgent::ReconnectNow, Phase::Waiting { .. }) => {
                self.short_lives = 0;
                self.connect();
            }
            (Urgent::ReconnectNow, _)
            | (Urgent::Disconnect, Phase::Leaving { .. } | Phase::Closing { .. }) => {}
            (Urgent::Disconnect, Phase::Connected { .. }) => {
                while let Ok(command) = self.parts.commands.try_recv() {
                    if let Some(end) = self.command(command) {
                        return Some(end);
                    }
                }
                self.close();
            }
            (Urgent::Disconnect, Phase::Connecting) if self.parts.progress.is_open() => {
                self.phase = Phase::Leaving {
                    until: Instant::now() + LEAVING_LIMIT,
                };
            }
            (Urgent::Disconnect, Phase::Connecting | Phase::Waiting { .. }) | (Urgent::Drop, _) => {
                return Some(None);
            }
        }
        None
    }

    /// Hands over what may go now, in the order it was asked for.
    ///
    /// rumqttc 0.34 sends SUBSCRIBE and PUBLISH from two queues, so that one can overtake the other. Therefore a
    /// publish waits for the SUBACK of what was subscribed before it, and a SUBSCRIBE for the publishes before it.
    pub(super) fn advance(&mut self) {
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
                Work::Subscribe(wish) if !is_connected || self.may_subscribe() => {
                    self.subscriptions.want(wish.clone());
                    if is_connected {
                        self.subscribe(&[wish]);
                    }
                    None
                }
                Work::Unsubscribe(filter) if !is_connected || self.may_subscribe() => {
                    self.subscriptions.leave(&filter);
                    if is_connected {
                        self.unsubscribe(&filter);
                    } else {
                        self.tell(Event::Subscription(filter, SubscribeOutcome::Removed));
                    }
                    None
                }
                // a resumed session brings messages at once: they may be taken in before CONNACK was looked at here
                Work::Acknowledge(id, qos) if !is_connected => Some(Work::Acknowledge(id, qos)),
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

    fn may_subscribe(&self) -> bool {
        self.publishes.all_written() && self.subscriptions.has_room()
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
        if let Some(reason) =
            granted.and_then(|granted| publishes::refused_beforehand(&message, granted))
        {
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

    pub(super) fn subscribe(&mut self, wishes: &[Wish]) {
        let connack = self.heard.connack.as_ref();
        let refused = |wish: &Wish| refused_beforehand(wish, &connack?.properties);
        let (mut asked, mut told) = (Vec::new(), Vec::new());
        for wish in wishes {
            match refused(wish) {
                Some(reason) => told.push(Event::Subscription(
                    wish.filter.clone(),
                    SubscribeOutcome::Refused(reason, None),
                )),
                None => asked.push(wish.clone()),
            }
        }
        self.tell_all(told);
        let retain_as_published = self.parts.plan.extras.retain_as_published;
        if asked.is_empty() {
            return;
        }
        let handed_over = self.parts.requests.subscribe(&asked, retain_as_published);
        if handed_over.is_ok() {
            self.subscriptions.handed_over(&asked);
            self.answer_deadline = Instant::now() + ANSWER_LIMIT;
        }
    }

    pub(super) fn unsubscribe(&mut self, filter: &TopicFilter) {
        if self.parts.requests.unsubscribe(filter).is_ok() {
            self.subscriptions.handed_over(&[]);
            self.answer_deadline = Instant::now() + ANSWER_LIMIT;
        }
    }
}
