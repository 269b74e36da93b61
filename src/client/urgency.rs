//! The three wishes that must be heard even when the command queue is full.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

/// Such a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgent {
    Drop,
    Disconnect,
    ReconnectNow,
}

/// Wishes that have not been heard yet; the same one twice counts once, so there is always room.
#[derive(Debug, Default)]
pub(super) struct Urgency {
    wishes: AtomicU8,
    changed: Notify,
}

impl Urgency {
    /// Adds a wish.
    pub(super) fn wish(&self, urgent: Urgent) {
        self.wishes.fetch_or(bit(urgent), Ordering::SeqCst);
        self.changed.notify_one();
    }

    /// Waits for wishes.
    pub(super) async fn arrived(&self) {
        self.changed.notified().await;
    }

    /// Waits for wishes without taking notice of them: [`Urgency::arrived`] returns at once after it.
    pub(super) async fn awaited(&self) {
        self.arrived().await;
        self.changed.notify_one();
    }

    /// Takes all wishes and returns the one that settles the others.
    pub(super) fn take(&self) -> Option<Urgent> {
        let wishes = self.wishes.swap(0, Ordering::SeqCst);
        [Urgent::Drop, Urgent::Disconnect, Urgent::ReconnectNow]
            .into_iter()
            .find(|urgent| wishes & bit(*urgent) != 0)
    }
}

fn bit(urgent: Urgent) -> u8 {
    match urgent {
        Urgent::Drop => 1,
        Urgent::Disconnect => 2,
        Urgent::ReconnectNow => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_final_wish_wins_and_is_heard_once() {
        let urgency = Urgency::default();
        urgency.wish(Urgent::ReconnectNow);
        urgency.wish(Urgent::Disconnect);
        assert_eq!(urgency.take(), Some(Urgent::Disconnect));
        assert_eq!(urgency.take(), None);
    }
}
