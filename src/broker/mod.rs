//! The broker inside: start, stop, who is connected, and the demo devices. Wraps the broker of the `mqtt5` crate.

mod clients;
pub mod demo;

pub use clients::{ClientInfo, Stats};

use std::net::{IpAddr, SocketAddr};

use thiserror::Error;

use crate::client::RuntimeHandle;
use crate::profile::Secret;

/// Where and for whom the broker listens.
#[derive(Debug, Clone)]
pub struct BrokerConfig {
    /// Exactly one address.
    pub address: IpAddr,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// User name and password that clients must give. Required when `address` is not a loopback address.
    pub credentials: Option<(String, Secret)>,
}

/// Why the broker did not start.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// Another program listens there.
    #[error("Port {port} is taken by another program. Stop it, or choose another port.{}", next_free.map(|port| format!(" Port {port} is free.")).unwrap_or_default())]
    PortTaken {
        /// The port asked for.
        port: u16,
        /// The next free one after it.
        next_free: Option<u16>,
    },
    /// The system forbids it, as for ports below 1024.
    #[error("This system does not let Canopy listen on port {port}. Choose a port above 1023.")]
    NotPermitted {
        /// The port asked for.
        port: u16,
    },
    /// The address belongs to no interface here.
    #[error("This machine has no address {address}. Choose 127.0.0.1 or one of its own addresses.")]
    NoSuchAddress {
        /// The address asked for.
        address: IpAddr,
    },
    /// The network without a password.
    #[error(
        "A broker that the network can reach needs a user name and a password. Set both in the broker's settings."
    )]
    NeedsPassword,
    /// Anything else.
    #[error("The broker could not start: {0}")]
    Other(String),
}

/// A running broker. Dropping it stops it.
pub struct Broker {
    address: SocketAddr,
}

impl Broker {
    /// Starts listening; returns when clients can connect.
    ///
    /// # Errors
    /// [`BrokerError`], each a sentence with its cure.
    pub async fn start(runtime: &RuntimeHandle, config: BrokerConfig) -> Result<Self, BrokerError> {
        let _ = (runtime, config);
        Err(BrokerError::Other("not written yet".to_owned()))
    }

    /// Disconnects every client with `Server shutting down` (MQTT 5) and frees the port.
    pub async fn stop(self) {}

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connected clients, in order of their arrival.
    pub fn clients(&self) -> Vec<ClientInfo> {
        Vec::new()
    }

    /// Sums for the panel.
    pub fn stats(&self) -> Stats {
        Stats::default()
    }

    /// Ends a client's connection (`Administrative action` in MQTT 5).
    pub fn disconnect_client(&self, client_id: &str) {
        let _ = client_id;
    }
}
