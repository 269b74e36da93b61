//! One connection followed to its end: waiting for events, telling a refused connection from a lost one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::client::{
    Captures, Command, CommandError, Config, Connection, Event, Failure, RuntimeHandle, State,
};
use crate::mqtt::Version;

use super::exit::{self, Outcome};

/// A connection whose events can be awaited.
pub struct Session {
    connection: Connection,
    wake: Arc<Notify>,
    version: Version,
    /// Set by whoever reads the captures, once CONNECT went out: then the broker was reached.
    reached: Arc<AtomicBool>,
    /// Events that came while a command was waiting.
    backlog: VecDeque<Event>,
}

impl Session {
    /// Starts connecting. Captures have to be read, or the connection stands still.
    pub fn open(runtime: &RuntimeHandle, config: Config) -> (Self, Captures) {
        let wake = Arc::new(Notify::new());
        let version = config.profile.version;
        let waker = Arc::clone(&wake);
        let (connection, captures) =
            Connection::open(runtime, config, Arc::new(move || waker.notify_one()));
        let session = Self {
            connection,
            wake,
            version,
            reached: Arc::default(),
            backlog: VecDeque::new(),
        };
        (session, captures)
    }

    /// Where the reader of the captures notes that CONNECT went out.
    pub fn reached(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.reached)
    }

    /// The client id in use.
    pub fn client_id(&self) -> &str {
        self.connection.client_id()
    }

    /// Waits for the next event. May be dropped and asked again without losing one.
    pub async fn next_event(&mut self) -> Event {
        loop {
            let event = self.backlog.pop_front();
            if let Some(event) = event.or_else(|| self.connection.next_event()) {
                return event;
            }
            self.wake.notified().await;
        }
    }

    /// Hands over a command, waiting while the queue is full. `false` when the connection has ended.
    pub async fn send(&mut self, command: Command) -> bool {
        loop {
            match self.connection.send(command.clone()) {
                Ok(()) => return true,
                Err(CommandError::Ended) => return false,
                Err(CommandError::Busy) => self.make_room().await,
            }
        }
    }

    /// Keeps events for later, so that the connection can go on and take the next command.
    async fn make_room(&mut self) {
        while let Some(event) = self.connection.next_event() {
            self.backlog.push_back(event);
        }
        // Taking a command makes no event of its own, so look again soon.
        let soon = Duration::from_millis(5);
        tokio::time::timeout(soon, self.wake.notified()).await.ok();
    }

    /// Ends with `command` and waits for the end.
    pub async fn end(&mut self, command: Command) {
        if !self.send(command).await {
            return;
        }
        while !matches!(self.connection.state(), State::Ended(_)) {
            self.next_event().await;
        }
    }

    /// Why the connection is down, if it is.
    pub fn failure(&self) -> Option<Failure> {
        match self.connection.state() {
            State::Waiting { failure, .. } | State::Ended(Some(failure)) => Some(failure),
            _ => None,
        }
    }

    /// How a failure ends the program, as mosquitto's clients end: the code of a refused CONNACK, 7 for a lost
    /// connection, 1 for a broker that was not reached.
    pub fn outcome(&self, failure: &Failure, was_connected: bool) -> Outcome {
        let code = match failure.reason {
            Some(reason) if !was_connected => exit::refused(self.version, reason),
            _ if was_connected || self.reached.load(Ordering::Relaxed) => exit::LOST,
            _ => exit::ERROR,
        };
        Outcome::new(code, failure)
    }

    /// Whether trying again may help: a refusal is for good, and so is a broker that was never reached.
    pub fn may_retry(&self, failure: &Failure, was_connected: bool) -> bool {
        let is_refusal = failure.reason.is_some() && !was_connected;
        !is_refusal && (was_connected || self.reached.load(Ordering::Relaxed))
    }
}
