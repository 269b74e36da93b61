//! The filter worker: one request running, one waiting, the newest wins; never holds the lock for long.
