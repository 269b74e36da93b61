//! Drives the real application without a screen: its configuration in a directory of its own, its broker on a free
//! port, a person's clicks and keys by accessible label, and waiting until the window shows what it should.
#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses a part of this"
)]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use canopy::gui::{App, Opening, Options};
use canopy::profile::{
    BrokerSettings, ConfigDir, MemorySecrets, Profile, SecretStore, Settings, Theme,
};
use eframe::App as _;
use egui::accesskit::{Action, Role, Toggled};
use egui::{Event, Key, Modifiers, OutputCommand, UiBuilder, ViewportId};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::{Harness, Node};
use tokio::runtime::Runtime;

use crate::common::{PATIENCE, free_port};

/// Ctrl as a keyboard on Linux and Windows sends it.
pub const CTRL: Modifiers = Modifiers {
    ctrl: true,
    command: true,
    ..Modifiers::NONE
};

/// The longest time between two looks at the window while nothing asks for a frame: clocks run on.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Seconds of the window's own clock between two frames: two clicks one after the other are a double click, and two
/// that are looked at in between are not.
const STEP: f32 = 0.08;
/// Frames after a click or a key in which the window settles.
const SETTLING: usize = 8;

/// What outlives a window: the directory with its files, the passwords, and which port the broker inside takes.
pub struct Home {
    directory: tempfile::TempDir,
    secrets: Arc<MemorySecrets>,
    /// Where the broker inside listens.
    pub port: u16,
}

/// How a window looks.
#[derive(Clone, Copy)]
pub struct Look {
    pub size: [f32; 2],
    pub scale: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            size: [1440.0, 900.0],
            scale: 1.0,
        }
    }
}

impl Home {
    /// An empty directory, in which the broker is set to a free port.
    pub fn new() -> Self {
        Self::with(&Settings::default())
    }

    /// The same with these settings; the broker's port is a free one.
    pub fn with(settings: &Settings) -> Self {
        let home = Self {
            directory: tempfile::tempdir().expect("a directory"),
            secrets: Arc::default(),
            port: free_port(),
        };
        let broker = BrokerSettings {
            port: home.port,
            ..settings.broker.clone()
        };
        let settings = Settings {
            broker,
            ..settings.clone()
        };
        home.config().save_settings(&settings).expect("settings");
        home
    }

    /// Where the files are.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn config(&self) -> ConfigDir {
        ConfigDir::open(Some(self.path())).expect("a config directory")
    }

    /// The profiles as they are on disk.
    pub fn profiles(&self) -> Vec<Profile> {
        self.config().load_profiles().0
    }

    pub fn secrets(&self) -> &MemorySecrets {
        &self.secrets
    }

    /// Opens the window.
    pub fn open(&self) -> Window {
        self.open_as(Look::default(), false)
    }

    /// Opens the window, with broker and demo when `demo` says so.
    pub fn open_as(&self, look: Look, demo: bool) -> Window {
        Window::open(self, look, demo, None)
    }

    /// Opens the window as the command line does that names something to connect to.
    pub fn open_with(&self, connect: Opening) -> Window {
        Window::open(self, Look::default(), false, Some(connect))
    }
}

/// The application, until the window is closed.
type Slot = Rc<RefCell<Option<App>>>;

/// An open window.
pub struct Window {
    harness: Harness<'static, Slot>,
    wakes: Receiver<()>,
    copied: Option<String>,
    runtime: Option<Runtime>,
}

impl Window {
    fn open(home: &Home, look: Look, demo: bool, connect: Option<Opening>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let secrets: Arc<dyn SecretStore> = home.secrets.clone();
        let options = Options {
            demo,
            connect,
            config_dir: Some(home.path().to_owned()),
            runtime: runtime.handle().clone(),
            secrets: Some(secrets),
            quit: canopy::gui::Quit::default(),
        };
        let theme = match home.config().load_settings().0.theme {
            Theme::Dark => egui::Theme::Dark,
            Theme::Light => egui::Theme::Light,
        };
        let slot = Slot::default();
        let (wakes, create) = creation(slot.clone(), options);
        let mut frame = eframe::Frame::_new_kittest();
        let harness = Harness::builder()
            .with_size(look.size)
            .with_pixels_per_point(look.scale)
            .with_theme(theme)
            .with_step_dt(STEP)
            .with_render_cursor(false)
            .with_context_setup(create)
            .build_ui_state(move |ui, slot| draw(ui, slot, &mut frame), slot);
        Self {
            harness,
            wakes,
            copied: None,
            runtime: Some(runtime),
        }
    }

    /// Closes the window as its button does: everything is saved, the connection ends.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let app = self.harness.state().borrow_mut().take();
        if let Some(mut app) = app {
            app.on_exit(None);
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }

    /// One frame for each event that waits, or one.
    pub fn step(&mut self) {
        self.harness.step();
    }

    /// What was copied to the clipboard last.
    pub fn take_copied(&mut self) -> Option<String> {
        self.copied.take()
    }

    /// Frames until the window asks for no further one at once.
    pub fn settle(&mut self) {
        for _ in 0..SETTLING {
            self.step();
            let commands = &self.harness.output().platform_output.commands;
            let copied = commands.iter().find_map(|command| match command {
                OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            });
            self.copied = copied.or(self.copied.take());
            if !self.delay().is_zero() {
                break;
            }
        }
    }

    /// When the window wants its next frame.
    fn delay(&self) -> Duration {
        let viewports = &self.harness.output().viewport_output;
        viewports
            .get(&ViewportId::ROOT)
            .map_or(Duration::MAX, |viewport| viewport.repaint_delay)
    }

    /// Draws until `is_so`; fails with `what` and everything that is on the screen when that takes too long.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut longest = Duration::ZERO;
        for frame in 1.. {
            let began = Instant::now();
            self.step();
            longest = longest.max(began.elapsed());
            if is_so(self) {
                self.settle();
                return;
            }
            assert!(
                Instant::now() < deadline,
                "waited for {what} through {frame} frames, the longest of {longest:?}; on the screen:\n{}",
                self.on_screen()
            );
            // a background task wakes the window, or the frame that it asked for is due
            let delay = self.delay().min(LOOK_AGAIN);
            if !delay.is_zero() {
                self.wakes.recv_timeout(delay).ok();
            }
        }
    }

    /// Waits until something with this label is there.
    #[track_caller]
    pub fn wait_for_label(&mut self, label: &str) {
        self.wait_for(label, |window| window.has(label));
    }

    /// Waits until some label or text contains `part`.
    #[track_caller]
    pub fn wait_for_text(&mut self, part: &str) {
        self.wait_for(part, |window| window.has_text(part));
    }

    fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.harness.root().children_recursive()
    }

    /// Every label on the screen with its role, one a line.
    pub fn on_screen(&self) -> String {
        let lines = self.nodes().map(|node| {
            let role = node.accesskit_node().role();
            format!("{role:?}: {}", words(&node))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Whether something has exactly this label or text.
    pub fn has(&self, label: &str) -> bool {
        self.nodes().any(|node| words(&node) == label)
    }

    /// Whether some label or text contains `part`.
    pub fn has_text(&self, part: &str) -> bool {
        self.nodes().any(|node| words(&node).contains(part))
    }

    /// How many controls have this role and label.
    pub fn count(&self, role: Role, label: &str) -> usize {
        self.nodes().filter(|node| is(node, role, label)).count()
    }

    /// Names of the rows of the tree that are on the screen, each with its value, from top to bottom.
    pub fn rows(&self) -> Vec<String> {
        let mut rows: Vec<_> = self
            .nodes()
            .filter(|node| node.accesskit_node().role() == Role::TreeItem)
            .map(|node| (node.rect().top(), words(&node)))
            .collect();
        rows.sort_by(|left, right| left.0.total_cmp(&right.0));
        rows.into_iter().map(|(_, words)| words).collect()
    }

    /// The labels of all controls with this role, from top to bottom.
    pub fn labels(&self, role: Role) -> Vec<String> {
        let nodes = self
            .nodes()
            .filter(|node| node.accesskit_node().role() == role);
        let mut labels: Vec<_> = nodes
            .map(|node| (node.rect().top(), words(&node)))
            .collect();
        labels.sort_by(|left, right| left.0.total_cmp(&right.0));
        labels.into_iter().map(|(_, words)| words).collect()
    }

    /// What a screen reader is told of a control beside its label.
    pub fn described(&self, role: Role, label: &str) -> Option<String> {
        let node = self.nodes().find(|node| is(node, role, label))?;
        node.accesskit_node()
            .data()
            .description()
            .map(str::to_owned)
    }

    /// What a screen reader is told of the first row that begins with `start`: its level, and whether it is open.
    pub fn row_outline(&self, start: &str) -> (Option<usize>, Option<bool>) {
        let row = self.row(start);
        let row = row.accesskit_node();
        (row.data().level(), row.data().is_expanded())
    }

    /// Whether a row of the tree begins with `start`.
    pub fn has_row(&self, start: &str) -> bool {
        self.rows().iter().any(|row| row.starts_with(start))
    }

    /// The row that is selected.
    pub fn selected_row(&self) -> Option<String> {
        let is_selected = |node: &Node<'_>| {
            let node = node.accesskit_node();
            node.role() == Role::TreeItem && node.toggled() == Some(Toggled::True)
        };
        self.nodes().find(is_selected).map(|node| words(&node))
    }

    /// Whether the control with this role and label is switched on, chosen or checked.
    pub fn is_on(&self, role: Role, label: &str) -> bool {
        self.nodes()
            .filter(|node| is(node, role, label))
            .any(|node| node.accesskit_node().toggled() == Some(Toggled::True))
    }

    /// The text in a field.
    pub fn value(&self, label: &str) -> Option<String> {
        self.field(label)?.value()
    }

    /// Whether the field has the keyboard.
    pub fn is_focused(&self, label: &str) -> bool {
        self.nodes()
            .any(|node| node.is_focused() && words(&node) == label)
    }

    /// The one on top, when a dialog has a field of the same name.
    fn field(&self, label: &str) -> Option<Node<'_>> {
        let fields = self.nodes().filter(|node| {
            let role = node.accesskit_node().role();
            let is_field = matches!(
                role,
                Role::TextInput | Role::MultilineTextInput | Role::PasswordInput
            );
            is_field && node.accesskit_node().label().as_deref() == Some(label)
        });
        fields.last()
    }

    /// Waits for a control and clicks it; the one on top, when a dialog has one of the same name.
    #[track_caller]
    pub fn click(&mut self, role: Role, label: &str) {
        let what = format!("{role:?} “{label}”");
        self.wait_for(&what, |window| window.count(role, label) > 0);
        let node = self.nodes().filter(|node| is(node, role, label)).last();
        node.expect("it was there").click();
        self.settle();
    }

    /// The first text that `pick` finds something in.
    pub fn read<T>(&self, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.nodes().find_map(|node| pick(&words(&node)))
    }

    /// Clicks a button.
    #[track_caller]
    pub fn press(&mut self, label: &str) {
        self.click(Role::Button, label);
    }

    /// Clicks the first row of the tree that begins with `start`.
    #[track_caller]
    pub fn click_row(&mut self, start: &str) {
        self.wait_for(start, |window| window.has_row(start));
        self.row(start).click();
        self.settle();
    }

    /// Opens or closes the first row of the tree that begins with `start`.
    #[track_caller]
    pub fn double_click_row(&mut self, start: &str) {
        self.wait_for(start, |window| window.has_row(start));
        let row = self.row(start);
        row.click();
        row.click();
        self.settle();
    }

    /// Opens the menu of the first row of the tree that begins with `start`.
    #[track_caller]
    pub fn row_menu(&mut self, start: &str) {
        self.wait_for(start, |window| window.has_row(start));
        self.row(start).click_secondary();
        self.settle();
    }

    /// Opens the menu of the first control with this role whose label begins with `start`.
    #[track_caller]
    pub fn menu_of(&mut self, role: Role, start: &str) {
        self.wait_for(start, |window| window.named(role, start).is_some());
        let node = self.named(role, start).expect("it was there");
        node.click_secondary();
        self.settle();
    }

    /// Clicks the first control with this role whose label begins with `start`.
    #[track_caller]
    pub fn click_start(&mut self, role: Role, start: &str) {
        self.wait_for(start, |window| window.named(role, start).is_some());
        self.named(role, start).expect("it was there").click();
        self.settle();
    }

    fn named(&self, role: Role, start: &str) -> Option<Node<'_>> {
        let is_wanted = |node: &Node<'_>| {
            node.accesskit_node().role() == role && words(node).starts_with(start)
        };
        self.nodes().find(is_wanted)
    }

    /// Drops a file onto the window.
    pub fn drop_file(&mut self, path: &Path) {
        #[derive(Debug)]
        struct Dropped(PathBuf);
        impl egui::DroppedFile for Dropped {
            fn path(&self) -> &Path {
                &self.0
            }
            fn bytes(&self) -> Result<Vec<u8>, String> {
                std::fs::read(&self.0).map_err(|err| err.to_string())
            }
        }
        let file = Arc::new(Dropped(path.to_owned()));
        self.harness.input_mut().dropped_files.push(file);
        self.settle();
    }

    fn row(&self, start: &str) -> Node<'_> {
        let is_wanted = |node: &Node<'_>| {
            node.accesskit_node().role() == Role::TreeItem && words(node).starts_with(start)
        };
        self.nodes().find(is_wanted).expect("it was there")
    }

    /// Clicks into a field and replaces its text.
    #[track_caller]
    pub fn fill(&mut self, label: &str, text: &str) {
        self.wait_for(label, |window| window.field(label).is_some());
        self.field(label).expect("it was there").click();
        self.settle();
        self.chord(CTRL, Key::A);
        self.type_text(text);
    }

    /// Types text where the keyboard is.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    /// Presses a key and lets it go.
    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    /// Presses a key together with others.
    pub fn chord(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Changes the size of the window.
    pub fn resize(&mut self, size: [f32; 2]) {
        self.harness.set_size(size.into());
        self.settle();
    }

    /// The tabs of the open connections from left to right, as a screen reader names them: `Lab, connected`. The one
    /// that is shown has a `*` in front.
    pub fn connection_tabs(&self) -> Vec<String> {
        let is_tab = |node: &Node<'_>| {
            node.accesskit_node().role() == Role::Tab && words(node).contains(", ")
        };
        let mut tabs: Vec<_> = self.nodes().filter(is_tab).collect();
        tabs.sort_by(|left, right| left.rect().left().total_cmp(&right.rect().left()));
        let name = |node: &Node<'_>| {
            let is_shown = node.accesskit_node().toggled() == Some(Toggled::True);
            format!("{}{}", if is_shown { "*" } else { "" }, words(node))
        };
        tabs.iter().map(name).collect()
    }

    /// Where a control is.
    #[track_caller]
    pub fn place(&self, role: Role, label: &str) -> egui::Rect {
        let node = self.nodes().filter(|node| is(node, role, label)).last();
        node.expect("the control").rect()
    }

    /// Drags with the pointer from one place to another, in a few steps.
    pub fn drag(&mut self, from: egui::Pos2, to: egui::Pos2) {
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        for step in [0.25, 0.5, 0.75, 1.0] {
            self.harness.hover_at(from + (to - from) * step);
            self.step();
        }
        self.harness.drop_at(to);
        self.settle();
    }

    /// Clicks with a button of the mouse at a place.
    pub fn click_at(&mut self, pos: egui::Pos2, button: egui::PointerButton) {
        self.harness.hover_at(pos);
        for pressed in [true, false] {
            self.harness.event(Event::PointerButton {
                pos,
                button,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        self.settle();
    }

    /// Width of the tree in points.
    pub fn tree_width(&self) -> f32 {
        let tree = self.nodes().find(|node| is(node, Role::Tree, "Topics"));
        tree.expect("the tree").rect().width()
    }

    /// Drags the line between tree and inspector.
    pub fn drag_splitter(&mut self, by: f32) {
        let tree = self.nodes().find(|node| is(node, Role::Tree, "Topics"));
        let from = tree.expect("the tree").rect().right_center();
        let to = from + egui::vec2(by, 0.0);
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        self.harness.hover_at(from + (to - from) / 2.0);
        self.harness.hover_at(to);
        self.harness.drop_at(to);
        self.settle();
    }

    /// Everything that takes clicks, text or the keyboard and has no label.
    pub fn unnamed(&self) -> Vec<String> {
        let mut unnamed = self.harness.unnamed_widgets();
        let focusable = self.nodes().filter(|node| {
            let node = node.accesskit_node();
            node.data().supports_action(Action::Focus) && !node.is_hidden()
        });
        let without = focusable.filter(|node| words(node).trim().is_empty());
        unnamed.extend(without.map(|node| {
            let role = node.accesskit_node().role();
            format!("{role:?} at {:?}", node.rect())
        }));
        unnamed
    }

    /// The context, for what no label tells.
    pub fn context(&self) -> &egui::Context {
        &self.harness.ctx
    }

    /// Writes what is on the screen as a picture.
    ///
    /// # Errors
    /// What is missing, where no software Vulkan is installed.
    pub fn picture(&mut self, path: &Path) -> Result<(), String> {
        self.harness.remove_cursor();
        self.settle();
        let image = self.harness.render()?;
        image.save(path).map_err(|err| err.to_string())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end();
    }
}

/// Makes the application once the context is there, and passes on who wakes the window.
fn creation(slot: Slot, options: Options) -> (Receiver<()>, impl FnOnce(&egui::Context)) {
    let (wake, wakes) = sync_channel(1);
    let create = move |context: &egui::Context| {
        let window = std::thread::current().id();
        context.set_request_repaint_callback(move |_| {
            // what a frame itself asks for is in its output
            if std::thread::current().id() != window {
                wake.try_send(()).ok();
            }
        });
        let app = App::new(context, options).expect("the application");
        *slot.borrow_mut() = Some(app);
    };
    (wakes, create)
}

/// A frame as eframe draws it, over the whole window.
fn draw(ui: &mut egui::Ui, slot: &mut Slot, frame: &mut eframe::Frame) {
    let Some(app) = &mut *slot.borrow_mut() else {
        return;
    };
    let screen = ui.ctx().content_rect();
    let mut whole = ui.new_child(UiBuilder::new().max_rect(screen));
    whole.set_clip_rect(screen);
    app.logic(ui.ctx(), frame);
    app.ui(&mut whole, frame);
}

fn is(node: &Node<'_>, role: Role, label: &str) -> bool {
    node.accesskit_node().role() == role && words(node) == label
}

/// The label of a control, or the text of a label.
fn words(node: &Node<'_>) -> String {
    let node = node.accesskit_node();
    let words = if node.role() == Role::Label {
        node.value().or_else(|| node.label())
    } else {
        node.label()
    };
    words.unwrap_or_default()
}

/// `screenshots/` of the repository.
pub fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots")
}
