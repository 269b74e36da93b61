//! `canopy bench ingest`: from the socket through client, tap and feeder into the tree, as the window does it, beside
//! `mosquitto_sub` reading the same flood.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::runtime::Runtime;

use super::BenchError;
use super::flood::Flood;
use super::measure::{Stopwatch, median, usage};
use super::peers::{self, Peer, Running};
use super::report::{Cell, Report, Table};
use crate::cli::IngestBenchArgs;
use crate::client::{Config, State, now};
use crate::live::Live;
use crate::model::Model;
use crate::mqtt::{Qos, Version};
use crate::profile::{Profile, Settings, Subscription};

/// How long a run may take without a single message more.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether all is there.
const LOOK: Duration = Duration::from_millis(2);
/// How often the CPU time of the peer is read, whose last reading before its end counts.
const LOOK_AT_PEER: Duration = Duration::from_millis(10);

/// One row of the table.
#[derive(Debug, Clone, Copy)]
struct Case {
    qos: Qos,
    version: Version,
    size: usize,
}

/// What was measured of one program, run by run.
#[derive(Debug, Default)]
struct Figures {
    per_second: Vec<f64>,
    cpu_micros: Vec<f64>,
}

impl Figures {
    fn add(&mut self, messages: u64, wall: Duration, cpu: Duration) {
        let messages = messages as f64;
        self.per_second.push(messages / wall.as_secs_f64());
        self.cpu_micros.push(cpu.as_secs_f64() * 1e6 / messages);
    }
}

pub(super) fn run(args: &IngestBenchArgs, report: &mut Report) -> Result<(), BenchError> {
    let peer = (!args.no_peer).then(peers::mosquitto_sub).flatten();
    let runtime = super::runtime()?;
    let mut table = table(args, peer.as_ref());
    for case in cases(args) {
        let flood = flood(args, case)?;
        let (mut ours, mut theirs) = (Figures::default(), Figures::default());
        for _ in 0..args.runs {
            measure_ours(args, &runtime, flood.port, case, &mut ours)?;
            if let Some(peer) = &peer {
                measure_peer(args, peer, flood.port, case, &mut theirs)?;
            }
        }
        table.row(row(case, &ours, &theirs));
    }
    report.add(&table)?;
    report.note(
        "In every run exactly as many messages were in the tree as were sent. CPU is that of the whole process, connecting \
         included, and not that of the flood.",
    )?;
    report.note(match &peer {
        Some(peer) => format!(
            "Peer: {} with -t '#' -C {}, output to nowhere; in turn with Canopy.",
            peer.title, args.messages
        ),
        None if args.no_peer => "No peer was asked for.".to_owned(),
        None => "mosquitto_sub is not installed, so there is no peer.".to_owned(),
    })
}

fn cases(args: &IngestBenchArgs) -> Vec<Case> {
    let mut cases = Vec::new();
    for &qos in &args.qos {
        for &version in &args.protocol {
            cases.extend(args.size.iter().map(|&size| Case { qos, version, size }));
        }
    }
    cases
}

fn table(args: &IngestBenchArgs, peer: Option<&Peer>) -> Table {
    let against = peer.map_or_else(String::new, |peer| format!(", beside {}", peer.title));
    Table::new(
        format!(
            "Ingest into the tree: {} messages on {} topics, median of {} runs{against}",
            args.messages, args.topics, args.runs
        ),
        &[
            "flood",
            "messages/s",
            "peer's messages/s",
            "ratio",
            "CPU µs a message",
            "peer's CPU µs",
        ],
    )
}

fn row(case: Case, ours: &Figures, theirs: &Figures) -> Vec<Cell> {
    let figure = |values: &[f64], decimals| match values {
        [] => Cell::Missing,
        values => Cell::Number(median(values), decimals),
    };
    let ratios: Vec<f64> = ours
        .per_second
        .iter()
        .zip(&theirs.per_second)
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    vec![
        Cell::Text(format!(
            "{}, QoS {}, {} B",
            case.version,
            case.qos.as_u8(),
            case.size
        )),
        figure(&ours.per_second, 0),
        figure(&theirs.per_second, 0),
        figure(&ratios, 2),
        figure(&ours.cpu_micros, 3),
        figure(&theirs.cpu_micros, 3),
    ]
}

fn flood(args: &IngestBenchArgs, case: Case) -> Result<Flood, BenchError> {
    let options = [
        ("--messages", args.messages.to_string()),
        ("--topics", args.topics.to_string()),
        ("--size", case.size.to_string()),
        ("--qos", case.qos.as_u8().to_string()),
        ("--window", args.window.to_string()),
    ];
    let mut options: Vec<&str> = options
        .iter()
        .flat_map(|(name, value)| [*name, value.as_str()])
        .collect();
    if args.flat {
        options.push("--flat");
    }
    Flood::start(&options)
}

fn measure_ours(
    args: &IngestBenchArgs,
    runtime: &Runtime,
    port: u16,
    case: Case,
    figures: &mut Figures,
) -> Result<(), BenchError> {
    let budget = Settings::default().history_budget;
    let model = Arc::new(Mutex::new(Model::new(budget)));
    let config = Config {
        profile: profile(port, case),
        ..Config::default()
    };
    let stopwatch = Stopwatch::start();
    let mut live = Live::open(
        runtime.handle(),
        config,
        Arc::clone(&model),
        Arc::new(|| {}),
    )
    .map_err(|err| BenchError::new(format!("This system gives no thread: {err}.")))?;
    wait_for_all(&mut live, args.messages)?;
    figures.add(args.messages, stopwatch.wall(), stopwatch.cpu());
    check_nothing_follows(&live, args)?;
    drop(live);
    Ok(())
}

fn profile(port: u16, case: Case) -> Profile {
    Profile {
        port,
        version: case.version,
        subscriptions: vec![Subscription::for_window("#", case.qos)],
        reconnect: false,
        ..Profile::default()
    }
}

fn wait_for_all(live: &mut Live, messages: u64) -> Result<(), BenchError> {
    let (mut seen, mut since) = (0, Instant::now());
    loop {
        std::thread::sleep(LOOK);
        while live.next_event().is_some() {}
        let count = live.model().lock().totals(now()).messages;
        if count >= messages {
            return Ok(());
        }
        if count > seen {
            (seen, since) = (count, Instant::now());
        }
        if let State::Ended(Some(failure)) = live.state() {
            return Err(BenchError::new(failure.to_string()));
        }
        if since.elapsed() > PATIENCE {
            return Err(BenchError::new(format!(
                "Only {count} of {messages} messages are in the tree, and no more come. Run it again with --messages \
                 {count}, and report it."
            )));
        }
    }
}

/// Exactly what was sent, on exactly as many topics.
fn check_nothing_follows(live: &Live, args: &IngestBenchArgs) -> Result<(), BenchError> {
    std::thread::sleep(LOOK * 5);
    let totals = live.model().lock().totals(now());
    let topics = (args.topics as u64).min(args.messages);
    if totals.messages == args.messages && u64::from(totals.topics) == topics {
        return Ok(());
    }
    Err(BenchError::new(format!(
        "{} messages on {topics} topics were sent, and {} on {} are in the tree. Please report it.",
        args.messages, totals.messages, totals.topics
    )))
}

fn measure_peer(
    args: &IngestBenchArgs,
    peer: &Peer,
    port: u16,
    case: Case,
    figures: &mut Figures,
) -> Result<(), BenchError> {
    let stopwatch = Stopwatch::start();
    let child = Command::new(&peer.program)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-t", "#"])
        .args(["-q", &case.qos.as_u8().to_string()])
        .args(["-C", &args.messages.to_string()])
        .args([
            "-V",
            if case.version == Version::V5 {
                "5"
            } else {
                "311"
            },
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|err| BenchError::new(format!("{} does not start: {err}.", peer.title)))?;
    let mut running = Running(child);
    let (pid, mut cpu) = (running.0.id(), Duration::ZERO);
    while matches!(running.0.try_wait(), Ok(None)) {
        cpu = usage(pid).map_or(cpu, |usage| usage.cpu);
        std::thread::sleep(LOOK_AT_PEER);
    }
    match running.0.wait() {
        Ok(status) if status.success() => {
            figures.add(args.messages, stopwatch.wall(), cpu);
            Ok(())
        }
        _ => Err(BenchError::new(format!(
            "{} did not get all messages. Run with --no-peer to leave it out.",
            peer.title
        ))),
    }
}
