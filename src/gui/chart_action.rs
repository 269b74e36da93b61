//! What views ask for about charts: which values the chart of the connection draws, and what its dashboard keeps.

use std::sync::Arc;

use crate::payload::document::Path;
use crate::profile::{Chart, ChartAxis, ChartSeries, ChartWindow, ProfileId, SeriesKey};

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
    /// Draw again what the chart of this connection drew before it was emptied or replaced.
    PutBack(ProfileId, Arc<Replaced>),
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
    /// Show this connection, whichever is shown, and its chart.
    ShowOf(ProfileId),
    /// Show this connection, whichever is shown, and its dashboard.
    ShowDashboardOf(ProfileId),
    /// Call the chart at this place of the dashboard so.
    Rename(usize, String),
    /// Take the chart at this place off the dashboard; a toast offers to undo it.
    Unpin(usize),
    /// Put a chart that was taken off the dashboard of this profile back to its place.
    PinAgain(ProfileId, usize, Arc<Chart>),
    /// Move a chart of the dashboard to another place.
    Move(usize, usize),
    /// Draw what the chart at this place of the dashboard draws, and show it.
    Open(usize),
}

/// What the chart of a connection drew before something else took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// What it drew.
    pub before: Chart,
    /// What took its place; nothing when it was emptied.
    pub by: Vec<ChartSeries>,
}
