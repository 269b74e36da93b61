//! Retained messages: asking the broker, clearing, and undoing that.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::client::{CheckScope, RetainedOnes, now};
use crate::model::{Gather, MessageId, Model, RetainedCursor, RetainedItem};
use crate::mqtt::{Timestamp, TopicName};
use crate::profile::ProfileId;

use super::super::action::{Action, Level};
use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::super::retained::{Found, Gathered, Lot, RetainedAction, Run, RunId, Work};
use super::super::session::Session;
use super::super::words::counted;
use super::App;
use super::open::Of;

/// Nodes looked at for each time the model is locked, when retained topics are gathered.
const STEP: usize = 1024;
/// This many topics are cleared before a dialog about it could be read.
const AT_ONCE: usize = 10;
/// Topics from which looking for retained ones is told: it may take a while.
const LONG: u32 = 100_000;
/// Answers of a check that are brought into the model for each time it is locked.
const ANSWERS: usize = 256;

/// Who asks and what was found.
pub struct CheckDone {
    /// The connection's profile.
    pub profile: ProfileId,
    /// What is known on it: another one, once the profile leads to another broker.
    pub model: Arc<Mutex<Model>>,
    /// What was asked.
    pub scope: CheckScope,
    /// What is retained, or a sentence that says why that is not known.
    pub result: Result<RetainedOnes, String>,
}

impl App {
    /// Does what is asked about retained messages.
    pub(super) fn apply_to_retained(&mut self, of: Of<'_>, action: RetainedAction) {
        match action {
            RetainedAction::AskClear(topics) => self.ask_clear(of, topics),
            RetainedAction::AskClearAll(gather) => self.gather_retained(of, gather),
            RetainedAction::Clear(lot) => self.clear_retained(of, lot),
            RetainedAction::Undo(profile, run) => self.undo_clear(&profile, run, false),
            RetainedAction::UndoConfirmed(profile, run) => self.undo_clear(&profile, run, true),
            RetainedAction::Stop(run) => {
                if let Some(session) = self.data.open.get_mut(of) {
                    session.clearing.stop(run);
                }
            }
            RetainedAction::ShowProgress => {
                self.views.dialogs.show(of, Dialog::retained_progress());
            }
            RetainedAction::Check(scope) => self.check_retained(of, scope),
            RetainedAction::CheckSelected => {
                if let Some(topic) = self.selected_topic(of) {
                    self.check_retained(of, CheckScope::Topic(topic));
                }
            }
            RetainedAction::CheckBelowSelected => {
                if let Some(topic) = self.selected_topic(of) {
                    self.check_retained(of, CheckScope::Below(topic));
                }
            }
        }
    }

    fn selected_topic(&mut self, of: Of<'_>) -> Option<TopicName> {
        let session = self.data.open.get(of)?;
        let name = session.profile.name.clone();
        let path = session.selected.map(|node| session.live.lock().path(node));
        let topic = path.and_then(|path| TopicName::new(path).ok());
        if topic.is_none() {
            let text = "No topic is selected. Click one in the tree first.".to_owned();
            self.say(Level::Info, &name, text, None);
        }
        topic
    }

    // ---- clearing ------------------------------------------------------------------------------------------

    fn ask_clear(&mut self, of: Of<'_>, topics: Vec<TopicName>) {
        let Some(session) = self.data.open.get(of) else {
            return;
        };
        let model = session.live.lock();
        let items: Vec<_> = topics.into_iter().map(|it| model.retained_at(it)).collect();
        drop(model);
        let gathered = Gathered {
            found: Arc::new(Found::new(items)),
            left_out: 0,
        };
        self.views
            .dialogs
            .show(of, Dialog::clear_retained(gathered));
    }

    /// Finds the topics on a thread of its own, which may take a second for a million, and then asks.
    fn gather_retained(&mut self, of: Of<'_>, gather: Gather) {
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        let name = session.profile.name.clone();
        if let Err(why) = session.checks.begin_gathering() {
            return self.say(Level::Info, &name, why.to_owned(), None);
        }
        let model = Arc::clone(session.live.model());
        let profile = session.profile.id.clone();
        if session.glance.totals.topics >= LONG {
            let text = "Looking for what is retained. The question comes when it is found.";
            self.say(Level::Info, &name, text.to_owned(), None);
        }
        self.jobs.run_blocking(move || {
            let (items, left_out) = gathered(&model, gather);
            let gathered = Gathered {
                found: Arc::new(Found::new(items)),
                left_out,
            };
            Done::RetainedFound(profile, model, gathered)
        });
    }

    /// The retained messages that are to be cleared were found, on the connection with this model.
    pub(super) fn retained_found(
        &mut self,
        id: &ProfileId,
        model: &Mutex<Model>,
        gathered: Gathered,
    ) {
        let session = self.data.open.get_mut(Some(id));
        let session = session.filter(|it| is_of(it, model));
        if let Some(session) = session {
            session.checks.end_gathering();
            let dialog = Dialog::clear_retained(gathered);
            self.views.dialogs.show(Some(id), dialog);
        }
    }

    fn clear_retained(&mut self, of: Of<'_>, lot: Lot) {
        let (Some(session), Some(id)) = (self.data.open.get_mut(of), of) else {
            return;
        };
        let takes_a_while = lot.len() > AT_ONCE;
        session.clearing.clear(lot, now());
        let dropped = session.send_clears(now());
        self.tell_dropped_clears(id, dropped);
        if takes_a_while {
            self.views.dialogs.show(of, Dialog::retained_progress());
        }
    }

    fn undo_clear(&mut self, id: &ProfileId, run: RunId, is_confirmed: bool) {
        let Some(session) = self.data.open.get_mut(Some(id)) else {
            let text = "The connection is closed, and with it what was kept for the undo is gone.";
            return self.say(Level::Warning, "Canopy", text.to_owned(), None);
        };
        if session.profile.ask_before_publish && !session.publishes_freely && !is_confirmed {
            return self.views.dialogs.show(Some(id), Dialog::ask_undo(run));
        }
        let begun = session.clearing.undo(run, now());
        let dropped = session.send_clears(now());
        let name = session.profile.name.clone();
        if begun.is_none() {
            let text = "Nothing is left to undo: it was undone before, or nothing was kept.";
            return self.say(Level::Info, &name, text.to_owned(), None);
        }
        self.tell_dropped_clears(id, dropped);
    }

    /// Goes on with clearing, and says what has come to its end.
    pub(super) fn go_on_clearing(&mut self, id: &ProfileId) {
        let Some(session) = self.data.open.get_mut(Some(id)) else {
            return;
        };
        let dropped = session.send_clears(now());
        let name = session.profile.name.clone();
        let mut told = Vec::new();
        while let Some(run) = session.clearing.next_finished() {
            told.push((finished(run), run.id, run.can_restore() > 0));
        }
        self.tell_dropped_clears(id, dropped);
        for ((level, text), run, can_undo) in told {
            let undo = RetainedAction::Undo(id.clone(), run);
            let offer = can_undo.then_some(("Undo", Action::Retained(undo)));
            self.say(level, &name, text, offer);
        }
    }

    // ---- checking ------------------------------------------------------------------------------------------

    fn check_retained(&mut self, of: Of<'_>, scope: CheckScope) {
        let Some(session) = self.data.open.get_mut(of) else {
            return;
        };
        let name = session.profile.name.clone();
        if !session.is_connected() {
            let text = "Not connected. Connect to ask the broker what it retains.".to_owned();
            return self.say(Level::Info, &name, text, None);
        }
        let begun = (session.live.lock().next_id(), now());
        if let Err(why) = session.checks.begin(&scope, begun) {
            return self.say(Level::Info, &name, why.to_owned(), None);
        }
        let profile = session.profile.id.clone();
        let model = Arc::clone(session.live.model());
        let check = session.live.check_retained(scope.clone());
        self.jobs.run(async move {
            Done::RetainedChecked(Box::new(CheckDone {
                profile,
                model,
                scope,
                result: check.await,
            }))
        });
    }

    /// The broker was asked what it retains.
    pub(super) fn retained_checked(&mut self, done: CheckDone) {
        let CheckDone {
            profile,
            model,
            scope,
            result,
        } = done;
        let session = self.data.open.get_mut(Some(&profile));
        let Some(session) = session.filter(|it| is_of(it, &model)) else {
            return;
        };
        let Some(begun) = session.checks.end(&scope) else {
            return;
        };
        let name = session.profile.name.clone();
        let found = match result {
            Ok(found) => found,
            Err(why) => {
                session.checks.fail(&scope, now(), why.clone());
                return self.note(Level::Warning, &name, why);
            }
        };
        let count = found.len();
        match scope {
            CheckScope::Topic(topic) => {
                let found = found.get(&topic);
                model.lock().note_checked(&topic, found, begun, now());
            }
            CheckScope::Below(top) => {
                let text = format!(
                    "{} on and below {}",
                    counted(count as u64, "topic is retained", "topics are retained"),
                    top.as_str()
                );
                self.say(Level::Info, &name, text, None);
                self.jobs.run_blocking(move || {
                    note_below(&model, &top, &found, begun);
                    Done::Nothing
                });
            }
        }
    }
}

/// Whether this is the connection that something was found out on, or one that goes on with what is known on it.
fn is_of(session: &Session, model: &Mutex<Model>) -> bool {
    std::ptr::eq(Arc::as_ptr(session.live.model()), model)
}

/// Brings into the model what is retained below a branch. Where the broker sent something, what it did not send is gone;
/// where it sent nothing at all, it may be one that sends nothing for wildcards.
fn note_below(
    model: &Mutex<Model>,
    top: &TopicName,
    found: &RetainedOnes,
    begun: (MessageId, Timestamp),
) {
    let at = now();
    let marked = if found.is_empty() {
        Vec::new()
    } else {
        let node = model.lock().find(top.as_str());
        node.map(|node| gathered(model, Gather::Below(node)).0)
            .unwrap_or_default()
    };
    let gone = marked.iter().map(|item| &item.topic);
    let gone = gone.filter(|topic| !found.contains_key(*topic));
    let all: Vec<_> = found.keys().chain(gone).collect();
    for some in all.chunks(ANSWERS) {
        let mut model = model.lock();
        for topic in some {
            model.note_checked(topic, found.get(*topic), begun, at);
        }
        MutexGuard::unlock_fair(model);
    }
}

/// What is known to be retained, looked for without keeping the model locked, and how many `$`-topics were left out.
fn gathered(model: &Mutex<Model>, gather: Gather) -> (Vec<RetainedItem>, usize) {
    let mut cursor = RetainedCursor::new(gather);
    while {
        let model = model.lock();
        let is_unfinished = model.retained_step(&mut cursor, STEP);
        MutexGuard::unlock_fair(model);
        is_unfinished
    } {}
    cursor.finish()
}

/// What has come of a run.
fn finished(run: &Run) -> (Level, String) {
    let text = match run.work {
        Work::Clear => "Retained messages cleared",
        Work::Restore => "Retained messages published again",
    };
    let level = if run.refused_count() > 0 {
        Level::Error
    } else if run.newer() > 0 {
        Level::Warning
    } else {
        Level::Success
    };
    let why = run.refused.first();
    let why = why.map_or_else(String::new, |(topic, why)| {
        format!(". {}: {why}", topic.as_str())
    });
    let text = format!("{text}: {}{why}", super::super::retained::progress(run));
    (level, text)
}
