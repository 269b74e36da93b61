//! A growing list whose parts can be handed to a worker without copying them: what is in it never changes, so a
//! snapshot shares the memory and needs no lock.

use std::sync::Arc;

/// Items in one part; a push after a snapshot copies at most this many.
const PART: usize = 4096;

/// An append-only list of small values. `clone` is a snapshot that costs one reference count per [`PART`] items.
#[derive(Debug, Clone)]
pub(super) struct SharedVec<T> {
    parts: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for SharedVec<T> {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Copy> SharedVec<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(PART) {
            self.parts.push(Arc::new(Vec::with_capacity(PART)));
        }
        if let Some(last) = self.parts.last_mut() {
            Arc::make_mut(last).push(item);
            self.len += 1;
        }
    }

    /// The item at `index`, which must be below [`SharedVec::len`].
    pub(super) fn at(&self, index: usize) -> T {
        self.parts[index / PART][index % PART]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.parts.iter().flat_map(|part| part.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_stays_as_it_was() {
        let mut list = SharedVec::default();
        for item in 0..5000_u32 {
            list.push(item);
        }
        let snapshot = list.clone();
        list.push(7);
        assert_eq!(snapshot.len(), 5000);
        assert_eq!(list.len(), 5001);
        assert_eq!(list.at(5000), 7);
        assert!(snapshot.iter().eq(0..5000));
    }
}
