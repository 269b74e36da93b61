//! The window as `canopy bench start` starts it: it says on standard output when its first frame has been painted.

use std::io::Write;
use std::time::Instant;

use super::app::App;

/// The environment variable by which the bench says what it wants of the program that it starts.
pub const BENCH_VARIABLE: &str = "CANOPY_BENCH";

/// What a bench wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To be told about the first frame.
    FirstFrame,
    /// The same, and that the window connects with the profile that is selected.
    Connect,
}

impl Wish {
    /// What the environment says.
    pub fn of_a_bench() -> Option<Self> {
        match std::env::var(BENCH_VARIABLE).ok()?.as_str() {
            "first frame" => Some(Self::FirstFrame),
            "connect" => Some(Self::Connect),
            _ => None,
        }
    }
}

/// The application with somebody who watches the clock.
pub struct Watched {
    app: App,
    wish: Wish,
    /// When the window began to open, when it was there with its OpenGL, when the application was.
    marks: [Instant; 3],
    frames: u32,
}

impl Watched {
    /// `marks`: when the window began to open, and when it was there.
    pub fn new(app: App, wish: Wish, [began, opened]: [Instant; 2]) -> Self {
        Self {
            app,
            wish,
            marks: [began, opened, Instant::now()],
            frames: 0,
        }
    }

    /// One line: milliseconds for the window and its OpenGL, for the application, for the first frame.
    fn tell(&self) {
        let [began, opened, made] = self.marks;
        let painted = Instant::now();
        let parts = [opened - began, made - opened, painted - made];
        let parts = parts.map(|part| format!("{:.3}", part.as_secs_f64() * 1_000.0));
        // a bench that has gone away needs no answer
        writeln!(std::io::stdout(), "{}", parts.join(" ")).ok();
    }
}

impl eframe::App for Watched {
    fn logic(&mut self, context: &egui::Context, frame: &mut eframe::Frame) {
        if self.frames == 1 {
            // the second frame begins when the first one is on the screen
            self.frames = 2;
            self.tell();
            if self.wish == Wish::Connect {
                self.app.connect_selected();
            }
        }
        self.app.logic(context, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.app.ui(ui, frame);
        if self.frames == 0 {
            self.frames = 1;
            ui.ctx().request_repaint();
        }
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }
}
