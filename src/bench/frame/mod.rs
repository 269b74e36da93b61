//! `canopy bench frame`: what a frame of the window costs while a million topics are in the tree.
//!
//! | file | what it is |
//! |---|---|
//! | `publisher` | sends the messages, through a loopback socket and the real client |
//! | `stage` | the real application without a screen, one frame every 33 ms |
//! | `deeds` | what a person does, and the worst frame after it |
//! | `readings` | a big document, a long history, thousands of series |
//!
//! Measured is the CPU time of the window's thread: events, layout and tessellation. Handing the triangles to OpenGL is left
//! out, because its cost is the graphics driver's.

mod deeds;
pub(super) mod publisher;
mod readings;
pub(super) mod stage;

use std::time::{Duration, Instant};

use super::BenchError;
use super::measure::percentile;
use super::report::{Cell, Report, Table};
use super::topics::Shape;
use crate::cli::FrameBenchArgs;
use crate::gui::FrameCost;
use crate::model::traffic::{Level, Span};
use stage::{SIZE, Stage};

/// Updates per second that frames are measured at.
const RATES: [u32; 3] = [0, 50_000, 200_000];
/// Columns of the tables of frames.
const COLUMNS: [&str; 9] = [
    "updates/s",
    "view",
    "came in /s",
    "CPU ms, p50",
    "CPU ms, p99",
    "CPU ms, worst",
    "wait for the lock ms, p50",
    "wait ms, p99",
    "wait ms, worst",
];
/// Frames drawn after something was changed and before it is measured.
const SETTLING: usize = 15;
/// A topic in the middle of the tree.
const SELECTED: &str = "plant-2/hall-5/line-10/machine-0527/power";

pub(super) fn run(args: &FrameBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    let topics = args.topics as usize;
    let mut stage = Stage::open(Shape::Deep, topics)?;
    stage.open_all()?;
    let title = format!("Frames of the window, {} by {} points", SIZE[0], SIZE[1]);
    let mut table = Table::new(title, &COLUMNS);
    for rate in RATES {
        stage.publisher.set_rate(rate);
        for view in View::ALL {
            view.set_up(&mut stage)?;
            let what = (view.title(), rate, args.frames);
            table.row(measure(&mut stage, what, |stage, number| {
                view.prepare(stage, number);
            }));
            view.tear_down(&mut stage);
        }
    }
    report.add(&table)?;
    deeds::run(&mut stage, args.frames, report)?;
    stage.close();
    deeds::run_wide(topics, args.frames, report)?;
    readings::run(topics, args.frames, report)?;
    report.note(
        "CPU: thread CPU time of events, layout and tessellation, without the graphics driver. Wait: all waiting for the \
         model's lock in one frame. Messages come from a thread over a loopback socket through the real client.",
    )
}

/// How the window is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Standing,
    Scrolling,
    Jumping,
    History,
    Filtered,
    Lens,
    LensOfAll,
}

impl View {
    const ALL: [Self; 7] = [
        Self::Standing,
        Self::Scrolling,
        Self::Jumping,
        Self::History,
        Self::Filtered,
        Self::Lens,
        Self::LensOfAll,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Standing => "standing in the middle",
            Self::Scrolling => "scrolling with the wheel",
            Self::Jumping => "another place in each frame",
            Self::History => "history of a topic",
            Self::Filtered => "filter set",
            Self::Lens => "traffic of the last 10 s, also as bars in the tree",
            Self::LensOfAll => "traffic of single topics since the start",
        }
    }

    fn set_up(self, stage: &mut Stage) -> Result<(), BenchError> {
        match self {
            Self::Standing | Self::Scrolling | Self::Jumping => stage.window.jump_to(0.5),
            Self::History => {
                stage.window.select(SELECTED);
                stage.window.show_history();
            }
            Self::Lens | Self::LensOfAll => {}
            Self::Filtered => {
                stage.window.filter("vibration");
                stage.frames_until("the filter", |stage| stage.window.search_result().is_some())?;
            }
        }
        self.set_up_lens(stage);
        for _ in 0..SETTLING {
            stage.frame();
        }
        Ok(())
    }

    fn set_up_lens(self, stage: &mut Stage) {
        match self {
            Self::Lens => {
                stage.window.jump_to(0.5);
                stage.window.show_traffic(true);
            }
            Self::LensOfAll => {
                stage.window.show_traffic(false);
                stage.window.choose_traffic(Span::Start, Level::Topics);
            }
            _ => {}
        }
    }

    /// Before frame `number`.
    fn prepare(self, stage: &mut Stage, number: u32) {
        match self {
            Self::Scrolling => stage.window.wheel(60.0),
            Self::Jumping => stage.window.jump_to(f64::from(number) * 0.618_034 % 1.0),
            _ => {}
        }
    }

    fn tear_down(self, stage: &mut Stage) {
        if self == Self::LensOfAll {
            stage
                .window
                .choose_traffic(Span::default(), Level::default());
            stage.window.hide_traffic();
        }
        if self == Self::Filtered {
            stage.window.filter("");
            for _ in 0..SETTLING {
                stage.frame();
            }
        }
    }
}

fn measure(
    stage: &mut Stage,
    (title, rate, frames): (&str, u32, u32),
    mut prepare: impl FnMut(&mut Stage, u32),
) -> Vec<Cell> {
    let (before, began) = (stage.messages(), Instant::now());
    let mut costs = Vec::new();
    for number in 0..frames {
        prepare(stage, number);
        costs.push(stage.frame());
    }
    let came = (stage.messages() - before) as f64 / began.elapsed().as_secs_f64();
    let mut row = vec![
        Cell::Number(f64::from(rate), 0),
        title.into(),
        Cell::Number(came, 0),
    ];
    row.extend(spread(&costs, |cost| cost.cpu));
    row.extend(spread(&costs, |cost| cost.waited));
    row
}

/// The middle, the 99th percentile and the worst, in milliseconds.
fn spread(costs: &[FrameCost], what: impl Fn(&FrameCost) -> Duration) -> [Cell; 3] {
    let values: Vec<f64> = costs.iter().map(|cost| millis(what(cost))).collect();
    [50.0, 99.0, 100.0].map(|percent| Cell::Number(percentile(&values, percent), 3))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
