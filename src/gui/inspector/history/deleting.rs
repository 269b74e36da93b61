//! Deleting messages out of the history: a question where it is more than one, then a worker.

use egui::{Frame, Margin, RichText, Ui};
use parking_lot::MutexGuard;
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

/// What is to be deleted.
#[derive(Debug, Clone)]
pub struct Doomed {
    /// Where the messages are.
    pub wanted: Wanted,
    /// The same as a selection.
    pub selection: Selection,
    /// How many they are now.
    pub count: u64,
}

/// UI state of deleting.
#[derive(Debug)]
pub struct Deleting {
    asked: Option<Doomed>,
    working: Latest<(u64, Selection)>,
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
        self.working.start(ctx, move || {
            let mut fetch = Fetch::new(Arc::clone(&model), doomed.wanted);
            let mut count = 0;
            while let Some(batch) = fetch.next_batch() {
                let mut model = model.lock();
                for fetched in batch {
                    count += u64::from(model.delete_message(fetched.message.id));
                }
                MutexGuard::unlock_fair(model);
            }
            (count, doomed.selection)
        });
    }

    /// Draws the question while there is one; returns what was deleted meanwhile.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        session: &Session,
    ) -> Option<Selection> {
        let done = self.working.poll().map(|(count, selection)| {
            let what = words::counted(count, "message", "messages");
            let text =
                format!("{what} deleted from the history here. The broker keeps what it has.");
            context.toast(Level::Success, text);
            selection
        });
        let Some(asked) = &self.asked else {
            return done;
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
                let text = format!("Delete {what} from the history here? The broker is not asked.");
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
        done
    }
}
