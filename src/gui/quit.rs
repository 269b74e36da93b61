//! A request from outside to close the window: SIGTERM, Ctrl+C in the terminal it was started from.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::client::Wake;

/// Shared by the window and whoever may ask it to close; clones are the same request.
#[derive(Clone, Default)]
pub struct Quit {
    is_asked: Arc<AtomicBool>,
    wake: Arc<Mutex<Option<Wake>>>,
}

impl Quit {
    /// Asks the window to close as if its button were clicked: everything is saved, connections say DISCONNECT.
    pub fn ask(&self) {
        self.is_asked.store(true, Ordering::Release);
        if let Some(wake) = self.wake.lock().as_ref() {
            wake();
        }
    }

    /// Whether somebody asked.
    pub(super) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Acquire)
    }

    /// Tells how to wake the window.
    pub(super) fn listen(&self, wake: Wake) {
        *self.wake.lock() = Some(wake);
    }
}
