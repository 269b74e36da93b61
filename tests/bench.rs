//! `canopy bench` at tiny sizes: every bench runs to its end and reports something sensible. How fast things are is not
//! judged here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use serde_json::Value;

use common::program::{Running, canopy, run};
use common::screen::Screen;
use common::{PATIENCE, have};

/// Runs a bench with these arguments, separated by blanks, and returns its JSON document.
fn report(arguments: &str) -> Value {
    let all = ["bench", "--json"].into_iter().chain(arguments.split(' '));
    let ended = Running::start(&mut canopy(all)).end_within(9 * PATIENCE);
    assert_eq!(ended.code, Some(0), "{arguments}: {}", ended.err);
    serde_json::from_slice(&ended.out).expect("a JSON document")
}

/// The rows of the table with this number.
fn rows(report: &Value, table: usize) -> &[Value] {
    let rows = report["tables"][table]["rows"].as_array();
    rows.expect("a table")
}

/// The figures of a column; those that were not measured are left out.
fn column(rows: &[Value], name: &str) -> Vec<f64> {
    assert!(rows.iter().all(|row| row.get(name).is_some()), "{rows:?}");
    rows.iter().filter_map(|row| row[name].as_f64()).collect()
}

/// Whether all figures of all tables are finite and not negative.
fn has_sensible_figures(report: &Value) -> bool {
    let tables = report["tables"].as_array().expect("tables");
    let rows = tables
        .iter()
        .flat_map(|table| table["rows"].as_array().expect("rows"));
    let mut figures = rows
        .flat_map(|row| row.as_object().expect("cells").values())
        .filter_map(Value::as_f64);
    figures.all(|figure| figure.is_finite() && figure >= 0.0)
}

#[test]
fn memory_notes_every_sample_and_draws_a_curve() {
    let directory = tempfile::tempdir().unwrap();
    let picture = directory.path().join("memory.svg");
    let arguments = format!(
        "memory --minutes 0.02 --budget 1 --topics 10 --svg {}",
        picture.display()
    );
    let report = report(&arguments);
    let samples = rows(&report, 0);
    assert_eq!(samples.len(), 20);
    let messages = column(samples, "messages");
    assert!(messages.is_sorted() && messages[19] > 0.0, "{messages:?}");
    assert!(column(samples, "trimmed").is_sorted());
    // 1 MiB, and the last message of each of the ten topics
    let history = column(samples, "history MiB");
    assert!(history.iter().all(|&mib| mib < 1.01), "{history:?}");
    assert_eq!(rows(&report, 1).len(), 2);
    let drawn = std::fs::read_to_string(picture).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"));
}

#[test]
fn memory_is_a_curve_for_people() {
    let arguments = "bench memory --minutes 0.02 --budget 1 --topics 10";
    let ended = run(&mut canopy(arguments.split(' ')));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let text = ended.text();
    for part in ["history MiB", " the budget\n", "Once the history was full"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn the_model_is_measured_in_both_shapes() {
    let report = report("model --topics 500 --runs 1 --messages 4000 --budget 1");
    assert!(has_sensible_figures(&report), "{report:#}");
    assert!(!rows(&report, 0).is_empty());
}

#[test]
fn ingest_has_a_row_for_each_flood() {
    let report = report("ingest --runs 1 --messages 2000 --topics 50 --no-peer");
    assert!(has_sensible_figures(&report), "{report:#}");
    // three QoS, two versions, two sizes
    let speeds = column(rows(&report, 0), "messages/s");
    assert_eq!(speeds.len(), 12);
    assert!(speeds.iter().all(|&speed| speed > 0.0));
}

#[test]
fn frames_are_measured_of_every_view_and_after_every_deed() {
    let report = report("frame --topics 1000 --frames 10");
    assert!(has_sensible_figures(&report), "{report:#}");
    let tables = report["tables"].as_array().unwrap().len();
    assert!(tables >= 3, "{tables}");
    for table in 0..tables {
        assert!(!rows(&report, table).is_empty(), "{report:#}");
    }
    let costs = column(rows(&report, 0), "CPU ms, worst");
    assert!(costs.iter().all(|&cost| cost > 0.0), "{costs:?}");
}

#[test]
fn the_broker_is_measured_beside_mosquitto() {
    // without it only ours is measured
    let has_peer = have("mosquitto");
    let arguments = "broker -V 5 -q 1 --messages 200 --size 16 --retained 50 --runs 1";
    let report = report(arguments);
    assert!(has_sensible_figures(&report), "{report:#}");
    let text = report.to_string();
    assert_eq!(text.contains("mosquitto "), has_peer, "{text}");
}

#[test]
#[cfg(unix)]
fn the_start_is_measured_on_a_screen() {
    if !have("Xvfb") {
        return;
    }
    let screen = Screen::start();
    let arguments = "bench --json start --starts 1 --idle 1";
    let mut command = canopy(arguments.split(' '));
    command
        .env("DISPLAY", &screen.display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY");
    let ended = Running::start(&mut command).end_within(3 * PATIENCE);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report: Value = serde_json::from_slice(&ended.out).expect("a JSON document");
    assert!(has_sensible_figures(&report), "{report:#}");
    assert!(!rows(&report, 0).is_empty());
}

#[test]
fn a_wrong_size_is_told_before_anything_runs() {
    let ended = run(&mut canopy(["bench", "memory", "--minutes", "0"]));
    assert_ne!(ended.code, Some(0));
    assert!(ended.err.contains("0.01 to 1440"), "{}", ended.err);
}
