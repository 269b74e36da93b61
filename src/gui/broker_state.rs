//! The broker inside as the window sees it: off, starting, running with or without the demo.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::broker::demo::Demo;
use crate::broker::{Broker, ClientInfo, Stats};
use crate::profile::Secret;

/// What is to follow the next start of the broker.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Saving the broker's settings starts it.
    pub start: bool,
    /// The window connects once it runs.
    pub connection: bool,
    /// The demo devices start once it runs.
    pub demo: bool,
}

/// The broker inside and what is shown of it.
#[derive(Default)]
pub struct BrokerState {
    /// The broker, while it runs.
    pub running: Option<Broker>,
    /// The demo devices, while they run.
    pub demo: Option<Demo>,
    /// Whether a start or stop is under way.
    pub is_changing: bool,
    /// What is to follow.
    pub wanted: Wanted,
    /// Set when a client came or went since the last look.
    pub is_stale: Arc<AtomicBool>,
    /// User name and password that clients must give.
    pub credentials: Option<(String, Secret)>,
    /// Connected clients, at most half a second old while the window is awake.
    pub clients: Vec<ClientInfo>,
    /// Sums, as old as the list of clients.
    pub stats: Stats,
}

impl BrokerState {
    /// Where it listens; `None` while it is off.
    pub fn address(&self) -> Option<SocketAddr> {
        self.running.as_ref().map(Broker::address)
    }

    /// Asks the broker for clients and sums.
    pub fn refresh(&mut self) {
        match &self.running {
            Some(broker) => {
                self.clients = broker.clients();
                self.stats = broker.stats();
            }
            None => {
                self.clients.clear();
                self.stats = Stats::default();
            }
        }
    }
}
