//! What the message that is shown is compared with.

use crate::model::Message;

/// What the message that is shown is compared with.
#[derive(Debug, Clone, Default)]
pub enum Compare {
    /// Nothing.
    #[default]
    Off,
    /// The message before it on the same topic.
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
