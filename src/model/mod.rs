//! What has been seen on one connection: the topic tree, the history, retained state, rates and search.
//!
//! Pure data: no files, threads, clock or window; time comes in with each message. One thread feeds it (see
//! [`crate::live`]), the window locks it, copies what is visible and lets go.
//!
//! | file | what it holds |
//! |---|---|
//! | `feed` | taking in messages |
//! | `arena`, `node`, `names`, `index` | nodes with the figures of their subtree; what they are called; how they are found |
//! | `paged`, `shared` | lists that grow without moving; lists that a worker shares |
//! | `listing`, `open`, `sort` | children in the order of their rows, with row sums; what is open; their order |
//! | `chores`, `turn` | what would take too long in one piece; of that: opening and closing everything below a branch |
//! | `rows`, `view` | rows of the open tree; rows while a filter is set |
//! | `branches` | opening, closing and finding nodes |
//! | `chain` | the messages of a topic, followed back |
//! | `history`, `record`, `stored`, `deleted` | messages within a byte budget; those that the user deleted |
//! | `partners` | requests and their answers |
//! | `below` | all messages below a branch |
//! | `filter`, `search`, `row_order` | what the filter box asks for; what was found; the order of its rows |
//! | `subscribed` | messages and rates by subscription |
//! | `traffic` | who floods the broker: topics and branches over the last seconds, minute, since the start |
//! | `retained/` | what the broker retains, as far as this client can know |
//! | `rates`, `pause`, `facts`, `wanted` | as they say |
//!
//! Branches begin closed, except by the rule in `open`: the first two levels open by themselves while the tree is
//! small. Siblings stand in natural order of their names, letter case ignored; `$`-topics come last.

mod arena;
mod below;
mod branches;
mod chain;
mod chores;
mod deleted;
mod facts;
mod feed;
mod filter;
mod history;
mod index;
mod listing;
mod names;
mod node;
mod open;
mod order;
mod paged;
mod partners;
mod pause;
mod rates;
mod record;
mod retained;
mod row_order;
mod rows;
mod search;
mod shared;
mod sort;
mod stored;
mod subscribed;
pub mod traffic;
mod tree;
mod turn;
mod view;
mod wanted;

#[cfg(test)]
mod tests;

pub use below::BelowCursor;
pub use chores::Chore;
pub use filter::Query;
pub use history::{Message, MessageId};
pub use order::natural;
pub use partners::{Partner, PartnerQuery, Side};
pub use retained::{Before, Doubt, Gather, Held, How, Kept, RetainedCursor, RetainedItem, Truth};
pub use row_order::RowOrder;
pub use search::{Matches, SearchCursor};
pub use sort::{ReplacedOrder, SortJob, Sorted};
pub use subscribed::{FlagsKept, Subscribed, SubscriptionCount};
pub use tree::{Facts, LastValue, NodeId, Row, SortBy, Totals};
pub use view::Replaced;
pub use wanted::Wanted;

use std::sync::Arc;

use hashbrown::HashMap;

/// The memory of one connection. See the module's text for who may call what when.
#[derive(Debug)]
pub struct Model {
    tree: arena::Tree,
    log: history::Log,
    order: sort::Order,
    open_rule: open::OpenRule,
    retained: retained::Retained,
    filter: Option<view::FilterView>,
    pause: pause::Pause,
    chores: chores::Chores,
    trimmed: u64,
    /// Messages that the user deleted, by topic.
    deleted: HashMap<NodeId, deleted::Deleted>,
    deleted_messages: u64,
    redeliveries: u64,
    sent: u64,
    rate_out: rates::Rate,
    subscribed: subscribed::Counters,
    revision: u64,
}

impl Model {
    /// An empty model that keeps at most `history_budget` bytes of messages, and beyond them the last message of
    /// each topic.
    pub fn new(history_budget: u64) -> Self {
        Self {
            tree: arena::Tree::new(),
            log: history::Log::new(history_budget),
            order: sort::Order::default(),
            open_rule: open::OpenRule::new(),
            retained: retained::Retained::default(),
            filter: None,
            pause: pause::Pause::new(),
            chores: chores::Chores::default(),
            trimmed: 0,
            deleted: HashMap::new(),
            deleted_messages: 0,
            redeliveries: 0,
            sent: 0,
            rate_out: rates::Rate::default(),
            subscribed: subscribed::Counters::default(),
            revision: 0,
        }
    }

    /// What workers could do for this model, to be looked at without its lock.
    pub fn wanted(&self) -> Arc<Wanted> {
        Arc::clone(self.tree.wanted())
    }

    /// A number that grows with every change that could alter a search result or the rows.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}
