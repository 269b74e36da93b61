//! The options of `canopy bench`. Only what was asked for stands here; [`crate::bench`] does the work, because one of the
//! benches draws the window, which this folder does not know.

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
pub struct ModelBenchArgs {}

/// Arguments of `canopy bench ingest`.
#[derive(Debug, Args)]
pub struct IngestBenchArgs {}

/// Arguments of `canopy bench frame`.
#[derive(Debug, Args)]
pub struct FrameBenchArgs {}

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
pub struct MemoryBenchArgs {}

/// Arguments of `canopy bench start`.
#[derive(Debug, Args)]
pub struct StartBenchArgs {}

/// Arguments of `canopy bench flood`.
#[derive(Debug, Args)]
pub struct FloodArgs {}
