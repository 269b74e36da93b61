//! What must not run on the window's thread: the keyring, files, starting and stopping the broker. Each job comes
//! back as a [`Done`] that the application takes before its next frame.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use parking_lot::Mutex;

use crate::broker::{Broker, BrokerError};
use crate::client::{Config, RuntimeHandle, Wake};
use crate::model::Model;
use crate::payload::schema::Schemas;
use crate::profile::{FoundSecrets, MissingSecret, ProfileId, Secret, SecretError, StoreError};

use super::action::SecretKey;
use super::app::{CheckDone, Kept, LookupNumber};
use super::retained::Gathered;

/// Jobs that may wait to be taken; more would have to wait with their answer.
const CAPACITY: usize = 64;

/// What came of a job.
pub enum Done {
    /// The broker started, or why not; with the demo to follow.
    BrokerStarted {
        /// The running broker, or why there is none.
        result: Result<Broker, BrokerError>,
        /// User name and password that clients must give.
        credentials: Option<(String, Secret)>,
        /// Whether demo devices are wanted.
        with_demo: bool,
    },
    /// The broker stopped.
    BrokerStopped {
        /// Whether it is to be started again, with new settings.
        start_again: bool,
    },
    /// The secrets that a profile needs were looked up in order to connect.
    SecretsFound(ProfileId, LookupNumber, FoundSecrets),
    /// The secrets that a test of a connection takes were looked up, and perhaps one was not found.
    ReadyToExamine(Box<Config>, Option<MissingSecret>),
    /// A secret was kept or forgotten in the keyring.
    SecretKept(SecretKey, Result<(), SecretError>),
    /// The keyring was looked for.
    KeyringLookedFor(Result<(), SecretError>),
    /// Retained messages that are to be cleared, on the connection of this profile with this model.
    RetainedFound(ProfileId, Arc<Mutex<Model>>, Gathered),
    /// The broker was asked what it retains.
    RetainedChecked(Box<CheckDone>),
    /// What came of it is where it belongs.
    Nothing,
    /// What came with imported connections was kept.
    Imported(Box<Kept>),
    /// The certificates of a deleted profile were deleted.
    CertificatesDeleted(Result<(), StoreError>),
    /// The branches that were open in the tree of a closed connection, as paths.
    BranchesGathered(ProfileId, Vec<String>),
    /// The schema files of a profile were read.
    SchemasRead(ProfileId, u64, Arc<Schemas>),
    /// Files were written.
    Saved(Vec<StoreError>),
}

type Job = Box<dyn FnOnce() -> Done + Send>;

/// Jobs that must not overtake each other.
#[derive(Default)]
struct Line {
    waiting: VecDeque<Job>,
    /// Whether a thread works on them.
    is_moving: bool,
}

/// Starts jobs and collects what came of them.
pub struct Jobs {
    runtime: RuntimeHandle,
    wake: Wake,
    sender: SyncSender<Done>,
    receiver: Receiver<Done>,
    line: Arc<Mutex<Line>>,
}

impl Jobs {
    /// Jobs run on `runtime`; `wake` is called when one is done.
    pub fn new(runtime: RuntimeHandle, wake: Wake) -> Self {
        let (sender, receiver) = sync_channel(CAPACITY);
        Self {
            runtime,
            wake,
            sender,
            receiver,
            line: Arc::default(),
        }
    }

    /// The runtime that connections and the broker live on.
    pub fn runtime(&self) -> &RuntimeHandle {
        &self.runtime
    }

    /// Wakes the window.
    pub fn wake(&self) -> &Wake {
        &self.wake
    }

    /// Runs something that blocks (keyring, files) on a thread of its own.
    pub fn run_blocking(&self, job: impl FnOnce() -> Done + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        self.runtime
            .spawn_blocking(move || deliver(&sender, &wake, job()));
    }

    /// Runs something that blocks after everything that was handed over here before, as writing to the keyring: what is
    /// typed last is what it keeps, however long it asks its owner before.
    pub fn run_in_order(&self, job: impl FnOnce() -> Done + Send + 'static) {
        let mut line = self.line.lock();
        line.waiting.push_back(Box::new(job));
        if line.is_moving {
            return;
        }
        line.is_moving = true;
        drop(line);
        let line = Arc::clone(&self.line);
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        self.runtime.spawn_blocking(move || {
            while let Some(job) = next_in(&line) {
                deliver(&sender, &wake, job());
            }
        });
    }

    /// Runs something that waits.
    pub fn run(&self, job: impl Future<Output = Done> + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        self.runtime
            .spawn(async move { deliver(&sender, &wake, job.await) });
    }

    /// The next finished job, without waiting.
    pub fn next(&self) -> Option<Done> {
        self.receiver.try_recv().ok()
    }
}

/// The next job in line; without one the line stands.
fn next_in(line: &Mutex<Line>) -> Option<Job> {
    let mut line = line.lock();
    let job = line.waiting.pop_front();
    line.is_moving = job.is_some();
    job
}

fn deliver(sender: &SyncSender<Done>, wake: &Wake, done: Done) {
    // the receiver is gone only when the window is closing: nobody is left to tell
    if sender.send(done).is_ok() {
        wake();
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::SecretKind;

    use super::*;

    #[test]
    fn jobs_in_line_do_not_overtake_each_other() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let jobs = Jobs::new(runtime.handle().clone(), Arc::new(|| {}));
        let (go, wait) = sync_channel::<()>(0);
        let done: Arc<Mutex<Vec<usize>>> = Arc::default();
        let mut wait = Some(wait);
        for number in 0..20 {
            let (done, wait) = (Arc::clone(&done), wait.take());
            jobs.run_in_order(move || {
                // the first one takes long, as a keyring that asks its owner
                if let Some(wait) = wait {
                    wait.recv().unwrap();
                }
                done.lock().push(number);
                let key = (ProfileId(number.to_string()), SecretKind::Password);
                Done::SecretKept(key, Ok(()))
            });
        }
        go.send(()).unwrap();
        let limit = std::time::Duration::from_secs(30);
        for _ in 0..20 {
            jobs.receiver.recv_timeout(limit).unwrap();
        }
        assert_eq!(*done.lock(), (0..20).collect::<Vec<_>>());
    }
}
