//! What must not run on the window's thread: the keyring, files, starting and stopping the broker. Each job comes
//! back as a [`Done`] that the application takes before its next frame.

use std::future::Future;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::broker::{Broker, BrokerError};
use crate::client::{Config, RuntimeHandle, Wake};
use crate::mqtt::TopicName;
use crate::profile::{ProfileId, Secret, SecretError, SecretKind, StoreError};

use super::action::SecretKey;
use super::app::{Kept, LookupNumber};

/// Jobs that may wait to be taken; more would have to wait with their answer.
const CAPACITY: usize = 64;

/// What the keyring said to one secret.
pub type Lookup = (SecretKind, Result<Option<Secret>, SecretError>);

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
    SecretsFound(ProfileId, LookupNumber, Vec<Lookup>),
    /// The secrets that a test of a connection takes were looked up, and perhaps one was not found.
    ReadyToExamine(Box<Config>, Option<SecretKind>),
    /// A secret was kept or forgotten in the keyring.
    SecretKept(SecretKey, Result<(), SecretError>),
    /// Topics with retained messages that are to be cleared, on the connection of this profile.
    RetainedFound(ProfileId, Vec<TopicName>),
    /// What came with imported connections was kept.
    Imported(Box<Kept>),
    /// The certificates of a deleted profile were deleted.
    CertificatesDeleted(Result<(), StoreError>),
    /// The branches that were open in the tree of a closed connection, as paths.
    BranchesGathered(ProfileId, Vec<String>),
    /// Files were written.
    Saved(Vec<StoreError>),
}

/// Starts jobs and collects what came of them.
pub struct Jobs {
    runtime: RuntimeHandle,
    wake: Wake,
    sender: SyncSender<Done>,
    receiver: Receiver<Done>,
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

fn deliver(sender: &SyncSender<Done>, wake: &Wake, done: Done) {
    // the receiver is gone only when the window is closing: nobody is left to tell
    if sender.send(done).is_ok() {
        wake();
    }
}
