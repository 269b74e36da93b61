//! The task behind a [`super::Connection`]: it alone decides when to connect, what to hand to the session, and what to
//! tell. rumqttc works in a second task, so that no wait here ever cancels one of its writes.

mod handing;
mod hearing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::mqtt::{TopicFilter, Version};
use crate::profile::Authentication;

use super::backoff::Backoff;
use super::captures::Link;
use super::dial::{self, Answer};
use super::events::Events;
use super::failure::{
    Evidence, Verdict, count_short_life, is_cut_by_broker, judge, may_answer_subscribe,
};
use super::plan::Plan;
use super::poller::{Outcome, Poller};
use super::publishes::Publishes;
use super::session::{Loss, Published, Requests};
use super::subscriptions::Subscriptions;
use super::tap::Signal;
use super::urgency::{Urgency, Urgent};
use super::{Command, Event, Failure, PublishStep, State, SubscribeOutcome};
use handing::Work;
use hearing::Heard;

/// A connection that ends sooner counts as a failed attempt, unless something was gained in it.
const SHORT_LIFE: Duration = Duration::from_secs(5);
/// How long a clean end waits for CONNACK: without DISCONNECT after it the broker would publish the will.
const LEAVING_LIMIT: Duration = Duration::from_millis(500);
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
    /// CONNECT is out, and the connection is to be ended cleanly if CONNACK comes until then.
    Leaving {
        until: Instant,
    },
    /// Connected, and to be ended cleanly at this time at the latest.
    Closing {
        until: Instant,
    },
}

/// Why the driver woke up.
enum Woken {
    Urgent,
    Outcome(Option<Outcome>),
    Command(Option<Command>),
    Finished(Option<(u64, Published)>),
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
            if let Some(end) = self.handle(woken).await {
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

    async fn handle(&mut self, woken: Woken) -> Option<End> {
        match woken {
            Woken::Urgent => {
                return self
                    .parts
                    .urgency
                    .take()
                    .and_then(|urgent| self.urgent(urgent));
            }
            Woken::Outcome(Some(Outcome::Connected)) => match self.phase {
                Phase::Leaving { .. } => self.close(),
                _ => self.connected(),
            },
            Woken::Outcome(Some(Outcome::Lost(loss))) => return self.lost(loss).await,
            Woken::Outcome(None) => return Some(Some(stopped())),
            Woken::Command(Some(command)) => return self.commands(command),
            Woken::Command(None) => return self.urgent(Urgent::Disconnect),
            Woken::Finished(result) => {
                let mut next = result;
                while let Some((serial, result)) = next {
                    let event = self.publishes.finish(serial, result);
                    self.tell_all(event);
                    next = self.publishes.try_result();
                }
            }
            Woken::Other => match self.phase {
                Phase::Waiting { until } if Instant::now() >= until => self.connect(),
                Phase::Leaving { until } if Instant::now() >= until => return Some(None),
                _ => {}
            },
        }
        None
    }

    fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting { until } | Phase::Leaving { until } | Phase::Closing { until } => {
                Some(until)
            }
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

    // ---- connecting and losing ----

    fn connect(&mut self) {
        self.heard = Heard::default();
        self.phase = Phase::Connecting;
        let attempt = self.backoff.failures() + 1;
        self.tell(Event::State(State::Connecting { attempt }));
        self.parts.poller.start();
    }

    fn connected(&mut self) {
        let connack = self.heard.connack.as_ref();
        let session_present = connack.is_some_and(|connack| connack.session_present);
        let properties = connack.map(|connack| Box::new(connack.properties.clone()));
        self.phase = Phase::Connected {
            since: Instant::now(),
        };
        self.tell(Event::State(State::Connected {
            since: super::now(),
            session_present,
        }));
        self.tell(Event::Granted(super::Granted {
            session_present,
            properties: properties.unwrap_or_default(),
        }));
        let catchup = self.subscriptions.connected(session_present);
        // one SUBSCRIBE has one subscription identifier for all of its filters
        let alike = catchup
            .subscribe
            .chunk_by(|one, other| one.options.id == other.options.id);
        for wishes in alike.flat_map(|alike| alike.chunks(100)) {
            for wish in wishes {
                let pending = SubscribeOutcome::Pending;
                self.tell(Event::Subscription(wish.filter.clone(), pending));
            }
            self.subscribe(wishes);
        }
        for filter in &catchup.unsubscribe {
            self.unsubscribe(filter);
        }
    }

    async fn lost(&mut self, loss: Loss) -> Option<End> {
        // packet identifiers mean nothing on the next connection
        self.work
            .retain(|work| !matches!(work, Work::Acknowledge(..)));
        let lasted = match self.phase {
            Phase::Connected { since } => Some(since.elapsed()),
            Phase::Leaving { .. } | Phase::Closing { .. } => return Some(None),
            Phase::Connecting | Phase::Waiting { .. } => None,
        };
        match lasted {
            Some(lasted) if lasted >= SHORT_LIFE => {
                self.backoff.reset();
                self.short_lives = 0;
            }
            Some(_) => {
                if self.heard.progressed {
                    self.backoff.reset();
                }
                self.short_lives = count_short_life(self.short_lives, &loss, self.heard.progressed);
            }
            None => {}
        }
        let phase = self.parts.progress.take();
        if lasted.is_some() || phase == dial::Phase::Open {
            self.parts.events.note_reached();
        }
        let unanswered = match lasted {
            Some(_) => self.subscriptions.without_answer(),
            None => Vec::new(),
        };
        self.tell_unanswered(&unanswered, &loss);
        let answers = self.ask_what_answers(&phase, &loss, lasted.is_some()).await;
        let Verdict { failure, is_final } = judge(Evidence {
            plan: &self.parts.plan,
            loss,
            phase,
            heard: self.parts.progress.heard(),
            answers,
            connack: self.heard.connack.as_deref(),
            disconnect: self.heard.disconnect.as_ref(),
            unreadable: self.heard.unreadable.take(),
            unanswered: &unanswered,
            lasted,
            short_lives: self.short_lives,
        });
        if is_final || !self.parts.plan.reconnect {
            return Some(Some(failure));
        }
        self.wait(failure);
        None
    }

    /// Says which subscriptions the broker may have closed the connection for.
    fn tell_unanswered(&self, filters: &[TopicFilter], loss: &Loss) {
        let is_answer = match &self.heard.disconnect {
            Some(disconnect) => may_answer_subscribe(disconnect.reason),
            None => is_cut_by_broker(loss),
        };
        if is_answer {
            let told = |filter: &TopicFilter| {
                Event::Subscription(filter.clone(), SubscribeOutcome::Unanswered)
            };
            self.tell_all(filters.iter().map(told));
        }
    }

    /// Where the first attempt got no answer that makes sense, the port is asked what it speaks instead. A wish of the
    /// user is not kept waiting by that.
    async fn ask_what_answers(
        &self,
        phase: &dial::Phase,
        loss: &Loss,
        was_connected: bool,
    ) -> Option<Answer> {
        let heard = &self.heard;
        let was_answered = heard.connack.is_some() || heard.disconnect.is_some();
        let is_first = self.backoff.failures() == 0;
        if was_connected || was_answered || !is_first || !dial::may_speak_otherwise(phase) {
            return None;
        }
        let plan = &self.parts.plan;
        // MQTT 3.1.1 lets a broker close the connection when it does not know the version (3.1.2.2); some keep quiet
        let is_unheard = matches!(loss, Loss::Closed | Loss::Io(_) | Loss::ConnectTimeout)
            && *phase == dial::Phase::Open
            && self.parts.progress.heard().is_none();
        // with another authentication the password only proves something and is not for sending
        let account = match plan.authentication {
            Authentication::None => (plan.user_name.as_deref(), plan.password.as_deref()),
            Authentication::ScramSha256 | Authentication::Other { .. } => (None, None),
        };
        let ask = async {
            if is_unheard
                && plan.version == Version::V5
                && dial::answers_to_older_version(&plan.target, account).await
            {
                return Some(Answer::OlderVersion);
            }
            dial::what_answers(&plan.target, phase).await
        };
        tokio::select! {
            found = ask => found,
            () = self.parts.urgency.awaited() => None,
        }
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

    // ---- ending ----

    /// Begins to end the connection cleanly.
    fn close(&mut self) {
        self.phase = Phase::Closing {
            until: Instant::now() + CLOSING_LIMIT,
        };
    }

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
                "The broker did not take DISCONNECT in time: it may publish the last will. Connect and disconnect \
                 again once the broker answers."
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

/// The task that works on the connection is gone, which it never should be.
fn stopped() -> Failure {
    Failure::new(
        "The connection stopped because of an error inside Canopy.",
        "Connect again, and please report it.",
    )
}
