//! Publishing on a connection that wants to be asked first.

use crate::client::now;

use super::super::action::Action;
use super::super::dialogs::{Dialog, PublishQuestion, PublishWhat};
use super::App;

impl App {
    /// Asks whether to publish.
    pub(super) fn ask_publish(&mut self, question: PublishQuestion) {
        self.views.dialog = Dialog::ask_publish(question);
    }

    /// Publishing was confirmed; `is_last` means that this connection asks no more until it is ended.
    pub(super) fn publish_asked(
        &mut self,
        what: PublishWhat,
        is_last: bool,
        context: &egui::Context,
    ) {
        if let Some(session) = &mut self.data.session {
            session.publishes_freely |= is_last;
        }
        match what {
            PublishWhat::Message(id, message) => {
                self.actions
                    .borrow_mut()
                    .push(Action::Publish(id, *message));
            }
            PublishWhat::Repetition { .. } => {
                self.views.dock.publish.begin_repetition(now());
                context.request_repaint();
            }
        }
    }
}
