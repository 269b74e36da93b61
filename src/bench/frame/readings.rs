//! Frames of what is read in the inspector when there is much of it: a document of 10 MB, the history of a topic with
//! 100,000 messages, a chart of 5,000 series of an hour. With fewer topics than a million all of it is smaller by as much.

use bytes::Bytes;

use super::super::BenchError;
use super::super::report::{Cell, Report, Table};
use super::super::topics::Shape;
use super::stage::Stage;
use super::{COLUMNS, SETTLING, measure};
use crate::client::now;
use crate::gui::Pressed;
use crate::mqtt::{Publish, Qos, Timestamp, TopicName};

/// Topics that everything is in full size with.
const FULL: usize = 1_000_000;
/// Topics of the tree beside what is read.
const BESIDE: usize = 1_000;
/// Bytes of the document.
const DOCUMENT: usize = 10_000_000;
/// Messages of the topic whose history is shown.
const MESSAGES: usize = 100_000;
/// Series of the chart, and values of each: one every fifteen seconds for an hour.
const SERIES: usize = 5_000;
const VALUES: usize = 240;
const STEP: i64 = 15_000_000;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// New values of all series together in a frame while the chart follows: 5,000 a second.
const NEW_VALUES: usize = 167;
/// Messages put into the model at once.
const BATCH: usize = 256;
/// Frames while a worker reads what was selected.
const READING: u32 = 60;
/// A place over the inspector, in points.
const INSPECTOR: [f32; 2] = [1_000.0, 330.0];

/// How much there is.
struct Sizes {
    document: usize,
    messages: usize,
    series: usize,
}

impl Sizes {
    fn for_topics(topics: usize) -> Self {
        let scaled = |full: usize, least: usize| (full * topics.min(FULL) / FULL).max(least);
        Self {
            document: scaled(DOCUMENT, 10_000),
            messages: scaled(MESSAGES, 500),
            series: scaled(SERIES, 20),
        }
    }
}

pub(super) fn run(topics: usize, frames: u32, report: &mut Report) -> Result<(), BenchError> {
    let sizes = Sizes::for_topics(topics);
    let mut stage = Stage::open(Shape::Deep, BESIDE)?;
    fill(&stage, &sizes)?;
    let title = format!(
        "Frames of the inspector: {:.1} MB of JSON, {} messages of a topic, {} series of {VALUES} values",
        sizes.document as f64 / 1e6,
        sizes.messages,
        sizes.series
    );
    let mut table = Table::new(title, &COLUMNS);
    document(&mut stage, frames, &mut table);
    history(&mut stage, frames, &mut table);
    series(&mut stage, &sizes, frames, &mut table)?;
    stage.close();
    report.add(&table)
}

fn settle(stage: &mut Stage) {
    for _ in 0..SETTLING {
        stage.frame();
    }
}

/// One row of the table.
fn row(
    stage: &mut Stage,
    table: &mut Table,
    (title, frames): (&str, u32),
    prepare: impl FnMut(&mut Stage, u32),
) {
    let row: Vec<Cell> = measure(stage, (title, 0, frames), prepare);
    table.row(row);
}

fn document(stage: &mut Stage, frames: u32, table: &mut Table) {
    stage.window.select("bench/document");
    let reading = frames.min(READING);
    row(
        stage,
        table,
        ("document: while it is read", reading),
        |_, _| {},
    );
    settle(stage);
    row(stage, table, ("document: standing", frames), |_, _| {});
    let scroll = |stage: &mut Stage, _| stage.window.wheel_at(INSPECTOR, 200.0);
    row(stage, table, ("document: scrolling", frames), scroll);
    stage.window.click_at(INSPECTOR);
    settle(stage);
    let jump = |stage: &mut Stage, number: u32| {
        let to_end = number.is_multiple_of(2);
        stage
            .window
            .press(if to_end { Pressed::End } else { Pressed::Home });
    };
    row(stage, table, ("document: from end to end", frames), jump);
    stage.window.press(Pressed::Home);
    settle(stage);
    let fold = |stage: &mut Stage, number: u32| {
        let closes = number.is_multiple_of(2);
        stage.window.press(if closes {
            Pressed::Left
        } else {
            Pressed::Right
        });
    };
    row(
        stage,
        table,
        ("document: folding all of it and back", frames),
        fold,
    );
}

fn history(stage: &mut Stage, frames: u32, table: &mut Table) {
    stage.window.select("bench/history");
    stage.window.show_history();
    settle(stage);
    row(stage, table, ("history: standing", frames), |_, _| {});
    let scroll = |stage: &mut Stage, _| stage.window.wheel_at(INSPECTOR, 2_000.0);
    row(stage, table, ("history: scrolling", frames), scroll);
}

fn series(
    stage: &mut Stage,
    sizes: &Sizes,
    frames: u32,
    table: &mut Table,
) -> Result<(), BenchError> {
    stage.window.chart_below("bench/series");
    stage.frames_until("all series", |stage| stage.window.charted() >= sizes.series)?;
    stage.window.show_chart();
    let reading = frames.min(READING);
    row(
        stage,
        table,
        ("chart: while values are gathered", reading),
        |_, _| {},
    );
    settle(stage);
    row(stage, table, ("chart: standing", frames), |_, _| {});
    let zoom = |stage: &mut Stage, number: u32| {
        let points = if (number / 10).is_multiple_of(2) {
            -60.0
        } else {
            60.0
        };
        stage.window.wheel_at(INSPECTOR, points);
    };
    row(stage, table, ("chart: zooming in and out", frames), zoom);
    let mut next = Next::default();
    let mut failed = Ok(());
    let mut feed = |stage: &mut Stage, _| {
        let fed = next.feed(stage, sizes.series);
        if fed.is_err() {
            failed = fed;
        }
    };
    let title = "chart: following new values, 5,000 a second";
    row(stage, table, (title, frames), &mut feed);
    stage.window.show_dashboard();
    settle(stage);
    let title = "dashboard: following new values, 5,000 a second";
    row(stage, table, (title, frames), &mut feed);
    failed
}

/// Which value of which series comes next.
#[derive(Debug, Default)]
struct Next {
    count: usize,
}

impl Next {
    /// Puts the values of one frame into the model.
    fn feed(&mut self, stage: &Stage, series: usize) -> Result<(), BenchError> {
        let first = self.count;
        self.count += NEW_VALUES;
        let at = now();
        put(stage, NEW_VALUES, |number| {
            let number = first + number;
            Ok((series_value(number % series, VALUES + number / series)?, at))
        })
    }
}

// ---- what is read ----------------------------------------------------------------------------------------------

fn message(topic: &str, payload: impl Into<Bytes>) -> Result<Publish, BenchError> {
    let topic = TopicName::new(topic.to_owned())
        .map_err(|err| BenchError::new(format!("A topic of the bench is wrong: {err}.")))?;
    Ok(Publish {
        topic,
        payload: payload.into(),
        qos: Qos::AtMostOnce,
        retain: false,
        dup: false,
        packet_id: None,
        properties: None,
    })
}

/// Puts everything into the model, with the times at which it would have come.
fn fill(stage: &Stage, sizes: &Sizes) -> Result<(), BenchError> {
    let start = now().as_micros() - HOUR;
    let at = |micros: i64| Timestamp::from_micros(start + micros);
    for value in 0..VALUES {
        let micros = STEP * i64::try_from(value).unwrap_or(0);
        put(stage, sizes.series, |number| {
            Ok((series_value(number, value)?, at(micros)))
        })?;
    }
    put(stage, sizes.messages, |number| {
        let text = format!("{{\"count\":{number},\"temperature\":{}.5}}", number % 40);
        Ok((message("bench/history", text)?, at(HOUR)))
    })?;
    put(stage, 1, |_| {
        Ok((message("bench/document", json(sizes.document))?, at(HOUR)))
    })
}

fn series_value(number: usize, value: usize) -> Result<Publish, BenchError> {
    let phase = (value + number * 7) as f64 / 20.0;
    let text = format!("{:.3}", phase.sin() * 10.0 + number as f64);
    message(&format!("bench/series/{number:04}"), text)
}

fn put(
    stage: &Stage,
    count: usize,
    make: impl Fn(usize) -> Result<(Publish, Timestamp), BenchError>,
) -> Result<(), BenchError> {
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..count {
        batch.push(make(number)?);
        if batch.len() == BATCH || number + 1 == count {
            stage.model.lock().insert_batch(&batch);
            batch.clear();
        }
    }
    Ok(())
}

/// An array of objects, about so many bytes long.
fn json(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 200);
    text.push('[');
    for number in 0.. {
        if number > 0 {
            text.push(',');
        }
        let object = format!(
            "{{\"id\":{number},\"name\":\"machine-{number:05}\",\"values\":[{}.25,{},{}],\"state\":{{\"on\":{},\"note\":\"grüße\"}}}}",
            number % 100,
            number * 7 % 1000,
            number * 13 % 1000,
            number % 2 == 0
        );
        text.push_str(&object);
        if text.len() >= bytes {
            break;
        }
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn the_document_is_json_of_the_size() {
        let text = json(50_000);
        assert!((50_000..50_300).contains(&text.len()));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value.as_array().unwrap().len() > 300);
    }
}
