//! How long the window waits for the model's lock, so that a bench can say it. A lock that is free costs no clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use crate::model::Model;

/// Waiting for the model, summed up since the connection was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    /// How often the lock was taken.
    pub locks: u64,
    /// Time until it was there, all together.
    pub total: Duration,
}

/// Counts while it locks.
#[derive(Debug, Default)]
pub(super) struct Clock {
    locks: AtomicU64,
    nanos: AtomicU64,
}

impl Clock {
    pub(super) fn lock<'a>(&self, model: &'a Mutex<Model>) -> MutexGuard<'a, Model> {
        self.locks.fetch_add(1, Ordering::Relaxed);
        if let Some(model) = model.try_lock() {
            return model;
        }
        let began = Instant::now();
        let model = model.lock();
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
        model
    }

    pub(super) fn so_far(&self) -> Waits {
        Waits {
            locks: self.locks.load(Ordering::Relaxed),
            total: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lock_that_is_taken_costs_time() {
        let model = Mutex::new(Model::new(1024));
        let clock = Clock::default();
        drop(clock.lock(&model));
        assert_eq!(clock.so_far().locks, 1);
        assert_eq!(clock.so_far().total, Duration::ZERO);
        let held = model.lock();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| drop(clock.lock(&model)));
            while clock.so_far().locks < 2 {
                std::thread::yield_now();
            }
            drop(held);
            assert!(waits.join().is_ok());
        });
        assert_eq!(clock.so_far().locks, 2);
    }
}
