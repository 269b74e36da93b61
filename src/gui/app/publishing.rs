//! Publishing on a connection that wants to be asked first.

use crate::client::now;

use super::super::action::{Action, Asked};
use super::super::dialogs::{Dialog, PublishQuestion, PublishWhat};
use super::App;
use super::open::Of;

impl App {
    /// Asks whether to publish.
    pub(super) fn ask_publish(&mut self, of: Of<'_>, question: PublishQuestion) {
        self.views.dialogs.show(of, Dialog::ask_publish(question));
    }

    /// Publishing was confirmed; `is_last` means that this connection asks no more until it is ended.
    pub(super) fn publish_asked(
        &mut self,
        of: Of<'_>,
        what: PublishWhat,
        is_last: bool,
        context: &egui::Context,
    ) {
        if let Some(session) = self.data.open.get_mut(of) {
            session.publishes_freely |= is_last;
        }
        match what {
            PublishWhat::Message(id, message) => self.actions.borrow_mut().push(Asked {
                of: of.cloned(),
                action: Action::Publish(id, *message),
            }),
            PublishWhat::Repetition { .. } => {
                if let Some(pane) = self.views.panes.get_mut(of) {
                    pane.dock.publish.begin_repetition(now());
                }
                context.request_repaint();
            }
        }
    }
}
