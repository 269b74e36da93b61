//! Wakes the window when something arrived: one wake-up pending at a time, and rarer when a frame is dear.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use parking_lot::Mutex;

use crate::client::Wake;

/// Shortest time between two frames that nobody but arriving messages asked for.
const SHORTEST: Duration = Duration::from_millis(33);
/// Longest such time, however dear a frame is: slower looks broken.
const LONGEST: Duration = Duration::from_millis(250);
/// The same while only connections that nobody looks at receive something: their tabs say how much.
const UNSEEN: Duration = Duration::from_millis(500);
/// Share of one core that the whole program may use before frames become rarer. All of it counts, because software
/// OpenGL draws in threads of its own, which no clock around a frame sees.
const WANTED_SHARE: f32 = 0.2;
/// Frames closer together than this (somebody moves the mouse) are judged together.
const SHORTEST_JUDGED: Duration = Duration::from_millis(25);

/// When the cost was looked at last.
struct Mark {
    at: Instant,
    cpu: ProcessTime,
}

impl Mark {
    fn now() -> Self {
        Self {
            at: Instant::now(),
            cpu: ProcessTime::now(),
        }
    }
}

/// Shared by the window and the background tasks.
pub struct Waker {
    context: egui::Context,
    is_pending: AtomicBool,
    /// The same for what nobody looks at.
    is_pending_unseen: AtomicBool,
    delay_micros: AtomicU64,
    mark: Mutex<Mark>,
}

impl Waker {
    /// A waker for the window of `context`.
    pub fn new(context: egui::Context) -> Arc<Self> {
        let delay_micros = AtomicU64::new(micros(SHORTEST));
        Arc::new(Self {
            context,
            is_pending: AtomicBool::new(false),
            is_pending_unseen: AtomicBool::new(false),
            delay_micros,
            mark: Mutex::new(Mark::now()),
        })
    }

    /// The context of the window.
    pub fn context(&self) -> &egui::Context {
        &self.context
    }

    /// The function that background tasks call.
    pub fn as_wake(self: &Arc<Self>) -> Wake {
        let waker = Arc::clone(self);
        Arc::new(move || waker.wake())
    }

    /// The function that a connection calls: while `sight` says that nobody looks at it, its messages ask for few frames.
    pub fn as_wake_of(self: &Arc<Self>, sight: Arc<AtomicBool>) -> Wake {
        let waker = Arc::clone(self);
        Arc::new(move || {
            if sight.load(Ordering::Relaxed) {
                waker.wake();
            } else {
                waker.wake_unseen();
            }
        })
    }

    fn wake_unseen(&self) {
        if !self.is_pending_unseen.swap(true, Ordering::AcqRel) {
            self.context.request_repaint_after(UNSEEN);
        }
    }

    /// Asks for a frame soon, unless one was asked for already.
    fn wake(&self) {
        if !self.is_pending.swap(true, Ordering::AcqRel) {
            self.context.request_repaint_after(self.delay());
        }
    }

    /// A frame begins: the next wake-up asks for another one.
    pub fn frame_begins(&self) {
        self.is_pending.store(false, Ordering::Release);
        self.is_pending_unseen.store(false, Ordering::Release);
    }

    /// A new frame is drawn: learns what the program used since the last one, and makes the next wake-up later or sooner.
    pub fn judge_last_frame(&self) {
        let mut mark = self.mark.lock();
        let now = Mark::now();
        let passed = now.at.duration_since(mark.at);
        if passed < SHORTEST_JUDGED {
            return;
        }
        let used = now.cpu.duration_since(mark.cpu);
        *mark = now;
        let delay = next_delay(self.delay(), used.as_secs_f32() / passed.as_secs_f32());
        self.delay_micros.store(micros(delay), Ordering::Relaxed);
    }

    /// Time between two frames that arriving messages ask for.
    pub fn delay(&self) -> Duration {
        Duration::from_micros(self.delay_micros.load(Ordering::Relaxed))
    }
}

/// The delay after a frame, from the one before it and the share of a core that was used: it creeps, so that one slow
/// frame does not slow down the next second.
fn next_delay(delay: Duration, share: f32) -> Duration {
    let step = if share > WANTED_SHARE { 1.12 } else { 0.94 };
    delay.mul_f32(step).clamp(SHORTEST, LONGEST)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dear_frames_become_rarer_and_cheap_ones_come_back() {
        let mut delay = SHORTEST;
        for _ in 0..30 {
            delay = next_delay(delay, 0.6);
        }
        assert_eq!(delay, LONGEST);
        for _ in 0..60 {
            delay = next_delay(delay, 0.05);
        }
        assert_eq!(delay, SHORTEST);
    }

    #[test]
    fn one_wake_up_is_pending_at_a_time() {
        let waker = Waker::new(egui::Context::default());
        waker.wake();
        assert!(waker.is_pending.load(Ordering::Acquire));
        waker.frame_begins();
        assert!(!waker.is_pending.load(Ordering::Acquire));
    }

    #[test]
    fn a_connection_that_nobody_looks_at_does_not_hurry_the_window() {
        let waker = Waker::new(egui::Context::default());
        let sight = Arc::new(AtomicBool::new(false));
        let wake = waker.as_wake_of(Arc::clone(&sight));
        wake();
        assert!(!waker.is_pending.load(Ordering::Acquire));
        assert!(waker.is_pending_unseen.load(Ordering::Acquire));
        sight.store(true, Ordering::Relaxed);
        wake();
        assert!(waker.is_pending.load(Ordering::Acquire));
        waker.frame_begins();
        assert!(!waker.is_pending_unseen.load(Ordering::Acquire));
    }
}
