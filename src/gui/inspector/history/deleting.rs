//! Deleting messages out of the history: a question where it is more than one, then a worker.

use egui::{Frame, Margin, RichText, Ui};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

use super::super::super::action::Level;
use super::super::super::context::Context;
use super::super::super::latest::Latest;
use super::super::super::session::Session;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button, escaped};
use super::fetch::{Fetch, Wanted};
use super::selection::Selection;
use crate::gui::words;
use crate::model::{MessageId, Model};

/// What is to be deleted.
#[derive(Debug, Clone)]
pub struct Doomed {
    /// Where the messages are.
    pub wanted: Wanted,
    /// The same as a selection.
    pub selection: Selection,
    /// The list that it was selected in.
    pub list: u64,
    /// How many they are now.
    pub count: u64,
    /// A sentence about what is not among them; empty when that is nothing.
    pub left_out: String,
}

/// What was deleted.
#[derive(Debug)]
pub struct Deleted {
    /// The messages themselves, oldest first.
    pub ids: Vec<MessageId>,
    /// What was selected for it, and in which list.
    pub asked: (u64, Selection),
}

/// UI state of deleting.
#[derive(Debug)]
pub struct Deleting {
    asked: Option<Doomed>,
    working: Latest<Deleted>,
}

impl Default for Deleting {
    fn default() -> Self {
        Self {
            asked: None,
            working: Latest::new("delete messages"),
        }
    }
}

impl Deleting {
    /// Deletes at once what is one message, and asks about more.
    pub fn start(&mut self, ctx: &egui::Context, session: &Session, doomed: Doomed) {
        if doomed.count > 1 {
            self.asked = Some(doomed);
        } else {
            self.go(ctx, session, doomed);
        }
    }

    /// Forgets what was asked about.
    pub fn forget(&mut self) {
        self.asked = None;
    }

    fn go(&mut self, ctx: &egui::Context, session: &Session, doomed: Doomed) {
        let model = Arc::clone(session.live.model());
        self.working.line_up(ctx, move || delete(&model, doomed));
    }

    /// What was deleted meanwhile, each once. Asked in every frame, whatever is shown.
    pub fn poll(&mut self, context: &Context<'_>) -> Option<Deleted> {
        let deleted = self.working.poll()?;
        let what = words::counted(deleted.ids.len() as u64, "message", "messages");
        let text = format!("{what} deleted from the history here. The broker keeps what it has.");
        context.toast(Level::Success, text);
        Some(deleted)
    }

    /// Draws the question while there is one.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(asked) = &self.asked else {
            return;
        };
        let what = words::counted(asked.count, "message", "messages");
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.tint(palette.red, 0.12))
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(10, 3));
        let mut answer = escaped(ui).then_some(false);
        frame.show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                let mut text =
                    format!("Delete {what} from the history here? The broker is not asked.");
                if !asked.left_out.is_empty() {
                    text.extend([" ", &asked.left_out]);
                }
                let text = RichText::new(text).font(theme::label());
                ui.label(text.color(palette.text));
                if button(ui, None, "Delete for good", Look::Danger).clicked() {
                    answer = Some(true);
                }
                if button(ui, None, "Keep them", Look::Quiet).clicked() {
                    answer = Some(false);
                }
            });
        });
        match (answer, self.asked.take()) {
            (Some(true), Some(doomed)) => self.go(ui.ctx(), session, doomed),
            (None, asked) => self.asked = asked,
            _ => {}
        }
    }
}

/// Deletes batch by batch, so that the model is locked for moments only.
fn delete(model: &Arc<Mutex<Model>>, doomed: Doomed) -> Deleted {
    let mut fetch = Fetch::new(Arc::clone(model), doomed.wanted);
    let mut ids = Vec::new();
    while let Some(batch) = fetch.next_batch() {
        let mut model = model.lock();
        let all = batch.iter().map(|fetched| fetched.message.id);
        ids.extend(all.filter(|&id| model.delete_message(id)));
        MutexGuard::unlock_fair(model);
    }
    Deleted {
        ids,
        asked: (doomed.list, doomed.selection),
    }
}
