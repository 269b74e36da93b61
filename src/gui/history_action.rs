//! What the history of a topic asks for beyond itself.

use crate::model::Message;

/// Something about messages of the history.
#[derive(Debug, Clone)]
pub enum HistoryAction {
    /// Put a message of this topic into the publish panel, to be sent again by hand.
    PutIntoPublishPanel(Box<(String, Message)>),
    /// Show all messages below the selected branch as one list.
    ShowBelow,
}
