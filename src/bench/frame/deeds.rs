//! What a person does while 200,000 messages a second come in: the worst frame after each deed. And a branch with a million
//! children.

use std::time::{Duration, Instant};

use super::super::BenchError;
use super::super::report::{Cell, Report, Table};
use super::super::topics::Shape;
use super::stage::Stage;
use super::{SELECTED, millis};
use crate::client::now;
use crate::gui::{FrameCost, Rehearsal};
use crate::model::SortBy;

/// Updates per second meanwhile.
const RATE: u32 = 200_000;
/// Frames that are looked at after each deed at most: what a worker brings must not cost a frame either.
const FRAMES: u32 = 45;

type Deed = (&'static str, fn(&mut Rehearsal));

/// In this order, since one makes room for the next.
const DEEDS: [Deed; 17] = [
    ("nothing", |_| {}),
    ("select a topic", |window| window.select(SELECTED)),
    ("close a branch", |window| window.set_open("plant-1", false)),
    ("open it", |window| window.set_open("plant-1", true)),
    ("close all below a branch", |window| {
        window.set_open_below(Some("plant-1"), false);
    }),
    ("open all below it", |window| {
        window.set_open_below(Some("plant-1"), true);
    }),
    ("close the whole tree", |window| {
        window.set_open_below(None, false);
    }),
    ("open the whole tree", |window| {
        window.set_open_below(None, true);
    }),
    ("type “v” into the filter", |window| window.filter("v")),
    ("“vi”", |window| window.filter("vi")),
    ("“vibration”", |window| window.filter("vibration")),
    ("“+/hall-3/#”", |window| window.filter("+/hall-3/#")),
    ("clear the filter", |window| window.filter("")),
    ("order by messages", |window| {
        window.sort_by(SortBy::Messages);
    }),
    ("order by name", |window| {
        window.sort_by(SortBy::Name);
    }),
    ("pause for a while", |window| window.set_paused(true)),
    ("resume", |window| window.set_paused(false)),
];

/// The worst of some frames.
#[derive(Debug, Default)]
struct Worst {
    cpu: Duration,
    waited: Duration,
    wall: Duration,
}

impl Worst {
    fn of(costs: &[FrameCost]) -> Self {
        let most = |what: fn(&FrameCost) -> Duration| costs.iter().map(what).max();
        Self {
            cpu: most(|cost| cost.cpu).unwrap_or_default(),
            waited: most(|cost| cost.waited).unwrap_or_default(),
            wall: most(|cost| cost.wall).unwrap_or_default(),
        }
    }

    fn cells(&self) -> [Cell; 3] {
        [self.cpu, self.waited, self.wall].map(|time| Cell::Number(millis(time), 3))
    }
}

const WORST: [&str; 3] = [
    "worst CPU ms",
    "worst wait for the lock ms",
    "worst frame on the wall clock ms",
];

pub(super) fn run(stage: &mut Stage, frames: u32, report: &mut Report) -> Result<(), BenchError> {
    stage.publisher.set_rate(RATE);
    let mut columns = vec!["deed"];
    columns.extend(WORST);
    let mut table = Table::new("What a person does at 200,000 updates/s", &columns);
    for (title, deed) in DEEDS {
        deed(&mut stage.window);
        let costs: Vec<FrameCost> = (0..frames.min(FRAMES)).map(|_| stage.frame()).collect();
        let mut row = vec![Cell::from(title)];
        row.extend(Worst::of(&costs).cells());
        table.row(row);
    }
    stage.window.ask_to_clear_retained();
    let costs: Vec<FrameCost> = (0..frames.min(FRAMES)).map(|_| stage.frame()).collect();
    let mut row = vec![Cell::from("ask to clear all that is retained")];
    row.extend(Worst::of(&costs).cells());
    table.row(row);
    stage.window.escape();
    report.add(&table)
}

/// Opens a branch with `topics` children, still and during a flood, and tells when they were in order.
pub(super) fn run_wide(topics: usize, frames: u32, report: &mut Report) -> Result<(), BenchError> {
    let mut columns = vec!["updates/s", "ms until all are in order", "frames"];
    columns.extend(WORST);
    let title = "Opening a branch with all the topics as its children";
    let mut table = Table::new(title, &columns);
    for rate in [0, RATE] {
        let mut stage = Stage::open(Shape::Flat, topics)?;
        stage.publisher.set_rate(rate);
        for _ in 0..frames.min(FRAMES) {
            stage.frame();
        }
        let began = Instant::now();
        stage.window.set_open("device", true);
        let costs = stage.frames_until("the order", |stage| is_in_order(stage, topics))?;
        let took = began.elapsed();
        let mut row = vec![
            Cell::Number(f64::from(rate), 0),
            Cell::Number(millis(took), 0),
            Cell::Number(costs.len() as f64, 0),
        ];
        row.extend(Worst::of(&costs).cells());
        table.row(row);
        stage.close();
    }
    report.add(&table)
}

/// Looks at a few dozen places.
fn is_in_order(stage: &Stage, topics: usize) -> bool {
    let model = stage.model.lock();
    let mut rows = Vec::new();
    (0..50).all(|place| {
        let number = place * (topics - 1) / 49;
        rows.clear();
        model.rows(1 + number, 1, now(), &mut rows);
        rows.first()
            .is_some_and(|row| *row.name == format!("{number:06}"))
    })
}
