//! One live connection: dialing, the byte tap, the session behind rumqttc, reconnecting, and reasons in plain words.
//!
//! [`Connection::open`] returns at once; everything happens in background tasks on the runtime it is given. What
//! was seen on the wire comes out of [`Captures`]; what happened to the connection comes out of
//! [`Connection::next_event`]. Both queues are bounded and push back to the socket.

mod clock;
mod command;
mod dial;
mod redelivery;
mod session;
mod state;
mod tap;

pub use clock::now;
pub use command::{Command, Outgoing, PublishId};
pub use redelivery::Redelivery;
pub use state::{Event, Failure, Granted, PublishStep, State, SubscribeOutcome};
pub use tap::{Captured, Captures, Direction};

use std::sync::Arc;

use thiserror::Error;

use crate::profile::{Profile, Secret};

/// The handle of the tokio runtime that background tasks run on, under a name that other folders may use.
pub use tokio::runtime::Handle as RuntimeHandle;

/// Called from a background task when something new can be read; must be cheap (a window is asked to repaint).
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What a connection needs to know.
#[derive(Clone)]
pub struct Config {
    /// The profile as it was when the user connected.
    pub profile: Profile,
    /// The password, if one is used.
    pub password: Option<Secret>,
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

/// A handle on a connection that lives in background tasks. Dropping it ends the connection cleanly.
pub struct Connection {}

impl Connection {
    /// Starts connecting in the background.
    pub fn open(runtime: &RuntimeHandle, config: Config, wake: Wake) -> (Self, Captures) {
        let _ = (runtime, config, wake);
        (Self {}, Captures {})
    }

    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// [`CommandError::Busy`] when the queue is full, [`CommandError::Ended`] after the end.
    pub fn send(&self, command: Command) -> Result<(), CommandError> {
        let _ = command;
        Err(CommandError::Ended)
    }

    /// The next event, without waiting.
    pub fn next_event(&mut self) -> Option<Event> {
        None
    }

    /// The state now.
    pub fn state(&self) -> State {
        State::Idle
    }

    /// The client id in use (chosen at random when the profile has none).
    pub fn client_id(&self) -> &str {
        ""
    }
}
