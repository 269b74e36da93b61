//! The options of `canopy bench`. Only what was asked for stands here; [`crate::bench`] does the work, because one of the
//! benches draws the window, which this folder does not know.

use clap::{Args, Subcommand};

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
pub struct BrokerBenchArgs {}

/// Arguments of `canopy bench memory`.
#[derive(Debug, Args)]
pub struct MemoryBenchArgs {}

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
pub struct FloodArgs {}
