//! Saving as things change: the newest state is written off the window's thread, one write at a time.

use std::time::Duration;

use crate::client::now;
use crate::mqtt::Timestamp;
use crate::profile::{ConfigDir, Profile, Settings, StoreError, WindowState};

use super::super::action::Level;
use super::super::jobs::Done;
use super::{App, Screen};

/// The window's state changes with every drag: it is written this long after the last change.
const WINDOW_DELAY: Duration = Duration::from_secs(1);

/// What was changed and is not on disk yet.
#[derive(Debug, Default)]
pub struct Unsaved {
    pub profiles: bool,
    pub settings: bool,
    pub window: Option<Timestamp>,
    is_writing: bool,
}

/// What one write takes along.
struct Snapshot {
    config: ConfigDir,
    profiles: Option<Vec<Profile>>,
    settings: Option<Settings>,
    window: Option<WindowState>,
}

impl Snapshot {
    fn write(self) -> Vec<StoreError> {
        let results = [
            self.profiles
                .map(|profiles| self.config.save_profiles(&profiles)),
            self.settings
                .map(|settings| self.config.save_settings(&settings)),
            self.window.map(|window| self.config.save_window(&window)),
        ];
        results
            .into_iter()
            .flatten()
            .filter_map(Result::err)
            .collect()
    }
}

impl App {
    /// Starts a write when something changed and none is under way.
    pub(super) fn save_if_needed(&mut self) {
        let unsaved = &self.data.unsaved;
        let window_is_due = unsaved
            .window
            .is_some_and(|changed| now().since(changed) >= WINDOW_DELAY);
        if unsaved.is_writing || !(unsaved.profiles || unsaved.settings || window_is_due) {
            return;
        }
        let snapshot = self.snapshot();
        self.data.unsaved.is_writing = true;
        self.jobs
            .run_blocking(move || Done::Saved(snapshot.write()));
    }

    /// Writes everything that is not on disk yet, on this thread: the program is about to end.
    pub(super) fn save_now(&mut self) {
        for err in self.snapshot().write() {
            self.note(Level::Error, "Canopy", err.to_string());
        }
    }

    /// A write ended.
    pub(super) fn saved(&mut self, errors: Vec<StoreError>) {
        self.data.unsaved.is_writing = false;
        for err in errors {
            self.say(Level::Error, "Canopy", err.to_string(), None);
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        let data = &mut self.data;
        Snapshot {
            config: data.config.clone(),
            profiles: std::mem::take(&mut data.unsaved.profiles).then(|| data.profiles.clone()),
            settings: std::mem::take(&mut data.unsaved.settings).then(|| data.settings.clone()),
            window: data.unsaved.window.take().map(|_| data.window.clone()),
        }
    }

    /// Notes size and place of the window and the message being written.
    pub(super) fn remember_window(&mut self, ui: &egui::Ui) {
        let mut window = self.data.window.clone();
        ui.input(|input| {
            let viewport = input.viewport();
            window.maximized = viewport.maximized.unwrap_or(false);
            if !window.maximized
                && let Some(rect) = viewport.inner_rect
            {
                let zoom =
                    input.pixels_per_point() / viewport.native_pixels_per_point.unwrap_or(1.0);
                window.size = [rect.width() * zoom, rect.height() * zoom];
            }
        });
        window
            .selected_profile
            .clone_from(&self.data.selected_profile);
        if self.views.screen == Screen::Explorer
            && let Some(session) = &self.data.session
        {
            let draft = self.views.dock.publish.draft();
            if window.drafts.get(&session.profile.id) != Some(draft) {
                window
                    .drafts
                    .insert(session.profile.id.clone(), draft.clone());
            }
        }
        if window != self.data.window {
            self.data.window = window;
            self.window_changed(ui.ctx());
        }
    }

    /// Notes which branches are open.
    pub(super) fn remember_branches(&mut self) {
        if let Some(session) = &self.data.session {
            let paths = session.live.model().lock().open_paths();
            self.data
                .window
                .expanded
                .insert(session.profile.id.clone(), paths);
            self.data.unsaved.window = Some(now());
        }
    }

    /// The window's state is to be written soon.
    pub(super) fn window_changed(&mut self, context: &egui::Context) {
        self.data.unsaved.window = Some(now());
        context.request_repaint_after(WINDOW_DELAY + Duration::from_millis(50));
    }
}
