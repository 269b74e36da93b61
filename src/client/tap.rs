//! The tap around the socket: every byte of both directions, cut into packets and stamped with the time.

use bytes::Bytes;

use crate::mqtt::{Timestamp, Version};

/// Which way a packet went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the broker.
    Incoming,
    /// To the broker.
    Outgoing,
}

/// One whole control packet as it stood on the wire; [`crate::mqtt::codec::decode`] reads it.
#[derive(Debug, Clone)]
pub struct Captured {
    /// When its last byte passed.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Protocol version of the connection.
    pub version: Version,
    /// Fixed header and all. Many packets share one allocation: copy what is to be kept.
    pub frame: Bytes,
}

/// The receiving end of the tap. When it is not read, the socket is not read either (nothing is lost).
#[derive(Debug)]
pub struct Captures {}

impl Captures {
    /// Waits on this thread for the next packets and appends them to `out`; `false` once the connection has ended
    /// for good and everything was read.
    pub fn wait(&mut self, out: &mut Vec<Captured>) -> bool {
        let _ = out;
        false
    }
}
