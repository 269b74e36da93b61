//! What views ask for about the traffic of a connection.

use crate::model::NodeId;

/// Something about the traffic of the connection that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrafficAction {
    /// Select this topic or branch, opening the branches above.
    Select(NodeId),
    /// Show in the rows of the tree which share of the traffic is theirs, or no longer.
    ShowShares(bool),
}
