//! Whether somebody else uses the profile's client id: connects with it and waits to be thrown out. It throws out whoever
//! uses it, so this is only done when asked for.

use std::time::Duration;

use tokio::time::Instant;

use crate::mqtt::ReasonCode;

use super::super::{Config, Extras, Failure, RuntimeHandle};
use super::patient::Patient;
use super::words::{Finding, without_query};

/// Clients that were thrown out come back after a second or two.
const WATCH: Duration = Duration::from_secs(4);
/// "Session taken over".
const TAKEN_OVER: ReasonCode = ReasonCode(0x8e);

/// A client id that is to be tried, with everything that belongs to it.
pub(super) struct OwnId {
    config: Config,
    extras: Extras,
}

impl OwnId {
    /// The profile's session is resumed where it says so, and left as it is: nothing is subscribed to, and what waits in it
    /// is not acknowledged.
    pub(super) fn new(mut config: Config, mut extras: Extras) -> Self {
        config.profile.subscriptions.clear();
        config.profile.will.enabled = false;
        config.profile.reconnect = false;
        extras.acknowledge_by_hand = true;
        Self { config, extras }
    }

    pub(super) async fn claim(self, runtime: &RuntimeHandle) -> Finding {
        let id = self.config.profile.client_id.clone();
        let mut patient = Patient::open(runtime, self.config.clone(), self.extras);
        if let Err(failure) = patient.connected(|_dial| {}).await {
            return Finding::failure(without_query(&self.config.profile, failure));
        }
        let begun = Instant::now();
        match patient.lasts(begun + WATCH).await {
            Ok(()) => Finding::passed(format!(
                "Nobody else came back as “{id}” within {} s.",
                WATCH.as_secs()
            )),
            Err(failure) => lost(&id, begun.elapsed(), failure),
        }
    }
}

fn lost(id: &str, lasted: Duration, failure: Failure) -> Finding {
    let seconds = lasted.as_secs_f64();
    let what = match failure.reason {
        Some(TAKEN_OVER) => format!(
            "Another client uses the client id “{id}”: it took the connection over after {seconds:.1} s."
        ),
        None => format!(
            "Another client seems to use the client id “{id}”: the broker closed the connection after {seconds:.1} s."
        ),
        Some(_) => return Finding::failure(failure),
    };
    Finding::failed(
        what,
        "Give each client its own client id, or stop the other one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_takeover_is_told_from_a_connection_that_was_merely_closed() {
        let closed = Failure::new("The broker closed the connection.", "See its log.");
        let taken = Failure {
            reason: Some(TAKEN_OVER),
            ..closed.clone()
        };
        let stopped = Failure {
            reason: Some(ReasonCode(0x8b)),
            ..closed.clone()
        };
        let what =
            |failure: &Failure| lost("me", Duration::from_millis(1_200), failure.clone()).what;
        let expected =
            "Another client uses the client id “me”: it took the connection over after 1.2 s.";
        assert_eq!(what(&taken), expected);
        assert!(what(&closed).contains("seems to use the client id “me”"));
        assert_eq!(what(&stopped), closed.what);
    }
}
