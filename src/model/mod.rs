//! What has been seen on one connection: the topic tree, the history, retained state, rates and search.
//!
//! Pure data: no files, threads, clock or window; time comes in with each message. One thread feeds it (see
//! [`crate::live`]), the window locks it, copies what is visible and lets go.

mod filter;
mod history;
mod tree;

pub use filter::{Matches, Query, SearchCursor};
pub use history::{Message, MessageId};
pub use tree::{Facts, LastValue, NodeId, Row, SortBy, Totals};

use crate::mqtt::{Publish, Timestamp, TopicName};

/// The memory of one connection. See the module's text for who may call what when.
#[derive(Debug)]
pub struct Model {
    budget: u64,
}

impl Model {
    /// An empty model that keeps at most `history_budget` bytes of messages beyond the last one of each topic.
    pub fn new(history_budget: u64) -> Self {
        Self {
            budget: history_budget,
        }
    }

    // ---- feeding -------------------------------------------------------------------------------------------

    /// Takes in a message from the broker: updates topic, counters on the way up, retained state and history.
    /// A retained message with an empty payload clears the marker; so does an empty live one with retain set.
    pub fn insert(&mut self, message: &Publish, at: Timestamp) {
        let _ = (message, at);
    }

    /// Counts a redelivered QoS 2 message that was left out (never silently).
    pub fn count_redelivery(&mut self) {}

    /// Counts a message that this client sent.
    pub fn count_sent(&mut self, at: Timestamp) {
        let _ = at;
    }

    /// Notes that this client published to `topic` with the retain flag (or cleared it with an empty payload), so
    /// that the retained marker is right before the broker tells us.
    pub fn note_retained_publish(&mut self, topic: &TopicName, is_empty: bool) {
        let _ = (topic, is_empty);
    }

    /// Changes the history budget; trims at once when it shrinks.
    pub fn set_history_budget(&mut self, bytes: u64) {
        self.budget = bytes;
    }

    // ---- the open tree as rows ----------------------------------------------------------------------------

    /// How many rows the tree has now: children of open branches, or what the filter left.
    pub fn row_count(&self) -> usize {
        0
    }

    /// Appends rows `first .. first + count` to `out`, as of `now` (rates fade with it). Costs what is asked for.
    pub fn rows(&self, first: usize, count: usize, now: Timestamp, out: &mut Vec<Row>) {
        let _ = (first, count, now, out);
    }

    /// The row that shows `node`; `None` while a branch above it is closed or the filter hides it.
    pub fn row_of(&self, node: NodeId) -> Option<usize> {
        let _ = node;
        None
    }

    /// Opens or closes one branch.
    pub fn set_open(&mut self, node: NodeId, open: bool) {
        let _ = (node, open);
    }

    /// Opens or closes a branch and everything below it; `None` means the whole tree.
    pub fn set_open_below(&mut self, node: Option<NodeId>, open: bool) {
        let _ = (node, open);
    }

    /// Opens every branch above `node`, so that it has a row.
    pub fn reveal(&mut self, node: NodeId) {
        let _ = node;
    }

    /// Full paths of all open branches, to be kept over a restart.
    pub fn open_paths(&self) -> Vec<String> {
        Vec::new()
    }

    /// Branches with these paths are open from the moment they appear.
    pub fn open_when_seen(&mut self, paths: Vec<String>) {
        let _ = paths;
    }

    /// Orders siblings; `$`-topics always come last. Costs little: branches are sorted when they are next looked at.
    pub fn sort_by(&mut self, order: SortBy) {
        let _ = order;
    }

    /// While paused, rows and values stay as they are; counting, history and retained state go on behind them.
    pub fn set_paused(&mut self, paused: bool) {
        let _ = paused;
    }

    /// Messages taken in since the pause began; `None` when not paused.
    pub fn messages_since_pause(&self) -> Option<u64> {
        None
    }

    // ---- one node ----------------------------------------------------------------------------------------

    /// The node of a topic or branch, by its full path.
    pub fn find(&self, path: &str) -> Option<NodeId> {
        let _ = path;
        None
    }

    /// The full path of a node.
    pub fn path(&self, node: NodeId) -> String {
        let _ = node;
        String::new()
    }

    /// Everything known of a node, as of `now`.
    pub fn facts(&self, node: NodeId, now: Timestamp) -> Facts {
        let _ = (node, now);
        Facts::default()
    }

    /// The last message of a topic, always whole; `None` for a branch that never carried one itself.
    pub fn last_message(&self, node: NodeId) -> Option<Message> {
        let _ = node;
        None
    }

    /// How many messages of this topic are in the history (the last one included).
    pub fn history_len(&self, node: NodeId) -> usize {
        let _ = node;
        0
    }

    /// Messages `first .. first + count` of this topic, newest first.
    pub fn history(&self, node: NodeId, first: usize, count: usize, out: &mut Vec<Message>) {
        let _ = (node, first, count, out);
    }

    /// A message by its id; `None` once it was trimmed.
    pub fn message(&self, id: MessageId) -> Option<Message> {
        let _ = id;
        None
    }

    /// Topics at and below `node` that are known to be retained; `None` means the whole tree without `$`-topics.
    pub fn retained_below(&self, node: Option<NodeId>) -> Vec<TopicName> {
        let _ = node;
        Vec::new()
    }

    /// Sums over the whole connection, as of `now`.
    pub fn totals(&self, now: Timestamp) -> Totals {
        let _ = now;
        Totals::default()
    }

    // ---- search --------------------------------------------------------------------------------------------

    /// Looks at up to `max_nodes` nodes from where `cursor` stands and notes what matches; a worker calls it with
    /// the lock released in between. Returns whether nodes are left to look at.
    pub fn search_step(&self, query: &Query, cursor: &mut SearchCursor, max_nodes: usize) -> bool {
        let _ = (query, cursor, max_nodes);
        false
    }

    /// Shows only these matches and the branches above them (open), or everything again with `None`.
    pub fn set_filter(&mut self, matches: Option<Matches>) {
        let _ = matches;
    }

    /// A number that grows with every change that could alter a search result or the rows.
    pub fn revision(&self) -> u64 {
        self.budget
    }
}
