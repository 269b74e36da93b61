//! The panes of the open connections from frame to frame: which of them can be seen, what they wait for, what goes on in
//! those that nobody looks at.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::client::{State, now};
use crate::mqtt::Timestamp;
use crate::profile::ProfileId;

use super::super::pane::Pane;
use super::super::session::{Session, TAB_INTERVAL};
use super::open::Of;
use super::{App, LOOK_AGAIN, Screen, TITLE};

/// The pane of each open connection.
#[derive(Default)]
pub struct Panes(BTreeMap<ProfileId, Pane>);

impl Panes {
    /// The pane of this connection.
    pub fn get(&self, of: Of<'_>) -> Option<&Pane> {
        self.0.get(of?)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, of: Of<'_>) -> Option<&mut Pane> {
        self.0.get_mut(of?)
    }

    /// All panes.
    pub fn all(&self) -> impl Iterator<Item = &Pane> {
        self.0.values()
    }

    /// The pane of a connection that is opened; a new one comes from `make`.
    pub fn open(&mut self, id: &ProfileId, make: impl FnOnce() -> Pane) -> &mut Pane {
        self.0.entry(id.clone()).or_insert_with(make)
    }

    /// Forgets the pane of a connection that was closed.
    pub fn close(&mut self, id: &ProfileId) {
        self.0.remove(id);
    }
}

impl App {
    /// Whether the pane of this connection is on the screen.
    pub(super) fn is_visible(&self, id: &ProfileId) -> bool {
        let is_shown = self.data.open.shown_id() == Some(id);
        (is_shown && self.views.screen == Screen::Explorer) || self.data.open.is_window(id)
    }

    /// Tells every pane whether it is on the screen in this frame.
    pub(super) fn see_panes(&mut self, context: &egui::Context) {
        let ids = self.data.open.ids();
        let (seen, unseen): (Vec<_>, Vec<_>) = ids.iter().partition(|id| self.is_visible(id));
        // the keyboard is taken away before it is given back
        for (ids, is_visible) in [(unseen, false), (seen, true)] {
            for id in ids {
                if let Some(pane) = self.views.panes.get_mut(Some(id)) {
                    pane.set_visible(is_visible, context);
                }
            }
        }
    }

    /// Copies what bars and tabs show of the connections.
    pub(super) fn look(&mut self, context: &egui::Context) {
        let now = now();
        for session in self.data.open.all_mut() {
            let pane = self.views.panes.get(Some(&session.profile.id));
            if !pane.is_some_and(Pane::is_visible) {
                session.look_at_tab(now);
            } else if session.look(now) {
                context.request_repaint_after(LOOK_AGAIN);
            }
        }
    }

    /// Goes on with repetitions, files and what is deleted, seen or not; says after how long to come back.
    pub(super) fn tick(&mut self) -> Option<Duration> {
        let Self {
            data,
            views,
            actions,
            ..
        } = self;
        let now = now();
        let mut next: Option<Duration> = None;
        for session in data.open.all() {
            let of = Some(&session.profile.id);
            if let Some(pane) = views.panes.get_mut(of) {
                let frame = data.context_of(of, now, actions);
                pane.inspector.tick(&frame);
                pane.dock.traffic.tick(&frame);
                let delay = pane.dock.publish.tick(&frame, now);
                next = [next, delay].into_iter().flatten().min();
            }
        }
        next
    }

    /// When a pane that can be seen looks different although nothing arrives.
    pub(super) fn pane_change(&self, now: Timestamp) -> Option<Duration> {
        let visible = self.views.panes.all().filter(|pane| pane.is_visible());
        visible.filter_map(|pane| pane.tree.next_change(now)).min()
    }

    /// One second, while the time to the next attempt is counted down, or a tab shows a rate that falls.
    pub(super) fn countdown(&self) -> Option<Duration> {
        let has_tabs = self.data.open.tabs().len() > 1;
        let changes = |session: &Session| {
            let shown = self.data.open.shown_id();
            let waits = matches!(session.state(), State::Waiting { .. });
            let is_seen = self.is_visible(&session.profile.id);
            let falls = !is_seen && has_tabs && session.glance.totals.rate_in > 0.0;
            falls || (waits && (is_seen || shown == Some(&session.profile.id)))
        };
        let any = self.data.open.all().iter().any(changes);
        any.then_some(TAB_INTERVAL)
    }

    /// Puts the name of the shown connection into the title of the window.
    pub(super) fn name_window(&mut self, context: &egui::Context) {
        let shown = self.data.open.shown();
        let title = shown.map(|it| format!("{} – {TITLE}", it.profile.name));
        let title = title.unwrap_or_else(|| TITLE.to_owned());
        if self.title != title {
            self.title.clone_from(&title);
            context.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
    }
}
