//! Captured packets, many at a time: what one read brought shares one block of memory and one time stamp, so that a
//! packet costs four bytes of bookkeeping and no reference count.

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

/// One whole control packet as it stood on the wire; [`crate::mqtt::codec::decode`] reads it. Only the password in
/// CONNECT is replaced by asterisks.
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

/// Control packets that passed together, in order.
#[derive(Debug, Clone)]
pub struct Batch {
    /// When the last byte passed.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Protocol version of the connection.
    pub version: Version,
    block: Bytes,
    /// Where each packet ends; the next one begins there.
    ends: Vec<u32>,
}

impl Batch {
    /// The packets of `block`, which `ends` says the ends of.
    pub(super) fn new(
        at: Timestamp,
        (direction, version): (Direction, Version),
        block: Bytes,
        ends: Vec<u32>,
    ) -> Self {
        Self {
            at,
            direction,
            version,
            block,
            ends,
        }
    }

    /// How many packets.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of memory that it holds on to.
    pub(super) fn cost(&self) -> usize {
        size_of::<Self>() + self.block.len() + self.ends.capacity() * size_of::<u32>()
    }

    /// The packets, each with fixed header and all.
    pub fn frames(&self) -> impl Iterator<Item = &[u8]> {
        self.ranges()
            .map(|(start, end)| self.block.get(start..end).unwrap_or_default())
    }

    /// `part`, which must be one of [`Batch::frames`] or lie in one, as a value that shares the memory of the batch.
    pub fn share(&self, part: &[u8]) -> Bytes {
        self.block.slice_ref(part)
    }

    /// The packets one by one.
    pub fn captured(&self) -> impl Iterator<Item = Captured> {
        self.frames().map(|frame| Captured {
            at: self.at,
            direction: self.direction,
            version: self.version,
            frame: self.share(frame),
        })
    }

    fn ranges(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let end = end as usize;
            (std::mem::replace(&mut start, end), end)
        })
    }
}

impl From<Captured> for Batch {
    fn from(captured: Captured) -> Self {
        let end = u32::try_from(captured.frame.len()).unwrap_or(u32::MAX);
        Self {
            at: captured.at,
            direction: captured.direction,
            version: captured.version,
            block: captured.frame,
            ends: vec![end],
        }
    }
}
