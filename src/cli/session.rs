//! One connection followed to its end: waiting for events, telling a refused connection from a lost one.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::{
    Captures, Command, Config, Connection, DialError, Event, Extras, Failure, RuntimeHandle, State,
    Step,
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
        let dialing = self.dial_code().filter(|_| !was_connected);
        let code = match failure.reason {
            Some(reason) if !was_connected => exit::refused(self.version, reason),
            _ => dialing.unwrap_or(if was_connected || self.connection.was_reached() {
                exit::LOST
            } else {
                exit::ERROR
            }),
        };
        Outcome::new(code, in_options(failure))
    }

    /// The code for a way to the broker that did not come about; `None` when it did, or when nothing was tried. A port
    /// without TLS behind it has a code of its own, as with mosquitto's clients.
    fn dial_code(&self) -> Option<u8> {
        let report = self.connection.dial_report();
        let last = report.steps.last()?;
        Some(match last.outcome.as_ref().err()? {
            DialError::NotTls(_)
            | DialError::Closed(Step::Tls)
            | DialError::Lost {
                step: Step::Tls, ..
            } => exit::TLS,
            _ => exit::ERROR,
        })
    }

    /// Whether trying again may help: a refusal is for good, and so is a broker that was never reached.
    pub fn may_retry(&self, failure: &Failure, was_connected: bool) -> bool {
        let is_refusal = failure.reason.is_some() && !was_connected;
        let is_reached = self.connection.was_reached() && self.dial_code().is_none();
        !is_refusal && (was_connected || is_reached)
    }
}

/// A failure in the words of a command line, which has options where the window has a profile.
pub fn in_options(failure: &Failure) -> Failure {
    let cure = match failure.reason.map(|reason| reason.0) {
        Some(0x84) => "Choose another version with -V.".to_owned(),
        Some(0x85) => "Choose another client id with -i.".to_owned(),
        Some(0x86) => "Check -u and -P.".to_owned(),
        _ => options_for(&failure.cure),
    };
    Failure {
        what: failure.what.replace("this profile", "this command"),
        cure,
        ..failure.clone()
    }
}

/// What the window calls its fields, and the options for them.
const OPTIONS: [(&str, &str); 20] = [
    (
        "enter that as the server name, or trust exactly this certificate",
        "give it with --server-name, or trust exactly this certificate with --fingerprint",
    ),
    (
        "enter that as the server name",
        "give it with --server-name",
    ),
    (
        "Choose the authority's certificate as CA file in the profile, or trust exactly this certificate",
        "Give the authority's certificate with --cafile, or trust exactly this certificate with --fingerprint",
    ),
    (
        "Choose it as CA file in the profile, or trust exactly this certificate",
        "Give it with --cafile, or trust exactly this certificate with --fingerprint",
    ),
    (
        "or choose the authority's file in the profile",
        "or give the authority's file with --cafile",
    ),
    (
        "Choose the certificate and its key in the profile",
        "Give the certificate and its key with --cert and --key",
    ),
    (
        "Choose another certificate in the profile",
        "Give another certificate with --cert and --key",
    ),
    (
        "Choose WebSocket over TLS in the profile",
        "Choose WebSocket over TLS with --ws and --cafile",
    ),
    (
        "Choose WebSocket in the profile",
        "Choose WebSocket with --ws",
    ),
    (
        "Choose TLS in the profile",
        "Choose TLS with --cafile or --tls-use-os-certs",
    ),
    (
        "Choose TCP in the profile",
        "Leave out --cafile and the other options that choose TLS or WebSocket",
    ),
    (
        "Choose the Unix socket in the profile",
        "Choose it with --unix",
    ),
    ("as the server name in the profile", "with --server-name"),
    ("as server name in the profile", "with --server-name"),
    ("ALPN in the profile", "--tls-alpn"),
    (
        "topic alias maximum in the profile",
        "topic alias maximum (-D connect topic-alias-maximum)",
    ),
    ("proxy in the profile", "proxy in --proxy"),
    ("headers in the profile", "headers in --ws-header"),
    (
        "Enter the passphrase of the key.",
        "Give the passphrase of the key in CANOPY_KEY_PASSPHRASE or with --key-passphrase-file.",
    ),
    (
        "Enter the right passphrase of the key.",
        "Give the right passphrase of the key in CANOPY_KEY_PASSPHRASE or with --key-passphrase-file.",
    ),
];

fn options_for(cure: &str) -> String {
    OPTIONS
        .iter()
        .fold(cure.to_owned(), |cure, (field, option)| {
            cure.replace(field, option)
        })
        .replace(" in the profile", "")
}

/// Waits until then, or for ever.
pub async fn sleep_until(then: Option<Instant>) {
    match then {
        Some(then) => tokio::time::sleep_until(then).await,
        None => std::future::pending().await,
    }
}
