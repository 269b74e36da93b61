//! What can be done with messages: copy, export, delete, put into the publish panel.

use std::sync::Arc;

use egui::Ui;

use super::super::super::action::Action;
use super::super::super::history_action::HistoryAction;
use super::super::super::icons;
use super::super::super::widgets::{Look, icon_button};
use super::deleting::{Deleted, Doomed};
use super::export_bar::Offer;
use super::fetch::{Fetch, Wanted};
use super::selection::Selection;
use super::{HistoryView, Stage};
use crate::model::{Message, MessageId, Model};
use crate::payload::export::{ExportFormat, Exported, line};
use crate::payload::format::{format_bytes, thousands};
use crate::payload::text;

/// Most text that goes to the clipboard.
const COPIED: usize = 16 << 20;

/// How messages are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyAs {
    /// Their payloads, a line each.
    Payloads,
    /// A JSON document a line, with everything about them.
    JsonLines,
}

impl HistoryView {
    /// The buttons for what is selected, from the right.
    pub(super) fn deed_buttons(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let has_any = self.all(stage) > 0;
        let has_selection = !self.selection.is_empty();
        ui.add_enabled_ui(has_any, |ui| {
            let tip = if has_selection {
                "Delete the selected messages from the history"
            } else {
                "Delete all these messages from the history"
            };
            if icon_button(ui, icons::TRASH, tip, Look::Plain).clicked() {
                self.delete(ui, stage);
            }
            if icon_button(ui, icons::SAVE, "Export messages to a file", Look::Plain).clicked() {
                self.open_export(stage);
            }
        });
        ui.add_enabled_ui(has_selection, |ui| {
            if icon_button(ui, icons::COPY, "Copy the selected messages", Look::Plain).clicked() {
                self.copy(ui, stage, CopyAs::Payloads);
            }
        });
    }

    /// What is under way and what was asked, above the list.
    pub(super) fn deeds_ui(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        self.export.ui(ui, stage.context, stage.session);
        self.deleting.ui(ui, stage.session);
    }

    /// Takes what was deleted out of the list, whichever is shown by now: the numbers of messages are those of all topics.
    pub(super) fn deleted(&mut self, deleted: &Deleted) {
        self.gather.forget(&deleted.ids);
        let (list, selection) = &deleted.asked;
        if *list == self.list && *selection == self.selection {
            self.selection.clear();
        }
        self.copied = (0, Vec::new());
    }

    /// Every message of the list, as it is now.
    pub(super) fn everything(&self, stage: &Stage<'_>) -> Selection {
        let newest = match stage.target {
            Some(_) => self.gather.entry(0).map(|entry| entry.id),
            None => stage.shown.newest.as_ref().map(|message| message.id),
        };
        newest.map_or_else(Selection::default, Selection::up_to)
    }

    /// Where the selected messages are, and how many.
    fn wanted(&self, stage: &Stage<'_>, selection: &Selection) -> (Wanted, u64) {
        if stage.target.is_some() {
            let ids = self.gather.ids(selection);
            let count = ids.len() as u64;
            return (Wanted::Ids(ids), count);
        }
        let node = stage.shown.node;
        let count = count_of(&stage.session.live.lock(), stage, selection);
        (Wanted::Topic(node, selection.clone()), count)
    }

    pub(super) fn selected_count(&self, stage: &Stage<'_>) -> u64 {
        if stage.target.is_some() {
            return self.gather.count(&self.selection);
        }
        let Some(model) = stage.session.live.lock_soon() else {
            return 0;
        };
        count_of(&model, stage, &self.selection)
    }

    /// Copies what is selected, beside the frame.
    pub(super) fn copy(&mut self, ui: &Ui, stage: &Stage<'_>, how: CopyAs) {
        let (wanted, _) = self.wanted(stage, &self.selection);
        let model = Arc::clone(stage.session.live.model());
        let zone = stage.context.zone.clone();
        self.copying.start(ui.ctx(), move || {
            let mut fetch = Fetch::new(model, wanted);
            let mut all = String::new();
            while let Some(batch) = fetch.next_batch() {
                for fetched in batch {
                    match how {
                        CopyAs::Payloads => {
                            if !all.is_empty() {
                                all.push('\n');
                            }
                            all.push_str(&text::copyable(&fetched.message.payload));
                        }
                        CopyAs::JsonLines => {
                            let message = exported(&fetched.topic, &fetched.message);
                            all.push_str(&line(ExportFormat::JsonLines, &message, &zone));
                        }
                    }
                }
                if all.len() > COPIED {
                    let most = format_bytes(COPIED as u64);
                    return Err(format!(
                        "More than {most} are too much for the clipboard. Export them to a file."
                    ));
                }
            }
            Ok(all)
        });
    }

    /// Opens the bar that exports: what is selected, what was found, or all.
    pub(super) fn open_export(&mut self, stage: &Stage<'_>) {
        let mut offers = Vec::new();
        let mut offer = |name, selection: &Selection, view: &Self| {
            let (wanted, count) = view.wanted(stage, selection);
            offers.push(Offer {
                name,
                wanted,
                count,
                left_out: view.not_among(stage, selection),
            });
        };
        if !self.selection.is_empty() {
            offer("Selected", &self.selection, self);
        }
        let is_search = |target: &super::Target| !target.search.is_empty();
        let name = if stage.target.as_ref().is_some_and(is_search) {
            "Found"
        } else {
            "All"
        };
        offer(name, &self.everything(stage), self);
        self.export.start(&stage.shown.facts.path, offers);
    }

    /// A sentence about what those that are selected do not have although everything seems to be meant.
    fn not_among(&self, stage: &Stage<'_>, selection: &Selection) -> String {
        // everything reaches back to the first message there ever was
        if !selection.contains(MessageId(0)) {
            return String::new();
        }
        let facts = &stage.shown.facts;
        let left_out = super::left_out(stage, facts.trimmed, facts.deleted);
        let mut text = left_out.join(", ");
        if stage.target.is_some() && (self.gather.is_cut() || self.gather.is_looking()) {
            let listed = thousands(self.gather.len() as u64);
            text = if self.gather.is_cut() {
                format!("messages older than the newest {listed}: a list has no more")
            } else {
                format!("what was not found yet: {listed} so far, older ones are being looked for")
            };
        }
        if text.is_empty() {
            return text;
        }
        format!("Not among them: {text}.")
    }

    /// Deletes what is selected, or with nothing selected all of the list; asks about more than one.
    pub(super) fn delete(&mut self, ui: &Ui, stage: &Stage<'_>) {
        let selection = if self.selection.is_empty() {
            self.everything(stage)
        } else {
            self.selection.clone()
        };
        let (wanted, count) = self.wanted(stage, &selection);
        let doomed = Doomed {
            wanted,
            left_out: self.not_among(stage, &selection),
            selection,
            list: self.list,
            count,
        };
        self.deleting.start(ui.ctx(), stage.session, doomed);
    }

    /// Puts a message into the publish panel.
    pub(super) fn resend(stage: &Stage<'_>, topic: &str, message: &Message) {
        let message = Box::new((topic.to_owned(), message.clone()));
        let action = Action::History(HistoryAction::PutIntoPublishPanel(message));
        stage.context.ask(action);
    }

    /// Whether a message still in the list is among these, or the one that is shown.
    pub(super) fn is_chosen_or_selected(&self, stage: &Stage<'_>, id: MessageId) -> bool {
        let is_chosen = stage.chosen.is_some_and(|chosen| chosen.message.id == id);
        is_chosen || self.selection.contains(id)
    }
}

/// How many messages of the topic are selected.
fn count_of(model: &Model, stage: &Stage<'_>, selection: &Selection) -> u64 {
    let node = stage.shown.node;
    let newer = |id: u64| model.newer_messages(node, MessageId(id));
    let ranges = selection.ranges().iter().map(|&(first, last)| {
        let from = match first.checked_sub(1) {
            Some(before) => newer(before),
            None => model.history_len(node),
        };
        from.saturating_sub(newer(last)) as u64
    });
    ranges.sum()
}

fn exported<'a>(topic: &'a str, message: &'a Message) -> Exported<'a> {
    Exported {
        topic,
        at: message.at,
        qos: message.qos,
        retain: message.retain,
        dup: message.dup,
        packet_id: message.packet_id,
        properties: message.properties.as_deref(),
        payload: &message.payload,
    }
}
