//! `canopy sub`: subscribes, and goes on until there was enough, time ran out or somebody stops it.

use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::client::{
    Command, Event, Failure, Outgoing, PublishId, RuntimeHandle, State, SubscribeOutcome,
};
use crate::mqtt::{Qos, TopicFilter, TopicName, Version};

use super::exit::{self, Outcome};
use super::output::Trace;
use super::receive::{Notice, Reader};
use super::session::{Session, in_options, sleep_until};
use super::subscribe_args::{SubscribeArgs, SubscribeJob};
use super::terminal::{StopSignal, confirm};

/// How many retained messages are being cleared at the same time.
const MAX_CLEARING: usize = 50;

/// How long the end may take when nobody reads the output or the broker is silent.
const END_LIMIT: Duration = Duration::from_secs(2);

/// Runs `canopy sub`.
pub fn run(args: &SubscribeArgs) -> ExitCode {
    let job = match args.job(confirm) {
        Ok(job) => job,
        Err(err) => return Outcome::error(err).report(false),
    };
    let quiet = job.quiet;
    job.connect.say_notes(quiet);
    let outcome = match super::runtime() {
        Ok(runtime) => {
            let outcome = runtime.block_on(subscribe(runtime.handle(), job));
            runtime.shutdown_background();
            outcome
        }
        Err(outcome) => outcome,
    };
    outcome.report(quiet)
}

async fn subscribe(runtime: &RuntimeHandle, job: SubscribeJob) -> Outcome {
    let stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(err) => return Outcome::error(format!("This system allows no signal handler: {err}.")),
    };
    let profile = &job.connect.config.profile;
    // As in mosquitto's client, a stop from outside leaves the will to the broker in MQTT 5.
    let farewell = match profile.version {
        Version::V5 if profile.will.enabled => Command::Drop,
        _ => Command::Disconnect,
    };
    let version = profile.version;
    let acknowledges = job.connect.extras.acknowledge_by_hand;
    let (session, captures) = Session::open(runtime, job.connect.config, job.connect.extras);
    let trace = (job.selection.trace).then(|| Trace::new(session.client_id(), version));
    let (notices_out, notices) = mpsc::channel(64);
    let selection = Some(job.selection);
    let mut reader = Reader::new(captures, selection, trace, notices_out);
    if acknowledges {
        reader = reader.acknowledging();
    }
    if let Err(err) = reader.spawn() {
        return Outcome::error(format!("This system gives Canopy no thread: {err}."));
    }
    let follower = Follower {
        session,
        notices,
        unanswered: job.filters,
        unsubscribe: job.unsubscribe,
        exit_after_subscribe: job.exit_after_subscribe,
        quiet: job.quiet,
        any_granted: false,
        was_connected: false,
        cleared: 0,
        clearing: 0,
        is_ending: false,
        trouble: None,
        farewell,
    };
    follower.run(stop, job.timeout).await
}

/// Follows one subscriber's connection.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each asked for on its own"
)]
struct Follower {
    session: Session,
    notices: mpsc::Receiver<Notice>,
    /// Filters whose SUBACK is still to come.
    unanswered: Vec<TopicFilter>,
    unsubscribe: Vec<TopicFilter>,
    exit_after_subscribe: bool,
    quiet: bool,
    any_granted: bool,
    was_connected: bool,
    /// Publishes that clear retained messages: all of them, and those not yet acknowledged.
    cleared: u64,
    clearing: usize,
    /// Why the connection is down, as it was said last.
    trouble: Option<String>,
    /// There was enough; only acknowledgements are waited for.
    is_ending: bool,
    /// How the connection ends when somebody stops the program.
    farewell: Command,
}

impl Follower {
    async fn run(mut self, stop: StopSignal, timeout: Option<Duration>) -> Outcome {
        let (outcome, farewell) = self.follow(stop, timeout).await;
        let Self {
            mut session,
            mut notices,
            ..
        } = self;
        let end = async {
            session.end(farewell).await;
            // The reader lets go of its end once everything was printed.
            while notices.recv().await.is_some() {}
        };
        // Whoever does not read the output in time does not get the rest of it.
        tokio::time::timeout(END_LIMIT, end).await.ok();
        outcome
    }

    async fn follow(
        &mut self,
        mut stop: StopSignal,
        timeout: Option<Duration>,
    ) -> (Outcome, Command) {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            if self.is_ending && self.clearing == 0 {
                return (Outcome::SUCCESS, Command::Disconnect);
            }
            let has_room = self.clearing < MAX_CLEARING;
            tokio::select! {
                event = self.session.next_event() => {
                    if let Some(outcome) = self.on_event(event).await {
                        return (outcome, Command::Disconnect);
                    }
                }
                Some(notice) = self.notices.recv(), if has_room => self.on_notice(notice).await,
                () = stop.requested() => return (Outcome::SUCCESS, self.farewell.clone()),
                () = sleep_until(deadline) => {
                    let message = "The time given with -W is over.";
                    return (Outcome::new(exit::TIMED_OUT, message), self.farewell.clone());
                }
            }
        }
    }

    async fn on_event(&mut self, event: Event) -> Option<Outcome> {
        match event {
            Event::State(State::Connected { .. }) => {
                self.was_connected = true;
                self.trouble = None;
                for filter in std::mem::take(&mut self.unsubscribe) {
                    self.session.send(Command::Unsubscribe(filter)).await;
                }
            }
            Event::State(State::Waiting { failure, .. }) => {
                if !self.session.may_retry(&failure, self.was_connected) {
                    return Some(self.session.outcome(&failure, self.was_connected));
                }
                self.say_trouble(&failure);
            }
            Event::State(State::Ended(Some(failure))) => {
                return Some(self.session.outcome(&failure, self.was_connected));
            }
            Event::Subscription(filter, outcome) => return self.on_answer(&filter, &outcome),
            Event::Publish(_, step) if step.is_final(Qos::AtLeastOnce) => {
                self.clearing = self.clearing.saturating_sub(1);
            }
            _ => {}
        }
        None
    }

    /// With `-E` the last answer ends the program; so does a refusal of everything, as in mosquitto's client.
    fn on_answer(&mut self, filter: &TopicFilter, outcome: &SubscribeOutcome) -> Option<Outcome> {
        match outcome {
            SubscribeOutcome::Granted(_) => self.any_granted = true,
            SubscribeOutcome::Refused(reason, words) => {
                let words = words
                    .as_deref()
                    .map(|it| format!(" ({it})"))
                    .unwrap_or_default();
                self.say(&format!(
                    "The broker refused the subscription to {filter}: {}{words}. {}",
                    reason.name(),
                    reason.suback_meaning()
                ));
            }
            SubscribeOutcome::Pending
            | SubscribeOutcome::Unanswered
            | SubscribeOutcome::Removed => return None,
        }
        let waited = !self.unanswered.is_empty();
        self.unanswered.retain(|waiting| waiting != filter);
        let is_last = waited && self.unanswered.is_empty();
        (is_last && (self.exit_after_subscribe || !self.any_granted)).then_some(Outcome::SUCCESS)
    }

    async fn on_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Enough | Notice::OutputClosed => self.is_ending = true,
            Notice::Clear(topic) => self.clear(topic).await,
            Notice::Acknowledge(id, qos) => {
                self.session.send(Command::Acknowledge(id, qos)).await;
            }
        }
    }

    async fn clear(&mut self, topic: TopicName) {
        self.cleared += 1;
        let message = Outgoing {
            topic,
            payload: Bytes::new(),
            qos: Qos::AtLeastOnce,
            retain: true,
            properties: None,
        };
        let command = Command::Publish(PublishId(self.cleared), message);
        if self.session.send(command).await {
            self.clearing += 1;
        }
    }

    /// Once for as long as it stays the same, as attempts follow every second.
    fn say_trouble(&mut self, failure: &Failure) {
        let trouble = format!("{} Trying again.", in_options(failure));
        if self.trouble.as_ref() != Some(&trouble) {
            self.say(&trouble);
            self.trouble = Some(trouble);
        }
    }

    fn say(&self, message: &str) {
        if !self.quiet {
            super::complain(message);
        }
    }
}
