//! What workers could do for a model, as flags that are read without its lock.

use std::sync::atomic::{AtomicBool, Ordering};

/// Work that the model leaves to others. A flag stays up until its worker takes it down.
#[derive(Debug, Default)]
pub struct Wanted {
    sort: AtomicBool,
    search: AtomicBool,
}

impl Wanted {
    /// Whether branches wait for [`super::Model::next_sort`].
    pub fn is_sort_wanted(&self) -> bool {
        self.sort.load(Ordering::Relaxed)
    }

    /// Whether a search would find something else although no message came in: a pause ended, or the order changed.
    pub fn is_search_wanted(&self) -> bool {
        self.search.load(Ordering::Relaxed)
    }

    /// Takes the flag down; its worker is on it.
    pub fn take_sort(&self) -> bool {
        self.sort.swap(false, Ordering::Relaxed)
    }

    /// Takes the flag down; its worker is on it.
    pub fn take_search(&self) -> bool {
        self.search.swap(false, Ordering::Relaxed)
    }

    pub(super) fn want_sort(&self) {
        self.sort.store(true, Ordering::Relaxed);
    }

    pub(super) fn want_search(&self) {
        self.search.store(true, Ordering::Relaxed);
    }
}
