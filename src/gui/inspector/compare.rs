//! What the message that is shown is compared with.

use crate::model::Message;

/// What the message that is shown is compared with.
#[derive(Debug, Clone, Default)]
pub enum Compare {
    /// Nothing.
    Off,
    /// The message before it on the same topic.
    #[default]
    Previous,
    /// A message that was pinned.
    With(Box<Pinned>),
}

/// A message that was pinned for comparing; stays readable after it was trimmed.
#[derive(Debug, Clone)]
pub struct Pinned {
    /// Its topic.
    pub topic: String,
    /// The message.
    pub message: Message,
}

impl Compare {
    /// Whether it is compared.
    pub fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Compares with the message before, or no longer.
    pub fn toggle(&mut self) {
        *self = if self.is_on() {
            Self::Off
        } else {
            Self::Previous
        };
    }

    /// The message that was pinned, when it is compared with that.
    pub fn pinned(&self) -> Option<&Pinned> {
        match self {
            Self::With(pinned) => Some(pinned),
            Self::Off | Self::Previous => None,
        }
    }
}
