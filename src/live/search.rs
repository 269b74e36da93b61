//! The filter worker: one request running, one waiting, the newest wins; never holds the lock for long.
//!
//! A filter that is set follows what comes in: after a change the search runs again, but it rests for a while in
//! between. Without changes and without requests the thread sleeps.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::client::Wake;
use crate::model::{Matches, Model, Query, Replaced, RowOrder, SearchCursor};

/// Nodes looked at for each time the model is locked.
const STEP: usize = 512;
/// Least time between two runs of the same query.
const REST: Duration = Duration::from_millis(250);
/// A run that takes long is followed by a rest of this many times its length.
const REST_FACTOR: u32 = 8;
/// Topics that a new query shows at once; all others follow.
const FIRST: usize = 4096;
/// After this time more of what a new query has found is shown while it goes on, and then again whenever this many
/// times as long has passed as that took.
const NEXT: Duration = Duration::from_millis(15);
const NEXT_FACTOR: u32 = 10;

/// What is asked for and what was found; shared by the window and the worker.
pub(super) struct Search {
    model: Arc<Mutex<Model>>,
    state: Mutex<SearchState>,
    changed: Condvar,
}

#[derive(Default)]
struct SearchState {
    query: Option<Query>,
    /// Counts requests; a run whose number is old is given up.
    request: u64,
    served: u64,
    asked_at: Option<Instant>,
    has_change: bool,
    stopped: bool,
    result: Option<(usize, Duration)>,
    /// What no longer shows; the worker lets go of it, which takes a while.
    replaced: Option<Replaced>,
}

/// A run that is due.
struct Due {
    query: Query,
    request: u64,
    is_new: bool,
    since: Instant,
}

impl Search {
    pub(super) fn new(model: Arc<Mutex<Model>>) -> Self {
        Self {
            model,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Asks for this from now on; `None` shows everything at once.
    pub(super) fn ask(&self, query: Option<Query>) {
        let mut state = self.state.lock();
        state.request += 1;
        state.asked_at = Some(Instant::now());
        state.result = None;
        if query.is_none() {
            state.replaced = self.model.lock().set_filter(None);
        }
        state.query = query;
        self.changed.notify_one();
    }

    /// Says that a run might find something else now.
    pub(super) fn note_change(&self) {
        let mut state = self.state.lock();
        if !state.has_change {
            state.has_change = true;
            if state.query.is_some() {
                self.changed.notify_one();
            }
        }
    }

    pub(super) fn result(&self) -> Option<(usize, Duration)> {
        self.state.lock().result
    }

    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_one();
    }

    /// Waits for a request, or for a change once `rested` is over; `None` when it is time to end. Without a query it
    /// lets go of `order`.
    fn wait(&self, rested: Instant, order: &mut RowOrder) -> Option<Due> {
        let mut state = self.state.lock();
        loop {
            if state.stopped {
                return None;
            }
            if state.query.is_none() && (state.replaced.is_some() || !order.is_empty()) {
                let replaced = state.replaced.take();
                MutexGuard::unlocked(&mut state, || {
                    drop(replaced);
                    *order = RowOrder::default();
                });
                continue;
            }
            let is_new = state.request != state.served;
            match state.query.clone() {
                Some(query) if is_new || state.has_change && Instant::now() >= rested => {
                    state.has_change = false;
                    state.served = state.request;
                    let asked_at = state.asked_at.filter(|_| is_new);
                    return Some(Due {
                        query,
                        request: state.request,
                        is_new,
                        since: asked_at.unwrap_or_else(Instant::now),
                    });
                }
                Some(_) if state.has_change => {
                    self.changed.wait_until(&mut state, rested);
                }
                _ => self.changed.wait(&mut state),
            }
        }
    }

    fn is_wanted(&self, due: &Due) -> bool {
        let state = self.state.lock();
        !state.stopped && state.request == due.request
    }

    /// Looks at some more nodes; returns whether any are left.
    fn step(&self, due: &Due, cursor: &mut SearchCursor) -> bool {
        let model = self.model.lock();
        let has_more = model.search_step(&due.query, cursor, STEP);
        MutexGuard::unlock_fair(model);
        has_more
    }

    /// Shows what was found, unless another request came in between. Only a `whole` result counts.
    fn show(&self, due: &Due, matches: Matches, whole: bool, wake: &Wake) {
        let mut state = self.state.lock();
        // a successor may be at work on the same model already
        if state.stopped || state.request != due.request {
            return;
        }
        if whole {
            state.result = Some((matches.len(), due.since.elapsed()));
        }
        let replaced = self.model.lock().set_filter(Some(matches));
        drop(state);
        wake();
        drop(replaced);
    }

    /// Searches and shows what was found, unless another request comes in. What a new query finds first is shown
    /// before all is found; returns early once nothing is left to find.
    fn serve(&self, due: &Due, order: &mut RowOrder, wake: &Wake) {
        let mut cursor = SearchCursor::default();
        let mut has_more = self.step(due, &mut cursor);
        let mut next = Instant::now();
        loop {
            if due.is_new && Instant::now() >= next {
                let began = Instant::now();
                let Some(first) = self.find(due, &mut cursor, order, FIRST) else {
                    return;
                };
                let whole = !has_more && first.len() < FIRST;
                self.show(due, first, whole, wake);
                if whole {
                    return;
                }
                next = Instant::now() + NEXT.max(began.elapsed() * NEXT_FACTOR);
            }
            if !has_more {
                break;
            }
            if !self.is_wanted(due) {
                return;
            }
            has_more = self.step(due, &mut cursor);
        }
        if let Some(all) = self.find(due, &mut cursor, order, usize::MAX) {
            self.show(due, all, true, wake);
        }
    }

    fn find(
        &self,
        due: &Due,
        cursor: &mut SearchCursor,
        order: &mut RowOrder,
        most: usize,
    ) -> Option<Matches> {
        cursor.matches(order, most, &|| self.is_wanted(due))
    }

    fn work(&self, wake: &Wake) {
        let (mut rested, mut order) = (Instant::now(), RowOrder::default());
        while let Some(due) = self.wait(rested, &mut order) {
            let began = Instant::now();
            self.serve(&due, &mut order, wake);
            let took = began.elapsed();
            rested = Instant::now() + REST.max(took * REST_FACTOR);
        }
    }
}

/// Starts the thread; it ends with [`Search::stop`].
///
/// # Errors
/// The system's error when it gives no thread.
pub(super) fn start(search: Arc<Search>, wake: Wake) -> io::Result<()> {
    std::thread::Builder::new()
        .name("canopy-search".to_owned())
        .spawn(move || search.work(&wake))
        .map(drop)
}
