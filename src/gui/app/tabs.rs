//! Tabs: show, step, give a window of its own, close.

use crate::client::{Command, Event, State};
use crate::payload::format::thousands;
use crate::profile::ProfileId;

use super::super::action::{Level, TabAction};
use super::super::dialogs::Dialog;
use super::super::session::Session;
use super::events::trouble;
use super::windows::viewport_of;
use super::{App, Screen};

impl App {
    /// Does what was asked about tabs.
    pub(super) fn apply_to_tabs(&mut self, action: TabAction) {
        match action {
            TabAction::Show(id) => self.show_tab(&id),
            TabAction::Step(step) => self.step_tab(step),
            TabAction::Move(id, place) => self.data.open.move_to(&id, place),
            TabAction::Detach(id) => self.detach_tab(&id),
            TabAction::Attach(id) => self.attach_tab(&id),
            TabAction::Close(id) => self.close_tab(&id),
            TabAction::CloseConfirmed(id) => self.close_tab_now(&id),
        }
    }

    pub(super) fn show_tab(&mut self, id: &ProfileId) {
        if self.data.open.show(id) {
            self.views.tab_strip.reveal_shown();
            self.views.screen = Screen::Explorer;
        } else if self.data.open.is_window(id) {
            let context = self.waker.context();
            context.send_viewport_cmd_to(viewport_of(id), egui::ViewportCommand::Focus);
        }
    }

    pub(super) fn detach_tab(&mut self, id: &ProfileId) {
        self.data.open.detach(id);
        if self.data.open.shown_id().is_none() {
            self.views.screen = Screen::Connections;
        }
    }

    pub(super) fn attach_tab(&mut self, id: &ProfileId) {
        self.data.open.attach(id);
        self.show_tab(id);
    }

    /// Shows a neighbour of the tab that is shown; from the list of profiles it goes back to that tab.
    pub(super) fn step_tab(&mut self, step: isize) {
        let is_hidden = self.views.screen != Screen::Explorer;
        let next = self.data.open.neighbour(if is_hidden { 0 } else { step });
        if let Some(id) = next {
            self.show_tab(&id);
        }
    }

    /// Closes a tab, after a question where that cuts something short.
    pub(super) fn close_tab(&mut self, id: &ProfileId) {
        let Some(session) = self.data.open.get(Some(id)) else {
            return;
        };
        let unfinished = self.unfinished(session);
        if unfinished.is_empty() {
            return self.close_tab_now(id);
        }
        let dialog = Dialog::close_tab(&session.profile, unfinished);
        self.views.dialogs.show(Some(id), dialog);
    }

    /// What closing this connection cuts short, in sentences.
    pub(super) fn unfinished(&self, session: &Session) -> Vec<String> {
        let mut sentences = Vec::new();
        let pane = self.views.panes.get(Some(&session.profile.id));
        if pane.is_some_and(|pane| pane.dock.publish.is_repeating()) {
            sentences.push("A message is being published again and again: that ends.".to_owned());
        }
        if matches!(session.state(), State::Ended(_)) {
            return sentences;
        }
        let under_way = session.publishes_under_way();
        if under_way > 0 {
            let (messages, have) = if under_way == 1 {
                ("message", "has")
            } else {
                ("messages", "have")
            };
            let count = thousands(under_way as u64);
            sentences.push(format!(
                "{count} published {messages} {have} not been acknowledged yet and may be lost."
            ));
        }
        let clears = session.clears_left();
        if clears > 0 {
            let count = thousands(clears as u64);
            sentences.push(format!(
                "{count} retained messages are still to be cleared."
            ));
        }
        sentences
    }

    /// Says DISCONNECT and forgets the tab with everything that was seen on its connection.
    pub(super) fn close_tab_now(&mut self, id: &ProfileId) {
        self.remember_branches(id);
        self.end_connection(Some(id), Command::Disconnect);
        self.views.panes.close(id);
        if self.data.open.close(id) && self.data.open.tabs().is_empty() {
            self.views.screen = Screen::Connections;
        }
        self.views.tab_strip.reveal_shown();
    }

    /// Lets go of closed connections once they have said goodbye. That may free a large model: not in a frame.
    pub(super) fn see_off(&mut self) {
        let leaving = self.data.open.leaving_mut();
        if leaving.is_empty() {
            return;
        }
        let mut troubles: Vec<(String, String)> = Vec::new();
        let mut has_ended = |session: &mut Session| {
            // every other event comes before that of the end
            let has_ended = matches!(session.live.state(), State::Ended(_));
            while let Some((at, event)) = session.live.next_timed_event() {
                session.take(&event, at);
                let Event::Publish(id, step) = event else {
                    continue;
                };
                let name = session.profile.name.clone();
                let trouble = trouble(session, id, &step).map(|text| (name, text));
                let is_new = |it: &(String, String)| troubles.last() != Some(it);
                troubles.extend(trouble.filter(is_new));
            }
            has_ended
        };
        let gone: Vec<Session> = leaving.extract_if(.., &mut has_ended).collect();
        for (name, text) in troubles {
            self.say(Level::Error, &name, text, None);
        }
        if !gone.is_empty() {
            self.jobs.runtime().spawn_blocking(move || drop(gone));
        }
    }
}
