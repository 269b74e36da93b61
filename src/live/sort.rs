//! The worker that does in slices what would hold the lock too long in one piece: long branches are put in order,
//! very many are opened or closed. It also follows the counters when they decide the order.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::client::{Wake, now};
use crate::model::{Chore, Model, SortBy, SortJob, Wanted};

/// Children looked at for each time the model is locked.
const STEP: usize = 4096;
/// Time between two looks at the counters.
const REST: Duration = Duration::from_millis(1_050);
/// A long sort is followed by a rest of this many times its length.
const REST_FACTOR: u32 = 5;

/// What is to be done; shared by the window, the feeding thread and the worker.
pub(super) struct Sort {
    model: Arc<Mutex<Model>>,
    wanted: Arc<Wanted>,
    state: Mutex<SortState>,
    changed: Condvar,
}

#[derive(Default)]
struct SortState {
    has_wish: bool,
    has_change: bool,
    stopped: bool,
}

impl Sort {
    pub(super) fn new(model: Arc<Mutex<Model>>, wanted: Arc<Wanted>) -> Self {
        Self {
            model,
            wanted,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Says that a branch waits for its order.
    pub(super) fn note_wish(&self) {
        let mut state = self.state.lock();
        if !state.has_wish {
            state.has_wish = true;
            self.changed.notify_one();
        }
    }

    /// Says that messages came in.
    pub(super) fn note_change(&self) {
        if self.wanted.are_chores_wanted() {
            self.note_wish();
        }
        let mut state = self.state.lock();
        if !state.has_change {
            state.has_change = true;
            self.changed.notify_one();
        }
    }

    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_one();
    }

    /// Waits for something to do, but not before the rest from the same is over; `None` when it is time to end.
    fn wait(&self, rest: &Rest) -> Option<Due> {
        let mut state = self.state.lock();
        loop {
            let now = Instant::now();
            if state.stopped {
                return None;
            }
            if state.has_wish && now >= rest.wishes {
                state.has_wish = false;
                return Some(Due::Wish);
            }
            if state.has_change && now >= rest.changes {
                state.has_change = false;
                return Some(Due::Change);
            }
            let wish = state.has_wish.then_some(rest.wishes);
            let change = state.has_change.then_some(rest.changes);
            match wish.into_iter().chain(change).min() {
                Some(until) => {
                    self.changed.wait_until(&mut state, until);
                }
                None => self.changed.wait(&mut state),
            }
        }
    }

    fn work(&self, wake: &Wake) {
        let mut rest = Rest {
            wishes: Instant::now(),
            changes: Instant::now(),
        };
        while let Some(due) = self.wait(&rest) {
            let began = Instant::now();
            let mut is_sorted = due == Due::Change && self.follow_counters();
            self.wanted.take_chores();
            is_sorted |= self.do_chores();
            if is_sorted {
                wake();
            }
            let now = Instant::now();
            rest.wishes = now + began.elapsed() * REST_FACTOR;
            if due == Due::Change {
                rest.changes = now + REST;
            }
        }
    }

    /// Orders anew what is ordered by counters; returns whether that is so.
    fn follow_counters(&self) -> bool {
        let mut model = self.model.lock();
        let follows = model.sorted_by() == SortBy::Messages;
        if follows {
            model.refresh_order(now());
        }
        follows
    }

    /// Does all that the model has left undone, slice by slice; returns whether there was anything.
    fn do_chores(&self) -> bool {
        let mut any = false;
        while !self.state.lock().stopped {
            let mut model = self.model.lock();
            let chore = model.next_chore();
            MutexGuard::unlock_fair(model);
            match chore {
                Chore::Sort(job) => self.run(job),
                Chore::Drop(rubbish) => drop(rubbish),
                Chore::More => {}
                Chore::Done => break,
            }
            any = true;
        }
        any
    }

    fn run(&self, mut job: SortJob) {
        loop {
            let model = self.model.lock();
            let is_unfinished = model.sort_step(&mut job, STEP);
            MutexGuard::unlock_fair(model);
            if !is_unfinished {
                break;
            }
        }
        let sorted = job.finish();
        let replaced = self.model.lock().set_sorted(sorted);
        drop(replaced);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Wish,
    Change,
}

/// When the next of each kind may be served.
struct Rest {
    wishes: Instant,
    changes: Instant,
}

/// Starts the thread; it ends with [`Sort::stop`].
///
/// # Errors
/// The system's error when it gives no thread.
pub(super) fn start(sort: Arc<Sort>, wake: Wake) -> io::Result<()> {
    std::thread::Builder::new()
        .name("canopy-sort".to_owned())
        .spawn(move || sort.work(&wake))
        .map(drop)
}
