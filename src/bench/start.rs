//! `canopy bench start`: how soon the window shows its first frame, and what it uses while nothing happens.
//!
//! The program starts itself with a configuration directory of its own and a variable in its environment that has it say
//! when its first frame is on the screen (see `gui::BENCH_VARIABLE`). It needs a display; a virtual one will do.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::BenchError;
use super::frame::publisher::Publisher;
use super::frame::stage::{prepare, profile};
use super::measure::{median, percentile, usage};
use super::report::{Cell, Report, Table};
use crate::cli::StartBenchArgs;
use crate::gui::BENCH_VARIABLE;

/// What a window may do after it has connected, before it counts as idle.
const SETTLING: Duration = Duration::from_secs(4);

pub(super) fn run(args: &StartBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !has_display {
        return Err(BenchError::new(
            "There is no display here, so no window can be started. Use a desktop, or a virtual display such as “xvfb-run canopy bench start”.",
        ));
    }
    starts(args.starts, report)?;
    idle(args.idle, report)
}

/// A window that was started, ended when it is dropped.
struct Window {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    began: Instant,
}

/// What a start took, in milliseconds.
struct Start {
    /// From the start of the process to the first frame on the screen.
    all: f64,
    /// Parts of it: the window with its OpenGL, the application, its first frame.
    parts: Vec<f64>,
    /// CPU time of all threads until then.
    cpu: f64,
}

impl Window {
    fn open(config: &Path, wish: &str) -> Result<Self, BenchError> {
        let failed = |err| BenchError::new(format!("The program could not start itself: {err}."));
        let program = std::env::current_exe().map_err(failed)?;
        let began = Instant::now();
        let mut child = Command::new(program)
            .arg("--config-dir")
            .arg(config)
            .env(BENCH_VARIABLE, wish)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdout = child.stdout.take().ok_or_else(|| {
            BenchError::new("The program that was started has no output. Run the bench again.")
        })?;
        Ok(Self {
            child,
            lines: BufReader::new(stdout).lines(),
            began,
        })
    }

    /// Waits for the first frame.
    fn first_frame(&mut self) -> Result<Start, BenchError> {
        let line = self.lines.next().and_then(Result::ok);
        let all = self.began.elapsed().as_secs_f64() * 1_000.0;
        let line = line.ok_or_else(|| {
            BenchError::new(
                "The window did not open; what it said stands above. Check with “canopy” alone.",
            )
        })?;
        let cpu = usage(self.child.id())?.cpu.as_secs_f64() * 1_000.0;
        let parts = line.split(' ').filter_map(|part| part.parse().ok());
        Ok(Start {
            all,
            parts: parts.collect(),
            cpu,
        })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // it may have ended by itself
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn directory() -> Result<tempfile::TempDir, BenchError> {
    tempfile::tempdir()
        .map_err(|err| BenchError::new(format!("No temporary directory could be made: {err}.")))
}

fn starts(count: u32, report: &mut Report) -> Result<(), BenchError> {
    let config = directory()?;
    let mut starts = Vec::new();
    for _ in 0..count {
        starts.push(Window::open(config.path(), "first frame")?.first_frame()?);
    }
    let mut table = Table::new(
        format!("From the start of the program to its first frame, {count} times"),
        &["part", "ms, median", "ms, best", "ms, worst"],
    );
    let mut row = |title: &str, values: Vec<f64>| {
        let figures = [
            median(&values),
            percentile(&values, 0.0),
            percentile(&values, 100.0),
        ];
        let mut cells = vec![Cell::from(title)];
        cells.extend(figures.map(|figure| Cell::Number(figure, 0)));
        table.row(cells);
    };
    row("all of it", starts.iter().map(|start| start.all).collect());
    let titles = [
        "the window and its OpenGL (the graphics driver's)",
        "settings, profiles, fonts",
        "first frame: layout, glyphs, painting",
    ];
    for (index, title) in titles.into_iter().enumerate() {
        let part = starts
            .iter()
            .filter_map(|start| start.parts.get(index).copied());
        row(title, part.collect());
    }
    row(
        "CPU time until then",
        starts.iter().map(|start| start.cpu).collect(),
    );
    report.add(&table)?;
    let program = std::env::current_exe().and_then(std::fs::metadata);
    if let Ok(program) = program {
        let megabytes = program.len() as f64 / 1e6;
        report.note(format!("The executable has {megabytes:.1} MB."))?;
    }
    Ok(())
}

fn idle(seconds: u32, report: &mut Report) -> Result<(), BenchError> {
    let publisher = Publisher::start(Vec::new())?;
    let config = directory()?;
    prepare(config.path(), &profile(publisher.port))
        .map_err(|err| BenchError::new(err.to_string()))?;
    let mut window = Window::open(config.path(), "connect")?;
    window.first_frame()?;
    std::thread::sleep(SETTLING);
    let (before, began) = (usage(window.child.id())?, Instant::now());
    std::thread::sleep(Duration::from_secs(seconds.into()));
    let (after, watched) = (usage(window.child.id())?, began.elapsed());
    let used = after.cpu.saturating_sub(before.cpu);
    let mut table = Table::new(
        "A connected window while nothing arrives",
        &["watched s", "CPU ms", "CPU % of a core", "memory MB"],
    );
    table.row(vec![
        Cell::Number(watched.as_secs_f64(), 1),
        Cell::Number(used.as_secs_f64() * 1_000.0, 0),
        Cell::Number(100.0 * used.as_secs_f64() / watched.as_secs_f64(), 2),
        Cell::Number(after.resident as f64 / 1e6, 0),
    ]);
    report.add(&table)?;
    report.note(
        "No topic is shown here. Where there are some, a frame is drawn when an age reads differently: every second up to \
         ten, every ten seconds up to a minute, then every minute.",
    )
}
