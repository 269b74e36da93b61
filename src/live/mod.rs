//! A connection and its model, joined by one thread, as the window and `canopy watch` use them.
//!
//! | file | what it does |
//! |---|---|
//! | `feed` | turns captured packets into model updates, at most 256 for each time the model is locked |
//! | `flags` | knows for which subscriptions the broker keeps the retain flag |
//! | `written` | knows which retained messages of ours may still be refused |
//! | `search` | follows the filter box |
//! | `sort` | puts long branches in order |
//! | `traffic` | looks at who floods the broker |
//! | `waits` | how long the window waited for the model |
//!
//! Searching and sorting have a thread each. They sleep until there is something to do, and hold the lock for
//! moments only.

mod feed;
mod flags;
mod search;
mod sort;
mod traffic;
mod waits;
mod written;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use crate::client::{
    CheckScope, Command, CommandError, Config, Connection, DialReport, Event, Redelivery,
    RetainedOnes, RuntimeHandle, State, Wake, check_retained,
};
use crate::model::{Model, Query, Subscribed, Wanted};
use crate::mqtt::{Timestamp, TopicFilter, Version};
use crate::profile::{ProfileColor, Subscription};
use feed::{Feeder, Notes};
use search::Search;
use sort::Sort;
pub use traffic::look_at_traffic;
pub use waits::Waits;

/// One connection with everything seen on it. Dropping it ends the connection and its threads.
pub struct Live {
    connection: Connection,
    workers: Workers,
    waits: waits::Clock,
    redelivery: Redelivery,
    feeder: JoinHandle<()>,
    /// What it was opened with.
    config: Config,
    runtime: RuntimeHandle,
}

impl Live {
    /// Starts connecting, and the thread that feeds the model. `model` is handed on when a profile reconnects, so
    /// that what was seen stays; a filter that it shows is followed again.
    ///
    /// # Errors
    /// The system's error when no thread could be started.
    pub fn open(
        runtime: &RuntimeHandle,
        config: Config,
        model: Arc<Mutex<Model>>,
        wake: Wake,
    ) -> std::io::Result<Self> {
        Self::open_after(runtime, config, model, Redelivery::default(), wake)
    }

    /// The same for a connection that may resume the session of an earlier one: the broker sends again what it does not
    /// know to have come. `redelivery` is that of the earlier one, see [`Live::redelivery`].
    ///
    /// # Errors
    /// As [`Live::open`].
    pub fn open_after(
        runtime: &RuntimeHandle,
        config: Config,
        model: Arc<Mutex<Model>>,
        redelivery: Redelivery,
        wake: Wake,
    ) -> std::io::Result<Self> {
        let version = config.profile.version;
        count_by(&mut model.lock(), version, &config.profile.subscriptions);
        let kept = config.clone();
        let workers = Workers::start(model, Arc::clone(&wake))?;
        let feeder = workers.feeder(redelivery.clone());
        let (connection, captures) = Connection::open(runtime, config, wake);
        Ok(Self {
            feeder: feed::start(captures, feeder)?,
            connection,
            workers,
            waits: waits::Clock::default(),
            redelivery,
            config: kept,
            runtime: runtime.clone(),
        })
    }

    /// The model; lock it, copy what is visible, let go.
    pub fn model(&self) -> &Arc<Mutex<Model>> {
        self.workers.model()
    }

    /// The model, locked for the window: how long that took is counted, see [`Live::waits`].
    pub fn lock(&self) -> MutexGuard<'_, Model> {
        self.waits.lock(self.model())
    }

    /// The same for a copy of what is shown, in a frame: waits for a fraction of a millisecond at most in all of the frame,
    /// since [`Live::frame_begins`]. With `None` the last copy is shown once more. After many times in vain it waits
    /// as long as it takes.
    pub fn lock_soon(&self) -> Option<MutexGuard<'_, Model>> {
        self.waits.lock_soon(self.model())
    }

    /// Says that a frame begins.
    pub fn frame_begins(&self) {
        self.waits.frame_begins();
    }

    /// Counts messages by these subscriptions from now on; rows of topics that a coloured one matches are marked with
    /// the place of its colour in [`ProfileColor::ALL`].
    pub fn count_by<'a>(&self, subscriptions: impl IntoIterator<Item = &'a Subscription>) {
        count_by(&mut self.lock(), self.config.profile.version, subscriptions);
    }

    /// Asks the broker on a short connection of its own what it retains; nothing comes of it here, see
    /// [`crate::client::check_retained`].
    pub fn check_retained(
        &self,
        scope: CheckScope,
    ) -> impl Future<Output = Result<RetainedOnes, String>> + Send + use<> {
        check_retained(self.runtime.clone(), self.config.clone(), scope)
    }

    /// How long the window has waited for the model in all.
    pub fn waits(&self) -> Waits {
        self.waits.so_far()
    }

    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send(&self, command: Command) -> Result<(), CommandError> {
        self.connection.send(command)
    }

    /// The next event, without waiting. Packets that could not be read are told as notes.
    pub fn next_event(&mut self) -> Option<Event> {
        self.next_timed_event().map(|(_, event)| event)
    }

    /// The same with the time at which it happened.
    pub fn next_timed_event(&mut self) -> Option<(Timestamp, Event)> {
        self.workers.pass_on_wishes();
        let note = |note| (crate::client::now(), Event::Note(note));
        self.connection
            .next_timed_event()
            .or_else(|| self.workers.notes.next().map(note))
    }

    /// Waits on this thread until the connection has ended for good, at most for `limit`; says whether it has.
    pub fn wait_ended(&self, limit: Duration) -> bool {
        self.connection.wait_ended(limit)
    }

    /// Whether the connection has ended for good and everything that came on it is in the model.
    pub fn has_ended(&self) -> bool {
        matches!(self.state(), State::Ended(_)) && self.feeder.is_finished()
    }

    /// Stops filtering and sorting: another connection goes on with the model, or nobody looks at it any more.
    pub fn stop_workers(&self) {
        self.workers.stop();
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.connection.state()
    }

    /// Bytes that came in and wait for the model. When it is locked for long, the socket is no longer read from
    /// [`crate::client::Captures::LIMIT`] on; the thread that feeds the model may hold as much in addition.
    pub fn waiting_bytes(&self) -> usize {
        self.connection.waiting_bytes()
    }

    /// What the last dial has shown, step by step, with the broker's certificates; also after a failure.
    pub fn dial_report(&self) -> DialReport {
        self.connection.dial_report()
    }

    /// Which QoS 2 messages came and were not released, for whoever goes on with the session.
    pub fn redelivery(&self) -> Redelivery {
        self.redelivery.clone()
    }

    /// The client id in use.
    pub fn client_id(&self) -> &str {
        self.connection.client_id()
    }

    /// Packets that could not be read, and are therefore missing from the model.
    pub fn undecodable(&self) -> u64 {
        self.workers.notes.undecodable()
    }

    /// Filters the tree by `query` (or shows all with `None`) on a worker thread; the newest request wins, and the
    /// filter follows new topics and payloads until it is replaced.
    pub fn set_query(&self, query: Option<Query>) {
        self.workers.set_query(query);
    }

    /// What the filter found, once it has run: matching topics and how long it took.
    pub fn search_result(&self) -> Option<(usize, Duration)> {
        self.workers.search_result()
    }
}

fn count_by<'a>(
    model: &mut Model,
    version: Version,
    subscriptions: impl IntoIterator<Item = &'a Subscription>,
) {
    let subscribed = |it: &Subscription| {
        let place = |color| ProfileColor::ALL.iter().position(|it| *it == color);
        let mark = it.color.and_then(place).map(u8::try_from);
        Some(Subscribed {
            filter: TopicFilter::new(it.filter.clone()).ok()?,
            mark: mark.and_then(Result::ok),
            keeps_flag: it.retain_as_published && version == Version::V5,
        })
    };
    let list: Vec<Subscribed> = subscriptions.into_iter().filter_map(subscribed).collect();
    model.count_by(&list);
}

/// What works on a model beside the connection.
pub(crate) struct Workers {
    model: Arc<Mutex<Model>>,
    wanted: Arc<Wanted>,
    search: Arc<Search>,
    sort: Arc<Sort>,
    notes: Arc<Notes>,
    wake: Wake,
    /// Whether the threads have been told to end; what the model wishes is for others from then on.
    is_stopped: AtomicBool,
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system's error when it gives no thread.
    pub(crate) fn start(model: Arc<Mutex<Model>>, wake: Wake) -> std::io::Result<Self> {
        let (wanted, filter) = {
            let model = model.lock();
            (model.wanted(), model.filter_text().and_then(Query::new))
        };
        let workers = Self {
            search: Arc::new(Search::new(Arc::clone(&model))),
            sort: Arc::new(Sort::new(Arc::clone(&model), Arc::clone(&wanted))),
            notes: Arc::default(),
            model,
            wanted,
            wake,
            is_stopped: AtomicBool::new(false),
        };
        search::start(Arc::clone(&workers.search), Arc::clone(&workers.wake))?;
        sort::start(Arc::clone(&workers.sort), Arc::clone(&workers.wake))?;
        if filter.is_some() {
            workers.search.ask(filter);
        }
        Ok(workers)
    }

    /// As [`Live::model`].
    pub(crate) fn model(&self) -> &Arc<Mutex<Model>> {
        self.pass_on_wishes();
        &self.model
    }

    /// As [`Live::set_query`].
    pub(crate) fn set_query(&self, query: Option<Query>) {
        self.search.ask(query);
    }

    /// As [`Live::search_result`].
    pub(crate) fn search_result(&self) -> Option<(usize, Duration)> {
        self.search.result()
    }

    fn feeder(&self, redelivery: Redelivery) -> Feeder {
        Feeder::new(
            Arc::clone(&self.model),
            Arc::clone(&self.notes),
            (Arc::clone(&self.search), Arc::clone(&self.sort)),
            redelivery,
            Arc::clone(&self.wake),
        )
    }

    fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
        self.search.stop();
        self.sort.stop();
    }

    /// Wakes the workers for what the window's own changes have left to them.
    fn pass_on_wishes(&self) {
        if self.is_stopped.load(Ordering::Acquire) {
            return;
        }
        if self.wanted.are_chores_wanted() {
            self.sort.note_wish();
        }
        if self.wanted.is_search_wanted() && self.wanted.take_search() {
            self.search.note_change();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop();
    }
}
