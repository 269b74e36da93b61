//! What is known about a message beside its payload, so that it is read the same way wherever it is shown.

use std::sync::Arc;

use crate::model::Message;
use crate::payload::Reading;

use super::session::Session;

impl Session {
    /// How a message on `topic` is to be read: by the profile's rules, then by its content type, then by what it looks like.
    pub fn reading(&self, topic: &str, message: &Message) -> Reading {
        let properties = message.properties.as_ref();
        Reading {
            topic: topic.to_owned(),
            content_type: properties.and_then(|properties| properties.content_type.clone()),
            chosen: self.profile.reading.format_of(topic).cloned(),
            schemas: Arc::clone(&self.schemas),
            births: Vec::new(),
        }
    }
}
