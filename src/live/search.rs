//! The filter worker: one request running, one waiting, the newest wins; never holds the lock for long.
//!
//! A filter that is set follows what comes in: after a change the search runs again, but it rests for a while in
//! between. Without changes and without requests the thread sleeps.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::client::Wake;
use crate::model::{Matches, Model, Query, SearchCursor};

/// Nodes looked at for each time the model is locked.
const STEP: usize = 1024;
/// Least time between two runs of the same query.
const REST: Duration = Duration::from_millis(250);
/// Nodes from which on a new query is first answered by names alone.
const NAMES_FIRST: usize = 50_000;
/// A run that takes long is followed by a rest of this many times its length.
const REST_FACTOR: u32 = 8;

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
            self.model.lock().set_filter(None);
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

    /// Waits for a request, or for a change once `rested` is over; `None` when it is time to end.
    fn wait(&self, rested: Instant) -> Option<Due> {
        let mut state = self.state.lock();
        loop {
            if state.stopped {
                return None;
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

    /// Searches; `None` when another request came in between.
    fn run(&self, due: &Due, mut cursor: SearchCursor) -> Option<Matches> {
        loop {
            let state = self.state.lock();
            if state.stopped || state.request != due.request {
                return None;
            }
            drop(state);
            let model = self.model.lock();
            let is_unfinished = model.search_step(&due.query, &mut cursor, STEP);
            MutexGuard::unlock_fair(model);
            if !is_unfinished {
                return Some(cursor.finish());
            }
        }
    }

    /// Shows what was found, unless another request came in between. Only a `whole` result counts.
    fn show(&self, due: &Due, matches: Matches, whole: bool) -> bool {
        let mut state = self.state.lock();
        // a successor may be at work on the same model already
        if state.stopped || state.request != due.request {
            return false;
        }
        if whole {
            state.result = Some((matches.len(), due.since.elapsed()));
        }
        self.model.lock().set_filter(Some(matches));
        true
    }

    /// Whether payloads are looked at only after a first answer by names has been shown.
    fn is_in_two_steps(&self, due: &Due) -> bool {
        due.is_new && !due.query.is_topic_filter() && self.model.lock().node_count() > NAMES_FIRST
    }

    fn serve(&self, due: &Due, wake: &Wake) {
        let steps = if self.is_in_two_steps(due) {
            vec![SearchCursor::names_only(), SearchCursor::default()]
        } else {
            vec![SearchCursor::default()]
        };
        let last = steps.len() - 1;
        for (step, cursor) in steps.into_iter().enumerate() {
            let matches = self.run(due, cursor);
            if matches.is_some_and(|matches| self.show(due, matches, step == last)) {
                wake();
            }
        }
    }

    fn work(&self, wake: &Wake) {
        let mut rested = Instant::now();
        while let Some(due) = self.wait(rested) {
            let began = Instant::now();
            self.serve(&due, wake);
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
