//! Wakes the window when something arrived: one wake-up pending at a time, and rarer when a frame is dear.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::client::Wake;

/// Shortest time between two frames that nobody but arriving messages asked for.
const SHORTEST: Duration = Duration::from_millis(33);
/// Longest such time, however dear a frame is: slower looks broken.
const LONGEST: Duration = Duration::from_millis(250);
/// A frame may take this share of the time until the next one: one part in so many.
const SHARE: f32 = 6.0;

/// Shared by the window and the background tasks.
pub struct Waker {
    context: egui::Context,
    is_pending: AtomicBool,
    delay_micros: AtomicU64,
}

impl Waker {
    /// A waker for the window of `context`.
    pub fn new(context: egui::Context) -> Arc<Self> {
        let delay_micros = AtomicU64::new(micros(SHORTEST));
        Arc::new(Self {
            context,
            is_pending: AtomicBool::new(false),
            delay_micros,
        })
    }

    /// The function that background tasks call.
    pub fn as_wake(self: &Arc<Self>) -> Wake {
        let waker = Arc::clone(self);
        Arc::new(move || waker.wake())
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
    }

    /// Learns what the last frame cost, in seconds of CPU time.
    pub fn frame_cost(&self, seconds: f32) {
        let wanted = Duration::try_from_secs_f32(seconds * SHARE)
            .unwrap_or(SHORTEST)
            .clamp(SHORTEST, LONGEST);
        // half the way, so that one slow frame does not slow down the next second
        let delay = (self.delay() + wanted) / 2;
        self.delay_micros.store(micros(delay), Ordering::Relaxed);
    }

    /// Time between two frames that arriving messages ask for.
    pub fn delay(&self) -> Duration {
        Duration::from_micros(self.delay_micros.load(Ordering::Relaxed))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
