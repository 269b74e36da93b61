//! What workers could do for a model, as flags that are read without its lock.

use std::sync::atomic::{AtomicBool, Ordering};

/// Work that the model leaves to others. A flag stays up until its worker takes it down.
#[derive(Debug, Default)]
pub struct Wanted {
    chores: AtomicBool,
    search: AtomicBool,
}

impl Wanted {
    /// Whether something waits for [`super::Model::next_chore`].
    pub fn are_chores_wanted(&self) -> bool {
        self.chores.load(Ordering::Relaxed)
    }

    /// Whether a search would find something else although no message came in: a pause ended, or the order changed.
    pub fn is_search_wanted(&self) -> bool {
        self.search.load(Ordering::Relaxed)
    }

    /// Takes the flag down; its worker is on it.
    pub fn take_chores(&self) -> bool {
        self.chores.swap(false, Ordering::Relaxed)
    }

    /// Takes the flag down; its worker is on it.
    pub fn take_search(&self) -> bool {
        self.search.swap(false, Ordering::Relaxed)
    }

    pub(super) fn want_chores(&self) {
        self.chores.store(true, Ordering::Relaxed);
    }

    pub(super) fn want_search(&self) {
        self.search.store(true, Ordering::Relaxed);
    }
}
