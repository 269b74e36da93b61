//! One connection followed to its end: waiting for events, telling a refused connection from a lost one.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::{
    Captures, Command, Config, Connection, Event, Extras, Failure, RuntimeHandle, State,
};
use crate::mqtt::Version;

use super::exit::{self, Outcome};

/// The pause before a lost connection is tried again, also after many failures.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// A connection and what is known of its fate.
pub struct Session {
    connection: Connection,
    version: Version,
    /// When a lost connection is tried again at the latest.
    retry_at: Option<Instant>,
}

impl Session {
    /// Starts connecting. Captures have to be read, or the connection stands still.
    pub fn open(runtime: &RuntimeHandle, config: Config, extras: Extras) -> (Self, Captures) {
        let version = config.profile.version;
        // Events are awaited, so that nobody has to be woken.
        let wake = Arc::new(|| {});
        let (connection, captures) = Connection::open_with(runtime, config, extras, wake);
        let session = Self {
            connection,
            version,
            retry_at: None,
        };
        (session, captures)
    }

    /// The client id in use.
    pub fn client_id(&self) -> &str {
        self.connection.client_id()
    }

    /// Waits for the next event; for ever after the last one. May be dropped and asked again without losing one. A lost
    /// connection is tried again every second, as mosquitto's clients do.
    pub async fn next_event(&mut self) -> Event {
        loop {
            tokio::select! {
                event = self.connection.event() => match event {
                    Some(event) => {
                        self.note_waiting(&event);
                        return event;
                    }
                    None => std::future::pending().await,
                },
                () = sleep_until(self.retry_at) => {
                    self.retry_at = None;
                    // It may have connected in this moment, or ended; then there is nothing to hurry.
                    self.connection.send(Command::ReconnectNow).ok();
                }
            }
        }
    }

    fn note_waiting(&mut self, event: &Event) {
        if let Event::State(state) = event {
            let is_waiting = matches!(state, State::Waiting { .. });
            self.retry_at = is_waiting.then(|| Instant::now() + RETRY_PAUSE);
        }
    }

    /// Hands over a command, waiting while the queue is full. `false` when the connection has ended.
    pub async fn send(&mut self, command: Command) -> bool {
        self.connection.send_waiting(command).await.is_ok()
    }

    /// Ends with `command` and waits for the end.
    pub async fn end(&mut self, command: Command) {
        if self.send(command).await {
            while self.connection.event().await.is_some() {}
        }
    }

    /// Waits for the connection to fail, and says why.
    pub async fn failure(&mut self) -> Failure {
        loop {
            if let Event::State(State::Ended(Some(failure))) = self.next_event().await {
                return failure;
            }
        }
    }

    /// How a failure ends the program, as mosquitto's clients end: the code of a refused CONNACK, 7 for a lost
    /// connection, 1 for a broker that was not reached.
    pub fn outcome(&self, failure: &Failure, was_connected: bool) -> Outcome {
        let code = match failure.reason {
            Some(reason) if !was_connected => exit::refused(self.version, reason),
            _ if was_connected || self.connection.was_reached() => exit::LOST,
            _ => exit::ERROR,
        };
        Outcome::new(code, in_options(failure))
    }

    /// Whether trying again may help: a refusal is for good, and so is a broker that was never reached.
    pub fn may_retry(&self, failure: &Failure, was_connected: bool) -> bool {
        let is_refusal = failure.reason.is_some() && !was_connected;
        !is_refusal && (was_connected || self.connection.was_reached())
    }
}

/// A failure in the words of a command line, which has options where the window has a profile.
pub fn in_options(failure: &Failure) -> Failure {
    let cure = match failure.reason.map(|reason| reason.0) {
        Some(0x84) => "Choose another version with -V.".to_owned(),
        Some(0x85) => "Choose another client id with -i.".to_owned(),
        Some(0x86) => "Check -u and -P.".to_owned(),
        _ => failure.cure.replace(" in the profile", ""),
    };
    Failure {
        cure,
        ..failure.clone()
    }
}

/// Waits until then, or for ever.
pub async fn sleep_until(then: Option<Instant>) {
    match then {
        Some(then) => tokio::time::sleep_until(then).await,
        None => std::future::pending().await,
    }
}
