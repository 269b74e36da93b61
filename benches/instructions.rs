//! Instructions of a fixed workload, counted by callgrind: `cargo bench --bench instructions`. Unlike times they are the
//! same on a busy machine, so that a regression of a few percent can be seen.
//!
//! Each workload runs twice under valgrind, with and without the part that is to be counted; the difference is what it
//! costs. `-- --record` writes the figures to `benches/instructions.json`, which the next run compares with.
#![expect(
    clippy::print_stdout,
    reason = "a bench without a harness prints its figures itself"
)]

mod workload;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use canopy::mqtt::{Version, codec};

use workload::{Feed, frame, payload, topic};

/// Where the figures to compare with are kept.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.json");
/// Says to a copy of this program, under valgrind, what to do.
const WORKLOAD: &str = "--workload";
const SET_UP_ONLY: &str = "--set-up-only";
const RECORD: &str = "--record";

/// Something to count.
struct Workload {
    name: &'static str,
    /// What the figure stands for.
    unit: &'static str,
    /// How many units one run does.
    units: usize,
    /// Prepares; with `true` it does the work too.
    run: fn(bool),
}

const WORKLOADS: [Workload; 5] = [
    Workload {
        name: "decode",
        unit: "a PUBLISH of 64 bytes, both versions",
        units: 200_000,
        run: decode,
    },
    Workload {
        name: "insert-known",
        unit: "a message to one of 1,000 known topics",
        units: 200_000,
        run: insert_known,
    },
    Workload {
        name: "insert-new",
        unit: "a message to one of 100,000 new topics",
        units: 100_000,
        run: insert_new,
    },
    Workload {
        name: "rows",
        unit: "a row, 60 at a time among 100,000",
        units: 60_000,
        run: rows,
    },
    Workload {
        name: "filter",
        unit: "a topic of 100,000, filtered by a piece of a topic",
        units: 100_000,
        run: filter,
    },
];

fn decode(work: bool) {
    let frames = [Version::V311, Version::V5]
        .map(|version| (version, frame(version, &topic(7), &payload(7, 64))));
    let turns = if work { 100_000 } else { 0 };
    for _ in 0..turns {
        for (version, frame) in &frames {
            black_box(codec::decode(*version, frame.clone())).ok();
        }
    }
}

fn insert_known(work: bool) {
    let mut feed = Feed::hot(1_000);
    if work {
        (0..200_000).for_each(|_| feed.take());
    }
    black_box(&feed.model);
}

fn insert_new(work: bool) {
    let mut feed = Feed::cold(100_000);
    if work {
        (0..100_000).for_each(|_| feed.take());
    }
    // giving the memory back is not part of the work
    std::mem::forget(feed);
}

fn rows(work: bool) {
    let mut feed = Feed::cold(100_000);
    (0..100_000).for_each(|_| feed.take());
    feed.open_all();
    let (now, count) = (feed.now(), feed.model.row_count());
    let mut rows = Vec::with_capacity(60);
    if work {
        for turn in 0..1_000 {
            rows.clear();
            feed.model
                .rows(turn * 7_919 % (count - 60), 60, now, &mut rows);
            black_box(&rows);
        }
    }
}

fn filter(work: bool) {
    let mut feed = Feed::cold(100_000);
    (0..100_000).for_each(|_| feed.take());
    if work {
        black_box(feed.filter("machine-01"));
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(at) = arguments.iter().position(|argument| argument == WORKLOAD) {
        let name = arguments.get(at + 1).map_or("", String::as_str);
        let named = WORKLOADS.iter().find(|workload| workload.name == name);
        if let Some(named) = named {
            (named.run)(!has(SET_UP_ONLY));
        }
        return ExitCode::SUCCESS;
    }
    match count_all(has(RECORD)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Counts all workloads and prints them beside what is recorded.
fn count_all(record: bool) -> Result<(), String> {
    let recorded = read_recorded();
    let mut counted = BTreeMap::new();
    println!("Instructions for …\n");
    for workload in &WORKLOADS {
        let all = instructions(workload, &[])?;
        let set_up = instructions(workload, &[SET_UP_ONLY])?;
        let each = all.saturating_sub(set_up) as f64 / workload.units as f64;
        let change = match recorded.get(workload.name) {
            Some(before) => format!(
                "recorded {before:>8.1}, {:+.1} %",
                (each / before - 1.0) * 100.0
            ),
            None => "nothing recorded".to_owned(),
        };
        println!("  {:<52} {each:>8.1}   {change}", workload.unit);
        counted.insert(workload.name, (each * 10.0).round() / 10.0);
    }
    if record {
        write_recorded(&counted)?;
    }
    Ok(())
}

/// Instructions of a whole run of this program under valgrind.
fn instructions(workload: &Workload, flags: &[&str]) -> Result<u64, String> {
    let own = std::env::current_exe()
        .map_err(|err| format!("This program does not know where it is: {err}."))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args([WORKLOAD, workload.name])
        .args(flags)
        .output()
        .map_err(|_missing| {
            "valgrind is not installed. Install it (Debian: apt-get install valgrind) and run the bench again."
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse().ok());
    collected
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("valgrind counted nothing. It said:\n{said}"))
}

fn read_recorded() -> BTreeMap<String, f64> {
    std::fs::read(RECORDED)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

fn write_recorded(counted: &BTreeMap<&str, f64>) -> Result<(), String> {
    let text = serde_json::to_string_pretty(counted).map_err(|err| err.to_string())?;
    std::fs::write(Path::new(RECORDED), text + "\n")
        .map_err(|err| format!("{RECORDED} could not be written: {err}."))?;
    println!("\nRecorded.");
    Ok(())
}
