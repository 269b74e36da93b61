//! The options of `canopy bench`. Only what was asked for stands here; [`crate::bench`] does the work, because one of the
//! benches draws the window, which this folder does not know.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::mqtt::{Qos, Version};

use super::connect::{parse_qos, parse_version};

/// Arguments of `canopy bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  canopy bench model                       the topic tree alone, at 10,000 to 1,000,000 topics
  canopy bench ingest                      a flood through the client into the tree, beside mosquitto_sub
  canopy bench frame                       the window's CPU time for each frame
  canopy bench broker                      the broker inside, beside mosquitto
  canopy bench model --json > model.json   the same figures for a program

Use a release build. Every figure is a median of several runs; runs of peers are interleaved with ours. Only this machine is
talked to.")]
pub struct BenchArgs {
    /// Print one JSON document instead of tables
    #[arg(long, global = true)]
    pub json: bool,
    /// Which bench
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// The benches.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Inserts, updates, visible rows, filters and memory of the topic tree alone
    Model(ModelBenchArgs),
    /// Messages/s and CPU time for each message from the socket into the tree, beside `mosquitto_sub`
    Ingest(IngestBenchArgs),
    /// CPU time for each frame of the window, idle and while messages come in
    Frame(FrameBenchArgs),
    /// The broker inside beside mosquitto: messages/s, loss, retained messages, memory
    Broker(BrokerBenchArgs),
    /// Memory and the history budget during a long flood, as a curve
    Memory(MemoryBenchArgs),
    /// Time from the start of the program to the first frame of its window
    Start(StartBenchArgs),
    /// Serve PUBLISH packets as fast as a socket takes them, to whoever connects
    Flood(FloodArgs),
}

/// Arguments of `canopy bench model`.
#[derive(Debug, Args)]
pub struct ModelBenchArgs {
    /// How many topics, one table row for each and each shape of the tree
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    pub topics: Vec<usize>,
    /// Runs; the figures are their medians
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub runs: usize,
    /// Messages for each figure of updates
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub messages: usize,
    /// What the history may take, MiB; updates begin when it is full
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub budget: u64,
    /// Only take in the topics in this shape and print the bytes for each; the bench starts itself with it
    #[arg(long, value_name = "SHAPE", hide = true)]
    pub only_memory: Option<String>,
}

/// Arguments of `canopy bench ingest`.
#[derive(Debug, Args)]
#[command(
    after_help = "The flood comes from a second process (“canopy bench flood”). Messages count when they are in the tree, and as many must
be there as were sent. mosquitto_sub gets the same flood in turn: -t '#' -C COUNT, without -v, output to nowhere."
)]
pub struct IngestBenchArgs {
    /// Runs of each row; the median is shown
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Messages in each run
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub messages: u64,
    /// Different topics
    #[arg(long, value_name = "COUNT", default_value = "1000", value_parser = parse_count)]
    pub topics: usize,
    /// Topics in one flat branch instead of five levels
    #[arg(long)]
    pub flat: bool,
    /// Payload bytes; may be repeated
    #[arg(long, value_name = "BYTES", default_values_t = [64, 1024])]
    pub size: Vec<usize>,
    /// Quality of service; may be repeated
    #[arg(long, value_name = "QOS", default_values = ["0", "1", "2"], value_parser = parse_qos)]
    pub qos: Vec<Qos>,
    /// MQTT version, 3.1.1 or 5; may be repeated
    #[arg(long, value_name = "VERSION", default_values = ["311", "5"], value_parser = parse_version)]
    pub protocol: Vec<Version>,
    /// Messages of QoS 1 and 2 that the flood leaves unacknowledged at most
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    /// Measure Canopy only
    #[arg(long)]
    pub no_peer: bool,
}

/// Arguments of `canopy bench frame`.
#[derive(Debug, Args)]
pub struct FrameBenchArgs {
    /// Topics in the tree, and children of the branch that is opened
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=4_000_000))]
    pub topics: u32,
    /// Frames drawn for each row of the table, one every 33 ms
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    pub frames: u32,
}

/// Arguments of `canopy bench broker`.
#[derive(Debug, Args)]
pub struct BrokerBenchArgs {
    /// Protocol version: 5 or 311; both when left out
    #[arg(short = 'V', long = "protocol", value_name = "VERSION", value_parser = parse_version)]
    pub version: Option<Version>,
    /// QoS: 0, 1 or 2; all when left out
    #[arg(short, long, value_name = "QOS", value_parser = parse_qos)]
    pub qos: Option<Qos>,
    /// Messages delivered in each run at QoS 0; half as many at QoS 1, a quarter at QoS 2
    #[arg(short, long, value_name = "COUNT", default_value_t = 400_000)]
    pub messages: usize,
    /// Payload of each message, in bytes
    #[arg(short, long, value_name = "BYTES", default_value_t = 64)]
    pub size: usize,
    /// Retained messages for a new subscriber
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    pub retained: usize,
    /// Runs of each row, interleaved with mosquitto's; the median is shown
    #[arg(short, long, value_name = "COUNT", default_value_t = 3,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub runs: usize,
}

impl BrokerBenchArgs {
    /// Protocol versions to measure with.
    pub fn versions(&self) -> Vec<Version> {
        self.version
            .map_or_else(|| vec![Version::V311, Version::V5], |version| vec![version])
    }

    /// Whether `qos` is to be measured.
    pub fn wants(&self, qos: Qos) -> bool {
        self.qos.is_none_or(|wanted| wanted == qos)
    }
}

/// Arguments of `canopy bench memory`.
#[derive(Debug, Args)]
#[command(
    after_help = "The flood comes from a second process (“canopy bench flood”), as fast as it is taken in. Resident memory is that of the
process that keeps the history.

Examples:
  canopy bench memory --minutes 10 --svg memory.svg
  canopy bench memory --size 1024 --budget 64 --json"
)]
pub struct MemoryBenchArgs {
    /// How long the flood lasts
    #[arg(long, value_name = "MINUTES", default_value = "1", value_parser = parse_minutes)]
    pub minutes: f64,
    /// What the history may take, MiB
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub budget: u64,
    /// Payload bytes
    #[arg(long, value_name = "BYTES", default_value_t = 64)]
    pub size: usize,
    /// Different topics
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    pub topics: usize,
    /// Draw the curve into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

fn parse_minutes(text: &str) -> Result<f64, &'static str> {
    let minutes = text.parse().ok();
    minutes
        .filter(|minutes| (0.01..=1_440.0).contains(minutes))
        .ok_or("use a number of minutes from 0.01 to 1440")
}

/// Arguments of `canopy bench start`.
#[derive(Debug, Args)]
pub struct StartBenchArgs {
    /// How often the program is started
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub starts: u32,
    /// Seconds for which a connected window is watched while nothing arrives
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub idle: u32,
}

/// Arguments of `canopy bench flood`.
#[derive(Debug, Args)]
#[command(
    after_help = "It speaks MQTT 3.1.1 and 5 on 127.0.0.1, takes any subscription, and publishes nothing that it is sent. Every client gets the
whole flood once it has subscribed, at the QoS of the flood or the highest it subscribed with, whichever is lower.

Examples:
  canopy bench flood --port 1884 --messages 1000000
  mosquitto_sub -p 1884 -t '#' -C 1000000 > /dev/null"
)]
pub struct FloodArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 1884)]
    pub port: u16,
    /// Different topics
    #[arg(long, value_name = "COUNT", default_value = "1000", value_parser = parse_count)]
    pub topics: usize,
    /// Topics in one flat branch instead of five levels
    #[arg(long)]
    pub flat: bool,
    /// Payload bytes
    #[arg(long, value_name = "BYTES", default_value_t = 64)]
    pub size: usize,
    /// Quality of service
    #[arg(long, value_name = "QOS", default_value = "0", value_parser = parse_qos)]
    pub qos: Qos,
    /// Messages for each client; without end if left out
    #[arg(long, value_name = "COUNT")]
    pub messages: Option<u64>,
    /// How long each client is flooded at most
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Messages of QoS 1 and 2 that may be unacknowledged; an MQTT 5 client can ask for fewer
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    /// End when standard input is closed
    #[arg(long)]
    pub until_stdin_ends: bool,
}

fn parse_count(text: &str) -> Result<usize, &'static str> {
    let count = text.replace(['_', ','], "").parse().ok();
    count
        .filter(|&count| (1..=10_000_000).contains(&count))
        .ok_or("use a number from 1 to 10,000,000")
}
