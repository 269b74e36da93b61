//! Retained messages in the window: what the broker keeps for the selected topic, asking it, and clearing many with a
//! way back.
//!
//! | file | what it does |
//! |---|---|
//! | `truth_line`, `words` | what is retained, in the inspector |
//! | `checks` | questions to the broker that are under way, and those that failed |
//! | `clearing` | clears and restores: what waits, what is under way, what became of it |
//! | `lot` | many retained messages, shared, and which of them are meant |
//! | `preview` | asks before clearing, and shows what |
//! | `progress` | how far each clearing is, with undo |

mod checks;
mod clearing;
mod lot;
mod preview;
mod progress;
mod truth_line;
mod words;

pub use checks::Checks;
pub use clearing::{Clearing, Run, RunId, Work};
pub use lot::{Found, Lot};
pub use preview::ClearDialog;
pub use progress::{ProgressDialog, progress};
pub use truth_line::{Wish, truth_line};

use std::sync::Arc;

use crate::client::CheckScope;
use crate::model::Gather;
use crate::mqtt::TopicName;
use crate::profile::ProfileId;

/// Retained messages as they were found, to be shown before they are cleared.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// In the order of names.
    pub found: Arc<Found>,
    /// `$`-topics that are not among them.
    pub left_out: usize,
}

/// What is asked about retained messages.
#[derive(Debug, Clone)]
pub enum RetainedAction {
    /// Ask, then clear these.
    AskClear(Vec<TopicName>),
    /// Find what is retained, ask, then clear it.
    AskClearAll(Gather),
    /// Clear these.
    Clear(Lot),
    /// Publish again what this clearing took away; asks first where the profile wants it.
    Undo(ProfileId, RunId),
    /// The same once it was confirmed.
    UndoConfirmed(ProfileId, RunId),
    /// Stop a clearing or an undo.
    Stop(RunId),
    /// Show how far clearings are.
    ShowProgress,
    /// Ask the broker what it retains.
    Check(CheckScope),
    /// The same for the selected topic.
    CheckSelected,
    /// The same for the selected topic and all below it.
    CheckBelowSelected,
}
