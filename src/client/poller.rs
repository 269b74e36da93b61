//! Runs rumqttc in a task of its own: its `poll` loses a write when it is cancelled while the socket is busy, so
//! nothing here or above ever puts it into a `select!`. Only giving the connection up ends it half-way.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::session::{Loss, Polls, Progress};

/// What the task tells.
#[derive(Debug)]
pub(super) enum Outcome {
    /// CONNACK was accepted.
    Connected,
    /// The connection or the attempt is over; [`Poller::start`] begins the next one.
    Lost(Loss),
}

/// The handle on the task.
pub(super) struct Poller {
    start: Arc<Notify>,
    outcomes: mpsc::Receiver<Outcome>,
    task: JoinHandle<()>,
}

impl Poller {
    /// Starts the task; it waits for [`Poller::start`].
    pub(super) fn spawn(runtime: &Handle, polls: Polls) -> Self {
        let start = Arc::new(Notify::new());
        let (tell, outcomes) = mpsc::channel(4);
        let task = runtime.spawn(work(polls, Arc::clone(&start), tell));
        Self {
            start,
            outcomes,
            task,
        }
    }

    /// Begins an attempt; once more while one is running changes nothing.
    pub(super) fn start(&self) {
        self.start.notify_one();
    }

    /// The next outcome; `None` once the task has ended.
    pub(super) async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }

    /// Waits for DISCONNECT to be written, which ends the session; `false` when it ended otherwise.
    pub(super) async fn until_done(&mut self) -> bool {
        loop {
            match self.next().await {
                Some(Outcome::Connected) => {}
                Some(Outcome::Lost(Loss::Done)) => return true,
                Some(Outcome::Lost(_)) | None => return false,
            }
        }
    }

    /// Ends the task and with it the socket, wherever it is.
    pub(super) async fn stop(&mut self) {
        self.task.abort();
        // the error only says that the task was aborted
        drop((&mut self.task).await);
    }
}

async fn work(mut polls: Polls, start: Arc<Notify>, tell: mpsc::Sender<Outcome>) {
    loop {
        start.notified().await;
        if !work_on_one_connection(&mut polls, &tell).await {
            return;
        }
    }
}

/// Returns whether another connection may follow.
async fn work_on_one_connection(polls: &mut Polls, tell: &mpsc::Sender<Outcome>) -> bool {
    loop {
        let outcome = match polls.poll().await {
            Ok(Progress::Other) => continue,
            Ok(Progress::Connected) => Outcome::Connected,
            Err(loss) => Outcome::Lost(loss),
        };
        let is_lost = matches!(outcome, Outcome::Lost(_));
        let is_done = matches!(outcome, Outcome::Lost(Loss::Done));
        if tell.send(outcome).await.is_err() || is_done {
            return false;
        }
        if is_lost {
            return true;
        }
    }
}
