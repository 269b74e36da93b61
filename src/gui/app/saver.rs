//! Saving as things change: the newest state is written off the window's thread, one write at a time.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::client::now;
use crate::model::Model;
use crate::mqtt::Timestamp;
use crate::profile::{ConfigDir, Profile, ProfileId, Settings, StoreError, WindowState};

use super::super::action::Level;
use super::super::jobs::Done;
use super::super::session::Session;
use super::App;

/// The window's state changes with every drag: it is written this long after the last change.
const WINDOW_DELAY: Duration = Duration::from_secs(1);

/// What was changed and is not on disk yet.
#[derive(Debug, Default)]
pub struct Unsaved {
    pub profiles: bool,
    pub settings: bool,
    pub window: Option<Timestamp>,
    is_writing: bool,
    /// Number of the last snapshot.
    last: u64,
    /// For each file, the number of the snapshot that was written last.
    written: Arc<Mutex<[u64; 3]>>,
}

/// What one write takes along.
struct Snapshot {
    config: ConfigDir,
    profiles: Option<Vec<Profile>>,
    settings: Option<Settings>,
    window: Option<WindowState>,
    /// The connections whose open branches are to be kept too: gathering their paths is no work for a frame.
    open: Vec<(ProfileId, Arc<Mutex<Model>>)>,
    number: u64,
    written: Arc<Mutex<[u64; 3]>>,
}

impl Snapshot {
    /// Writes what changed, unless a newer snapshot was faster.
    fn write(mut self) -> Vec<StoreError> {
        if let Some(window) = &mut self.window {
            for (profile, model) in self.open.drain(..) {
                let paths = model.lock().open_paths();
                window.expanded.insert(profile, paths);
            }
        }
        let mut written = self.written.lock();
        let mut is_newest = |file: usize| {
            let is_newest = written[file] < self.number;
            written[file] = written[file].max(self.number);
            is_newest
        };
        let config = &self.config;
        let results = [
            self.profiles
                .filter(|_| is_newest(0))
                .map(|profiles| config.save_profiles(&profiles)),
            self.settings
                .filter(|_| is_newest(1))
                .map(|settings| config.save_settings(&settings)),
            self.window
                .filter(|_| is_newest(2))
                .map(|window| config.save_window(&window)),
        ];
        results
            .into_iter()
            .flatten()
            .filter_map(Result::err)
            .collect()
    }
}

/// The profiles as they are written: without the one that only passes by.
fn as_written(profiles: &[Profile], passing: Option<&ProfileId>) -> Vec<Profile> {
    let mut profiles = profiles.to_vec();
    profiles.retain(|profile| Some(&profile.id) != passing);
    profiles
}

/// The window's state as it is written: without what belongs to the profile that only passes by.
fn without_passing(mut window: WindowState, passing: Option<&ProfileId>) -> WindowState {
    if let Some(id) = passing {
        window.expanded.remove(id);
        window.drafts.remove(id);
    }
    window
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
        let with_model = |it: &Session| (it.profile.id.clone(), Arc::clone(it.live.model()));
        let passing = data.passing.as_ref();
        let open = data.open.all().iter();
        let open = open.filter(|it| Some(&it.profile.id) != passing);
        let open = open.map(with_model).collect();
        data.unsaved.last += 1;
        Snapshot {
            number: data.unsaved.last,
            open,
            written: data.unsaved.written.clone(),
            config: data.config.clone(),
            profiles: std::mem::take(&mut data.unsaved.profiles)
                .then(|| as_written(&data.profiles, data.passing.as_ref())),
            settings: std::mem::take(&mut data.unsaved.settings).then(|| data.settings.clone()),
            window: (data.unsaved.window.take())
                .map(|_| without_passing(data.window.clone(), data.passing.as_ref())),
        }
    }

    /// Notes size and place of the window and the message being written. Compares before it writes: this runs in
    /// every frame.
    pub(super) fn remember_window(&mut self, ui: &egui::Ui) {
        let has_changed = self.remember_place(ui) | self.remember_choice() | self.remember_draft();
        if has_changed {
            self.window_changed(ui.ctx());
        }
    }

    fn remember_place(&mut self, ui: &egui::Ui) -> bool {
        let window = &mut self.data.window;
        let before = (window.maximized, window.size, window.position);
        ui.input(|input| {
            let viewport = input.viewport();
            window.maximized = viewport.maximized.unwrap_or(false);
            let zoom = input.pixels_per_point() / viewport.native_pixels_per_point.unwrap_or(1.0);
            if window.maximized {
                return;
            }
            if let Some(rect) = viewport.inner_rect {
                window.size = [rect.width() * zoom, rect.height() * zoom];
            }
            if let Some(rect) = viewport.outer_rect {
                window.position = Some([rect.left() * zoom, rect.top() * zoom]);
            }
        });
        before != (window.maximized, window.size, window.position)
    }

    fn remember_choice(&mut self) -> bool {
        let selected = &self.data.selected_profile;
        let is_passing = selected.is_some() && *selected == self.data.passing;
        let has_changed = !is_passing && self.data.window.selected_profile != *selected;
        if has_changed {
            let selected = self.data.selected_profile.clone();
            self.data.window.selected_profile = selected;
        }
        has_changed
    }

    fn remember_draft(&mut self) -> bool {
        let mut has_changed = false;
        for session in self.data.open.all() {
            let id = &session.profile.id;
            let pane = self.views.panes.get(Some(id)).filter(|it| it.is_visible());
            let Some(draft) = pane.map(|pane| pane.dock.publish.draft()) else {
                continue;
            };
            let drafts = &mut self.data.window.drafts;
            if drafts.get(id) != Some(draft) {
                drafts.insert(id.clone(), draft.clone());
                has_changed = true;
            }
        }
        has_changed
    }

    /// Gathers which branches of a connection are open, which is no work for a frame.
    pub(super) fn remember_branches(&mut self, id: &ProfileId) {
        if let Some(session) = self.data.open.get(Some(id)) {
            let (model, id) = (Arc::clone(session.live.model()), id.clone());
            self.jobs.run_blocking(move || {
                let paths = model.lock().open_paths();
                Done::BranchesGathered(id, paths)
            });
        }
    }

    /// The open branches of a closed connection were gathered.
    pub(super) fn branches_gathered(&mut self, id: ProfileId, paths: Vec<String>) {
        // a deleted profile may still come back
        let mut removed = self.data.removed.iter();
        if self.data.profile(&id).is_some() || removed.any(|it| it.profile.id == id) {
            self.data.window.expanded.insert(id, paths);
            self.data.unsaved.window = Some(now());
        }
    }

    /// The window's state is to be written soon.
    pub(super) fn window_changed(&mut self, context: &egui::Context) {
        self.data.unsaved.window = Some(now());
        context.request_repaint_after(WINDOW_DELAY + Duration::from_millis(50));
    }
}
