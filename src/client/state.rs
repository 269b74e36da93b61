//! How a connection is doing, and what happened to it, in words for the person who waits.

use std::time::Duration;

use crate::mqtt::{Properties, Qos, ReasonCode, Timestamp, TopicFilter};

use super::PublishId;

/// State of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Nothing was asked for yet.
    Idle,
    /// Connection phase: resolving, dialing, waiting for CONNACK. `attempt` counts from 1.
    Connecting {
        /// Number of this attempt.
        attempt: u32,
    },
    /// Communication phase.
    Connected {
        /// When CONNACK came.
        since: Timestamp,
        /// Whether the broker resumed a session.
        session_present: bool,
    },
    /// Lost or refused; the next attempt is due at `next`.
    Waiting {
        /// Why.
        failure: Failure,
        /// When the next attempt starts.
        next: Timestamp,
        /// How many attempts failed so far.
        attempt: u32,
    },
    /// Ended: by the user (`None`) or for good, with the reason.
    Ended(Option<Failure>),
}

/// Why a connection failed, in two sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened: "The broker refused the user name or password."
    pub what: String,
    /// What to do: "Check both in the profile."
    pub cure: String,
    /// The reason code, where the broker gave one.
    pub reason: Option<ReasonCode>,
    /// The broker's own words or the system's error, where there are any.
    pub detail: Option<String>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.what, self.cure)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

/// What the broker granted in CONNACK.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// Whether it resumed a session.
    pub session_present: bool,
    /// Its properties (MQTT 5), also those a refusal carried.
    pub properties: Box<Properties>,
}

/// What became of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscribeOutcome {
    /// SUBSCRIBE is on its way.
    Pending,
    /// Granted with this QoS, which may be lower than asked.
    Granted(Qos),
    /// Refused.
    Refused(ReasonCode, Option<String>),
    /// The connection was closed before the broker answered: with some brokers this is all that a refusal is.
    Unanswered,
    /// No longer subscribed.
    Removed,
}

/// How far a publish has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishStep {
    /// Waits for the connection or for room in flight.
    Queued,
    /// Written to the socket. The last step for QoS 0.
    Sent,
    /// PUBREC: the broker has stored it (QoS 2).
    Received,
    /// PUBACK or PUBCOMP: done. `0x10 No matching subscribers` is one of the good reasons.
    Done(ReasonCode),
    /// The broker refused it.
    Refused(ReasonCode, Option<String>),
    /// It will not be sent or acknowledged any more; the text says why.
    Failed(String),
}

impl PublishStep {
    /// Whether nothing more will come.
    pub fn is_final(&self, qos: Qos) -> bool {
        match self {
            Self::Queued | Self::Received => false,
            Self::Sent => qos == Qos::AtMostOnce,
            Self::Done(_) | Self::Refused(..) | Self::Failed(_) => true,
        }
    }
}

/// Something that happened to a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The state changed.
    State(State),
    /// CONNACK came with success.
    Granted(Granted),
    /// A subscription changed.
    Subscription(TopicFilter, SubscribeOutcome),
    /// A publish came further.
    Publish(PublishId, PublishStep),
    /// A ping came back after this time.
    PingRoundTrip(Duration),
    /// Something worth a line in the log; never payloads or secrets.
    Note(String),
}
