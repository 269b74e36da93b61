//! The window without a screen: the real application with its real views, frame by frame, so that a bench can say
//! what a frame costs. What a person does stands here as calls.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use egui::{Event, Key, MouseWheelUnit, Pos2, RawInput, Rect, Vec2, ViewportId, vec2};
use parking_lot::Mutex;

use crate::model::Model;
use crate::model::traffic::{Level, Span};
use crate::profile::{ChartWindow, ProfileId, StoreError};

use super::super::action::{Action, DockTab};
use super::super::chart_action::ChartAction;
use super::super::pane::Pane;
use super::super::retained::RetainedAction;
use super::super::traffic_action::TrafficAction;
use super::{App, Options};
use crate::model::Gather;

/// What one frame took.
#[derive(Debug, Clone, Copy, Default)]
pub struct FrameCost {
    /// CPU time of the window's thread: events, layout and tessellation. Painting is the graphics driver's.
    pub cpu: Duration,
    /// The same by the clock on the wall; another program may have had the processor in between.
    pub wall: Duration,
    /// How long the window waited for the model's lock, all locks of the frame together.
    pub waited: Duration,
    /// Triangles that would have been painted.
    pub triangles: usize,
}

/// A key that is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Arrow to the left.
    Left,
    /// Arrow to the right.
    Right,
    /// Esc.
    Escape,
}

/// A window whose frames are drawn when they are asked for, and seen by nobody.
pub struct Rehearsal {
    app: App,
    context: egui::Context,
    size: Vec2,
    began: Instant,
    events: Vec<Event>,
}

impl Rehearsal {
    /// Opens a window of this size in points, at scale 1.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn open(options: Options, size: [f32; 2]) -> Result<Self, StoreError> {
        let context = egui::Context::default();
        let app = App::new(&context, options)?;
        Ok(Self {
            app,
            context,
            size: size.into(),
            began: Instant::now(),
            events: Vec::new(),
        })
    }

    /// Draws a frame with what was done since the last one.
    pub fn frame(&mut self) -> FrameCost {
        let input = self.input();
        let waited = self.waited();
        let (cpu, wall) = (ThreadTime::now(), Instant::now());
        let app = &mut self.app;
        let mut output = self.context.run_ui(input, |ui| {
            app.advance(ui.ctx());
            app.frame(ui);
        });
        // nobody paints, so nobody needs the glyphs
        output.textures_delta.clear();
        let shapes = self
            .context
            .tessellate(output.shapes, output.pixels_per_point);
        let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
        let triangles = shapes.iter().map(|shape| match &shape.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            egui::epaint::Primitive::Callback(_) => 0,
        });
        FrameCost {
            cpu,
            wall,
            waited: self.waited().saturating_sub(waited),
            triangles: triangles.sum(),
        }
    }

    fn input(&mut self) -> RawInput {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.began.elapsed().as_secs_f64()),
            events: std::mem::take(&mut self.events),
            max_texture_side: Some(8192),
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(1.0);
        viewport.focused = Some(true);
        input
    }

    fn waited(&self) -> Duration {
        let session = self.app.data.open.shown();
        session.map_or(Duration::ZERO, |session| session.live.waits().total)
    }

    fn ask(&self, action: Action) {
        self.app.ask(action);
    }

    fn on_pane(&mut self, change: impl FnOnce(&mut Pane)) {
        let App { data, views, .. } = &mut self.app;
        if let Some(pane) = views.panes.get_mut(data.open.shown_id()) {
            change(pane);
        }
    }

    /// Clicks Connect at a profile.
    pub fn connect(&mut self, profile: &ProfileId) {
        self.ask(Action::Connect(profile.clone()));
    }

    /// The model of the open connection.
    pub fn model(&self) -> Option<Arc<Mutex<Model>>> {
        let session = self.app.data.open.shown()?;
        Some(Arc::clone(session.live.model()))
    }

    /// Matching topics and the time it took, once the filter has been followed.
    pub fn search_result(&self) -> Option<(usize, Duration)> {
        self.app.data.open.shown()?.live.search_result()
    }

    /// Opens or closes the branch at this path; does nothing where there is none.
    pub fn set_open(&mut self, path: &str, open: bool) {
        let node = self.model().and_then(|model| model.lock().find(path));
        if let Some(node) = node {
            self.ask(Action::SetOpen(node, open));
        }
    }

    /// Opens or closes everything below the branch at this path, or the whole tree.
    pub fn set_open_below(&mut self, path: Option<&str>, open: bool) {
        let find = |path| self.model().and_then(|model| model.lock().find(path));
        match path.map(find) {
            None => self.ask(Action::SetOpenBelow(None, open)),
            Some(Some(node)) => self.ask(Action::SetOpenBelow(Some(node), open)),
            Some(None) => {}
        }
    }

    /// Selects a topic by its path.
    pub fn select(&mut self, path: &str) {
        self.ask(Action::SelectPath(path.to_owned()));
    }

    /// Asks to clear everything retained; the dialog that comes is closed again by [`Rehearsal::escape`].
    pub fn ask_to_clear_retained(&mut self) {
        let clear = RetainedAction::AskClearAll(Gather::All);
        self.ask(Action::Retained(clear));
    }

    /// Presses Esc.
    pub fn escape(&mut self) {
        self.press(Pressed::Escape);
    }

    /// Presses a key.
    pub fn press(&mut self, key: Pressed) {
        self.events.push(Event::Key {
            key: match key {
                Pressed::Home => Key::Home,
                Pressed::End => Key::End,
                Pressed::Left => Key::ArrowLeft,
                Pressed::Right => Key::ArrowRight,
                Pressed::Escape => Key::Escape,
            },
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        });
    }

    /// Clicks at this place, in points.
    pub fn click_at(&mut self, place: [f32; 2]) {
        let pos = Pos2::from(place);
        self.events.push(Event::PointerMoved(pos));
        for pressed in [true, false] {
            self.events.push(Event::PointerButton {
                pos,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
        }
    }

    /// Shows all messages of the selected topic.
    pub fn show_history(&mut self) {
        self.on_pane(|pane| pane.inspector.show_history());
    }

    /// Shows who floods the broker in the dock, and perhaps in the tree.
    pub fn show_traffic(&mut self, in_tree: bool) {
        self.ask(Action::ShowDock(DockTab::Traffic));
        self.ask(Action::Traffic(TrafficAction::ShowShares(in_tree)));
    }

    /// Shows nowhere any more who floods the broker.
    pub fn hide_traffic(&mut self) {
        self.ask(Action::ShowDock(DockTab::Publish));
        self.ask(Action::Traffic(TrafficAction::ShowShares(false)));
    }

    /// Chooses which traffic is shown.
    pub fn choose_traffic(&mut self, span: Span, level: Level) {
        self.on_pane(|pane| pane.dock.traffic.choose(span, level));
    }

    /// Types into the filter box.
    pub fn filter(&mut self, text: &str) {
        self.ask(Action::Filter(text.to_owned()));
    }

    /// Pauses or resumes the tree.
    pub fn set_paused(&mut self, paused: bool) {
        self.ask(Action::SetPaused(paused));
    }

    /// Orders the tree by names or by messages.
    pub fn sort_by(&mut self, order: crate::model::SortBy) {
        self.ask(Action::SortBy(order));
    }

    /// Scrolls the tree to this share of all rows, 0 to 1.
    pub fn jump_to(&mut self, share: f64) {
        self.on_pane(|pane| pane.tree.jump_to(share));
    }

    /// Turns the wheel over the tree: so many points down.
    pub fn wheel(&mut self, points: f32) {
        self.wheel_at([200.0, self.size.y / 2.0], points);
    }

    /// Turns the wheel at this place, in points: so many points down.
    pub fn wheel_at(&mut self, place: [f32; 2], points: f32) {
        self.events.push(Event::PointerMoved(place.into()));
        self.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -points),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        });
    }

    /// Charts every number at and below a topic.
    pub fn chart_below(&mut self, topic: &str) {
        self.ask(Action::Chart(ChartAction::AddBelow(topic.to_owned())));
    }

    /// Shows the chart with the last hour.
    pub fn show_chart(&mut self) {
        self.ask(Action::Chart(ChartAction::SetWindow(ChartWindow::Hour)));
        self.ask(Action::Chart(ChartAction::Show));
    }

    /// Keeps the chart on the dashboard and shows that.
    pub fn show_dashboard(&mut self) {
        self.ask(Action::Chart(ChartAction::Pin));
        self.ask(Action::Chart(ChartAction::ShowDashboard(true)));
    }

    /// How many values the chart draws.
    pub fn charted(&self) -> usize {
        let pane = self.app.views.panes.get(self.app.data.open.shown_id());
        pane.map_or(0, |pane| pane.inspector.charts.chart().series.len())
    }

    /// Where profiles and settings are kept.
    pub fn config_path(&self) -> &Path {
        self.app.data.config.path()
    }

    /// Closes the window as its button does.
    pub fn close(mut self) {
        eframe::App::on_exit(&mut self.app, None);
    }
}
