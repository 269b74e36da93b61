//! What the broker retains, as far as this client can know it.
//!
//! The retain flag of a delivery says "sent because it was retained", or with Retain As Published "published to be
//! retained" (MQTT 5, 3.3.1.3): either way this value is retained now. A message without the flag leaves the retained one
//! as it is, if its subscription keeps the flag as published; without that it says nothing at all.
//!
//! | file | what it does |
//! |---|---|
//! | `arrivals` | follows what comes in, what this client publishes and what a check finds |
//! | `known` | the table of what the last message of a topic does not say |
//! | `gather` | all retained topics below a branch or found by the filter |
//!
//! Where the last message of a topic tells, nothing is kept beside it.

mod arrivals;
mod gather;
mod known;

pub use arrivals::Before;
pub(super) use arrivals::Retained;
pub use gather::{Gather, RetainedCursor, RetainedItem};
use known::{Ahead, KnownTable};

use std::sync::Arc;

use bytes::Bytes;

use super::record::{AS_PUBLISHED, RETAIN, Record};
use super::{MessageId, Model, NodeId};
use crate::mqtt::{Properties, Qos, Timestamp};
use known::What;

/// What is known of the retained message of a topic.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Whether there is one, and which.
    pub held: Held,
    /// How that is known.
    pub how: How,
    /// When it became known; of something that is not known the default.
    pub at: Timestamp,
    /// Why it may be otherwise by now.
    pub doubt: Option<Doubt>,
}

/// The retained message of a topic.
#[derive(Debug, Clone)]
pub enum Held {
    /// It is not known whether there is one.
    NotKnown,
    /// There is none.
    Nothing,
    /// There is one, and it is not known which.
    Something,
    /// This one.
    Message(Kept),
}

/// A retained message as this client knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its number, if it came on this connection and is still in the history.
    pub id: Option<MessageId>,
    /// The bytes.
    pub payload: Bytes,
    /// Its QoS, as far as a delivery tells: it may have been published with a higher one.
    pub qos: Qos,
    /// MQTT 5 properties.
    pub properties: Option<Arc<Properties>>,
}

/// How something about a retained message is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is not.
    Unknown,
    /// A message came with the retain flag, on a subscription that clears the flag of live messages: it was sent on
    /// subscribing (MQTT 5, 3.3.1.3).
    OnSubscribing,
    /// A message came with the retain flag, and subscriptions keep it as published.
    AsPublished,
    /// A subscription of its own asked for it.
    Checked,
    /// This program published it.
    Published,
}

/// Why knowledge of a retained message may be out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// A message has come since, at this time, that does not tell whether it was published to be retained.
    MayBeReplaced(Timestamp),
    /// An empty message came at this time: it cleared the retained one if it was published to be retained.
    MayBeCleared(Timestamp),
    /// The connection was interrupted, and resumed at this time.
    Interrupted(Timestamp),
    /// This client sent a message to clear it, at this time, and nobody knows whether that came to the broker.
    ClearingUnconfirmed(Timestamp),
}

impl Truth {
    fn not_known(doubt: Option<Doubt>) -> Self {
        Self {
            held: Held::NotKnown,
            how: How::Unknown,
            at: Timestamp::default(),
            doubt,
        }
    }

    /// The message that is retained for certain.
    pub fn certain(&self) -> Option<&Kept> {
        match &self.held {
            Held::Message(kept) if self.doubt.is_none() => Some(kept),
            _ => None,
        }
    }
}

impl Model {
    /// What is known of the retained message of a topic.
    pub fn retained_truth(&self, topic: NodeId) -> Truth {
        if let Some(known) = self.retained.known.get(topic) {
            let held = match &known.what {
                What::Nothing => Held::Nothing,
                What::Something => Held::Something,
                What::Copy(kept) => Held::Message(kept.as_ref().clone()),
                What::Message(id) => self
                    .kept_message(*id)
                    .map_or(Held::Something, Held::Message),
            };
            return Truth {
                held,
                how: known.how,
                at: known.at,
                doubt: known
                    .unconfirmed
                    .map(Doubt::ClearingUnconfirmed)
                    .or_else(|| self.doubt_since(topic, known.as_of)),
            };
        }
        let it = self.tree.node(topic);
        let last = self.log.get(it.last);
        let last = last.filter(|_| it.last >= self.retained.session.began);
        match last {
            Some(last) if last.flags & RETAIN != 0 => {
                let held = if last.payload_len() == 0 {
                    Held::Nothing
                } else {
                    self.kept_message(it.last)
                        .map_or(Held::Something, Held::Message)
                };
                Truth {
                    held,
                    how: How::of(last.flags),
                    at: last.at,
                    doubt: self.retained.session.doubt(MessageId(it.last.0 + 1)),
                }
            }
            _ if it.is_retained() => Truth {
                held: Held::Something,
                ..Truth::not_known(None)
            },
            Some(last) if last.payload_len() == 0 && last.flags & AS_PUBLISHED == 0 => {
                Truth::not_known(Some(Doubt::MayBeCleared(last.at)))
            }
            _ => Truth::not_known(None),
        }
    }

    /// What has happened since all messages before `as_of` were known.
    fn doubt_since(&self, topic: NodeId, as_of: MessageId) -> Option<Doubt> {
        let last = self.tree.node(topic).last;
        let since = self
            .log
            .get(last)
            .filter(|_| last >= as_of && last.0 != u64::MAX);
        // messages that came under other subscriptions may not have kept their flag
        let says_nothing = |flags: u8| {
            flags & AS_PUBLISHED == 0 || self.retained.session.subscriptions_changed > as_of
        };
        let is_empty = |last: &Record| last.payload_len() == 0;
        match since {
            Some(last) if says_nothing(last.flags) => Some(if is_empty(last) {
                Doubt::MayBeCleared(last.at)
            } else {
                Doubt::MayBeReplaced(last.at)
            }),
            _ => self.retained.session.doubt(as_of),
        }
    }

    /// A message of the history; `None` when it is no longer there, or was deleted: its bytes are gone.
    fn kept_message(&self, id: MessageId) -> Option<Kept> {
        let record = self.log.get(id).filter(|record| !record.is_deleted())?;
        Some(Kept {
            id: Some(id),
            payload: self.log.payload(record),
            qos: record.qos(),
            properties: record.properties.clone(),
        })
    }
}

impl How {
    fn of(flags: u8) -> Self {
        if flags & AS_PUBLISHED == 0 {
            Self::OnSubscribing
        } else {
            Self::AsPublished
        }
    }
}
