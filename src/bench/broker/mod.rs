//! `canopy bench broker`: the broker inside beside mosquitto.
//!
//! | file | what it is |
//! |---|---|
//! | `process` | the two brokers, each in a process of its own |
//! | `load`, `client`, `packets` | light publishers and subscribers on raw sockets |
//! | `tally` | exactly which messages came |
//! | `retained` | many retained messages to a new subscriber, and memory |

mod client;
mod load;
mod packets;
mod process;
mod retained;
mod tally;

use super::BenchError;
use super::measure::{median, usage};
use super::peers::{self, Peer};
use super::report::{Cell, Report, Table};
use crate::cli::BrokerBenchArgs;
use crate::mqtt::{Qos, Version};

use load::{Flow, Outcome, WINDOW};
use process::Target;

/// Publishers and subscribers of each row.
const SHAPES: [(usize, usize); 3] = [(1, 1), (1, 10), (4, 4)];
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// The brokers of this bench: ours, and mosquitto if it is installed.
struct Pair {
    ours: Target,
    mosquitto: Option<Target>,
}

/// Something of both brokers.
struct Both<T> {
    ours: T,
    mosquitto: Option<T>,
}

impl Pair {
    fn start(peer: Option<&Peer>) -> Result<Self, BenchError> {
        Ok(Self {
            ours: Target::ours()?,
            mosquitto: peer.map(Target::mosquitto).transpose()?,
        })
    }

    /// Does the same with both, ours first in every other run.
    fn each<T>(
        &self,
        run: usize,
        mut work: impl FnMut(&Target) -> Result<T, BenchError>,
    ) -> Result<Both<T>, BenchError> {
        let early = match &self.mosquitto {
            Some(mosquitto) if run % 2 == 1 => Some(work(mosquitto)?),
            _ => None,
        };
        let ours = work(&self.ours)?;
        let mosquitto = match (early, &self.mosquitto) {
            (None, Some(mosquitto)) => Some(work(mosquitto)?),
            (early, _) => early,
        };
        Ok(Both { ours, mosquitto })
    }

    /// Resident memory, mebibytes.
    fn memory(&self) -> Result<Both<f64>, BenchError> {
        self.each(0, |target| {
            Ok(usage(target.process())?.resident as f64 / MEBIBYTE)
        })
    }
}

pub(super) fn run(args: &BrokerBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    let peer = peers::mosquitto();
    let peer = peer.as_ref();
    let title = peer.map_or("", |peer| peer.title.as_str());
    if peer.is_none() {
        report.note("mosquitto is not installed, so there is nothing to compare with.")?;
    }
    let pair = Pair::start(peer)?;
    let mut memory = Table::new(
        "Memory of the broker",
        &["after", "Canopy MiB", "mosquitto MiB"],
    );
    memory_row(&mut memory, "the start", &pair)?;
    for version in args.versions() {
        report.add(&rows(args, version, title, &pair)?)?;
    }
    memory_row(&mut memory, "all of these runs", &pair)?;
    drop(pair);
    retained::measure(args, title, &Pair::start(peer)?, &mut memory, report)?;
    report.add(&memory)?;
    report.note(format!(
        "Canopy {}{}{title}; medians of {} runs, interleaved; payloads of {} bytes; at most {WINDOW} messages above QoS 0 under way for each client.",
        env!("CARGO_PKG_VERSION"),
        if peer.is_some() { " beside " } else { "" },
        args.runs,
        args.size.max(packets::STAMP),
    ))
}

fn rows(
    args: &BrokerBenchArgs,
    version: Version,
    title: &str,
    pair: &Pair,
) -> Result<Table, BenchError> {
    let mut table = Table::new(
        format!("Messages through the broker, {version}, {title}"),
        &[
            "flow",
            "Canopy msg/s",
            "mosquitto msg/s",
            "ratio",
            "lost",
            "lost by mosquitto",
            "twice or disordered",
            "CPU µs/msg",
            "mosquitto CPU µs/msg",
        ],
    );
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        for (publishers, subscribers) in SHAPES {
            if args.wants(qos) {
                let deliveries = args.messages >> qos.as_u8();
                let flow = Flow {
                    version,
                    qos,
                    publishers,
                    subscribers,
                    messages: (deliveries / publishers / subscribers).max(1),
                    size: args.size,
                };
                table.row(row(&flow, args.runs, pair)?);
            }
        }
    }
    Ok(table)
}

fn row(flow: &Flow, runs: usize, pair: &Pair) -> Result<Vec<Cell>, BenchError> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let both = pair.each(run, |target| flow.run(target))?;
        ours.push(both.ours);
        theirs.extend(both.mosquitto);
    }
    let ours = Summary::of(&ours);
    let theirs = (!theirs.is_empty()).then(|| Summary::of(&theirs));
    let of_theirs = |part: fn(&Summary) -> f64, decimals| {
        let number = |summary| Cell::Number(part(summary), decimals);
        theirs.as_ref().map_or(Cell::Missing, number)
    };
    let ratio = |theirs: &Summary| Cell::Number(ours.rate / theirs.rate.max(1e-9), 2);
    Ok(vec![
        format!(
            "QoS {}, {} → {}",
            flow.qos, flow.publishers, flow.subscribers
        )
        .into(),
        Cell::Number(ours.rate, 0),
        of_theirs(|summary| summary.rate, 0),
        theirs.as_ref().map_or(Cell::Missing, ratio),
        Cell::Number(ours.lost, 0),
        of_theirs(|summary| summary.lost, 0),
        Cell::Number(ours.wrong, 0),
        Cell::Number(ours.cpu, 2),
        of_theirs(|summary| summary.cpu, 2),
    ])
}

/// Several runs of one row: medians of what is fast, sums of what is wrong.
struct Summary {
    /// Delivered messages per second.
    rate: f64,
    /// CPU microseconds for each delivered message.
    cpu: f64,
    lost: f64,
    wrong: f64,
}

impl Summary {
    fn of(runs: &[Outcome]) -> Self {
        let middle = |part: fn(&Outcome) -> f64| median(&runs.iter().map(part).collect::<Vec<_>>());
        Self {
            rate: middle(Outcome::rate),
            cpu: middle(Outcome::cpu_each),
            lost: runs.iter().map(|run| run.lost as f64).sum(),
            wrong: runs.iter().map(|run| run.wrong as f64).sum(),
        }
    }
}

fn memory_row(table: &mut Table, after: &str, pair: &Pair) -> Result<(), BenchError> {
    let memory = pair.memory()?;
    table.row(vec![
        after.into(),
        Cell::Number(memory.ours, 1),
        memory
            .mosquitto
            .map_or(Cell::Missing, |mebibytes| Cell::Number(mebibytes, 1)),
    ]);
    Ok(())
}
