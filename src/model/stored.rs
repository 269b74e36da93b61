//! Payloads in memory of their own: the shortest inside the record, short ones one after the other in blocks, longer
//! ones in an allocation each.
//!
//! What arrives shares a big buffer with its neighbours and is copied, so that one short message cannot hold megabytes.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

/// Longest payload that stands inside its record.
const INLINE: usize = 22;
/// Longest payload that stands in a block, and is copied when it is looked at.
const IN_BLOCK: usize = 512;
/// Bytes in one block.
const BLOCK: usize = 1 << 18;

/// Where a kept payload is.
#[derive(Debug)]
pub(super) enum Stored {
    Inline(u8, [u8; INLINE]),
    Block {
        block: u32,
        start: u32,
        len: u16,
    },
    Copied(Box<[u8]>),
    Shared(Arc<[u8]>),
    /// Gone; so many bytes had come.
    Erased(u32),
}

impl Default for Stored {
    fn default() -> Self {
        Self::Inline(0, [0; INLINE])
    }
}

/// Short payloads in order of arrival. Those that go first came first.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    parts: VecDeque<Vec<u8>>,
    /// Number of the first block; it counts from 0 and may wrap.
    base: u32,
    /// A block that is empty again.
    spare: Option<Vec<u8>>,
}

impl Blocks {
    /// Keeps a payload.
    pub(super) fn store(&mut self, payload: &[u8]) -> Stored {
        match u8::try_from(payload.len()) {
            Ok(len) if payload.len() <= INLINE => {
                let mut bytes = [0; INLINE];
                bytes[..payload.len()].copy_from_slice(payload);
                Stored::Inline(len, bytes)
            }
            _ if payload.len() <= IN_BLOCK => self.store_in_block(payload),
            _ => Stored::Shared(Arc::from(payload)),
        }
    }

    fn store_in_block(&mut self, payload: &[u8]) -> Stored {
        let full = |block: &Vec<u8>| block.len() + payload.len() > BLOCK;
        if self.parts.back().is_none_or(full) {
            let block = self.spare.take();
            self.parts
                .push_back(block.unwrap_or_else(|| Vec::with_capacity(BLOCK)));
        }
        let last = super::names::number(self.parts.len() - 1);
        let Some(block) = self.parts.back_mut() else {
            return Stored::default();
        };
        let start = super::names::number(block.len());
        block.extend_from_slice(payload);
        Stored::Block {
            block: self.base.wrapping_add(last),
            start,
            len: u16::try_from(payload.len()).unwrap_or(u16::MAX),
        }
    }

    /// The bytes of a payload that is kept here.
    pub(super) fn slice<'a>(&'a self, stored: &'a Stored) -> &'a [u8] {
        match stored {
            Stored::Inline(len, bytes) => &bytes[..usize::from(*len)],
            Stored::Copied(bytes) => bytes,
            Stored::Shared(bytes) => bytes,
            Stored::Erased(_) => &[],
            Stored::Block { block, start, len } => {
                let (place, start) = (block.wrapping_sub(self.base), *start as usize);
                let block = self.parts.get(place as usize);
                let bytes = block.and_then(|block| block.get(start..start + usize::from(*len)));
                bytes.unwrap_or_default()
            }
        }
    }

    /// The payload to be looked at; a long one is shared, not copied.
    pub(super) fn bytes(&self, stored: &Stored) -> Bytes {
        match stored {
            Stored::Shared(bytes) => Bytes::from_owner(Arc::clone(bytes)),
            _ => Bytes::copy_from_slice(self.slice(stored)),
        }
    }

    /// The same payload outside of the blocks.
    pub(super) fn outside(&self, stored: Stored) -> Stored {
        match stored {
            Stored::Block { .. } => Stored::Copied(self.slice(&stored).into()),
            stored => stored,
        }
    }

    /// Lets go of a payload, whose length stays known. One that stands in a block is overwritten; its room comes back
    /// with the block.
    pub(super) fn erase(&mut self, stored: &mut Stored) {
        let Stored::Block { block, start, len } = stored else {
            *stored = Stored::Erased(stored.length());
            return;
        };
        let (place, start) = (block.wrapping_sub(self.base), *start as usize);
        let block = self.parts.get_mut(place as usize);
        if let Some(bytes) = block.and_then(|it| it.get_mut(start..start + usize::from(*len))) {
            bytes.fill(0);
        }
    }

    /// All payloads that came before this one are gone.
    pub(super) fn forget_before(&mut self, stored: &Stored) {
        let Stored::Block { block, .. } = stored else {
            return;
        };
        for _ in 0..block.wrapping_sub(self.base) {
            let Some(mut gone) = self.parts.pop_front() else {
                return;
            };
            gone.clear();
            self.spare = Some(gone);
            self.base = self.base.wrapping_add(1);
        }
    }
}

impl Stored {
    /// Bytes of the payload as it came.
    pub(super) fn length(&self) -> u32 {
        match self {
            Self::Inline(len, _) => u32::from(*len),
            Self::Block { len, .. } => u32::from(*len),
            Self::Copied(bytes) => super::names::number(bytes.len()),
            Self::Shared(bytes) => super::names::number(bytes.len()),
            Self::Erased(len) => *len,
        }
    }

    /// Bytes of memory outside the record, as the budget counts them.
    pub(super) fn allocated(&self) -> usize {
        match self {
            Self::Inline(..) | Self::Erased(_) => 0,
            Self::Block { len, .. } => usize::from(*len),
            Self::Copied(bytes) => allocation(bytes.len()),
            Self::Shared(bytes) => allocation(bytes.len() + 2 * size_of::<usize>()),
        }
    }
}

/// What an allocation of this many bytes takes from the system: a header of eight bytes, rounded up to sixteen, at
/// least 32 (glibc; other allocators differ by a few bytes).
pub(super) const fn allocation(bytes: usize) -> usize {
    let whole = (bytes + 8).next_multiple_of(16);
    if whole < 32 { 32 } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        let mut blocks = Blocks::default();
        for len in [0, 1, 21, 22, 23, 255, 256, 512, 513, 100_000] {
            let payload = vec![7_u8; len];
            let stored = blocks.store(&payload);
            assert_eq!(blocks.slice(&stored), payload);
            assert_eq!(blocks.bytes(&stored), payload);
            assert_eq!(stored.allocated() == 0, len <= INLINE);
            let outside = blocks.outside(stored);
            assert_eq!(Blocks::default().slice(&outside), payload);
        }
    }

    #[test]
    fn what_is_erased_keeps_its_length() {
        let mut blocks = Blocks::default();
        for len in [0_u32, 1, 22, 23, 512, 513, 100_000] {
            let mut stored = blocks.store(&vec![7; len as usize]);
            blocks.erase(&mut stored);
            assert_eq!(stored.length(), len);
            assert!(blocks.slice(&stored).iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn blocks_go_when_all_in_them_has_gone() {
        let mut blocks = Blocks::default();
        let payload = |n: u32| n.to_le_bytes().repeat(100);
        let stored: Vec<Stored> = (0..5000).map(|n| blocks.store(&payload(n))).collect();
        let before = blocks.parts.len();
        blocks.forget_before(&stored[4000]);
        assert!(blocks.parts.len() < before && blocks.base > 0);
        for n in 4000..5000 {
            assert_eq!(blocks.slice(&stored[n as usize]), payload(n));
        }
        let more: Vec<Stored> = (0..5000).map(|n| blocks.store(&payload(n))).collect();
        assert_eq!(blocks.slice(&more[4999]), payload(4999));
        assert_eq!(blocks.slice(&stored[4500]), payload(4500));
    }
}
