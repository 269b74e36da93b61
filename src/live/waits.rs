//! How long the window waits for the model's lock: never long within a frame, because the last copy is still good, and
//! counted, so that a bench can say it. A lock that is free costs no clock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use crate::model::Model;

/// All that a frame waits for the lock in order to copy what it shows. Taking in messages holds it for less at a time, unless
/// another program has the processor just then.
const PATIENCE: Duration = Duration::from_micros(300);
/// Tries in a row that may be in vain. Then one waits as long as it takes: a picture that never changes is worse than a
/// frame that is late once.
const TRIES: u32 = 30;

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
    /// What `nanos` was when the frame began.
    before_frame: AtomicU64,
    /// Tries in vain since the last copy.
    in_vain: AtomicU32,
}

impl Clock {
    /// A frame begins, with all its patience.
    pub(super) fn frame_begins(&self) {
        let nanos = self.nanos.load(Ordering::Relaxed);
        self.before_frame.store(nanos, Ordering::Relaxed);
    }

    /// Locks if that takes no longer than the frame's patience lasts, or was in vain very often.
    pub(super) fn lock_soon<'a>(&self, model: &'a Mutex<Model>) -> Option<MutexGuard<'a, Model>> {
        let in_vain = self.in_vain.load(Ordering::Relaxed);
        let locked = if in_vain < TRIES {
            self.try_for_a_moment(model)
        } else {
            Some(self.lock(model))
        };
        let in_vain = if locked.is_some() { 0 } else { in_vain + 1 };
        self.in_vain.store(in_vain, Ordering::Relaxed);
        locked
    }

    fn try_for_a_moment<'a>(&self, model: &'a Mutex<Model>) -> Option<MutexGuard<'a, Model>> {
        self.locks.fetch_add(1, Ordering::Relaxed);
        if let Some(model) = model.try_lock() {
            return Some(model);
        }
        let waited = self.nanos.load(Ordering::Relaxed) - self.before_frame.load(Ordering::Relaxed);
        let patience = PATIENCE.saturating_sub(Duration::from_nanos(waited));
        let began = Instant::now();
        // it spins: a thread that goes to sleep gets its processor back late where others want it too
        let mut locked = None;
        while locked.is_none() && began.elapsed() < patience {
            std::hint::spin_loop();
            locked = model.try_lock();
        }
        self.note(began.elapsed());
        locked
    }

    fn note(&self, waited: Duration) {
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(super) fn lock<'a>(&self, model: &'a Mutex<Model>) -> MutexGuard<'a, Model> {
        self.locks.fetch_add(1, Ordering::Relaxed);
        if let Some(model) = model.try_lock() {
            return model;
        }
        let began = Instant::now();
        let model = model.lock();
        self.note(began.elapsed());
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
    fn a_frame_does_not_wait_for_long() {
        let model = Mutex::new(Model::new(1024));
        let clock = Clock::default();
        clock.frame_begins();
        let held = model.lock();
        assert!(clock.lock_soon(&model).is_none());
        assert!(clock.so_far().total >= PATIENCE);
        drop(held);
        assert!(clock.lock_soon(&model).is_some());
    }

    #[test]
    fn a_picture_does_not_stay_old_for_ever() {
        let model = Mutex::new(Model::new(1024));
        let clock = Clock::default();
        let is_held = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let held = model.lock();
                is_held.wait();
                while clock.so_far().locks <= u64::from(TRIES) {
                    std::thread::yield_now();
                }
                drop(held);
            });
            is_held.wait();
            for _ in 0..TRIES {
                assert!(clock.lock_soon(&model).is_none());
            }
            assert!(clock.lock_soon(&model).is_some());
        });
    }

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
