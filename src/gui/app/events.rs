//! What happened since the last frame: finished jobs, and events of the open connection.

use crate::client::{Event, PublishId, PublishStep, State, SubscribeOutcome};
use crate::payload::format;

use super::super::action::Level;
use super::super::jobs::Done;
use super::super::session::Session;
use super::super::words::broker_says;
use super::App;

/// Events taken in one frame; the rest waits for the next one.
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
                Done::SecretsFound(id, found) => self.secrets_found(&id, found),
                Done::ReadyToExamine(config, missing) => self.begin_examination(*config, missing),
                Done::SecretKept(key, result) => self.secret_kept(&key, result),
                Done::RetainedFound(profile, topics) => self.retained_found(&profile, topics),
                Done::Saved(errors) => self.saved(errors),
            }
            context.request_repaint();
        }
    }

    /// Takes what happened to the connection.
    pub(super) fn take_events(&mut self) {
        for taken in 0.. {
            let Some(session) = &mut self.data.session else {
                return;
            };
            if taken == EVENTS_PER_FRAME {
                self.jobs.wake()();
                break;
            }
            let Some((at, event)) = session.live.next_timed_event() else {
                break;
            };
            session.take(&event, at);
            self.report(&event);
        }
        if let Some(session) = &mut self.data.session {
            session.send_clears();
        }
    }

    /// Writes an event to the log, and shows as a toast what must not be missed.
    pub(super) fn report(&mut self, event: &Event) {
        let Some(session) = &self.data.session else {
            return;
        };
        let name = session.profile.name.clone();
        let id = session.profile.id.clone();
        match event {
            Event::State(State::Connected {
                session_present, ..
            }) => {
                self.data.failures.remove(&id);
                let session = if *session_present {
                    "the session was resumed"
                } else {
                    "a new session"
                };
                self.note(Level::Success, &name, format!("Connected, {session}"));
            }
            Event::State(State::Waiting { failure, .. }) => {
                self.data.failures.insert(id.clone(), failure.clone());
                self.forget_wrong_secret(&id, failure);
                self.note(Level::Warning, &name, failure.to_string());
            }
            Event::State(State::Ended(Some(failure))) => {
                self.data.failures.insert(id.clone(), failure.clone());
                self.forget_wrong_secret(&id, failure);
                self.explain_certificate(&id, failure);
                self.note(Level::Error, &name, failure.to_string());
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
            Event::Publish(id, step) => self.report_publish(*id, step),
            Event::State(_) | Event::Granted(_) | Event::PingRoundTrip(_) => {}
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
                self.say(Level::Warning, name, text, None);
            }
            SubscribeOutcome::Removed => {
                self.note(Level::Info, name, format!("Unsubscribed from {filter}"));
            }
            // what the connection ended with names it
            SubscribeOutcome::Pending | SubscribeOutcome::Unanswered => {}
        }
    }

    /// A publish that went wrong must not be missed, wherever the user looks.
    fn report_publish(&mut self, id: PublishId, step: &PublishStep) {
        let Some(session) = &self.data.session else {
            return;
        };
        let name = session.profile.name.clone();
        if Session::is_clear(id) {
            return self.report_clear(&name, step);
        }
        let Some(record) = session.publish(id) else {
            return;
        };
        let message = format!(
            "{} ({})",
            record.topic,
            format::format_bytes(record.size as u64)
        );
        match step {
            PublishStep::Refused(reason, words) => {
                let words = broker_says(words.as_deref());
                let text = format!("{message} was refused: {}{words}", reason.publish_meaning());
                self.say(Level::Error, &name, text, None);
            }
            PublishStep::Failed(why) => {
                self.say(
                    Level::Error,
                    &name,
                    format!("{message} was not published: {why}"),
                    None,
                );
            }
            PublishStep::Queued
            | PublishStep::Sent
            | PublishStep::Received
            | PublishStep::Done(_) => {}
        }
    }

    /// One sentence for however many clearing publishes went wrong: the same toast is not shown twice.
    fn report_clear(&mut self, name: &str, step: &PublishStep) {
        let why = match step {
            PublishStep::Refused(reason, _) => reason.publish_meaning().to_string(),
            PublishStep::Failed(why) => why.clone(),
            _ => return,
        };
        let text = format!("Retained messages could not be cleared: {why}");
        self.say(Level::Error, name, text, None);
    }
}
