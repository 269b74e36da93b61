//! `canopy pub`: publishes, waits for every acknowledgement, says goodbye.

use std::io::{BufRead, Read};
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::client::{Command, Event, Outgoing, PublishId, PublishStep, RuntimeHandle, State};

use super::exit::Outcome;
use super::output::Trace;
use super::publish_args::{PublishArgs, PublishJob, Source};
use super::receive::Reader;
use super::session::Session;
use super::terminal::confirm;

/// How long a failed message waits for the connection to end and to say why.
const END_LIMIT: Duration = Duration::from_millis(500);

/// Why a message was not sent, unless the connection itself says it better.
const UNSENT: &str = "The connection ended before the message was sent. Connect again.";

/// Runs `canopy pub`.
pub fn run(args: &PublishArgs) -> ExitCode {
    let job = match args.job(confirm) {
        Ok(job) => job,
        Err(err) => return Outcome::error(err).report(false),
    };
    let quiet = job.quiet;
    job.connect.say_notes(quiet);
    let outcome = match (Feed::open(&job), super::runtime()) {
        (Ok(feed), Ok(runtime)) => {
            let outcome = runtime.block_on(publish(runtime.handle(), job, feed));
            runtime.shutdown_background();
            outcome
        }
        (Err(outcome), _) | (_, Err(outcome)) => outcome,
    };
    outcome.report(quiet)
}

/// Where the next payload comes from.
enum Feed {
    /// The same payload, so many more times, the next one not before `due`.
    Repeat {
        payload: Bytes,
        left: u64,
        delay: Duration,
        due: Option<Instant>,
    },
    /// Lines of standard input, read by a thread.
    Lines(mpsc::Receiver<Bytes>),
}

impl Feed {
    fn open(job: &PublishJob) -> Result<Self, Outcome> {
        let payload = match &job.source {
            Source::Lines => return lines().map(Self::Lines),
            Source::Bytes(bytes) => bytes.clone(),
            Source::File(path) => std::fs::read(path).map(Bytes::from).map_err(|err| {
                Outcome::error(format!(
                    "{} cannot be read: {err}. Check the path.",
                    path.display()
                ))
            })?,
            Source::Input => whole_input()?,
        };
        Ok(Self::Repeat {
            payload,
            left: job.repeat,
            delay: job.repeat_delay,
            due: None,
        })
    }

    /// How many messages may wait for their acknowledgement.
    fn window(&self, max_inflight: u16) -> usize {
        match self {
            Self::Repeat { .. } => 1,
            Self::Lines(_) => usize::from(max_inflight),
        }
    }

    /// The next payload; `None` at the end. May be dropped and asked again.
    async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::Lines(lines) => lines.recv().await,
            Self::Repeat { left: 0, .. } => None,
            Self::Repeat {
                payload,
                left,
                delay,
                due,
            } => {
                if let Some(due) = *due {
                    tokio::time::sleep_until(due).await;
                }
                *left -= 1;
                *due = Some(Instant::now() + *delay);
                Some(payload.clone())
            }
        }
    }
}

fn whole_input() -> Result<Bytes, Outcome> {
    let mut payload = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut payload)
        .map_err(|err| Outcome::error(format!("Standard input cannot be read: {err}.")))?;
    Ok(payload.into())
}

/// Lines of standard input without their line ends; the last one need not have any.
fn lines() -> Result<mpsc::Receiver<Bytes>, Outcome> {
    let (sender, receiver) = mpsc::channel(64);
    let read = move || {
        let mut input = std::io::stdin().lock();
        let mut line = Vec::new();
        while matches!(input.read_until(b'\n', &mut line), Ok(1..)) {
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            if sender.blocking_send(Bytes::copy_from_slice(text)).is_err() {
                return;
            }
            line.clear();
        }
    };
    let thread = std::thread::Builder::new()
        .name("lines".to_owned())
        .spawn(read);
    match thread {
        Ok(_runs_until_the_input_ends) => Ok(receiver),
        Err(err) => Err(Outcome::error(format!(
            "This system gives Canopy no thread: {err}."
        ))),
    }
}

async fn publish(runtime: &RuntimeHandle, job: PublishJob, feed: Feed) -> Outcome {
    let (session, captures) = {
        let connect = &job.connect;
        Session::open(runtime, connect.config.clone(), connect.extras.clone())
    };
    let trace = job
        .trace
        .then(|| Trace::new(session.client_id(), job.connect.config.profile.version));
    // A publisher's reader has no news, so that nobody listens for them.
    let (notices, mut reader_ended) = mpsc::channel(1);
    let reader = Reader::new(captures, None, trace, notices);
    if let Err(err) = reader.spawn() {
        return Outcome::error(format!("This system gives Canopy no thread: {err}."));
    }
    let mut publisher = Publisher {
        session,
        job,
        is_connected: false,
        was_connected: false,
        sent: 0,
        outstanding: 0,
        failed: None,
    };
    let outcome = publisher.follow(feed).await;
    publisher.session.end(Command::Disconnect).await;
    drop(publisher);
    while reader_ended.recv().await.is_some() {}
    outcome
}

/// Publishes what a feed gives over one connection.
struct Publisher {
    session: Session,
    job: PublishJob,
    is_connected: bool,
    was_connected: bool,
    sent: u64,
    outstanding: usize,
    failed: Option<String>,
}

impl Publisher {
    async fn follow(&mut self, mut feed: Feed) -> Outcome {
        let window = feed.window(self.job.max_inflight);
        let mut is_exhausted = false;
        loop {
            if is_exhausted && self.outstanding == 0 {
                return self.finished().await;
            }
            let may_send = self.is_connected && !is_exhausted && self.outstanding < window;
            tokio::select! {
                event = self.session.next_event() => {
                    if let Some(outcome) = self.on_event(event) {
                        return outcome;
                    }
                }
                payload = feed.next(), if may_send => match payload {
                    Some(payload) => self.send(payload).await,
                    None => is_exhausted = true,
                },
            }
        }
    }

    /// A message that failed has failed for a reason, which the end of the connection tells, if that is it.
    async fn finished(&mut self) -> Outcome {
        let Some(why) = self.failed.take() else {
            return Outcome::SUCCESS;
        };
        match tokio::time::timeout(END_LIMIT, self.session.failure()).await {
            Ok(failure) => self.session.outcome(&failure, self.was_connected),
            Err(_still_connected) => Outcome::error(why),
        }
    }

    async fn send(&mut self, payload: Bytes) {
        self.sent += 1;
        let message = Outgoing {
            topic: self.job.topic.clone(),
            payload,
            qos: self.job.qos,
            retain: self.job.retain,
            properties: self.job.properties(),
        };
        let command = Command::Publish(PublishId(self.sent), message);
        if self.session.send(command).await {
            self.outstanding += 1;
        } else {
            self.failed = Some(UNSENT.to_owned());
        }
    }

    fn on_event(&mut self, event: Event) -> Option<Outcome> {
        match event {
            Event::State(State::Connected { .. }) => {
                self.is_connected = true;
                self.was_connected = true;
            }
            Event::State(State::Waiting { failure, .. }) => {
                self.is_connected = false;
                if !self.session.may_retry(&failure, self.was_connected) {
                    return Some(self.session.outcome(&failure, self.was_connected));
                }
            }
            Event::State(State::Ended(Some(failure))) => {
                return Some(self.session.outcome(&failure, self.was_connected));
            }
            Event::Publish(id, step) if step.is_final(self.job.qos) => self.on_end(id, step),
            _ => {}
        }
        None
    }

    fn on_end(&mut self, id: PublishId, step: PublishStep) {
        self.outstanding = self.outstanding.saturating_sub(1);
        match step {
            PublishStep::Failed(why) => self.failed = Some(why),
            PublishStep::Refused(reason, words) if !self.job.quiet => {
                let words = words.map(|words| format!(" ({words})")).unwrap_or_default();
                super::complain(&format!(
                    "The broker refused message {}: {}{words}. {}",
                    id.0,
                    reason.name(),
                    reason.publish_meaning()
                ));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> PublishJob {
        let line = ["canopy", "pub", "-t", "a", "-m", "x"];
        let invocation = crate::cli::parse_from(line.map(Into::into).to_vec());
        let Ok(crate::cli::Invocation::Terminal(command)) = invocation else {
            panic!("not a command");
        };
        match command.0 {
            crate::cli::TerminalArgs::Pub(args) => args.job(|_| false).expect("fits"),
            _ => panic!("not pub"),
        }
    }

    #[tokio::test]
    async fn a_message_that_found_no_connection_has_failed() {
        let job = job();
        let connect = &job.connect;
        let runtime = RuntimeHandle::current();
        let (mut session, _captures) =
            Session::open(&runtime, connect.config.clone(), connect.extras.clone());
        session.end(Command::Disconnect).await;
        let mut publisher = Publisher {
            session,
            job,
            is_connected: true,
            was_connected: true,
            sent: 0,
            outstanding: 0,
            failed: None,
        };
        publisher.send("x".into()).await;
        assert_eq!(publisher.outstanding, 0);
        assert_eq!(publisher.finished().await, Outcome::error(UNSENT));
    }
}
