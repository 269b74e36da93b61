//! Work that must not hold up a frame: one job runs, at most one waits, the latest request wins. What changes something
//! must not be left out: it is put in line instead.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use parking_lot::Mutex;

type Job<T> = Box<dyn FnOnce() -> T + Send>;

/// A place where one kind of work is done on a thread of its own.
pub struct Latest<T> {
    name: &'static str,
    running: Option<Receiver<T>>,
    waiting: VecDeque<Job<T>>,
    /// Woken when a job is done.
    ctx: egui::Context,
}

impl<T: Send + 'static> Latest<T> {
    /// Nothing to do yet; `name` is the thread's name.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            running: None,
            waiting: VecDeque::new(),
            ctx: egui::Context::default(),
        }
    }

    /// Starts `job`, or lets it wait for the running one in place of what waited before.
    pub fn start(&mut self, ctx: &egui::Context, job: impl FnOnce() -> T + Send + 'static) {
        self.waiting.clear();
        self.line_up(ctx, job);
    }

    /// Starts `job`, or lets it wait for the running one and for everything that waits: each is done, in order. Only
    /// for what a user asks for one by one.
    pub fn line_up(&mut self, ctx: &egui::Context, job: impl FnOnce() -> T + Send + 'static) {
        self.waiting.push_back(Box::new(job));
        self.ctx = ctx.clone();
        self.next();
    }

    /// The result of a job that has finished, each once. Asked in every frame; the frame is woken for it.
    pub fn poll(&mut self) -> Option<T> {
        let result = match self.running.as_ref()?.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
        };
        self.running = None;
        self.next();
        result
    }

    /// Whether a job runs or waits.
    pub fn is_busy(&self) -> bool {
        self.running.is_some() || !self.waiting.is_empty()
    }

    fn next(&mut self) {
        if self.running.is_some() {
            return;
        }
        let Some(job) = self.waiting.pop_front() else {
            return;
        };
        let (sender, receiver) = sync_channel(1);
        // the job stays reachable, so that it can still be done here when the system refuses a thread
        let job = Arc::new(Mutex::new(Some(job)));
        let there = Arc::clone(&job);
        let done = sender.clone();
        let ctx = self.ctx.clone();
        let spawned = thread::Builder::new()
            .name(self.name.to_owned())
            .spawn(move || {
                let job = there.lock().take();
                if job.is_some_and(|job| done.send(job()).is_ok()) {
                    ctx.request_repaint();
                }
            });
        if spawned.is_err() {
            let job = job.lock().take();
            if let Some(job) = job {
                // the receiver is right here and the queue empty: this cannot fail
                drop(sender.try_send(job()));
            }
        }
        self.running = Some(receiver);
    }
}

impl<T> fmt::Debug for Latest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latest")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;
    use std::time::{Duration, Instant};

    use super::Latest;

    fn wait(jobs: &mut Latest<u32>) -> u32 {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(result) = jobs.poll() {
                return result;
            }
            assert!(Instant::now() < deadline, "no result");
            std::thread::yield_now();
        }
    }

    #[test]
    fn the_latest_request_wins() {
        let ctx = egui::Context::default();
        let mut jobs = Latest::new("test");
        let (go, gate) = sync_channel::<()>(1);
        jobs.start(&ctx, move || {
            gate.recv().unwrap();
            1
        });
        jobs.start(&ctx, || 2);
        jobs.start(&ctx, || 3);
        assert!(jobs.poll().is_none());
        go.send(()).unwrap();
        assert_eq!(wait(&mut jobs), 1);
        assert_eq!(wait(&mut jobs), 3);
        assert!(!jobs.is_busy());
    }

    #[test]
    fn what_is_put_in_line_is_done_in_order() {
        let ctx = egui::Context::default();
        let mut jobs = Latest::new("test");
        for n in 0..4 {
            jobs.line_up(&ctx, move || n);
        }
        let done: Vec<u32> = (0..4).map(|_| wait(&mut jobs)).collect();
        assert_eq!(done, [0, 1, 2, 3]);
        assert!(!jobs.is_busy());
    }
}
