//! A payload in its own memory: short ones inside the record, longer ones in an allocation of their own.

use std::sync::Arc;

use bytes::Bytes;

/// Longest payload that needs no allocation of its own.
const INLINE: usize = 22;
/// Longest payload that is copied when it is looked at; it needs no reference count.
const COPIED: usize = 512;

/// A kept payload. What arrives shares a big buffer with its neighbours and is copied here, so that one short
/// message cannot hold megabytes.
#[derive(Debug, Clone)]
pub(super) enum Stored {
    Inline(u8, [u8; INLINE]),
    Copied(Box<[u8]>),
    Shared(Arc<[u8]>),
}

impl Default for Stored {
    fn default() -> Self {
        Self::Inline(0, [0; INLINE])
    }
}

impl Stored {
    pub(super) fn new(payload: &[u8]) -> Self {
        match u8::try_from(payload.len()) {
            Ok(len) if payload.len() <= INLINE => {
                let mut bytes = [0; INLINE];
                bytes[..payload.len()].copy_from_slice(payload);
                Self::Inline(len, bytes)
            }
            _ if payload.len() <= COPIED => Self::Copied(payload.into()),
            _ => Self::Shared(Arc::from(payload)),
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Inline(len, bytes) => &bytes[..usize::from(*len)],
            Self::Copied(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Bytes allocated outside the record.
    pub(super) fn allocated(&self) -> usize {
        match self {
            Self::Inline(..) => 0,
            Self::Copied(bytes) => bytes.len(),
            Self::Shared(bytes) => bytes.len() + 2 * size_of::<usize>(),
        }
    }

    /// The payload to be looked at; a long one is shared, not copied.
    pub(super) fn to_bytes(&self) -> Bytes {
        match self {
            Self::Inline(..) | Self::Copied(_) => Bytes::copy_from_slice(self.as_slice()),
            Self::Shared(bytes) => Bytes::from_owner(Arc::clone(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for len in [0, 1, 21, 22, 23, 255, 256, 512, 513, 100_000] {
            let payload = vec![7_u8; len];
            let stored = Stored::new(&payload);
            assert_eq!(stored.as_slice(), payload);
            assert_eq!(stored.to_bytes(), payload);
            assert_eq!(stored.allocated() == 0, len <= INLINE);
        }
    }
}
