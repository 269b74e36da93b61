//! The queue of events between the driver and the connection's owner: bounded, and nothing that matters is lost.
//!
//! Past the limit the driver takes no further publishes, so their steps stay few; of states, pings and
//! subscriptions, which come by themselves, only the newest is kept then.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

use super::{Event, State, Wake, now};
use crate::mqtt::Timestamp;

/// Events that may wait before the driver holds back.
const LIMIT: usize = 4_096;

/// The shared queue, and the state as of now.
pub(super) struct Events {
    inner: Mutex<Inner>,
    arrived: Notify,
    ended: Condvar,
    /// Wakes the driver: there is room again.
    pub(super) room: Notify,
    wake: Wake,
    /// Whether a socket was ever opened.
    reached: AtomicBool,
}

struct Inner {
    waiting: VecDeque<(Timestamp, Event)>,
    state: State,
}

impl Events {
    pub(super) fn new(wake: Wake) -> Self {
        Self {
            inner: Mutex::new(Inner {
                waiting: VecDeque::new(),
                state: State::Idle,
            }),
            arrived: Notify::new(),
            ended: Condvar::new(),
            room: Notify::new(),
            wake,
            reached: AtomicBool::new(false),
        }
    }

    /// Notes that a socket to the broker was open.
    pub(super) fn note_reached(&self) {
        self.reached.store(true, Ordering::Release);
    }

    /// Whether a socket to the broker was ever open.
    pub(super) fn was_reached(&self) -> bool {
        self.reached.load(Ordering::Acquire)
    }

    /// Adds an event and wakes whoever waits for one.
    pub(super) fn push(&self, event: Event) {
        {
            let mut inner = self.inner.lock();
            if let Event::State(state) = &event {
                inner.state = state.clone();
                if matches!(state, State::Ended(_)) {
                    self.ended.notify_all();
                }
            }
            insert(&mut inner.waiting, (now(), event));
        }
        self.arrived.notify_one();
        (self.wake)();
    }

    /// Whether further publishes may be taken.
    pub(super) fn has_room(&self) -> bool {
        self.inner.lock().waiting.len() < LIMIT
    }

    /// The state as of now.
    pub(super) fn state(&self) -> State {
        self.inner.lock().state.clone()
    }

    /// The next event and when it happened, without waiting.
    pub(super) fn pop(&self) -> Option<(Timestamp, Event)> {
        self.pop_from(&mut self.inner.lock())
    }

    fn pop_from(&self, inner: &mut Inner) -> Option<(Timestamp, Event)> {
        let event = inner.waiting.pop_front();
        if inner.waiting.len() + 1 == LIMIT {
            self.room.notify_one();
        }
        event
    }

    /// The next event; `None` once the end was handed out.
    pub(super) async fn next(&self) -> Option<Event> {
        loop {
            {
                let mut inner = self.inner.lock();
                if let Some((_, event)) = self.pop_from(&mut inner) {
                    return Some(event);
                }
                if matches!(inner.state, State::Ended(_)) {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }

    /// Blocks until the connection has ended or `limit` has passed; returns whether it has ended.
    pub(super) fn wait_ended(&self, limit: Duration) -> bool {
        let mut inner = self.inner.lock();
        self.ended.wait_while_for(
            &mut inner,
            |inner| !matches!(inner.state, State::Ended(_)),
            limit,
        );
        matches!(inner.state, State::Ended(_))
    }
}

/// Appends `event`; past the limit it takes the place of an older one that it makes stale.
fn insert(waiting: &mut VecDeque<(Timestamp, Event)>, event: (Timestamp, Event)) {
    if waiting.len() >= LIMIT
        && let Some(stale) = waiting
            .iter_mut()
            .rev()
            .find(|old| replaces(&event.1, &old.1))
    {
        *stale = event;
        return;
    }
    waiting.push_back(event);
}

fn replaces(new: &Event, old: &Event) -> bool {
    match (new, old) {
        (Event::State(_), Event::State(_))
        | (Event::Granted(_), Event::Granted(_))
        | (Event::PingRoundTrip(_), Event::PingRoundTrip(_))
        | (Event::Note(_), Event::Note(_)) => true,
        (Event::Subscription(new, _), Event::Subscription(old, _)) => new == old,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::client::{PublishId, PublishStep};

    #[test]
    fn past_the_limit_stale_events_make_way_and_publish_steps_stay() {
        let events = Events::new(Arc::new(|| {}));
        for attempt in 1..=10_000 {
            events.push(Event::State(State::Connecting { attempt }));
        }
        for id in 0..10 {
            events.push(Event::Publish(PublishId(id), PublishStep::Sent));
        }
        assert!(!events.has_room());
        let mut all = Vec::new();
        while let Some((_, event)) = events.pop() {
            all.push(event);
        }
        assert_eq!(all.len(), LIMIT + 10);
        assert_eq!(
            all[LIMIT - 1],
            Event::State(State::Connecting { attempt: 10_000 })
        );
        assert!(events.has_room());
    }
}
