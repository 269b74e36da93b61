//! The application: its data, its views, and one flat match that does what views ask for.

mod apply;
mod at_start;
mod broker;
mod charts;
mod connect;
mod data;
mod events;
mod examine;
mod exchange;
mod folders;
mod history;
mod keyring;
mod keys;
mod layout;
mod lookups;
mod open;
mod panes;
mod profiles;
mod publishing;
mod reading;
mod rehearsal;
mod reopening;
mod retained;
mod saver;
mod secrets;
mod subscribing;
mod tabs;
mod traffic;
mod windows;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::client::{RuntimeHandle, now};
use crate::profile::{ConfigDir, KeyringSecrets, Profile, Secret, SecretStore, StoreError};

use super::action::{Action, Asked, Level};
use super::connections::Connections;
use super::dialogs::Dialogs;
use super::jobs::Jobs;
use super::palette::CommandPalette;
use super::quit::Quit;
use super::tab_strip::TabStrip;
use super::theme;
use super::toasts::Toasts;
use super::waker::Waker;
use data::Data;
pub use exchange::Kept;
pub use lookups::LookupNumber;
use panes::Panes;
pub use rehearsal::{FrameCost, Pressed, Rehearsal};
pub use retained::CheckDone;

/// How the window is to start.
#[derive(Clone)]
pub struct Options {
    /// Start the broker inside and the demo at once.
    pub demo: bool,
    /// What to connect to at once. Without it the first profile that wants to be connected at the start is.
    pub connect: Option<Opening>,
    /// Where profiles and settings are kept; `None` for the platform's directory.
    pub config_dir: Option<PathBuf>,
    /// Where background tasks run.
    pub runtime: RuntimeHandle,
    /// Where passwords are kept; `None` for the operating system's keyring.
    pub secrets: Option<Arc<dyn SecretStore>>,
    /// Closes the window from outside.
    pub quit: Quit,
}

/// A connection that the window opens with.
#[derive(Clone)]
pub struct Opening {
    /// One of the saved profiles, or a new one, which is not saved until the user keeps it.
    pub profile: Profile,
    /// The password, where it is known already.
    pub password: Option<Secret>,
}

/// The window's title without a connection.
const TITLE: &str = "Canopy";

/// When a frame looks again whose model was busy.
pub const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Which of the two screens is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Screen {
    /// The list of profiles.
    #[default]
    Connections,
    /// The topic tree.
    Explorer,
}

/// Everything that is drawn, with nothing but UI state.
#[derive(Default)]
struct Views {
    screen: Screen,
    tab_strip: TabStrip,
    connections: Connections,
    panes: Panes,
    dialogs: Dialogs,
    palette: CommandPalette,
    toasts: Toasts,
    /// What had the keyboard before a dialog or the palette opened.
    focus_below: Option<egui::Id>,
    is_modal_gone: bool,
}

/// The window's application.
pub struct App {
    data: Data,
    views: Views,
    jobs: Jobs,
    waker: Arc<Waker>,
    quit: Quit,
    /// Reused from frame to frame.
    actions: RefCell<Vec<Asked>>,
    /// The window's title as it was set last.
    title: String,
    /// The icon of further windows, once there was one.
    icon: Option<Arc<egui::IconData>>,
}

impl App {
    /// Reads profiles and settings and prepares the window of `context`.
    ///
    /// # Errors
    /// [`StoreError::NoDirectory`] when there is no place for settings.
    pub fn new(context: &egui::Context, options: Options) -> Result<Self, StoreError> {
        let config = ConfigDir::open(options.config_dir.as_deref())?;
        theme::install_fonts(context);
        let waker = Waker::new(context.clone());
        let jobs = Jobs::new(options.runtime, waker.as_wake());
        options.quit.listen(waker.as_wake());
        let secrets = options
            .secrets
            .unwrap_or_else(|| Arc::new(KeyringSecrets::default()));
        let (data, warnings) = Data::load(config, secrets);
        theme::apply(context, data.settings.theme);
        context.set_zoom_factor(data.settings.zoom);
        let views = Views::default();
        let actions = RefCell::default();
        let mut app = Self {
            data,
            views,
            jobs,
            waker,
            quit: options.quit,
            actions,
            title: TITLE.to_owned(),
            icon: None,
        };
        app.look_for_keyring();
        app.move_values();
        for warning in warnings {
            app.say(Level::Error, "Canopy", warning.0, None);
        }
        if options.demo {
            app.start_broker(true);
        } else {
            app.connect_at_start(options.connect);
        }
        Ok(app)
    }

    /// The size and place that the window had when it was last closed.
    pub fn viewport(config_dir: Option<&std::path::Path>) -> egui::ViewportBuilder {
        let window = ConfigDir::open(config_dir)
            .map(|config| config.load_window().0)
            .unwrap_or_default();
        let mut viewport = egui::ViewportBuilder::default()
            .with_title(TITLE)
            .with_app_id("canopy")
            .with_inner_size(window.size)
            .with_min_inner_size(windows::SMALLEST)
            .with_maximized(window.maximized);
        if let Some(position) = window.position {
            viewport = viewport.with_position(position);
        }
        if let Some(icon) = windows::icon() {
            viewport = viewport.with_icon(icon);
        }
        viewport
    }

    /// Clicks Connect at the profile that is selected.
    pub fn connect_selected(&mut self) {
        if let Some(id) = self.data.selected_profile.clone() {
            self.connect(&id);
        }
    }

    /// Writes a line to the log and shows it as a toast. With several connections the toast names its own.
    fn say(
        &mut self,
        level: Level,
        source: &str,
        text: String,
        offer: Option<(&'static str, Action)>,
    ) {
        self.note(level, source, text.clone());
        let open = self.data.open.all();
        let is_one_of_many = open.len() > 1 && open.iter().any(|it| it.profile.name == source);
        let text = if is_one_of_many {
            format!("{source}: {text}")
        } else {
            text
        };
        self.views.toasts.push(level, text, offer, now());
    }

    /// Writes a line to the log only.
    fn note(&mut self, level: Level, source: &str, text: String) {
        let source = source.to_owned();
        self.data.log.push(super::log::Line {
            at: now(),
            level,
            source,
            text,
        });
    }

    /// Everything that changes without anybody touching the window.
    fn advance(&mut self, context: &egui::Context) {
        self.waker.frame_begins();
        if self.quit.is_asked() {
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        self.take_dropped_files(context);
        self.take_jobs(context);
        self.take_events();
        self.hand_out_schemas();
        let waits = [self.go_on_reopening(now()), self.tell_slow_lookups(now())];
        for delay in waits.into_iter().flatten() {
            context.request_repaint_after(delay);
        }
        self.look(context);
        if let Some(delay) = self.data.refresh_broker(now()) {
            context.request_repaint_after(delay);
        }
        self.work_on_charts(context);
        let next = self.tick();
        self.apply_all(context);
        self.name_window(context);
        self.save_if_needed();
        if let Some(delay) = next {
            context.request_repaint_after(delay);
        }
    }

    /// Whether the broker's panel is shown and its rates have not come to rest.
    fn broker_moves(&self) -> bool {
        let stats = &self.data.broker.stats;
        let is_shown = |pane: &super::pane::Pane| {
            pane.is_visible() && pane.dock.tab == super::action::DockTab::Broker
        };
        (stats.rate_in > 0.0 || stats.rate_out > 0.0) && self.views.panes.all().any(is_shown)
    }

    /// When the window looks different although nothing arrives.
    fn next_change(&self) -> Option<Duration> {
        let now = now();
        let panes = self.pane_change(now);
        let candidates = [
            panes.map(|delay| delay.max(self.waker.delay())),
            self.views.toasts.next_change(now),
            self.countdown(),
            self.broker_moves().then_some(Duration::from_secs(1)),
        ];
        candidates.into_iter().flatten().min()
    }
}

impl App {
    /// Draws a frame.
    fn frame(&mut self, ui: &mut egui::Ui) {
        self.waker.judge_last_frame();
        self.global_keys(ui);
        self.see_panes(ui.ctx());
        self.layout(ui);
        self.windows_ui(ui.ctx());
        self.apply_all(ui.ctx());
        self.remember_window(ui);
        if let Some(delay) = self.next_change() {
            ui.ctx().request_repaint_after(delay);
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.advance(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.forget_removed();
        // with the branches that are open by now
        self.data.unsaved.window = Some(now());
        self.save_now();
        self.end_everything();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::Palette::for_visuals(visuals)
            .background
            .to_normalized_gamma_f32()
    }
}
