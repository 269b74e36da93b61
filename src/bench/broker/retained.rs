//! Many retained messages to a new subscriber: all of them, and how soon; and what they take in memory.

use std::time::Instant;

use crate::bench::BenchError;
use crate::bench::measure::median;
use crate::bench::report::{Cell, Report, Table};
use crate::bench::topics::Shape;
use crate::cli::BrokerBenchArgs;
use crate::mqtt::{Qos, Version};

use super::client::Client;
use super::load::{WINDOW, publish, receive};
use super::packets::{self, Template};
use super::process::Target;
use super::tally::{Tally, stamp};
use super::{Pair, memory_row};

/// What a new subscriber got.
struct Delivery {
    seconds: f64,
    lost: f64,
}

/// Has both brokers retain, then measures new subscribers at QoS 0 and 1.
///
/// # Errors
/// When a connection fails.
pub(super) fn measure(
    args: &BrokerBenchArgs,
    title: &str,
    pair: &Pair,
    memory: &mut Table,
    report: &mut Report,
) -> Result<(), BenchError> {
    memory_row(memory, "a new start", pair)?;
    pair.each(0, |target| retain(args, target))?;
    memory_row(
        memory,
        &format!("{} messages were retained", args.retained),
        pair,
    )?;
    let mut table = Table::new(
        format!(
            "{} retained messages to a new subscriber to “#”, {title}",
            args.retained
        ),
        &[
            "subscription",
            "Canopy ms",
            "mosquitto ms",
            "ratio",
            "lost",
            "lost by mosquitto",
        ],
    );
    for version in args.versions() {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
            if args.wants(qos) {
                table.row(row(args, version, qos, pair)?);
            }
        }
    }
    memory_row(memory, "they were delivered", pair)?;
    report.add(&table)
}

fn retain(args: &BrokerBenchArgs, target: &Target) -> Result<(), BenchError> {
    let version = Version::V5;
    let templates: Vec<Template> = Shape::Deep
        .topics(args.retained)
        .iter()
        .map(|topic| Template::new(version, topic, Qos::AtLeastOnce, true, args.size))
        .collect();
    let mut client = Client::connect(target.address, version, "bench-retain", WINDOW)?;
    publish(
        &mut client,
        Qos::AtLeastOnce,
        templates.len() as u64,
        |out, id, sequence| {
            let template = usize::try_from(sequence)
                .ok()
                .and_then(|index| templates.get(index));
            if let Some(template) = template {
                template.push(out, id, stamp(0, sequence));
            }
        },
    )
}

fn row(
    args: &BrokerBenchArgs,
    version: Version,
    qos: Qos,
    pair: &Pair,
) -> Result<Vec<Cell>, BenchError> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..args.runs {
        let both = pair.each(run, |target| deliver(args.retained, version, qos, target))?;
        ours.push(both.ours);
        theirs.extend(both.mosquitto);
    }
    let milliseconds = |all: &[Delivery]| {
        1e3 * median(
            &all.iter()
                .map(|delivery| delivery.seconds)
                .collect::<Vec<_>>(),
        )
    };
    let lost = |all: &[Delivery]| Cell::Number(all.iter().map(|delivery| delivery.lost).sum(), 0);
    let compared = !theirs.is_empty();
    let or_missing = |cell| if compared { cell } else { Cell::Missing };
    Ok(vec![
        format!("{version}, QoS {qos}").into(),
        Cell::Number(milliseconds(&ours), 0),
        or_missing(Cell::Number(milliseconds(&theirs), 0)),
        or_missing(Cell::Number(
            milliseconds(&theirs) / milliseconds(&ours).max(1e-9),
            2,
        )),
        lost(&ours),
        or_missing(lost(&theirs)),
    ])
}

fn deliver(
    retained: usize,
    version: Version,
    qos: Qos,
    target: &Target,
) -> Result<Delivery, BenchError> {
    let mut client = Client::connect(target.address, version, "bench-new", WINDOW)?;
    let mut tally = Tally::new(1, retained);
    let started = Instant::now();
    // Retained messages may come before SUBACK (MQTT 5, 3.8.4).
    client.send(&packets::subscribe(version, "#", qos))?;
    let last = receive(&mut client, &mut tally)?;
    Ok(Delivery {
        seconds: last.duration_since(started).as_secs_f64(),
        lost: tally.missing() as f64,
    })
}
