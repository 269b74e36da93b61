//! What the history of a topic asks for beyond itself.

use crate::model::Message;
use crate::profile::{ProfileId, PublishDraft};

/// Something about messages of the history.
#[derive(Debug, Clone)]
pub enum HistoryAction {
    /// Put a message of this topic into the publish panel, to be sent again by hand.
    PutIntoPublishPanel(Box<(String, Message)>),
    /// Put back what stood in the publish panel of this connection before something else was put there.
    RestoreDraft(Box<(ProfileId, PublishDraft)>),
    /// Show all messages below the selected branch as one list.
    ShowBelow,
}
