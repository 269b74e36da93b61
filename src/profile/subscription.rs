//! What a profile subscribes to, with the options of MQTT 5.

use serde::{Deserialize, Serialize};

use crate::mqtt::Qos;

use super::ProfileColor;

/// Whether retained messages come when a subscription is made (MQTT 5, 3.8.3.1).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum RetainHandling {
    /// 0: they come with each SUBSCRIBE, as always with MQTT 3.1.1.
    #[default]
    SendRetained,
    /// 1: they come only if the subscription was not there before.
    SendIfNew,
    /// 2: they never come.
    DoNotSend,
}

impl RetainHandling {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::SendRetained, Self::SendIfNew, Self::DoNotSend];

    /// 0, 1 or 2.
    pub fn as_u8(self) -> u8 {
        match self {
            Self::SendRetained => 0,
            Self::SendIfNew => 1,
            Self::DoNotSend => 2,
        }
    }

    /// The option with this number; `None` for anything above 2.
    pub fn from_u8(value: u8) -> Option<Self> {
        Self::ALL.get(usize::from(value)).copied()
    }
}

/// The largest subscription identifier; the smallest is 1 (MQTT 5, 3.8.2.1.2).
pub const LARGEST_SUBSCRIPTION_ID: u32 = 268_435_455;

/// A topic filter to subscribe to. Everything but `filter`, `qos` and `color` counts only with MQTT 5.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// The topic filter as typed, also shared (`$share/group/filter`); checked before it is sent.
    pub filter: String,
    /// The highest QoS wanted.
    pub qos: Qos,
    /// Messages that this connection publishes do not come back. A protocol error on a shared subscription (MQTT 5,
    /// 3.8.3.1).
    pub no_local: bool,
    /// Messages keep the retain flag they were published with: only so the window knows what is retained. On in what
    /// the window makes, and in files that do not mention it.
    #[serde(default = "yes")]
    pub retain_as_published: bool,
    /// Whether retained messages come at the start.
    pub retain_handling: RetainHandling,
    /// Subscription identifier, 1 to 268,435,455 (MQTT 5, 3.8.2.1.2).
    pub id: Option<u32>,
    /// The colour of its messages.
    pub color: Option<ProfileColor>,
}

impl Subscription {
    /// The same with Retain As Published, as the window makes them: it is what tells which topics are retained.
    pub fn for_window(filter: impl Into<String>, qos: Qos) -> Self {
        Self {
            retain_as_published: true,
            ..Self::new(filter, qos)
        }
    }

    /// Whether it is shared: `$share/group/filter` (MQTT 5, 4.8.2).
    pub fn is_shared(&self) -> bool {
        self.filter.starts_with("$share/")
    }

    /// Whether all is the same but the colour, which the broker is not told.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let without_color = |it: &Self| Self {
            color: None,
            ..it.clone()
        };
        without_color(self) == without_color(other)
    }

    /// A subscription to `filter` with at most `qos` and no other option.
    pub fn new(filter: impl Into<String>, qos: Qos) -> Self {
        Self {
            filter: filter.into(),
            qos,
            ..Self::default()
        }
    }
}

fn yes() -> bool {
    true
}
