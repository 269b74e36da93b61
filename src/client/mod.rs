//! One live connection: dialing, the byte tap, the session behind rumqttc, reconnecting, and reasons in plain words.
//!
//! [`Connection::open`] returns at once; everything happens in background tasks on the runtime it is given. What
//! was seen on the wire comes out of [`Captures`]; what happened to the connection comes out of
//! [`Connection::next_event`]. Both queues are bounded and push back to the socket.
//!
//! | file | what it does |
//! |---|---|
//! | `plan` | checks the profile |
//! | `dial/` | opens the byte stream: addresses, proxy, TLS, WebSocket |
//! | `tap`, `mask`, `batch`, `captures` | what is seen on it |
//! | `session`, `store`, `scram`, `poller` | rumqttc, for both protocol versions |
//! | `driver` | decides: connect, hand over, tell, end |
//! | `publishes`, `subscriptions`, `events`, `urgency`, `backoff` | what the driver keeps in mind |
//! | `failure` | from errors and reason codes to two sentences |
//! | `redelivery` | QoS 2 messages that come again |
//! | `retained_check` | asks on a short connection of its own what the broker retains |
//! | `doctor/` | tries a connection step by step, and says what is wrong with it |

mod backoff;
mod batch;
mod captures;
mod clock;
mod command;
mod dial;
pub mod doctor;
mod driver;
mod events;
mod failure;
mod mask;
mod plan;
mod poller;
mod publishes;
mod redelivery;
mod retained_check;
mod scram;
mod session;
mod state;
mod store;
mod subscriptions;
mod tap;
mod urgency;

pub use batch::{Batch, Captured, Direction};
pub use captures::Captures;
pub use clock::now;
pub use command::{Command, Outgoing, PublishId, SubscribeOptions};
pub use dial::{
    Alert, CertificateProblem, DialError, DialReport, FileProblem, PeerCertificate, ProxyError,
    Rejection, Speech, Step, StepReport, TlsFacts, WebSocketError,
};
pub use redelivery::Redelivery;
pub use retained_check::{CheckScope, RetainedOnes, check_retained};
pub use state::{Event, Failure, Granted, PublishStep, State, SubscribeOutcome};

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rand::distr::Alphanumeric;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::mqtt::{Properties, Timestamp};
use crate::profile::{Profile, Secret};

use captures::Link;
use driver::{Driver, Parts};
use events::Events;
use plan::Plan;
use poller::Poller;
use tap::{Setup, Tap};
use urgency::{Urgency, Urgent};

/// The handle of the tokio runtime that background tasks run on, under a name that other folders may use.
pub use tokio::runtime::Handle as RuntimeHandle;

/// Called from a background task when an event can be read; must be cheap (a window is asked to repaint). Packets
/// wake their reader by themselves: it waits in [`Captures::wait`].
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Commands that may wait between two looks of the driver.
const COMMANDS: usize = 1_024;

/// What a connection needs to know.
#[derive(Clone, Default)]
pub struct Config {
    /// The profile as it was when the user connected.
    pub profile: Profile,
    /// The password, if one is used.
    pub password: Option<Secret>,
    /// The passphrase of the client's key or PKCS#12 file, if it has one.
    pub key_passphrase: Option<Secret>,
    /// The password for the proxy, if one is used.
    pub proxy_password: Option<Secret>,
}

/// What a command line can ask for beyond a profile. Properties are sent in MQTT 5 only.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extras {
    /// Whether messages keep the retain flag they were published with (MQTT 5, 3.8.3.1), whatever the subscription
    /// itself asks for. Without it the flag says that a message was there before the subscription, as in MQTT 3.1.1.
    pub retain_as_published: bool,
    /// Properties of CONNECT: session expiry (also with a clean start), receive maximum, request for response and
    /// problem information, user properties.
    pub connect: Properties,
    /// Properties of the will beside its delay.
    pub will: Properties,
    /// Messages of QoS 1 and 2 are acknowledged only by [`Command::Acknowledge`], so that what was not taken in is
    /// delivered again when the session is resumed. This is for both protocol versions.
    pub acknowledge_by_hand: bool,
}

/// Why a command was not taken.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The command queue is full.
    #[error("The connection is busy with what it was given before. Try again in a moment.")]
    Busy,
    /// The connection has ended.
    #[error("This connection has ended. Connect again.")]
    Ended,
}

/// A handle on a connection that lives in background tasks. Dropping it ends the connection cleanly, as long as the
/// runtime lives; [`Connection::wait_ended`] waits for that.
pub struct Connection {
    client_id: String,
    commands: mpsc::Sender<Command>,
    urgency: Arc<Urgency>,
    events: Arc<Events>,
    progress: Arc<dial::Progress>,
    link: Arc<Link>,
}

impl Connection {
    /// Starts connecting in the background. A profile with a value that cannot work ends the connection at once with
    /// a [`Failure`] that names it.
    pub fn open(runtime: &RuntimeHandle, config: Config, wake: Wake) -> (Self, Captures) {
        Self::open_with(runtime, config, Extras::default(), wake)
    }

    /// The same with what a profile does not hold.
    pub fn open_with(
        runtime: &RuntimeHandle,
        config: Config,
        extras: Extras,
        wake: Wake,
    ) -> (Self, Captures) {
        let client_id = match config.profile.client_id.as_str() {
            "" => random_client_id(),
            chosen => chosen.to_owned(),
        };
        let (command_tx, commands) = mpsc::channel(COMMANDS);
        let urgency = Arc::new(Urgency::default());
        let events = Arc::new(Events::new(wake));
        let link = Arc::new(Link::default());
        let captures = link.captures();
        let progress = Arc::new(dial::Progress::default());
        match Plan::new(config, client_id.clone()) {
            Ok(plan) => start(
                runtime,
                Plan { extras, ..plan },
                commands,
                (&urgency, &events, Arc::clone(&link), &progress),
            ),
            Err(failure) => {
                link.end();
                events.push(Event::State(State::Ended(Some(failure))));
            }
        }
        let connection = Self {
            client_id,
            commands: command_tx,
            urgency,
            events,
            progress,
            link,
        };
        (connection, captures)
    }

    /// Hands over a command without waiting. [`Command::Disconnect`], [`Command::Drop`] and
    /// [`Command::ReconnectNow`] are taken also when the queue is full.
    ///
    /// # Errors
    /// [`CommandError::Busy`] when the queue is full, [`CommandError::Ended`] after the end.
    pub fn send(&self, command: Command) -> Result<(), CommandError> {
        if matches!(self.state(), State::Ended(_)) {
            return Err(CommandError::Ended);
        }
        let urgent = match command {
            Command::Disconnect => Urgent::Disconnect,
            Command::Drop => Urgent::Drop,
            Command::ReconnectNow => Urgent::ReconnectNow,
            command => return self.commands.try_send(command).map_err(|err| refused(&err)),
        };
        self.urgency.wish(urgent);
        Ok(())
    }

    /// Hands over a command, waiting for room in the queue.
    ///
    /// # Errors
    /// [`CommandError::Ended`] after the end.
    pub async fn send_waiting(&self, command: Command) -> Result<(), CommandError> {
        match self.send(command.clone()) {
            Err(CommandError::Busy) => self
                .commands
                .send(command)
                .await
                .map_err(|_closed| CommandError::Ended),
            answer => answer,
        }
    }

    /// The next event, without waiting.
    pub fn next_event(&mut self) -> Option<Event> {
        self.next_timed_event().map(|(_, event)| event)
    }

    /// The next event and when it happened, without waiting.
    pub fn next_timed_event(&mut self) -> Option<(Timestamp, Event)> {
        self.events.pop()
    }

    /// The next event; `None` after [`State::Ended`] was handed out.
    pub async fn event(&mut self) -> Option<Event> {
        self.events.next().await
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.events.state()
    }

    /// Whether anything ever accepted the connection at host and port, broker or not.
    pub fn was_reached(&self) -> bool {
        self.events.was_reached()
    }

    /// What the last dial has shown, step by step, with the broker's certificates; also after a failure, so that it
    /// can be explained, and so that exactly this certificate can be trusted from now on.
    pub fn dial_report(&self) -> DialReport {
        self.progress.report()
    }

    /// The client id in use (chosen at random when the profile has none).
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Bytes of incoming packets that wait to be taken from [`Captures`]; see [`Captures::LIMIT`].
    pub fn waiting_bytes(&self) -> usize {
        self.link.waiting_bytes()
    }

    /// Blocks this thread until the connection has ended, at most for `limit`; returns whether it has. For the end
    /// of the program, after [`Command::Disconnect`].
    pub fn wait_ended(&self, limit: Duration) -> bool {
        self.events.wait_ended(limit)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.urgency.wish(Urgent::Disconnect);
    }
}

fn refused<T>(err: &TrySendError<T>) -> CommandError {
    match err {
        TrySendError::Full(_) => CommandError::Busy,
        TrySendError::Closed(_) => CommandError::Ended,
    }
}

/// `canopy-` and eight letters and digits: 15 bytes, within the 23 that every broker has to accept (MQTT 3.1.1,
/// 3.1.3.1).
fn random_client_id() -> String {
    format!("canopy-{}", random_letters())
}

/// Eight letters and digits.
fn random_letters() -> String {
    let letters = rand::rng().sample_iter(Alphanumeric).take(8);
    letters.map(char::from).collect()
}

fn start(
    runtime: &RuntimeHandle,
    plan: Plan,
    commands: mpsc::Receiver<Command>,
    (urgency, events, link, progress): (
        &Arc<Urgency>,
        &Arc<Events>,
        Arc<Link>,
        &Arc<dial::Progress>,
    ),
) {
    if let Some(file) = dial::key_log_file().filter(|_| plan.target.transport.uses_tls()) {
        events.push(Event::Note(format!(
            "TLS keys are written to {} because SSLKEYLOGFILE is set: whoever has that file can read the connection.",
            file.display()
        )));
    }
    let connector = connector(&plan, &link, progress);
    let (requests, polls) = session::open(&plan, connector);
    let driver = Driver::new(Parts {
        plan,
        commands,
        urgency: Arc::clone(urgency),
        events: Arc::clone(events),
        link,
        progress: Arc::clone(progress),
        requests,
        poller: Poller::spawn(runtime, polls),
    });
    runtime.spawn(driver.run());
}

/// Dials anew for every attempt and puts the tap around the stream.
fn connector(plan: &Plan, link: &Arc<Link>, progress: &Arc<dial::Progress>) -> session::Connector {
    let plan = Arc::new(plan.clone());
    let (link, progress) = (Arc::clone(link), Arc::clone(progress));
    Arc::new(move || {
        let (plan, link, progress) = (Arc::clone(&plan), Arc::clone(&link), Arc::clone(&progress));
        Box::pin(async move {
            let deadline = tokio::time::Instant::now() + plan.connect_timeout;
            let stream = dial::dial(&plan.target, deadline, &progress)
                .await
                .map_err(std::io::Error::other)?;
            // the profile's limit does not count the fixed header of up to five bytes
            let limit = usize::try_from(plan.max_packet_size).map_or(usize::MAX, |limit| limit + 5);
            let setup = Setup {
                version: plan.version,
                max_packet_size: limit,
                topic_alias_maximum: plan.topic_alias_maximum(),
                acknowledge_by_hand: plan.extras.acknowledge_by_hand,
            };
            Ok(Tap::new(stream, link, setup))
        })
    })
}
