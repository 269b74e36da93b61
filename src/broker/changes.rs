//! Who comes and goes, one after the other, for whoever wants to follow it. The newest changes wait for a slow reader;
//! older ones are counted, not kept.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::ClientInfo;

/// Changes that wait for a slow reader.
const CAPACITY: usize = 1024;

/// Somebody came or went.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A client was let in.
    Connected(ClientInfo),
    /// A client's connection has ended, for whatever reason.
    Disconnected(ClientInfo),
    /// The reader was too slow for this many changes.
    Missed(u64),
}

/// Changes from a point in time on.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Change>);

impl Changes {
    /// Waits for the next change; `None` once the broker has stopped. May be dropped and asked again.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(count)) => Some(Change::Missed(count)),
            Err(RecvError::Closed) => None,
        }
    }
}

/// Where changes are told.
#[derive(Debug)]
pub(super) struct Teller(broadcast::Sender<Change>);

impl Default for Teller {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Teller {
    pub(super) fn follow(&self) -> Changes {
        Changes(self.0.subscribe())
    }

    pub(super) fn tell(&self, change: Change) {
        // An error says that nobody follows.
        self.0.send(change).ok();
    }
}
