//! What happened since the last frame: finished jobs, and events of the open connections.

use crate::client::{Event, Failure, PublishId, PublishStep, State, SubscribeOutcome};
use crate::payload::format;
use crate::profile::ProfileId;

use super::super::action::{Action, Level, TabAction};
use super::super::jobs::Done;
use super::super::session::Session;
use super::super::words::broker_says;
use super::App;

/// Events taken in one frame, of all connections together; the rest waits for the next one.
const EVENTS_PER_FRAME: usize = 4_096;

impl App {
    /// Takes what background jobs brought.
    pub(super) fn take_jobs(&mut self, context: &egui::Context) {
        while let Some(done) = self.jobs.next() {
            match done {
                Done::BrokerStarted {
                    result,
                    credentials,
                    with_demo,
                } => {
                    self.broker_started(result, credentials, with_demo);
                }
                Done::BrokerStopped { start_again } => self.broker_stopped(start_again),
                Done::SecretsFound(id, number, found) => self.lookup_ended(&id, number, found),
                Done::ReadyToExamine(config, missing) => {
                    if self.data.lookups.end_test(&config.profile.id) {
                        self.begin_examination(*config, missing);
                    }
                }
                Done::SecretKept(key, result) => self.secret_kept(&key, result),
                Done::KeyringLookedFor(result) => self.keyring_looked_for(result),
                Done::RetainedFound(profile, model, found) => {
                    self.retained_found(&profile, &model, found);
                }
                Done::RetainedChecked(done) => self.retained_checked(*done),
                Done::Nothing => {}
                Done::Imported(kept) => self.imported(*kept),
                Done::CertificatesDeleted(result) => {
                    if let Err(err) = result {
                        self.say(Level::Warning, "Canopy", err.to_string(), None);
                    }
                }
                Done::BranchesGathered(id, paths) => self.branches_gathered(id, paths),
                Done::SchemasRead(id, number, schemas) => self.schemas_read(&id, number, schemas),
                Done::Saved(errors) => self.saved(errors),
            }
            context.request_repaint();
        }
    }

    /// Takes what happened to the connections, from each its share.
    pub(super) fn take_events(&mut self) {
        self.see_off();
        let ids = self.data.open.ids();
        let share = EVENTS_PER_FRAME / ids.len().max(1);
        for id in ids {
            self.take_events_of(&id, share);
        }
    }

    fn take_events_of(&mut self, id: &ProfileId, most: usize) {
        for taken in 0.. {
            let Some(session) = self.data.open.get_mut(Some(id)) else {
                return;
            };
            if taken == most {
                self.jobs.wake()();
                break;
            }
            let Some((at, event)) = session.live.next_timed_event() else {
                break;
            };
            session.take(&event, at);
            self.report(id, &event);
            if matches!(event, Event::Subscription(..)) {
                self.settle_subscriptions(id);
            }
        }
        self.go_on_clearing(id);
    }

    /// Writes an event of this connection to the log, and shows as a toast what must not be missed.
    pub(super) fn report(&mut self, id: &ProfileId, event: &Event) {
        let Some(session) = self.data.open.get(Some(id)) else {
            return;
        };
        let name = session.profile.name.clone();
        match event {
            Event::State(State::Connected {
                session_present, ..
            }) => {
                self.data.failures.remove(id);
                let session = if *session_present {
                    "the session was resumed"
                } else {
                    "a new session"
                };
                self.note(Level::Success, &name, format!("Connected, {session}"));
            }
            Event::State(State::Waiting { failure, .. }) => {
                self.note_failure(id, &name, failure, Level::Warning);
            }
            Event::State(State::Ended(Some(failure))) => {
                let reopens = session.reopens;
                self.note_failure(id, &name, failure, Level::Error);
                if !reopens {
                    self.explain_certificate(id, failure);
                }
            }
            Event::State(State::Ended(None)) => {
                self.note(Level::Info, &name, "Disconnected".to_owned());
            }
            Event::State(State::Connecting { attempt }) if *attempt > 1 => {
                self.note(Level::Info, &name, format!("Connecting, attempt {attempt}"));
            }
            Event::Subscription(filter, outcome) => {
                self.report_subscription(&name, filter.as_str(), outcome);
            }
            Event::Note(text) => self.note(Level::Info, &name, text.clone()),
            Event::Publish(publish, step) => self.report_publish(id, *publish, step),
            Event::State(_) | Event::Granted(_) | Event::PingRoundTrip(_) => {}
        }
    }

    /// A connection failed. Where nobody looks at it, a toast says so the first time.
    fn note_failure(&mut self, id: &ProfileId, name: &str, failure: &Failure, level: Level) {
        let is_new = self.data.failures.insert(id.clone(), failure.clone());
        let is_new = is_new.is_none() && !self.is_visible(id);
        self.forget_wrong_secret(id, failure);
        if is_new && self.data.open.all().len() > 1 {
            let offer = Some(("Show", Action::Tab(TabAction::Show(id.clone()))));
            self.say(level, name, failure.to_string(), offer);
        } else {
            self.note(level, name, failure.to_string());
        }
    }

    fn report_subscription(&mut self, name: &str, filter: &str, outcome: &SubscribeOutcome) {
        match outcome {
            SubscribeOutcome::Granted(qos) => {
                self.note(
                    Level::Success,
                    name,
                    format!("Subscribed to {filter} with QoS {qos}"),
                );
            }
            SubscribeOutcome::Refused(reason, words) => {
                let words = broker_says(words.as_deref());
                let text = format!(
                    "The broker refused {filter}: {}{words}",
                    reason.suback_meaning()
                );
                self.note(Level::Warning, name, text.clone());
                self.views.toasts.push_refused(
                    name,
                    filter,
                    format!("{name}: {text}"),
                    crate::client::now(),
                );
            }
            SubscribeOutcome::Removed => {
                self.note(Level::Info, name, format!("Unsubscribed from {filter}"));
            }
            // what the connection ended with names it
            SubscribeOutcome::Pending | SubscribeOutcome::Unanswered => {}
        }
    }

    /// A publish that went wrong must not be missed, wherever the user looks.
    fn report_publish(&mut self, of: &ProfileId, id: PublishId, step: &PublishStep) {
        let Some(session) = self.data.open.get(Some(of)) else {
            return;
        };
        if let Some(text) = trouble(session, id, step) {
            let name = session.profile.name.clone();
            self.say(Level::Error, &name, text, None);
        }
    }
}

/// What went wrong with a publish, in words; `None` when nothing did, or when the next connection tries it again.
pub(super) fn trouble(session: &Session, id: PublishId, step: &PublishStep) -> Option<String> {
    let record = session.publish(id)?;
    let message = format!(
        "{} ({})",
        record.topic,
        format::format_bytes(record.size as u64)
    );
    match step {
        PublishStep::Refused(reason, words) => {
            let words = broker_says(words.as_deref());
            let why = reason.publish_meaning();
            Some(format!("{message} was refused: {why}{words}"))
        }
        PublishStep::Failed(why) => Some(format!("{message} was not published: {why}")),
        PublishStep::Queued | PublishStep::Sent | PublishStep::Received | PublishStep::Done(_) => {
            None
        }
    }
}
