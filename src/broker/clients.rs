//! Who is connected to the broker inside, kept from its events.

use std::net::SocketAddr;

use crate::mqtt::{Timestamp, Version};

/// One connected client.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientInfo {
    /// Client identifier.
    pub client_id: String,
    /// Where it connects from.
    pub address: Option<SocketAddr>,
    /// Protocol version.
    pub version: Option<Version>,
    /// Topic of its last will, if it has one.
    pub will_topic: Option<String>,
    /// Messages from it.
    pub messages_in: u64,
    /// Messages to it.
    pub messages_out: u64,
    /// Its subscriptions: filters, in the order they were made.
    pub subscriptions: Vec<String>,
    /// When it connected.
    pub since: Timestamp,
}

/// Sums over the broker.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Connected clients.
    pub clients: usize,
    /// Subscriptions of all of them.
    pub subscriptions: usize,
    /// Retained messages, `$SYS` not counted.
    pub retained: usize,
    /// Messages in per second.
    pub rate_in: f32,
    /// Messages out per second.
    pub rate_out: f32,
    /// Messages in since the start.
    pub messages_in: u64,
    /// Messages out since the start.
    pub messages_out: u64,
    /// Sessions that wait for their client to come back.
    pub offline_sessions: usize,
}
