//! What views ask for about charts: which values the chart of the connection draws, and what its dashboard keeps.

use crate::payload::document::Path;
use crate::profile::{ChartAxis, ChartWindow, SeriesKey};

/// Something about the charts of the connection that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartAction {
    /// Draw this value in the chart of the connection, with those that it draws already.
    Add {
        /// The topic.
        topic: String,
        /// The steps to the value; empty for a payload that is a number itself.
        path: Path,
    },
    /// Draw no longer this value.
    Remove(SeriesKey),
    /// Draw every number at and below this topic: the last message of each says which.
    AddBelow(String),
    /// Draw nothing any more.
    Clear,
    /// Draw again what was drawn before the chart was emptied.
    UndoClear,
    /// Measure a series by this axis.
    SetAxis(SeriesKey, ChartAxis),
    /// Show this much time, up to now.
    SetWindow(ChartWindow),
    /// Show the chart of the connection.
    Show,
    /// Keep the chart of the connection on the dashboard.
    Pin,
    /// Show the dashboard or leave it.
    ShowDashboard(bool),
    /// Call the chart at this place of the dashboard so.
    Rename(usize, String),
    /// Take the chart at this place off the dashboard; a toast offers to undo it.
    Unpin(usize),
    /// Put the chart taken off last back where it was.
    UndoUnpin,
    /// Move a chart of the dashboard to another place.
    Move(usize, usize),
    /// Draw what the chart at this place of the dashboard draws, and show it.
    Open(usize),
}
