//! The numbers above the list of clients: rates from one look to the next, and counts that are dear to take.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::client::now;
use crate::mqtt::Timestamp;

use super::clients::Stats;
use super::serve::Server;
use super::sys;

/// How long rates and dear counts stay as they are, however often they are looked at.
const REFRESH: Duration = Duration::from_secs(1);

/// What was seen at the last look.
#[derive(Debug)]
pub(super) struct Meter {
    at: Timestamp,
    stats: Stats,
}

impl Meter {
    /// Starts measuring now.
    pub(super) fn new() -> Self {
        Self {
            at: now(),
            stats: Stats::default(),
        }
    }

    /// The sums now; rates are the mean since the look before, at least a second ago.
    pub(super) fn read(&mut self, server: &Server) -> Stats {
        let at = now();
        let totals = server.clients.totals();
        let (messages_in, messages_out) = (totals.incoming.messages, totals.outgoing.messages);
        let passed = at.since(self.at);
        if passed >= REFRESH {
            self.at = at;
            self.stats.rate_in = rate(messages_in - self.stats.messages_in, passed);
            self.stats.rate_out = rate(messages_out - self.stats.messages_out, passed);
            (self.stats.messages_in, self.stats.messages_out) = (messages_in, messages_out);
            self.count(server);
        }
        let (clients, subscriptions) = server.clients.counts();
        Stats {
            clients,
            subscriptions,
            messages_in,
            messages_out,
            ..self.stats.clone()
        }
    }

    /// Takes the counts that need a look into the broker's own maps; keeps the old ones while those are written.
    fn count(&mut self, server: &Server) {
        if let Some(retained) = at_once(server.router.retained_count()) {
            self.stats.retained = retained.saturating_sub(sys::COUNT);
        }
        if let Some(away) = at_once(server.sessions_away()) {
            self.stats.offline_sessions = away;
        }
    }
}

fn rate(messages: u64, passed: Duration) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "shown with one decimal")]
    let rate = (messages as f64 / passed.as_secs_f64()) as f32;
    rate
}

/// What `future` returns if it needs not wait.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
