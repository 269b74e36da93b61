//! The broker inside: start, stop, who is connected, and the demo devices. Wraps the broker of the `mqtt5` crate.
//!
//! | file | what it is |
//! |---|---|
//! | `listen` | the port, and why it cannot be opened |
//! | `serve` | the accept loop around the crate's router and client handler |
//! | `line`, `wire`, `frames`, `quiet` | each client's socket: gathers what is written, counts what passes, can end it, lives without keep alive |
//! | `pressure` | holds publishers back while a subscriber is slower |
//! | `access` | user name and password; the crate's events |
//! | `clients`, `changes`, `meter` | who is connected, who comes and goes, sums and rates |
//! | `sys` | the `$SYS` topics |
//! | [`demo`] | devices that are ordinary clients |

mod access;
mod changes;
mod clients;
pub mod demo;
mod frames;
mod line;
mod listen;
mod meter;
mod pressure;
mod quiet;
mod serve;
mod sys;
mod wire;

pub use changes::{Change, Changes};
pub use clients::{ClientInfo, Stats};

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::RuntimeHandle;
use crate::profile::Secret;

use meter::Meter;
use serve::Server;

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
    /// A user name is set, but its password is neither typed nor in a keyring.
    #[error(
        "The broker's password is not at hand: no system keyring has it. Enter it in the broker's settings."
    )]
    PasswordMissing,
    /// Anything else.
    #[error("The broker could not start: {0}")]
    Other(String),
}

/// A running broker. Dropping it stops it.
pub struct Broker {
    address: SocketAddr,
    server: Arc<Server>,
    meter: Mutex<Meter>,
    /// Sent or dropped, it stops the broker.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Broker {
    /// Starts listening; returns when clients can connect.
    ///
    /// # Errors
    /// [`BrokerError`], each a sentence with its cure.
    pub async fn start(runtime: &RuntimeHandle, config: BrokerConfig) -> Result<Self, BrokerError> {
        let (stop, stopped) = oneshot::channel();
        let opened = runtime.spawn(async move {
            let listener = listen::listen(&config).await?;
            let address = listener
                .local_addr()
                .map_err(|err| BrokerError::Other(err.to_string()))?;
            Ok((listener, address, config.credentials))
        });
        let (listener, address, credentials) = opened
            .await
            .map_err(|err| BrokerError::Other(err.to_string()))??;
        let server = Arc::new(Server::new(credentials));
        let task = runtime.spawn(Arc::clone(&server).run(listener, stopped));
        Ok(Self {
            address,
            server,
            meter: Mutex::new(Meter::new()),
            stop,
            task,
        })
    }

    /// Disconnects every client with `Server shutting down` (MQTT 5) and frees the port. Wills are published on the
    /// way (MQTT 5, 3.1.2.5). Returns after two seconds at the latest.
    pub async fn stop(self) {
        // An error says that the task has ended already, and then there is nothing left to stop.
        self.stop.send(()).ok();
        self.task.await.ok();
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connected clients, in order of their arrival.
    pub fn clients(&self) -> Vec<ClientInfo> {
        self.server.clients.list()
    }

    /// Who comes and goes from now on.
    pub fn changes(&self) -> Changes {
        self.server.clients.teller.follow()
    }

    /// Sums for the panel. Rates, retained messages and offline sessions are taken at most once a second.
    pub fn stats(&self) -> Stats {
        self.meter.lock().read(&self.server)
    }

    /// Ends a client's connection (`Administrative action` in MQTT 5); its will is published.
    pub fn disconnect_client(&self, client_id: &str) {
        self.server.clients.end(client_id);
    }
}
